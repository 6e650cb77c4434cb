// SPDX-License-Identifier: GPL-2.0
/*
 * Task management (SAM-6 clause 7). A function marks the commands it affects and is answered when
 * they have left; no list of commands is kept for it: it walks the arrays of the sessions
 * concerned.
 *
 * Marking races with completion. A command that completes without having seen the mark was answered
 * before the task management function is, which is all that SAM asks; synchronize_rcu() makes sure
 * that every other one has seen the mark and will wake the waiter (scst_cmd_done()).
 */
#include <linux/export.h>

#include "nexus.h"
#include "scst_trace.h"

#define ANY_LUN ((u16)-1)

static DECLARE_WAIT_QUEUE_HEAD(left_wait);

void scst_tmf_cmd_left(void)
{
	wake_up_all(&left_wait);
}

/* Whom a function affects within one session. */
struct target_set {
	u16 lun;
	bool by_tag;
	u64 tag;
};

/* Pairs with the release in scst_cmd_submit(): a LIVE command has its LUN and its tag. */
static bool cmd_matches(const struct scst_cmd *cmd, u32 state, const struct target_set *set)
{
	return (state & SCST_CMD_LIVE) && (set->lun == ANY_LUN || cmd->lun == set->lun) &&
	       (!set->by_tag || cmd->tag == set->tag);
}

static struct scst_cmd *cmd_slot(const struct scst_session *sess, unsigned int i)
{
	return sess->cmds + i * sess->cmd_size;
}

/* Return: how many commands were marked. */
static unsigned int mark(struct scst_session *sess, const struct target_set *set)
{
	unsigned int i, marked = 0;

	for (i = 0; i < sess->nr_cmds; i++) {
		struct scst_cmd *cmd = cmd_slot(sess, i);
		u32 state = smp_load_acquire(&cmd->state);

		/* Once more if it was another command by the time the mark was to be set. */
		while (cmd_matches(cmd, state, set)) {
			u32 old = cmpxchg(&cmd->state, state, state | SCST_CMD_ABORTED);

			if (old == state) {
				marked++;
				break;
			}
			state = old;
		}
	}
	if (marked && sess->tgt->ops->cmds_aborted)
		sess->tgt->ops->cmds_aborted(sess);
	return marked;
}

/* Is a marked command still there? One that another function marked is waited for as well. */
static bool marked_remain(const struct scst_session *sess, const struct target_set *set)
{
	unsigned int i;

	for (i = 0; i < sess->nr_cmds; i++) {
		struct scst_cmd *cmd = cmd_slot(sess, i);
		u32 state = smp_load_acquire(&cmd->state);

		if ((state & SCST_CMD_ABORTED) && cmd_matches(cmd, state, set))
			return true;
	}
	return false;
}

static unsigned int abort_set(struct scst_session *sess, const struct target_set *set)
{
	unsigned int marked = mark(sess, set);

	if (marked) {
		synchronize_rcu();
		scst_admit_release_aborted(sess);
		wait_event(left_wait, !marked_remain(sess, set));
	}
	return marked;
}

void scst_tmf_abort_session(struct scst_session *sess)
{
	if (!mark(sess, &(struct target_set){ .lun = ANY_LUN }))
		return;
	synchronize_rcu();
	scst_admit_release_aborted(sess);
}

static enum scst_tmf_result tmf_abort_task(struct scst_tmf *tmf, struct scst_nexus *nexus)
{
	struct target_set set = { .lun = tmf->lun, .by_tag = true, .tag = tmf->tag };

	return abort_set(tmf->sess, &set) ? SCST_TMF_COMPLETE : SCST_TMF_NO_TASK;
}

static enum scst_tmf_result tmf_abort_task_set(struct scst_tmf *tmf, struct scst_nexus *nexus)
{
	abort_set(tmf->sess, &(struct target_set){ .lun = tmf->lun });
	return SCST_TMF_COMPLETE;
}

static void dev_release_aborted(struct scst_device *dev)
{
	struct scst_nexus *nexus;

	guard(spinlock_irq)(&dev->lock);
	list_for_each_entry(nexus, &dev->nexuses, dev_entry)
		scst_admit_release_aborted(nexus->sess);
}

static bool dev_marked_remain(struct scst_device *dev)
{
	struct scst_nexus *nexus;

	guard(spinlock_irq)(&dev->lock);
	list_for_each_entry(nexus, &dev->nexuses, dev_entry)
		if (marked_remain(nexus->sess, &(struct target_set){ .lun = nexus->lun }))
			return true;
	return false;
}

/* All commands of all initiators; @ua tells the others. */
static void abort_device(struct scst_device *dev, const struct scst_nexus *sender,
			 enum scst_sense_id ua)
{
	struct scst_nexus *nexus;

	spin_lock_irq(&dev->lock);
	list_for_each_entry(nexus, &dev->nexuses, dev_entry) {
		mark(nexus->sess, &(struct target_set){ .lun = nexus->lun });
		if (nexus != sender)
			scst_ua_queue(nexus, ua);
	}
	spin_unlock_irq(&dev->lock);
	synchronize_rcu();
	dev_release_aborted(dev);
	wait_event(left_wait, !dev_marked_remain(dev));
}

/* TST is 001b for our devices: each nexus has a task set of its own (SPC-5 table 449). */
static enum scst_tmf_result tmf_clear_task_set(struct scst_tmf *tmf, struct scst_nexus *nexus)
{
	if (nexus->dev->lu.tst)
		return tmf_abort_task_set(tmf, nexus);
	abort_device(nexus->dev, nexus, SCST_SENSE_CLEARED_BY_OTHER);
	return SCST_TMF_COMPLETE;
}

static enum scst_tmf_result tmf_lun_reset(struct scst_tmf *tmf, struct scst_nexus *nexus)
{
	abort_device(nexus->dev, nexus, SCST_SENSE_RESET);
	return SCST_TMF_COMPLETE;
}

/* Every LUN that the sender sees, and no other: it has no business with those it cannot reach. */
static enum scst_tmf_result tmf_target_reset(struct scst_tmf *tmf, struct scst_nexus *unused)
{
	unsigned int lun;

	for (lun = 0; lun <= SCST_MAX_LUN; lun++) {
		struct scst_nexus *nexus = scst_nexus_get(tmf->sess, lun);

		if (nexus->dev)
			abort_device(nexus->dev, nexus, SCST_SENSE_RESET);
		scst_nexus_put(nexus);
	}
	return SCST_TMF_COMPLETE;
}

static const struct tmf_row {
	enum scst_tmf_result (*fn)(struct scst_tmf *tmf, struct scst_nexus *nexus);
	bool needs_lun;
} tmf_rows[] = {
	[SCST_TMF_ABORT_TASK]	  = { tmf_abort_task,	  true  },
	[SCST_TMF_ABORT_TASK_SET] = { tmf_abort_task_set, true  },
	[SCST_TMF_CLEAR_TASK_SET] = { tmf_clear_task_set, true  },
	[SCST_TMF_LUN_RESET]	  = { tmf_lun_reset,	  true  },
	[SCST_TMF_TARGET_RESET]	  = { tmf_target_reset,	  false },
};

static enum scst_tmf_result tmf_execute(struct scst_tmf *tmf)
{
	const struct tmf_row *row = tmf->fn < ARRAY_SIZE(tmf_rows) ? &tmf_rows[tmf->fn] : NULL;
	enum scst_tmf_result result = SCST_TMF_NO_LUN;
	struct scst_nexus *nexus;

	if (!row || !row->fn)
		return SCST_TMF_NOT_SUPPORTED;
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
