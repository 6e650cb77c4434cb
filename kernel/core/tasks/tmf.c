// SPDX-License-Identifier: GPL-2.0
/*
 * Task management (SAM-6 clause 7). A function marks the commands it affects (marks.h) and is
 * answered when they have left.
 *
 * Commands of the nexus that asked get no answer. Those of other nexuses get TASK ABORTED with TAS,
 * else none, and their initiator a unit attention.
 */
#include <linux/export.h>
#include <linux/sched/mm.h>
#include <linux/unaligned.h>
#include <scst/handles.h>

#include "command/scst_trace.h"
#include "event/event.h"
#include "policy/policy.h"
#include "gate.h"

/* What was submitted and is not answered, for trace_mcmds. */
static DEFINE_SPINLOCK(tmfs_lock);
static LIST_HEAD(tmfs);

void scst_tmfs_walk(void (*fn)(const struct scst_tmf *tmf, void *arg), void *arg)
{
	const struct scst_tmf *tmf;

	guard(spinlock_irqsave)(&tmfs_lock);
	list_for_each_entry(tmf, &tmfs, entry)
		fn(tmf, arg);
}

/* From nobody: the commands of a session are what it asked for itself, at whatever LUN. */
static unsigned int mark_own(struct scst_session *sess, const struct scst_pick *pick)
{
	return scst_marks_set(sess, pick, SCST_CMD_ABORTED | SCST_CMD_WATCHED, SCST_CMD_TELL);
}

static void tell_handler(struct scst_device *dev)
{
	if (dev->ops->aborted)
		dev->ops->aborted(dev);
}

void scst_tmf_kick(struct scst_device *dev)
{
	scoped_guard(spinlock_irqsave, &dev->lock)
		scst_gate_kick(dev);
	tell_handler(dev);
}

/* The nexus of a command that is LIVE, with a reference, or NULL: nexuses are freed by RCU. */
static struct scst_nexus *nexus_of(const struct scst_cmd *cmd, const struct scst_pick *pick)
{
	struct scst_nexus *nexus;

	guard(rcu)();
	if (!scst_cmd_picked(cmd, smp_load_acquire(&cmd->state), pick))
		return NULL;
	nexus = READ_ONCE(cmd->nexus);
	return percpu_ref_tryget(&nexus->ref) ? nexus : NULL;
}

/*
 * Parked commands of @sess that were aborted go on to their end. They may be of a nexus that nobody
 * finds any more: its LUN was removed or hidden, or has another device now.
 */
static void kick_own(struct scst_session *sess, const struct scst_pick *pick)
{
	struct scst_nexus *last = NULL, *nexus;
	unsigned int i;

	for (i = 0; i < sess->nr_cmds; i++) {
		nexus = nexus_of(scst_cmd_slot(sess, i), pick);
		if (!nexus)
			continue;
		if (nexus->dev && nexus != last)
			scst_tmf_kick(nexus->dev);
		last = nexus;
		scst_nexus_put(nexus);
	}
}

static unsigned int abort_own(struct scst_session *sess, const struct scst_pick *pick)
{
	unsigned int marked = mark_own(sess, pick);

	if (marked)
		kick_own(sess, pick);
	return marked;
}

void scst_tmf_abort_session(struct scst_session *sess)
{
	if (abort_own(sess, &(struct scst_pick){ .lun = SCST_ANY_LUN }))
		SCST_SOMETIMES(session_aborts);
}

/*
 * Marks what is not aborted yet: else its own initiator was first, or QErr. Whoever waits for the
 * commands waits for those as well: they may still be about to write.
 */
static unsigned int mark_foreign(struct scst_session *sess, struct scst_pick pick, bool watched,
				 bool tas)
{
	u32 how = SCST_CMD_ABORTED | (tas ? SCST_CMD_TELL : 0);

	if (watched) {
		scst_marks_set(sess, &pick, SCST_CMD_WATCHED, 0);
		how |= SCST_CMD_WATCHED;
	}
	pick.without = SCST_CMD_ABORTED;
	return scst_marks_set(sess, &pick, how, 0);
}

void scst_tmf_abort_foreign(struct scst_nexus *nexus, const struct scst_tmf *tmf,
			    const struct scst_cmd *except, bool tas)
{
	const struct scst_pick pick = {
		.nexus = nexus, .lun = SCST_ANY_LUN, .tmf = tmf, .except = except,
	};

	if (mark_foreign(nexus->sess, pick, tmf, tas) && !tas) {
		SCST_SOMETIMES(tmf_tells_nobody);
		scst_ua_queue(nexus, SCST_SENSE_CLEARED_BY_OTHER);
	}
}

