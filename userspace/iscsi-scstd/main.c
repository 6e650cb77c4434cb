// SPDX-License-Identifier: GPL-2.0-only
/*
 * iscsi-scstd: takes connections, does the login, hands them to iscsi-scst.ko. It keeps nothing
 * that outlives a login, so it may go and come again while sessions run.
 *
 *	options, configuration -> /dev/iscsi-scst-ctl -> fork -> bind -> drop privileges -> sandbox
 *	-> serve
 */
#include <fcntl.h>
#include <getopt.h>
#include <glob.h>
#include <inttypes.h>
#include <scst/scst.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#include "ctl.h"
#include "hosts.h"
#include "isns.h"
#include "log.h"
#include "notify.h"
#include "portal.h"
#include "privileges.h"
#include "sandbox.h"
#include "server.h"

#define PID_FILE "/run/iscsi-scstd.pid"
#define SESSION_IPS "/sys/kernel/scst_tgt/targets/iscsi/*/sessions/*/*/ip"
#define ADDRESSES_MAX 32

struct options {
	const char *config;
	const char *user;
	const char *group;
	const char *address[ADDRESSES_MAX];
	size_t nr_addresses;
	uint64_t port;
	uint64_t debug;
	bool foreground;
};

struct daemon {
	struct options options;
	struct config config;
	struct identity identity;
	struct env env;
	int ctl;
	int pid_file;
	struct event_base *base;
	struct server *server;
	struct isns *isns;
	struct event *sources[7];	/* the watchdog is the last */
};

/* What the protocol asks */

static int env_driver(void *arg, struct scst_iscsi_driver *driver)
{
	const struct daemon *d = arg;

	return ctl_driver(d->ctl, driver);
}

static int env_target(void *arg, struct scst_iscsi_target *target)
{
	const struct daemon *d = arg;

	return ctl_target(d->ctl, target);
}

static int env_attr(void *arg, struct scst_iscsi_attr_get *attr)
{
	const struct daemon *d = arg;

	return ctl_attr(d->ctl, attr);
}

static int env_access(void *arg, const struct scst_iscsi_access *access)
{
	const struct daemon *d = arg;

	return ctl_access(d->ctl, access);
}

static bool env_isns_allows(void *arg, const char *target, const char *initiator)
{
	const struct daemon *d = arg;

	return isns_allows(d->isns, target, initiator);
}

static int env_host_allowed(void *arg _unused_, const char *target, const struct portal *peer)
{
	return hosts_allow(HOSTS_DENY_PATH, HOSTS_ALLOW_PATH, target, peer);
}

static size_t env_portals(void *arg, const struct portal *local, struct portal out[PORTALS_MAX])
{
	const struct daemon *d = arg;

	return server_portals(d->server, local, out);
}

static const struct env_ops env_ops = {
	.driver		= env_driver,
	.target		= env_target,
	.attr		= env_attr,
	.access		= env_access,
	.isns_allows	= env_isns_allows,
	.host_allowed	= env_host_allowed,
	.portals	= env_portals,
};

/* The kernel's configuration changed */

static void configure(struct daemon *d)
{
	struct scst_iscsi_driver driver;
	int ret = ctl_driver(d->ctl, &driver);

	if (ret) {
		log_error("cannot read the configuration: %s", strerror(-ret));
		return;
	}
	server_allow_link_local(d->server, driver.link_local);
	/* Disabled as well: initiators get a refusal after which they try again. */
	server_listen(d->server, true);
	isns_configure(d->isns, &driver);
}

static void on_configuration(evutil_socket_t fd, short what _unused_, void *arg)
{
	uint64_t generation;
	int ret = ctl_generation(fd, &generation);

	if (ret) {
		log_error("cannot read the configuration's generation: %s", strerror(-ret));
		return;
	}
	log_debug("configuration %" PRIu64, generation);
	configure(arg);
}

/* Signals and watchdog */

