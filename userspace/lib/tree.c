// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading the tree. The layout is the table below: which directory of which kind of object holds
 * which kind of children. Objects come and go while it is read: what has vanished is left out.
 */
#include "tree.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "printable.h"
#include "sysfs.h"

static const struct {
	enum scst_node_kind parent;
	const char *dir;		/* NULL: the parent's own directory	*/
	enum scst_node_kind child;
	mode_t type;			/* of the entries that are children	*/
} layout[] = {
	{ SCST_NODE_ROOT,	"handlers",	SCST_NODE_HANDLER,	S_IFDIR },
	{ SCST_NODE_ROOT,	"devices",	SCST_NODE_DEVICE,	S_IFDIR },
	{ SCST_NODE_ROOT,	"targets",	SCST_NODE_DRIVER,	S_IFDIR },
	{ SCST_NODE_ROOT,	"policies",	SCST_NODE_POLICY,	S_IFDIR },
	{ SCST_NODE_DEVICE,	"exported",	SCST_NODE_EXPORT,	S_IFLNK },
	{ SCST_NODE_DRIVER,	NULL,		SCST_NODE_TARGET,	S_IFDIR },
	{ SCST_NODE_TARGET,	"luns",		SCST_NODE_LUN,		S_IFDIR },
	{ SCST_NODE_TARGET,	"ini_groups",	SCST_NODE_GROUP,	S_IFDIR },
	{ SCST_NODE_TARGET,	"sessions",	SCST_NODE_SESSION,	S_IFDIR },
	{ SCST_NODE_GROUP,	"luns",		SCST_NODE_LUN,		S_IFDIR },
	{ SCST_NODE_GROUP,	"initiators",	SCST_NODE_INITIATOR,	S_IFREG },
};

static const char *const plurals[SCST_NODE_KINDS] = {
	[SCST_NODE_ROOT]	= "roots",
	[SCST_NODE_HANDLER]	= "handlers",
	[SCST_NODE_DEVICE]	= "devices",
	[SCST_NODE_EXPORT]	= "exports",
	[SCST_NODE_DRIVER]	= "drivers",
	[SCST_NODE_TARGET]	= "targets",
	[SCST_NODE_LUN]		= "luns",
	[SCST_NODE_GROUP]	= "groups",
	[SCST_NODE_INITIATOR]	= "initiators",
	[SCST_NODE_SESSION]	= "sessions",
	[SCST_NODE_POLICY]	= "policies",
};

const char *scst_node_kind_plural(enum scst_node_kind kind)
{
	return plurals[kind];
}

bool scst_node_may_have(enum scst_node_kind parent, enum scst_node_kind child)
{
	for (size_t i = 0; i < ARRAY_SIZE(layout); i++)
		if (layout[i].parent == parent && layout[i].child == child)
			return true;
	return false;
}

/* One look at the tree: where it is, and what is wanted of it. */
struct reading {
	const char *root;
	const struct scst_tree_part *part;
};

/* Room for one more of @size bytes in an array that grows by doubling. */
static int grow(void *array, size_t nr, size_t size)
{
	void **base = array;
	void *bigger;

	if (nr & (nr - 1))
		return 0;	/* @nr is no power of two: there is room */
	bigger = reallocarray(*base, nr ? 2 * nr : 1, size);
	if (!bigger)
		return -ENOMEM;
	*base = bigger;
	return 0;
}

/* Where @path points to, seen from @root; a link that leaves it or dangles stays as it is. */
static int read_link(const char *root, const char *path, char **out)
{
	_cleanup_free_ char *target = realpath(path, NULL);
	char raw[PATH_MAX];
	const char *inside;
	ssize_t len;

	inside = target ? startswith(target, root) : NULL;
	if (inside && *inside == '/') {
		*out = strdup(inside + 1);
		return *out ? 0 : -ENOMEM;
	}
	len = readlink(path, raw, sizeof(raw) - 1);
	if (len < 0)
		return -errno;
	raw[len] = '\0';
	*out = strdup(raw);
	return *out ? 0 : -ENOMEM;
}

