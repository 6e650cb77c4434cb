// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that are kept back on their arrival: of a device that is blocked from outside, of all
 * devices while activity is suspended. They wait in the order in which they came, and go on when
 * nothing holds them any more. Task management reaches them: an aborted command has no reason to
 * stay. Those that a black hole swallows, as if the transport had lost them, wait likewise until it
 * is closed; but then they are lost, and who sent them gets no answer.
 *
 * While those that were held go on, later ones queue behind them, so nobody overtakes.
 */
#include <linux/delay.h>
#include <linux/slab.h>
#include <scst/handles.h>

#include "gate.h"

static DEFINE_SPINLOCK(hold_lock);	/* inside dev->lock: reasons and lists */
static unsigned int suspended;		/* hold_lock: how many times */

static bool is_data_cmd(const struct scst_cmd *cmd)
{
	const struct scst_op *op = scst_cmd_op(cmd);

	return op && op->dir != SCST_DIR_NONE;
}

static bool swallows(const struct scst_cmd *cmd)
{
	switch ((enum scst_black_hole)READ_ONCE(cmd->nexus->black_hole)) {
	case SCST_BLACK_HOLE_OFF:
		return false;
	case SCST_BLACK_HOLE_CMD:
	case SCST_BLACK_HOLE_CMD_TMF:
		return true;
	case SCST_BLACK_HOLE_DATA:
	case SCST_BLACK_HOLE_DATA_TMF:
		return is_data_cmd(cmd);
	}
	return false;
}

/* Neither the dead nor those whose LUN is being removed. */
static bool goes(const struct scst_cmd *cmd)
{
	return scst_cmd_aborted(cmd) || percpu_ref_is_dying(&cmd->nexus->ref);
}

static bool has_reason(const struct scst_cmd *cmd)
{
	lockdep_assert_held(&hold_lock);
	return !goes(cmd) && (suspended || cmd->dev->nr_blocks || swallows(cmd));
}

bool scst_hold_wanted(const struct scst_nexus *nexus)
{
	const struct scst_device *dev = nexus->dev;

	guard(spinlock_irqsave)(&hold_lock);
	return suspended || dev->nr_blocks || dev->releasing || nexus->black_hole;
}

/*
 * HELD becomes what the gate says otherwise. Under hold_lock, so that whoever blocks the device
 * finds it either held or marks it.
 */
static void release(struct scst_cmd *cmd)
{
	u32 state = READ_ONCE(cmd->state);
	u32 gate, flags;

	lockdep_assert_held(&hold_lock);
	guard(rcu)();
	gate = (READ_ONCE(cmd->nexus->gate) & ~SCST_GATE_HOLD) | cmd->attr;
	flags = scst_gate_flags(cmd->nexus, gate);
	while (!scst_cmd_mark(cmd, &state, flags, SCST_CMD_HELD))
		;
}

/* Return: false if it goes on, or (still HELD) to its end. */
bool scst_hold_park(struct scst_cmd *cmd)
{
	struct scst_device *dev = cmd->dev;

	guard(spinlock_irqsave)(&hold_lock);
	if (goes(cmd))
		return false;
	if (!has_reason(cmd) && !dev->releasing) {
		release(cmd);
		return false;
	}
	SCST_SOMETIMES(held);
	WRITE_ONCE(cmd->step, SCST_STEP_lookup);
	list_add_tail(&cmd->entry, &dev->held);
	return true;
}

/* As if its own initiator had aborted it: nobody answers it. */
static void lose(struct scst_cmd *cmd)
{
	u32 state = READ_ONCE(cmd->state);

	while (!scst_cmd_mark(cmd, &state, SCST_CMD_ABORTED, SCST_CMD_TELL))
		;
}

/*
 * The oldest that may go, or NULL: then @dev is not releasing any more. What is in a black hole may
 * when its LUN goes, and does not come out where that leads now.
 */
static struct scst_cmd *take_released(struct scst_device *dev)
{
	struct scst_cmd *cmd;

	guard(spinlock_irq)(&hold_lock);
	list_for_each_entry(cmd, &dev->held, entry) {
		if (has_reason(cmd))
			continue;
		list_del(&cmd->entry);
		SCST_SOMETIMES_IF(scst_cmd_aborted(cmd), held_aborted);
		if (swallows(cmd))
			lose(cmd);
		else if (!goes(cmd))
			release(cmd);
		return cmd;
	}
	dev->releasing = false;
	return NULL;
}

/* One whose LUN leads elsewhere by now may have to wait there. */
static void go_on(struct scst_cmd *cmd)
{
	enum scst_step_result result = SCST_NEXT;
	u32 gate;

	cmd->task_set = NULL;
	if (!scst_cmd_follow(cmd, &gate))
		result = scst_gate_pass(cmd);
	else if (gate)
		result = scst_gate_arrive(cmd);
	if (result == SCST_WAIT)
		return;
	scst_cmd_resume(cmd, SCST_STEP_lookup,
			result == SCST_NEXT ? SCST_STEP_parse : SCST_STEP_finish);
}

/* One after the other, so that they join their task sets in the order in which they came. */
static void release_work(struct work_struct *work)
{
	struct scst_device *dev = container_of(work, struct scst_device, release_work);
	struct scst_cmd *cmd;

	while ((cmd = take_released(dev))) {
		scst_tag(hold_release);
		go_on(cmd);
	}
	scst_gate_update_device(dev);
}

void scst_hold_kick(struct scst_device *dev)
{
	guard(spinlock_irqsave)(&hold_lock);
	if (list_empty(&dev->held))
		return;
	dev->releasing = true;
	queue_work(scst_tmf_wq, &dev->release_work);
}

