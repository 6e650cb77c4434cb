// SPDX-License-Identifier: GPL-2.0
/*
 * Whole files. What is written is durable when the call returns: the data, and the name under which
 * it is found.
 */
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <scst/tags.h>

#include "../../compat_vfs.h"
#include "store.h"

static int read_all(struct file *file, void *data, size_t len)
{
	loff_t pos = 0;
	ssize_t n;

	while (pos < len) {
		n = kernel_read(file, data + pos, len - pos, &pos);
		if (n < 0)
			return n;
		if (!n)
			return -EIO;	/* it was longer a moment ago */
	}
	return 0;
}

static int read_file(struct file *file, size_t max, void **data, size_t *len)
{
	loff_t size = i_size_read(file_inode(file));
	void *buf;
	int err;

	if (!S_ISREG(file_inode(file)->i_mode))
		return -EINVAL;
	if (size > max)
		return -EFBIG;
	*data = NULL;
	*len = size;
	if (!size)
		return 0;
	buf = kvmalloc(size, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	err = read_all(file, buf, size);
	if (err)
		kvfree(buf);
	else
		*data = buf;
	return err;
}

int scst_file_read(const char *path, size_t max, void **data, size_t *len)
{
	/* O_NONBLOCK: a FIFO must not hang us before it is refused. */
	struct file *file = scst_from_init_root(filp_open(path, O_RDONLY | O_NONBLOCK, 0));
	int err;

	if (IS_ERR(file))
		return PTR_ERR(file);
	err = read_file(file, max, data, len);
	filp_close(file, NULL);
	return err;
}

int scst_file_write_at(struct file *file, const void *data, size_t len, loff_t pos)
{
	ssize_t n;

	while (len) {
		if (scst_tag_fails(file_write))
			return -ENOSPC;
		n = kernel_write(file, data, len, &pos);
		if (n < 0)
			return n;
		if (!n)
			return -EIO;
		data += n;
		len -= n;
	}
	return 0;
}

static int write_new(const char *path, const void *data, size_t len)
{
	int err, flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW;
	struct file *file = scst_from_init_root(filp_open(path, flags, 0600));

	if (IS_ERR(file))
		return PTR_ERR(file);
	err = scst_file_write_at(file, data, len, 0);
	if (!err)
		err = scst_tag_fails(file_sync) ? -EIO : vfs_fsync(file, 0);
	filp_close(file, NULL);
	return err;
}

/* Some file systems have nothing to do for a directory and say so. */
static int sync_dir(const struct path *dir)
{
	struct file *file = dentry_open(dir, O_RDONLY | O_DIRECTORY, current_cred());
	int err;

	if (IS_ERR(file))
		return PTR_ERR(file);
	err = vfs_fsync(file, 0);
	fput(file);
	return err == -EINVAL ? 0 : err;
}

static int rename_in_dir(const struct path *dir, const char *from, const char *to)
{
	int err = mnt_want_write(dir->mnt);

	if (err)
		return err;
	err = scst_vfs_rename(dir, from, to);
	mnt_drop_write(dir->mnt);
	return err ?: sync_dir(dir);
}

/* Each directory above the last name in @path, which is cut up and put together again. */
static int make_dirs(char *path)
{
	char *slash = path + strlen(SCST_STATE_DIR);
	int err = 0;

	if (strncmp(path, SCST_STATE_DIR "/", slash - path + 1))
		return 0;
	for (; slash && !err; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		err = scst_vfs_mkdir(path, 0700);
		*slash = '/';
		if (err == -EEXIST)
			err = 0;
	}
	return err;
}

static int open_dir_of(char *path, struct path *dir, const char **name)
{
	char *slash = strrchr(path, '/');
	int err;

	if (path[0] != '/' || !slash[1])
		return -EINVAL;
	*name = slash + 1;
	*slash = '\0';
	err = scst_from_init_root(kern_path(slash == path ? "/" : path,
					    LOOKUP_FOLLOW | LOOKUP_DIRECTORY, dir));
	*slash = '/';
	return err;
}

static int replace(char *path, const char *temp, const void *data, size_t len)
{
	const char *name;
	struct path dir;
	int err;

	err = open_dir_of(path, &dir, &name);
	if (err == -ENOENT) {
		err = make_dirs(path);
		if (!err)
			err = open_dir_of(path, &dir, &name);
	}
	if (err)
		return err;
	err = write_new(temp, data, len);
	if (!err)
		err = rename_in_dir(&dir, strrchr(temp, '/') + 1, name);
	path_put(&dir);
	return err;
}

/* No object's name has a blank, so no other device's file is called like that. */
int scst_file_replace(const char *path, const void *data, size_t len)
{
	char *copy = kstrdup(path, GFP_KERNEL);
	char *temp = kasprintf(GFP_KERNEL, "%s new", path);
	int err = copy && temp ? replace(copy, temp, data, len) : -ENOMEM;

	kfree(temp);
	kfree(copy);
	return err;
}

int scst_file_keep(const char *path, const char *suffix)
{
	char *to = kasprintf(GFP_KERNEL, "%s%s", path, suffix);
	void *data;
	size_t len;
	int err;

	if (!to)
		return -ENOMEM;
	err = scst_file_read(path, SCST_FOREIGN_MAX, &data, &len);
	if (!err) {
		err = scst_file_replace(to, data, len);
		kvfree(data);
	}
	kfree(to);
	return err;
}

/* To the place of @to, which is in the same directory. */
static int move_beside(const char *path, const char *to)
{
	char *copy = kstrdup(path, GFP_KERNEL);
	const char *name;
	struct path dir;
	int err;

	if (!copy)
		return -ENOMEM;
	err = open_dir_of(copy, &dir, &name);
	if (!err) {
		err = rename_in_dir(&dir, name, strrchr(to, '/') + 1);
		path_put(&dir);
	}
	kfree(copy);
	return err;
}

/* What is in the way of SCST's copy may be torn, or gone. */
static int put_in_place(const char *path, const char *copy)
{
	int err = scst_file_keep(path, ".lost~");

	return err && err != -ENOENT ? err : move_beside(copy, path);
}

/* A copy that does not count is moved to where the file is kept next, which overwrites it. */
int scst_file_keep_scst(const char *path, const char *copy, bool copy_counts)
{
	char *kept = kasprintf(GFP_KERNEL, "%s.scst~", path);
	int err = kept ? 0 : -ENOMEM;

	if (!err && copy)
		err = copy_counts ? put_in_place(path, copy) : move_beside(copy, kept);
	kfree(kept);
	return err ?: scst_file_keep(path, ".scst~");
}
