// SPDX-License-Identifier: GPL-2.0-only
/* scstctl top: rates from two readings, as text and JSON. */
#include "top.h"

#include <time.h>

const char *const top_sorts[TOP_SORTS] = {
	[TOP_COMMANDS]	= "commands",
	[TOP_BYTES]	= "bytes",
	[TOP_LATENCY]	= "latency",
	[TOP_FAILED]	= "failed",
	[TOP_NAME]	= "name",
};

const char *const top_bys[TOP_BYS] = {
	[TOP_BY_NEXUS]		= "lun",
	[TOP_BY_INITIATOR]	= "initiator",
	[TOP_BY_DEVICE]		= "device",
};

/* Rates */

/* Rows of a reading are in order. One that is smaller than before has begun anew. */
static struct top_count since(const struct scst_count_row *now, const struct cli_counts *before)
{
	struct top_count diff = now->top;
	const struct scst_count_row *row =
		before->nr ? bsearch(now, before->rows, before->nr, sizeof(*row),
				     scst_count_compare) : NULL;

	if (!row || row->top.commands > now->top.commands)
		return diff;
	diff.commands -= row->top.commands;
	diff.bytes -= row->top.bytes;
	diff.sum_ns -= row->top.sum_ns;
	diff.failed -= row->top.failed;
	return diff;
}

static bool is_same(const struct scst_count_row *a, const struct scst_count_row *b, enum top_by by)
{
	switch (by) {
	case TOP_BY_INITIATOR:
		return streq(a->name.initiator, b->name.initiator);
	case TOP_BY_DEVICE:
		return streq(a->name.device, b->name.device);
	case TOP_BY_NEXUS:
	case TOP_BYS:
		break;
	}
	return !scst_count_compare(a, b);
}

/* To the row that it belongs to, or as a row of its own. There is room for all. */
static void add_row(struct cli_counts *busy, const struct scst_count_row *row, enum top_by by)
{
	for (size_t i = 0; i < busy->nr; i++) {
		struct top_count *sum = &busy->rows[i].top;

		if (!is_same(&busy->rows[i], row, by))
			continue;
		sum->commands += row->top.commands;
		sum->bytes += row->top.bytes;
		sum->sum_ns += row->top.sum_ns;
		sum->failed += row->top.failed;
		return;
	}
	busy->rows[busy->nr++] = *row;
}

static double mean_ns(const struct top_count *count)
{
	return count->commands ? (double)count->sum_ns / count->commands : 0;
}

#define ORDER(a, b)	(((a) > (b)) - ((a) < (b)))

/* Much comes first, names from a to z. */
static int in_order(const void *left, const void *right, void *arg)
{
	const struct scst_count_row *a = left, *b = right;
	const struct top_view *view = arg;
	int order = 0;

	switch (view->sort) {
	case TOP_COMMANDS:
		order = ORDER(b->top.commands, a->top.commands);
		break;
	case TOP_BYTES:
		order = ORDER(b->top.bytes, a->top.bytes);
		break;
	case TOP_LATENCY:
		order = ORDER(mean_ns(&b->top), mean_ns(&a->top));
		break;
	case TOP_FAILED:
		order = ORDER(b->top.failed, a->top.failed);
		break;
	case TOP_NAME:
	case TOP_SORTS:
		break;
	}
	order = order ?: scst_count_compare(a, b);
	return view->reverse ? -order : order;
}

void top_rates_make(const struct cli_counts *now, const struct cli_counts *before,
		    const struct top_view *view, struct top_rates *rates)
{
	struct cli_counts *busy = &rates->busy;

	busy->nr = 0;
	busy->rows = now->nr ? calloc(now->nr, sizeof(*busy->rows)) : NULL;
	for (size_t i = 0; i < now->nr && busy->rows; i++) {
		struct scst_count_row row = now->rows[i];

		row.top = since(&now->rows[i], before);
		if (row.top.commands)
			add_row(busy, &row, view->by);
	}
	if (busy->nr)
		qsort_r(busy->rows, busy->nr, sizeof(*busy->rows), in_order, (void *)view);
}

/* Text and JSON */

void top_format(const struct scst_count_row *row, const struct top_view *view, double seconds,
		char line[TOP_LINE])
{
	const struct top_count *top = &row->top;
	char lun[16] = "*";

	if (view->by == TOP_BY_NEXUS)
		snprintf(lun, sizeof(lun), "%u", row->name.lun);
	snprintf(line, TOP_LINE, "%-32.64s %-5s %-16.32s %-5s %10.0f %10.2f %10.1f %8llu",
		 view->by == TOP_BY_DEVICE ? "*" : row->name.initiator, lun,
		 view->by == TOP_BY_INITIATOR ? "*" : row->name.device,
		 view->by == TOP_BY_NEXUS ? scst_dir_name(row->dir) : "*",
		 top->commands / seconds, top->bytes / seconds / 1e6, mean_ns(top) / 1e3,
		 (unsigned long long)top->failed);
}

