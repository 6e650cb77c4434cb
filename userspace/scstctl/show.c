// SPDX-License-Identifier: GPL-2.0-only
/* scstctl show: everything that is configured, as a list for people or the whole tree as JSON. */
#include "cli.h"
#include "tree.h"
#include "tree_json.h"

static bool is_on(const char *value)
{
	return value && streq(value, "1");
}

static void print_luns(const struct scst_node *owner, int indent)
{
	const struct scst_node *lun;

	scst_node_for_each(lun, owner, SCST_NODE_LUN)
		printf("%*slun %-5s %s%s\n", indent, "", lun->name,
		       scst_node_link(lun, "device") ?: "-",
		       is_on(scst_node_attr(lun, "read_only")) ? " read-only" : "");
}

static void print_group(const struct scst_node *group)
{
	const struct scst_node *ini;

	printf("    group %s\n", group->name);
	scst_node_for_each(ini, group, SCST_NODE_INITIATOR)
		printf("      initiator %s\n", ini->name);
	print_luns(group, 6);
}

static void print_session(const struct scst_node *session)
{
	printf("    session %s: %s commands, %s active\n", session->name,
	       scst_node_attr(session, "commands") ?: "?",
	       scst_node_attr(session, "active_commands") ?: "?");
}

static void print_target(const struct scst_node *target)
{
	const char *enabled = scst_node_attr(target, "enabled");
	const struct scst_node *child;

	printf("  target %s%s\n", target->name, enabled && !is_on(enabled) ? " (disabled)" : "");
	print_luns(target, 4);
	scst_node_for_each(child, target, SCST_NODE_GROUP)
		print_group(child);
	scst_node_for_each(child, target, SCST_NODE_SESSION)
		print_session(child);
}

static void print_device(const struct scst_node *device)
{
	const char *size = scst_node_attr(device, "size_mb");
	const struct scst_node *export;

	printf("  device %s: %s", device->name, scst_node_link(device, "handler") ?: "no handler");
	if (size)
		printf(", %s MiB", size);
	putchar('\n');
	scst_node_for_each(export, device, SCST_NODE_EXPORT)
		printf("    exported as %s\n", export->link);
}

static void print_policy(const struct scst_node *policy)
{
	const char *state = scst_node_attr(policy, "state") ?: "?";

	printf("  policy %s: %.*s, scope %s\n", policy->name, (int)strcspn(state, "\n"), state,
	       scst_node_attr(policy, "scope") ?: "?");
}

/* Whoever looks for what is wrong with a disk is told that somebody wants it to be. */
static void print_injected(struct cli *cli)
{
	unsigned int nr = cli_injected(cli);

	if (nr)
		printf("errors on purpose: %u (scstctl inject list)\n", nr);
}

static void print_tree(const struct scst_node *root)
{
	const struct scst_node *node, *target;

	puts("devices");
	scst_node_for_each(node, root, SCST_NODE_DEVICE)
		print_device(node);
	scst_node_for_each(node, root, SCST_NODE_DRIVER) {
		printf("driver %s\n", node->name);
		scst_node_for_each(target, node, SCST_NODE_TARGET)
			print_target(target);
	}
	puts("policies");
	scst_node_for_each(node, root, SCST_NODE_POLICY)
		print_policy(node);
}

static int show(struct cli *cli, int argc _unused_, char **argv _unused_)
{
	_cleanup_(scst_tree_freep) struct scst_node *root = NULL;
	int ret;

	ret = scst_tree_read(cli->paths.sysfs, &root, &cli->err);
	if (ret)
		return ret;
	if (cli->json) {
		cli_print_json(scst_tree_json(root));
		return 0;
	}
	print_tree(root);
	print_injected(cli);
	return 0;
}

const struct cli_command cli_show = {
	.noun = "show",
	.summary = "devices, targets, LUNs, groups, sessions, policies",
	.help = "Shows what is configured, from /sys/kernel/scst_tgt. With --json: the whole\n"
		"tree with every attribute; their values are strings as sysfs has them.",
	.run = show,
};