static void on_hangup(evutil_socket_t sig _unused_, short what _unused_, void *arg)
{
	struct scst_error err = {};
	struct daemon *d = arg;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	notify("RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
	       (uint64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	if (config_read(d->options.config ?: CONFIG_PATH, d->options.config, &d->config, &err))
		log_error("%s; the settings stay as they were", err.text);
	configure(d);
	notify("READY=1");
}

static void end_loop(void *arg)
{
	struct daemon *d = arg;

	event_base_loopbreak(d->base);
}

static void on_terminate(evutil_socket_t sig _unused_, short what _unused_, void *arg)
{
	struct daemon *d = arg;

	log_info("going; sessions go on");
	notify("STOPPING=1");
	server_listen(d->server, false);
	isns_leave(d->isns, end_loop, d);
}

/* During a failover: see the man page. */
static void on_suspend(evutil_socket_t sig, short what _unused_, void *arg)
{
	struct daemon *d = arg;

	d->env.suspended = sig == SIGUSR1;
	log_info("logins are %s", d->env.suspended ? "suspended" : "taken again");
}

static void on_watchdog(evutil_socket_t fd _unused_, short what _unused_, void *arg _unused_)
{
	notify("WATCHDOG=1");
}

/* systemd's limit, of which we use half. */
static void start_watchdog(struct event *event)
{
	uint64_t us = notify_watchdog_us();

	if (us)
		event_add(event, &(struct timeval){ .tv_sec = us / 2 / 1000000,
						    .tv_usec = us / 2 % 1000000 });
}

static int add_sources(struct daemon *d, struct scst_error *err)
{
	d->sources[0] = evsignal_new(d->base, SIGTERM, on_terminate, d);
	d->sources[1] = evsignal_new(d->base, SIGINT, on_terminate, d);
	d->sources[2] = evsignal_new(d->base, SIGHUP, on_hangup, d);
	d->sources[3] = evsignal_new(d->base, SIGUSR1, on_suspend, d);
	d->sources[4] = evsignal_new(d->base, SIGUSR2, on_suspend, d);
	d->sources[5] = event_new(d->base, d->ctl, EV_READ | EV_PERSIST, on_configuration, d);
	d->sources[6] = event_new(d->base, -1, EV_PERSIST, on_watchdog, d);
	for (size_t i = 0; i < ARRAY_SIZE(d->sources); i++)
		if (!d->sources[i])
			return scst_fail(err, -ENOMEM, "out of memory");
	for (size_t i = 0; i < ARRAY_SIZE(d->sources) - 1; i++)
		event_add(d->sources[i], NULL);
	start_watchdog(d->sources[ARRAY_SIZE(d->sources) - 1]);
	return 0;
}

/* Start */

static int bind_addresses(struct daemon *d, struct scst_error *err)
{
	const struct options *o = &d->options;
	int ret = 0;

	for (size_t i = 0; !ret && i < o->nr_addresses; i++) {
		struct portal portal;

		if (portal_parse(o->address[i], o->port, &portal))
			return scst_fail(err, -EINVAL, "%s: no address", o->address[i]);
		ret = server_bind(d->server, &portal, err);
	}
	if (o->nr_addresses)
		return ret;
	ret = server_bind(d->server, &(struct portal){ "0.0.0.0", o->port }, err);
	if (ret)
		return ret;
	ret = server_bind(d->server, &(struct portal){ "::", o->port }, err);
	if (ret != -EAFNOSUPPORT)
		return ret;
	*err = (struct scst_error){};
	return 0;		/* a host without IPv6 */
}

/* Each login takes a descriptor; root may have them. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static int write_pid_file(struct daemon *d, struct scst_error *err)
{
	d->pid_file = open(PID_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (d->pid_file < 0 || dprintf(d->pid_file, "%d\n", getpid()) < 0)
		return scst_fail(err, -errno, PID_FILE ": %s", strerror(errno));
	return 0;
}

/*
 * The parent waits until the child serves, or has said why not. Return: in the child, the
 * descriptor to tell it by.
 */
static int fork_daemon(struct scst_error *err)
{
	int ready[2];
	char byte;

	if (pipe2(ready, O_CLOEXEC))
		return scst_fail(err, -errno, "cannot make a pipe: %s", strerror(errno));
	switch (fork()) {
	case -1:
		return scst_fail(err, -errno, "cannot fork: %s", strerror(errno));
	case 0:
		close(ready[0]);
		setsid();
		return ready[1];
	}
	close(ready[1]);
	_exit(read(ready[0], &byte, 1) == 1 ? SCST_EXIT_OK : SCST_EXIT_FAILED);
}

static int leave_terminal(int ready, int null, struct scst_error *err)
{
	if (write(ready, "", 1) != 1)
		return scst_fail(err, -errno, "the parent is gone");
	for (int fd = 0; fd <= 2; fd++)
		dup2(null, fd);
	close(null);
	close(ready);
	return 0;
}

/* What the sandbox will forbid. Return: /dev/null. */
static int prepare_to_leave(struct daemon *d, struct scst_error *err)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || chdir("/"))
		return scst_fail(err, -errno, "cannot leave the terminal: %s", strerror(errno));
	return write_pid_file(d, err) ?: null;
}

