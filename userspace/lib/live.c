// SPDX-License-Identifier: GPL-2.0-only
/* Directories and links of the running target. */
#include "live.h"

#include <ctype.h>
#include <fcntl.h>
#include <sys/stat.h>

static int full_path(const struct scst_live *live, const char *path, char out[PATH_MAX])
{
	return scst_format(out, PATH_MAX, "%s%s%s", live->root, *path ? "/" : "", path);
}

/* ---- one directory -------------------------------------------------------------------------- */

struct entry {
	char *name;
	ino_t ino;
};

struct entries {
	struct entry *list;
	size_t nr;
};

static void free_entries(struct entries *entries)
{
	for (size_t i = 0; i < entries->nr; i++)
		free(entries->list[i].name);
	free(entries->list);
}

#define _cleanup_entries_ _cleanup_(free_entries)

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

/* sysfs gives out inode numbers in ascending order, and tells them without a stat(). */
static int by_birth(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return x->ino < y->ino ? -1 : x->ino > y->ino;
}

static int add_entry(struct entries *entries, const struct dirent *found)
{
	struct entry *bigger = entries->list;
	char *name = strdup(found->d_name);

	if (!(entries->nr & (entries->nr - 1)))	/* a power of two: full */
		bigger = reallocarray(bigger, entries->nr ? 2 * entries->nr : 1, sizeof(*bigger));
	if (bigger)
		entries->list = bigger;
	if (!bigger || !name) {
		free(name);
		return -ENOMEM;
	}
	bigger[entries->nr++] = (struct entry){ name, found->d_ino };
	return 0;
}

enum entry_type {
	ANY,
	DIRECTORIES,		/* and links to them */
	OWN_DIRECTORIES,	/* not links */
	LINKS,
};

static bool is_of_type(int dir, const struct dirent *found, enum entry_type type)
{
	struct stat st;

	if (type == ANY)
		return true;
	if (type == LINKS)
		return found->d_type == DT_LNK;
	if (found->d_type == DT_LNK)
		return type == DIRECTORIES && !fstatat(dir, found->d_name, &st, 0) &&
		       S_ISDIR(st.st_mode);
	return found->d_type == DT_DIR;
}

/* Return: 0 or -errno. */
static int read_entries(const struct scst_live *live, const char *path, enum entry_type type,
			int (*order)(const void *a, const void *b), struct entries *entries)
{
	_cleanup_closedir_ DIR *dir = NULL;
	char full[PATH_MAX];
	struct dirent *found;
	int err = full_path(live, path, full), ended;

	if (err)
		return err;
	dir = opendir(full);
	if (!dir)
		return -errno;
	while (errno = 0, found = readdir(dir), ended = -errno, found && !err) {
		const char *name = found->d_name;

		if (!streq(name, ".") && !streq(name, "..") && !streq(name, "mgmt") &&
		    is_of_type(dirfd(dir), found, type))
			err = add_entry(entries, found);
	}
	if (entries->nr)
		qsort(entries->list, entries->nr, sizeof(*entries->list), order);
	return err ?: ended;
}

int scst_live_names(const struct scst_live *live, const char *dir, bool birth,
		    struct scst_names *names)
{
	_cleanup_entries_ struct entries entries = {};
	int err = read_entries(live, dir, ANY, birth ? by_birth : by_name, &entries);

	for (size_t i = 0; i < entries.nr && !err; i++)
		err = scst_names_add(names, entries.list[i].name);
	return err;
}

int scst_live_link(const struct scst_live *live, const char *path, char target[PATH_MAX])
{
	char full[PATH_MAX];
	ssize_t len;
	int err = full_path(live, path, full);

	if (err)
		return err;
	len = readlink(full, target, PATH_MAX - 1);
	if (len < 0)
		return -errno;
	target[len] = '\0';
	return 0;
}

