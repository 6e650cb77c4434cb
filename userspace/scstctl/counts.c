// SPDX-License-Identifier: GPL-2.0-only
/* scstctl latency, errors: what the counting tracers have counted. */
#include <inttypes.h>

#include "readings.h"

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

/* One reading, printed row by row. */
static int print_once(struct cli *cli, enum scst_counter counter,
		      void (*print)(const struct scst_count_row *row),
		      struct json_object *(*json)(const struct scst_count_row *row))
{
	_cleanup_(scst_counts_closep) struct scst_counts *counts = NULL;
	_cleanup_(cli_counts_clear) struct cli_counts snap = {};
	struct json_object *list = NULL;
	int ret;

	ret = scst_counts_open(&cli->paths, counter, &counts, &cli->err) ?:
	      cli_counts_take(cli, counts, &snap);
	if (ret)
		return ret;
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
	if (scst_counts_uncounted(counts))
		fprintf(stderr, "%" PRIu64 " commands are not counted: there are too many LUNs\n",
			scst_counts_uncounted(counts));
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
