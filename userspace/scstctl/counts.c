// SPDX-License-Identifier: GPL-2.0-only
/* scstctl latency, top, errors: what the counting tracers have counted. */
#include "counts.h"

#include <inttypes.h>
#include <time.h>

#include "cli.h"

#define MAX_ROWS	65536

struct snapshot {
	struct scst_count_row *rows;
	size_t nr;
};

static void clear_snapshot(struct snapshot *snap)
{
	free(snap->rows);
	*snap = (struct snapshot){};
}

static int take_snapshot(struct cli *cli, struct scst_counts *counts, struct snapshot *snap)
{
	size_t left_out;
	int ret = scst_counts_read(counts, MAX_ROWS, &snap->rows, &snap->nr, &left_out);

	return ret ? scst_fail(&cli->err, ret, "cannot read the counters: %s", strerror(-ret)) : 0;
}

static struct json_object *json_of(const struct scst_count_row *row)
{
	struct json_object *obj = json_object_new_object();

	json_object_object_add(obj, "initiator", json_object_new_string(row->name.initiator));
	json_object_object_add(obj, "target", json_object_new_string(row->name.target));
	json_object_object_add(obj, "device", json_object_new_string(row->name.device));
	json_object_object_add(obj, "lun", json_object_new_int64(row->name.lun));
	return obj;
}

static void add_number(struct json_object *obj, const char *key, uint64_t value)
{
	json_object_object_add(obj, key, json_object_new_uint64(value));
}

static int by_name(const void *left, const void *right)
{
	const struct scst_count_row *a = left, *b = right;

	return strcmp(a->name.initiator, b->name.initiator) ?:
	       (a->name.lun > b->name.lun) - (a->name.lun < b->name.lun) ?:
	       (a->key > b->key) - (a->key < b->key);
}

/* latency */

static void print_bar(uint64_t value, uint64_t max)
{
	char bar[] = "########################################";
	size_t width = max ? value * (sizeof(bar) - 1) / max : 0;

	bar[width] = '\0';
	printf("%12" PRIu64 " %s\n", value, bar);
}

static void print_histogram(const struct latency_histogram *count)
{
	unsigned int first = LATENCY_BUCKETS, last = 0;
	uint64_t max = 0;

	for (unsigned int i = 0; i < LATENCY_BUCKETS; i++) {
		if (!count->bucket[i])
			continue;
		if (first == LATENCY_BUCKETS)
			first = i;
		last = i;
		if (count->bucket[i] > max)
			max = count->bucket[i];
	}
	for (unsigned int i = first; i <= last && first < LATENCY_BUCKETS; i++) {
		if (i == LATENCY_BUCKETS - 1)
			printf("       longer    ");
		else
			printf("  < %9.0f us ", scst_latency_bucket_ns(i) / 1000.0);
		print_bar(count->bucket[i], max);
	}
}

static void print_latency(const struct scst_count_row *row)
{
	const struct latency_histogram *count = &row->latency;
	uint64_t commands = scst_latency_commands(count);

	printf("%s LUN %u (%s) %s: %" PRIu64 " commands, mean %.1f us, p50 < %.0f us, "
	       "p99 < %.0f us\n",
	       row->name.initiator, row->name.lun, row->name.device,
	       scst_dir_name(NEXUS_KEY_DIR(row->key)), commands,
	       commands ? count->sum_ns / 1000.0 / commands : 0.0,
	       scst_latency_percentile_ns(count, 50) / 1000.0,
	       scst_latency_percentile_ns(count, 99) / 1000.0);
	print_histogram(count);
}

static struct json_object *json_latency(const struct scst_count_row *row)
{
	struct json_object *obj = json_of(row), *buckets = json_object_new_array();
	const struct latency_histogram *count = &row->latency;

	json_object_object_add(obj, "direction",
			       json_object_new_string(scst_dir_name(NEXUS_KEY_DIR(row->key))));
	add_number(obj, "commands", scst_latency_commands(count));
	add_number(obj, "bytes", count->bytes);
	add_number(obj, "sum_ns", count->sum_ns);
	for (unsigned int i = 0; i < LATENCY_BUCKETS; i++) {
		struct json_object *bucket = json_object_new_object();

		if (i < LATENCY_BUCKETS - 1)
			add_number(bucket, "below_ns", scst_latency_bucket_ns(i));
		add_number(bucket, "commands", count->bucket[i]);
		json_object_array_add(buckets, bucket);
	}
	json_object_object_add(obj, "buckets", buckets);
	return obj;
}

