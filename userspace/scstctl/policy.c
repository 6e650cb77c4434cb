// SPDX-License-Identifier: GPL-2.0-only
/* scstctl policy list, load, unload. */
#include "policy.h"

#include "table.h"
#include "tree.h"

/* list */

/* What sysfs knows and what is pinned; who may not see the pins gets an empty list and @unknown. */
struct overview {
	struct scst_node *root;
	struct scst_names pins;
	bool unknown;
};

static void clear_overview(struct overview *all)
{
	scst_tree_free(all->root);
	scst_names_clear(&all->pins);
}

static int read_overview(struct cli *cli, struct overview *all)
{
	static const struct scst_tree_part policies = { .kinds = 1 << SCST_NODE_POLICY };
	struct scst_error denied = {};
	int ret;

	ret = scst_tree_read_part(cli->paths.sysfs, &policies, &all->root, &cli->err);
	if (ret)
		return ret;
	ret = scst_pins_list(&cli->paths, SCST_PIN_POLICY, &all->pins, &denied);
	all->unknown = ret == -EACCES;
	return !ret || all->unknown ? 0 : scst_fail(&cli->err, ret, "%s", denied.text);
}

static struct json_object *json_first_line(const char *text)
{
	return text ? json_object_new_string_len(text, strcspn(text, "\n")) : NULL;
}

static struct json_object *json_number(const char *text)
{
	uint64_t number;

	return text && !scst_parse_u64(text, 0, UINT64_MAX, &number) ?
		       json_object_new_uint64(number) :
		       NULL;
}

static struct json_object *json_row(const struct overview *all, const struct scst_node *policy)
{
	struct json_object *row = json_object_new_object();
	struct json_object *pinned = NULL;

	if (!all->unknown)
		pinned = json_object_new_boolean(scst_names_has(&all->pins, policy->name));
	json_object_object_add(row, "name", json_object_new_string(policy->name));
	json_object_object_add(row, "state", json_first_line(scst_node_attr(policy, "state")));
	json_object_object_add(row, "scope", json_first_line(scst_node_attr(policy, "scope")));
	json_object_object_add(row, "priority", json_number(scst_node_attr(policy, "priority")));
	json_object_object_add(row, "calls", json_number(scst_node_attr(policy, "calls")));
	json_object_object_add(row, "pinned", pinned);
	return row;
}

/* A row of the table. */
struct line {
	const struct overview *all;
	const struct scst_node *policy;
};

static const char *attr(const struct line *line, const char *name)
{
	return scst_node_attr(line->policy, name) ?: "-";
}

/* Of an ejected policy the record follows. */
static const char *first_line(const struct line *line, const char *name)
{
	static char text[256];

	snprintf(text, sizeof(text), "%.*s", (int)strcspn(attr(line, name), "\n"),
		 attr(line, name));
	return text;
}

static const char *pinned_word(const struct line *line)
{
	if (line->all->unknown)
		return "?";
	return scst_names_has(&line->all->pins, line->policy->name) ? "yes" : "no";
}

#define OF_LINE(_name, _value)						\
	static const char *_name(const void *row)			\
	{								\
		const struct line *line = row;				\
									\
		return _value;						\
	}

OF_LINE(name, line->policy->name)
OF_LINE(state, first_line(line, "state"))
OF_LINE(priority, attr(line, "priority"))
OF_LINE(calls, attr(line, "calls"))
OF_LINE(pinned, pinned_word(line))
OF_LINE(scope, first_line(line, "scope"))

/* clang-format off */
static const struct cli_column columns[] = {
	{ .name = "NAME",	.value = name },
	{ .name = "STATE",	.value = state },
	{ .name = "PRIORITY",	.value = priority, .number = true },
	{ .name = "CALLS",	.value = calls, .number = true },
	{ .name = "PINNED",	.value = pinned },
	{ .name = "SCOPE",	.value = scope },
	{}
};
/* clang-format on */

