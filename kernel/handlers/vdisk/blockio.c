// SPDX-License-Identifier: GPL-2.0
/*
 * vdisk_blockio: a block device, past the page cache, with the command's own pages.
 *
 * In a context that may sleep, reads and writes are bios. Elsewhere they are requests, if the
 * device takes requests: submit_bio() may sleep, and below another submit_bio() (scst_local's
 * initiator is in one) it would put the bio on a list that the outer call looks at only after it
 * has slept for what this bio will free. Request-based device-mapper has the same trouble and the
 * same way out, blk_insert_cloned_request(), which passes by the scheduler, plugs and the bio list.
 * Whatever does not go that way (no request to be had, limits that call for a split, a scheduler, a
 * stacked device) goes to a thread.
 *
 * A thread of the transport may sleep, but serves other disks too: its bios do not wait until the
 * device has room for them (REQ_NOWAIT). Where they would, a thread of the core does.
 */
#include <linux/bio.h>
#include <linux/blk-integrity.h>
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/file.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <scst/handles.h>

#include "../../compat_vfs.h"
#include "vdisk.h"

/*
 * A bio that needed a flush of the device ends under the flush lock of its queue. The initiator may
 * be a queue of this host as well (scst_local), and end a flush of its own with its own flush lock.
 */
static bool ends_under_lock(const struct bio *bio)
{
	return (bio->bi_opf & REQ_PREFLUSH) ||
	       ((bio->bi_opf & REQ_FUA) && !bdev_fua(bio->bi_bdev));
}

/* The bio of a command with few pieces. */
struct slot_bio {
	struct bio bio;
	struct bio_vec vecs[8];
};

static_assert(sizeof(struct slot_bio) <= SCST_CMD_ROOM);

static struct slot_bio *slot_bio(struct scst_cmd *cmd)
{
	return (struct slot_bio *)cmd->room;
}

static void free_first_bio(struct scst_cmd *cmd, struct bio *bio)
{
	if (bio == &slot_bio(cmd)->bio)
		bio_uninit(bio);
	else
		bio_put(bio);
}

/* There was no room; or the device is another one by now, below which nobody knows of that. */
static bool had_to_wait(const struct bio *bio)
{
	return bio->bi_opf & REQ_NOWAIT &&
	       (bio->bi_status == BLK_STS_AGAIN || bio->bi_status == BLK_STS_NOTSUPP);
}

/* A device that is shared tells nobody of its death, but by its errors. */
static void fail_bio(struct scst_cmd *cmd, const struct bio *bio)
{
	struct vdisk *vd = to_vdisk(cmd->dev);

	if (vd->shared && test_bit(GD_DEAD, &bio->bi_bdev->bd_disk->state))
		vdisk_lose(vd);
	vdisk_fail(cmd, bio->bi_status);
}

static void blockio_end_io(struct bio *bio)
{
	struct scst_cmd *cmd = bio->bi_private;
	bool in_thread = ends_under_lock(bio), again = had_to_wait(bio);

	if (unlikely(bio->bi_status && !again))
		fail_bio(cmd, bio);
	free_first_bio(cmd, bio);
	SCST_SOMETIMES_IF(again, nowait_waits);
	if (unlikely(again))
		scst_cmd_exec_again(cmd);
	else if (unlikely(in_thread))
		scst_cmd_exec_done_in_thread(cmd);
	else
		scst_cmd_exec_done(cmd);
}

/*
 * Of our own: the bios that come to scst_local from this host's file systems and swap are of the
 * kernel's, and wait for ours.
 */
static struct bio_set blockio_bios;

static struct bio *alloc_bio(struct block_device *bdev, blk_opf_t opf, unsigned int nr_vecs,
			     gfp_t gfp)
{
	return bio_alloc_bioset(bdev, nr_vecs, opf, gfp, &blockio_bios);
}

