// SPDX-License-Identifier: GPL-2.0
/*
 * The commands that the core answers itself: what they need is gathered here, the answers are
 * written by core/scsi.
 */
#include <linux/cleanup.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <scst/tags.h>

#include "reserve/reserve.h"
#include "execute.h"

/* The visible LUNs, ascending. Return: how many there are, of which the first @max are written. */
static unsigned int gather_luns(struct scst_session *sess, u16 *out, unsigned int max)
{
	const struct scst_lun_table *luns;
	unsigned int lun, nr = 0;

	rcu_read_lock();
	luns = rcu_dereference(sess->luns);
	for (lun = 0; lun < luns->nr; lun++) {
		if (!rcu_access_pointer(luns->slot[lun]))
			continue;
		if (nr < max)
			out[nr] = lun;
		nr++;
	}
	rcu_read_unlock();
	return nr;
}

/* Once more if the description of the unit changed meanwhile. */
static bool respond(struct scst_cmd *cmd, const struct scst_view *view, struct scst_reply *reply,
		    struct scst_sense *sense)
{
	unsigned int seq;
	bool ok;

	if (!cmd->dev)
		return scst_respond(cmd->op, view, cmd->cdb, reply, sense);
	do {
		seq = read_seqbegin(&cmd->dev->lu_change);
		reply->len = 0;
		ok = scst_respond(cmd->op, view, cmd->cdb, reply, sense);
	} while (read_seqretry(&cmd->dev->lu_change, seq));
	return ok;
}

static void answer(struct scst_cmd *cmd, struct scst_view *view, void *buf, u32 size)
{
	struct scst_reply reply = { .buf = buf, .size = size };
	struct scst_sense told, sense = { };
	u16 ua = 0;

	if (cmd->op->exec == SCST_EXEC_REQUEST_SENSE && cmd->dev) {
		ua = scst_ua_take(cmd->nexus);
		told = scst_ua_sense(ua);
		view->ua = ua ? &told : NULL;
		cmd->sense = told;	/* for scst_cmd_told_ua() */
		cmd->keeps_data = ua;
	}
	if (!respond(cmd, view, &reply, &sense)) {
		if (ua)
			scst_ua_give_back(cmd->nexus, ua);
		cmd->keeps_data = false;
		cmd->status = SAM_STAT_CHECK_CONDITION;
		cmd->sense = sense;
		return;
	}
	/* SPC-5 6.33: the initiator has now seen the inventory. */
	if (cmd->op->exec == SCST_EXEC_REPORT_LUNS && cmd->dev)
		scst_ua_clear_session(cmd->sess, SCST_SENSE_LUNS_CHANGED);
	cmd->data_len = min3(reply.len, size, cmd->data_len);
	cmd->xfer_len = min(cmd->data_len, cmd->expected_len);
	if (cmd->xfer_len)
		sg_copy_from_buffer(cmd->sg, cmd->sg_cnt, buf, cmd->xfer_len);
}

static enum scst_exec_result execute_report_luns(struct scst_cmd *cmd, struct scst_view *view)
{
	unsigned int nr = gather_luns(cmd->sess, NULL, 0);
	u32 size = 8 + 8 * max(nr, 1u);
	u16 *luns;
	void *buf;

	if (size > PAGE_SIZE && !cmd->may_sleep)
		return SCST_EXEC_THREAD;
	luns = kvmalloc_array(max(nr, 1u), sizeof(*luns),
			      cmd->may_sleep ? GFP_KERNEL : GFP_NOWAIT);
	buf = kvzalloc(size, cmd->may_sleep ? GFP_KERNEL : GFP_NOWAIT);
	if (luns && buf) {
		view->luns = luns;
		view->nr_luns = min(gather_luns(cmd->sess, luns, nr), nr);
		answer(cmd, view, buf, size);
	} else {
		cmd->status = SAM_STAT_BUSY;
	}
	kvfree(buf);
	kvfree(luns);
	return SCST_EXEC_DONE;
}

static enum scst_exec_result execute_large(struct scst_cmd *cmd, struct scst_view *view)
{
	u32 size = scst_data_max(cmd->op);
	void *buf;

