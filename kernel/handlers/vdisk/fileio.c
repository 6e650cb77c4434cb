// SPDX-License-Identifier: GPL-2.0
/*
 * vdisk_fileio: a file, or a block device through the page cache.
 *
 * What is in the page cache is read where the command is, in any context: page_cache.c. Everything
 * else may sleep, in a file system that the initiator might be inside of already (its journal is
 * open when scst_local is called), so it is done in a thread; except that a caller who may sleep, a
 * transport's own thread, tries without waiting first. O_DIRECT is asynchronous with `async`: the
 * thread is free while the disk works. Otherwise the I/O is synchronous there.
 *
 * The file system must not wait for the initiator, who may be this host and writing back to free
 * memory: as the loop driver does, I/O here starts none of its own, and is not throttled by
 * dirty pages that only it can clean.
 */
#include <linux/backing-dev.h>
#include <linux/blkdev.h>
#include <linux/bvec.h>
#include <linux/cleanup.h>
#include <linux/errseq.h>
#include <linux/fadvise.h>
#include <linux/falloc.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/statfs.h>
#include <linux/uio.h>
#include <scst/handles.h>

#include "../../compat_vfs.h"
#include "vdisk.h"

#define IO_FLAGS (PF_LOCAL_THROTTLE | PF_MEMALLOC_NOIO)

#define HOW_SYNC BIT(30)	/* cmd->params.how: asynchronous I/O stopped half way */

static unsigned int io_begin(void)
{
	unsigned int old_flags = current->flags;

	current->flags |= IO_FLAGS;
	return old_flags;
}

static void io_end(unsigned int old_flags)
{
	current_restore_flags(old_flags, IO_FLAGS);
}

static ssize_t move_some(struct kiocb *iocb, unsigned int dir, struct iov_iter *iter)
{
	return dir == ITER_DEST ? vfs_iocb_iter_read(iocb->ki_filp, iocb, iter) :
				  vfs_iocb_iter_write(iocb->ki_filp, iocb, iter);
}

/* All of it: what a file system takes at once can be less. Nothing: the file became shorter. */
static int move_all(struct kiocb *iocb, unsigned int dir, struct iov_iter *iter)
{
	unsigned int old_flags = io_begin();
	ssize_t done = 1;

	while (done > 0 && iov_iter_count(iter))
		done = move_some(iocb, dir, iter);
	io_end(old_flags);
	return done > 0 ? 0 : done ?: -EIO;
}

static struct kiocb iocb_for(struct file *file, u64 pos, int flags)
{
	struct kiocb iocb;

	init_sync_kiocb(&iocb, file);
	iocb.ki_pos = pos;
	iocb.ki_flags |= flags;
	return iocb;
}

static void cmd_bvecs(const struct scst_cmd *cmd, struct bio_vec *bvecs)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(cmd->sg, sg, cmd->sg_cnt, i)
		bvec_set_page(&bvecs[i], sg_page(sg), sg->length, sg->offset);
}

static int move_data(struct scst_cmd *cmd, unsigned int dir, struct bio_vec *bvecs, int flags)
{
	struct kiocb iocb = iocb_for(to_vdisk(cmd->dev)->file, vdisk_cmd_span(cmd).pos, flags);
	struct iov_iter iter;

	cmd_bvecs(cmd, bvecs);
	iov_iter_bvec(&iter, dir, bvecs, cmd->sg_cnt, cmd->xfer_len);
	return move_all(&iocb, dir, &iter);
}

#define SHORT_SG 16	/* bvecs on the stack */

static noinline_for_stack int move_short(struct scst_cmd *cmd, unsigned int dir, int flags)
{
	struct bio_vec bvecs[SHORT_SG];

	return move_data(cmd, dir, bvecs, flags);
}

static int move_long(struct scst_cmd *cmd, unsigned int dir, int flags)
{
	struct bio_vec *bvecs = scst_tag_fails(vdisk_alloc) ? NULL :
				kmalloc_array(cmd->sg_cnt, sizeof(*bvecs), GFP_NOIO);
	int err = bvecs ? move_data(cmd, dir, bvecs, flags) : -EAGAIN;

	kfree(bvecs);
	return err;
}

