// SPDX-License-Identifier: GPL-2.0
/*
 * vdisk_fileio: a file, or a block device through the page cache. A file system may always sleep,
 * so every verb runs in a thread; there it is synchronous, with the command's own pages.
 *
 * The file system must not wait for the initiator, who may be this host and writing back to free
 * memory: as the loop driver does, I/O here starts none of its own, and is not throttled by
 * dirty pages that only it can clean.
 */
#include <linux/blkdev.h>
#include <linux/bvec.h>
#include <linux/falloc.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "vdisk.h"

#define IO_FLAGS (PF_LOCAL_THROTTLE | PF_MEMALLOC_NOIO)

/* The data of @cmd; NULL: no memory. The caller frees it. */
static struct bio_vec *cmd_bvecs(const struct scst_cmd *cmd)
{
	struct bio_vec *bvecs = kmalloc_array(cmd->sg_cnt, sizeof(*bvecs), GFP_NOIO);
	struct scatterlist *sg;
	int i;

	if (!bvecs)
		return NULL;
	for_each_sg(cmd->sg, sg, cmd->sg_cnt, i)
		bvec_set_page(&bvecs[i], sg_page(sg), sg->length, sg->offset);
	return bvecs;
}

static ssize_t read_some(struct file *file, struct iov_iter *iter, loff_t *pos, rwf_t flags)
{
	ssize_t done = vfs_iter_read(file, iter, pos, flags);

	/* The file became shorter than the disk. */
	return done ?: -EIO;
}

static ssize_t write_some(struct file *file, struct iov_iter *iter, loff_t *pos, rwf_t flags)
{
	ssize_t done;

	file_start_write(file);
	done = vfs_iter_write(file, iter, pos, flags);
	file_end_write(file);
	return done ?: -EIO;
}

/* What a file system takes at once can be less than there is. */
static void move_data(struct scst_cmd *cmd, unsigned int dir, struct bio_vec *bvecs, rwf_t flags)
{
	struct file *file = to_vdisk(cmd->dev)->file;
	loff_t pos = cmd->params.lba << cmd->dev->lu.block_shift;
	struct iov_iter iter;

	iov_iter_bvec(&iter, dir, bvecs, cmd->sg_cnt, cmd->xfer_len);
	while (iov_iter_count(&iter) && !scst_cmd_aborted(cmd)) {
		ssize_t done = dir == ITER_DEST ? read_some(file, &iter, &pos, flags) :
						  write_some(file, &iter, &pos, flags);

		if (done < 0) {
			vdisk_fail_errno(cmd, done);
			return;
		}
	}
}

static enum scst_exec_result fileio_rw(struct scst_cmd *cmd, unsigned int dir, rwf_t flags)
{
	unsigned int old_flags = current->flags;
	struct bio_vec *bvecs;

	if (!cmd->xfer_len)
		return SCST_EXEC_DONE;
	if (!cmd->may_sleep)
		return SCST_EXEC_THREAD;
	bvecs = cmd_bvecs(cmd);
	if (!bvecs) {
		cmd->status = SAM_STAT_BUSY;
		return SCST_EXEC_DONE;
	}
	current->flags |= IO_FLAGS;
	move_data(cmd, dir, bvecs, flags);
	current_restore_flags(old_flags, IO_FLAGS);
	kfree(bvecs);
	return SCST_EXEC_DONE;
}

static enum scst_exec_result fileio_read(struct scst_cmd *cmd)
{
	return fileio_rw(cmd, ITER_DEST, 0);
}

/* With write_through the file is O_DSYNC. */
static enum scst_exec_result fileio_write(struct scst_cmd *cmd)
{
	bool fua = cmd->params.how & SCST_HOW_FUA && !to_vdisk(cmd->dev)->nv_cache;

	return fileio_rw(cmd, ITER_SOURCE, fua ? RWF_DSYNC : 0);
}

/* Reaches the medium, and tells of earlier write-back that failed. No blocks: to the end. */
static enum scst_exec_result fileio_flush(struct scst_cmd *cmd)
{
	const struct vdisk *vd = to_vdisk(cmd->dev);
	loff_t pos = cmd->params.lba << vd->dev.lu.block_shift;
	loff_t len = (loff_t)cmd->params.nblocks << vd->dev.lu.block_shift;
	unsigned int old_flags = current->flags;
	int err;

	if (vd->nv_cache)
		return SCST_EXEC_DONE;
	if (!cmd->may_sleep)
		return SCST_EXEC_THREAD;
	current->flags |= IO_FLAGS;
	err = vfs_fsync_range(vd->file, pos, len ? pos + len - 1 : LLONG_MAX, 1);
	current_restore_flags(old_flags, IO_FLAGS);
	if (err)
		vdisk_fail_errno(cmd, err);
	return SCST_EXEC_DONE;
}