static int print_table(struct cli *cli, const struct overview *all)
{
	_cleanup_(cli_table_clear) struct cli_table table = {};
	const struct scst_node *policy;
	int ret = cli_table_new(cli, "policies", columns, &table);

	scst_node_for_each(policy, all->root, SCST_NODE_POLICY)
		ret = ret ?: cli_table_add(&table, &(struct line){ all, policy });
	if (!ret)
		cli_table_print(&table);
	return ret == -ENOMEM ? scst_fail(&cli->err, ret, "out of memory") : ret;
}

static void print_objects(const struct overview *all)
{
	struct json_object *rows = json_object_new_array();
	const struct scst_node *policy;

	scst_node_for_each(policy, all->root, SCST_NODE_POLICY)
		json_object_array_add(rows, json_row(all, policy));
	cli_print_json(rows);
}

static int list(struct cli *cli, int argc _unused_, char **argv _unused_)
{
	_cleanup_(clear_overview) struct overview all = {};
	int ret = read_overview(cli, &all);

	if (ret)
		return ret;
	if (!cli->json || cli->columns)
		return print_table(cli, &all);
	print_objects(&all);
	return 0;
}

static const struct cli_option list_options[] = { CLI_TABLE_OPTIONS, {} };

const struct cli_command cli_policy_list = {
	.noun = "policy",
	.verb = "list",
	.summary = "policies in force, or ejected",
	.help = "Lists attached policies. PINNED no: some other process holds it, and it goes\n"
		"with that process. PINNED ?: only root may see the pins.",
	.options = list_options,
	.run = list,
};

/* load */

static int load(struct cli *cli, int argc, char **argv)
{
	_cleanup_(scst_spec_freep) struct scst_spec *spec = NULL;

	return cli_spec_of(cli, argc, argv, &spec) ?:
	       scst_policy_load(&cli->paths, spec, &cli->err);
}

static const struct cli_option load_options[] = {
	CLI_ON_EJECT,
	{}
};

const struct cli_command cli_policy_load = {
	.noun = "policy",
	.verb = "load",
	.args = "OBJECT [KEY=VALUE]...",
	.min_args = 1,
	.max_args = -1,
	.summary = "load, attach and pin a policy",
	.help = "Loads OBJECT.bpf.o from $SCST_BPF_DIR or PREFIX/lib/scst/bpf. It is in force\n"
		"when the command returns, every session is asked again, and it stays until it\n"
		"is unloaded.\n\n"
		"  name=NAME              another name than the object's\n"
		"  scope=SCOPE            all, driver:, target:, group: or device:NAME\n"
		"  priority=N             low is asked first\n"
		"  on_eject=open|closed   if it misbehaves: all is as without it, or its hooks\n"
		"                         refuse what is in its scope (--on-eject is the same)\n"
		"  flags=hide_on_eject    if it misbehaves: hide LUNs, not back to the mapping\n"
		"  flags=allow_reads      it may let read what others have reserved\n"
		"  mask=INITIATOR@LUN:hide|read_only|default\n"
		"                         a rule of lun_mask, may be repeated; * is any\n"
		"  rule=MEMBER=VALUE,...  a rule of a list (qos, session_acl, cmd_filter,\n"
		"                         read_only_window, pr_guard, pr_backup_reader), may be\n"
		"                         repeated; the first that matches counts\n"
		"  deadline_ms=N          no hook runs, no command is delayed for longer\n"
		"  OPTION=VALUE           an option of the object",
	.options = load_options,
	.run = load,
};

/* unload */

static int unload(struct cli *cli, int argc, char **argv)
{
	return cli_for_each_name(cli, argc, argv,
				 cli->force ? scst_policy_unload_anyway : scst_policy_unload);
}

static const struct cli_option unload_options[] = {
	{ "force",	NULL,	"also if it is required",	cli_set_force	},
	{}
};

const struct cli_command cli_policy_unload = {
	.noun = "policy",
	.verb = "unload",
	.args = "NAME...",
	.min_args = 1,
	.max_args = -1,
	.summary = "detach and forget a policy",
	.help = "The hooks are back at their defaults when the command returns. Also for a\n"
		"policy that was ejected. One that is required stays, unless it is told --force:\n"
		"then nobody gets in, and commands of who is in are BUSY.",
	.options = unload_options,
	.run = unload,
};