static int move_sync(struct scst_cmd *cmd, unsigned int dir, int flags)
{
	return cmd->sg_cnt <= SHORT_SG ? move_short(cmd, dir, flags) : move_long(cmd, dir, flags);
}

/*
 * I/O that somebody else finishes. A file system looks at the iocb and its file until it returns,
 * even if the I/O is over by then: of the two the last one ends the command, behind which the file
 * may go.
 */
struct async_io {
	struct kiocb iocb;
	struct scst_cmd *cmd;
	refcount_t users;
	long done;
	struct bio_vec bvecs[];
};

/* It was cut short, and what is left has to say why; or it would have had to wait on its way. */
static bool wants_a_thread(const struct async_io *io)
{
	return (io->done >= 0 && io->done < io->cmd->xfer_len) ||
	       (io->done == -EAGAIN && io->iocb.ki_flags & IOCB_NOWAIT);
}

static void finish_async(struct async_io *io)
{
	bool in_thread = wants_a_thread(io);
	struct scst_cmd *cmd = io->cmd;
	long done = io->done;

	kfree(io);
	if (in_thread) {
		cmd->params.how |= HOW_SYNC;
		scst_cmd_exec_again(cmd);
		return;
	}
	if (done < 0)
		vdisk_fail_errno(cmd, done);
	scst_cmd_exec_done(cmd);
}

static void async_put(struct async_io *io)
{
	if (refcount_dec_and_test(&io->users))
		finish_async(io);
}

static void async_done(struct kiocb *iocb, long done)
{
	struct async_io *io = container_of(iocb, struct async_io, iocb);

	if (iocb->ki_flags & IOCB_WRITE)
		kiocb_end_write(iocb);
	io->done = done;
	scst_tag(vdisk_async);
	async_put(io);
}

static int move_async(struct scst_cmd *cmd, unsigned int dir, int flags)
{
	struct async_io *io = kmalloc(struct_size(io, bvecs, cmd->sg_cnt), GFP_NOIO);
	unsigned int old_flags;
	struct iov_iter iter;
	ssize_t done;

	if (!io)
		return -EAGAIN;
	io->cmd = cmd;
	refcount_set(&io->users, 2);
	io->iocb = iocb_for(to_vdisk(cmd->dev)->file, vdisk_cmd_span(cmd).pos, flags);
	io->iocb.ki_complete = async_done;
	cmd_bvecs(cmd, io->bvecs);
	iov_iter_bvec(&iter, dir, io->bvecs, cmd->sg_cnt, cmd->xfer_len);
	old_flags = io_begin();
	done = move_some(&io->iocb, dir, &iter);
	io_end(old_flags);
	if (done == -EAGAIN && flags & IOCB_NOWAIT) {
		kfree(io);
		return done;
	}
	if (done != -EIOCBQUEUED) {
		io->done = done;
		refcount_dec(&io->users);
	}
	async_put(io);
	return -EIOCBQUEUED;
}

static int move(struct scst_cmd *cmd, unsigned int dir, int flags)
{
	if (to_vdisk(cmd->dev)->async && !(cmd->params.how & HOW_SYNC))
		return move_async(cmd, dir, flags);
	return move_sync(cmd, dir, flags);
}

/* NOWAIT says that nothing is waited for on the way; the medium is, in the end. */
static bool ends_at_the_medium(const struct vdisk *vd, int flags)
{
	return vd->o_direct ? !vd->async : flags & IOCB_DSYNC;
}

/*
 * In a thread of the core we may wait. In one of the transport we must not wait for the medium, but
 * a file that is nothing but memory has none.
 */
static bool may_try(const struct scst_cmd *cmd, int *flags)
{
	const struct vdisk *vd = to_vdisk(cmd->dev);

	if (cmd->in_thread || !cmd->may_sleep || vd->in_memory)
		return cmd->may_sleep;
	if (ends_at_the_medium(vd, *flags))
		return false;
	*flags |= IOCB_NOWAIT;
	return vd->file->f_mode & FMODE_NOWAIT;
}

static enum scst_exec_result fileio_rw(struct scst_cmd *cmd, unsigned int dir, int flags)
{
	int err;