bool scst_live_has_file(const struct scst_live *live, const char *path)
{
	char full[PATH_MAX];

	return !full_path(live, path, full) && !access(full, F_OK);
}

bool scst_live_has(const struct scst_live *live, enum scst_conf_kind kind,
		   const struct scst_where *at)
{
	char dir[PATH_MAX];

	return !scst_where_dir(kind, at, dir) && scst_live_has_file(live, dir);
}

bool scst_live_takes_targets(const struct scst_live *live, const char *driver)
{
	char path[PATH_MAX];

	return !scst_format(path, sizeof(path), "targets/%s/mgmt", driver) &&
	       scst_live_has_file(live, path);
}

/* ---- the sentences of mgmt ------------------------------------------------------------------ */

static const char *const sentences[] = {
	[SCST_LIVE_PARAMS]	 = "The following parameters available:",
	[SCST_LIVE_DRIVER_ATTRS] = "The following target driver attributes available:",
	[SCST_LIVE_TARGET_ATTRS] = "The following target attributes available:",
};

/* "a, b, c" and perhaps a dot behind the last. */
static int split_sentence(char *rest, struct scst_names *names)
{
	size_t len = strlen(rest);
	int err = 0;

	if (len && rest[len - 1] == '.')
		rest[len - 1] = '\0';
	for (char *word = strtok_r(rest, ", \t", &rest); word && !err;
	     word = strtok_r(NULL, ", \t", &rest))
		err = scst_names_add(names, word);
	return err;
}

int scst_live_list(const struct scst_live *live, const char *path, enum scst_live_list list,
		   struct scst_names *names)
{
	_cleanup_free_ char *text = NULL;
	char full[PATH_MAX], *at = NULL;
	int err = full_path(live, path, full) ?: scst_read_file(full, &text);

	for (char *line = text ? strtok_r(text, "\n", &at) : NULL; line && !err;
	     line = strtok_r(NULL, "\n", &at)) {
		const char *rest = startswith(line, sentences[list]);

		if (rest)
			err = split_sentence(line + (rest - line), names);
	}
	return err;
}

/* ---- the tree ------------------------------------------------------------------------------- */

struct reading {
	const struct scst_live *live;
	unsigned int parts;
	char failed[PATH_MAX];		/* the first directory that could not be read */
};

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/*
 * Each entry of DIR/SUB becomes a child, and @inside looks into it. An object whose directory is
 * gone has just been deleted.
 */
static int read_children(struct reading *r, struct scst_conf *parent, const char *dir,
			 enum scst_conf_kind kind, enum entry_type type,
			 int (*inside)(struct reading *r, struct scst_conf *child, const char *dir))
{
	bool birth = kind == SCST_CONF_GROUP;
	_cleanup_entries_ struct entries entries = {};
	int err = read_entries(r->live, dir, type, birth ? by_birth : by_name, &entries);

	if (err && !*r->failed)
		strcpy(r->failed, dir);
	for (size_t i = 0; i < entries.nr && !err; i++) {
		struct scst_conf *child = scst_conf_add(parent, kind, entries.list[i].name);
		char below[PATH_MAX];

		err = child ? scst_format(below, sizeof(below), "%s/%s", dir, child->name) :
			      -ENOMEM;
		if (!err && inside)
			err = inside(r, child, below);
		if (err == -ENOENT && !scst_live_has_file(r->live, below)) {
			scst_conf_drop(parent, child);
			r->failed[0] = '\0';
			err = 0;
		}
	}
	return err;
}

static int read_sub(struct reading *r, struct scst_conf *parent, const char *dir, const char *sub,
		    enum scst_conf_kind kind, enum entry_type type,
		    int (*inside)(struct reading *r, struct scst_conf *child, const char *dir))
{
	char path[PATH_MAX];
	int err = scst_format(path, sizeof(path), "%s/%s", dir, sub);

	return err ?: read_children(r, parent, path, kind, type, inside);
}

