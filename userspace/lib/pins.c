// SPDX-License-Identifier: GPL-2.0-only
/* Pins: the lock, staging and commit, listing, removal. */
#include "pins.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>

#include <bpf/bpf.h>

#define LOCK_TRIES	100	/* every 100 ms */
#define STAGE_MARK	'~'	/* no valid name has it */

static int io_error(struct scst_error *err, const char *what, const char *path)
{
	int code = -errno;

	if (code == -EACCES || code == -EPERM)
		return scst_fail(err, code, "%s %s: %s: run this as root", what, path,
				 strerror(-code));
	return scst_fail(err, code, "%s %s: %s", what, path, strerror(-code));
}

/* The lock */

static int check_bpffs(const char *pins, struct scst_error *err)
{
	_cleanup_free_ char *parent = strdup(pins);
	struct statfs fs;

	if (!parent)
		return scst_fail(err, -ENOMEM, "out of memory");
	*strrchr(parent, '/') = '\0';
	if (statfs(parent, &fs))
		return io_error(err, "cannot look at", parent);
	if (fs.f_type != BPF_FS_MAGIC)
		return scst_fail(err, -EOPNOTSUPP, "no bpffs on %s: mount -t bpf bpf %s", parent,
				 parent);
	return 0;
}

/* bpffs may be mounted for everybody to write: a directory that was there must be root's. */
static int make_dir(const char *path, struct scst_error *err)
{
	struct stat st;

	if (mkdir(path, 0700) && errno != EEXIST)
		return io_error(err, "cannot make", path);
	if (lstat(path, &st))
		return io_error(err, "cannot look at", path);
	if (!S_ISDIR(st.st_mode) || st.st_uid != 0 || st.st_mode & 077)
		return scst_fail(err, -EPERM, "%s is not a directory of root alone: remove it",
				 path);
	return 0;
}

static int make_dirs(const struct scst_paths *paths, struct scst_error *err)
{
	int ret = make_dir(paths->pins, err);

	for (unsigned int kind = 0; kind < SCST_PIN_KINDS && !ret; kind++) {
		char dir[PATH_MAX];

		ret = scst_format(dir, sizeof(dir), "%s/%s", paths->pins, scst_pin_kind_dir(kind));
		if (!ret)
			ret = make_dir(dir, err);
	}
	return ret;
}

static int lock_dir(const char *path, int *out, struct scst_error *err)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return io_error(err, "cannot open", path);
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (!flock(fd, LOCK_EX | LOCK_NB)) {
			*out = TAKE_FD(fd);
			return 0;
		}
		if (errno != EWOULDBLOCK)
			return io_error(err, "cannot lock", path);
		nanosleep(&(struct timespec){ .tv_nsec = 100 * 1000 * 1000 }, NULL);
	}
	return scst_fail(err, -EBUSY, "%s is locked: another scstctl or scst-bpfd is at work",
			 path);
}

/* A directory of pins and what is in it. */
static int remove_dir(const char *dir)
{
	_cleanup_closedir_ DIR *stream = opendir(dir);
	struct dirent *entry;

	if (!stream)
		return -errno;
	while ((entry = readdir(stream)))
		if (!streq(entry->d_name, ".") && !streq(entry->d_name, ".."))
			unlinkat(dirfd(stream), entry->d_name, 0);
	return rmdir(dir) ? -errno : 0;
}

static uint32_t map_of_link(const char *dir)
{
	_cleanup_close_ int fd = -EBADF;
	struct bpf_link_info info = {};
	__u32 len = sizeof(info);
	char path[PATH_MAX];

	if (scst_format(path, sizeof(path), "%s/%s", dir, SCST_PIN_LINK))
		return 0;
	fd = bpf_obj_get(path);
	return fd < 0 || bpf_link_get_info_by_fd(fd, &info, &len) ? 0 : info.struct_ops.map_id;
}

/* Are the maps of this directory those which the policy uses? */
static bool is_in_force(const char *dir)
{
	_cleanup_close_ int fd = -EBADF;
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);
	char path[PATH_MAX];

	if (scst_format(path, sizeof(path), "%s/%s", dir, SCST_PIN_OPS))
		return false;
	fd = bpf_obj_get(path);
	return fd >= 0 && !bpf_map_get_info_by_fd(fd, &info, &len) && info.id &&
	       info.id == map_of_link(dir);
}

/* An update whose last step, the exchange of the two, was not made. */
static void roll_forward(const char *stage)
{
	char final[PATH_MAX];

	if (!scst_format(final, sizeof(final), "%.*s", (int)strlen(stage) - 1, stage) &&
	    !access(final, F_OK) && is_in_force(stage))
		renameat2(AT_FDCWD, stage, AT_FDCWD, final, RENAME_EXCHANGE);
}

