// SPDX-License-Identifier: GPL-2.0
/*
 * Task sets: task attributes and auto contingent allegiance (SAM-6 clauses 8 and 5.9).
 *
 * A logical unit has one task set (TST 000b), or one for each I_T nexus (001b). None exists until a
 * command comes that is not SIMPLE: until then commands of a logical unit run as they come, and
 * nobody knows how many there are. That command turns the set on: from now on its nexuses' gates
 * send every command here, where they are kept in the order in which they arrived. Those that were
 * under way before are marked and waited for (settle); until they left, nothing ORDERED runs. When
 * for some seconds all commands were SIMPLE the set is turned off (retire).
 *
 * A command joins when it arrives and waits, if it has to, before it is executed:
 *
 *	HEAD OF QUEUE	runs at once
 *	ORDERED		when it is the oldest, and no HEAD OF QUEUE is there
 *	SIMPLE		when no ORDERED is older, and no HEAD OF QUEUE is there
 *
 * and with QUEUE ALGORITHM MODIFIER 0 what is SIMPLE counts as ORDERED. During an ACA condition
 * only commands with the ACA attribute run; others of the faulted nexus are refused, as are those
 * of the other nexuses in the task set, and what was waiting waits on.
 *
 * Locks: dev->lock > set->lock. Commands go on in a thread: whoever makes room may be in the middle
 * of completing another one.
 */
#include <linux/slab.h>
#include <scst/handles.h>

#include "gate.h"

#define RETIRE_AFTER	(2 * HZ)
#define DRAIN_LOOK	(HZ / 50)
#define DRAIN_MAX	(8 * HZ)

enum scst_queueing {
	SCST_QUEUE_COMING,	/* not at its execution yet */
	SCST_QUEUE_WAITING,	/* parked there */
	SCST_QUEUE_RUNNING,
};

struct scst_task_set {
	struct scst_device *dev;
	struct scst_nexus *nexus;	/* NULL: of all nexuses of @dev */
	spinlock_t lock;
	struct list_head cmds;		/* in the order of arrival */
	unsigned int nr[SCST_TASK_UNTAGGED + 1];
	bool on;			/* lock, and dev->lock to write it */
	bool settled;			/* all commands that there are, are here */
	const struct scst_nexus *faulted; /* there is an ACA condition, of this nexus */
	unsigned long last;		/* jiffies: something that was not SIMPLE */
	struct work_struct settle;
	struct scst_watch watch;	/* for those that are not here */
	bool lent;			/* pages may have been lent to answers while it was off */
	struct delayed_work drain;	/* until initiators have taken those */
	unsigned long give_up;		/* jiffies: or have to go; 0: before the first look */
	struct delayed_work retire;
};

/* SPC-5 table 449: TST. */
static struct scst_task_set **set_slot(struct scst_nexus *nexus)
{
	return READ_ONCE(nexus->dev->lu.tst) ? &nexus->task_set : &nexus->dev->task_set;
}

static bool is_restricted(const struct scst_device *dev)
{
	return !READ_ONCE(dev->lu.queue_alg);
}

bool scst_order_wanted(const struct scst_nexus *nexus)
{
	const struct scst_task_set *shared = READ_ONCE(nexus->dev->task_set);
	const struct scst_task_set *own = READ_ONCE(nexus->task_set);

	return (shared && shared->on) || (own && own->on) || is_restricted(nexus->dev);
}

static bool is_of_set(const struct scst_nexus *nexus, const void *arg)
{
	const struct scst_task_set *set = arg;

	return !set->nexus || set->nexus == nexus;
}

/* Strangers: under way, and not in the set. Those that are held will be. */
static const struct scst_pick strangers = {
	.lun = SCST_ANY_LUN, .without = SCST_CMD_ORDERLY | SCST_CMD_HELD,
};

static void mark_strangers(struct scst_nexus *nexus, void *set)
{
	struct scst_pick pick = strangers;

	pick.nexus = nexus;
	if (is_of_set(nexus, set))
		scst_marks_set(nexus->sess, &pick, SCST_CMD_WATCHED, 0);
}

