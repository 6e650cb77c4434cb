// SPDX-License-Identifier: GPL-2.0-only
/* scstctl group, lun, session: who sees what. */
#include <time.h>

#include "change.h"

#define _cleanup_change_	_cleanup_(change_end)
#define CLOSE_SECONDS		60

static int no_memory(struct cli *cli)
{
	return scst_fail(&cli->err, -ENOMEM, "out of memory");
}

/* Of a command whose first argument is a target that is there. */
static int begin(struct change *change, struct cli *cli, const char *name, struct scst_where *at,
		 struct scst_conf **target)
{
	return change_begin(change, cli, false) ?:
	       change_target(change, name, false, at, target);
}

static const struct scst_conf *target_there(const struct change *change,
					    const struct scst_where *at)
{
	return scst_conf_find(scst_conf_find(change->have, SCST_CONF_DRIVER, at->driver),
			      SCST_CONF_TARGET, at->target);
}

/* ---- groups --------------------------------------------------------------------------------- */

static const struct scst_conf *group_there(const struct change *change,
					   const struct scst_where *at, const char *group)
{
	const struct scst_conf *conf = scst_conf_find(target_there(change, at), SCST_CONF_GROUP,
						      group);

	if (!conf)
		scst_fail(&change->cli->err, -ENOENT, "there is no group %s of %s/%s", group,
			  at->driver, at->target);
	return conf;
}

static int add_group(struct cli *cli, int argc, char **argv)
{
	_cleanup_change_ struct change change;
	struct scst_where at = {};
	struct scst_conf *target, *group;
	int ret = begin(&change, cli, argv[0], &at, &target);

	if (ret)
		return ret;
	group = scst_conf_reach(target, SCST_CONF_GROUP, argv[1]);
	for (int i = 2; i < argc; i++)
		if (!scst_conf_reach(group, SCST_CONF_INITIATOR, argv[i]))
			return no_memory(cli);
	return group ? change_apply(&change, argv[1]) : no_memory(cli);
}

static int set_group(struct cli *cli, int argc, char **argv)
{
	_cleanup_change_ struct change change;
	struct scst_where at = {};
	struct scst_conf *target;
	int ret = begin(&change, cli, argv[0], &at, &target);

	if (!ret && !group_there(&change, &at, argv[1]))
		ret = -ENOENT;
	if (ret)
		return ret;
	change.object = scst_conf_reach(target, SCST_CONF_GROUP, argv[1]);
	if (!change.object)
		return no_memory(cli);
	ret = change_keys(&change, at.driver, argc - 2, argv + 2);
	return ret ?: change_apply(&change, argv[1]);
}

static int del_initiators(struct cli *cli, const struct scst_where *at, int argc, char **argv)
{
	_cleanup_free_ struct scst_step *steps = calloc(argc, sizeof(*steps));

	if (!steps)
		return no_memory(cli);
	for (int i = 0; i < argc; i++) {
		steps[i] = (struct scst_step){ .kind = SCST_STEP_REMOVE_INITIATOR, .at = *at };
		steps[i].at.initiator = argv[i];
	}
	return conf_do(cli, steps, argc);
}

/* Initiators leave first: the kernel removes no group with a session in it. */
static int del_whole_group(struct cli *cli, const struct scst_conf *group,
			   const struct scst_where *at)
{
	const struct scst_step steps[] = {
		{ .kind = SCST_STEP_CLEAR_INITIATORS, .at = *at },
		{ .kind = SCST_STEP_REMOVE_GROUP, .at = *at },
	};
	size_t skip = scst_conf_has(group, SCST_CONF_INITIATOR) ? 0 : 1;

	return conf_do(cli, steps + skip, ARRAY_SIZE(steps) - skip);
}

static int del_group(struct cli *cli, int argc, char **argv)
{
	_cleanup_change_ struct change change;
	struct scst_where at = { .group = argv[1] };
	const struct scst_conf *group;
	struct scst_conf *target;
	int ret = begin(&change, cli, argv[0], &at, &target);

	group = ret ? NULL : group_there(&change, &at, argv[1]);
	if (!group)
		return ret ?: -ENOENT;
	if (argc > 2)
		return del_initiators(cli, &at, argc - 2, argv + 2);
	return del_whole_group(cli, group, &at);
}

