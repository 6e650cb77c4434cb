// SPDX-License-Identifier: GPL-2.0
/*
 * Task management (SAM-6 clause 7). A function marks the commands it affects (marks.h) and is
 * answered when they have left.
 *
 * Commands of the nexus that asked get no answer. Those of other nexuses get TASK ABORTED with TAS,
 * else none, and their initiator a unit attention.
 */
#include <linux/export.h>

#include "command/scst_trace.h"
#include "policy/policy.h"
#include "gate.h"

#define STUCK_AFTER	(30 * HZ)

/* An end that does not come is a back end that does not answer: somebody should know which. */
static void warn_stuck(const struct scst_session *sess, u16 lun)
{
	pr_warn("scst: target %s: task management of %s, LUN %u, waits for commands without end\n",
		sess->tgt->name, sess->initiator, lun);
}

static void wait_session(struct scst_session *sess, const struct scst_pick *pick)
{
	synchronize_rcu();
	scst_admit_release_aborted(sess);
	while (!wait_event_timeout(scst_marks_wait, !scst_marks_remain(sess, pick), STUCK_AFTER))
		warn_stuck(sess, pick->lun);
}

static void release_aborted(struct scst_device *dev)
{
	struct scst_nexus *nexus;

	guard(spinlock_irq)(&dev->lock);
	list_for_each_entry(nexus, &dev->nexuses, dev_entry)
		scst_admit_release_aborted(nexus->sess);
}

static void wait_device(struct scst_device *dev, const struct scst_nexus *nexus)
{
	synchronize_rcu();
	release_aborted(dev);
	while (!wait_event_timeout(scst_marks_wait, !scst_marks_remain_device(dev, 0), STUCK_AFTER))
		warn_stuck(nexus->sess, nexus->lun);
}

static unsigned int mark_own(struct scst_session *sess, const struct scst_pick *pick)
{
	return scst_marks_set(sess, pick, SCST_CMD_ABORTED | SCST_CMD_WATCHED, SCST_CMD_TELL);
}

static void kick(struct scst_device *dev)
{
	guard(spinlock_irq)(&dev->lock);
	scst_gate_kick(dev);
}

static unsigned int abort_own(struct scst_nexus *nexus, const struct scst_pick *pick)
{
	unsigned int marked = mark_own(nexus->sess, pick);

	if (marked) {
		kick(nexus->dev);
		wait_session(nexus->sess, pick);
	}
	return marked;
}

void scst_tmf_abort_session(struct scst_session *sess)
{
	if (!mark_own(sess, &(struct scst_pick){ .lun = SCST_ANY_LUN }))
		return;
	synchronize_rcu();
	scst_admit_release_aborted(sess);
}

void scst_tmf_abort_foreign(struct scst_nexus *nexus, const struct scst_pick *pick, bool tas)
{
	struct scst_pick alive = *pick;
	u32 how = SCST_CMD_ABORTED | SCST_CMD_WATCHED | (tas ? SCST_CMD_TELL : 0);

	alive.without |= SCST_CMD_ABORTED;	/* its own initiator was first */
	if (scst_marks_set(nexus->sess, &alive, how, 0) && !tas)
		scst_ua_queue(nexus, SCST_SENSE_CLEARED_BY_OTHER);
}

static enum scst_tmf_result tmf_abort_task(struct scst_tmf *tmf, struct scst_nexus *nexus)
{
	struct scst_pick pick = { .lun = tmf->lun, .by_tag = true, .tag = tmf->tag };

	return abort_own(nexus, &pick) ? SCST_TMF_COMPLETE : SCST_TMF_NO_TASK;
}

static enum scst_tmf_result tmf_abort_task_set(struct scst_tmf *tmf, struct scst_nexus *nexus)
{
	abort_own(nexus, &(struct scst_pick){ .lun = tmf->lun });
	return SCST_TMF_COMPLETE;
}

/* All commands of all initiators, and what else @reset asks for. */
static void abort_device(struct scst_nexus *sender, bool reset)
{
	struct scst_device *dev = sender->dev;
	struct scst_nexus *nexus;

	spin_lock_irq(&dev->lock);
	list_for_each_entry(nexus, &dev->nexuses, dev_entry) {
		const struct scst_pick pick = { .lun = nexus->lun };

		if (nexus == sender)
			mark_own(nexus->sess, &pick);
		else
			scst_tmf_abort_foreign(nexus, &pick, dev->lu.tas);
	}
	if (reset)
		scst_order_reset_aca(dev, NULL);
	scst_gate_kick(dev);
	spin_unlock_irq(&dev->lock);
	if (reset)
		scst_lu_reset(dev);
	wait_device(dev, sender);
}

