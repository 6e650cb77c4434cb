// SPDX-License-Identifier: GPL-2.0-only
/* scstctl device, target: add, set, del. */
#include "change.h"

#define _cleanup_change_	_cleanup_(change_end)

static int failed(struct cli *cli)
{
	return scst_fail(&cli->err, -ENOMEM, "out of memory");
}

/* ---- devices -------------------------------------------------------------------------------- */

static int set_device(struct change *change, const char *handler, const char *device, int argc,
		      char **argv)
{
	struct scst_conf *conf = scst_conf_reach(change->want, SCST_CONF_HANDLER, handler);

	change->object = scst_conf_reach(conf, SCST_CONF_DEVICE, device);
	if (!change->object)
		return failed(change->cli);
	return change_keys(change, handler, argc, argv) ?: change_apply(change, device);
}

static bool is_there(const struct change *change, const char *device)
{
	struct scst_conf *handler;

	scst_conf_for_each(handler, change->have, SCST_CONF_HANDLER)
		if (scst_conf_find(handler, SCST_CONF_DEVICE, device))
			return true;
	return false;
}

static int add_device(struct cli *cli, int argc, char **argv)
{
	_cleanup_change_ struct change change;
	int ret = change_begin(&change, cli, true);

	if (!ret && is_there(&change, argv[0]))
		ret = scst_fail(&cli->err, -EEXIST, "there is already a device %s", argv[0]);
	return ret ?: set_device(&change, argv[1], argv[0], argc - 2, argv + 2);
}

static int change_device(struct cli *cli, int argc, char **argv)
{
	_cleanup_change_ struct change change;
	int ret = change_begin(&change, cli, false);
	const char *handler = ret ? NULL : change_handler(&change, argv[0]);

	if (!handler)
		return ret ?: -ENOENT;
	return set_device(&change, handler, argv[0], argc - 1, argv + 1);
}

static int del_device(struct cli *cli, int argc _unused_, char **argv)
{
	_cleanup_change_ struct change change;
	struct scst_step step = { .kind = SCST_STEP_CLOSE_DEVICE, .at.device = argv[0] };
	int ret = change_begin(&change, cli, false);

	step.at.handler = ret ? NULL : change_handler(&change, argv[0]);
	if (!step.at.handler)
		return ret ?: -ENOENT;
	return conf_do(cli, &step, 1);
}

/* ---- targets -------------------------------------------------------------------------------- */

static int set_target(struct cli *cli, bool made, int argc, char **argv)
{
	_cleanup_change_ struct change change;
	struct scst_where at = {};
	int ret = change_begin(&change, cli, made);

	ret = ret ?: change_target(&change, argv[0], made, &at, &change.object);
	ret = ret ?: change_keys(&change, at.driver, argc - 1, argv + 1);
	return ret ?: change_apply(&change, at.target);
}

static int add_target(struct cli *cli, int argc, char **argv)
{
	return set_target(cli, true, argc, argv);
}

static int change_of_target(struct cli *cli, int argc, char **argv)
{
	return set_target(cli, false, argc, argv);
}

static int del_target(struct cli *cli, int argc _unused_, char **argv)
{
	_cleanup_change_ struct change change;
	struct scst_step step = { .kind = SCST_STEP_REMOVE_TARGET };
	struct scst_conf *target;
	int ret = change_begin(&change, cli, false);

	ret = ret ?: change_target(&change, argv[0], false, &step.at, &target);
	return ret ?: conf_do(cli, &step, 1);
}

/* ---- commands ------------------------------------------------------------------------------- */

static const struct cli_option force[] = {
	{ "force", NULL, "also if initiators use it", cli_set_force },
	{}
};

#define SECRETS								\
	"A key is one of scst.json(5); a value of yes or no, or of true or false, is\n" \
	"taken as well"

const struct cli_command cli_device_add = {
	.noun = "device", .verb = "add",
	.args = "DEVICE HANDLER [KEY=VALUE]...",
	.min_args = 2, .max_args = -1,
	.summary = "make a device",
	.help = "Of HANDLER: vdisk_fileio, vdisk_blockio, vdisk_nullio, vcdrom, dev_disk, ... Its\n"
		"module is loaded. " SECRETS ".",
	.run = add_device,
};

const struct cli_command cli_device_set = {
	.noun = "device", .verb = "set",
	.args = "DEVICE KEY=VALUE...",
	.min_args = 2, .max_args = -1,
	.summary = "change a device",
	.help = SECRETS ".\n"
		"What a device can only be made with has it made again, with all that was set.",
	.options = force,
	.run = change_device,
};

const struct cli_command cli_device_del = {
	.noun = "device", .verb = "del",
	.args = "DEVICE",
	.min_args = 1, .max_args = 1,
	.summary = "remove a device, with its LUNs",
	.help = "Not one that a session sees, without --force. The file stays.",
	.options = force,
	.run = del_device,
};

const struct cli_command cli_target_add = {
	.noun = "target", .verb = "add",
	.args = "[DRIVER/]TARGET [KEY=VALUE]...",
	.min_args = 1, .max_args = -1,
	.summary = "make a target",
	.help = "Of DRIVER: iscsi, which an iqn. need not say, or scst_local. Its module is\n"
		"loaded.\n"
		SECRETS ".\n"
		"IncomingUser=@FILE reads NAME SECRET from a file. Without enabled=yes nobody can\n"
		"log in.",
	.run = add_target,
};

const struct cli_command cli_target_set = {
	.noun = "target", .verb = "set",
	.args = "[DRIVER/]TARGET KEY=VALUE...",
	.min_args = 2, .max_args = -1,
	.summary = "change a target",
	.help = SECRETS ".\n"
		"IncomingUser=@FILE reads NAME SECRET from a file. Of a key with several values\n"
		"those that are said are all: KEY= is none.",
	.run = change_of_target,
};

const struct cli_command cli_target_del = {
	.noun = "target", .verb = "del",
	.args = "[DRIVER/]TARGET",
	.min_args = 1, .max_args = 1,
	.summary = "remove a target",
	.help = "Not one with sessions, without --force, which closes them.",
	.options = force,
	.run = del_target,
};
