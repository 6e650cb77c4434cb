// SPDX-License-Identifier: GPL-2.0-only
/* scstctl trace: commands as they are answered, by an instance of cmdlog of its own. */
#include <poll.h>
#include <scst/scst.h>
#include <signal.h>
#include <sys/signalfd.h>

#include "cli.h"

static int set_initiator(struct cli *cli, const char *value)
{
	cli->filter.initiator = value;
	return 0;
}

static int set_number(struct cli *cli, const char *option, const char *value, uint64_t max,
		      int *out)
{
	uint64_t number;

	if (scst_parse_u64(value, 0, max, &number))
		return scst_fail(&cli->err, -EINVAL, "--%s: \"%s\" is not a number up to %llu",
				 option, value, (unsigned long long)max);
	*out = number;
	return 0;
}

static int set_lun(struct cli *cli, const char *value)
{
	return set_number(cli, "lun", value, SCST_MAX_LUN, &cli->filter.lun);
}

static int set_opcode(struct cli *cli, const char *value)
{
	return set_number(cli, "opcode", value, 0xff, &cli->filter.opcode);
}

static int set_min_latency(struct cli *cli, const char *value)
{
	int us = 0, ret = set_number(cli, "min-latency", value, INT32_MAX, &us);

	if (!ret)
		cli->filter.min_latency_ns = us * 1000ull;
	return ret;
}

static int set_failed(struct cli *cli, const char *value _unused_)
{
	cli->filter.only_failed = true;
	return 0;
}

static const struct cli_option options[] = {
	{ "initiator",	 "NAME", "only commands of this initiator",	set_initiator	},
	{ "lun",	 "LUN",	 "only this LUN",			set_lun		},
	{ "opcode",	 "0xNN", "only this operation code",		set_opcode	},
	{ "min-latency", "US",	 "only what took at least so many microseconds", set_min_latency },
	{ "failed",	 NULL,	 "only what did not end with GOOD",	set_failed	},
	{ "count",	 "N",	 "end after N commands",		cli_set_count	},
	{}
};

#define ENOUGH	(-ECANCELED)	/* --count is reached: stop reading */

struct trace {
	const struct cli *cli;
	uint64_t printed;
};

static int print_event(const struct cmdlog_event *event, void *arg)
{
	struct trace *trace = arg;

	if (trace->cli->json)
		cli_print_json_line(scst_cmdlog_json(event));
	else
		scst_cmdlog_print(event, stdout);
	if (ferror(stdout))
		return -EPIPE;
	return ++trace->printed == trace->cli->count ? ENOUGH : 0;
}

static void tell_drops(const struct cli *cli, struct scst_cmdlog *log)
{
	uint64_t lost = scst_cmdlog_take_drops(log);
	struct json_object *obj;

	if (!lost)
		return;
	if (!cli->json) {
		fprintf(stderr, "scstctl: %llu commands lost, the ring was full\n",
			(unsigned long long)lost);
		return;
	}
	obj = json_object_new_object();
	json_object_object_add(obj, "event", json_object_new_string("lost"));
	json_object_object_add(obj, "where", json_object_new_string("ring"));
	json_object_object_add(obj, "count", json_object_new_uint64(lost));
	cli_print_json_line(obj);
}

/* SIGINT, SIGTERM as a descriptor: so the loop ends and cleans up whatever it is doing. */
static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static int read_until_told(struct cli *cli, struct scst_cmdlog *log, int signals)
{
	struct pollfd fds[] = {
		{ .fd = scst_cmdlog_fd(log), .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};

	for (;;) {
		int ret = scst_cmdlog_consume(log, 1024);

		if (ret == ENOUGH)
			return 0;
		if (ret < 0)
			return scst_fail(&cli->err, ret, "cannot go on: %s", strerror(-ret));
		tell_drops(cli, log);
		fflush(stdout);
		/* the time-out: drops are told even if nothing else happens */
		if (poll(fds, ARRAY_SIZE(fds), ret ? 0 : 1000) < 0 && errno != EINTR)
			return scst_fail(&cli->err, -errno, "cannot wait: %s", strerror(errno));
		if (fds[1].revents)
			return 0;
	}
}

static int trace(struct cli *cli, int argc _unused_, char **argv _unused_)
{
	_cleanup_(scst_cmdlog_closep) struct scst_cmdlog *log = NULL;
	struct trace state = { .cli = cli };
	_cleanup_close_ int signals = open_signals();
	int ret;

	ret = scst_cmdlog_open_private(&cli->paths, &cli->filter, print_event, &state, &log,
				       &cli->err);
	if (ret)
		return ret;
	if (!cli->json)
		puts(scst_cmdlog_heading);
	return read_until_told(cli, log, signals);
}

const struct cli_command cli_trace = {
	.noun = "trace",
	.summary = "commands as they are answered",
	.help = "Prints a line for each answered command, until --count or a signal. Filters\n"
		"work in the kernel. Needs root; leaves nothing behind.",
	.options = options,
	.run = trace,
};
