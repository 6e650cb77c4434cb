// SPDX-License-Identifier: GPL-2.0
/*
 * From a command to a request of the SCSI mid-layer, with the command's own pages, and back.
 *
 * Nothing that the block layer does on a bio's way is done for us: what a request may hold is seen
 * to here (fitting()). Reads, writes and verifies of blocks that are too long for one go in pieces,
 * one after the other. Everything else is one request, or refused.
 *
 * A request is never waited for: who submits may be a transport's thread, or in the middle of
 * another request. Where there is none to be had the command is parked, and goes on when a command
 * of ours has left the device, or, with none there, after a while: another device of the same host
 * may have all of them.
 */
#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/math.h>
#include <scst/sgv.h>
#include <scst/target.h>

#include "pass.h"

#define LOOK_AGAIN	max(HZ / 100, 1)	/* parked, with nothing of ours at the device */

enum submitted {
	SUBMITTED,		/* it will end, or has */
	FULL,			/* there is no request to be had */
	NO_MEMORY,
	OVER,			/* it failed: status is set */
};

/* Of our own, for the initiator may be this host, which waits for us with the kernel's in hand. */
static struct bio_set pass_bios;

int pass_bios_init(void)
{
	return bioset_init(&pass_bios, 16, 0, BIOSET_NEED_BVECS);
}

void pass_bios_exit(void)
{
	bioset_exit(&pass_bios);
}

/* Pairs with pass_change_work(): it sees that the device is in use, or we that it is gone; and with
 * let_in(): when it is not gone any more there is a device, and who came before is marked. */
bool pass_enter(struct pass_dev *pd)
{
	atomic_inc(&pd->in_flight);
	smp_mb__after_atomic();
	if (likely(!smp_load_acquire(&pd->gone)))
		return true;
	pass_leave(pd);
	return false;
}

/* Pairs with park(): it sees that nobody is there any more, or we that somebody is parked. */
void pass_leave(struct pass_dev *pd)
{
	atomic_dec(&pd->in_flight);
	smp_mb__after_atomic();
	if (unlikely(!list_empty_careful(&pd->parked)))
		mod_delayed_work(pass_wq, &pd->kick, 0);
}

/*
 * Where in a list of pages: the next piece of memory that a request takes as one segment.
 */
struct walk {
	struct scatterlist *sg;
	u32 skip;
	u32 left;
};

static void walk_to(struct walk *w, struct scatterlist *sg, u32 skip, u32 len)
{
	for (; skip >= sg->length && !sg_is_last(sg); sg = sg_next(sg))
		skip -= sg->length;
	*w = (struct walk){ .sg = sg, .skip = skip, .left = len };
}

static u32 next_segment(const struct request_queue *q, struct walk *w, struct page **page,
			u32 *offset)
{
	phys_addr_t at, boundary = queue_segment_boundary(q);
	u32 len;

	if (w->skip == w->sg->length) {
		w->sg = sg_next(w->sg);
		w->skip = 0;
	}
	len = min3(w->sg->length - w->skip, w->left, queue_max_segment_size(q));
	at = sg_phys(w->sg) + w->skip;
	len = min_t(u64, len, (u64)(at | boundary) - at + 1 ?: len);
	*offset = w->sg->offset + w->skip;
	*page = sg_page(w->sg) + (*offset >> PAGE_SHIFT);
	*offset &= ~PAGE_MASK;
	w->skip += len;
	w->left -= len;
	return len;
}

/*
 * How many of the command's next @len bytes one request takes, and in *@nr pieces. What lies across
 * an alignment of the device ends it; but memory of our own goes on behind its last byte.
 */
static u32 fitting(const struct request_queue *q, struct scst_cmd *cmd, u32 len, unsigned int *nr)
{
	u32 max = min_t(u64, len, (u64)queue_max_hw_sectors(q) << SECTOR_SHIFT), fits = 0, n;
	const struct pass_cmd *pc = pass_cmd(cmd);
	unsigned long gap = queue_virt_boundary(q), end = 0;
	u32 alignment = queue_dma_alignment(q), offset, odd;
	struct page *page;
	struct walk w;

	walk_to(&w, pc->own ?: cmd->sg, pc->done, max);
	for (*nr = 0; fits < max && *nr < queue_max_segments(q); ++*nr, fits += n) {
		n = next_segment(q, &w, &page, &offset);
		odd = pc->own && !w.left ? offset : offset | n;
		if (unlikely(odd & alignment) || (*nr && (offset | end) & gap))
			break;
		end = offset + n;
	}
	return fits;
}

