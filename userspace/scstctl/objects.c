// SPDX-License-Identifier: GPL-2.0-only
/*
 * scstctl device, target, group, lun, session: the objects of a kind as a table; with a name those
 * that are called so, with all their attributes. `scstctl show` has them all, each in its place.
 */
#include "table.h"
#include "tree.h"
#include "tree_json.h"

/* An object, and what it belongs to: NULL if it belongs to none. */
struct place {
	const struct scst_node *driver, *target, *group, *node;
};

struct kind {
	enum scst_node_kind kind;
	const char *noun;
	const char *list;		/* of its JSON */
	const char *(*name)(const struct scst_node *node);
	struct cli_column columns[CLI_COLUMNS_MAX + 1];
};

static const char *attr(const struct scst_node *node, const char *name)
{
	return scst_node_attr(node, name) ?: "-";
}

static const char *count(const struct scst_node *node, enum scst_node_kind kind)
{
	static char text[24];
	const struct scst_node *child;
	size_t nr = 0;

	scst_node_for_each(child, node, kind)
		nr++;
	snprintf(text, sizeof(text), "%zu", nr);
	return text;
}

static const char *own_name(const struct scst_node *node)
{
	return node->name;
}

/* A LUN is looked for by what it maps. */
static const char *device_of_lun(const struct scst_node *lun)
{
	return scst_node_link(lun, "device") ?: "-";
}

#define OF_PLACE(_name, _value)						\
	static const char *_name(const void *row)			\
	{								\
		const struct place *at = row;				\
									\
		return _value;						\
	}

OF_PLACE(name, at->node->name)
OF_PLACE(driver, at->driver ? at->driver->name : "-")
OF_PLACE(target, at->target ? at->target->name : "-")
OF_PLACE(group, at->group ? at->group->name : "-")
OF_PLACE(handler, scst_node_link(at->node, "handler") ?: "-")
OF_PLACE(size_mb, attr(at->node, "size_mb"))
OF_PLACE(blocksize, attr(at->node, "blocksize"))
OF_PLACE(filename, attr(at->node, "filename"))
OF_PLACE(exports, count(at->node, SCST_NODE_EXPORT))
OF_PLACE(enabled, attr(at->node, "enabled"))
OF_PLACE(luns, count(at->node, SCST_NODE_LUN))
OF_PLACE(groups, count(at->node, SCST_NODE_GROUP))
OF_PLACE(sessions, count(at->node, SCST_NODE_SESSION))
OF_PLACE(initiators, count(at->node, SCST_NODE_INITIATOR))
OF_PLACE(device, device_of_lun(at->node))
OF_PLACE(read_only, attr(at->node, "read_only"))
OF_PLACE(commands, attr(at->node, "commands"))
OF_PLACE(active, attr(at->node, "active_commands"))

/* clang-format off */
static const struct kind device_kind = {
	.kind = SCST_NODE_DEVICE, .noun = "device", .list = "devices", .name = own_name,
	.columns = {
		{ "DEVICE", name }, { "HANDLER", handler }, { "SIZE_MB", size_mb, true },
		{ "BLOCKSIZE", blocksize, true }, { "LUNS", exports, true },
		{ "FILENAME", filename },
	},
};

static const struct kind target_kind = {
	.kind = SCST_NODE_TARGET, .noun = "target", .list = "targets", .name = own_name,
	.columns = {
		{ "DRIVER", driver }, { "ENABLED", enabled, true }, { "LUNS", luns, true },
		{ "GROUPS", groups, true }, { "SESSIONS", sessions, true }, { "TARGET", name },
	},
};

static const struct kind group_kind = {
	.kind = SCST_NODE_GROUP, .noun = "group", .list = "groups", .name = own_name,
	.columns = {
		{ "GROUP", name }, { "LUNS", luns, true }, { "INITIATORS", initiators, true },
		{ "TARGET", target }, { "DRIVER", driver },
	},
};

static const struct kind lun_kind = {
	.kind = SCST_NODE_LUN, .noun = "LUN of device", .list = "luns", .name = device_of_lun,
	.columns = {
		{ "LUN", name, true }, { "DEVICE", device }, { "READ_ONLY", read_only, true },
		{ "GROUP", group }, { "TARGET", target }, { "DRIVER", driver },
	},
};

static const struct kind session_kind = {
	.kind = SCST_NODE_SESSION, .noun = "session of initiator", .list = "sessions",
	.name = own_name,
	.columns = {
		{ "COMMANDS", commands, true }, { "ACTIVE", active, true }, { "INITIATOR", name },
		{ "TARGET", target }, { "DRIVER", driver },
	},
};
/* clang-format on */

/* ---- the search ----------------------------------------------------------------------------- */

/* One look at the tree. */
struct search {
	const struct kind *kind;
	const char *name;			/* NULL: all */
	struct json_object *json;		/* whole objects; NULL: */
	struct cli_table table;
	const struct scst_node **nodes;		/* what was found */
	size_t found;
	int err;
};

static void print_attrs(const struct scst_node *node)
{
	for (size_t i = 0; i < node->nr_links; i++)
		printf("    %-32s %s\n", node->links[i].name, node->links[i].target);
	for (size_t i = 0; i < node->nr_attrs; i++) {
		const char *line = node->attrs[i].value ?: "-", *end;

		printf("    %-32s", node->attrs[i].name);
		for (; (end = strchr(line, '\n')); line = end + 1)
			printf(" %.*s\n%36s", (int)(end - line), line, "");
		printf(" %s\n", line);
	}
}