static struct bio *first_bio(struct scst_cmd *cmd, blk_opf_t opf, unsigned int nr_vecs, gfp_t gfp)
{
	struct block_device *bdev = to_vdisk(cmd->dev)->bdev;
	struct slot_bio *slot = slot_bio(cmd);
	struct bio *bio = &slot->bio;

	if (likely(nr_vecs <= ARRAY_SIZE(slot->vecs)))
		bio_init(bio, bdev, slot->vecs, ARRAY_SIZE(slot->vecs), opf);
	else
		bio = alloc_bio(bdev, opf, nr_vecs, gfp);
	if (unlikely(!bio))
		return NULL;
	bio->bi_iter.bi_sector = cmd->params.lba << (cmd->dev->lu.block_shift - SECTOR_SHIFT);
	bio->bi_private = cmd;
	bio->bi_end_io = blockio_end_io;
	return bio;
}

/*
 * The bio behind @full, which takes its place as the one to add to. @full is on its way before
 * there is another one, so that with the last bio of the set there is always one to wait for.
 * @first ends when all have, and stays for us until the last is submitted.
 */
static struct bio *next_bio(struct bio *first, struct bio *full, unsigned int nr_vecs)
{
	struct block_device *bdev = full->bi_bdev;
	sector_t sector = bio_end_sector(full);
	blk_opf_t opf = full->bi_opf;
	struct bio *bio;

	if (full == first)
		bio_inc_remaining(first);
	submit_bio(full);
	bio = alloc_bio(bdev, opf, nr_vecs, GFP_NOIO);
	bio->bi_iter.bi_sector = sector;
	bio_chain(bio, first);
	return bio;
}

/*
 * The last pieces that a bio can hold are for the block that is begun, since the device takes no
 * part of one: the smallest piece is a sector. Return: how much went into @bio; 0, it is full.
 */
static u32 add_piece(struct bio *bio, struct page *page, u32 offset, u32 len)
{
	u32 block = bdev_logical_block_size(bio->bi_bdev);
	u32 begun = bio->bi_iter.bi_size & (block - 1);

	if (unlikely(bio->bi_vcnt + (block >> SECTOR_SHIFT) > BIO_MAX_VECS))
		len = begun ? min(len, block - begun) : 0;
	return len && bio_add_page(bio, page, len, offset) == len ? len : 0;
}

static void submit_last(struct bio *first, struct bio *last)
{
	submit_bio(last);
	if (last != first)
		bio_endio(first);
}

static enum scst_exec_result submit_bios(struct scst_cmd *cmd, blk_opf_t opf)
{
	struct scatterlist *sg = cmd->sg;
	u32 n, left = cmd->xfer_len, skip = 0;
	struct blk_plug plug;
	struct bio *first, *bio;

	blk_start_plug(&plug);
	first = bio = first_bio(cmd, opf, bio_max_segs(cmd->sg_cnt), GFP_NOIO);
	while (left) {
		if (skip == sg->length) {
			sg = sg_next(sg);
			skip = 0;
		}
		n = add_piece(bio, sg_page(sg), sg->offset + skip, min(sg->length - skip, left));
		if (!n) {
			bio = next_bio(first, bio, bio_max_segs(cmd->sg_cnt));
			continue;
		}
		left -= n;
		skip += n;
	}
	submit_last(first, bio);
	blk_finish_plug(&plug);
	return SCST_EXEC_PENDING;
}

/* May a request without a bio's way through the block layer be given to the device? */
static bool takes_requests(struct block_device *bdev, blk_opf_t opf, const struct bio *bio)
{
	const struct request_queue *q = bdev_get_queue(bdev);

	return !READ_ONCE(q->elevator) && bio_sectors(bio) <= queue_max_sectors(q) &&
	       bio_end_sector(bio) <= bdev_nr_sectors(bdev) &&
	       (!(opf & REQ_FUA) || bdev_fua(bdev));
}

/*
 * The limits that the block layer sees to on a bio's way (bio_split_rw()), and nobody on ours: a
 * driver that is given less than its alignment, or a gap within what it takes for one buffer (PRPs
 * of NVMe), moves other memory. @prev: the piece before, or NULL.
 */