/* ---- LUNs ----------------------------------------------------------------------------------- */

static const struct scst_conf *lun_there(const struct change *change, const struct scst_where *at)
{
	const struct scst_conf *owner = target_there(change, at);

	if (at->group)
		owner = scst_conf_find(owner, SCST_CONF_GROUP, at->group);
	return scst_conf_find(owner, SCST_CONF_LUN, at->lun);
}

static int no_lun(struct cli *cli, const struct scst_where *at)
{
	return scst_fail(&cli->err, -ENOENT, "there is no LUN %s of %s/%s%s%s", at->lun,
			 at->driver, at->target, at->group ? ", group " : "", at->group ?: "");
}

/* @number: room for that of the LUN. */
static int begin_lun(struct change *change, struct cli *cli, char **argv, char number[24],
		     struct scst_where *at, struct scst_conf **owner)
{
	int ret = begin(change, cli, argv[0], at, owner);

	at->lun = scst_conf_lun_name(argv[1], number);
	at->group = cli->group;
	if (!ret && cli->group && !group_there(change, at, cli->group))
		ret = -ENOENT;
	if (!ret && cli->group)
		*owner = scst_conf_reach(*owner, SCST_CONF_GROUP, cli->group);
	return ret;
}

static int set_lun(struct cli *cli, bool made, int argc, char **argv)
{
	_cleanup_change_ struct change change;
	struct scst_where at = {};
	struct scst_conf *owner;
	char number[24];
	int ret = begin_lun(&change, cli, argv, number, &at, &owner);

	if (ret)
		return ret;
	if (!made && !lun_there(&change, &at))
		return no_lun(cli, &at);
	if (made && lun_there(&change, &at))
		return scst_fail(&cli->err, -EEXIST, "there is already a LUN %s: scstctl lun "
				 "replace", at.lun);
	change.object = scst_conf_reach(owner, SCST_CONF_LUN, at.lun);
	if (!change.object || scst_names_add(&change.object->devices, argv[2]))
		return no_memory(cli);
	ret = change_keys(&change, at.driver, argc - 3, argv + 3);
	return ret ?: change_apply(&change, argv[0]);
}

static int add_lun(struct cli *cli, int argc, char **argv)
{
	return set_lun(cli, true, argc, argv);
}

static int replace_lun(struct cli *cli, int argc, char **argv)
{
	return set_lun(cli, false, argc, argv);
}

static int del_lun(struct cli *cli, int argc _unused_, char **argv)
{
	_cleanup_change_ struct change change;
	struct scst_step step = { .kind = SCST_STEP_REMOVE_LUN };
	const struct scst_conf *lun;
	struct scst_conf *owner;
	char number[24];
	int ret = begin_lun(&change, cli, argv, number, &step.at, &owner);

	if (ret)
		return ret;
	lun = lun_there(&change, &step.at);
	step.at.device = scst_conf_device(lun);
	return lun ? conf_do(cli, &step, 1) : no_lun(cli, &step.at);
}

/* ---- sessions ------------------------------------------------------------------------------- */

static int wait_until_gone(struct cli *cli, const struct scst_live *live, const char *dir)
{
	static const struct timespec moment = { .tv_nsec = 100 * 1000 * 1000 };

	for (int i = 0; scst_live_has_file(live, dir); i++) {
		if (i >= 10 * CLOSE_SECONDS)
			return scst_fail(&cli->err, -ETIMEDOUT, "it is still there after %d "
					 "seconds", CLOSE_SECONDS);
		nanosleep(&moment, NULL);
	}
	return 0;
}