static void add_place(struct json_object *obj, const char *key, const struct scst_node *node)
{
	if (node)
		json_object_object_add(obj, key, json_object_new_string(node->name));
}

static struct json_object *place_json(const struct place *at)
{
	struct json_object *obj = scst_tree_json(at->node);

	add_place(obj, "driver", at->driver);
	if (at->target != at->node)
		add_place(obj, "target", at->target);
	add_place(obj, "group", at->group);
	return obj;
}

static void found(struct search *search, const struct place *at)
{
	const struct scst_node **nodes;

	if (search->name && !streq(search->name, search->kind->name(at->node)))
		return;
	nodes = reallocarray(search->nodes, search->found + 1, sizeof(*nodes));
	if (!nodes) {
		search->err = -ENOMEM;
		return;
	}
	search->nodes = nodes;
	nodes[search->found++] = at->node;
	if (search->json)
		json_object_array_add(search->json, place_json(at));
	else
		search->err = search->err ?: cli_table_add(&search->table, at);
}

static void walk(struct search *search, const struct scst_node *node, struct place at)
{
	if (node->kind == SCST_NODE_DRIVER)
		at.driver = node;
	else if (node->kind == SCST_NODE_TARGET)
		at.target = node;
	else if (node->kind == SCST_NODE_GROUP)
		at.group = node;
	if (node->kind == search->kind->kind) {
		at.node = node;
		found(search, &at);
	}
	for (size_t i = 0; i < node->nr_children; i++)
		walk(search, &node->children[i], at);
}

/*
 * With a name all attributes follow, in the order of the table; columns that were asked for are all
 * that is wanted.
 */
static void print_found(struct cli *cli, struct search *search)
{
	if (search->json) {
		cli_print_json(search->json);
		return;
	}
	cli_table_print(&search->table);
	for (size_t i = 0; search->name && !cli->columns && i < search->found; i++) {
		if (search->found > 1)
			printf("\n%s:\n", search->nodes[i]->name);
		print_attrs(search->nodes[i]);
	}
}

static int list(struct cli *cli, int argc, char **argv, const struct kind *kind)
{
	_cleanup_(scst_tree_freep) struct scst_node *root = NULL;
	struct search search = { .kind = kind, .name = argc ? argv[0] : NULL };
	int ret = scst_tree_read(cli->paths.sysfs, &root, &cli->err);

	if (ret)
		return ret;
	if (cli->json && !cli->columns)
		search.json = json_object_new_array();
	else
		ret = cli_table_new(cli, kind->list, kind->columns, &search.table);
	if (!ret) {
		walk(&search, root, (struct place){});
		ret = search.err ? scst_fail(&cli->err, -ENOMEM, "out of memory") : 0;
	}
	if (!ret)
		print_found(cli, &search);
	cli_table_clear(&search.table);
	free(search.nodes);
	if (!ret && search.name && !search.found)
		ret = scst_fail(&cli->err, -ENOENT, "there is no %s %s", kind->noun, search.name);
	return ret;
}

static int list_devices(struct cli *cli, int argc, char **argv)
{
	return list(cli, argc, argv, &device_kind);
}

static int list_targets(struct cli *cli, int argc, char **argv)
{
	return list(cli, argc, argv, &target_kind);
}

static int list_groups(struct cli *cli, int argc, char **argv)
{
	return list(cli, argc, argv, &group_kind);
}

static int list_luns(struct cli *cli, int argc, char **argv)
{
	return list(cli, argc, argv, &lun_kind);
}

static int list_sessions(struct cli *cli, int argc, char **argv)
{
	return list(cli, argc, argv, &session_kind);
}

static const struct cli_option table_options[] = { CLI_TABLE_OPTIONS, {} };

const struct cli_command cli_device = {
	.noun = "device",
	.args = "[DEVICE]",
	.max_args = 1,
	.summary = "devices, or all about one",
	.help = "Handler, size and number of LUNs of each device; of DEVICE every attribute.",
	.options = table_options,
	.run = list_devices,
};

const struct cli_command cli_target = {
	.noun = "target",
	.args = "[TARGET]",
	.max_args = 1,
	.summary = "targets, or all about one",
	.help = "Is it enabled, and how many LUNs, groups and sessions it has; of TARGET every\n"
		"attribute.",
	.options = table_options,
	.run = list_targets,
};

const struct cli_command cli_group = {
	.noun = "group",
	.args = "[GROUP]",
	.max_args = 1,
	.summary = "groups of initiators, or all about one",
	.help = "How many LUNs and initiators each group has; of GROUP every attribute.",
	.options = table_options,
	.run = list_groups,
};

const struct cli_command cli_lun = {
	.noun = "lun",
	.args = "[DEVICE]",
	.max_args = 1,
	.summary = "LUNs, or where one device is mapped",
	.help = "Which device stands where; a group of - is what a target shows to initiators of\n"
		"no group.",
	.options = table_options,
	.run = list_luns,
};

const struct cli_command cli_session = {
	.noun = "session",
	.args = "[INITIATOR]",
	.max_args = 1,
	.summary = "who is logged in, or all about one",
	.help = "Commands so far and at this moment, of each session; of INITIATOR every\n"
		"attribute.",
	.options = table_options,
	.run = list_sessions,
};
