// SPDX-License-Identifier: GPL-2.0-only
/* Directories and links of the running target. */
#include "live.h"

#include <ctype.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "sysfs.h"

static int full_path(const struct scst_live *live, const char *path, char out[PATH_MAX])
{
	if (!*path)
		return scst_format(out, PATH_MAX, "%s", live->root);
	return scst_join(out, PATH_MAX, live->root, path);
}

/* ---- one directory -------------------------------------------------------------------------- */

struct entry {
	char *name;
	ino64_t ino;
};

enum entry_type {
	ANY,
	DIRECTORIES,		/* and links to them */
	OWN_DIRECTORIES,	/* not links */
	LINKS,
};

struct entries {
	struct entry *list;
	size_t nr;
	int dir;		/* while it is read: of what type */
	enum entry_type type;
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

static bool is_of_type(const struct entries *entries, const struct dirent64 *found)
{
	struct stat st;

	if (entries->type == ANY)
		return true;
	if (entries->type == LINKS)
		return found->d_type == DT_LNK;
	if (found->d_type == DT_LNK)
		return entries->type == DIRECTORIES &&
		       !fstatat(entries->dir, found->d_name, &st, 0) && S_ISDIR(st.st_mode);
	return found->d_type == DT_DIR;
}

static int take_entry(void *arg, const struct dirent64 *found)
{
	struct entries *entries = arg;
	struct entry *bigger = entries->list;
	char *name;

	if (streq(found->d_name, "mgmt") || !is_of_type(entries, found))
		return 0;
	name = strdup(found->d_name);
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

/* @order NULL: any. Return: 0 or -errno. */
static int read_entries(int dir, enum entry_type type, int (*order)(const void *a, const void *b),
			struct entries *entries)
{
	int err;

	entries->dir = dir;
	entries->type = type;
	err = scst_sysfs_each(dir, take_entry, entries);
	if (order && entries->nr)
		qsort(entries->list, entries->nr, sizeof(*entries->list), order);
	return err;
}

static int open_dir(int at, const char *path)
{
	int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int scst_live_open(const struct scst_live *live, const char *dir)
{
	char full[PATH_MAX];

	return full_path(live, dir, full) ?: open_dir(AT_FDCWD, full);
}

int scst_live_names(const struct scst_live *live, const char *dir, bool birth,
		    struct scst_names *names)
{
	_cleanup_close_ int fd = scst_live_open(live, dir);
	_cleanup_entries_ struct entries entries = {};
	int err = fd < 0 ? fd : read_entries(fd, ANY, birth ? by_birth : by_name, &entries);

	for (size_t i = 0; i < entries.nr && !err; i++)
		err = scst_names_add(names, entries.list[i].name);
	return err;
}

static int read_link(int at, const char *path, char target[PATH_MAX])
{
	ssize_t len = readlinkat(at, path, target, PATH_MAX - 1);

	if (len < 0)
		return -errno;
	target[len] = '\0';
	return 0;
}

int scst_live_link(const struct scst_live *live, const char *path, char target[PATH_MAX])
{
	char full[PATH_MAX];

	return full_path(live, path, full) ?: read_link(AT_FDCWD, full, target);
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

/*
 * Each directory is open while what is below it is read, so that the kernel looks up a name or two
 * for each and not all of a path.
 */
struct reading {
	const struct scst_live *live;
	unsigned int parts;
	bool taken;			/* in the copy manager's targets */
	char path[PATH_MAX];		/* of the directory that is read, below the root */
	size_t len;
	char failed[PATH_MAX];		/* the first one that could not be */
};

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Return: 0 or -ENAMETOOLONG. */
static int enter(struct reading *r, const char *dir)
{
	size_t len = strlen(dir), slash = r->len > 0;

	if (r->len + slash + len >= sizeof(r->path))
		return -ENAMETOOLONG;
	if (slash)
		r->path[r->len] = '/';
	memcpy(r->path + r->len + slash, dir, len + 1);
	r->len += slash + len;
	return 0;
}

static void leave(struct reading *r, size_t len)
{
	r->len = len;
	r->path[len] = '\0';
}

typedef int (*inside_fn)(struct reading *r, struct scst_conf *child, int at);

/* An object whose directory is gone has just been deleted. */
static int read_child(struct reading *r, struct scst_conf *parent, enum scst_conf_kind kind,
		      const char *name, int dir, inside_fn inside)
{
	struct scst_conf *child = scst_conf_add(parent, kind, name);
	int err = child ? inside ? inside(r, child, dir) : 0 : -ENOMEM;

	if (err == -ENOENT && faccessat(dir, name, F_OK, 0)) {
		scst_conf_drop(parent, child);
		r->failed[0] = '\0';
		err = 0;
	}
	return err;
}

/* Each entry of what is open becomes a child, and @inside looks into it. */
static int read_entered(struct reading *r, struct scst_conf *parent, int dir,
			enum scst_conf_kind kind, enum entry_type type, inside_fn inside)
{
	_cleanup_entries_ struct entries entries = {};
	int err = dir < 0 ? dir : read_entries(dir, type, kind == SCST_CONF_GROUP ? by_birth : NULL,
					       &entries);

	if (err && !*r->failed)
		strcpy(r->failed, r->path);
	for (size_t i = 0; i < entries.nr && !err; i++)
		err = read_child(r, parent, kind, entries.list[i].name, dir, inside);
	return err;
}

/* @dir: open, of this name; or -errno. */
static int read_open(struct reading *r, struct scst_conf *parent, int dir, const char *name,
		     enum scst_conf_kind kind, enum entry_type type, inside_fn inside)
{
	size_t len = r->len;
	int err = enter(r, name);

	err = err ?: read_entered(r, parent, dir, kind, type, inside);
	leave(r, len);
	return err;
}

/* @path from the directory @at. */
static int read_children(struct reading *r, struct scst_conf *parent, int at, const char *path,
			 enum scst_conf_kind kind, enum entry_type type, inside_fn inside)
{
	_cleanup_close_ int dir = open_dir(at, path);

	return read_open(r, parent, dir, path, kind, type, inside);
}

static int read_sub(struct reading *r, struct scst_conf *parent, int at, const char *sub,
		    enum scst_conf_kind kind, enum entry_type type, inside_fn inside)
{
	char path[PATH_MAX];
	int err = scst_join(path, sizeof(path), parent->name, sub);

	return err ?: read_children(r, parent, at, path, kind, type, inside);
}

static int read_lun(struct reading *r _unused_, struct scst_conf *lun, int at)
{
	char path[PATH_MAX], target[PATH_MAX];
	int err = scst_join(path, sizeof(path), lun->name, "device");

	err = err ?: read_link(at, path, target);
	return err ?: scst_names_add(&lun->devices, last_part(target));
}

static int read_luns(struct reading *r, struct scst_conf *parent, int at)
{
	if (!(r->parts & SCST_LIVE_LUNS) || r->taken)
		return 0;
	return read_sub(r, parent, at, "luns", SCST_CONF_LUN, OWN_DIRECTORIES, read_lun);
}

static int read_group(struct reading *r, struct scst_conf *group, int at)
{
	int err = read_luns(r, group, at);

	return err ?: read_sub(r, group, at, "initiators", SCST_CONF_INITIATOR, ANY, NULL);
}

/*
 * A directory in which there is none has two links: "." and its own name. That is how the kernel
 * counts for sysfs; file systems that count otherwise say 1.
 */
static bool is_without_directories(const struct scst_conf *parent, int at, const char *sub)
{
	char path[PATH_MAX];
	struct stat st;

	return !scst_join(path, sizeof(path), parent->name, sub) && !fstatat(at, path, &st, 0) &&
	       S_ISDIR(st.st_mode) && st.st_nlink == 2;
}

/* Most have no group. */
static int read_target(struct reading *r, struct scst_conf *target, int at)
{
	int err = read_luns(r, target, at);

	if (err || is_without_directories(target, at, "ini_groups"))
		return err;
	return read_sub(r, target, at, "ini_groups", SCST_CONF_GROUP, OWN_DIRECTORIES, read_group);
}

static int read_driver(struct reading *r, struct scst_conf *driver, int at)
{
	r->taken = r->parts & SCST_LIVE_NOT_TAKEN && streq(driver->name, "copy_manager");
	return read_children(r, driver, at, driver->name, SCST_CONF_TARGET, OWN_DIRECTORIES,
			     read_target);
}

/* Of the links in a handler's directory the one called module leads elsewhere. */
static int read_handler(struct reading *r, struct scst_conf *handler, int at)
{
	int err = read_children(r, handler, at, handler->name, SCST_CONF_DEVICE, LINKS, NULL);
	struct scst_conf *module = scst_conf_find(handler, SCST_CONF_DEVICE, "module");
	char path[PATH_MAX], target[PATH_MAX];

	if (!module || scst_join(path, sizeof(path), handler->name, "module") ||
	    read_link(at, path, target) || strstr(target, "devices/module"))
		return err;
	scst_conf_drop(handler, module);
	return err;
}

static int read_target_group(struct reading *r, struct scst_conf *tgroup, int at)
{
	return read_children(r, tgroup, at, tgroup->name, SCST_CONF_GROUP_TARGET, DIRECTORIES,
			     NULL);
}

static int read_device_group(struct reading *r, struct scst_conf *dgroup, int at)
{
	int err = read_sub(r, dgroup, at, "devices", SCST_CONF_GROUP_DEVICE, DIRECTORIES, NULL);

	return err ?: read_sub(r, dgroup, at, "target_groups", SCST_CONF_TARGET_GROUP,
			       OWN_DIRECTORIES, read_target_group);
}

static const struct {
	enum scst_live_part part;
	const char *dir;
	enum scst_conf_kind kind;
	inside_fn inside;
} tops[] = {
	{ SCST_LIVE_DEVICES,	   "handlers",	    SCST_CONF_HANDLER,	    read_handler      },
	{ SCST_LIVE_TARGETS,	   "targets",	    SCST_CONF_DRIVER,	    read_driver	      },
	{ SCST_LIVE_DEVICE_GROUPS, "device_groups", SCST_CONF_DEVICE_GROUP, read_device_group },
};

static int read_top(struct reading *r, struct scst_conf *root, size_t i)
{
	_cleanup_close_ int dir = scst_live_open(r->live, tops[i].dir);

	return read_open(r, root, dir, tops[i].dir, tops[i].kind, OWN_DIRECTORIES, tops[i].inside);
}

int scst_live_read(const struct scst_live *live, unsigned int parts, struct scst_conf **conf,
		   struct scst_error *err)
{
	_cleanup_(scst_conf_freep) struct scst_conf *root = scst_conf_new(SCST_CONF_ROOT, "");
	struct reading r = { .live = live, .parts = parts };
	int ret = root ? 0 : -ENOMEM;

	for (size_t i = 0; i < ARRAY_SIZE(tops) && !ret; i++)
		if (parts & tops[i].part)
			ret = read_top(&r, root, i);
	if (ret)
		return scst_fail(err, ret, "Unable to read directory '%s/%s': %s", live->root,
				 r.failed, strerror(-ret));
	scst_conf_sort(root, scst_conf_by_number);
	*conf = TAKE_PTR(root);
	return 0;
}
