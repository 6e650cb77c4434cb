// SPDX-License-Identifier: GPL-2.0-only
/* scstctl policy require: policies without which nobody gets in. */
#include "cli.h"
#include "required.h"

/* "lun_mask not_loaded" among @waiting, or "active". */
static const char *state_of(const struct scst_names *waiting, const char *name)
{
	for (size_t i = 0; i < waiting->nr; i++) {
		size_t len = strcspn(waiting->list[i], " ");

		if (len == strlen(name) && startswith(waiting->list[i], name) &&
		    waiting->list[i][len])
			return waiting->list[i] + len + 1;
	}
	return "active";
}

static struct json_object *json_row(const char *name, const char *state)
{
	struct json_object *row = json_object_new_object();

	json_object_object_add(row, "name", json_object_new_string(name));
	json_object_object_add(row, "state", json_object_new_string(state));
	return row;
}

static int show(struct cli *cli)
{
	_cleanup_(scst_names_clear) struct scst_names names = {};
	_cleanup_(scst_names_clear) struct scst_names waiting = {};
	struct json_object *rows;
	int ret;

	ret = scst_required_read(&cli->paths, &names, NULL, &cli->err) ?:
	      scst_required_waiting(&cli->paths, &waiting, &cli->err);
	if (ret)
		return ret;
	rows = cli->json ? json_object_new_array() : NULL;
	if (!rows)
		puts("NAME                     STATE");
	for (size_t i = 0; i < names.nr; i++) {
		const char *state = state_of(&waiting, names.list[i]);

		if (rows)
			json_object_array_add(rows, json_row(names.list[i], state));
		else
			printf("%-24s %s\n", names.list[i], state);
	}
	if (rows)
		cli_print_json(rows);
	return 0;
}

/* Who requires what is not there has closed the door, and should know. */
static void warn_waiting(const struct cli *cli, const struct scst_names *names)
{
	_cleanup_(scst_names_clear) struct scst_names waiting = {};
	struct scst_error ignored = {};

	if (scst_required_waiting(&cli->paths, &waiting, &ignored))
		return;
	for (size_t i = 0; i < names->nr; i++) {
		const char *state = state_of(&waiting, names->list[i]);

		if (!streq(state, "active"))
			fprintf(stderr, "scstctl: policy %s: %s: nobody gets in until it is in "
				"force\n", names->list[i],
				streq(state, "ejected") ? state : "not loaded");
	}
}

static int require(struct cli *cli, int argc, char **argv)
{
	const struct scst_names names = { .list = argv, .nr = argc };
	int ret;

	if (!argc && cli->drop)
		return scst_fail(&cli->err, -EINVAL, "--drop: which? scstctl policy require");
	if (!argc)
		return show(cli);
	ret = scst_required_write(&cli->paths, cli->drop ? SCST_REQUIRE_LESS : SCST_REQUIRE_MORE,
				  &names, &cli->err);
	if (!ret && !cli->drop)
		warn_waiting(cli, &names);
	return ret;
}

static int set_drop(struct cli *cli, const char *value _unused_)
{
	cli->drop = true;
	return 0;
}

static const struct cli_option options[] = {
	{ "drop",	NULL,	"require these no longer",	set_drop	},
	{}
};

const struct cli_command cli_policy_require = {
	.noun = "policy",
	.verb = "require",
	.args = "[NAME]...",
	.max_args = -1,
	.summary = "let nobody in without these policies",
	.help = "Until a policy of each NAME is in force logins are refused, to be tried again,\n"
		"discovery shows nothing, new sessions see no LUN and no LUN is added for others;\n"
		"while one is not even loaded, commands of others are told BUSY. One that is\n"
		"ejected does to who is in what its on_eject says. Without NAME: shows what is\n"
		"required, and whether it is active, ejected or not_loaded.\n\n"
		"It holds until the module is unloaded. What shall hold from boot on stands in\n"
		"bpfd.json(5) as required_policies, or in modprobe.d(5), as\n"
		"`options scst required_policies=NAME,...`. --drop is the way out.",
	.options = options,
	.run = require,
};