static bool piece_fits(const struct request_queue *q, const struct scatterlist *prev,
		       struct scatterlist *sg, u32 len)
{
	phys_addr_t begin = sg_phys(sg), boundary = queue_segment_boundary(q);

	if ((sg->offset | len) & queue_dma_alignment(q) || len > queue_max_segment_size(q))
		return false;
	if ((begin | boundary) != ((begin + len - 1) | boundary))
		return false;
	return !prev || !((sg->offset | (prev->offset + prev->length)) & queue_virt_boundary(q));
}

static bool insert_request(struct block_device *bdev, struct bio *bio, blk_opf_t opf)
{
	struct request *rq = blk_mq_alloc_request(bdev_get_queue(bdev), opf | REQ_NOMERGE,
						  BLK_MQ_REQ_NOWAIT);

	SCST_SOMETIMES_IF(IS_ERR(rq), request_refused);
	if (IS_ERR(rq))
		return false;
	if (unlikely(blk_rq_append_bio(rq, bio)))
		goto out_free;
	rq->__sector = bdev->bd_start_sect + bio->bi_iter.bi_sector;
	if (likely(blk_insert_cloned_request(rq) == BLK_STS_OK))
		return true;
	blk_mq_cleanup_rq(rq);

out_free:
	blk_mq_free_request(rq);
	return false;
}

static enum scst_exec_result submit_request(struct scst_cmd *cmd, blk_opf_t opf)
{
	struct block_device *bdev = to_vdisk(cmd->dev)->bdev;
	const struct request_queue *q = bdev_get_queue(bdev);
	struct scatterlist *sg = cmd->sg, *prev = NULL;
	u32 len, left = cmd->xfer_len;
	struct bio *bio;

	if (cmd->sg_cnt > min_t(unsigned int, queue_max_segments(q), BIO_MAX_VECS))
		return SCST_EXEC_THREAD;
	bio = first_bio(cmd, opf, cmd->sg_cnt, GFP_NOWAIT);
	if (unlikely(!bio))
		return SCST_EXEC_THREAD;
	for (; left; left -= len, prev = sg, sg = sg_next(sg)) {
		len = min(sg->length, left);
		if (unlikely(!piece_fits(q, prev, sg, len)))
			goto out_put;
		__bio_add_page(bio, sg_page(sg), len, sg->offset);
	}
	if (takes_requests(bdev, opf, bio) && !scst_tag_fails(vdisk_request) &&
	    insert_request(bdev, bio, opf))
		return SCST_EXEC_PENDING;

out_put:
	free_first_bio(cmd, bio);
	return SCST_EXEC_THREAD;
}

/* What needs a split is longer than what is worth trying. */
static bool may_submit(const struct scst_cmd *cmd, blk_opf_t *opf)
{
	struct block_device *bdev = to_vdisk(cmd->dev)->bdev;

	if (cmd->in_thread)
		return true;
	*opf |= REQ_NOWAIT;
	return bdev_nowait(bdev) &&
	       cmd->xfer_len >> SECTOR_SHIFT <= queue_max_sectors(bdev_get_queue(bdev));
}

static enum scst_exec_result blockio_rw(struct scst_cmd *cmd, blk_opf_t opf)
{
	const struct vdisk *vd = to_vdisk(cmd->dev);
	enum scst_exec_result result;

	if (!vdisk_begin(cmd, &result))
		return result;
	scst_tag(vdisk_gate);
	if (unlikely(!cmd->xfer_len))
		return SCST_EXEC_DONE;
	/* Writes with less than they say are refused before they come here. */
	if (unlikely(cmd->xfer_len & ((1u << cmd->dev->lu.block_shift) - 1)))
		return vdisk_move_copied(cmd, ITER_DEST, false);
	if (vdisk_tears_blocks(cmd))
		return vdisk_move_copied(cmd, op_is_write(opf) ? ITER_SOURCE : ITER_DEST,
					 opf & REQ_FUA);
	if (cmd->may_sleep)
		return may_submit(cmd, &opf) ? submit_bios(cmd, opf) : SCST_EXEC_THREAD;
	return vd->takes_requests ? submit_request(cmd, opf) : SCST_EXEC_THREAD;
}