static void bio_over(struct bio *bio)
{
	bio_put(bio);
}

static int add_bio(struct request *rq, struct walk *w, unsigned int nr, gfp_t gfp)
{
	unsigned int vecs = min(nr, BIO_MAX_VECS), i;
	struct page *page;
	struct bio *bio;
	u32 offset, n;
	int err;

	bio = bio_alloc_bioset(NULL, vecs, rq->cmd_flags, gfp, &pass_bios);
	if (!bio)
		return -ENOMEM;
	bio->bi_end_io = bio_over;
	for (i = 0; i < vecs && w->left; i++) {
		n = next_segment(rq->q, w, &page, &offset);
		__bio_add_page(bio, page, n, offset);
	}
	err = blk_rq_append_bio(rq, bio);
	if (err)
		bio_put(bio);
	return err;
}

static void drop_bios(struct request *rq)
{
	struct bio *bio, *next;

	for (bio = rq->bio; bio; bio = next) {
		next = bio->bi_next;
		bio_put(bio);
	}
	rq->bio = NULL;
}

/*
 * @nr pieces of memory, of pc->piece bytes, behind what is done. Only for the first bio is memory
 * waited for: several who hold some and wait for more would wait for each other.
 */
static int map_data(struct request *rq, struct scst_cmd *cmd, unsigned int nr, gfp_t gfp)
{
	struct pass_cmd *pc = pass_cmd(cmd);
	struct walk w;
	int err = 0;

	walk_to(&w, pc->own ?: cmd->sg, pc->done, pc->piece);
	while (!err && w.left) {
		err = add_bio(rq, &w, nr, gfp);
		nr -= min(nr, BIO_MAX_VECS);
		gfp = GFP_NOWAIT | __GFP_NOWARN;
	}
	if (err)
		drop_bios(rq);
	return err;
}

static void copy(struct scatterlist *to, u32 nr_to, struct scatterlist *from, u32 nr_from, u32 len)
{
	struct sg_mapping_iter miter;
	u32 done = 0, n;

	sg_miter_start(&miter, from, nr_from, SG_MITER_ATOMIC | SG_MITER_FROM_SG);
	for (; done < len && sg_miter_next(&miter); done += n) {
		n = min_t(u32, miter.length, len - done);
		sg_pcopy_from_buffer(to, nr_to, miter.addr, n, done);
	}
	sg_miter_stop(&miter);
}

/*
 * Memory instead of the transport's: that is less than the device may send, or lies so that the
 * device cannot use it, perhaps only behind pieces that have gone from there.
 */
static enum submitted take_own(struct scst_cmd *cmd, gfp_t gfp)
{
	struct pass_cmd *pc = pass_cmd(cmd);

	if (!scst_session_charge(cmd->sess, pc->len)) {
		cmd->status = SAM_STAT_BUSY;
		return OVER;
	}
	pc->own = scst_sg_alloc(pc->len, &pc->own_cnt, gfp);
	if (!pc->own) {
		scst_session_uncharge(cmd->sess, pc->len);
		return NO_MEMORY;
	}
	if (cmd->op->dir == SCST_DIR_IN)
		sg_zero_buffer(pc->own, pc->own_cnt, pc->len, 0);
	copy(pc->own, pc->own_cnt, cmd->sg, cmd->sg_cnt,
	     cmd->op->dir == SCST_DIR_IN ? pc->done : pc->len);
	return SUBMITTED;
}

static void give_data(struct scst_cmd *cmd)
{
	struct pass_cmd *pc = pass_cmd(cmd);

	if (pc->own && cmd->op->dir == SCST_DIR_IN)
		copy(cmd->sg, cmd->sg_cnt, pc->own, pc->own_cnt, min(pc->done, cmd->xfer_len));
}

static void free_own(struct scst_cmd *cmd)
{
	struct pass_cmd *pc = pass_cmd(cmd);

	if (!pc->own)
		return;
	scst_sg_free(pc->own);
	scst_session_uncharge(cmd->sess, pc->len);
	pc->own = NULL;
}

