// SPDX-License-Identifier: GPL-2.0-only
/* scstctl restore: what scst.service does at boot, and on reload. */
#include "conf_files.h"

static int restore(struct cli *cli, const struct scst_conf *conf, const char *file,
		   unsigned int lost)
{
	const struct scst_live live = scst_live_default();
	struct scst_restore r = { .live = &live, .log = stderr, .failed = lost };
	int ret = scst_restore_modules(&r, conf, conf_modprobe, &cli->err);

	ret = ret ?: conf_lock(cli);
	ret = ret ?: scst_restore(&r, conf, &cli->err);
	if (!ret && r.failed)
		ret = scst_fail(&cli->err, -EIO, "%s: %u of what it says could not be done", file,
				r.failed);
	return ret;
}

/* Of scst.conf as much as can be done is, whatever is wrong with the rest, as ever. */
static int run(struct cli *cli, int argc, char **argv)
{
	_cleanup_(scst_conf_file_clear) struct scst_conf_file file = {};
	const char *path = argc ? argv[0] : conf_file_default(cli);
	int ret = path ? conf_file_read(cli, path, false, &file) : -ENOENT;

	if (ret)
		return ret;
	scst_restore_wait(file.conf, cli->wait);
	return restore(cli, file.conf, path, file.losses.nr);
}

static const struct cli_option options[] = {
	{ "wait", "SECONDS", "wait so long for disks in /dev that the file names", cli_set_wait },
	{}
};

const struct cli_command cli_restore = {
	.noun = "restore",
	.args = "[FILE]",
	.max_args = 1,
	.summary = "make a file the running configuration",
	.help = "Loads the modules that FILE (" SCST_CONF_PATH ", or if that is not there\n"
		SCST_CONF_JSON_PATH ") needs, and does all it says. What\n"
		"cannot be done is told, and keeps nothing else from being done: a LUN of a disk\n"
		"that is missing is missing. But a target of which a user, a portal, a group or\n"
		"an initiator could not be set, or some lines not be made out, is not enabled.\n"
		"Nothing is removed, and what is there already stays as it is: doing it again is\n"
		"harmless. Exit status 1: not everything is as the file says. scst.service does\n"
		"this at boot and on reload.",
	.options = options,
	.run = run,
};