/*
 * The grace period is for a command that has looked at nexus->denied before it changed: it became
 * LIVE in an RCU section before that, and so is found now. Its initiator is told of the lost
 * registration, so there is no unit attention for the commands.
 */
void scst_tmf_preempt(struct scst_device *dev, scst_nexus_hit hit, const void *arg,
		      const struct scst_cmd *except)
{
	u32 how = SCST_CMD_ABORTED | SCST_CMD_WATCHED | (dev->lu.tas ? SCST_CMD_TELL : 0);
	struct scst_nexus *nexus;

	synchronize_rcu();
	spin_lock_irq(&dev->lock);
	list_for_each_entry(nexus, &dev->nexuses, dev_entry) {
		const struct scst_pick pick = { .lun = nexus->lun, .without = SCST_CMD_ABORTED,
						.except = except };

		if (hit(nexus, arg))
			scst_marks_set(nexus->sess, &pick, how, 0);
	}
	scst_gate_kick(dev);
	spin_unlock_irq(&dev->lock);
	wake_up_all(&scst_marks_wait);	/* one that waits here itself may have been marked */
}

static bool preempted_remain(struct scst_device *dev, scst_nexus_hit hit, const void *arg,
			     const struct scst_cmd *except)
{
	struct scst_nexus *nexus;

	guard(spinlock_irq)(&dev->lock);
	list_for_each_entry(nexus, &dev->nexuses, dev_entry) {
		const struct scst_pick pick = { .lun = nexus->lun, .except = except };

		if (hit(nexus, arg) && scst_marks_remain(nexus->sess, &pick))
			return true;
	}
	return false;
}

void scst_tmf_preempt_wait(struct scst_device *dev, scst_nexus_hit hit, const void *arg,
			   const struct scst_cmd *except)
{
	synchronize_rcu();
	release_aborted(dev);
	wait_event(scst_marks_wait, !preempted_remain(dev, hit, arg, except) ||
		   scst_cmd_aborted(except));
}

/* TST 001b: each nexus has a task set of its own (SPC-5 table 449). */
static enum scst_tmf_result tmf_clear_task_set(struct scst_tmf *tmf, struct scst_nexus *nexus)
{
	if (nexus->dev->lu.tst)
		return tmf_abort_task_set(tmf, nexus);
	abort_device(nexus, false);
	return SCST_TMF_COMPLETE;
}

static void reset_device(struct scst_nexus *sender)
{
	abort_device(sender, true);
	scst_lu_restore_mode(sender->dev);
}

static enum scst_tmf_result tmf_lun_reset(struct scst_tmf *tmf, struct scst_nexus *nexus)
{
	reset_device(nexus);
	return SCST_TMF_COMPLETE;
}

/* Every LUN that the sender sees, and no other: it has no business with those it cannot reach. */
static enum scst_tmf_result tmf_target_reset(struct scst_tmf *tmf, struct scst_nexus *unused)
{
	unsigned int lun;

	for (lun = 0; lun <= SCST_MAX_LUN; lun++) {
		struct scst_nexus *nexus = scst_nexus_get(tmf->sess, lun);

		if (nexus->dev)
			reset_device(nexus);
		scst_nexus_put(nexus);
	}
	return SCST_TMF_COMPLETE;
}

static void lose_nexus(struct scst_nexus *nexus)
{
	scoped_guard(spinlock_irq, &nexus->dev->lock) {
		scst_order_reset_aca(nexus->dev, nexus);
		scst_gate_kick(nexus->dev);
	}
	scst_ua_queue(nexus, SCST_SENSE_NEXUS_LOSS);
}

/* SAM-6 7.6: as if the nexus had been lost, on every LUN. */
static enum scst_tmf_result tmf_nexus_reset(struct scst_tmf *tmf, struct scst_nexus *unused)
{
	const struct scst_pick all = { .lun = SCST_ANY_LUN };
	struct scst_nexus *nexus;

	mark_own(tmf->sess, &all);
	scoped_guard(mutex, &tmf->sess->tgt->lock)
		list_for_each_entry(nexus, &tmf->sess->nexuses, sess_entry)
			lose_nexus(nexus);
	wait_session(tmf->sess, &all);
	return SCST_TMF_COMPLETE;
}

/* SAM-6 7.4. That what was aborted has left is part of the answer here too. */
static enum scst_tmf_result tmf_clear_aca(struct scst_tmf *tmf, struct scst_nexus *nexus)
{
	if (!scst_order_clear_aca(nexus))
		return SCST_TMF_REJECTED;
	kick(nexus->dev);
	wait_session(tmf->sess, &(struct scst_pick){ .lun = tmf->lun });
	return SCST_TMF_COMPLETE;
}