static enum submitted refuse_length(struct scst_cmd *cmd)
{
	scst_cmd_fail_cdb(cmd, scst_opaque_length_field(cmd->op));
	return OVER;
}

/* Bytes: the device's may be others by now, but not this command's. */
static u32 block_of(struct scst_cmd *cmd)
{
	return cmd->params.data_blocks ? pass_cmd(cmd)->len / cmd->params.data_blocks : 0;
}

/*
 * How much of it goes with the next request, and in how many pieces of memory. Return: SUBMITTED:
 * go on.
 */
static enum submitted cut_piece(struct scst_cmd *cmd, const struct request_queue *q,
				unsigned int *nr, gfp_t gfp)
{
	struct pass_cmd *pc = pass_cmd(cmd);
	u32 left = pc->len - pc->done, block = block_of(cmd), fits;
	enum submitted result;
	bool splits;

	*nr = 0;
	pc->piece = left;
	if (!left)
		return SUBMITTED;
	fits = fitting(q, cmd, left, nr);
	if (likely(fits == left))
		return SUBMITTED;
	splits = block && scst_opaque_splits(cmd->op, &cmd->params);
	if (splits && fits >= block) {
		pc->piece = rounddown(fits, block);
		fitting(q, cmd, pc->piece, nr);
		return SUBMITTED;
	}
	if (pc->own || (!splits && left >> SECTOR_SHIFT > queue_max_hw_sectors(q)))
		return refuse_length(cmd);
	result = take_own(cmd, gfp);
	return result == SUBMITTED ? cut_piece(cmd, q, nr, gfp) : result;
}

/* Which blocks, if it is not all of them. */
static void put_range(struct scst_cmd *cmd, u8 *cdb)
{
	const struct pass_cmd *pc = pass_cmd(cmd);
	u32 block = block_of(cmd);

	if (pc->piece != pc->len)
		scst_opaque_piece(cmd->op, cdb, cmd->params.lba + pc->done / block,
				  pc->piece / block);
}

static enum rq_end_io_ret pass_end_io(PASS_END_IO_ARGS);

static void fill_request(struct request *rq, struct scst_cmd *cmd)
{
	const struct pass_dev *pd = to_pass(cmd->dev);
	struct scsi_cmnd *scmd = blk_mq_rq_to_pdu(rq);
	const struct pass_cmd *pc = pass_cmd(cmd);

	scmd->cmd_len = pc->cdb_len;
	memcpy(scmd->cmnd, scst_cmd_cdb(cmd), pc->cdb_len);
	scst_opaque_cdb(cmd->op, scmd->cmnd);
	put_range(cmd, scmd->cmnd);
	scmd->allowed = 0;
	rq->timeout = pd->timeouts[scst_opaque_time(cmd->op)] * HZ;
	rq->rq_flags |= RQF_QUIET;
	rq->end_io = pass_end_io;
	rq->end_io_data = cmd;
}

/*
 * The initiator may be a disk of this host whose requests are just being taken off the task's plug.
 * What is put on it meanwhile is issued, and still counted, and the next one to come finds a list
 * that is empty and said not to be: so this one passes it by.
 */
static void execute(struct request *rq, bool at_head)
{
	struct blk_plug *plug = current->plug;

	blk_plug_invalidate_ts();	/* or a task that is preempted looks there for one */
	current->plug = NULL;
	blk_execute_rq_nowait(rq, at_head);
	current->plug = plug;
}

static enum submitted send(struct scst_cmd *cmd, gfp_t gfp)
{
	struct scsi_device *sdev = to_pass(cmd->dev)->sdev;
	struct request_queue *q = sdev->request_queue;
	blk_opf_t opf = cmd->op->dir == SCST_DIR_OUT ? REQ_OP_DRV_OUT : REQ_OP_DRV_IN;
	enum submitted result;
	struct request *rq;
	unsigned int nr;
	int err;