struct preempting {
	scst_nexus_hit hit;
	const void *arg;
	const struct scst_cmd *except;
};

static void preempt_nexus(struct scst_nexus *nexus, void *arg)
{
	const struct preempting *p = arg;
	const struct scst_pick pick = {
		.nexus = nexus, .lun = SCST_ANY_LUN, .except = p->except,
	};

	if (!p->hit(nexus, p->arg))
		return;
	scst_nexus_allow_removal(nexus);
	mark_foreign(nexus->sess, pick, true, nexus->dev->lu.tas);
	guard(spinlock_irq)(&nexus->dev->lock);
	scst_order_reset_aca(nexus->dev, nexus);	/* SPC-3 5.6.10.5; nobody else can end it */
}

/*
 * The grace period is for a command that has looked at nexus->denied before it changed: it became
 * LIVE in an RCU section before that, and so is found now. Its initiator is told of the lost
 * registration, so there is no unit attention for the commands.
 */
void scst_tmf_preempt(struct scst_device *dev, scst_nexus_hit hit, const void *arg,
		      const struct scst_cmd *except)
{
	struct preempting p = { hit, arg, except };

	synchronize_rcu();
	scst_nexuses_walk(dev, preempt_nexus, &p);
	scst_tmf_kick(dev);
}

void scst_tmf_preempt_wait(struct scst_watch *watch)
{
	synchronize_rcu();
	scst_watch_begin(watch);
}

/*
 * The functions. Each does what it can at once, and says in tmf->watch whose commands have to leave
 * before it is answered; with neither a session nor a device there it is answered now.
 *
 * A function begins in a thread, and its initiator need not wait for the answer before it sends the
 * next command. That one is not what it was about: it would be gone, and nobody would know.
 */

/* What the sender has at the LUN; of the task that it names; and everywhere. */
static struct scst_pick own_at_lun(const struct scst_tmf *tmf)
{
	return (struct scst_pick){ .lun = tmf->lun, .tmf = tmf };
}

static struct scst_pick own_task(const struct scst_tmf *tmf)
{
	return (struct scst_pick){ .lun = tmf->lun, .by_tag = true, .tag = tmf->tag, .tmf = tmf };
}

static struct scst_pick own_all(const struct scst_tmf *tmf)
{
	return (struct scst_pick){ .lun = SCST_ANY_LUN, .tmf = tmf };
}

static void wait_session(struct scst_tmf *tmf, const struct scst_pick *pick)
{
	tmf->watch.sess = tmf->sess;
	tmf->watch.dev = NULL;
	tmf->watch.pick = *pick;
}

static void wait_device(struct scst_tmf *tmf, struct scst_device *dev)
{
	tmf->watch.sess = NULL;
	tmf->watch.dev = dev;
	tmf->watch.pick = own_all(tmf);
}

/* A LUN that the initiator does not see (any more) is none, unless its commands are still there. */
static enum scst_tmf_result abort_picked(struct scst_tmf *tmf, const struct scst_nexus *nexus,
					 const struct scst_pick *pick, enum scst_tmf_result none)
{
	if (!abort_own(tmf->sess, pick)) {
		SCST_SOMETIMES(tmf_finds_nothing);
		return nexus->dev ? none : SCST_TMF_NO_LUN;
	}
	SCST_SOMETIMES_IF(!nexus->dev, tmf_of_gone_lun);
	wait_session(tmf, pick);
	return SCST_TMF_COMPLETE;
}

static enum scst_tmf_result tmf_abort_task(struct scst_tmf *tmf, struct scst_nexus *nexus)
{
	const struct scst_pick pick = own_task(tmf);

	return abort_picked(tmf, nexus, &pick, SCST_TMF_NO_TASK);
}

static enum scst_tmf_result tmf_abort_task_set(struct scst_tmf *tmf, struct scst_nexus *nexus)
{
	const struct scst_pick pick = own_at_lun(tmf);

	return abort_picked(tmf, nexus, &pick, SCST_TMF_COMPLETE);
}

struct clearing {
	const struct scst_tmf *tmf;
	const struct scst_nexus *sender;
};

static void abort_nexus(struct scst_nexus *nexus, void *arg)
{
	const struct clearing *c = arg;

	if (nexus != c->sender)
		scst_tmf_abort_foreign(nexus, c->tmf, NULL, nexus->dev->lu.tas);
}