	if (!cmd->may_sleep)
		return SCST_EXEC_THREAD;
	buf = scst_tag_fails(reply_alloc) ? NULL : kzalloc(size, GFP_KERNEL);
	if (buf)
		answer(cmd, view, buf, size);
	else
		cmd->status = SAM_STAT_BUSY;
	kfree(buf);
	return SCST_EXEC_DONE;
}

static enum scst_exec_result execute_small(struct scst_cmd *cmd, struct scst_view *view)
{
	u8 buf[SCST_REPLY_MAX] = { };

	answer(cmd, view, buf, sizeof(buf));
	return SCST_EXEC_DONE;
}

/* ms since 1970, unless an initiator said otherwise. */
static u64 timestamp(const struct scst_device *dev)
{
	return ktime_to_ms(dev->clock_set ? ktime_get_boottime() : ktime_get_real()) +
	       dev->clock_offset;
}

/*
 * What an initiator sets stays as it is while it is told. Whoever sets it may hold the lock until a
 * file system has it: nothing for the thread of a transport to wait for.
 */
static enum scst_exec_result execute_locked(struct scst_cmd *cmd, struct scst_view *view)
{
	if (!cmd->in_thread)
		return SCST_EXEC_THREAD;
	guard(mutex)(&cmd->dev->param_lock);
	view->buffer = cmd->nexus->buffer;
	view->timestamp = timestamp(cmd->dev);
	view->timestamp_set = cmd->dev->clock_set;
	return execute_large(cmd, view);
}

static enum scst_exec_result execute_log_sense(struct scst_cmd *cmd, struct scst_view *view)
{
	struct scst_log log;

	if (!cmd->may_sleep)
		return SCST_EXEC_THREAD;
	scst_stats_of_device(cmd->dev, &log);
	view->log = &log;
	return execute_small(cmd, view);
}

/* Everybody may ask, but not while there is a RESERVE of SPC-2. */
static enum scst_exec_result execute_pr_in(struct scst_cmd *cmd, struct scst_view *view)
{
	struct scst_reserve *reserve = cmd->dev->reserve;
	void *buf;
	u32 size;

	if (!cmd->in_thread)
		return SCST_EXEC_THREAD;
	if (scst_reserve_is_spc2(cmd->dev)) {
		cmd->status = SAM_STAT_RESERVATION_CONFLICT;
		return SCST_EXEC_DONE;
	}
	guard(mutex)(&reserve->lock);
	view->no_aptpl = cmd->dev->no_aptpl;
	view->pr = &scst_pr_now(cmd->dev)->pr;
	size = 8 + view->pr->nr * (24 + SCST_TID_MAX);
	size = clamp(size, 1, max(cmd->data_len, 1));
	buf = kvzalloc(size, GFP_KERNEL);
	if (buf)
		answer(cmd, view, buf, size);
	else
		cmd->status = SAM_STAT_BUSY;
	kvfree(buf);
	return SCST_EXEC_DONE;
}

/* The session may move to another group meanwhile, and its old one go. */
static u8 addr_method_of(const struct scst_session *sess)
{
	guard(rcu)();
	return READ_ONCE(READ_ONCE(sess->group)->addr_method);
}

/*
 * A disk that is closed for a while, to be opened on another path or by another host, answers TEST
 * UNIT READY, as SCST's: who checks paths keeps this one. A drive without its medium does not.
 * While it is formatted, what may flush is refused with the rest; what has no format that anybody
 * could rely on has a capacity, which whoever is to format it asks for.
 */
static bool refuses_without_medium(const struct scst_cmd *cmd, u8 not_ready)
{
	if (cmd->op->flags & SCST_OP_NO_MEDIUM)
		return not_ready == SCST_SENSE_FORMAT_IN_PROGRESS &&
		       cmd->op->flags & SCST_OP_CALLS_VERB;
	if (not_ready == SCST_SENSE_FORMAT_CORRUPTED)
		return cmd->op->exec == SCST_EXEC_TEST_UNIT_READY;
	return cmd->op->exec != SCST_EXEC_TEST_UNIT_READY || not_ready != SCST_SENSE_NO_MEDIUM ||
	       cmd->dev->lu.removable;
}