	if (unlikely(pass_cmd(cmd)->cdb_len > sdev->host->max_cmd_len)) {
		scst_cmd_fail(cmd, SCST_SENSE_INVALID_OPCODE);
		return OVER;
	}
	result = cut_piece(cmd, q, &nr, gfp);
	if (result != SUBMITTED)
		return result;
	rq = scsi_alloc_request(q, opf | REQ_FAILFAST_MASK, BLK_MQ_REQ_NOWAIT);
	if (IS_ERR(rq))
		return FULL;
	err = nr ? map_data(rq, cmd, nr, gfp) : 0;
	if (unlikely(err)) {
		blk_mq_free_request(rq);
		return err == -ENOMEM ? NO_MEMORY : refuse_length(cmd);
	}
	fill_request(rq, cmd);
	execute(rq, cmd->attr == SCST_TASK_HEAD_OF_QUEUE);
	return SUBMITTED;
}

static enum submitted try(struct scst_cmd *cmd, gfp_t gfp)
{
	struct pass_dev *pd = to_pass(cmd->dev);
	enum submitted result;

	if (!pass_enter(pd)) {
		scst_cmd_fail(cmd, SCST_SENSE_LU_NOT_READY);
		return OVER;
	}
	if (unlikely(scst_cmd_aborted(cmd))) {	/* perhaps before the device was back: attach() */
		cmd->status = SAM_STAT_BUSY;
		result = OVER;
	} else {
		result = send(cmd, gfp);
	}
	if (result != SUBMITTED)
		pass_leave(pd);
	return result;
}

/* @first: it was the oldest. */
static void park(struct scst_cmd *cmd, bool first)
{
	struct pass_dev *pd = to_pass(cmd->dev);
	struct pass_cmd *pc = pass_cmd(cmd);

	scoped_guard(spinlock_irqsave, &pd->lock) {
		if (first) {
			list_add(&pc->entry, &pd->parked);
		} else {
			pc->since = jiffies;
			list_add_tail(&pc->entry, &pd->parked);
		}
	}
	smp_mb();	/* pairs with pass_leave() */
	queue_delayed_work(pass_wq, &pd->kick, atomic_read(&pd->in_flight) ? HZ : LOOK_AGAIN);
}

/* Takes off those that nobody waits for any more, or that have waited too long; and the oldest. */
static struct scst_cmd *unpark(struct pass_dev *pd, struct list_head *over)
{
	struct pass_cmd *pc, *next;
	struct scst_cmd *cmd;

	guard(spinlock_irq)(&pd->lock);
	list_for_each_entry_safe(pc, next, &pd->parked, entry) {
		cmd = container_of((void *)pc, struct scst_cmd, room);
		if (scst_cmd_aborted(cmd) ||
		    time_after(jiffies, pc->since + pd->timeouts[SCST_TIME_REGULAR] * HZ))
			list_move_tail(&pc->entry, over);
	}
	pc = list_first_entry_or_null(&pd->parked, struct pass_cmd, entry);
	if (!pc)
		return NULL;
	list_del(&pc->entry);
	return container_of((void *)pc, struct scst_cmd, room);
}

static void end(struct scst_cmd *cmd)
{
	pass_finish(cmd);
	give_data(cmd);
	free_own(cmd);
	scst_cmd_exec_done(cmd);
}

static void end_all(struct list_head *over)
{
	struct pass_cmd *pc, *next;

	list_for_each_entry_safe(pc, next, over, entry) {
		struct scst_cmd *cmd = container_of((void *)pc, struct scst_cmd, room);

		cmd->status = SAM_STAT_BUSY;
		end(cmd);
	}
}

/* Goes on, in a thread of ours. Return: false, the device is full. */
static bool go_on(struct scst_cmd *cmd, bool first)
{
	switch (try(cmd, GFP_NOIO)) {
	case SUBMITTED:
		return true;
	case FULL:
		park(cmd, first);
		return false;
	case NO_MEMORY:
		cmd->status = SAM_STAT_BUSY;
		break;
	case OVER:
		break;
	}
	end(cmd);
	return true;
}

void pass_kick_work(struct work_struct *work)
{
	struct pass_dev *pd = container_of(to_delayed_work(work), struct pass_dev, kick);
	unsigned int noio = memalloc_noio_save();
	struct scst_cmd *cmd;
	LIST_HEAD(over);

	do {
		cmd = unpark(pd, &over);
	} while (cmd && go_on(cmd, true));
	end_all(&over);
	memalloc_noio_restore(noio);
}

