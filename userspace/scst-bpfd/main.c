// SPDX-License-Identifier: GPL-2.0-only
/*
 * scst-bpfd: loads and pins the policies and tracers of its configuration, or adopts what is
 * pinned, and serves events. It owns nothing: whatever it loaded goes on without it.
 *
 *	read the configuration -> say what is required -> drop capabilities -> load or adopt ->
 *	socket, metrics -> serve
 *
 * Policies come first, and what goes wrong with one of them, the socket or the metrics is told and
 * is no reason to go: the daemon serves what there is.
 */
#include <getopt.h>
#include <inttypes.h>
#include <scst/scst.h>
#include <signal.h>
#include <time.h>

#include "apply.h"
#include "caps.h"
#include "clock.h"
#include "config.h"
#include "feed.h"
#include "log.h"
#include "metrics.h"
#include "object.h"
#include "pins.h"
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
	struct scst_names faults;	/* what is not as configured */
	struct event *sources[5];	/* SIGTERM, SIGINT, SIGHUP, watchdog, clock */
	struct event *pins, *refresh;	/* something was loaded or unloaded; look at it soon */
	int pins_fd;
	int64_t tai_offset;		/* that policies know; see clock.h */
};

static void stop(struct daemon *d)
{
	if (d->pins)
		event_free(d->pins);
	if (d->refresh)
		event_free(d->refresh);
	closep(&d->pins_fd);
	bpfd_feed_stop(d->feed);
	bpfd_metrics_stop(d->metrics);
	bpfd_server_stop(d->server);
	for (size_t i = 0; i < ARRAY_SIZE(d->sources); i++)
		if (d->sources[i])
			event_free(d->sources[i]);
	if (d->base)
		event_base_free(d->base);
	bpfd_config_free(d->config);
	scst_names_clear(&d->faults);
}

/* For systemctl status. */
static void notify_status(const struct daemon *d)
{
	if (!d->faults.nr)
		sd_notifyf(0, "STATUS=%zu policies, %zu tracers: as configured",
			   d->config->policies.nr, d->config->tracers.nr);
	else
		sd_notifyf(0, "STATUS=not as configured (%zu): %s", d->faults.nr,
			   d->faults.list[0]);
}

static void add_fault(struct daemon *d, const char *text)
{
	log_error("%s", text);
	scst_names_add(&d->faults, text);
}

/* What is loaded now: rings and counters of what is there, whoever loaded it. */

static void refresh(struct daemon *d)
{
	bpfd_feed_refresh(d->feed);
	bpfd_metrics_open_tracers(d->metrics);
}

static void on_refresh(evutil_socket_t fd _unused_, short what _unused_, void *arg)
{
	refresh(arg);
}

