// SPDX-License-Identifier: GPL-2.0-only
/* scstctl policy update, eject, log, apply. */
#include "cli.h"
#include "exit_json.h"
#include "policy.h"
#include "request.h"
#include "sysfs.h"

/* update */

static int update(struct cli *cli, int argc, char **argv)
{
	_cleanup_(scst_spec_freep) struct scst_spec *spec = NULL;
	unsigned int diff;

	return cli_spec_of(cli, argc, argv, &spec) ?:
	       scst_policy_update(&cli->paths, spec, cli->force, &diff, &cli->err);
}

static const struct cli_option update_options[] = {
	{ "force",	NULL,	"also if nothing is different",	cli_set_force	},
	CLI_ON_EJECT,
	{}
};

const struct cli_command cli_policy_update = {
	.noun = "policy",
	.verb = "update",
	.args = "OBJECT [KEY=VALUE]...",
	.min_args = 1,
	.max_args = -1,
	.summary = "make a loaded policy what is said",
	.help = "Takes what `policy load` takes, and exchanges the policy of that name without a\n"
		"moment in which none is in force. One that was ejected, or detached, is in\n"
		"force again, and another build of the object takes the place of the old one.\n"
		"What is not said is as the object has it, and not as it was.",
	.options = update_options,
	.run = update,
};

/* eject */

static int eject(struct cli *cli, int argc, char **argv)
{
	const char *text = argc > 1 ? argv[1] : "scstctl policy eject";
	char path[PATH_MAX];
	int ret;

	ret = scst_check_attached_name(argv[0], &cli->err);
	if (ret)
		return ret;
	ret = scst_format(path, sizeof(path), "%s/policies/%s/eject", cli->paths.sysfs, argv[0]) ?:
	      scst_sysfs_write(path, text);
	if (ret == -ENOENT)
		return scst_fail(&cli->err, ret, "policy %s: not loaded: scstctl policy list",
				 argv[0]);
	if (ret == -EALREADY)
		return scst_fail(&cli->err, -EEXIST, "policy %s: is ejected already",
				 argv[0]);
	return ret ? scst_fail(&cli->err, ret, "policy %s: cannot eject it: %s", argv[0],
			       strerror(-ret)) :
		     0;
}

const struct cli_command cli_policy_eject = {
	.noun = "policy",
	.verb = "eject",
	.args = "NAME [TEXT]",
	.min_args = 1,
	.max_args = 2,
	.summary = "take a policy out of force at once",
	.help = "It stays loaded, to be looked at, and what its hooks say when ejected holds.\n"
		"TEXT goes to its exit record. `policy update` puts it in force again.",
	.run = eject,
};

/* log */

static void print_log(const struct cli *cli, char *exits)
{
	struct json_object *list = cli->json ? json_object_new_array() : NULL;
	char *save = NULL;

	for (char *line = strtok_r(exits, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (list)
			json_object_array_add(list, scst_json_exit(line));
		else
			puts(line);
	}
	if (list)
		cli_print_json(list);
}

static int log_of_all(struct cli *cli, int argc _unused_, char **argv _unused_)
{
	_cleanup_free_ char *exits = NULL;
	int ret = scst_read_exits(cli->paths.sysfs, &exits);

	if (ret == -ENOENT)
		return scst_fail(&cli->err, -EOPNOTSUPP, "scst.ko is not loaded: modprobe scst");
	if (ret)
		return scst_fail(&cli->err, ret, "cannot read %s/policies/exits: %s",
				 cli->paths.sysfs, strerror(-ret));
	print_log(cli, exits);
	return 0;
}

const struct cli_command cli_policy_log = {
	.noun = "policy",
	.verb = "log",
	.summary = "why policies left",
	.help = "The last exit records, up to 16, oldest first: who, why (unreg, bad_verdict,\n"
		"error, stall, admin), when, how often it was called and what it said.",
	.run = log_of_all,
};

/* apply */

static int apply(struct cli *cli, int argc _unused_, char **argv _unused_)
{
	_cleanup_(json_object_putp) struct json_object *answer = NULL;
	struct json_object *ok = NULL, *text = NULL;
	int ret = scst_request(cli->socket, "reload", &answer, &cli->err);

	if (ret)
		return ret;
	json_object_object_get_ex(answer, "ok", &ok);
	json_object_object_get_ex(answer, "text", &text);
	if (cli->json)
		cli_print_json(json_object_get(answer));
	if (!json_object_get_boolean(ok))
		return scst_fail(&cli->err, -EIO, "%s",
				 text ? json_object_get_string(text) : "the daemon refuses");
	return 0;
}

static int set_socket(struct cli *cli, const char *value)
{
	cli->socket = value;
	return 0;
}

static const struct cli_option apply_options[] = {
	{ "socket",	"PATH",	"of the daemon",	set_socket	},
	{}
};

const struct cli_command cli_policy_apply = {
	.noun = "policy",
	.verb = "apply",
	.summary = "have scst-bpfd apply its configuration",
	.help = "The daemon reads its configuration again, and loads, updates and unloads what is\n"
		"different, as on SIGHUP. What it could not do is in its journal.",
	.options = apply_options,
	.run = apply,
};
