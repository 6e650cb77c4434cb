// SPDX-License-Identifier: GPL-2.0-only
/*
 * scst-bpfd: loads and pins the policies and tracers of its configuration, or adopts what is
 * pinned, and serves events. It owns nothing: whatever it loaded goes on without it.
 *
 *	read the configuration -> socket -> drop capabilities -> load or adopt -> serve
 */
#include <getopt.h>
#include <inttypes.h>
#include <scst/scst.h>
#include <signal.h>
#include <time.h>

#include "apply.h"
#include "caps.h"
#include "config.h"
#include "feed.h"
#include "log.h"
#include "metrics.h"
#include "object.h"
#include "server.h"

#define CONFIG_PATH "/etc/scst/bpfd.json"

struct options {
	const char *config;
	bool check;
	bool print;
	bool verbose;
};

struct daemon {
	struct options options;
	struct scst_paths paths;
	struct bpfd_config *config;
	struct event_base *base;
	struct bpfd_server *server;
	struct bpfd_feed *feed;
	struct bpfd_metrics *metrics;
	struct event *sources[4];	/* SIGTERM, SIGINT, SIGHUP, watchdog */
};

static void stop(struct daemon *d)
{
	bpfd_feed_stop(d->feed);
	bpfd_metrics_stop(d->metrics);
	bpfd_server_stop(d->server);
	for (size_t i = 0; i < ARRAY_SIZE(d->sources); i++)
		if (d->sources[i])
			event_free(d->sources[i]);
	if (d->base)
		event_base_free(d->base);
	bpfd_config_free(d->config);
}

/* Reload */