static int add_link(struct scst_node *node, const struct reading *r, const char *path,
		    const char *name)
{
	_cleanup_free_ char *copy = strdup(name), *target = NULL;
	int err;

	if (!copy || grow(&node->links, node->nr_links, sizeof(*node->links)))
		return -ENOMEM;
	err = read_link(r->root, path, &target);
	if (err)
		return err;
	scst_make_printable(target, "");
	node->links[node->nr_links++] = (struct scst_node_link){ TAKE_PTR(copy), TAKE_PTR(target) };
	return 0;
}

static bool wants_attr(const struct reading *r, const char *name)
{
	const char *const *attrs = r->part->attrs;

	for (size_t i = 0; attrs && attrs[i]; i++)
		if (streq(attrs[i], name))
			return true;
	return !attrs;
}

static int add_attr(struct scst_node *node, const char *path, const char *name, mode_t mode)
{
	_cleanup_free_ char *copy = NULL, *value = NULL;
	bool key = false;
	int err;

	if (streq(name, "mgmt") || !(mode & 0444))
		return 0;
	copy = strdup(name);
	if (!copy || grow(&node->attrs, node->nr_attrs, sizeof(*node->attrs)))
		return -ENOMEM;
	err = scst_sysfs_read(path, &value, &key);
	if (err == -ENOMEM || err == -ENOENT)
		return err;
	node->attrs[node->nr_attrs++] =
		(struct scst_node_attr){ TAKE_PTR(copy), TAKE_PTR(value), key };
	return 0;
}

static int by_version(const struct dirent **a, const struct dirent **b)
{
	return strverscmp((*a)->d_name, (*b)->d_name);
}

static int not_dots(const struct dirent *entry)
{
	return !streq(entry->d_name, ".") && !streq(entry->d_name, "..");
}

struct entries {
	struct dirent **list;
	int nr;
};

static void free_entries(struct entries *entries)
{
	for (int i = 0; i < entries->nr; i++)
		free(entries->list[i]);
	free(entries->list);
}

/* The attributes and links of the object itself. */
static int read_own(const struct reading *r, const char *path, struct scst_node *node)
{
	_cleanup_(free_entries) struct entries entries = {};

	if (!(r->part->kinds & 1 << node->kind))
		return 0;
	entries.nr = scandir(path, &entries.list, not_dots, by_version);
	if (entries.nr < 0)
		return -errno;
	for (int i = 0; i < entries.nr; i++) {
		const char *name = entries.list[i]->d_name;
		char file[PATH_MAX];
		struct stat st;
		int err;

		if (!wants_attr(r, name))
			continue;
		err = scst_format(file, sizeof(file), "%s/%s", path, name);
		if (!err && lstat(file, &st))
			err = -errno;
		if (!err && S_ISREG(st.st_mode))
			err = add_attr(node, file, name, st.st_mode);
		if (!err && S_ISLNK(st.st_mode))
			err = add_link(node, r, file, name);
		if (err && err != -ENOENT)
			return err;
	}
	return 0;
}

static int read_node(const struct reading *r, const char *path, struct scst_node *node);

static int add_child(struct scst_node *parent, const struct reading *r, const char *path,
		     const struct scst_node *like)
{
	struct scst_node *child;
	int err;

	err = grow(&parent->children, parent->nr_children, sizeof(*parent->children));
	if (err)
		return err;
	child = &parent->children[parent->nr_children++];
	*child = (struct scst_node){ .kind = like->kind, .name = strdup(like->name) };
	if (!child->name)
		return -ENOMEM;
	scst_make_printable(child->name, "");
	return read_node(r, path, child);
}

static void drop_last_child(struct scst_node *parent);

/* The entries of @dir that are of @type become children of @kind. */
static int read_children(const struct reading *r, const char *dir, struct scst_node *parent,
			 enum scst_node_kind kind, mode_t type)
{
	_cleanup_(free_entries) struct entries entries = {};

	entries.nr = scandir(dir, &entries.list, not_dots, by_version);
	if (entries.nr < 0)
		return errno == ENOENT ? 0 : -errno;
	for (int i = 0; i < entries.nr; i++) {
		struct scst_node like = { .kind = kind, .name = entries.list[i]->d_name };
		char path[PATH_MAX];
		struct stat st;
		int err;

		if (streq(like.name, "mgmt"))
			continue;
		err = scst_format(path, sizeof(path), "%s/%s", dir, like.name);
		if (err)
			return err;
		if (lstat(path, &st) || (st.st_mode & S_IFMT) != type)
			continue;
		err = add_child(parent, r, path, &like);
		if (err == -ENOENT)
			drop_last_child(parent);
		else if (err)
			return err;
	}
	return 0;
}

