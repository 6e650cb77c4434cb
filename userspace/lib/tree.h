/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A picture of /sys/kernel/scst_tgt: nodes with attributes, links and children, whose kinds follow
 * SCST's layout. An attribute which this code never heard of is read and shown like any other.
 * Names and values are fit to be printed (printable.h); so a name is not always one that can be
 * opened.
 */
#ifndef SCST_LIB_TREE_H
#define SCST_LIB_TREE_H

#include "error.h"

enum scst_node_kind {
	SCST_NODE_ROOT,
	SCST_NODE_HANDLER,
	SCST_NODE_DEVICE,
	SCST_NODE_EXPORT,		/* name: export0, link: the LUN		*/
	SCST_NODE_DRIVER,
	SCST_NODE_TARGET,
	SCST_NODE_LUN,
	SCST_NODE_GROUP,
	SCST_NODE_INITIATOR,		/* name: a pattern			*/
	SCST_NODE_SESSION,
	SCST_NODE_POLICY,
	SCST_NODE_KINDS,
};

struct scst_node_attr {
	char *name;
	char *value;			/* NULL: cannot be read just now	*/
	bool key;			/* not the default			*/
};

struct scst_node_link {
	char *name;
	char *target;			/* path below the root: "devices/disk1"	*/
};

struct scst_node {
	enum scst_node_kind kind;
	char *name;
	char *link;			/* of a node which is a link itself	*/
	struct scst_node_attr *attrs;
	size_t nr_attrs;
	struct scst_node_link *links;
	size_t nr_links;
	struct scst_node *children;	/* kinds in the order of the enum, then by name */
	size_t nr_children;
};

/* Return: 0; -EOPNOTSUPP without scst.ko; or another -errno. */
int scst_tree_read(const char *sysfs_root, struct scst_node **root, struct scst_error *err);

/* Some of it, for who comes often: a tree of a thousand sessions is long. */
struct scst_tree_part {
	/* 1 << enum scst_node_kind: whose attributes and links; nodes above have only names */
	unsigned int kinds;
	const char *const *attrs;	/* which, up to a NULL; NULL: all */
};

int scst_tree_read_part(const char *sysfs_root, const struct scst_tree_part *part,
			struct scst_node **root, struct scst_error *err);
void scst_tree_free(struct scst_node *root);
DEFINE_CLEANUP(struct scst_node *, scst_tree_free)

/* What a list of such children is called: "targets", "luns". */
const char *scst_node_kind_plural(enum scst_node_kind kind);

/* Does the layout have such children below such a node? */
bool scst_node_may_have(enum scst_node_kind parent, enum scst_node_kind child);

/* The value of an attribute, or NULL. */
const char *scst_node_attr(const struct scst_node *node, const char *name);
/* The last part of a link's target ("disk1"), or NULL. */
const char *scst_node_link(const struct scst_node *node, const char *name);

/* Children of one kind: the first, the one after @child, NULL at the end. */
const struct scst_node *scst_node_first(const struct scst_node *node, enum scst_node_kind kind);
const struct scst_node *scst_node_next(const struct scst_node *node, const struct scst_node *child);

#define scst_node_for_each(child, node, kind) \
	for (child = scst_node_first(node, kind); child; child = scst_node_next(node, child))

#endif
