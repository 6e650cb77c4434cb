// SPDX-License-Identifier: GPL-2.0-only
/* scstctl latency, errors: what the counting tracers have counted. */
#include <inttypes.h>
#include <stdarg.h>

#include "readings.h"
#include "table.h"

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
	       row->name.initiator, row->name.lun, row->name.device, scst_dir_name(row->dir),
	       commands, commands ? count->sum_ns / 1000.0 / commands : 0.0,
	       scst_latency_percentile_ns(count, 50) / 1000.0,
	       scst_latency_percentile_ns(count, 99) / 1000.0);
	print_histogram(count);
}

static struct json_object *json_latency(const struct scst_count_row *row)
{
	struct json_object *obj = cli_json_nexus(row), *buckets = json_object_new_array();
	const struct latency_histogram *count = &row->latency;

	json_object_object_add(obj, "direction", json_object_new_string(scst_dir_name(row->dir)));
	cli_json_add(obj, "commands", scst_latency_commands(count));
	cli_json_add(obj, "bytes", count->bytes);
	cli_json_add(obj, "sum_ns", count->sum_ns);
	for (unsigned int i = 0; i < LATENCY_BUCKETS; i++) {
		struct json_object *bucket = json_object_new_object();

		if (i < LATENCY_BUCKETS - 1)
			cli_json_add(bucket, "below_ns", scst_latency_bucket_ns(i));
		cli_json_add(bucket, "commands", count->bucket[i]);
		json_object_array_add(buckets, bucket);
	}
	json_object_object_add(obj, "buckets", buckets);
	return obj;
}

/* One reading, row by row. */
static int each_row(struct cli *cli, enum scst_counter counter,
		    int (*take)(const struct scst_count_row *row, void *arg), void *arg)
{
	_cleanup_(scst_counts_closep) struct scst_counts *counts = NULL;
	_cleanup_(cli_counts_clear) struct cli_counts snap = {};
	int ret;

	ret = scst_counts_open(&cli->paths, counter, &counts, &cli->err) ?:
	      cli_counts_take(cli, counts, &snap);
	for (size_t i = 0; i < snap.nr && !ret; i++)
		ret = take(&snap.rows[i], arg);
	if (counts && scst_counts_uncounted(counts))
		fprintf(stderr, "%" PRIu64 " commands are not counted: there are too many LUNs\n",
			scst_counts_uncounted(counts));
	return ret == -ENOMEM ? scst_fail(&cli->err, ret, "out of memory") : ret;
}

/* All rows as a list of JSON. */
static int print_list(struct cli *cli, enum scst_counter counter,
		      int (*take)(const struct scst_count_row *row, void *list))
{
	_cleanup_(json_object_putp) struct json_object *list = json_object_new_array();
	int ret = each_row(cli, counter, take, list);

	if (!ret)
		cli_print_json(json_object_get(list));
	return ret;
}

static int take_latency(const struct scst_count_row *row, void *list)
{
	if (list)
		return json_object_array_add(list, json_latency(row)) ? -ENOMEM : 0;
	print_latency(row);
	return 0;
}

static int latency(struct cli *cli, int argc _unused_, char **argv _unused_)
{
	return cli->json ? print_list(cli, SCST_COUNTER_LATENCY, take_latency) :
			   each_row(cli, SCST_COUNTER_LATENCY, take_latency, NULL);
}

const struct cli_command cli_latency = {
	.noun = "latency",
	.summary = "histograms of how long commands take",
	.help = "Draws the histograms of the tracer latency, which must be loaded: for each\n"
		"initiator, LUN and direction, since it was loaded.",
	.run = latency,
};

/* errors */

/* A cell of the table. Until the next call. */
static const char *_printf_(1, 2) cell(const char *fmt, ...)
{
	static char text[64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return text;
}

#define OF_ROW(_name, _value)						\
	static const char *_name(const void *arg)			\
	{								\
		const struct scst_count_row *row = arg;			\
									\
		return _value;						\
	}

OF_ROW(count, cell("%" PRIu64, row->errors))
OF_ROW(initiator, row->name.initiator)
OF_ROW(lun, cell("%u", row->name.lun))
OF_ROW(device, row->name.device)
OF_ROW(opcode, cell("0x%02x", row->error.opcode))
OF_ROW(status, cell("0x%02x", row->error.status))
OF_ROW(sense, cell("%x/%02x/%02x", row->error.key, row->error.asc, row->error.ascq))
OF_ROW(aborted, row->error.aborted ? "aborted" : "-")

/* clang-format off */
static const struct cli_column columns[] = {
	{ .name = "COUNT",	.value = count, .number = true },
	{ .name = "INITIATOR",	.value = initiator },
	{ .name = "LUN",	.value = lun, .number = true },
	{ .name = "DEVICE",	.value = device },
	{ .name = "OP",	.value = opcode },
	{ .name = "STATUS",	.value = status },
	{ .name = "SENSE",	.value = sense },
	{ .name = "ABORTED",	.value = aborted },
	{}
};
/* clang-format on */

static struct json_object *json_error(const struct scst_count_row *row)
{
	struct json_object *obj = cli_json_nexus(row);

	cli_json_add(obj, "count", row->errors);
	cli_json_add(obj, "opcode", row->error.opcode);
	cli_json_add(obj, "status", row->error.status);
	cli_json_add(obj, "sense_key", row->error.key);
	cli_json_add(obj, "asc", row->error.asc);
	cli_json_add(obj, "ascq", row->error.ascq);
	json_object_object_add(obj, "aborted", json_object_new_boolean(row->error.aborted));
	return obj;
}

static int add_error(const struct scst_count_row *row, void *list)
{
	return json_object_array_add(list, json_error(row)) ? -ENOMEM : 0;
}

static int add_line(const struct scst_count_row *row, void *table)
{
	return cli_table_add(table, row);
}

static int errors(struct cli *cli, int argc _unused_, char **argv _unused_)
{
	_cleanup_(cli_table_clear) struct cli_table table = {};
	int ret;

	if (cli->json && !cli->columns)
		return print_list(cli, SCST_COUNTER_ERRORS, add_error);
	ret = cli_table_new(cli, "errors", columns, &table) ?:
	      each_row(cli, SCST_COUNTER_ERRORS, add_line, &table);
	if (!ret)
		cli_table_print(&table);
	return ret;
}

static const struct cli_option error_options[] = { CLI_TABLE_OPTIONS, {} };

const struct cli_command cli_errors = {
	.noun = "errors",
	.summary = "commands that did not end well",
	.help = "Counts of the tracer errors, which must be loaded: by initiator, LUN, operation\n"
		"code, SAM status and sense.",
	.options = error_options,
	.run = errors,
};