/* All commands at the device of @sender; and its own at this LUN, whatever device that had then. */
static void abort_all(struct scst_tmf *tmf, struct scst_nexus *sender)
{
	struct scst_pick own = own_at_lun(tmf);

	own.lun = sender->lun;
	abort_own(tmf->sess, &own);
	scst_nexuses_walk(sender->dev, abort_nexus, &(struct clearing){ tmf, sender });
}

/*
 * All commands of all initiators are waited for, after the sender's own: those are what it
 * addressed at this LUN, which may have had another device when they came.
 */
static void wait_own_and_device(struct scst_tmf *tmf, struct scst_device *dev)
{
	const struct scst_pick own = own_at_lun(tmf);

	wait_session(tmf, &own);
	tmf->then = dev;
}

/* TST 001b: each nexus has a task set of its own (SPC-5 table 449). */
static enum scst_tmf_result tmf_clear_task_set(struct scst_tmf *tmf, struct scst_nexus *nexus)
{
	if (!nexus->dev || nexus->dev->lu.tst)
		return tmf_abort_task_set(tmf, nexus);
	abort_all(tmf, nexus);
	scst_tmf_kick(nexus->dev);
	wait_own_and_device(tmf, nexus->dev);
	return SCST_TMF_COMPLETE;
}

/* What was held back by an ACA condition is aborted before that ends, and so never begins. */
static void reset_device(struct scst_tmf *tmf, struct scst_nexus *sender)
{
	struct scst_device *dev = sender->dev;

	abort_all(tmf, sender);
	scst_lu_reset(dev);
	scoped_guard(spinlock_irq, &dev->lock)
		scst_order_reset_aca(dev, NULL);
	scst_tmf_kick(dev);
}

static enum scst_tmf_result tmf_lun_reset(struct scst_tmf *tmf, struct scst_nexus *nexus)
{
	if (!nexus->dev)
		return tmf_abort_task_set(tmf, nexus);
	SCST_SOMETIMES(tmf_lun_reset);
	reset_device(tmf, nexus);
	wait_own_and_device(tmf, nexus->dev);
	return SCST_TMF_COMPLETE;
}

static void lun_reset_left(struct scst_tmf *tmf)
{
	if (tmf->nexus->dev)
		scst_lu_restore_mode(tmf->nexus->dev);
}

static struct scst_nexus *get_next_lun(struct scst_session *sess, unsigned int *lun)
{
	struct scst_nexus *nexus;

	for (; *lun <= SCST_MAX_LUN; ++*lun) {
		nexus = scst_nexus_get(sess, *lun);
		if (nexus->dev)
			return nexus;
		scst_nexus_put(nexus);
	}
	return NULL;
}

static atomic64_t target_resets;

/* What comes to a LUN meanwhile has not been reset, and is none of the second half's business. */
static struct scst_nexus *get_next_reset(struct scst_tmf *tmf, unsigned int *lun)
{
	struct scst_nexus *nexus;

	while ((nexus = get_next_lun(tmf->sess, lun))) {
		if (READ_ONCE(nexus->met_reset) >= tmf->target_reset)
			break;
		scst_nexus_put(nexus);
		++*lun;
	}
	return nexus;
}

static void target_reset_lun(struct scst_tmf *tmf, struct scst_nexus *nexus)
{
	scoped_guard(spinlock_irq, &nexus->lock)
		WRITE_ONCE(nexus->met_reset, max(nexus->met_reset, tmf->target_reset));
	reset_device(tmf, nexus);
}

/*
 * Every LUN that the sender sees, and its own commands at those that it does not see any more; no
 * other: it has no business with those it cannot reach.
 */
static enum scst_tmf_result tmf_target_reset(struct scst_tmf *tmf, struct scst_nexus *unused)
{
	const struct scst_pick own = own_all(tmf);
	struct scst_nexus *nexus;
	unsigned int lun = 0;

	tmf->target_reset = atomic64_inc_return(&target_resets);
	while ((nexus = get_next_lun(tmf->sess, &lun))) {
		target_reset_lun(tmf, nexus);
		scst_nexus_put(nexus);
		lun++;
	}
	abort_own(tmf->sess, &own);
	wait_session(tmf, &own);
	return SCST_TMF_COMPLETE;
}