static enum scst_tmf_result query(const struct scst_session *sess, const struct scst_pick *pick)
{
	return scst_marks_count(sess, pick, 1) ? SCST_TMF_SUCCEEDED : SCST_TMF_COMPLETE;
}

static enum scst_tmf_result tmf_query_task(struct scst_tmf *tmf, struct scst_nexus *nexus)
{
	const struct scst_pick pick = { .lun = tmf->lun, .by_tag = true, .tag = tmf->tag };

	return query(tmf->sess, &pick);
}

static enum scst_tmf_result tmf_query_task_set(struct scst_tmf *tmf, struct scst_nexus *nexus)
{
	return query(tmf->sess, &(struct scst_pick){ .lun = tmf->lun });
}

/* SAM-6 7.8: which unit attention comes next, and whether there are more (UADE DEPTH). */
static enum scst_tmf_result tmf_query_event(struct scst_tmf *tmf, struct scst_nexus *nexus)
{
	unsigned int nr;
	enum scst_sense_id id = scst_ua_peek(nexus, &nr);
	const struct scst_sense_row *row = scst_sense_row(id);

	if (!nr)
		return SCST_TMF_COMPLETE;
	tmf->info[0] = (nr == 1 ? 1 : 2) << 4 | row->key;
	tmf->info[1] = row->asc;
	tmf->info[2] = row->ascq;
	return SCST_TMF_SUCCEEDED;
}

/* clang-format off */
static const struct tmf_row {
	enum scst_tmf_result (*fn)(struct scst_tmf *tmf, struct scst_nexus *nexus);
	bool needs_lun;
} tmf_rows[] = {
	[SCST_TMF_ABORT_TASK]	     = { tmf_abort_task,	true  },
	[SCST_TMF_ABORT_TASK_SET]    = { tmf_abort_task_set,	true  },
	[SCST_TMF_CLEAR_ACA]	     = { tmf_clear_aca,		true  },
	[SCST_TMF_CLEAR_TASK_SET]    = { tmf_clear_task_set,	true  },
	[SCST_TMF_LUN_RESET]	     = { tmf_lun_reset,		true  },
	[SCST_TMF_TARGET_RESET]	     = { tmf_target_reset,	false },
	[SCST_TMF_I_T_NEXUS_RESET]   = { tmf_nexus_reset,	false },
	[SCST_TMF_QUERY_TASK]	     = { tmf_query_task,	true  },
	[SCST_TMF_QUERY_TASK_SET]    = { tmf_query_task_set,	true  },
	[SCST_TMF_QUERY_ASYNC_EVENT] = { tmf_query_event,	true  },
};
/* clang-format on */

static bool is_swallowed(struct scst_session *sess)
{
	u8 hole;

	scoped_guard(mutex, &sess->tgt->lock)
		hole = sess->group->black_hole;
	return hole == SCST_BLACK_HOLE_CMD_TMF || hole == SCST_BLACK_HOLE_DATA_TMF;
}

static enum scst_tmf_result tmf_execute(struct scst_tmf *tmf)
{
	const struct tmf_row *row = tmf->fn < ARRAY_SIZE(tmf_rows) ? &tmf_rows[tmf->fn] : NULL;
	enum scst_tmf_result result = SCST_TMF_NO_LUN;
	struct scst_nexus *nexus;

	if (!row || !row->fn)
		return SCST_TMF_NOT_SUPPORTED;
	if (is_swallowed(tmf->sess))
		return SCST_TMF_DROPPED;
	nexus = scst_nexus_get(tmf->sess, tmf->lun);
	scst_policy_tmf(tmf, nexus);
	if (nexus->dev || !row->needs_lun)
		result = row->fn(tmf, nexus);
	scst_nexus_put(nexus);
	return result;
}

static void tmf_work(struct work_struct *work)
{
	struct scst_tmf *tmf = container_of(work, struct scst_tmf, work);

	trace_scst_tmf_start(tmf);
	tmf->result = tmf_execute(tmf);
	trace_scst_tmf_done(tmf);
	tmf->sess->tgt->ops->tmf_done(tmf);
}

void scst_tmf_submit(struct scst_tmf *tmf)
{
	INIT_WORK(&tmf->work, tmf_work);
	queue_work(scst_tmf_wq, &tmf->work);
}
EXPORT_SYMBOL_GPL(scst_tmf_submit);
