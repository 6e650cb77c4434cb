// SPDX-License-Identifier: GPL-2.0
/*
 * How many commands an initiator may have at a logical unit.
 *
 * What the transport keeps to by itself costs nothing: the slots of a session, or what it says of
 * one logical unit (ops->lun_depth). Only where max_tgt_dev_commands of the device is less than
 * that do commands pass the gate and are counted, with an atomic of their nexus.
 */
#include <scst/sometimes.h>

#include "gate.h"

bool scst_limit_wanted(const struct scst_nexus *nexus)
{
	const struct scst_session *sess = nexus->sess;

	return READ_ONCE(nexus->dev->max_cmds) <
	       min_not_zero(sess->tgt->ops->lun_depth, sess->nr_cmds);
}

/* Commands from before the limit are not counted; they are soon gone. */
bool scst_limit_enter(struct scst_cmd *cmd)
{
	u32 nr = atomic_inc_return(&cmd->nexus->nr_limited);
	u32 max = READ_ONCE(cmd->dev->max_cmds);

	if (nr <= max)
		return true;
	SCST_SOMETIMES(task_set_full);
	cmd->status = SAM_STAT_TASK_SET_FULL;
	return false;
}

void scst_limit_leave(struct scst_cmd *cmd)
{
	atomic_dec(&cmd->nexus->nr_limited);
}

/* SAM-6 5.3.1: TASK SET FULL asks the initiator to wait for the end of a command that it has. */
void scst_cmd_set_busy(struct scst_cmd *cmd)
{
	const struct scst_pick others = {
		.nexus = cmd->nexus, .lun = SCST_ANY_LUN, .except = cmd,
	};

	SCST_SOMETIMES(buffer_refused);
	cmd->status = scst_marks_count(cmd->sess, &others, 1) ? SAM_STAT_TASK_SET_FULL :
								SAM_STAT_BUSY;
}