static int punch_hole(struct vdisk *vd, u64 pos, u64 len)
{
	unsigned int old_flags = current->flags;
	int err;

	current->flags |= IO_FLAGS;
	err = vfs_fallocate(vd->file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, pos, len);
	current_restore_flags(old_flags, IO_FLAGS);
	return err;
}

static enum scst_exec_result fileio_unmap(struct scst_cmd *cmd)
{
	return vdisk_unmap(cmd, punch_hole);
}

static u64 fileio_capacity(const struct vdisk *vd)
{
	return i_size_read(vd->file->f_mapping->host);
}

static struct file *open_file(struct vdisk *vd)
{
	int flags = O_LARGEFILE | (vd->o_direct ? O_DIRECT : 0) |
		    (vd->write_through ? O_DSYNC : 0);
	struct file *file = ERR_PTR(-EROFS);

	if (!vd->dev.lu.read_only)
		file = filp_open(vd->filename, flags | O_RDWR, 0);
	if (file != ERR_PTR(-EROFS))
		return file;
	vd->dev.lu.read_only = true;
	return filp_open(vd->filename, flags | O_RDONLY, 0);
}

/* The smallest block that can be read or written by itself. */
static u32 smallest_block(const struct vdisk *vd)
{
	const struct inode *inode = vd->file->f_mapping->host;

	if (S_ISBLK(inode->i_mode))
		return bdev_logical_block_size(I_BDEV(vd->file->f_mapping->host));
	if (vd->o_direct && inode->i_sb->s_bdev)
		return bdev_logical_block_size(inode->i_sb->s_bdev);
	return 512;
}

static const char *unfit(const struct vdisk *vd, const struct vdisk_args *args)
{
	const struct inode *inode = vd->file->f_mapping->host;

	if (!S_ISREG(inode->i_mode) && !S_ISBLK(inode->i_mode))
		return "neither a file nor a block device";
	if (!(vd->file->f_mode & FMODE_CAN_READ) ||
	    (!vd->dev.lu.read_only && !(vd->file->f_mode & FMODE_CAN_WRITE)))
		return "its file system does not let the kernel read and write";
	if (args->blocksize && args->blocksize < smallest_block(vd))
		return "blocksize is smaller than what it takes";
	if (args->thin > 0 && !vd->file->f_op->fallocate)
		return "its file system cannot punch holes";
	return NULL;
}

static void describe(struct vdisk *vd, const struct vdisk_args *args)
{
	struct scst_lu *lu = &vd->dev.lu;

	lu->rotational = args->rotational != 0;
	lu->write_cache = !vd->nv_cache && !vd->write_through;
	lu->thin = args->thin > 0;
	lu->unmap_zeroes = lu->thin;
	if (lu->thin)
		lu->unmap_gran = i_blocksize(vd->file->f_mapping->host) >> lu->block_shift;
	else
		vd->dev.lacks = BIT(SCST_VERB_UNMAP);
}

static int use_file(struct vdisk *vd, const struct vdisk_args *args)
{
	const char *why = unfit(vd, args);
	int err;

	if (why) {
		pr_err("scst_vdisk: %s: %s: %s\n", vd->dev.name, vd->filename, why);
		return -EINVAL;
	}
	err = vdisk_set_geometry(vd, args, smallest_block(vd), fileio_capacity(vd));
	if (!err)
		describe(vd, args);
	return err;
}

static void fileio_close(struct vdisk *vd)
{
	filp_close(vd->file, NULL);
}

static int fileio_open(struct vdisk *vd, const struct vdisk_args *args)
{
	int err;

	vd->file = open_file(vd);
	if (IS_ERR(vd->file))
		return PTR_ERR(vd->file);
	err = use_file(vd, args);
	if (err)
		fileio_close(vd);
	return err;
}

static int fileio_add_device(const char *name, struct scst_params *params)
{
	return vdisk_add(&vdisk_fileio, name, params);
}

struct vdisk_kind vdisk_fileio __ro_after_init = {
	.ops = {
		.name			= "vdisk_fileio",
		.owner			= THIS_MODULE,
		.type			= 0x00,
		.verb = {
			[SCST_VERB_READ]	= fileio_read,
			[SCST_VERB_WRITE]	= fileio_write,
			[SCST_VERB_FLUSH]	= fileio_flush,
			[SCST_VERB_UNMAP]	= fileio_unmap,
		},
		.add_device		= fileio_add_device,
		.del_device		= vdisk_del,
	},
	.bit		= VDISK_FILEIO,
	.open		= fileio_open,
	.close		= fileio_close,
	.capacity	= fileio_capacity,
};
