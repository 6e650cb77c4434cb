// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that bring parameters and are carried out by the core. The list is copied first, so that
 * an initiator which shares memory with us cannot change what was judged; core/scsi judges it, and
 * what it says is done here under dev->param_lock, all of it or nothing.
 */
#include <linux/cleanup.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <scst/tags.h>

#include "scsi/saved.h"
#include "tasks/tasks.h"
#include "execute.h"

#define MODE_SELECT_SP	0x01

/* What was written before reaches the medium now, by the handler's verb and in this command. */
static enum scst_exec_result flush_all(struct scst_cmd *cmd)
{
	WARN_ON_ONCE(!scst_op_calls_verb(cmd->op));	/* or nobody waits for it */
	cmd->params = (struct scst_cdb){ };
	return cmd->dev->ops->verb[SCST_VERB_FLUSH](cmd);
}

/*
 * SPC-5 7.5.10 (SWP), SBC-4 6.5.6 (WCE): these leave nothing in the cache. Also if it is off by
 * now: who switched it off may have given up before the flush, or that failed, and asks again.
 */
static bool wants_flush(const struct scst_device *dev, const struct scst_mode *was,
			const struct scst_mode *is)
{
	return dev->lu.mode_changeable.wce && (!is->wce || (is->swp && !was->swp)) &&
	       dev->lu.verbs & BIT(SCST_VERB_FLUSH);
}

/* MODE SELECT on its way out of the cache; in its slot, of which no verb has made use yet. */
struct leaving {
	struct scst_watch watch;
	struct scst_cmd *cmd;
};

static_assert(sizeof(struct leaving) <= SCST_CMD_ROOM);

static bool is_writing(const struct scst_cmd *cmd)
{
	const struct scst_op *op = READ_ONCE(cmd->op);

	return op && op->flags & SCST_OP_WRITES && scst_cmd_is_at_verb(cmd);
}

static void writes_left(struct scst_watch *watch)
{
	scst_cmd_exec_again(container_of(watch, struct leaving, watch)->cmd);
}

/*
 * A write that began with the cache may be answered with it, and must not be after this command is:
 * so it ends first, and what it left in the cache is flushed. It may still need a thread, and a
 * device can have only this one (threads_num): so it is not waited for here. The first grace period
 * is for writes that have read WCE, which are at their verb by then.
 */
static enum scst_exec_result leave_cache(struct scst_cmd *cmd)
{
	struct leaving *leaving = (struct leaving *)cmd->room;

	cmd->params.how |= SCST_HOW_FLUSH;
	synchronize_rcu_expedited();
	scst_marks_set_device(cmd->dev, 0, SCST_CMD_WATCHED);
	synchronize_rcu_expedited();
	*leaving = (struct leaving){
		.watch = {
			.dev = cmd->dev, .pick = { .lun = SCST_ANY_LUN }, .matters = is_writing,
			.unless = cmd, .over = writes_left,
		},
		.cmd = cmd,
	};
	scst_watch_begin(&leaving->watch);
	return SCST_EXEC_PENDING;
}

static int save_mode(struct scst_device *dev, const struct scst_mode *mode)
{
	struct scst_saved saved;

	scst_saved_now(dev, &saved);
	saved.mode = *mode;
	return scst_saved_store(dev, &saved);
}

/* Return: false, and nothing has changed. */
static bool change_mode(struct scst_cmd *cmd, const u8 *list, u32 len, struct scst_mode *was,
			struct scst_mode *is)
{
	struct scst_device *dev = cmd->dev;
	struct scst_sense sense;

	guard(mutex)(&dev->param_lock);
	*was = scst_mode_current(&dev->lu);
	if (!scst_mode_select(&dev->lu, cmd->cdb, list, len, is, &sense)) {
		scst_cmd_fail_with(cmd, &sense);
		return false;
	}
	if (cmd->cdb[1] & MODE_SELECT_SP && save_mode(dev, is)) {
		scst_cmd_fail(cmd, SCST_SENSE_INTERNAL_FAILURE);
		return false;
	}
	if (memcmp(was, is, sizeof(*is))) {
		scst_mode_apply(&dev->lu, is);
		scst_gate_update_device(dev);
		scst_ua_queue_others(dev, cmd->nexus, SCST_SENSE_MODE_CHANGED);
	}
	return true;
}

static enum scst_exec_result mode_select(struct scst_cmd *cmd, const u8 *list, u32 len)
{
	struct scst_mode was, is;

	if (cmd->params.how & SCST_HOW_FLUSH)
		return scst_cmd_aborted(cmd) ? SCST_EXEC_DONE : flush_all(cmd);
	if (!change_mode(cmd, list, len, &was, &is) || !wants_flush(cmd->dev, &was, &is))
		return SCST_EXEC_DONE;
	return leave_cache(cmd);
}