/* What a killed load or update left; the lock is ours, so it is nobody's. */
static void clear_stages(const struct scst_paths *paths)
{
	for (unsigned int kind = 0; kind < SCST_PIN_KINDS; kind++) {
		_cleanup_closedir_ DIR *stream = NULL;
		char dir[PATH_MAX], stage[PATH_MAX];
		struct dirent *entry;

		if (!scst_format(dir, sizeof(dir), "%s/%s", paths->pins, scst_pin_kind_dir(kind)))
			stream = opendir(dir);
		while (stream && (entry = readdir(stream)))
			if (strchr(entry->d_name, STAGE_MARK) &&
			    !scst_format(stage, sizeof(stage), "%s/%s", dir, entry->d_name)) {
				roll_forward(stage);
				remove_dir(stage);
			}
	}
}

int scst_pins_lock(const struct scst_paths *paths, int *fd, struct scst_error *err)
{
	int ret;

	if (geteuid() != 0)
		return scst_fail(err, -EPERM, "needs root");
	ret = check_bpffs(paths->pins, err);
	if (!ret)
		ret = make_dirs(paths, err);
	if (!ret)
		ret = lock_dir(paths->pins, fd, err);
	if (!ret)
		clear_stages(paths);
	return ret;
}

/* A directory appears, goes and is exchanged by being renamed; or goes by being removed. */
int scst_pins_watch(const struct scst_paths *paths, int *out, struct scst_error *err)
{
	_cleanup_close_ int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	int ret = check_bpffs(paths->pins, err) ?: make_dirs(paths, err);

	if (!ret && fd < 0)
		ret = io_error(err, "cannot watch", paths->pins);
	for (unsigned int kind = 0; kind < SCST_PIN_KINDS && !ret; kind++) {
		char dir[PATH_MAX];

		ret = scst_format(dir, sizeof(dir), "%s/%s", paths->pins, scst_pin_kind_dir(kind));
		if (!ret && inotify_add_watch(fd, dir, IN_MOVE | IN_DELETE | IN_ONLYDIR) < 0)
			ret = io_error(err, "cannot watch", dir);
	}
	if (!ret)
		*out = TAKE_FD(fd);
	return ret;
}

/* Names */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list_dir(const char *dir, struct scst_names *names, struct scst_error *err)
{
	_cleanup_(scst_names_clear) struct scst_names found = {};
	_cleanup_closedir_ DIR *stream = opendir(dir);
	struct dirent *entry;

	if (!stream && errno != ENOENT)
		return io_error(err, "cannot read", dir);
	while (stream && (entry = readdir(stream))) {
		if (entry->d_name[0] == '.' || strchr(entry->d_name, STAGE_MARK))
			continue;
		if (scst_names_add(&found, entry->d_name))
			return scst_fail(err, -ENOMEM, "out of memory");
	}
	if (found.nr)
		qsort(found.list, found.nr, sizeof(*found.list), by_name);
	*names = found;
	found = (struct scst_names){};
	return 0;
}

int scst_pins_list(const struct scst_paths *paths, enum scst_pin_kind kind,
		   struct scst_names *names, struct scst_error *err)
{
	char dir[PATH_MAX];

	return scst_format(dir, sizeof(dir), "%s/%s", paths->pins, scst_pin_kind_dir(kind)) ?:
	       list_dir(dir, names, err);
}

int scst_pins_files(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name,
		    struct scst_names *files, struct scst_error *err)
{
	char dir[PATH_MAX];

	return scst_pin_path(paths, kind, name, NULL, dir) ?: list_dir(dir, files, err);
}

int scst_pins_open(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name,
		   const char *file)
{
	char path[PATH_MAX];

	return scst_pin_path(paths, kind, name, file, path) ?: bpf_obj_get(path);
}

int scst_pins_note(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name,
		   const char *note, char *out, size_t size)
{
	char path[PATH_MAX];
	ssize_t len;
	int ret = scst_pin_path(paths, kind, name, note, path);

	if (ret)
		return ret;
	len = readlink(path, out, size);
	if (len < 0)
		return -errno;
	if ((size_t)len == size)
		return -ENAMETOOLONG;
	out[len] = '\0';
	return 0;
}

int scst_pins_set_note(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name,
		       const char *note, const char *text)
{
	char path[PATH_MAX];
	int ret = scst_pin_path(paths, kind, name, note, path);

	return ret ?: symlink(text, path) && errno != EEXIST ? -errno : 0;
}

bool scst_pins_exist(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name)
{
	char dir[PATH_MAX];

	return !scst_pin_path(paths, kind, name, NULL, dir) && !access(dir, F_OK);
}