/* All that needs root, and what can fail, while there is somebody to tell. */
static int prepare(struct daemon *d, struct scst_error *err)
{
	const struct options *o = &d->options;
	int ret;

	ret = config_read(o->config ?: CONFIG_PATH, o->config, &d->config, err);
	if (ret)
		return ret;
	if (hash_init())
		return scst_fail(err, -ENOSYS, "libgcrypt is older than the one built with");
	ret = privileges_find(o->user, o->group, &d->identity, err);
	if (ret)
		return ret;
	raise_descriptor_limit();
	d->ctl = ctl_open(err);
	return d->ctl < 0 ? d->ctl : 0;
}

/* Of those that a daemon before us has let in. */
static void remember_sessions(struct server *server)
{
	glob_t found = {};

	glob(SESSION_IPS, GLOB_NOSORT, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		_cleanup_free_ char *text = NULL;
		struct portal peer;

		if (scst_read_file(found.gl_pathv[i], &text))
			continue;
		text[strcspn(text, "\n")] = '\0';
		if (!portal_parse(text, 0, &peer))
			server_remember(server, &peer);
	}
	globfree(&found);
}

static int start(struct daemon *d, struct scst_error *err)
{
	struct server_options options = { &d->config, &d->env, d->ctl };
	int ret;

	d->env = (struct env){ .ops = &env_ops, .arg = d, .algorithms = &d->config.algorithms };
	d->base = event_base_new();
	if (!d->base)
		return scst_fail(err, -ENOMEM, "cannot make an event loop");
	ret = server_new(d->base, &options, &d->server, err) ?: bind_addresses(d, err) ?:
	      isns_new(d->base, &d->env, d->server, &d->isns, err) ?: add_sources(d, err);
	if (!ret)
		remember_sessions(d->server);
	return ret;
}

static int serve(struct daemon *d, struct scst_error *err)
{
	notify("READY=1");
	log_info("serving as user %u, group %u", d->identity.uid, d->identity.gid);
	if (event_base_dispatch(d->base) < 0)
		return scst_fail(err, -EIO, "the event loop broke");
	return 0;
}

/* The event loop's descriptors are the child's: so it starts behind the fork. */
static int run_daemon(struct daemon *d, struct scst_error *err)
{
	int ready = -EBADF, null = -EBADF, ret = prepare(d, err);

	if (ret)
		return ret;
	if (!d->options.foreground) {
		ready = fork_daemon(err);
		if (ready < 0)
			return ready;
	}
	ret = start(d, err);
	if (!ret && !d->options.foreground) {
		null = prepare_to_leave(d, err);
		ret = null < 0 ? null : 0;
	}
	notify_open();
	if (!d->options.foreground)
		log_open_syslog();
	ret = ret ?: privileges_drop(&d->identity, err) ?: sandbox_enter(err);
	if (!ret && !d->options.foreground)
		ret = leave_terminal(ready, null, err);
	if (ret)
		return ret;
	log_open(d->options.foreground, d->options.debug);
	return serve(d, err);
}

static void stop(struct daemon *d)
{
	isns_free(d->isns);
	server_free(d->server);
	for (size_t i = 0; i < ARRAY_SIZE(d->sources); i++)
		if (d->sources[i])
			event_free(d->sources[i]);
	if (d->base)
		event_base_free(d->base);
	if (d->ctl >= 0)
		close(d->ctl);
	if (d->pid_file >= 0 && ftruncate(d->pid_file, 0))
		log_warn(PID_FILE ": %s", strerror(errno));
}

/* Options */