/* A reason ended: go on at once, or if nobody is held just open the gates. */
static void reopen(struct scst_device *dev)
{
	scst_hold_kick(dev);
	scst_gate_update_device(dev);
}

static void block(struct scst_device *dev)
{
	scoped_guard(spinlock_irq, &hold_lock)
		dev->nr_blocks++;
	scst_gate_update_device(dev);
}

int scst_device_unblock(struct scst_device *dev)
{
	scoped_guard(spinlock_irq, &hold_lock) {
		if (!dev->nr_blocks)
			return -EINVAL;
		dev->nr_blocks--;
	}
	reopen(dev);
	return 0;
}

/* What it has swallowed until now. */
static void lose_swallowed(struct scst_nexus *nexus)
{
	struct scst_cmd *cmd;

	lockdep_assert_held(&hold_lock);
	list_for_each_entry(cmd, &nexus->dev->held, entry)
		if (cmd->nexus == nexus && swallows(cmd))
			lose(cmd);
}

void scst_hold_set_black_hole(struct scst_nexus *nexus, u8 hole)
{
	scoped_guard(spinlock_irq, &hold_lock) {
		lose_swallowed(nexus);
		WRITE_ONCE(nexus->black_hole, hole);
	}
	reopen(nexus->dev);
}

/* Who arrived before the gates were closed, wherever it is by now. */
static const struct scst_pick earlier = { .lun = SCST_ANY_LUN, .without = SCST_CMD_HELD };

static void mark_earlier(struct scst_device *dev)
{
	scst_tag(hold_mark);
	synchronize_rcu();
	scst_marks_set_device(dev, SCST_CMD_HELD, SCST_CMD_WATCHED);
	synchronize_rcu();
}

int scst_device_block(struct scst_device *dev)
{
	int err;

	block(dev);
	mark_earlier(dev);
	err = scst_watch_wait(&(struct scst_watch){ .dev = dev, .pick = earlier });
	SCST_SOMETIMES_IF(!err, blocked);
	if (err)
		scst_device_unblock(dev);
	return err;
}

static void earlier_left(struct scst_watch *watch)
{
	struct scst_device *dev = watch->dev;
	char *text;

	scoped_guard(spinlock_irq, &hold_lock) {
		text = dev->block_text;
		dev->block_text = NULL;
	}
	dev->blocked(dev, text);
	kfree(text);
}

static void block_work(struct work_struct *work)
{
	struct scst_device *dev = container_of(work, struct scst_device, block_work);

	mark_earlier(dev);
	dev->block_watch = (struct scst_watch){
		.dev = dev, .pick = earlier, .over = earlier_left,
	};
	scst_watch_begin(&dev->block_watch);
}

int scst_device_block_async(struct scst_device *dev, const char *text,
			    void (*blocked)(struct scst_device *dev, const char *text))
{
	char *copy = kstrdup(text, GFP_KERNEL);

	if (!copy)
		return -ENOMEM;
	scoped_guard(spinlock_irq, &hold_lock) {
		if (!dev->block_text) {
			swap(dev->block_text, copy);
			dev->blocked = blocked;
		}
	}
	if (copy) {
		kfree(copy);
		return -EBUSY;
	}
	block(dev);
	queue_work(scst_tmf_wq, &dev->block_work);
	return 0;
}

unsigned int scst_device_blocks(struct scst_device *dev, bool *pending)
{
	guard(spinlock_irq)(&hold_lock);
	*pending = dev->block_text;
	return dev->nr_blocks;
}

void scst_hold_init(struct scst_device *dev)
{
	INIT_LIST_HEAD(&dev->held);
	INIT_WORK(&dev->release_work, release_work);
	INIT_WORK(&dev->block_work, block_work);
	dev->nr_blocks = 0;
	dev->releasing = false;
	dev->block_text = NULL;
	dev->block_watch = (struct scst_watch){ };
}

void scst_hold_exit(struct scst_device *dev)
{
	cancel_work_sync(&dev->block_work);
	scst_watch_cancel(&dev->block_watch);
	cancel_work_sync(&dev->release_work);
	kfree(dev->block_text);
}

static void all_devices(void (*fn)(struct scst_device *dev))
{
	struct scst_device *dev;

	guard(mutex)(&scst_registry_lock);
	list_for_each_entry(dev, &scst_devices, entry)
		fn(dev);
}

/* Commands that are neither held nor without a device. */
static bool anything_runs(void)
{
	struct scst_device *dev;

	guard(mutex)(&scst_registry_lock);
	list_for_each_entry(dev, &scst_devices, entry)
		if (scst_marks_any_device(dev, SCST_CMD_HELD))
			return true;
	return false;
}

unsigned int scst_suspended(void)
{
	return READ_ONCE(suspended);
}

int scst_resume(void)
{
	scoped_guard(spinlock_irq, &hold_lock) {
		if (!suspended)
			return -EINVAL;
		suspended--;
	}
	all_devices(reopen);
	return 0;
}

/* Looks from time to time: no command pays for being waited for here. */
int scst_suspend(unsigned int seconds)
{
	unsigned long deadline = jiffies + (unsigned long)seconds * HZ;
	int err = 0;

	scoped_guard(spinlock_irq, &hold_lock)
		suspended++;
	all_devices(scst_gate_update_device);
	synchronize_rcu();
	while (!err && anything_runs()) {
		if (seconds && time_after(jiffies, deadline))
			err = -EBUSY;
		else if (msleep_interruptible(20))
			err = -EINTR;
	}
	if (err)
		scst_resume();
	return err;
}
