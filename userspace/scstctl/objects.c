// SPDX-License-Identifier: GPL-2.0-only
/*
 * scstctl device, target, group, lun, session: the objects of a kind as a table; with a name those
 * that are called so, with all their attributes. `scstctl show` has them all, each in its place.
 */
#include <libsmartcols.h>

#include "cli.h"
#include "tree.h"
#include "tree_json.h"

/* An object, and what it belongs to: NULL if it belongs to none. */
struct place {
	const struct scst_node *driver, *target, *group, *node;
};

/* A column of a table, "-" where there is nothing. Until the next call. */
struct column {
	const char *name;
	const char *(*value)(const struct place *at);
	bool number;
};

#define COLUMNS_MAX	8

struct kind {
	enum scst_node_kind kind;
	const char *noun;
	const char *list;		/* of its JSON */
	const char *(*name)(const struct scst_node *node);
	struct column columns[COLUMNS_MAX + 1];
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
	static const char *_name(const struct place *at)		\
	{								\
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

/* ---- tables --------------------------------------------------------------------------------- */

struct table {
	struct libscols_table *table;
	const struct column *columns[COLUMNS_MAX];
	size_t nr;
};

static void free_table(struct table *table)
{
	if (table->table)
		scols_unref_table(table->table);
}

static int no_memory(struct cli *cli)
{
	return scst_fail(&cli->err, -ENOMEM, "out of memory");
}

static int add_column(struct cli *cli, struct table *table, const struct column *column)
{
	struct libscols_column *added;

	if (table->nr == COLUMNS_MAX)
		return scst_fail(&cli->err, -EINVAL, "--output: more columns than there are");
	added = scols_table_new_column(table->table, column->name, 0,
				       column->number ? SCOLS_FL_RIGHT : 0);
	if (!added)
		return no_memory(cli);
	if (column->number)
		scols_column_set_json_type(added, SCOLS_JSON_NUMBER);
	table->columns[table->nr++] = column;
	return 0;
}

static const struct column *find_column(const struct kind *kind, const char *name)
{
	for (const struct column *column = kind->columns; column->name; column++)
		if (!strcasecmp(column->name, name))
			return column;
	return NULL;
}

static int no_column(struct cli *cli, const struct kind *kind, const char *name)
{
	char known[256] = "";
	size_t len = 0;

	for (const struct column *column = kind->columns; column->name; column++)
		len += snprintf(known + len, sizeof(known) - len, "%s%s", len ? ", " : "",
				column->name);
	return scst_fail(&cli->err, -EINVAL, "--output: there is no column %s, but %s", name,
			 known);
}

/* Those that were asked for, in that order, or all. */
static int add_columns(struct cli *cli, struct table *table, const struct kind *kind)
{
	_cleanup_free_ char *names = cli->columns ? strdup(cli->columns) : NULL;
	char *rest = names, *word;
	int ret = 0;

	if (!cli->columns)
		for (const struct column *c = kind->columns; c->name && !ret; c++)
			ret = add_column(cli, table, c);
	while (!ret && rest && (word = strsep(&rest, ","))) {
		const struct column *column = find_column(kind, word);

		ret = column ? add_column(cli, table, column) : no_column(cli, kind, word);
	}
	return ret;
}

/* A pipe gets no line that was cut to a terminal's width. */
static int new_table(struct cli *cli, const struct kind *kind, struct table *table)
{
	table->table = scols_new_table();
	if (!table->table)
		return no_memory(cli);
	scols_table_enable_noheadings(table->table, cli->noheadings);
	if (cli->json) {
		scols_table_enable_json(table->table, 1);
		scols_table_set_name(table->table, kind->list);
	}
	return add_columns(cli, table, kind);
}

static int add_line(struct table *table, const struct place *at)
{
	struct libscols_line *line = scols_table_new_line(table->table, NULL);

	if (!line)
		return -ENOMEM;
	for (size_t i = 0; i < table->nr; i++) {
		const struct column *column = table->columns[i];
		const char *value = column->value(at);

		/* as JSON a number that is not there is null */
		if (streq(value, "-") && column->number && scols_table_is_json(table->table))
			value = NULL;
		if (scols_line_set_data(line, i, value))
			return -ENOMEM;
	}
	return 0;
}

/* ---- the search ----------------------------------------------------------------------------- */

/* One look at the tree. */
struct search {
	const struct kind *kind;
	const char *name;			/* NULL: all */
	struct json_object *json;		/* whole objects; NULL: */
	struct table table;
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
		search->err = search->err ?: add_line(&search->table, at);
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
	scols_print_table(search->table.table);
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
		ret = new_table(cli, kind, &search.table);
	if (!ret) {
		walk(&search, root, (struct place){});
		ret = search.err ? no_memory(cli) : 0;
	}
	if (!ret)
		print_found(cli, &search);
	free_table(&search.table);
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

static int set_columns(struct cli *cli, const char *value)
{
	cli->columns = value;
	return 0;
}

static int set_noheadings(struct cli *cli, const char *value _unused_)
{
	cli->noheadings = true;
	return 0;
}

static const struct cli_option table_options[] = {
	{ "output", "COLUMNS", "which, with commas between them; also of JSON", set_columns },
	{ "noheadings", NULL, "no line above the table", set_noheadings },
	{}
};

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
