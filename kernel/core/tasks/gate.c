// SPDX-License-Identifier: GPL-2.0
/*
 * What a command on its arrival has to pass: gate.h.
 */
#include <scst/sometimes.h>

#include "policy/policy.h"
#include "gate.h"

u32 scst_gate_flags(const struct scst_nexus *nexus, u32 gate)
{
	u32 attr = gate & SCST_GATE_ATTR, flags = 0;

	if (!nexus->dev)
		return 0;
	if (gate & SCST_GATE_HOLD)
		return SCST_CMD_HELD;
	if (gate & SCST_GATE_LIMIT)
		flags |= SCST_CMD_LIMITED;
	if (gate & SCST_GATE_ORDER || (attr != SCST_TASK_SIMPLE && attr != SCST_TASK_UNTAGGED))
		flags |= SCST_CMD_ORDERLY;
	return flags;
}

static enum scst_step_result pass(struct scst_cmd *cmd)
{
	u32 state = READ_ONCE(cmd->state);

	if (state & SCST_CMD_HELD) {	/* and yet it may not stay: its LUN is on its way out */
		SCST_SOMETIMES(held_where_nothing_stays);
		scst_cmd_fail(cmd, SCST_SENSE_LUN_NOT_SUPPORTED);
		return SCST_FAIL;
	}
	if (state & SCST_CMD_LIMITED && !scst_limit_enter(cmd))
		return SCST_FAIL;
	if (state & SCST_CMD_ORDERLY)
		return scst_order_arrive(cmd);
	return SCST_NEXT;
}

/* A command that goes no further is counted by its direction all the same. */
enum scst_step_result scst_gate_pass(struct scst_cmd *cmd)
{
	enum scst_step_result result;

	cmd->task_set = NULL;
	result = pass(cmd);
	if (result == SCST_FAIL)
		cmd->op = scst_cmd_op(cmd);
	return result;
}

/* One that is to be held where nothing stays any more goes where its LUN leads now, and so on. */
enum scst_step_result scst_gate_arrive(struct scst_cmd *cmd)
{
	u32 gate;

	while (READ_ONCE(cmd->state) & SCST_CMD_HELD) {
		if (scst_hold_park(cmd))
			return SCST_WAIT;
		if (READ_ONCE(cmd->state) & SCST_CMD_HELD && !scst_cmd_follow(cmd, &gate))
			break;
	}
	return scst_gate_pass(cmd);
}

void scst_gate_leave(struct scst_cmd *cmd, u32 state)
{
	if (state & SCST_CMD_ORDERLY)
		scst_order_leave(cmd);
	if (state & SCST_CMD_LIMITED)
		scst_limit_leave(cmd);
}

void scst_gate_update(struct scst_nexus *nexus)
{
	u8 gate = 0;

	lockdep_assert_held(&nexus->dev->lock);
	if (scst_hold_wanted(nexus))
		gate |= SCST_GATE_HOLD;
	if (scst_order_wanted(nexus))
		gate |= SCST_GATE_ORDER;
	if (scst_limit_wanted(nexus))
		gate |= SCST_GATE_LIMIT;
	WRITE_ONCE(nexus->gate, gate);
}

void scst_gate_update_device(struct scst_device *dev)
{
	struct scst_nexus *nexus;

	guard(spinlock_irqsave)(&dev->lock);
	list_for_each_entry(nexus, &dev->nexuses, dev_entry)
		scst_gate_update(nexus);
}

void scst_gate_kick(struct scst_device *dev)
{
	struct scst_nexus *nexus;

	lockdep_assert_held(&dev->lock);
	scst_hold_kick(dev);
	scst_admit_kick(dev);
	scst_order_kick(READ_ONCE(dev->task_set));
	list_for_each_entry(nexus, &dev->nexuses, dev_entry)
		scst_order_kick(READ_ONCE(nexus->task_set));
}