/* Is it the turn of @cmd? set->lock held. */
static bool may_run(const struct scst_task_set *set, const struct scst_cmd *cmd)
{
	lockdep_assert_held(&set->lock);
	if (cmd->ends_aca)
		return true;
	if (set->faulted && cmd->queue_attr != SCST_TASK_ACA &&
	    !percpu_ref_is_dying(&cmd->nexus->ref))
		return false;
	switch ((enum scst_task_attr)cmd->queue_attr) {
	case SCST_TASK_HEAD_OF_QUEUE:
	case SCST_TASK_ACA:
		return true;
	case SCST_TASK_ORDERED:
		return set->settled && !set->nr[SCST_TASK_HEAD_OF_QUEUE] &&
		       list_is_first(&cmd->entry, &set->cmds);
	case SCST_TASK_SIMPLE:
	case SCST_TASK_UNTAGGED:
		return !set->nr[SCST_TASK_HEAD_OF_QUEUE] && !cmd->behind_ordered;
	}
	return true;
}

/*
 * Lets go whose turn has come: nothing behind the first ORDERED but heads of queue, which never
 * wait. set->lock held.
 */
static void run_set(struct scst_task_set *set)
{
	struct scst_cmd *cmd;

	lockdep_assert_held(&set->lock);
	list_for_each_entry(cmd, &set->cmds, entry) {
		if (cmd->queue_attr == SCST_TASK_SIMPLE)
			cmd->behind_ordered = false;
		if (cmd->queueing == SCST_QUEUE_WAITING && may_run(set, cmd)) {
			cmd->queueing = SCST_QUEUE_RUNNING;
			scst_cmd_resume(cmd, SCST_STEP_order, SCST_STEP_order);
		}
		if (cmd->queue_attr == SCST_TASK_ORDERED)
			return;
	}
}

static void set_settled(struct scst_task_set *set)
{
	guard(spinlock_irq)(&set->lock);
	set->settled = true;
	run_set(set);
}

struct draining {
	struct scst_task_set *set;
	bool first, last;
	bool done;
};

static void drain_nexus(struct scst_nexus *nexus, void *arg)
{
	const struct scst_target_ops *ops = nexus->sess->tgt->ops;
	struct draining *d = arg;

	if (!ops->taken || !is_of_set(nexus, d->set))
		return;
	if (d->first)
		nexus->taken = 0;
	non_block_start();
	if (!ops->taken(nexus->sess, &nexus->taken, d->last))
		d->done = false;
	non_block_end();
}

/*
 * An answer with pages of a cache has left for its transport, which is the end of the command; but
 * the pages are read when the initiator takes them. A command that is ordered behind it may not
 * change them before. To what is in the set nothing is lent: so this is done when it comes on.
 */
static void drain_work(struct work_struct *work)
{
	struct scst_task_set *set = container_of(to_delayed_work(work), struct scst_task_set,
						 drain);
	struct draining d = { .set = set, .first = !set->give_up, .done = true };

	if (d.first)
		set->give_up = (jiffies + DRAIN_MAX) | 1;
	d.last = time_after_eq(jiffies, set->give_up);
	scst_nexuses_walk(set->dev, drain_nexus, &d);
	if (!d.done) {
		SCST_SOMETIMES(set_drains);
		queue_delayed_work(scst_tmf_wq, &set->drain, DRAIN_LOOK);
		return;
	}
	set->lent = false;
	set->give_up = 0;
	set_settled(set);
}

static void strangers_left(struct scst_watch *watch)
{
	struct scst_task_set *set = container_of(watch, struct scst_task_set, watch);

	if (set->lent)
		queue_delayed_work(scst_tmf_wq, &set->drain, 0);
	else
		set_settled(set);
}

static void settle_work(struct work_struct *work)
{
	struct scst_task_set *set = container_of(work, struct scst_task_set, settle);

	SCST_SOMETIMES(set_settles);
	scst_tag(order_settle);
	synchronize_rcu_expedited();	/* an ORDERED command waits for this */
	scst_nexuses_walk(set->dev, mark_strangers, set);
	synchronize_rcu_expedited();
	set->watch = (struct scst_watch){
		.dev = set->dev, .hit = is_of_set, .arg = set, .pick = strangers,
		.over = strangers_left,
	};
	scst_watch_begin(&set->watch);
}

