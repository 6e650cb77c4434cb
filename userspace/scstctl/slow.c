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
		printf("%-27s %10.1f %10.1f  %-5s 0x%02x %-12s %-10s 0x%02x   %s %s\n",
		       text_of(obj, "time"), number_of(obj, "wait_ns") / 1000.0,
		       number_of(obj, "execute_ns") / 1000.0, text_of(obj, "lun"),
		       (unsigned int)number_of(obj, "opcode"), text_of(obj, "lba"),
		       text_of(obj, "bytes"), (unsigned int)number_of(obj, "status"),
		       text_of(obj, "initiator"), text_of(obj, "device"));
		json_object_put(obj);
	}
	fflush(stdout);
}

static int slow(struct cli *cli, int argc _unused_, char **argv _unused_)
{
	_cleanup_(scst_ring_closep) struct scst_ring *ring = NULL;
	struct output out = { .cli = cli };
	int ret;

	ret = scst_ring_open(&cli->paths, SCST_RING_SLOW, print, &out, &ring, &cli->err);
	if (ret)
		return ret;
	if (!cli->json)
		puts("TIME (UTC)                     WAIT us EXECUTE us  LUN   OP   LBA          "
		     "BYTES      STATUS INITIATOR DEVICE");
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
	.help = "Records of the tracer slow, which must be loaded (option min_latency_us): how\n"
		"long a command waited before its execution (held by a policy, for data-out),\n"
		"and how long that took. The ring has one reader: scst-bpfd, if it runs and\n"
		"the tracer is in its configuration; its events have the records then.",
	.options = options,
	.run = slow,
};