static enum scst_exec_result blockio_read(struct scst_cmd *cmd)
{
	return blockio_rw(cmd, REQ_OP_READ);
}

/* Is there anything between a finished write and the medium? */
static bool needs_flush(const struct vdisk *vd)
{
	return bdev_write_cache(vd->bdev) && !vd->nv_cache;
}

/* REQ_IDLE with REQ_SYNC: what O_DIRECT writes have, which write-back throttling lets pass. */
static enum scst_exec_result blockio_write_with(struct scst_cmd *cmd, blk_opf_t opf)
{
	const struct vdisk *vd = to_vdisk(cmd->dev);

	opf |= REQ_OP_WRITE | REQ_SYNC | REQ_IDLE;
	if ((cmd->params.how & SCST_HOW_FUA || !vd->dev.lu.write_cache) && needs_flush(vd))
		opf |= REQ_FUA;
	return blockio_rw(cmd, opf);
}

static enum scst_exec_result blockio_write(struct scst_cmd *cmd)
{
	return blockio_write_with(cmd, 0);
}

static enum scst_exec_result blockio_flush(struct scst_cmd *cmd)
{
	enum scst_exec_result result;

	if (!vdisk_begin(cmd, &result))
		return result;
	if (!needs_flush(to_vdisk(cmd->dev)))
		return SCST_EXEC_DONE;
	if (!cmd->in_thread)		/* a stacked device flushes those below as it likes */
		return SCST_EXEC_THREAD;
	submit_bio(first_bio(cmd, REQ_OP_WRITE | REQ_PREFLUSH | REQ_SYNC, 0, GFP_NOIO));
	return SCST_EXEC_PENDING;
}

/* All or nothing, whatever happens: one bio, which the limits of page B0h let pass whole. */
static enum scst_exec_result blockio_write_atomic(struct scst_cmd *cmd)
{
	if (cmd->sg_cnt > BIO_MAX_VECS || vdisk_tears_blocks(cmd)) {
		scst_cmd_fail(cmd, SCST_SENSE_INTERNAL_FAILURE);
		return SCST_EXEC_DONE;
	}
	return blockio_write_with(cmd, REQ_ATOMIC);
}

/* A bio takes as many of @bvecs as it can hold. Return: bytes that it took. */
static u32 add_bvecs(struct bio *bio, const struct bio_vec *bvecs, u32 skip, u32 len)
{
	u32 n, done = 0;

	while (done < len) {
		if (skip >= bvecs->bv_len) {
			skip -= bvecs->bv_len;
			bvecs++;
			continue;
		}
		n = add_piece(bio, bvecs->bv_page, bvecs->bv_offset + skip,
			      min(bvecs->bv_len - skip, len - done));
		if (!n)
			break;
		done += n;
		skip += n;
	}
	return done;
}

static int blockio_move(struct vdisk *vd, unsigned int dir, struct bio_vec *bvecs, unsigned int nr,
			u64 pos, u32 len, bool durable)
{
	blk_opf_t opf = dir == ITER_DEST ? REQ_OP_READ : REQ_OP_WRITE | REQ_SYNC | REQ_IDLE;
	u32 n, done;
	int err = 0;

	if (dir == ITER_SOURCE && (durable || !vd->dev.lu.write_cache) && needs_flush(vd))
		opf |= REQ_FUA;
	for (done = 0; !err && done < len; done += n) {
		struct bio *bio = alloc_bio(vd->bdev, opf, bio_max_segs(nr), GFP_NOIO);

		bio->bi_iter.bi_sector = (pos + done) >> SECTOR_SHIFT;
		n = add_bvecs(bio, bvecs, done, len - done);
		err = submit_bio_wait(bio);
		bio_put(bio);
	}
	return err;
}

