// SPDX-License-Identifier: GPL-2.0
/*
 * What a logical unit forgets when it is reset (SAM-6 6.3.3, SPC-5 5.11), and of a nexus when that
 * is lost (SAM-6 6.3.4), besides commands: those are aborted by whoever resets it (tasks/tmf.c).
 */
#include <linux/cleanup.h>

#include "reserve/reserve.h"
#include "tasks/tasks.h"
#include "command.h"
#include "marks.h"

/* Everybody is told, whoever asked for the reset too. */
void scst_lu_reset(struct scst_device *dev)
{
	struct scst_nexus *nexus;

	scst_reserve_reset(dev);
	guard(spinlock_irq)(&dev->lock);
	list_for_each_entry(nexus, &dev->nexuses, dev_entry) {
		scst_nexus_allow_removal(nexus);
		scst_ua_queue(nexus, SCST_SENSE_RESET);
	}
}

/*
 * What was under way when the nexus was lost, and will tell that it has left: what came since does
 * not count.
 */
static bool has_aborted(const struct scst_nexus *nexus)
{
	const struct scst_pick any = { .nexus = nexus, .lun = SCST_ANY_LUN };
	const u32 tells = SCST_CMD_ABORTED | SCST_CMD_WATCHED;
	unsigned int i;

	for (i = 0; i < nexus->sess->nr_cmds; i++) {
		const struct scst_cmd *cmd = scst_cmd_slot(nexus->sess, i);
		u32 state = smp_load_acquire(&cmd->state);

		if ((state & tells) == tells && scst_cmd_picked(cmd, state, &any))
			return true;
	}
	return false;
}

/* Who may still be writing keeps its RESERVE until that has left. */
static void lose_reserve(struct scst_nexus *nexus)
{
	lockdep_assert_held(&nexus->dev->lock);
	if (has_aborted(nexus))
		return;
	WRITE_ONCE(nexus->loses_reserve, false);
	scst_reserve_lose(nexus);
}

void scst_nexus_left(struct scst_nexus *nexus)
{
	smp_mb();	/* pairs with begin_to_lose_reserve(): the command is idle by now */
	if (likely(!READ_ONCE(nexus->loses_reserve)))
		return;
	guard(spinlock_irqsave)(&nexus->dev->lock);
	if (nexus->loses_reserve)
		lose_reserve(nexus);
}

/* A RESERVE that was aborted makes none any more, so who has none now needs not look again. */
static void begin_to_lose_reserve(struct scst_nexus *nexus)
{
	lockdep_assert_held(&nexus->dev->lock);
	if (!scst_reserve_has(nexus))
		return;
	WRITE_ONCE(nexus->loses_reserve, true);
	smp_mb();	/* pairs with scst_nexus_left(): one of us sees the other */
	lose_reserve(nexus);
}

void scst_nexus_lose(struct scst_nexus *nexus)
{
	scoped_guard(spinlock_irq, &nexus->dev->lock) {
		scst_order_reset_aca(nexus->dev, nexus);
		begin_to_lose_reserve(nexus);
	}
	scst_nexus_allow_removal(nexus);
	scst_ua_queue(nexus, SCST_SENSE_NEXUS_LOSS);
}

/* Somebody else may have wanted nothing else of the device than that. */
void scst_nexus_allow_removal(struct scst_nexus *nexus)
{
	const struct scst_handler_ops *ops = nexus->dev->ops;

	if (xchg(&nexus->prevents_removal, false) && ops->removal_allowed)
		ops->removal_allowed(nexus->dev);
}

/* The saved values hold again. What is in the cache stays there, so WCE does too. */
void scst_lu_restore_mode(struct scst_device *dev)
{
	struct scst_mode mode;

	if (dev->lu.opaque)		/* it has its own, and was not reset */
		return;
	scoped_guard(mutex, &dev->param_lock) {
		mode = dev->lu.mode_saved;
		mode.wce = scst_mode_current(&dev->lu).wce;
		scst_mode_apply(&dev->lu, &mode);
	}
	scst_gate_update_device(dev);
}