static void update_gates(struct scst_task_set *set)
{
	struct scst_nexus *nexus;

	lockdep_assert_held(&set->dev->lock);
	list_for_each_entry(nexus, &set->dev->nexuses, dev_entry)
		if (!set->nexus || set->nexus == nexus)
			scst_gate_update(nexus);
}

static void turn_on(struct scst_task_set *set)
{
	guard(spinlock_irqsave)(&set->dev->lock);
	scoped_guard(spinlock, &set->lock) {
		if (set->on)
			return;
		set->on = true;
		set->settled = false;
	}
	update_gates(set);
	queue_work(scst_tmf_wq, &set->settle);
	queue_delayed_work(scst_tmf_wq, &set->retire, RETIRE_AFTER);
}

static bool is_idle(const struct scst_task_set *set)
{
	return set->settled && list_empty(&set->cmds) && !set->faulted &&
	       !is_restricted(set->dev) && time_after(jiffies, set->last + RETIRE_AFTER);
}

static void retire_work(struct work_struct *work)
{
	struct scst_task_set *set = container_of(to_delayed_work(work), struct scst_task_set,
						 retire);

	guard(spinlock_irq)(&set->dev->lock);
	scoped_guard(spinlock, &set->lock) {
		if (!is_idle(set)) {
			queue_delayed_work(scst_tmf_wq, &set->retire, RETIRE_AFTER);
			return;
		}
		SCST_SOMETIMES(set_retires);
		set->on = false;
		set->lent = true;
	}
	update_gates(set);
}

/* Made once; freed with the nexus or device that it belongs to. NULL: no memory. */
static struct scst_task_set *get_set(struct scst_nexus *nexus)
{
	struct scst_task_set **slot = set_slot(nexus);
	struct scst_task_set *set = READ_ONCE(*slot), *other;

	if (likely(set))
		return set;
	set = scst_tag_fails(task_set_alloc) ? NULL : kzalloc(sizeof(*set), GFP_ATOMIC);
	if (!set)
		return NULL;
	set->dev = nexus->dev;
	set->nexus = slot == &nexus->task_set ? nexus : NULL;
	spin_lock_init(&set->lock);
	INIT_LIST_HEAD(&set->cmds);
	set->last = jiffies;
	set->lent = true;
	INIT_DELAYED_WORK(&set->drain, drain_work);
	INIT_WORK(&set->settle, settle_work);
	INIT_DELAYED_WORK(&set->retire, retire_work);
	other = cmpxchg(slot, NULL, set);
	if (!other)
		return set;
	kfree(set);
	return other;
}

/* No command is left, and none will come. */
void scst_order_free(struct scst_task_set *set)
{
	if (!set)
		return;
	cancel_work_sync(&set->settle);
	scst_watch_cancel(&set->watch);
	cancel_delayed_work_sync(&set->drain);
	cancel_delayed_work_sync(&set->retire);
	WARN_ON(!list_empty(&set->cmds));
	kfree(set);
}

/* The one command that another nexus may use to end an ACA condition. */
static bool is_preempt_and_abort(const struct scst_cmd *cmd)
{
	return cmd->cdb[0] == 0x5f && (cmd->cdb[1] & 0x1f) == 0x05;
}

static u8 attr_of(const struct scst_cmd *cmd)
{
	const struct scst_op *op = scst_cmd_op(cmd);

	if (cmd->attr == SCST_TASK_ACA)
		return SCST_TASK_ACA;
	if (op && op->flags & SCST_OP_HEAD_OF_QUEUE)
		return SCST_TASK_HEAD_OF_QUEUE;
	if (cmd->attr == SCST_TASK_ORDERED || cmd->attr == SCST_TASK_HEAD_OF_QUEUE)
		return cmd->attr;
	return is_restricted(cmd->dev) ? SCST_TASK_ORDERED : SCST_TASK_SIMPLE;
}

static bool has_naca(const struct scst_cmd *cmd)
{
	const struct scst_op *op = scst_cmd_op(cmd);

	return op && scst_cdb_naca(op, cmd->cdb);
}

