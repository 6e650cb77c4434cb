// SPDX-License-Identifier: GPL-2.0
/*
 * The gate that every verb passes: one byte, zero unless something is the matter with the disk.
 * Whoever shuts it waits with scst_device_settle() for those who passed before.
 */
#include <linux/cleanup.h>
#include <linux/sched/mm.h>
#include <scst/handles.h>

#include "vdisk.h"

/* UNMAP has its blocks in its data: anywhere. */
static bool overlaps(const struct scst_cmd *cmd, const struct scst_op *op,
		     const struct vdisk_range *range)
{
	u64 lba = READ_ONCE(cmd->params.lba);
	u32 nblocks = READ_ONCE(cmd->params.nblocks);

	if (op->verb == SCST_VERB_UNMAP)
		return true;
	return lba < range->lba + range->nblocks && range->lba < lba + nblocks;
}

/* A command on a list, by the room in its slot. */
struct waiting {
	struct list_head entry;
	struct scst_cmd *cmd;
};

static struct list_head *wait_entry(struct scst_cmd *cmd)
{
	struct waiting *waiting = (struct waiting *)cmd->room;

	waiting->cmd = cmd;
	return &waiting->entry;
}

bool vdisk_add_last(struct vdisk *vd, struct list_head *list, struct scst_cmd *cmd)
{
	guard(spinlock_irqsave)(&vd->gate_lock);
	if (scst_cmd_aborted(cmd))
		return false;
	list_add_tail(wait_entry(cmd), list);
	return true;
}

static struct scst_cmd *take_first(struct vdisk *vd, struct list_head *list)
{
	struct waiting *waiting;

	guard(spinlock_irq)(&vd->gate_lock);
	waiting = list_first_entry_or_null(list, struct waiting, entry);
	if (!waiting)
		return NULL;
	list_del(&waiting->entry);
	return waiting->cmd;
}

void vdisk_carry_out(struct vdisk *vd, struct list_head *list, void (*fn)(struct scst_cmd *cmd))
{
	unsigned int noio = memalloc_noio_save();
	struct scst_cmd *cmd;

	while ((cmd = take_first(vd, list))) {
		SCST_SOMETIMES_IF(scst_cmd_aborted(cmd), series_aborted);
		if (!scst_cmd_aborted(cmd))
			fn(cmd);
		scst_cmd_exec_done(cmd);
	}
	memalloc_noio_restore(noio);
}

static void take_aborted(struct list_head *from, struct list_head *to)
{
	struct waiting *waiting, *next;

	list_for_each_entry_safe(waiting, next, from, entry)
		if (scst_cmd_aborted(waiting->cmd))
			list_move_tail(&waiting->entry, to);
}

/* What waits for a series, or is one that has not begun, ends without its turn. */
void vdisk_end_aborted(struct scst_device *dev)
{
	struct vdisk *vd = to_vdisk(dev);
	struct waiting *waiting, *next;
	LIST_HEAD(aborted);

	scoped_guard(spinlock_irqsave, &vd->gate_lock) {
		take_aborted(&vd->series, &aborted);
		take_aborted(&vd->waiting, &aborted);
		take_aborted(&vd->loads, &aborted);
	}
	list_for_each_entry_safe(waiting, next, &aborted, entry) {
		SCST_SOMETIMES(series_left);
		scst_cmd_exec_done_in_thread(waiting->cmd);
	}
}

/*
 * Does it write to blocks, or look at what is in them? A series waits for those that do, and others
 * for the series, so they have a limit of length. A VERIFY that compares nothing, or one block with
 * each, has none: it may take hours [compare_and_write_does_not_wait_for_a_verify_without_end].
 */
static bool touches_blocks(const struct scst_op *op, u32 how)
{
	if (op->verb == SCST_VERB_VERIFY)
		return (how & (SCST_HOW_COMPARE | SCST_HOW_SAME)) == SCST_HOW_COMPARE;
	return op->flags & SCST_OP_WRITES || op->verb == SCST_VERB_READ;
}

/*
 * Puts @cmd on the list of those who wait, if it has to. It may run by then. Once is enough: where
 * series follow each other the next one has shut the gate before a thread takes @cmd on, but it
 * waits for @cmd, as is_there() [a_read_has_its_turn_between_series].
 */
static bool wait_for_release(struct scst_cmd *cmd, enum scst_exec_result *result)
{
	struct vdisk *vd = to_vdisk(cmd->dev);

	guard(spinlock_irqsave)(&vd->gate_lock);
	if (!(vd->gate & VDISK_HOLD) || cmd->params.how & VDISK_HOW_WAITED ||
	    !overlaps(cmd, cmd->op, &vd->hold))
		return false;
	*result = SCST_EXEC_DONE;
	if (scst_cmd_aborted(cmd))	/* vdisk_end_aborted() may have been here */
		return true;
	SCST_SOMETIMES(gate_holds);
	WRITE_ONCE(cmd->params.how, cmd->params.how | VDISK_HOW_HELD);
	list_add_tail(wait_entry(cmd), &vd->waiting);
	*result = SCST_EXEC_PENDING;
	return true;
}

bool vdisk_gate(struct scst_cmd *cmd, enum scst_exec_result *result)
{
	if (READ_ONCE(to_vdisk(cmd->dev)->gate) & VDISK_REFUSES) {
		SCST_SOMETIMES(gate_refuses);
		scst_cmd_fail(cmd, vdisk_not_ready(cmd));
		*result = SCST_EXEC_DONE;
		return false;
	}
	return !touches_blocks(cmd->op, cmd->params.how) || !wait_for_release(cmd, result);
}

/*
 * Is it there, without being held? One that is being parsed will see the gate. A format writes when
 * all that came before it is over, and what holds others is among that.
 */
static bool is_there(const struct scst_cmd *cmd, const void *range)
{
	const struct scst_op *op = READ_ONCE(cmd->op);
	u32 how = READ_ONCE(cmd->params.how);

	if (!op)
		return true;
	if (!touches_blocks(op, how) || how & VDISK_HOW_HELD ||
	    op->verb == SCST_VERB_COMPARE_WRITE || op->verb == SCST_VERB_OR_WRITE ||
	    op->verb == SCST_VERB_FORMAT)
		return false;
	return overlaps(cmd, op, range);
}

void vdisk_hold(struct vdisk *vd, struct vdisk_range range)
{
	scoped_guard(spinlock_irq, &vd->gate_lock) {
		vd->hold = range;
		WRITE_ONCE(vd->gate, vd->gate | VDISK_HOLD);
	}
	scst_device_settle(&vd->dev, is_there, &range);
}

void vdisk_release(struct vdisk *vd)
{
	struct waiting *waiting, *next;
	LIST_HEAD(held);

	scoped_guard(spinlock_irq, &vd->gate_lock) {
		WRITE_ONCE(vd->gate, vd->gate & ~VDISK_HOLD);
		list_splice_init(&vd->waiting, &held);
	}
	list_for_each_entry_safe(waiting, next, &held, entry) {
		struct scst_cmd *cmd = waiting->cmd;

		WRITE_ONCE(cmd->params.how,
			   (cmd->params.how & ~VDISK_HOW_HELD) | VDISK_HOW_WAITED);
		scst_cmd_exec_again(cmd);
	}
}