static struct json_object *json_rate(const struct scst_count_row *row, const struct top_view *view,
				     double seconds)
{
	struct json_object *obj = cli_json_nexus(row);

	if (view->by != TOP_BY_NEXUS) {
		json_object_object_del(obj, "lun");
		json_object_object_del(obj, "target");
		json_object_object_del(obj, view->by == TOP_BY_DEVICE ? "initiator" : "device");
	} else {
		const char *dir = scst_dir_name(row->dir);

		json_object_object_add(obj, "direction", json_object_new_string(dir));
	}
	json_object_object_add(obj, "seconds", json_object_new_double(seconds));
	cli_json_add(obj, "commands", row->top.commands);
	cli_json_add(obj, "bytes", row->top.bytes);
	cli_json_add(obj, "sum_ns", row->top.sum_ns);
	cli_json_add(obj, "failed", row->top.failed);
	return obj;
}

static void print_rates(const struct cli *cli, const struct top_rates *rates,
			const struct top_view *view)
{
	struct json_object *list = cli->json ? json_object_new_array() : NULL;

	if (!list)
		puts(TOP_HEAD);
	for (size_t i = 0; i < rates->busy.nr; i++) {
		const struct scst_count_row *row = &rates->busy.rows[i];
		char line[TOP_LINE];

		if (list) {
			json_object_array_add(list, json_rate(row, view, rates->seconds));
			continue;
		}
		top_format(row, view, rates->seconds, line);
		puts(line);
	}
	if (list)
		cli_print_json_line(list);
	fflush(stdout);
}

/* The command */

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/* Without a terminal, or as often as was asked for. */
static int print_readings(struct cli *cli, struct scst_counts *counts, const struct top_view *view)
{
	_cleanup_(cli_counts_clear) struct cli_counts before = {};
	uint64_t count = cli->count ?: cli->json;
	double then = now_seconds();
	int ret = cli_counts_take(cli, counts, &before);

	for (uint64_t i = 0; !ret && !ferror(stdout) && (!count || i < count); i++) {
		struct top_rates rates = {};
		struct cli_counts now = {};

		sleep(1);
		ret = cli_counts_take(cli, counts, &now);
		if (ret)
			break;
		rates.seconds = now_seconds() - then;
		then = now_seconds();
		top_rates_make(&now, &before, view, &rates);
		print_rates(cli, &rates, view);
		cli_counts_clear(&rates.busy);
		cli_counts_clear(&before);
		before = now;
	}
	return ret;
}

static int top(struct cli *cli, int argc _unused_, char **argv _unused_)
{
	_cleanup_(scst_counts_closep) struct scst_counts *counts = NULL;
	struct top_view view = { .sort = cli->top_sort, .by = cli->top_by };
	int ret = scst_counts_open(&cli->paths, SCST_COUNTER_TOP, &counts, &cli->err);

	if (ret)
		return ret;
	if (cli->json || cli->count || !isatty(STDOUT_FILENO))
		return print_readings(cli, counts, &view);
	return top_screen(cli, counts, &view);
}

static int find_word(const char *const *words, int nr, const char *word)
{
	for (int i = 0; i < nr; i++)
		if (streq(words[i], word))
			return i;
	return -1;
}

static int set_sort(struct cli *cli, const char *value)
{
	int sort = find_word(top_sorts, TOP_SORTS, value);

	if (sort < 0)
		return scst_fail(&cli->err, -EINVAL,
				 "--sort: \"%s\" is none of commands, bytes, latency, failed, name",
				 value);
	cli->top_sort = sort;
	return 0;
}

static int set_by(struct cli *cli, const char *value)
{
	int by = find_word(top_bys, TOP_BYS, value);

	if (by < 0)
		return scst_fail(&cli->err, -EINVAL,
				 "--by: \"%s\" is none of lun, initiator, device", value);
	cli->top_by = by;
	return 0;
}

static const struct cli_option top_options[] = {
	{ "count",	"N",	"so many readings, one a second, as text",	cli_set_count	},
	{ "sort",	"BY",	"commands, bytes, latency, failed or name",	set_sort	},
	{ "by",		"WHAT",	"a row for each lun, initiator or device",	set_by		},
	{}
};

const struct cli_command cli_top = {
	.noun = "top",
	.summary = "who does how much, every second",
	.help = "Rates from the tracer top, which must be loaded, of whoever was busy: for each\n"
		"initiator, LUN and direction, or summed up. On a terminal: c, b, l, f, n sort by\n"
		"commands, bytes, latency, failed, name; r turns the order round; i, d, u have a\n"
		"row for each initiator, device, LUN; q leaves. With --json one reading in one\n"
		"line, or --count of them.",
	.options = top_options,
	.run = top,
};
