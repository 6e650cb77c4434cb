// SPDX-License-Identifier: GPL-2.0-only
/* scstctl restore: what scst.service does at boot, and on reload. */
#include <spawn.h>
#include <sys/wait.h>

#include "cli.h"
#include "conf_parse.h"
#include "lock.h"
#include "restore.h"

#define CONFIG		"/etc/scst.conf"
#define LOCK_SECONDS	60

extern char **environ;

/* modprobe(8) knows what the administrator wrote into modprobe.d, and says itself what is wrong. */
static int run_modprobe(const char *module)
{
	char *argv[] = { "modprobe", "--", (char *)module, NULL };
	int status, err;
	pid_t pid;

	err = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);
	if (err)
		return -err;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -ENOENT;
}

/* *@lost: how much of it could not be made out. */
static int read_file(struct cli *cli, const char *file, struct scst_conf **out,
		     unsigned int *lost)
{
	_cleanup_(scst_names_clear) struct scst_names faults = {};
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	_cleanup_free_ char *text = NULL;
	const struct scst_conf_attr *deep;
	int ret = scst_read_text(file, &text);

	if (ret)
		return scst_fail(&cli->err, ret, "%s: %s", file, scst_text_error(ret));
	ret = scst_conf_parse(text, file, &conf, &faults, &cli->err);
	for (size_t i = 0; i < faults.nr; i++)
		fprintf(stderr, "%s\n", faults.list[i]);
	if (ret)
		return ret;
	deep = scst_conf_deep(conf);
	if (deep)
		return scst_fail(&cli->err, -EINVAL, "%s:%u: more than one value of %s: a value "
				 "with blanks stands between \"\"", file, deep->line, deep->name);
	*out = TAKE_PTR(conf);
	*lost = faults.nr;
	return 0;
}

static int restore(struct cli *cli, const struct scst_conf *conf, const char *file,
		   unsigned int lost)
{
	const struct scst_live live = scst_live_default();
	struct scst_restore r = { .live = &live, .log = stderr, .failed = lost };
	_cleanup_close_ int lock = -EBADF;
	int ret = scst_restore_modules(&r, conf, run_modprobe, &cli->err);

	if (ret)
		return ret;
	lock = scst_lock(SCST_LOCK_PATH, LOCK_SECONDS, &cli->err);
	if (lock < 0)
		return lock;
	ret = scst_restore(&r, conf, &cli->err);
	if (!ret && r.failed)
		ret = scst_fail(&cli->err, -EIO, "%s: %u of what it says could not be done", file,
				r.failed);
	return ret;
}

static int run(struct cli *cli, int argc, char **argv)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	const char *file = argc ? argv[0] : CONFIG;
	unsigned int lost = 0;
	int ret = read_file(cli, file, &conf, &lost);

	if (ret)
		return ret;
	scst_restore_wait(conf, cli->wait);
	return restore(cli, conf, file, lost);
}

static int set_wait(struct cli *cli, const char *value)
{
	uint64_t seconds;

	if (scst_parse_u64(value, 0, 3600, &seconds))
		return scst_fail(&cli->err, -EINVAL, "--wait: \"%s\" is not a number up to 3600",
				 value);
	cli->wait = seconds;
	return 0;
}

static const struct cli_option options[] = {
	{ "wait", "SECONDS", "wait so long for disks in /dev that the file names", set_wait },
	{}
};

const struct cli_command cli_restore = {
	.noun = "restore",
	.args = "[FILE]",
	.max_args = 1,
	.summary = "make a file the running configuration",
	.help = "Loads the modules that FILE (" CONFIG ") needs, and does all it says. What\n"
		"cannot be done is told, and keeps nothing else from being done: a LUN of a disk\n"
		"that is missing is missing. But a target of which a user, a portal, a group or\n"
		"an initiator could not be set, or some lines not be made out, is not enabled.\n"
		"Nothing is removed, and what is there already stays as it is: doing it again is\n"
		"harmless. Exit status 1: not everything is as the file says. scst.service does\n"
		"this at boot and on reload.",
	.options = options,
	.run = run,
};
