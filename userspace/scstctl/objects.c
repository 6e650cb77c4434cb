// SPDX-License-Identifier: GPL-2.0-only
/*
 * scstctl device, target, lun, session: the objects of a kind as a table; with a name those that
 * are called so, with all their attributes. `scstctl show` has them all, each in its place.
 */
#include "cli.h"
#include "tree.h"
#include "tree_json.h"

/* An object, and what it belongs to: NULL if it belongs to none. */
struct place {
	const struct scst_node *driver, *target, *group, *node;
};

struct kind {
	enum scst_node_kind kind;
	const char *header;
	const char *(*name)(const struct scst_node *node);
	void (*print)(const struct place *at);
};

static const char *attr(const struct scst_node *node, const char *name)
{
	return scst_node_attr(node, name) ?: "-";
}

static size_t count(const struct scst_node *node, enum scst_node_kind kind)
{
	const struct scst_node *child;
	size_t nr = 0;

	scst_node_for_each(child, node, kind)
		nr++;
	return nr;
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

static void print_device(const struct place *at)
{
	printf("%-24s %-16s %10s %10s %5zu\n", at->node->name,
	       scst_node_link(at->node, "handler") ?: "-", attr(at->node, "size_mb"),
	       attr(at->node, "blocksize"), count(at->node, SCST_NODE_EXPORT));
}

static void print_target(const struct place *at)
{
	printf("%-14s %-7s %5zu %6zu %8zu  %s\n", at->driver->name, attr(at->node, "enabled"),
	       count(at->node, SCST_NODE_LUN), count(at->node, SCST_NODE_GROUP),
	       count(at->node, SCST_NODE_SESSION), at->node->name);
}

static void print_lun(const struct place *at)
{
	printf("%-5s %-24s %-9s %-16s %s\n", at->node->name, device_of_lun(at->node),
	       attr(at->node, "read_only"), at->group ? at->group->name : "-", at->target->name);
}

static void print_session(const struct place *at)
{
	printf("%12s %8s  %-32s %s\n", attr(at->node, "commands"),
	       attr(at->node, "active_commands"), at->node->name, at->target->name);
}

static const struct kind device_kind = {
	.kind	= SCST_NODE_DEVICE,
	.header	= "DEVICE                   HANDLER             SIZE_MB  BLOCKSIZE  LUNS",
	.name	= own_name,
	.print	= print_device,
};

static const struct kind target_kind = {
	.kind	= SCST_NODE_TARGET,
	.header	= "DRIVER         ENABLED  LUNS GROUPS SESSIONS  TARGET",
	.name	= own_name,
	.print	= print_target,
};

static const struct kind lun_kind = {
	.kind	= SCST_NODE_LUN,
	.header	= "LUN   DEVICE                   READ_ONLY GROUP            TARGET",
	.name	= device_of_lun,
	.print	= print_lun,
};

static const struct kind session_kind = {
	.kind	= SCST_NODE_SESSION,
	.header	= "    COMMANDS   ACTIVE  INITIATOR                        TARGET",
	.name	= own_name,
	.print	= print_session,
};

/* One look at the tree. */
struct search {
	const struct kind *kind;
	const char *name;			/* NULL: all */
	struct json_object *json;		/* NULL: text */
	size_t found;
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
	if (search->name && !streq(search->name, search->kind->name(at->node)))
		return;
	search->found++;
	if (search->json) {
		json_object_array_add(search->json, place_json(at));
		return;
	}
	search->kind->print(at);
	if (search->name)
		print_attrs(at->node);
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

static int list(struct cli *cli, int argc, char **argv, const struct kind *kind, const char *noun)
{
	_cleanup_(scst_tree_freep) struct scst_node *root = NULL;
	struct search search = { .kind = kind, .name = argc ? argv[0] : NULL };
	int ret = scst_tree_read(cli->paths.sysfs, &root, &cli->err);

	if (ret)
		return ret;
	if (cli->json)
		search.json = json_object_new_array();
	else
		puts(kind->header);
	walk(&search, root, (struct place){});
	if (search.json)
		cli_print_json(search.json);
	if (search.name && !search.found)
		return scst_fail(&cli->err, -ENOENT, "there is no %s %s", noun, search.name);
	return 0;
}

static int list_devices(struct cli *cli, int argc, char **argv)
{
	return list(cli, argc, argv, &device_kind, "device");
}

static int list_targets(struct cli *cli, int argc, char **argv)
{
	return list(cli, argc, argv, &target_kind, "target");
}

static int list_luns(struct cli *cli, int argc, char **argv)
{
	return list(cli, argc, argv, &lun_kind, "LUN of device");
}

static int list_sessions(struct cli *cli, int argc, char **argv)
{
	return list(cli, argc, argv, &session_kind, "session of initiator");
}

const struct cli_command cli_device = {
	.noun = "device",
	.args = "[DEVICE]",
	.max_args = 1,
	.summary = "devices, or all about one",
	.help = "Handler, size and number of LUNs of each device; of DEVICE every attribute.",
	.run = list_devices,
};

const struct cli_command cli_target = {
	.noun = "target",
	.args = "[TARGET]",
	.max_args = 1,
	.summary = "targets, or all about one",
	.help = "Is it enabled, and how many LUNs, groups and sessions it has; of TARGET every\n"
		"attribute.",
	.run = list_targets,
};

const struct cli_command cli_lun = {
	.noun = "lun",
	.args = "[DEVICE]",
	.max_args = 1,
	.summary = "LUNs, or where one device is mapped",
	.help = "Which device stands where; a group of - is what a target shows to initiators of\n"
		"no group.",
	.run = list_luns,
};

const struct cli_command cli_session = {
	.noun = "session",
	.args = "[INITIATOR]",
	.max_args = 1,
	.summary = "who is logged in, or all about one",
	.help = "Commands so far and at this moment, of each session; of INITIATOR every\n"
		"attribute.",
	.run = list_sessions,
};
