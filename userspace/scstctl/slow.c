// SPDX-License-Identifier: GPL-2.0-only
/* scstctl slow: commands above the threshold of the tracer slow, as they are answered. */
#include "cli.h"
#include "ring.h"

struct output {
	struct cli *cli;
	uint64_t seen;
};

static uint64_t number_of(struct json_object *obj, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(obj, key, &value) ? json_object_get_uint64(value) : 0;
}

static const char *text_of(struct json_object *obj, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(obj, key, &value) ? json_object_get_string(value) : "-";
}

/* Parts of the latency that are worth telling, in microseconds. */
static void print_parts(struct json_object *obj)
{
	uint64_t latency = number_of(obj, "latency_ns");

	json_object_object_foreach(obj, key, value) {
		const char *unit = strstr(key, "_ns");
		uint64_t ns = json_object_get_uint64(value);

		if (unit && !streq(key, "latency_ns") && ns >= latency / 100 && ns)
			printf(" %.*s=%.1f", (int)(unit - key), key, ns / 1000.0);
	}
	putchar('\n');
}

static void print(struct json_object *obj, void *arg)
{
	struct output *out = arg;

	out->seen++;
	if (out->cli->count && out->seen > out->cli->count) {
		json_object_put(obj);
		return;
	}
	if (out->cli->json) {
		cli_print_json_line(obj);
	} else {
		printf("%-27s %10.1f  %-5s 0x%02x %-12s %-10s 0x%02x   %s %s",
		       text_of(obj, "time"), number_of(obj, "latency_ns") / 1000.0,
		       text_of(obj, "lun"), (unsigned int)number_of(obj, "opcode"),
		       text_of(obj, "lba"), text_of(obj, "bytes"),
		       (unsigned int)number_of(obj, "status"), text_of(obj, "initiator"),
		       text_of(obj, "device"));
		print_parts(obj);
		json_object_put(obj);
	}
	fflush(stdout);
}

static int slow(struct cli *cli, int argc _unused_, char **argv _unused_)
{
	_cleanup_(scst_ring_closep) struct scst_ring *ring = NULL;
	struct output out = { .cli = cli };
	const struct scst_ring_reader reader = { .take = print, .arg = &out };
	int ret;

	ret = scst_ring_open(&cli->paths, SCST_RING_SLOW, &reader, &ring, &cli->err);
	if (ret)
		return ret;
	if (!cli->json)
		puts("TIME (UTC)                  LATENCY us  LUN   OP   LBA          BYTES      "
		     "STATUS INITIATOR DEVICE WHERE us");
	while (ret >= 0 && !ferror(stdout) && (!cli->count || out.seen < cli->count))
		ret = scst_ring_wait(ring);
	return ret < 0 ? scst_fail(&cli->err, ret, "cannot read the ring: %s", strerror(-ret)) : 0;
}

static const struct cli_option options[] = {
	{ "count",	"N",	"end after N commands",		cli_set_count	},
	{}
};

const struct cli_command cli_slow = {
	.noun = "slow",
	.summary = "commands that take long, and where the time goes",
	.help = "Records of the tracer slow, which must be loaded (option min_latency_us), with\n"
		"what makes up at least a hundredth of the latency: unblock (its device was\n"
		"blocked), policy (delayed), data (from the initiator), turn (in its task set),\n"
		"thread (until one was free), execution, response, other. The ring has one\n"
		"reader, and who comes second is refused: if scst-bpfd runs it is the first, and\n"
		"`scstctl events` has the records.",
	.options = options,
	.run = slow,
};
