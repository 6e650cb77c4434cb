// SPDX-License-Identifier: GPL-2.0
/*
 * Waiting until marked commands have left (marks.h), with no thread that sleeps meanwhile: whoever
 * waits is in a list, and is called when it is over. So a thousand who wait for one back end that
 * does not answer keep nothing that anybody else needs.
 *
 * A watch goes once over the slots concerned. It stops at a command that is still there, and goes
 * on from it when it has left: every end of a WATCHED command, and every abort, has all watches
 * look again, in a work that runs once for many of them. What comes into a slot behind it is newer
 * than the watch, and none of its business. So a watch costs one walk over the slots, however many
 * commands it waits for.
 *
 * It holds a reference on the nexus at whose command it stands. That nexus could not go anyhow, and
 * keeps the place in the list of its device.
 */
#include <linux/cleanup.h>
#include <linux/mutex.h>
#include <scst/handles.h>

#include "tasks/inject.h"
#include "command.h"

#define STUCK_AFTER	(30 * HZ)

static DEFINE_MUTEX(watch_lock);	/* the list, and how far each has come */
static LIST_HEAD(watches);

static void look_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(look, look_work);

void scst_watch_look(void)
{
	mod_delayed_work(scst_tmf_wq, &look, 0);
}

/* One generation of a slot is waited for: who comes after it may be WATCHED by somebody else. */
static bool is_there(struct scst_watch *watch, const struct scst_cmd *cmd)
{
	u32 state = smp_load_acquire(&cmd->state);
	u32 generation = state & -SCST_CMD_GENERATION;

	if (!(state & SCST_CMD_WATCHED) || !scst_cmd_picked(cmd, state, &watch->pick) ||
	    (watch->matters && !watch->matters(cmd)))
		return false;
	if (watch->waiting)
		return generation == watch->generation;
	watch->waiting = true;
	watch->generation = generation;
	return true;
}

/* Return: false, it stands at a command of @sess. */
static bool pass_session(struct scst_watch *watch, const struct scst_session *sess)
{
	for (; watch->slot < sess->nr_cmds; watch->slot++) {
		if (is_there(watch, scst_cmd_slot(sess, watch->slot)))
			return false;
		watch->waiting = false;
	}
	watch->slot = 0;
	return true;
}

static bool is_concerned(const struct scst_watch *watch, const struct scst_nexus *nexus)
{
	return !watch->hit || watch->hit(nexus, watch->arg);
}

/* The next nexus behind watch->at that is concerned, with a reference; or none. */
static bool next_nexus(struct scst_watch *watch)
{
	struct scst_device *dev = watch->dev;
	struct scst_nexus *was = watch->at, *nexus;

	guard(spinlock_irq)(&dev->lock);
	nexus = list_prepare_entry(was, &dev->nexuses, dev_entry);
	watch->at = NULL;
	list_for_each_entry_continue(nexus, &dev->nexuses, dev_entry)
		if (is_concerned(watch, nexus) && percpu_ref_tryget(&nexus->ref)) {
			watch->at = nexus;
			break;
		}
	if (was)
		scst_nexus_put(was);	/* it stays in the list until the lock is dropped */
	return watch->at;
}

static bool pass_device(struct scst_watch *watch)
{
	if (!watch->at && !next_nexus(watch))
		return true;
	do {
		watch->pick.nexus = watch->at;
		if (!pass_session(watch, watch->at->sess))
			return false;
	} while (next_nexus(watch));
	return true;
}

static bool is_over(struct scst_watch *watch)
{
	if (watch->unless && scst_cmd_aborted(watch->unless)) {
		SCST_SOMETIMES(watch_given_up);
		return true;
	}
	return watch->sess ? pass_session(watch, watch->sess) : pass_device(watch);
}

static void stop(struct scst_watch *watch)
{
	list_del_init(&watch->entry);
	if (watch->at)
		scst_nexus_put(watch->at);
	watch->at = NULL;
}

void scst_tell_if_stuck(const struct scst_cmd *cmd, unsigned long *since)
{
	const struct scst_session *sess = cmd->sess;

	if (time_before(jiffies, *since + STUCK_AFTER))
		return;
	*since = jiffies;
	pr_warn("scst: target %s: a command of %s to LUN %u is waited for without end, at %s%s\n",
		sess->tgt->name, sess->initiator, READ_ONCE(cmd->lun),
		scst_step_name(READ_ONCE(cmd->step)), scst_inject_holder(cmd).text);
}

static void tell_if_stuck(struct scst_watch *watch)
{
	const struct scst_session *sess = watch->sess ?: watch->at->sess;

	scst_tell_if_stuck(scst_cmd_slot(sess, watch->slot), &watch->since);
}

static void look_work(struct work_struct *work)
{
	struct scst_watch *watch, *next;

	scst_tag(watch_look);
	guard(mutex)(&watch_lock);
	list_for_each_entry_safe(watch, next, &watches, entry) {
		if (!is_over(watch)) {
			SCST_SOMETIMES(watch_waits);
			tell_if_stuck(watch);
			continue;
		}
		stop(watch);
		watch->over(watch);
	}
	if (!list_empty(&watches))
		queue_delayed_work(scst_tmf_wq, &look, HZ);
}

void scst_watch_begin(struct scst_watch *watch)
{
	might_sleep();
	watch->at = NULL;
	watch->slot = 0;
	watch->waiting = false;
	watch->since = jiffies;
	scoped_guard(mutex, &watch_lock)
		list_add_tail(&watch->entry, &watches);
	scst_watch_look();
}

void scst_watch_cancel(struct scst_watch *watch)
{
	guard(mutex)(&watch_lock);
	if (watch->entry.next && !list_empty(&watch->entry))
		stop(watch);
}

struct waiting {
	struct scst_watch watch;
	struct completion over;
};

static void waiting_over(struct scst_watch *watch)
{
	complete(&container_of(watch, struct waiting, watch)->over);
}

int scst_watch_wait(const struct scst_watch *what)
{
	struct waiting waiting = { .watch = *what };
	int err;

	init_completion(&waiting.over);
	waiting.watch.over = waiting_over;
	scst_watch_begin(&waiting.watch);
	err = wait_for_completion_killable(&waiting.over);
	if (err)
		scst_watch_cancel(&waiting.watch);
	return err ? -EINTR : 0;
}

void scst_watch_exit(void)
{
	cancel_delayed_work_sync(&look);
}