/* The next LUN whose device is waited for; tmf->nexus is that one meanwhile. */
static void target_reset_left(struct scst_tmf *tmf)
{
	unsigned int lun = tmf->next_lun;
	struct scst_nexus *next;

	if (lun)
		lun_reset_left(tmf);
	next = get_next_reset(tmf, &lun);
	if (!next)
		return;
	SCST_SOMETIMES_IF(lun, tmf_target_reset);
	scst_nexus_put(tmf->nexus);
	tmf->nexus = next;
	tmf->next_lun = lun + 1;
	wait_device(tmf, next->dev);
}

/*
 * SAM-6 7.6: as if the nexus had been lost, on every LUN. A command that ends without having seen
 * its mark tells nobody, and is over after the grace period; every other tells scst_nexus_left()
 * [reserve_goes_with_its_nexus_whenever_the_last_command_ends].
 */
static enum scst_tmf_result tmf_nexus_reset(struct scst_tmf *tmf, struct scst_nexus *unused)
{
	const struct scst_pick all = own_all(tmf);
	struct scst_nexus *nexus;
	unsigned int lun = 0;

	if (abort_own(tmf->sess, &all))
		SCST_SOMETIMES(tmf_nexus_lost);
	synchronize_rcu();
	while ((nexus = get_next_lun(tmf->sess, &lun))) {
		scst_nexus_lose(nexus);
		scst_tmf_kick(nexus->dev);
		scst_nexus_put(nexus);
		lun++;
	}
	wait_session(tmf, &all);
	return SCST_TMF_COMPLETE;
}

/* SAM-6 7.4. That what was aborted has left is part of the answer here too. */
static enum scst_tmf_result tmf_clear_aca(struct scst_tmf *tmf, struct scst_nexus *nexus)
{
	const struct scst_pick pick = { .nexus = nexus, .lun = SCST_ANY_LUN, .tmf = tmf };

	if (!nexus->dev)
		return SCST_TMF_NO_LUN;
	if (!scst_order_clear_aca(nexus, &pick))
		return SCST_TMF_REJECTED;
	scst_tmf_kick(nexus->dev);
	wait_session(tmf, &pick);
	return SCST_TMF_COMPLETE;
}

static enum scst_tmf_result query(const struct scst_session *sess, const struct scst_nexus *nexus,
				  const struct scst_pick *pick)
{
	if (!nexus->dev)
		return SCST_TMF_NO_LUN;
	return scst_marks_count(sess, pick, 1) ? SCST_TMF_SUCCEEDED : SCST_TMF_COMPLETE;
}

static enum scst_tmf_result tmf_query_task(struct scst_tmf *tmf, struct scst_nexus *nexus)
{
	const struct scst_pick pick = own_task(tmf);

	return query(tmf->sess, nexus, &pick);
}

static enum scst_tmf_result tmf_query_task_set(struct scst_tmf *tmf, struct scst_nexus *nexus)
{
	const struct scst_pick pick = own_at_lun(tmf);

	return query(tmf->sess, nexus, &pick);
}

/* SAM-6 7.8: which unit attention comes next, and whether there are more (UADE DEPTH). */
static enum scst_tmf_result tmf_query_event(struct scst_tmf *tmf, struct scst_nexus *nexus)
{
	unsigned int nr;
	u16 ua = scst_ua_peek(nexus, &nr);

	if (!nexus->dev)
		return SCST_TMF_NO_LUN;
	if (!nr)
		return SCST_TMF_COMPLETE;
	tmf->info[0] = (nr == 1 ? 1 : 2) << 4 | UNIT_ATTENTION;
	put_unaligned_be16(ua, tmf->info + 1);
	return SCST_TMF_SUCCEEDED;
}

/* clang-format off */
static const struct tmf_row {
	enum scst_tmf_result (*fn)(struct scst_tmf *tmf, struct scst_nexus *nexus);
	void (*left)(struct scst_tmf *tmf);	/* what it waited for has; it may wait for more */
} tmf_rows[] = {
	[SCST_TMF_ABORT_TASK]	     = { tmf_abort_task					},
	[SCST_TMF_ABORT_TASK_SET]    = { tmf_abort_task_set				},
	[SCST_TMF_CLEAR_ACA]	     = { tmf_clear_aca					},
	[SCST_TMF_CLEAR_TASK_SET]    = { tmf_clear_task_set				},
	[SCST_TMF_LUN_RESET]	     = { tmf_lun_reset,		lun_reset_left		},
	[SCST_TMF_TARGET_RESET]	     = { tmf_target_reset,	target_reset_left	},
	[SCST_TMF_I_T_NEXUS_RESET]   = { tmf_nexus_reset				},
	[SCST_TMF_QUERY_TASK]	     = { tmf_query_task					},
	[SCST_TMF_QUERY_TASK_SET]    = { tmf_query_task_set				},
	[SCST_TMF_QUERY_ASYNC_EVENT] = { tmf_query_event				},
};
/* clang-format on */