	if (vdisk_tears_blocks(cmd))
		return vdisk_move_copied(cmd, dir, flags & IOCB_DSYNC);
	if (!may_try(cmd, &flags))
		return SCST_EXEC_THREAD;
	err = move(cmd, dir, flags);
	if (err == -EIOCBQUEUED)
		return SCST_EXEC_PENDING;
	if (flags & IOCB_NOWAIT && (err == -EAGAIN || err == -EOPNOTSUPP))
		return SCST_EXEC_THREAD;
	if (err)
		vdisk_fail_errno(cmd, err);
	return SCST_EXEC_DONE;
}

enum scst_exec_result vdisk_file_read(struct scst_cmd *cmd)
{
	enum scst_exec_result result;

	if (!vdisk_begin(cmd, &result))
		return result;
	scst_tag(vdisk_gate);
	if (!cmd->xfer_len || (cmd->sg ? vdisk_read_cached(cmd) : vdisk_lend_cached(cmd)))
		return SCST_EXEC_DONE;
	SCST_SOMETIMES(file_not_cached);
	if (!scst_cmd_buffer(cmd, &result))
		return result;
	return fileio_rw(cmd, ITER_DEST, 0);
}

/* Without a cache (write_through, or WCE is 0) each write is as if it had FUA. */
static enum scst_exec_result fileio_write_with(struct scst_cmd *cmd, int flags)
{
	const struct vdisk *vd = to_vdisk(cmd->dev);
	enum scst_exec_result result;

	if (!vdisk_begin(cmd, &result))
		return result;
	scst_tag(vdisk_gate);
	if (!cmd->xfer_len)
		return SCST_EXEC_DONE;
	if ((cmd->params.how & SCST_HOW_FUA || !vd->dev.lu.write_cache) && !vd->nv_cache)
		flags |= IOCB_DSYNC;
	return fileio_rw(cmd, ITER_SOURCE, flags | IOCB_WRITE);
}

static enum scst_exec_result fileio_write(struct scst_cmd *cmd)
{
	return fileio_write_with(cmd, 0);
}

/* Only with O_DIRECT: see describe(). */
static enum scst_exec_result fileio_write_atomic(struct scst_cmd *cmd)
{
	if (vdisk_tears_blocks(cmd)) {
		scst_cmd_fail(cmd, SCST_SENSE_INTERNAL_FAILURE);
		return SCST_EXEC_DONE;
	}
	return fileio_write_with(cmd, IOCB_ATOMIC);
}

static int fileio_move(struct vdisk *vd, unsigned int dir, struct bio_vec *bvecs, unsigned int nr,
		       u64 pos, u32 len, bool durable)
{
	int flags = (dir == ITER_SOURCE ? IOCB_WRITE : 0) |
		    ((durable || !vd->dev.lu.write_cache) && !vd->nv_cache ? IOCB_DSYNC : 0);
	struct kiocb iocb = iocb_for(vd->file, pos, flags);
	struct iov_iter iter;

	iov_iter_bvec(&iter, dir, bvecs, nr, len);
	return move_all(&iocb, dir, &iter);
}

static int fileio_sync(struct vdisk *vd, u64 pos, u64 len)
{
	unsigned int old_flags;
	int err;

	if (vd->nv_cache)
		return 0;
	old_flags = io_begin();
	err = vfs_fsync_range(vd->file, pos, pos + len - 1, 1);
	io_end(old_flags);
	return err;
}

/* Clean pages go; the next read is from the medium. */
static void fileio_forget(struct vdisk *vd, u64 pos, u64 len)
{
	unsigned int old_flags = io_begin();

	vfs_fadvise(vd->file, pos, len, POSIX_FADV_DONTNEED);
	io_end(old_flags);
}

static void fileio_prefetch(struct vdisk *vd, u64 pos, u64 len)
{
	unsigned int old_flags = io_begin();

	vfs_fadvise(vd->file, pos, len, POSIX_FADV_WILLNEED);
	io_end(old_flags);
}

/*
 * Write-back that failed behind the back of those who wrote is told to every initiator, once: what
 * the kernel remembers of it is compared with what this one was told last.
 */
static int check_write_back(struct scst_cmd *cmd)
{
	struct vdisk *vd = to_vdisk(cmd->dev);
	errseq_t *told = scst_cmd_note(cmd);

	guard(spinlock_irq)(&vd->gate_lock);
	if (!*told)
		*told = vd->wb_err;
	return errseq_check_and_advance(&vd->file->f_mapping->wb_err, told);
}

