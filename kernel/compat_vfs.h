/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat.h for the files that open, make or rename by name.
 */
#ifndef _SCST_COMPAT_VFS_H
#define _SCST_COMPAT_VFS_H

#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/version.h>

/*
 * What @call returns when the names it looks up start at the root of PID 1. That is where kernel
 * threads had their root anyway, until 7.1 gave them an empty one.
 */
#ifdef scoped_with_init_fs
#define scst_from_init_root(call)		\
({						\
	CLASS(__override_init_fs, fs_)();	\
	call;					\
})
#else
#define scst_from_init_root(call) (call)
#endif

/* 6.19 hides the locking of a rename behind start_renaming(). 0 or -errno. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
static inline int scst_vfs_rename(const struct path *dir, const char *from, const char *to)
{
	struct renamedata rd = {
		.mnt_idmap = mnt_idmap(dir->mnt),
		.old_parent = dir->dentry,
		.new_parent = dir->dentry,
	};
	int err = start_renaming(&rd, 0, &QSTR(from), &QSTR(to));

	if (err)
		return err;
	err = vfs_rename(&rd);
	end_renaming(&rd);
	return err;
}
#else
static inline int scst_vfs_rename(const struct path *dir, const char *from, const char *to)
{
	struct mnt_idmap *idmap = mnt_idmap(dir->mnt);
	struct renamedata rd = {
		.old_mnt_idmap = idmap,
		.new_mnt_idmap = idmap,
		.old_dir = d_inode(dir->dentry),
		.new_dir = d_inode(dir->dentry),
	};
	int err;

	lock_rename(dir->dentry, dir->dentry);
	rd.old_dentry = lookup_one(idmap, from, dir->dentry, strlen(from));
	err = PTR_ERR_OR_ZERO(rd.old_dentry);
	if (err)
		goto out_unlock;
	rd.new_dentry = lookup_one(idmap, to, dir->dentry, strlen(to));
	err = PTR_ERR_OR_ZERO(rd.new_dentry);
	if (err)
		goto out_old;
	err = d_is_negative(rd.old_dentry) ? -ENOENT : vfs_rename(&rd);
	dput(rd.new_dentry);
out_old:
	dput(rd.old_dentry);
out_unlock:
	unlock_rename(dir->dentry, dir->dentry);
	return err;
}
#endif

/* 6.15 has vfs_mkdir() return a dentry, 6.18 renames the frame around it, 6.19 adds leases. */
static inline int scst_vfs_mkdir(const char *name, umode_t mode)
{
	struct dentry *dentry;
	struct path parent;
	int err;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
	dentry = scst_from_init_root(start_creating_path(AT_FDCWD, name, &parent,
							 LOOKUP_DIRECTORY));
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	dentry = vfs_mkdir(mnt_idmap(parent.mnt), d_inode(parent.dentry), dentry, mode, NULL);
	err = PTR_ERR_OR_ZERO(dentry);
	end_creating_path(&parent, dentry);
#else
	dentry = kern_path_create(AT_FDCWD, name, &parent, LOOKUP_DIRECTORY);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	err = vfs_mkdir(mnt_idmap(parent.mnt), d_inode(parent.dentry), dentry, mode);
	done_path_create(&parent, dentry);
#endif
	return err;
}

#endif