static int blockio_sync(struct vdisk *vd, u64 pos, u64 len)
{
	return needs_flush(vd) ? blkdev_issue_flush(vd->bdev) : 0;
}

static int blockio_unmap(struct vdisk *vd, u64 pos, u64 len)
{
	return blkdev_issue_discard(vd->bdev, pos >> SECTOR_SHIFT, len >> SECTOR_SHIFT, GFP_NOIO);
}

static int blockio_zero(struct vdisk *vd, u64 pos, u64 len, bool unmap)
{
	return blkdev_issue_zeroout(vd->bdev, pos >> SECTOR_SHIFT, len >> SECTOR_SHIFT, GFP_NOIO,
				    unmap ? BLKDEV_ZERO_NOFALLBACK : BLKDEV_ZERO_NOUNMAP);
}

static u64 blockio_capacity(const struct vdisk *vd)
{
	return bdev_nr_bytes(vd->bdev);
}

/* The block layer calls with the lock that keeps us the holder, and wants it dropped. */
static void blockio_mark_dead(struct block_device *bdev, bool surprise)
	__releases(&bdev->bd_holder_lock)
{
	vdisk_lose(bdev->bd_holder);
	mutex_unlock(&bdev->bd_holder_lock);
}

static const struct blk_holder_ops holder_ops = {
	.mark_dead = blockio_mark_dead,
};

/* Without a holder the block layer neither keeps others away nor has anybody to call. */
static struct file *open_mode(struct vdisk *vd, blk_mode_t mode)
{
	void *holder = vd->shared ? NULL : vd;

	return scst_from_init_root(bdev_file_open_by_path(vd->filename, mode, holder,
							  holder ? &holder_ops : NULL));
}

/* A device that cannot be written is a read-only disk, from the beginning. */
static struct file *open_bdev(struct vdisk *vd)
{
	struct file *file = ERR_PTR(-EROFS);

	if (!vd->dev.lu.read_only)
		file = open_mode(vd, BLK_OPEN_READ | BLK_OPEN_WRITE);
	if ((file != ERR_PTR(-EROFS) && file != ERR_PTR(-EACCES)) ||
	    (vd->published && !vd->dev.lu.read_only))
		return file;
	vd->dev.lu.read_only = true;
	file = open_mode(vd, BLK_OPEN_READ);
	if (IS_ERR(file) && !vd->published)	/* the next time it may be written */
		vd->dev.lu.read_only = vd->args.read_only;
	return file;
}

static void describe_unmap(struct scst_lu *lu, struct block_device *bdev)
{
	u32 gran = bdev_discard_granularity(bdev) >> lu->block_shift;

	lu->unmap_gran = gran;
	lu->unmap_align = gran ? bdev_discard_alignment(bdev) >> lu->block_shift : 0;
}

/* The largest write that is never torn, and where it may begin. */
static void describe_atomic(struct scst_lu *lu, struct request_queue *q)
{
	u32 unit = queue_atomic_write_unit_min_bytes(q) >> lu->block_shift;

	lu->atomic_max = queue_atomic_write_unit_max_bytes(q) >> lu->block_shift;
	lu->atomic_align = unit > 1 ? unit : 0;
}