/*
 * SAM-6 5.9.2 and table 39: whether @cmd, with its attribute, may join now. Return: GOOD, or what
 * to answer. A foreign PREEMPT AND ABORT is not of the condition: it has not the ACA attribute, and
 * may be under way when the nexus of its own has one.
 */
static u8 check_aca(const struct scst_task_set *set, struct scst_cmd *cmd)
{
	bool is_aca = cmd->queue_attr == SCST_TASK_ACA;

	if (!set->faulted)
		return is_aca ? SAM_STAT_CHECK_CONDITION : SAM_STAT_GOOD;
	SCST_SOMETIMES(aca_keeps_out);
	if (set->faulted != cmd->nexus) {
		if (is_preempt_and_abort(cmd)) {
			cmd->queue_attr = SCST_TASK_SIMPLE;
			cmd->ends_aca = true;
			return SAM_STAT_GOOD;
		}
		return has_naca(cmd) ? SAM_STAT_ACA_ACTIVE : SAM_STAT_BUSY;
	}
	if (!is_aca || set->nr[SCST_TASK_ACA] || READ_ONCE(cmd->dev->lu.tmf_only))
		return SAM_STAT_ACA_ACTIVE;
	return SAM_STAT_GOOD;
}

static void join(struct scst_task_set *set, struct scst_cmd *cmd)
{
	cmd->task_set = set;
	cmd->queueing = SCST_QUEUE_COMING;
	cmd->behind_ordered = set->nr[SCST_TASK_ORDERED];
	set->nr[cmd->queue_attr]++;
	list_add_tail(&cmd->entry, &set->cmds);
	if (cmd->queue_attr != SCST_TASK_SIMPLE)
		set->last = jiffies;
}

enum scst_step_result scst_order_arrive(struct scst_cmd *cmd)
{
	struct scst_task_set *set = get_set(cmd->nexus);
	u8 status = SAM_STAT_GOOD;
	bool on = true;

	if (!set) {
		scst_cmd_set_busy(cmd);
		return SCST_FAIL;
	}
	cmd->queue_attr = attr_of(cmd);
	cmd->ends_aca = false;
	scoped_guard(spinlock_irqsave, &set->lock) {
		status = check_aca(set, cmd);
		if (status == SAM_STAT_GOOD)
			join(set, cmd);
		on = set->on;
	}
	if (status == SAM_STAT_GOOD) {
		if (!on)
			turn_on(set);
		return SCST_NEXT;
	}
	if (status == SAM_STAT_CHECK_CONDITION)
		scst_cmd_fail(cmd, SCST_SENSE_INVALID_MESSAGE);
	else
		cmd->status = status;
	return SCST_FAIL;
}

enum scst_step_result scst_order_wait(struct scst_cmd *cmd)
{
	struct scst_task_set *set = cmd->task_set;

	if (!set || cmd->queueing == SCST_QUEUE_RUNNING)
		return SCST_NEXT;
	guard(spinlock_irqsave)(&set->lock);
	if (scst_cmd_aborted(cmd))
		return SCST_FAIL;
	if (may_run(set, cmd)) {
		cmd->queueing = SCST_QUEUE_RUNNING;
		return SCST_NEXT;
	}
	SCST_SOMETIMES(turn_waits);
	WRITE_ONCE(cmd->step, SCST_STEP_order);
	cmd->queueing = SCST_QUEUE_WAITING;
	return SCST_WAIT;
}

/* Who might have waited for it: everybody for a head of queue, the oldest for anybody. */
void scst_order_leave(struct scst_cmd *cmd)
{
	struct scst_task_set *set = cmd->task_set;
	struct scst_cmd *oldest;

	if (!set)
		return;
	guard(spinlock_irqsave)(&set->lock);
	list_del(&cmd->entry);
	set->nr[cmd->queue_attr]--;
	oldest = list_first_entry_or_null(&set->cmds, struct scst_cmd, entry);
	if (cmd->queue_attr != SCST_TASK_SIMPLE ||
	    (oldest && oldest->queueing == SCST_QUEUE_WAITING))
		run_set(set);
}