/* Is there anything that is wanted in or below a node of this kind? */
static bool leads_to(enum scst_node_kind kind, unsigned int kinds)
{
	if (kinds & 1 << kind)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(layout); i++)
		if (layout[i].parent == kind && leads_to(layout[i].child, kinds))
			return true;
	return false;
}

/* A child which is a link or a plain file has a name and nothing inside. */
static int read_node(const struct reading *r, const char *path, struct scst_node *node)
{
	int err;

	if (node->kind == SCST_NODE_EXPORT) {
		err = read_link(r->root, path, &node->link);
		if (!err)
			scst_make_printable(node->link, "");
		return err;
	}
	if (node->kind == SCST_NODE_INITIATOR)
		return 0;
	err = read_own(r, path, node);
	for (size_t i = 0; i < ARRAY_SIZE(layout) && !err; i++) {
		char dir[PATH_MAX];

		if (layout[i].parent != node->kind || !leads_to(layout[i].child, r->part->kinds))
			continue;
		err = scst_format(dir, sizeof(dir), "%s%s%s", path, layout[i].dir ? "/" : "",
				  layout[i].dir ?: "");
		if (!err)
			err = read_children(r, dir, node, layout[i].child, layout[i].type);
	}
	return err;
}

static void clear_node(struct scst_node *node)
{
	for (size_t i = 0; i < node->nr_attrs; i++) {
		free(node->attrs[i].name);
		free(node->attrs[i].value);
	}
	for (size_t i = 0; i < node->nr_links; i++) {
		free(node->links[i].name);
		free(node->links[i].target);
	}
	for (size_t i = 0; i < node->nr_children; i++)
		clear_node(&node->children[i]);
	free(node->attrs);
	free(node->links);
	free(node->children);
	free(node->name);
	free(node->link);
}

static void drop_last_child(struct scst_node *parent)
{
	clear_node(&parent->children[--parent->nr_children]);
}

void scst_tree_free(struct scst_node *root)
{
	if (!root)
		return;
	clear_node(root);
	free(root);
}

int scst_tree_read(const char *sysfs_root, struct scst_node **root, struct scst_error *err)
{
	static const struct scst_tree_part all = { .kinds = ~0U };

	return scst_tree_read_part(sysfs_root, &all, root, err);
}

int scst_tree_read_part(const char *sysfs_root, const struct scst_tree_part *part,
			struct scst_node **root, struct scst_error *err)
{
	_cleanup_(scst_tree_freep) struct scst_node *node = calloc(1, sizeof(*node));
	_cleanup_free_ char *top = realpath(sysfs_root, NULL);
	int ret;

	if (!top)
		return scst_fail(err, -EOPNOTSUPP, "%s is not there: modprobe scst", sysfs_root);
	if (!node)
		return scst_fail(err, -ENOMEM, "out of memory");
	ret = read_node(&(struct reading){ top, part }, top, node);
	if (ret)
		return scst_fail(err, ret, "cannot read %s: %s", sysfs_root, strerror(-ret));
	*root = TAKE_PTR(node);
	return 0;
}

const char *scst_node_attr(const struct scst_node *node, const char *name)
{
	for (size_t i = 0; i < node->nr_attrs; i++)
		if (streq(node->attrs[i].name, name))
			return node->attrs[i].value;
	return NULL;
}

const char *scst_node_link(const struct scst_node *node, const char *name)
{
	for (size_t i = 0; i < node->nr_links; i++) {
		const char *slash = strrchr(node->links[i].target, '/');

		if (streq(node->links[i].name, name))
			return slash ? slash + 1 : node->links[i].target;
	}
	return NULL;
}

static const struct scst_node *find_from(const struct scst_node *node, size_t start,
					 enum scst_node_kind kind)
{
	for (size_t i = start; i < node->nr_children; i++)
		if (node->children[i].kind == kind)
			return &node->children[i];
	return NULL;
}

const struct scst_node *scst_node_first(const struct scst_node *node, enum scst_node_kind kind)
{
	return find_from(node, 0, kind);
}

const struct scst_node *scst_node_next(const struct scst_node *node, const struct scst_node *child)
{
	return find_from(node, child - node->children + 1, child->kind);
}