static void notify_reloading(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
		   (uint64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
}

static void warn_unchangeable(const struct bpfd_config *old, const struct bpfd_config *new)
{
	if (!streq(old->socket, new->socket) || !streq(old->group ?: "", new->group ?: "") ||
	    old->queue_kb != new->queue_kb || old->print != new->print ||
	    !streq(old->listen ?: "", new->listen ?: ""))
		log_warn("\"events\" or \"metrics\" has changed: restart to apply that, no "
			 "policy is touched");
}

static int reload(struct daemon *d, struct scst_error *err)
{
	_cleanup_(bpfd_config_freep) struct bpfd_config *new = NULL;
	int ret, applied;

	ret = bpfd_config_read(d->options.config, &new, err) ?: bpfd_caps_raise(err);
	if (ret)
		return ret;
	warn_unchangeable(d->config, new);
	bpfd_feed_stop(TAKE_PTR(d->feed));
	applied = bpfd_apply_reload(&d->paths, d->config, new);
	if (applied)
		scst_fail(err, applied, "parts of %s could not be applied: see the journal",
			  d->options.config);
	bpfd_config_free(d->config);
	d->config = TAKE_PTR(new);
	ret = bpfd_feed_start(d->base, &d->paths, d->server, d->config->dumps, &d->feed, err);
	bpfd_metrics_open_tracers(d->metrics);
	return bpfd_caps_lower(err) ?: ret ?: applied;
}

/* Signals and watchdog */

static int on_reload(void *arg, struct scst_error *err)
{
	int ret;

	notify_reloading();
	ret = reload(arg, err);
	if (ret)
		log_error("%s", err->text);
	sd_notify(0, "READY=1");
	return ret;
}

static void on_hangup(evutil_socket_t sig _unused_, short what _unused_, void *arg)
{
	struct scst_error err = {};

	on_reload(arg, &err);
}

static void on_terminate(evutil_socket_t sig _unused_, short what _unused_, void *arg)
{
	struct daemon *d = arg;

	log_info("going; what is loaded stays in force");
	event_base_loopbreak(d->base);
}

static void on_watchdog(evutil_socket_t fd _unused_, short what _unused_, void *arg _unused_)
{
	sd_notify(0, "WATCHDOG=1");
}

/* systemd's limit, of which we use half. */
static struct timeval watchdog_interval(void)
{
	uint64_t us = 0;

	if (sd_watchdog_enabled(0, &us) <= 0)
		us = 0;
	return (struct timeval){ .tv_sec = us / 2 / 1000000, .tv_usec = us / 2 % 1000000 };
}

static int add_sources(struct daemon *d, struct scst_error *err)
{
	const struct timeval watchdog = watchdog_interval();

	d->sources[0] = evsignal_new(d->base, SIGTERM, on_terminate, d);
	d->sources[1] = evsignal_new(d->base, SIGINT, on_terminate, d);
	d->sources[2] = evsignal_new(d->base, SIGHUP, on_hangup, d);
	d->sources[3] = event_new(d->base, -1, EV_PERSIST, on_watchdog, d);
	for (size_t i = 0; i < ARRAY_SIZE(d->sources); i++)
		if (!d->sources[i])
			return scst_fail(err, -ENOMEM, "out of memory");
	for (size_t i = 0; i < 3; i++)
		event_add(d->sources[i], NULL);
	if (watchdog.tv_sec || watchdog.tv_usec)
		event_add(d->sources[3], &watchdog);
	return 0;
}

/* Start */

static int start_server(struct daemon *d, struct scst_error *err)
{
	const struct bpfd_server_options options = {
		.socket = d->config->socket,
		.group = d->config->group,
		.queue = d->config->queue_kb * 1024,
		.reload = on_reload,
		.arg = d,
	};
	int ret;

	ret = bpfd_server_start(d->base, &options, &d->server, err);
	if (!ret && (d->config->print || d->options.print))
		ret = bpfd_server_print(d->server, err);
	return ret;
}

static int start_metrics(struct daemon *d, struct scst_error *err)
{
	int ret = bpfd_metrics_start(d->base, &d->paths, d->server, d->config->listen,
				     &d->metrics, err);

	if (!ret && d->metrics)
		log_info("serving metrics on http://%s/metrics", d->config->listen);
	return ret;
}

static int start(struct daemon *d, struct scst_error *err)
{
	int ret;

	d->base = event_base_new();
	if (!d->base)
		return scst_fail(err, -ENOMEM, "cannot make an event loop");
	ret = add_sources(d, err) ?: start_server(d, err) ?: start_metrics(d, err) ?:
	      bpfd_caps_limit(err) ?: bpfd_apply_start(&d->paths, d->config, err) ?:
	      bpfd_feed_start(d->base, &d->paths, d->server, d->config->dumps, &d->feed, err);
	if (ret)
		return ret;
	bpfd_metrics_open_tracers(d->metrics);
	return bpfd_caps_lower(err);
}

static int serve(struct daemon *d, struct scst_error *err)
{
	sd_notify(0, "READY=1");
	log_info("serving events on %s", d->config->socket);
	if (event_base_dispatch(d->base) < 0)
		return scst_fail(err, -EIO, "the event loop broke");
	sd_notify(0, "STOPPING=1");
	return 0;
}

/* Options */

static const char usage[] =
	"usage: scst-bpfd [OPTION]...\n\n"
	"Loads and pins SCST policies and tracers, serves events. Stays in the foreground.\n\n"
	"  --config FILE    instead of " CONFIG_PATH "\n"
	"  --check-config   only read it; what is wrong is named with its line and key\n"
	"  --print-events   events to stdout too, a JSON object in each line\n"
	"  --verbose        show what libbpf says\n"
	"  --help, --version\n\n"
	"SIGHUP reads the configuration again and applies what is different. SIGTERM ends\n"
	"the daemon and leaves every policy and tracer in force. scst-bpfd(8) tells more.\n"
	"Exit status: 0 done, 1 failed, 2 usage or configuration, 3 not found, 4 module or\n"
	"BTF not available, 5 not permitted, 6 exists or is busy.";

static const struct option long_options[] = {
	{ "config",		required_argument,	NULL, 'c' },
	{ "check-config",	no_argument,		NULL, 'C' },
	{ "print-events",	no_argument,		NULL, 'p' },
	{ "verbose",		no_argument,		NULL, 'v' },
	{ "help",		no_argument,		NULL, 'h' },
	{ "version",		no_argument,		NULL, 'V' },
	{}
};

static void print_and_exit(const char *text)
{
	puts(text);
	exit(SCST_EXIT_OK);
}

static int read_options(int argc, char **argv, struct options *options, struct scst_error *err)
{
	int key;

	opterr = 0;
	while ((key = getopt_long(argc, argv, ":", long_options, NULL)) != -1) {
		switch (key) {
		case 'c':
			options->config = optarg;
			break;
		case 'C':
			options->check = true;
			break;
		case 'p':
			options->print = true;
			break;
		case 'v':
			options->verbose = true;
			break;
		case 'h':
			print_and_exit(usage);
			break;
		case 'V':
			print_and_exit("scst-bpfd " SCST_VERSION);
			break;
		default:
			return scst_fail(err, -EINVAL, "%s: %s", argv[optind - 1],
					 key == ':' ? "needs a value" :
						      "no such option; see --help");
		}
	}
	if (optind < argc)
		return scst_fail(err, -EINVAL, "%s: takes no arguments; see --help", argv[optind]);
	return 0;
}

static int run(struct daemon *d, int argc, char **argv, struct scst_error *err)
{
	int ret;

	ret = read_options(argc, argv, &d->options, err);
	if (ret)
		return ret;
	scst_bpf_verbose(d->options.verbose);
	ret = bpfd_config_read(d->options.config, &d->config, err);
	if (ret || d->options.check)
		return ret;
	return start(d, err) ?: serve(d, err);
}

int main(int argc, char **argv)
{
	_cleanup_(stop) struct daemon d = {
		.options = { .config = CONFIG_PATH },
		.paths = scst_paths_default(),
	};
	struct scst_error err = {};
	int ret;

	signal(SIGPIPE, SIG_IGN);
	ret = run(&d, argc, argv, &err);
	if (ret)
		log_error("%s", err.text[0] ? err.text : strerror(-ret));
	return scst_exit_status(ret);
}