/* One reading, printed row by row. */
static int print_once(struct cli *cli, enum scst_counter counter,
		      void (*print)(const struct scst_count_row *row),
		      struct json_object *(*json)(const struct scst_count_row *row))
{
	_cleanup_(scst_counts_closep) struct scst_counts *counts = NULL;
	_cleanup_(clear_snapshot) struct snapshot snap = {};
	struct json_object *list = NULL;
	int ret;

	ret = scst_counts_open(&cli->paths, counter, &counts, &cli->err) ?:
	      take_snapshot(cli, counts, &snap);
	if (ret)
		return ret;
	if (snap.nr)
		qsort(snap.rows, snap.nr, sizeof(*snap.rows), by_name);
	if (cli->json)
		list = json_object_new_array();
	for (size_t i = 0; i < snap.nr; i++) {
		if (list)
			json_object_array_add(list, json(&snap.rows[i]));
		else
			print(&snap.rows[i]);
	}
	if (list)
		cli_print_json(list);
	return 0;
}

static int latency(struct cli *cli, int argc _unused_, char **argv _unused_)
{
	return print_once(cli, SCST_COUNTER_LATENCY, print_latency, json_latency);
}

const struct cli_command cli_latency = {
	.noun = "latency",
	.summary = "histograms of how long commands take",
	.help = "Draws the histograms of the tracer latency, which must be loaded: for each\n"
		"initiator, LUN and direction, since it was loaded.",
	.run = latency,
};

/* errors */

static void print_error(const struct scst_count_row *row)
{
	const struct error_key *error = &row->error;

	printf("%10" PRIu64 "  %-32s %-5u %-16s 0x%02x  0x%02x   %x/%02x/%02x %s\n", row->errors,
	       row->name.initiator, row->name.lun, row->name.device, error->opcode, error->status,
	       error->key, error->asc, error->ascq, error->aborted ? "aborted" : "");
}

static struct json_object *json_error(const struct scst_count_row *row)
{
	struct json_object *obj = json_of(row);

	add_number(obj, "count", row->errors);
	add_number(obj, "opcode", row->error.opcode);
	add_number(obj, "status", row->error.status);
	add_number(obj, "sense_key", row->error.key);
	add_number(obj, "asc", row->error.asc);
	add_number(obj, "ascq", row->error.ascq);
	json_object_object_add(obj, "aborted", json_object_new_boolean(row->error.aborted));
	return obj;
}

static int errors(struct cli *cli, int argc _unused_, char **argv _unused_)
{
	if (!cli->json)
		puts("     COUNT  INITIATOR                        LUN   DEVICE           OP    "
		     "STATUS SENSE");
	return print_once(cli, SCST_COUNTER_ERRORS, print_error, json_error);
}

const struct cli_command cli_errors = {
	.noun = "errors",
	.summary = "commands that did not end well",
	.help = "Counts of the tracer errors, which must be loaded: by initiator, LUN, operation\n"
		"code, SAM status and sense.",
	.run = errors,
};

/* top: differences between two readings */

static struct top_count since(const struct scst_count_row *now, const struct snapshot *before)
{
	struct top_count diff = now->top;

	for (size_t i = 0; i < before->nr; i++) {
		const struct scst_count_row *row = &before->rows[i];

		if (row->key != now->key)
			continue;
		diff.commands -= row->top.commands;
		diff.bytes -= row->top.bytes;
		diff.sum_ns -= row->top.sum_ns;
		diff.failed -= row->top.failed;
		break;
	}
	return diff;
}

static int by_rate(const void *left, const void *right, void *sort)
{
	const struct scst_count_row *a = left, *b = right;
	const char *key = sort;

	if (streq(key, "bytes"))
		return (a->top.bytes < b->top.bytes) - (a->top.bytes > b->top.bytes);
	if (streq(key, "latency"))
		return (a->top.sum_ns * b->top.commands < b->top.sum_ns * a->top.commands) -
		       (a->top.sum_ns * b->top.commands > b->top.sum_ns * a->top.commands);
	return (a->top.commands < b->top.commands) - (a->top.commands > b->top.commands);
}

