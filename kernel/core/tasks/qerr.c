// SPDX-License-Identifier: GPL-2.0
/*
 * QErr of the control mode page: a command that fails takes others along.
 */
#include <linux/cleanup.h>
#include <scst/sometimes.h>

#include "command/command.h"
#include "command/marks.h"
#include "tasks.h"

/*
 * What @cmd's CHECK CONDITION says is all that its initiator hears of the others. So of two that
 * fail at once one is the first, and the other one has gone with the rest; and whoever aborts this
 * one before it was told has that said otherwise. Return: false, another one was first.
 */
static bool clear_own(struct scst_cmd *cmd)
{
	const struct scst_pick own = { .nexus = cmd->nexus, .lun = SCST_ANY_LUN, .except = cmd };

	guard(spinlock_irqsave)(&cmd->dev->lock);
	if (scst_cmd_unanswered(cmd))
		return false;
	if (scst_marks_set(cmd->sess, &own, SCST_CMD_ABORTED, SCST_CMD_TELL))
		cmd->waited |= SCST_CLEARED_OTHERS;
	return true;
}

static void clear_foreign(struct scst_nexus *nexus, void *arg)
{
	const struct scst_cmd *cmd = arg;

	if (nexus != cmd->nexus)
		scst_tmf_abort_foreign(nexus, NULL, cmd, nexus->dev->lu.tas);
}

/* SPC-5 table 451: QErr. Other initiators are told as TAS says. Nobody waits for them to end. */
void scst_qerr_clear(struct scst_cmd *cmd, bool others)
{
	if (!clear_own(cmd))
		return;
	SCST_SOMETIMES(qerr_aborts);
	if (others)
		scst_nexuses_walk(cmd->dev, clear_foreign, cmd);
	scst_tmf_kick(cmd->dev);
}

void scst_cmd_untold(const struct scst_cmd *cmd)
{
	scst_ua_untold(cmd);
	if (!(cmd->waited & SCST_CLEARED_OTHERS))
		return;
	SCST_SOMETIMES(qerr_untold);
	scst_ua_queue(cmd->nexus, SCST_SENSE_CLEARED_BY_DEVICE);
}