static int close_session(struct cli *cli, int argc _unused_, char **argv)
{
	_cleanup_change_ struct change change;
	const struct scst_live live = scst_live_default();
	struct scst_conf *target;
	struct scst_where at = {};
	char dir[PATH_MAX], file[PATH_MAX];
	int ret = begin(&change, cli, argv[0], &at, &target);

	if (ret)
		return ret;
	if (strchr(argv[1], '/') || *argv[1] == '.' ||
	    scst_format(dir, sizeof(dir), "targets/%s/%s/sessions/%s", at.driver, at.target,
			argv[1]) || scst_format(file, sizeof(file), "%s/force_close", dir) ||
	    !scst_live_has_file(&live, dir))
		return scst_fail(&cli->err, -ENOENT, "there is no session %s of %s/%s", argv[1],
				 at.driver, at.target);
	if (!scst_live_has_file(&live, file))
		return scst_fail(&cli->err, -EOPNOTSUPP, "%s cannot close a session", at.driver);
	ret = live.write(&live, file, "1");
	if (ret && scst_live_has_file(&live, dir))
		return scst_fail(&cli->err, ret, "session %s: %s", argv[1], strerror(-ret));
	conf_unlock(cli);
	return wait_until_gone(cli, &live, dir);
}

/* ---- commands ------------------------------------------------------------------------------- */

static int set_group_option(struct cli *cli, const char *value)
{
	cli->group = value;
	return 0;
}

#define FORCE	{ "force", NULL, "also if initiators use it", cli_set_force }
#define GROUP	{ "group", "GROUP", "of this group, not what all others see", set_group_option }

static const struct cli_option force[] = { FORCE, {} };
static const struct cli_option group[] = { GROUP, {} };
static const struct cli_option both[] = { GROUP, FORCE, {} };

const struct cli_command cli_group_add = {
	.noun = "group", .verb = "add",
	.args = "[DRIVER/]TARGET GROUP [INITIATOR]...",
	.min_args = 2, .max_args = -1,
	.summary = "make a group, or add initiators to one",
	.help = "INITIATOR is a name, or a pattern with * and ?; a leading ! inverts. One that is\n"
		"in another group of TARGET moves, with --force also while it is logged in. The\n"
		"first group that matches counts.",
	.options = force,
	.run = add_group,
};

const struct cli_command cli_group_set = {
	.noun = "group", .verb = "set",
	.args = "[DRIVER/]TARGET GROUP KEY=VALUE...",
	.min_args = 3, .max_args = -1,
	.summary = "change a group",
	.help = "Keys are those of a group in scst.json(5).",
	.run = set_group,
};

const struct cli_command cli_group_del = {
	.noun = "group", .verb = "del",
	.args = "[DRIVER/]TARGET GROUP [INITIATOR]...",
	.min_args = 2, .max_args = -1,
	.summary = "remove a group, or initiators from one",
	.help = "They see then what the target shows to all others: while they are logged in only\n"
		"with --force.",
	.options = force,
	.run = del_group,
};

const struct cli_command cli_lun_add = {
	.noun = "lun", .verb = "add",
	.args = "[DRIVER/]TARGET LUN DEVICE [KEY=VALUE]...",
	.min_args = 3, .max_args = -1,
	.summary = "map a device",
	.help = "read_only=yes for who must not write.",
	.options = group,
	.run = add_lun,
};

const struct cli_command cli_lun_replace = {
	.noun = "lun", .verb = "replace",
	.args = "[DRIVER/]TARGET LUN DEVICE [KEY=VALUE]...",
	.min_args = 3, .max_args = -1,
	.summary = "give a LUN another device, without a gap",
	.help = "Initiators are told. One that a session sees is replaced only with --force:\n"
		"initiators have the blocks of the old device in their caches.",
	.options = both,
	.run = replace_lun,
};

const struct cli_command cli_lun_del = {
	.noun = "lun", .verb = "del",
	.args = "[DRIVER/]TARGET LUN",
	.min_args = 2, .max_args = 2,
	.summary = "unmap a LUN",
	.help = "Not one that a session sees, without --force.",
	.options = both,
	.run = del_lun,
};

const struct cli_command cli_session_close = {
	.noun = "session", .verb = "close",
	.args = "[DRIVER/]TARGET INITIATOR",
	.min_args = 2, .max_args = 2,
	.summary = "end a session",
	.help = "It returns when it has ended. The initiator may log in again at once: who must\n"
		"not is taken out of its group, or of the users, before.",
	.run = close_session,
};