/* Reaches the medium. No blocks: to the end. */
static enum scst_exec_result fileio_flush(struct scst_cmd *cmd)
{
	struct vdisk *vd = to_vdisk(cmd->dev);
	struct vdisk_span span = vdisk_cmd_span(cmd);
	enum scst_exec_result result;
	int err, earlier;

	if (vd->nv_cache)
		return SCST_EXEC_DONE;
	if (!vdisk_begin_in_thread(cmd, &result))
		return result;
	err = fileio_sync(vd, span.pos, span.len ?: LLONG_MAX - span.pos);
	earlier = check_write_back(cmd);
	err = err ?: earlier;
	if (err)
		vdisk_fail_errno(cmd, err);
	return SCST_EXEC_DONE;
}

static int change_space(struct vdisk *vd, int mode, u64 pos, u64 len)
{
	unsigned int old_flags = io_begin();
	int err = vfs_fallocate(vd->file, mode | FALLOC_FL_KEEP_SIZE, pos, len);

	io_end(old_flags);
	return err;
}

static int fileio_unmap(struct vdisk *vd, u64 pos, u64 len)
{
	return change_space(vd, FALLOC_FL_PUNCH_HOLE, pos, len);
}

static int fileio_zero(struct vdisk *vd, u64 pos, u64 len, bool unmap)
{
	if (unmap)
		return change_space(vd, FALLOC_FL_PUNCH_HOLE, pos, len);
	return change_space(vd, FALLOC_FL_ZERO_RANGE, pos, len);
}

/* It reads the map of the file, under a lock that writes of it wait for. */
static loff_t seek(struct vdisk *vd, u64 pos, int whence)
{
	unsigned int old_flags = io_begin();
	loff_t at = vfs_llseek(vd->file, pos, whence);

	io_end(old_flags);
	return at;
}

/* What lseek knows; a file system that knows nothing says that all is data. */
static u64 fileio_extent(struct vdisk *vd, u64 pos, u64 end, bool *mapped)
{
	loff_t data = seek(vd, pos, SEEK_DATA);
	loff_t stop = data;

	*mapped = data != -ENXIO && (data < 0 || (u64)data == pos);
	if (*mapped)
		stop = seek(vd, pos, SEEK_HOLE);
	return stop < 0 ? end : min((u64)stop, end);
}

/*
 * f_bavail: what is kept for root is not for disks, even if they could have it. A block device lies
 * in a file system that has nothing to do with its blocks: @pool stays what somebody said.
 */
static int fileio_pool(struct vdisk *vd, struct vdisk_pool *pool)
{
	struct kstatfs stat;
	int err;

	if (S_ISBLK(file_inode(vd->file)->i_mode))
		return 0;
	err = vfs_statfs(&vd->file->f_path, &stat);
	if (err)
		return err;
	*pool = (struct vdisk_pool){	/* f_bsize is what FUSE wants to be asked for at once */
		.available	= (u64)stat.f_bavail * stat.f_frsize,
		.total		= (u64)stat.f_blocks * stat.f_frsize,
		.used		= (u64)READ_ONCE(file_inode(vd->file)->i_blocks) << SECTOR_SHIFT,
	};
	return 0;
}

u64 vdisk_file_capacity(const struct vdisk *vd)
{
	return i_size_read(vd->file->f_mapping->host);
}

/* By its file system, its attributes, its owner or those who run it. */
static bool is_for_reading(const struct file *err)
{
	return err == ERR_PTR(-EROFS) || err == ERR_PTR(-EPERM) || err == ERR_PTR(-EACCES) ||
	       err == ERR_PTR(-ETXTBSY);
}

static struct file *open_file(struct vdisk *vd)
{
	int flags = O_LARGEFILE | O_NOATIME | (vd->o_direct ? O_DIRECT : 0);
	struct file *file = ERR_PTR(-EROFS);