/* Staging */

int scst_pins_stage(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name,
		    struct scst_pins_stage *stage, struct scst_error *err)
{
	struct scst_pins_stage new = { .kind = kind, .name = name };
	int ret;

	ret = scst_format(new.dir, sizeof(new.dir), "%s/%s/%s%c", paths->pins,
			  scst_pin_kind_dir(kind), name, STAGE_MARK);
	if (ret)
		return scst_fail(err, ret, "name %s is too long", name);
	if (mkdir(new.dir, 0700))
		return io_error(err, "cannot make", new.dir);
	*stage = new;
	return 0;
}

int scst_pins_add(const struct scst_pins_stage *stage, const char *file, int fd,
		  struct scst_error *err)
{
	char path[PATH_MAX];

	if (scst_format(path, sizeof(path), "%s/%s", stage->dir, file))
		return scst_fail(err, -ENAMETOOLONG, "path of pin %s is too long", file);
	if (bpf_obj_pin(fd, path))
		return io_error(err, "cannot pin", path);
	return 0;
}

int scst_pins_add_note(const struct scst_pins_stage *stage, const char *note, const char *text,
		       struct scst_error *err)
{
	char path[PATH_MAX];

	if (scst_format(path, sizeof(path), "%s/%s", stage->dir, note))
		return scst_fail(err, -ENAMETOOLONG, "path of note %s is too long", note);
	return symlink(text, path) ? io_error(err, "cannot make", path) : 0;
}

int scst_pins_add_maps(const struct scst_pins_stage *stage, struct bpf_object *obj,
		       struct scst_error *err)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, obj) {
		char file[NAME_MAX];
		int ret;

		if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS || bpf_map__fd(map) < 0)
			continue;
		ret = scst_map_pin_name(bpf_map__name(map), file, sizeof(file));
		if (!ret)
			ret = scst_pins_add(stage, file, bpf_map__fd(map), err);
		if (ret)
			return ret;
	}
	return 0;
}

int scst_pins_commit(const struct scst_paths *paths, struct scst_pins_stage *stage,
		     struct scst_error *err)
{
	char final[PATH_MAX];

	if (scst_pin_path(paths, stage->kind, stage->name, NULL, final))
		return scst_fail(err, -ENAMETOOLONG, "name %s is too long", stage->name);
	if (rename(stage->dir, final))
		return io_error(err, "cannot make", final);
	stage->dir[0] = '\0';
	return 0;
}

/* Whoever updates it: it belongs to whom it belonged to. */
static void keep_owner(const struct scst_paths *paths, const struct scst_pins_stage *stage)
{
	struct scst_error ignored = {};
	char owner[64];

	if (!scst_pins_note(paths, stage->kind, stage->name, SCST_PIN_OWNER, owner, sizeof(owner)))
		scst_pins_add_note(stage, SCST_PIN_OWNER, owner, &ignored);
}

int scst_pins_commit_over(const struct scst_paths *paths, struct scst_pins_stage *stage,
			  struct scst_error *err)
{
	char final[PATH_MAX];

	if (scst_pin_path(paths, stage->kind, stage->name, NULL, final))
		return scst_fail(err, -ENAMETOOLONG, "name %s is too long", stage->name);
	keep_owner(paths, stage);
	if (renameat2(AT_FDCWD, stage->dir, AT_FDCWD, final, RENAME_EXCHANGE))
		return io_error(err, "cannot replace", final);
	scst_pins_discard(stage);	/* what was there before */
	return 0;
}

void scst_pins_discard(struct scst_pins_stage *stage)
{
	if (stage->dir[0])
		remove_dir(stage->dir);
	stage->dir[0] = '\0';
}

/* Removal */

/*
 * Ends an attachment now and not when the kernel finds time to drop the last reference. Maps are no
 * links, and tracing links cannot: they go with their pin.
 */
static void detach(const char *path)
{
	_cleanup_close_ int fd = bpf_obj_get(path);

	if (fd >= 0)
		bpf_link_detach(fd);
}

int scst_pins_remove(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name,
		     struct scst_error *err)
{
	_cleanup_(scst_names_clear) struct scst_names files = {};
	char path[PATH_MAX];
	int ret;

	ret = scst_pins_files(paths, kind, name, &files, err);
	if (ret)
		return ret;
	for (size_t i = 0; i < files.nr; i++)
		if (!scst_pin_path(paths, kind, name, files.list[i], path))
			detach(path);
	ret = scst_pin_path(paths, kind, name, NULL, path) ?: remove_dir(path);
	if (ret)
		return scst_fail(err, ret, "cannot remove %s: %s", path, strerror(-ret));
	return 0;
}