void scst_order_kick(struct scst_task_set *set)
{
	struct scst_cmd *cmd;

	if (!set)
		return;
	guard(spinlock_irqsave)(&set->lock);
	list_for_each_entry(cmd, &set->cmds, entry) {
		if (cmd->queueing != SCST_QUEUE_WAITING ||
		    (!scst_cmd_aborted(cmd) && !may_run(set, cmd)))
			continue;
		SCST_SOMETIMES_IF(scst_cmd_aborted(cmd), turn_aborted);
		cmd->queueing = SCST_QUEUE_RUNNING;
		scst_cmd_resume(cmd, SCST_STEP_order, SCST_STEP_order);
	}
}

/*
 * The first command that fails makes the condition; others were under way at that time. A nexus
 * that goes has none: who is killed is dying before reset_set() looks here. Nor has one whose
 * failed command a reset has just ended without an answer, for the same reason: it would not know.
 */
static void establish_aca(struct scst_cmd *cmd)
{
	struct scst_task_set *set = get_set(cmd->nexus);

	if (!set) {
		scst_ua_untold(cmd);
		cmd->status = SAM_STAT_BUSY;	/* nothing may be said that promises an ACA */
		return;
	}
	SCST_SOMETIMES(aca);
	scoped_guard(spinlock_irqsave, &set->lock)
		if (!set->faulted && !percpu_ref_is_dying(&cmd->nexus->ref) &&
		    !scst_cmd_unanswered(cmd))
			set->faulted = cmd->nexus;
	turn_on(set);
}

void scst_order_failed(struct scst_cmd *cmd)
{
	const struct scst_lu *lu = &cmd->dev->lu;

	if (scst_cdb_naca(cmd->op, cmd->cdb))
		establish_aca(cmd);
	if (cmd->status != SAM_STAT_CHECK_CONDITION)	/* BUSY takes nobody along */
		return;
	switch (READ_ONCE(lu->qerr)) {
	case 1:
		scst_qerr_clear(cmd, !lu->tst);
		break;
	case 3:
		scst_qerr_clear(cmd, false);
		break;
	}
}

static void end_aca(struct scst_task_set *set)
{
	lockdep_assert_held(&set->lock);
	set->faulted = NULL;
	run_set(set);
}

/* Those of the condition. One that waits for its data need not wait: its transport is told. */
static void abort_aca(struct scst_task_set *set, const struct scst_pick *pick)
{
	struct scst_cmd *cmd;

	lockdep_assert_held(&set->lock);
	list_for_each_entry(cmd, &set->cmds, entry) {
		u32 state = smp_load_acquire(&cmd->state);

		if (cmd->queue_attr != SCST_TASK_ACA || !scst_cmd_picked(cmd, state, pick))
			continue;
		while (!scst_cmd_mark(cmd, &state, SCST_CMD_ABORTED | SCST_CMD_WATCHED,
				      SCST_CMD_TELL))
			;
		scst_marks_tell(cmd->sess);
	}
}

/* SAM-6 7.4: its commands with the ACA attribute are aborted, and the rest goes on. */
bool scst_order_clear_aca(struct scst_nexus *nexus, const struct scst_pick *pick)
{
	struct scst_task_set *set = READ_ONCE(*set_slot(nexus));

	if (!set)
		return true;
	guard(spinlock_irqsave)(&set->lock);
	if (!set->faulted)
		return true;
	if (set->faulted != nexus)
		return false;
	SCST_SOMETIMES(aca_cleared);
	abort_aca(set, pick);
	end_aca(set);
	return true;
}

static void reset_set(struct scst_task_set *set, const struct scst_nexus *nexus)
{
	if (!set)
		return;
	guard(spinlock_irqsave)(&set->lock);
	if (set->faulted && (!nexus || set->faulted == nexus))
		end_aca(set);
}

void scst_order_reset_aca(struct scst_device *dev, const struct scst_nexus *nexus)
{
	struct scst_nexus *pos;

	lockdep_assert_held(&dev->lock);
	reset_set(READ_ONCE(dev->task_set), nexus);
	list_for_each_entry(pos, &dev->nexuses, dev_entry)
		reset_set(READ_ONCE(pos->task_set), nexus);
}