static void print_rate(const struct scst_count_row *row, double seconds)
{
	const struct top_count *top = &row->top;

	printf("%-32s %-5u %-16s %-5s %10.0f %10.2f %10.1f %8llu\n", row->name.initiator,
	       row->name.lun, row->name.device, scst_dir_name(NEXUS_KEY_DIR(row->key)),
	       top->commands / seconds, top->bytes / seconds / 1e6,
	       top->commands ? top->sum_ns / 1000.0 / top->commands : 0.0, top->failed);
}

static struct json_object *json_rate(const struct scst_count_row *row, double seconds)
{
	struct json_object *obj = json_of(row);

	json_object_object_add(obj, "direction",
			       json_object_new_string(scst_dir_name(NEXUS_KEY_DIR(row->key))));
	json_object_object_add(obj, "seconds", json_object_new_double(seconds));
	add_number(obj, "commands", row->top.commands);
	add_number(obj, "bytes", row->top.bytes);
	add_number(obj, "sum_ns", row->top.sum_ns);
	add_number(obj, "failed", row->top.failed);
	return obj;
}

/* One screen, or in JSON one line. */
static void print_rates(const struct cli *cli, struct snapshot *now, const struct snapshot *before,
			double seconds)
{
	struct json_object *list = cli->json ? json_object_new_array() : NULL;
	struct snapshot busy = { .rows = now->nr ? calloc(now->nr, sizeof(*busy.rows)) : NULL };

	for (size_t i = 0; i < now->nr && busy.rows; i++) {
		struct scst_count_row row = now->rows[i];

		row.top = since(&now->rows[i], before);
		if (row.top.commands)
			busy.rows[busy.nr++] = row;
	}
	if (busy.nr)
		qsort_r(busy.rows, busy.nr, sizeof(*busy.rows), by_rate,
			(void *)(cli->sort ?: "commands"));
	if (!list)
		printf("%sINITIATOR                        LUN   DEVICE           DIR     "
		       "COMMANDS/s     MB/s    MEAN us   FAILED\n",
		       isatty(STDOUT_FILENO) ? "\033[H\033[J" : "");
	for (size_t i = 0; i < busy.nr; i++) {
		if (list)
			json_object_array_add(list, json_rate(&busy.rows[i], seconds));
		else
			print_rate(&busy.rows[i], seconds);
	}
	if (list)
		cli_print_json_line(list);
	fflush(stdout);
	clear_snapshot(&busy);
}

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static int top(struct cli *cli, int argc _unused_, char **argv _unused_)
{
	_cleanup_(scst_counts_closep) struct scst_counts *counts = NULL;
	_cleanup_(clear_snapshot) struct snapshot before = {};
	double then = now_seconds();
	int ret;

	ret = scst_counts_open(&cli->paths, SCST_COUNTER_TOP, &counts, &cli->err) ?:
	      take_snapshot(cli, counts, &before);
	for (uint64_t i = 0; !ret && !ferror(stdout) && (!cli->count || i < cli->count); i++) {
		_cleanup_(clear_snapshot) struct snapshot now = {};

		sleep(1);
		ret = take_snapshot(cli, counts, &now);
		if (ret)
			break;
		print_rates(cli, &now, &before, now_seconds() - then);
		then = now_seconds();
		clear_snapshot(&before);
		before = now;
		now = (struct snapshot){};
	}
	return ret;
}

static int set_sort(struct cli *cli, const char *value)
{
	if (!streq(value, "commands") && !streq(value, "bytes") && !streq(value, "latency"))
		return scst_fail(&cli->err, -EINVAL,
				 "--sort: \"%s\" is none of commands, bytes, latency", value);
	cli->sort = value;
	return 0;
}

static const struct cli_option top_options[] = {
	{ "count",	"N",	"so many readings, one a second",	cli_set_count	},
	{ "sort",	"BY",	"commands, bytes or latency",		set_sort	},
	{}
};

const struct cli_command cli_top = {
	.noun = "top",
	.summary = "who does how much, every second",
	.help = "Rates from the tracer top, which must be loaded, for each initiator, LUN and\n"
		"direction that was busy. With --json a line for each second.",
	.options = top_options,
	.run = top,
};