/* What the device says of itself, in the words of VPD and mode pages. */
static void describe(struct vdisk *vd)
{
	struct block_device *bdev = vd->bdev;
	struct request_queue *q = bdev_get_queue(bdev);
	u32 physical = bdev_physical_block_size(bdev);
	struct scst_lu *lu = &vd->dev.lu;

	if (bdev_alignment_offset(bdev) == 0 && physical >> lu->block_shift)
		vd->physical_exp = ilog2(physical >> lu->block_shift);
	lu->lb_per_pb_exp = vd->hide_physical ? 0 : vd->physical_exp;
	lu->rotational = vd->args.rotational < 0 ? !!(q->limits.features & BLK_FEAT_ROTATIONAL) :
						vd->args.rotational;
	if (bdev_io_opt(bdev) && !vd->opt_trans_len_set)
		lu->opt_trans_len = bdev_io_opt(bdev);
	vdisk_set_cache(vd, needs_flush(vd));
	vd->dev.lacks = 0;
	lu->thin = bdev_max_discard_sectors(bdev) && vd->args.thin;
	if (lu->thin)
		describe_unmap(lu, bdev);
	else
		vd->dev.lacks |= BIT(SCST_VERB_UNMAP);
	vdisk_warn_not_thin(vd);
	if (bdev_can_atomic_write(bdev))
		describe_atomic(lu, q);
	else
		vd->dev.lacks |= BIT(SCST_VERB_WRITE_ATOMIC);
	vd->boundary = queue_virt_boundary(q);
	vd->whole = vd->boundary && bdev_logical_block_size(bdev) > SECTOR_SIZE ?
		    bdev_logical_block_size(bdev) : 0;
	vd->takes_requests = queue_is_mq(q) && !(q->tag_set->flags & BLK_MQ_F_BLOCKING) &&
			     !bdev_get_integrity(bdev);
}

static const char *unfit(const struct vdisk *vd)
{
	if (bdev_is_zoned(vd->bdev))
		return "zoned devices are not supported";
	if (vd->args.blocksize && vd->args.blocksize < bdev_logical_block_size(vd->bdev))
		return "blocksize is smaller than the device's";
	return NULL;
}

static int use_bdev(struct vdisk *vd)
{
	const char *why = unfit(vd);
	int err;

	if (why) {
		if (!vd->lost)
			pr_err("scst_vdisk: %s: %s: %s\n", vd->dev.name,
			       scst_printable(vd->filename).text, why);
		return -EINVAL;
	}
	err = vdisk_set_geometry(vd, bdev_logical_block_size(vd->bdev),
				 blockio_capacity(vd));
	if (!err)
		describe(vd);
	return err;
}

static void blockio_close(struct vdisk *vd)
{
	bdev_fput(vd->file);
}

static int blockio_open(struct vdisk *vd)
{
	int err;

	vd->file = open_bdev(vd);
	if (IS_ERR(vd->file))
		return PTR_ERR(vd->file);
	vd->bdev = file_bdev(vd->file);
	err = use_bdev(vd);
	if (err)
		blockio_close(vd);
	return err;
}

static int blockio_add_device(const char *name, struct scst_params *params)
{
	return vdisk_add(&vdisk_blockio, name, params);
}

struct vdisk_kind vdisk_blockio __ro_after_init = {
	.ops = {
		.name			= "vdisk_blockio",
		.owner			= THIS_MODULE,
		.type			= 0x00,
		.verb = {
			[SCST_VERB_READ]	= blockio_read,
			[SCST_VERB_WRITE]	= blockio_write,
			[SCST_VERB_FLUSH]	= blockio_flush,
			[SCST_VERB_UNMAP]	= vdisk_unmap,
			[SCST_VERB_WRITE_ATOMIC] = blockio_write_atomic,
			VDISK_SHARED_VERBS,
		},
		.add_device		= blockio_add_device,
		VDISK_DEL_DEVICE,
	},
	.vendor		= "SCST_BIO",
	.bit		= VDISK_BLOCKIO,
	.open		= blockio_open,
	.close		= blockio_close,
	.capacity	= blockio_capacity,
	.move		= blockio_move,
	.sync		= blockio_sync,
	.unmap		= blockio_unmap,
	.zero		= blockio_zero,
};

int __init vdisk_bios_init(void)
{
	return bioset_init(&blockio_bios, BIO_POOL_SIZE, 0, BIOSET_NEED_BVECS);
}

void vdisk_bios_exit(void)
{
	bioset_exit(&blockio_bios);
}