/* The session may move to another group meanwhile, and its old one go. */
static bool is_swallowed(const struct scst_session *sess)
{
	u8 hole;

	scoped_guard(rcu)
		hole = READ_ONCE(READ_ONCE(sess->group)->black_hole);
	return hole == SCST_BLACK_HOLE_CMD_TMF || hole == SCST_BLACK_HOLE_DATA_TMF;
}

/* The slot of the command that ABORT TASK is about, which may end at any time; or NULL. */
static const struct scst_cmd *find_task(const struct scst_tmf *tmf)
{
	const struct scst_pick pick = own_task(tmf);
	unsigned int i;

	for (i = 0; tmf->fn == SCST_TMF_ABORT_TASK && i < tmf->sess->nr_cmds; i++) {
		const struct scst_cmd *cmd = scst_cmd_slot(tmf->sess, i);

		if (scst_cmd_picked(cmd, smp_load_acquire(&cmd->state), &pick))
			return cmd;
	}
	return NULL;
}

static enum scst_tmf_result begin(struct scst_tmf *tmf)
{
	const struct tmf_row *row = tmf->fn < ARRAY_SIZE(tmf_rows) ? &tmf_rows[tmf->fn] : NULL;

	scst_tag(tmf_begin);
	trace_scst_tmf_start(tmf);
	tmf->nexus = scst_nexus_get(tmf->sess, tmf->lun);
	if (!row || !row->fn)
		return SCST_TMF_NOT_SUPPORTED;
	if (!tmf->own && is_swallowed(tmf->sess))
		return SCST_TMF_DROPPED;
	if (scst_event_wanted())
		scst_event_tmf(tmf, find_task(tmf));
	scst_policy_tmf(tmf, tmf->nexus);
	return row->fn(tmf, tmf->nexus);
}

/* What is left to do after a reset may wait for a MODE SELECT that is being saved. */
static void watch_over(struct scst_watch *watch)
{
	struct scst_tmf *tmf = container_of(watch, struct scst_tmf, watch);

	queue_work(tmf_rows[tmf->fn].left ? scst_file_wq : scst_tmf_wq, &tmf->work);
}

/* Return: false, there is nothing to wait for. */
static bool wait(struct scst_tmf *tmf)
{
	if (tmf->watch.dev) {
		scst_tmf_preempt_wait(&tmf->watch);
		return true;
	}
	if (!tmf->watch.sess)
		return false;
	SCST_SOMETIMES(tmf_waits);
	synchronize_rcu();
	scst_watch_begin(&tmf->watch);
	return true;
}

static void end(struct scst_tmf *tmf)
{
	struct scst_nexus *nexus = tmf->nexus;

	scst_tag(tmf_end);
	trace_scst_tmf_done(tmf);
	scoped_guard(spinlock_irq, &tmfs_lock)
		list_del(&tmf->entry);
	might_sleep();
	tmf->sess->tgt->ops->tmf_done(tmf);
	scst_nexus_put(nexus);
}

static void go_on(struct scst_tmf *tmf)
{
	tmf->watch.sess = NULL;
	tmf->watch.dev = NULL;
	if (tmf->then)
		wait_device(tmf, tmf->then);
	else if (tmf_rows[tmf->fn].left)
		tmf_rows[tmf->fn].left(tmf);
	tmf->then = NULL;
}

/* Once to begin, and again whenever what it waits for has left: no worker waits for a command. */
static void tmf_work(struct work_struct *work)
{
	struct scst_tmf *tmf = container_of(work, struct scst_tmf, work);
	unsigned int noio = memalloc_noio_save();

	if (!tmf->nexus)
		tmf->result = begin(tmf);
	else
		go_on(tmf);
	if (!wait(tmf))
		end(tmf);
	memalloc_noio_restore(noio);
}

void scst_tmf_submit(struct scst_tmf *tmf)
{
	tmf->nexus = NULL;
	tmf->then = NULL;
	tmf->next_lun = 0;
	tmf->watch = (struct scst_watch){ .over = watch_over };
	scoped_guard(spinlock_irqsave, &tmfs_lock)
		list_add_tail(&tmf->entry, &tmfs);
	INIT_WORK(&tmf->work, tmf_work);
	queue_work(scst_tmf_wq, &tmf->work);
}
EXPORT_SYMBOL_GPL(scst_tmf_submit);