/* A unit attention that waits here is told before what the device has to say. */
static bool is_the_devices(const struct scst_cmd *cmd)
{
	if (cmd->op->exec == SCST_EXEC_REQUEST_SENSE && READ_ONCE(cmd->nexus->nr_ua))
		return false;
	return cmd->op->opaque == SCST_OPAQUE_PASS;
}

static enum scst_exec_result execute_ours(struct scst_cmd *cmd, u8 not_ready)
{
	struct scst_session *sess = cmd->sess;
	struct scst_view view = {
		.lu = cmd->dev ? &cmd->dev->lu : NULL,
		.port = &sess->tgt->port,
		.has_medium = cmd->dev && !not_ready,
		.formats = not_ready == SCST_SENSE_FORMAT_IN_PROGRESS,
		.read_only = READ_ONCE(cmd->nexus->read_only),
		.addr_method = addr_method_of(sess),
	};

	switch ((enum scst_exec)cmd->op->exec) {
	case SCST_EXEC_TEST_UNIT_READY:
		return SCST_EXEC_DONE;
	case SCST_EXEC_REPORT_LUNS:
		return execute_report_luns(cmd, &view);
	case SCST_EXEC_RSOC:
		return execute_large(cmd, &view);
	case SCST_EXEC_REQUEST_SENSE:
	case SCST_EXEC_INQUIRY:
	case SCST_EXEC_READ_CAPACITY:
	case SCST_EXEC_RSTMF:
	case SCST_EXEC_READ_TOC:
	case SCST_EXEC_GET_CONFIGURATION:
	case SCST_EXEC_EVENT_STATUS:
	case SCST_EXEC_RECEIVE_DIAGNOSTIC:
		return execute_small(cmd, &view);
	case SCST_EXEC_LOG_SENSE:
		return execute_log_sense(cmd, &view);
	case SCST_EXEC_REPORT_INFO:
	case SCST_EXEC_REPORT_TIMESTAMP:
	case SCST_EXEC_READ_BUFFER:
	case SCST_EXEC_MODE_SENSE:
		return execute_locked(cmd, &view);
	case SCST_EXEC_MODE_SELECT:
	case SCST_EXEC_SET_INFO:
	case SCST_EXEC_SET_TIMESTAMP:
	case SCST_EXEC_WRITE_BUFFER:
	case SCST_EXEC_SEND_DIAGNOSTIC:
	case SCST_EXEC_LOG_SELECT:
		return scst_execute_select(cmd);
	case SCST_EXEC_PR_IN:
		return execute_pr_in(cmd, &view);
	case SCST_EXEC_PR_OUT:
		return scst_execute_pr_out(cmd);
	case SCST_EXEC_RESERVE:
		scst_execute_reserve(cmd);
		return SCST_EXEC_DONE;
	case SCST_EXEC_RELEASE:
		scst_execute_release(cmd);
		return SCST_EXEC_DONE;
	case SCST_EXEC_NONE:
	case SCST_EXEC_MAX:
		break;
	}
	WARN_ONCE(1, "opcode %02x has no one to execute it\n", cmd->op->opcode);
	scst_cmd_fail(cmd, SCST_SENSE_INTERNAL_FAILURE);
	return SCST_EXEC_DONE;
}

enum scst_exec_result scst_execute(struct scst_cmd *cmd)
{
	u8 not_ready = cmd->dev ? READ_ONCE(cmd->dev->not_ready) : SCST_SENSE_NONE;

	if (cmd->dev && cmd->dev->lu.opaque && is_the_devices(cmd))
		return cmd->dev->ops->verb[SCST_VERB_CDB](cmd);
	if (unlikely(not_ready) && refuses_without_medium(cmd, not_ready)) {
		scst_cmd_fail(cmd, not_ready);
		return SCST_EXEC_DONE;
	}
	return execute_ours(cmd, not_ready);
}
