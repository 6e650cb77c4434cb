// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that bring parameters and are carried out by the core. The list is copied first, so that
 * an initiator which shares memory with us cannot change what was judged; core/scsi judges it, and
 * what it says is done here under dev->param_lock, all of it or nothing.
 */
#include <linux/cleanup.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "core.h"

#define LIST_MAX	4096		/* bytes; no list that we take is as long */
#define MODE_SELECT_SP	0x01

/* What was written before reaches the medium now, by the handler's verb and in this command. */
static enum scst_exec_result flush_all(struct scst_cmd *cmd)
{
	cmd->params = (struct scst_cdb){ };
	return cmd->dev->ops->verb[SCST_VERB_FLUSH](cmd);
}

/* SPC-5 7.5.10 (SWP), SBC-4 6.5.6 (WCE): these leave nothing in the cache. */
static bool wants_flush(const struct scst_device *dev, const struct scst_mode *was,
			const struct scst_mode *is)
{
	return was->wce && (!is->wce || (is->swp && !was->swp)) &&
	       dev->lu.verbs & BIT(SCST_VERB_FLUSH);
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
	if (cmd->cdb[1] & MODE_SELECT_SP && scst_saved_store(dev, is)) {
		scst_cmd_fail(cmd, SCST_SENSE_INTERNAL_FAILURE);
		return false;
	}
	if (memcmp(was, is, sizeof(*is))) {
		scst_mode_apply(&dev->lu, is);
		scst_ua_queue_others(dev, cmd->nexus, SCST_SENSE_MODE_CHANGED);
	}
	return true;
}

static enum scst_exec_result mode_select(struct scst_cmd *cmd, const u8 *list, u32 len)
{
	struct scst_mode was, is;

	if (!change_mode(cmd, list, len, &was, &is) || !wants_flush(cmd->dev, &was, &is))
		return SCST_EXEC_DONE;
	return flush_all(cmd);
}

static enum scst_exec_result (*const carry_out[SCST_EXEC_MAX])(struct scst_cmd *cmd, const u8 *list,
							       u32 len) = {
	[SCST_EXEC_MODE_SELECT]	= mode_select,
};

enum scst_exec_result scst_execute_select(struct scst_cmd *cmd)
{
	enum scst_exec_result result;
	u8 *list;

	if (!cmd->may_sleep)
		return SCST_EXEC_THREAD;
	if (cmd->xfer_len > LIST_MAX) {
		scst_cmd_fail(cmd, SCST_SENSE_PARAM_LIST_LENGTH);
		return SCST_EXEC_DONE;
	}
	list = kmalloc(LIST_MAX, GFP_KERNEL);
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