	if (!vd->dev.lu.read_only)
		file = scst_from_init_root(filp_open(vd->filename, flags | O_RDWR, 0));
	if (!is_for_reading(file) || (vd->published && !vd->dev.lu.read_only))
		return file;
	vd->dev.lu.read_only = true;
	return scst_from_init_root(filp_open(vd->filename, flags | O_RDONLY, 0));
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

static const char *unfit(const struct vdisk *vd)
{
	const struct inode *inode = vd->file->f_mapping->host;

	if (!S_ISREG(inode->i_mode) && !S_ISBLK(inode->i_mode))
		return "neither a file nor a block device";
	if (!(vd->file->f_mode & FMODE_CAN_READ) ||
	    (!vd->dev.lu.read_only && !(vd->file->f_mode & FMODE_CAN_WRITE)))
		return "its file system does not let the kernel read and write";
	if (vd->args.blocksize && vd->args.blocksize < smallest_block(vd))
		return "blocksize is smaller than what it takes";
	return NULL;
}

/* Whole or not at all: only past the page cache. */
static bool describe_atomic(struct vdisk *vd)
{
	struct scst_lu *lu = &vd->dev.lu;
	struct kstat stat;

	if (!vd->o_direct || !(vd->file->f_mode & FMODE_CAN_ATOMIC_WRITE) ||
	    vfs_getattr(&vd->file->f_path, &stat, STATX_WRITE_ATOMIC, AT_STATX_SYNC_AS_STAT))
		return false;
	lu->atomic_max = stat.atomic_write_unit_max >> lu->block_shift;
	lu->atomic_align = stat.atomic_write_unit_min >> lu->block_shift;
	return lu->atomic_max;
}

static void describe(struct vdisk *vd)
{
	struct scst_lu *lu = &vd->dev.lu;

	lu->rotational = vd->args.rotational != 0;
	vdisk_set_cache(vd, !vd->nv_cache);
	lu->thin = vd->args.thin > 0 && vd->file->f_op->fallocate;
	vdisk_warn_not_thin(vd);
	lu->unmap_zeroes = lu->thin;
	vd->wb_err = errseq_sample(&vd->file->f_mapping->wb_err);
	vd->in_memory = !mapping_can_writeback(vd->file->f_mapping);
	vd->boundary = ~0ul;
	vd->whole = vd->o_direct && smallest_block(vd) > SECTOR_SIZE ? smallest_block(vd) : 0;
	vd->dev.lacks = describe_atomic(vd) ? 0 : BIT(SCST_VERB_WRITE_ATOMIC);
	if (lu->thin)
		lu->unmap_gran = i_blocksize(vd->file->f_mapping->host) >> lu->block_shift;
	else
		vd->dev.lacks |= BIT(SCST_VERB_UNMAP);
}

static int use_file(struct vdisk *vd)
{
	const char *why;
	int err;

	if (!vd->published && !(vd->file->f_mode & FMODE_CAN_WRITE))
		vd->dev.lu.read_only = true;
	why = unfit(vd);

	if (why) {
		pr_err("scst_vdisk: %s: %s: %s\n", vd->dev.name,
		       scst_printable(vd->filename).text, why);
		return -EINVAL;
	}
	err = vdisk_set_geometry(vd, smallest_block(vd), vdisk_file_capacity(vd));
	if (!err)
		describe(vd);
	return err;
}

void vdisk_file_close(struct vdisk *vd)
{
	filp_close(vd->file, NULL);
}

int vdisk_file_open(struct vdisk *vd)
{
	int err;

	vd->file = open_file(vd);
	if (IS_ERR(vd->file))
		return PTR_ERR(vd->file);
	err = use_file(vd);
	if (err)
		vdisk_file_close(vd);
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
			[SCST_VERB_READ]	= vdisk_file_read,
			[SCST_VERB_WRITE]	= fileio_write,
			[SCST_VERB_FLUSH]	= fileio_flush,
			[SCST_VERB_UNMAP]	= vdisk_unmap,
			[SCST_VERB_WRITE_ATOMIC] = fileio_write_atomic,
			VDISK_SHARED_VERBS,
		},
		.lends			= true,
		.add_device		= fileio_add_device,
		VDISK_DEL_DEVICE,
	},
	.vendor		= "SCST_FIO",
	.bit		= VDISK_FILEIO,
	.open		= vdisk_file_open,
	.close		= vdisk_file_close,
	.capacity	= vdisk_file_capacity,
	.move		= fileio_move,
	.sync		= fileio_sync,
	.forget		= fileio_forget,
	.unmap		= fileio_unmap,
	.zero		= fileio_zero,
	.prefetch	= fileio_prefetch,
	.pool		= fileio_pool,
	.extent		= fileio_extent,
};