/* After the end of a request: the next piece, or the end of the command if that takes its time. */
static void piece_work(struct work_struct *work)
{
	struct pass_cmd *pc = container_of(work, struct pass_cmd, work);
	struct scst_cmd *cmd = container_of((void *)pc, struct scst_cmd, room);
	unsigned int noio = memalloc_noio_save();

	if (pc->more)
		go_on(cmd, false);
	else
		end(cmd);
	memalloc_noio_restore(noio);
}

static bool has_more(const struct scst_cmd *cmd, const struct pass_cmd *pc, u32 before)
{
	return cmd->status == SAM_STAT_GOOD && pc->done == before + pc->piece &&
	       pc->done < pc->len && !scst_cmd_aborted(cmd);
}

/*
 * Context: any, but under no lock that a transport's code must not run under
 * [unchecked: it is the block layer that calls].
 */
static enum rq_end_io_ret pass_end_io(PASS_END_IO_ARGS)
{
	struct scsi_cmnd *scmd = blk_mq_rq_to_pdu(rq);
	struct scst_cmd *cmd = rq->end_io_data;
	struct pass_cmd *pc = pass_cmd(cmd);
	u32 before = pc->done;

	pass_take(cmd, &(struct pass_result){
		.result = pass_result_of(scmd, status),
		.resid = scmd->resid_len,
		.sense = scmd->sense_buffer, .sense_len = scmd->sense_len,
	});
	pass_hear_of_reset(to_pass(cmd->dev), scmd);
	blk_mq_free_request(rq);
	pc->more = has_more(cmd, pc, before);
	pass_leave(to_pass(cmd->dev));	/* which may go when its last command has */
	if (unlikely(pc->more || pc->own)) {
		INIT_WORK(&pc->work, piece_work);
		queue_work(pass_wq, &pc->work);
	} else {
		end(cmd);
	}
	return RQ_END_IO_NONE;
}

struct scst_cmd *pass_cmd_of(const struct pass_dev *pd, const struct request *rq)
{
	if (rq->q != pd->sdev->request_queue ||
	    (rq->end_io != pass_end_io && rq->end_io != pass_answer_end_io))
		return NULL;
	return rq->end_io_data;
}

/* Return: false, it failed. */
static bool begin(struct scst_cmd *cmd)
{
	struct pass_cmd *pc = pass_cmd(cmd);
	unsigned int len = scst_opaque_cdb_len(cmd->op, scst_cmd_cdb(cmd), cmd->cdb_len);

	pc->own = NULL;
	pc->len = cmd->data_len;
	pc->done = 0;
	pc->cdb_len = len;
	if (unlikely(!len || len > max(cmd->cdb_len, sizeof(cmd->cdb)))) {
		scst_cmd_fail(cmd, SCST_SENSE_INVALID_OPCODE);
		return false;
	}
	/* What the device leaves of it must not be what somebody else had there. */
	if (cmd->sg_ours && cmd->op->dir == SCST_DIR_IN && !(cmd->op->flags & SCST_OP_RANGE))
		sg_zero_buffer(cmd->sg, cmd->sg_cnt, cmd->xfer_len, 0);
	return true;
}

static enum submitted submit(struct scst_cmd *cmd)
{
	struct pass_dev *pd = to_pass(cmd->dev);
	gfp_t gfp = cmd->may_sleep ? GFP_NOIO : GFP_ATOMIC;
	enum submitted result = OVER;

	if (!begin(cmd))
		return OVER;
	if (cmd->op->dir == SCST_DIR_IN && unlikely(cmd->data_len > cmd->expected_len)) {
		result = take_own(cmd, gfp);
		if (result != SUBMITTED)
			return result;
	}
	/* Nobody overtakes those who wait. */
	return unlikely(!list_empty_careful(&pd->parked)) ? FULL : try(cmd, gfp);
}

enum scst_exec_result pass_submit(struct scst_cmd *cmd)
{
	switch (submit(cmd)) {
	case SUBMITTED:
		return SCST_EXEC_PENDING;
	case FULL:
		park(cmd, false);
		return SCST_EXEC_PENDING;
	case NO_MEMORY:
		free_own(cmd);
		if (!cmd->may_sleep)
			return SCST_EXEC_THREAD;
		cmd->status = SAM_STAT_BUSY;
		break;
	case OVER:
		pass_finish(cmd);
		free_own(cmd);
		break;
	}
	return SCST_EXEC_DONE;
}
