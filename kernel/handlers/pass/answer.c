// SPDX-License-Identifier: GPL-2.0
/*
 * Answers of which something is to be told otherwise (scst/scsi/opaque.h): the device gives them to
 * us, whole, and the initiator gets what it asked for of that. They are short, and asked for
 * seldom: a thread waits for each, until it comes, its time is up, or it is aborted.
 */
#include <linux/blkdev.h>
#include <linux/completion.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/unaligned.h>

#include "pass.h"

enum {
	WHOLE_FIRST	= 252,		/* more only if there is more: old units know one byte */
	PQ_GONE		= 1 << 5,	/* could be connected, and is not */
	DESC		= 0x01,		/* REQUEST SENSE, byte 1 */
};

struct asking {
	struct scst_cmd *cmd;
	enum scst_opaque_answer answer;
	u8 cdb[16];
	u8 *buf;			/* has room for a longer answer than any */
	u32 size, len;
};

struct pass_answered {
	struct completion done;
	blk_status_t status;
};

/* The command is what an abort knows of it: pass_cmd_of(). */
enum rq_end_io_ret pass_answer_end_io(PASS_END_IO_ARGS)
{
	struct scst_cmd *cmd = rq->end_io_data;
	struct pass_answered *answered = pass_cmd(cmd)->answered;

	pass_hear_of_reset(to_pass(cmd->dev), blk_mq_rq_to_pdu(rq));
	answered->status = status;
	complete(&answered->done);
	return RQ_END_IO_NONE;
}

/* Not too long at a time, for who looks for tasks that hang. */
static void execute(struct request *rq, struct scst_cmd *cmd, struct pass_answered *answered)
{
	init_completion(&answered->done);
	pass_cmd(cmd)->answered = answered;
	rq->end_io = pass_answer_end_io;
	rq->end_io_data = cmd;
	blk_execute_rq_nowait(rq, true);
	while (!wait_for_completion_io_timeout(&answered->done, 10 * HZ))
		;
}

static void fill_request(struct request *rq, const struct asking *a)
{
	const struct pass_dev *pd = to_pass(a->cmd->dev);
	struct scsi_cmnd *scmd = blk_mq_rq_to_pdu(rq);

	scmd->cmd_len = COMMAND_SIZE(a->cdb[0]);
	memcpy(scmd->cmnd, a->cdb, scmd->cmd_len);
	scmd->allowed = 0;
	rq->timeout = pd->timeouts[scst_opaque_time(a->cmd->op)] * HZ;
	rq->rq_flags |= RQF_QUIET;
}

/* Return: GOOD, a->len bytes. */
static bool take(struct asking *a, const struct scsi_cmnd *scmd, blk_status_t status)
{
	const struct pass_result r = {
		.result = pass_result_of(scmd, status),
		.sense = scmd->sense_buffer, .sense_len = scmd->sense_len,
	};

	a->len = a->size - min(scmd->resid_len, a->size);
	pass_judge(a->cmd, &r);
	return a->cmd->status == SAM_STAT_GOOD;
}

static bool ask_device(struct asking *a)
{
	struct request_queue *q = to_pass(a->cmd->dev)->sdev->request_queue;
	struct pass_answered answered;
	struct request *rq;
	bool good = false;

	rq = scsi_alloc_request(q, REQ_OP_DRV_IN | REQ_FAILFAST_MASK, 0);
	if (IS_ERR(rq)) {
		scst_cmd_fail(a->cmd, SCST_SENSE_LU_NOT_READY);
		return false;
	}
	a->size = min_t(u64, a->size, (u64)queue_max_hw_sectors(q) << SECTOR_SHIFT);
	if (a->size && scst_rq_map_kern(rq, a->buf, a->size, GFP_NOIO)) {
		a->cmd->status = SAM_STAT_BUSY;
	} else {
		fill_request(rq, a);
		execute(rq, a->cmd, &answered);
		good = take(a, blk_mq_rq_to_pdu(rq), answered.status);
	}
	blk_mq_free_request(rq);
	return good;
}

/*
 * One try with a buffer of a->size. Who aborts marks the command, and then looks whether anything
 * of ours is at the device. Return: GOOD.
 */
static bool ask(struct asking *a)
{
	struct pass_dev *pd = to_pass(a->cmd->dev);
	bool good = false;

	memset(a->buf, 0, a->size);
	if (!pass_enter(pd)) {
		scst_cmd_fail(a->cmd, SCST_SENSE_LU_NOT_READY);
		return false;
	}
	if (scst_cmd_aborted(a->cmd))
		a->cmd->status = SAM_STAT_BUSY;
	else
		good = ask_device(a);
	pass_leave(pd);
	return good;
}