static const char usage[] =
	"usage: iscsi-scstd [OPTION]...\n\n"
	"Takes iSCSI logins for iscsi-scst.ko.\n\n"
	"  -a, --address=ADDRESS[,...]  listen there only; may be repeated\n"
	"  -p, --port=PORT              instead of 3260\n"
	"  -c, --config=FILE            instead of " CONFIG_PATH "\n"
	"  -u, --uid=USER, -g, --gid=GROUP\n"
	"                               run as these (iscsi-scst, or nobody)\n"
	"  -f, --foreground             stay, and log to stderr\n"
	"  -d, --debug=LEVEL            1: log every login, too\n"
	"  -h, --help, -v, --version\n\n"
	"SIGHUP reads the configuration again. SIGTERM ends the daemon; sessions go on.\n"
	"iscsi-scstd(8) tells more. Exit status: 0 done, 1 failed, 2 usage or configuration,\n"
	"4 iscsi-scst.ko is not there, 5 not permitted, 6 another iscsi-scstd runs.";

static const struct option long_options[] = {
	{ "address",	required_argument,	NULL, 'a' },
	{ "port",	required_argument,	NULL, 'p' },
	{ "config",	required_argument,	NULL, 'c' },
	{ "uid",	required_argument,	NULL, 'u' },
	{ "gid",	required_argument,	NULL, 'g' },
	{ "foreground",	no_argument,		NULL, 'f' },
	{ "debug",	required_argument,	NULL, 'd' },
	{ "help",	no_argument,		NULL, 'h' },
	{ "version",	no_argument,		NULL, 'v' },
	{}
};

static void print_and_exit(const char *text)
{
	puts(text);
	exit(SCST_EXIT_OK);
}

/*
 * With all numbers of the interface that it speaks, blanks between them: a package asks before it
 * puts this one in the place of the one that runs.
 */
static void print_version(void)
{
	printf("iscsi-scstd " SCST_VERSION ", interface %u\n", SCST_ISCSI_ABI);
	exit(SCST_EXIT_OK);
}

static int add_addresses(struct options *options, char *list, struct scst_error *err)
{
	for (char *word; (word = strsep(&list, ","));) {
		if (options->nr_addresses == ADDRESSES_MAX)
			return scst_fail(err, -EINVAL, "more than %d addresses", ADDRESSES_MAX);
		options->address[options->nr_addresses++] = word;
	}
	return 0;
}

static int read_number(const char *option, const char *text, uint64_t least, uint64_t most,
		       uint64_t *out, struct scst_error *err)
{
	if (scst_parse_u64(text, least, most, out))
		return scst_fail(err, -EINVAL, "%s: \"%s\" is no number from %" PRIu64
				 " to %" PRIu64, option, text, least, most);
	return 0;
}

static int read_option(struct options *options, int key, struct scst_error *err)
{
	switch (key) {
	case 'a':
		return add_addresses(options, optarg, err);
	case 'p':
		return read_number("--port", optarg, 1, 65535, &options->port, err);
	case 'd':
		return read_number("--debug", optarg, 0, UINT32_MAX, &options->debug, err);
	case 'c':
		options->config = optarg;
		return 0;
	case 'u':
		options->user = optarg;
		return 0;
	case 'g':
		options->group = optarg;
		return 0;
	case 'f':
		options->foreground = true;
		return 0;
	case 'h':
		print_and_exit(usage);
		return 0;
	case 'v':
		print_version();
		return 0;
	}
	return -EINVAL;
}

static int read_options(int argc, char **argv, struct options *options, struct scst_error *err)
{
	int key;

	opterr = 0;
	while ((key = getopt_long(argc, argv, ":a:p:c:u:g:fd:hv", long_options, NULL)) != -1) {
		if (key == ':' || key == '?')
			return scst_fail(err, -EINVAL, "%s: %s", argv[optind - 1],
					 key == ':' ? "needs a value" :
						      "no such option; see --help");
		if (read_option(options, key, err))
			return -EINVAL;
	}
	if (optind < argc)
		return scst_fail(err, -EINVAL, "%s: takes no arguments; see --help", argv[optind]);
	return 0;
}

int main(int argc, char **argv)
{
	_cleanup_(stop) struct daemon d = {
		.options = { .port = SCST_ISCSI_PORT },
		.ctl = -EBADF,
		.pid_file = -EBADF,
	};
	struct scst_error err = {};
	int ret;

	log_open(true, false);
	signal(SIGPIPE, SIG_IGN);
	ret = read_options(argc, argv, &d.options, &err);
	if (!ret)
		ret = run_daemon(&d, &err);
	if (ret)
		log_error("%s", err.text[0] ? err.text : strerror(-ret));
	return scst_exit_status(ret);
}