/* One change makes several of these, and some are of our own doing. */
static void on_pins(evutil_socket_t fd, short what _unused_, void *arg)
{
	struct daemon *d = arg;
	char events[4096];

	while (read(fd, events, sizeof(events)) > 0)
		;
	if (!event_pending(d->refresh, EV_TIMEOUT, NULL))
		event_add(d->refresh, &(struct timeval){ .tv_usec = 100000 });
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

	ret = bpfd_config_read(d->options.config, &new, err) ?: bpfd_config_check(new, err) ?:
	      bpfd_caps_raise(err);
	if (ret)
		return ret;
	warn_unchangeable(d->config, new);
	scst_names_clear(&d->faults);
	applied = bpfd_apply_reload(&d->paths, new, &d->faults);
	if (applied)
		scst_fail(err, applied, "parts of %s could not be applied: see the journal",
			  d->options.config);
	bpfd_config_free(d->config);
	d->config = TAKE_PTR(new);
	ret = bpfd_feed_set_dumps(d->feed, d->config->dumps);
	refresh(d);
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
	notify_status(arg);
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

/* Nobody is told when somebody tells the kernel how far TAI is ahead of UTC: so it is asked. */
static void on_clock(evutil_socket_t fd _unused_, short what _unused_, void *arg)
{
	int64_t now = scst_clock_tai_offset();
	struct daemon *d = arg;

	if (now == d->tai_offset)
		return;
	d->tai_offset = now;
	scst_clock_write_pinned(&d->paths);
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
	d->sources[4] = event_new(d->base, -1, EV_PERSIST, on_clock, d);
	for (size_t i = 0; i < ARRAY_SIZE(d->sources); i++)
		if (!d->sources[i])
			return scst_fail(err, -ENOMEM, "out of memory");
	for (size_t i = 0; i < 3; i++)
		event_add(d->sources[i], NULL);
	event_add(d->sources[4], &(struct timeval){ .tv_sec = 1 });
	if (watchdog.tv_sec || watchdog.tv_usec)
		event_add(d->sources[3], &watchdog);
	return 0;
}

/* Start */

static int check_alone(const struct daemon *d, struct scst_error *err)
{
	if (!bpfd_server_answers(d->config->socket))
		return 0;
	return scst_fail(err, -EBUSY, "another scst-bpfd serves %s", d->config->socket);
}

static int check_root(struct scst_error *err)
{
	return geteuid() ? scst_fail(err, -EPERM, "needs root") : 0;
}

/* With nothing to load it may serve anyway; without the right to load it has no business here. */
static int check_able(const struct daemon *d, struct scst_error *err)
{
	if (!d->config->policies.nr && !d->config->tracers.nr)
		return 0;
	return scst_bpf_available(&d->paths, err);
}

static int start_server(struct daemon *d, struct scst_error *err)
{
	const struct bpfd_server_options options = {
		.queue = d->config->queue_kb * 1024,
		.reload = on_reload,
		.arg = d,
		.faults = &d->faults,
	};
	struct scst_error why = {};

	d->server = bpfd_server_new(d->base, &options);
	if (!d->server)
		return scst_fail(err, -ENOMEM, "out of memory");
	if (bpfd_server_listen(d->server, d->config->socket, d->config->group, &why))
		add_fault(d, why.text);
	why = (struct scst_error){};
	if ((d->config->print || d->options.print) && bpfd_server_print(d->server, &why))
		add_fault(d, why.text);
	return 0;
}

static int start_metrics(struct daemon *d, struct scst_error *err)
{
	const struct bpfd_readings from = {
		.sysfs = d->paths.sysfs,
		.server = d->server,
		.config = &d->config,
	};

	if (!d->config->listen)
		return 0;
	d->metrics = bpfd_metrics_start(d->base, &from, &d->paths, d->config->listen);
	return d->metrics ? 0 : scst_fail(err, -ENOMEM, "out of memory");
}

static int start_feed(struct daemon *d, struct scst_error *err)
{
	struct scst_error why = {};

	d->feed = bpfd_feed_new(d->base, &d->paths, d->server, d->config->dumps);
	d->refresh = event_new(d->base, -1, 0, on_refresh, d);
	if (!d->feed || !d->refresh)
		return scst_fail(err, -ENOMEM, "out of memory");
	if (scst_pins_watch(&d->paths, &d->pins_fd, &why)) {
		add_fault(d, why.text);
		return 0;
	}
	d->pins = event_new(d->base, d->pins_fd, EV_READ | EV_PERSIST, on_pins, d);
	if (!d->pins || event_add(d->pins, NULL))
		return scst_fail(err, -ENOMEM, "out of memory");
	return 0;
}

static int start(struct daemon *d, struct scst_error *err)
{
	int ret = check_root(err) ?: check_alone(d, err);

	if (ret)
		return ret;
	/* also if what is required can never be loaded */
	bpfd_apply_required(&d->paths, d->config, &d->faults);
	ret = check_able(d, err);
	if (ret)
		return ret;
	d->base = event_base_new();
	if (!d->base)
		return scst_fail(err, -ENOMEM, "cannot make an event loop");
	ret = add_sources(d, err) ?: bpfd_caps_limit(err);
	if (ret)
		return ret;
	for (size_t i = 0; i < d->config->faults.nr; i++)
		add_fault(d, d->config->faults.list[i]);
	bpfd_apply_start(&d->paths, d->config, &d->faults);
	ret = start_server(d, err) ?: start_metrics(d, err) ?: start_feed(d, err);
	if (ret)
		return ret;
	refresh(d);
	return bpfd_caps_lower(err);
}

static int serve(struct daemon *d, struct scst_error *err)
{
	notify_status(d);
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
	"  --check-config   only read it, and look at the objects, options and rules it names;\n"
	"                   everything that is wrong is told, a line each\n"
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

/* Says everything that is wrong, a line each. */
static int check(struct daemon *d)
{
	int ret;

	for (size_t i = 0; i < d->config->faults.nr; i++)
		add_fault(d, d->config->faults.list[i]);
	ret = d->faults.nr ? -EINVAL : 0;
	return bpfd_apply_check(&d->paths, d->config, &d->faults) ?: ret;
}

static int run(struct daemon *d, int argc, char **argv, struct scst_error *err)
{
	int ret;

	ret = read_options(argc, argv, &d->options, err);
	if (ret)
		return ret;
	scst_bpf_verbose(d->options.verbose);
	ret = bpfd_config_read(d->options.config, &d->config, err);
	if (ret)
		return ret;
	return d->options.check ? check(d) : start(d, err) ?: serve(d, err);
}

int main(int argc, char **argv)
{
	_cleanup_(stop) struct daemon d = {
		.options = { .config = CONFIG_PATH },
		.paths = scst_paths_default(),
		.tai_offset = INT64_MIN,
		.pins_fd = -EBADF,
	};
	struct scst_error err = {};
	int ret;

	signal(SIGPIPE, SIG_IGN);
	ret = run(&d, argc, argv, &err);
	if (ret && (err.text[0] || !d.faults.nr))	/* faults have been told */
		log_error("%s", err.text[0] ? err.text : strerror(-ret));
	return scst_exit_status(ret);
}