/* All of it, however much that is. */
static bool ask_whole(struct asking *a)
{
	u32 whole;

	a->size = scst_opaque_ask_whole(a->answer, a->cdb, WHOLE_FIRST);
	if (!a->size) {
		a->size = min(a->cmd->data_len, SCST_OPAQUE_ANSWER);
		return ask(a);
	}
	if (!ask(a))
		return false;
	whole = scst_opaque_whole(a->answer, a->buf, a->len);
	if (whole <= a->size)
		return true;
	a->size = scst_opaque_ask_whole(a->answer, a->cdb, whole);
	return ask(a);
}

/* What an initiator asks for first when its disk is gone: who it was. */
static bool remember(struct asking *a)
{
	const struct pass_dev *pd = to_pass(a->cmd->dev);
	u8 page = a->cdb[2], type = pd->dev.lu.type;
	u32 serial = strlen(pd->serial);

	if (a->answer == SCST_ANSWER_INQUIRY) {
		a->len = sizeof(pd->inquiry);
		memcpy(a->buf, pd->inquiry, a->len);
		a->buf[4] = a->len - 5;
	} else if (a->answer == SCST_ANSWER_VPD && page == 0x83 && pd->page_83) {
		a->len = min(pd->page_83_len, SCST_OPAQUE_ANSWER);
		memcpy(a->buf, pd->page_83, a->len);
	} else if (a->answer == SCST_ANSWER_VPD && page == 0x80 && serial) {
		a->len = 4 + serial;
		a->buf[1] = page;
		a->buf[3] = serial;
		memcpy(a->buf + 4, pd->serial, serial);
	} else {
		scst_cmd_fail(a->cmd, SCST_SENSE_LU_NOT_READY);
		return false;
	}
	a->buf[0] = PQ_GONE | type;
	return true;
}

/* NOT READY, in the format that is asked for: the answer is GOOD all the same. */
static bool say_not_ready(struct asking *a)
{
	static const u8 fixed[18] = { 0x70, [2] = NOT_READY, [7] = 10, [12] = 0x04 };
	static const u8 descriptors[8] = { 0x72, NOT_READY, 0x04 };
	bool desc = a->cdb[1] & DESC;

	a->len = desc ? sizeof(descriptors) : sizeof(fixed);
	memcpy(a->buf, desc ? descriptors : fixed, a->len);
	return true;
}

static bool answer_for_gone(struct asking *a)
{
	return a->answer == SCST_ANSWER_SENSE ? say_not_ready(a) : remember(a);
}

static void refresh_after(struct scst_cmd *cmd, u16 ua)
{
	if (scst_opaque_ua_refreshes(ua))
		queue_work(pass_slow_wq, &to_pass(cmd->dev)->refresh);
}

static void give(struct asking *a)
{
	struct scst_cmd *cmd = a->cmd;

	if (a->answer == SCST_ANSWER_SENSE)
		refresh_after(cmd, scst_cmd_told(cmd, a->buf, a->len));
	a->len = scst_cmd_patch(cmd, a->answer, a->buf, a->len);
	cmd->data_len = min(a->len, cmd->data_len);
	cmd->xfer_len = min(cmd->data_len, cmd->xfer_len);
	if (cmd->xfer_len)
		sg_copy_from_buffer(cmd->sg, cmd->sg_cnt, a->buf, cmd->xfer_len);
}

static void answer_with(struct asking *a)
{
	struct scst_cmd *cmd = a->cmd;
	bool ok;

	memcpy(a->cdb, cmd->cdb, sizeof(a->cdb));
	scst_opaque_cdb(cmd->op, a->cdb);
	ok = READ_ONCE(to_pass(cmd->dev)->gone) ? answer_for_gone(a) : ask_whole(a);
	if (ok) {
		give(a);
		return;
	}
	cmd->data_len = 0;
	cmd->xfer_len = 0;
	scst_cmd_tell_others(cmd);
	refresh_after(cmd, scst_cmd_ua(cmd));
}

enum scst_exec_result pass_answer(struct scst_cmd *cmd, enum scst_opaque_answer answer)
{
	struct asking *a;

	if (!cmd->in_thread)
		return SCST_EXEC_THREAD;
	a = kzalloc(sizeof(*a), GFP_KERNEL);
	if (a)
		a->buf = kvzalloc(SCST_OPAQUE_ANSWER + SCST_OPAQUE_MORE, GFP_KERNEL);
	if (!a || !a->buf) {
		cmd->status = SAM_STAT_BUSY;
	} else {
		a->cmd = cmd;
		a->answer = answer;
		answer_with(a);
	}
	if (a)
		kvfree(a->buf);
	kfree(a);
	return SCST_EXEC_DONE;
}