static int read_lun(struct reading *r, struct scst_conf *lun, const char *dir)
{
	char path[PATH_MAX], target[PATH_MAX];
	int err = scst_format(path, sizeof(path), "%s/device", dir);

	err = err ?: scst_live_link(r->live, path, target);
	return err ?: scst_names_add(&lun->devices, last_part(target));
}

static int read_luns(struct reading *r, struct scst_conf *parent, const char *dir)
{
	if (!(r->parts & SCST_LIVE_LUNS))
		return 0;
	return read_sub(r, parent, dir, "luns", SCST_CONF_LUN, OWN_DIRECTORIES, read_lun);
}

static int read_group(struct reading *r, struct scst_conf *group, const char *dir)
{
	int err = read_luns(r, group, dir);

	return err ?: read_sub(r, group, dir, "initiators", SCST_CONF_INITIATOR, ANY, NULL);
}

static int read_target(struct reading *r, struct scst_conf *target, const char *dir)
{
	int err = read_luns(r, target, dir);

	return err ?: read_sub(r, target, dir, "ini_groups", SCST_CONF_GROUP, OWN_DIRECTORIES,
			       read_group);
}

static int read_driver(struct reading *r, struct scst_conf *driver, const char *dir)
{
	return read_children(r, driver, dir, SCST_CONF_TARGET, OWN_DIRECTORIES, read_target);
}

/* Of the links in a handler's directory the one called module leads elsewhere. */
static int read_handler(struct reading *r, struct scst_conf *handler, const char *dir)
{
	int err = read_children(r, handler, dir, SCST_CONF_DEVICE, LINKS, NULL);
	struct scst_conf *module = scst_conf_find(handler, SCST_CONF_DEVICE, "module");
	char path[PATH_MAX], target[PATH_MAX];

	if (!module || scst_format(path, sizeof(path), "%s/module", dir) ||
	    scst_live_link(r->live, path, target) || strstr(target, "devices/module"))
		return err;
	scst_conf_drop(handler, module);
	return err;
}

static int read_target_group(struct reading *r, struct scst_conf *tgroup, const char *dir)
{
	return read_children(r, tgroup, dir, SCST_CONF_GROUP_TARGET, DIRECTORIES, NULL);
}

static int read_device_group(struct reading *r, struct scst_conf *dgroup, const char *dir)
{
	int err = read_sub(r, dgroup, dir, "devices", SCST_CONF_GROUP_DEVICE, DIRECTORIES, NULL);

	return err ?: read_sub(r, dgroup, dir, "target_groups", SCST_CONF_TARGET_GROUP,
			       OWN_DIRECTORIES, read_target_group);
}

int scst_live_read(const struct scst_live *live, unsigned int parts, struct scst_conf **conf,
		   struct scst_error *err)
{
	_cleanup_(scst_conf_freep) struct scst_conf *root = scst_conf_new(SCST_CONF_ROOT, "");
	struct reading r = { .live = live, .parts = parts };
	int ret = root ? 0 : -ENOMEM;

	if (!ret && parts & SCST_LIVE_DEVICES)
		ret = read_children(&r, root, "handlers", SCST_CONF_HANDLER, OWN_DIRECTORIES,
				    read_handler);
	if (!ret && parts & SCST_LIVE_TARGETS)
		ret = read_children(&r, root, "targets", SCST_CONF_DRIVER, OWN_DIRECTORIES,
				    read_driver);
	if (!ret && parts & SCST_LIVE_DEVICE_GROUPS)
		ret = read_children(&r, root, "device_groups", SCST_CONF_DEVICE_GROUP,
				    OWN_DIRECTORIES, read_device_group);
	if (ret)
		return scst_fail(err, ret, "Unable to read directory '%s/%s': %s", live->root,
				 r.failed, strerror(-ret));
	scst_conf_sort(root, scst_conf_by_number);
	*conf = TAKE_PTR(root);
	return 0;
}