static enum scst_exec_result set_info(struct scst_cmd *cmd, const u8 *list, u32 len)
{
	struct scst_device *dev = cmd->dev;
	struct scst_saved saved;
	struct scst_sense sense;

	guard(mutex)(&dev->param_lock);
	scst_saved_now(dev, &saved);
	if (!scst_set_info(cmd->cdb, list, len, saved.info, &sense))
		scst_cmd_fail_with(cmd, &sense);
	else if (scst_saved_store(dev, &saved))
		scst_cmd_fail(cmd, SCST_SENSE_INTERNAL_FAILURE);
	else
		scst_ua_queue_others(dev, cmd->nexus, SCST_SENSE_INFO_CHANGED);
	return SCST_EXEC_DONE;
}

static enum scst_exec_result set_timestamp(struct scst_cmd *cmd, const u8 *list, u32 len)
{
	struct scst_device *dev = cmd->dev;
	struct scst_sense sense;
	u64 ms;

	if (!len)
		return SCST_EXEC_DONE;
	if (!scst_set_timestamp(list, len, &ms, &sense)) {
		scst_cmd_fail_with(cmd, &sense);
		return SCST_EXEC_DONE;
	}
	guard(mutex)(&dev->param_lock);
	dev->clock_offset = ms - ktime_to_ms(ktime_get_boottime());
	dev->clock_set = true;
	scst_ua_queue_others(dev, cmd->nexus, SCST_SENSE_TIMESTAMP_CHANGED);
	return SCST_EXEC_DONE;
}

static enum scst_exec_result write_buffer(struct scst_cmd *cmd, const u8 *list, u32 len)
{
	struct scst_nexus *nexus = cmd->nexus;
	struct scst_sense sense;

	guard(mutex)(&cmd->dev->param_lock);
	if (!nexus->buffer)
		nexus->buffer = kvzalloc(sizeof(*nexus->buffer), GFP_KERNEL);
	if (!nexus->buffer)
		cmd->status = SAM_STAT_BUSY;
	else if (!scst_write_buffer(cmd->cdb, list, len, nexus->buffer, &sense))
		scst_cmd_fail_with(cmd, &sense);
	return SCST_EXEC_DONE;
}

/* The self-test: does the back end still take a flush? */
static enum scst_exec_result send_diagnostic(struct scst_cmd *cmd, const u8 *list, u32 len)
{
	struct scst_sense sense;
	bool self_test;

	if (!scst_send_diagnostic(cmd->cdb, &self_test, &sense))
		scst_cmd_fail_with(cmd, &sense);
	else if (self_test && cmd->dev->lu.verbs & BIT(SCST_VERB_FLUSH))
		return flush_all(cmd);
	return SCST_EXEC_DONE;
}

static enum scst_exec_result log_select(struct scst_cmd *cmd, const u8 *list, u32 len)
{
	static const struct scst_log any;
	const struct scst_view view = { .lu = &cmd->dev->lu, .log = &any };
	struct scst_sense sense;
	bool reset;

	if (!scst_log_select(&view, cmd->cdb, len, &reset, &sense)) {
		scst_cmd_fail_with(cmd, &sense);
	} else if (reset) {
		scst_stats_reset_device(cmd->dev);
		scst_ua_queue_others(cmd->dev, cmd->nexus, SCST_SENSE_LOG_CHANGED);
	}
	return SCST_EXEC_DONE;
}

static enum scst_exec_result (*const carry_out[SCST_EXEC_MAX])(struct scst_cmd *cmd, const u8 *list,
							       u32 len) = {
	[SCST_EXEC_MODE_SELECT]		= mode_select,
	[SCST_EXEC_SET_INFO]		= set_info,
	[SCST_EXEC_SET_TIMESTAMP]	= set_timestamp,
	[SCST_EXEC_WRITE_BUFFER]	= write_buffer,
	[SCST_EXEC_SEND_DIAGNOSTIC]	= send_diagnostic,
	[SCST_EXEC_LOG_SELECT]		= log_select,
};

enum scst_exec_result scst_execute_select(struct scst_cmd *cmd)
{
	enum scst_exec_result result;
	u8 *list;

	if (!cmd->in_thread)
		return SCST_EXEC_THREAD;
	list = scst_tag_fails(list_alloc) ? NULL : kmalloc(SCST_LIST_MAX, GFP_KERNEL);
	if (!list) {
		cmd->status = SAM_STAT_BUSY;
		return SCST_EXEC_DONE;
	}
	if (cmd->xfer_len)
		sg_copy_to_buffer(cmd->sg, cmd->sg_cnt, list, cmd->xfer_len);
	result = carry_out[cmd->op->exec](cmd, list, cmd->xfer_len);
	kfree(list);
	return result;
}
