// SPDX-License-Identifier: GPL-2.0
/*
 * A command comes: what is answered here, and what goes to the device.
 */
#include <linux/hardirq.h>

#include "pass.h"

/*
 * dev_disk_perf and the like measure everything above a device: no data move. Only into memory of
 * the core, which may hold another initiator's data, zeros are read.
 */
static bool skips_device(const struct scst_cmd *cmd)
{
	switch ((enum scst_verb)cmd->op->verb) {
	case SCST_VERB_READ:
	case SCST_VERB_WRITE:
	case SCST_VERB_WRITE_VERIFY:
		return true;
	default:
		return cmd->op->fmt == SCST_FMT_TAPE &&
		       (cmd->cdb[0] == READ_6 || cmd->cdb[0] == WRITE_6);
	}
}

static enum scst_exec_result skip_device(struct scst_cmd *cmd)
{
	if (cmd->sg_ours && cmd->op->dir == SCST_DIR_IN)
		sg_zero_buffer(cmd->sg, cmd->sg_cnt, cmd->xfer_len, 0);
	return SCST_EXEC_DONE;
}

/*
 * blk-mq runs queues in process context only: not in an interrupt, nor with those of the softirq
 * kept off. A thread does it then.
 */
enum scst_exec_result pass_cdb(struct scst_cmd *cmd)
{
	const struct pass_dev *pd = to_pass(cmd->dev);
	enum scst_opaque_answer answer;

	if (unlikely(pd->kind->perf) && skips_device(cmd))
		return skip_device(cmd);
	if (unlikely(in_interrupt() || irqs_disabled()))
		return SCST_EXEC_THREAD;
	if (likely(cmd->op->flags & SCST_OP_MEDIUM_DATA))
		return pass_submit(cmd);
	if (cmd->op->verb == SCST_VERB_PREVENT)
		return pass_prevent(cmd);
	answer = scst_opaque_answer(cmd->op, cmd->cdb);
	return answer == SCST_ANSWER_AS_IT_IS ? pass_submit(cmd) : pass_answer(cmd, answer);
}
