/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What other rooms may call of command/: commands and their slots, threads, buffers, and what a
 * nexus counts and has to tell.
 *
 *	cmd.c		the steps		execute.c, select.c	what the core does itself
 *	follow.c	to where a LUN leads	buffer.c, sgv*.c	memory for their data
 *	marks.c		marking commands	watch.c, settle.c	waiting until they have left
 *	threads.c	where they may sleep	sense.c, ua.c		how they fail, what is told
 *	saved.c		parameters that last	reset.c			what a reset forgets
 *	opaque.c		commands that a device has as they came
 *	stats.c, latency.c, trace.c					what is counted and traced
 */
#ifndef _SCST_COMMAND_H
#define _SCST_COMMAND_H

#include <linux/slab.h>

#include "core.h"
#include "latency.h"
#include "marks.h"
#include "sense.h"
#include "sgv.h"
#include "threads.h"

/* trace.c: names. */
const char *scst_step_name(unsigned int step);
extern const char *const scst_wait_names[];	/* enum scst_wait_for */
/* cmd.c: the steps. */
void scst_cmd_init(struct scst_cmd *cmd, struct scst_session *sess, u32 index);
/* A command that was held goes on, in a thread. */
void scst_cmd_admitted(struct scst_cmd *cmd);
/*
 * A command that has not begun, and whose nexus is being killed, goes to the one that its LUN leads
 * to now. Return: false, it stays. @gate: what it meets there.
 */
bool scst_cmd_follow(struct scst_cmd *cmd, u32 *gate);
/* The row of a command that was not parsed yet; NULL: there is none. */
const struct scst_op *scst_cmd_op(const struct scst_cmd *cmd);
/* Takes a command that is parked at @from on to @to, in a thread. Context: any. */
void scst_cmd_resume(struct scst_cmd *cmd, enum scst_step from, enum scst_step to);

static inline void scst_identity_put(struct scst_identity *identity)
{
	if (refcount_dec_and_test(&identity->users))
		kfree(identity);
}

/* Its slot had a nexus that was being killed: by now it has what took its place, or nothing. */
struct scst_nexus *scst_nexus_get_again(struct scst_session *sess, u16 lun);

static inline struct scst_nexus *__scst_nexus_get(struct scst_session *sess, u16 lun)
{
	const struct scst_lun_table *luns = rcu_dereference(sess->luns);
	struct scst_nexus *nexus = NULL;

	if (likely(lun < luns->nr))
		nexus = rcu_dereference(luns->slot[lun]);
	if (unlikely(!nexus) || unlikely(!percpu_ref_tryget_live_rcu(&nexus->ref))) {
		nexus = nexus ? scst_nexus_get_again(sess, lun) : NULL;
		if (!nexus) {
			nexus = sess->no_lun;
			percpu_ref_get(&nexus->ref);
		}
	}
	return nexus;
}

/*
 * LUN -> nexus, with a reference. A LUN that is not mapped, is hidden from this initiator or is
 * being removed gives the session's no_lun nexus, which has no device.
 */
static inline struct scst_nexus *scst_nexus_get(struct scst_session *sess, u16 lun)
{
	guard(rcu)();
	return __scst_nexus_get(sess, lun);
}

static inline void scst_nexus_put(struct scst_nexus *nexus)
{
	percpu_ref_put(&nexus->ref);
}

/*
 * ua.c. A unit attention is ASC << 8 | ASCQ, ours or of a device; or an id of ours with
 * that key.
 */
void scst_ua_queue(struct scst_nexus *nexus, enum scst_sense_id id);
/* The next to be told, removed, or 0. */
u16 scst_ua_take(struct scst_nexus *nexus);
/* It was taken and not told after all: it is the first again. */
void scst_ua_give_back(struct scst_nexus *nexus, u16 ua);
/* Of a command that is not answered: another one brings the unit attention that it told. */
void scst_ua_untold(const struct scst_cmd *cmd);
/* The next without taking it, and how many there are. */
u16 scst_ua_peek(struct scst_nexus *nexus, unsigned int *nr);
struct scst_sense scst_ua_sense(u16 ua);
/* One that is pending, if any, is told by this command, which fails by it. */
bool scst_ua_refuses(struct scst_cmd *cmd);
/* Of all LUNs of the session. */
void scst_ua_clear_session(struct scst_session *sess, enum scst_sense_id id);
/* Every nexus of @dev except @by, who did it. Context: any; no spinlock held. */
void scst_ua_queue_others(struct scst_device *dev, const struct scst_nexus *by,
			  enum scst_sense_id id);
/* Every nexus, and any ASC << 8 | ASCQ. */
void scst_ua_queue_all(struct scst_device *dev, u16 ua);

/* stats.c */
void scst_stats_init(struct scst_stats_set *set);

/* Context of all: may sleep. */
int scst_stats_device_init(struct scst_device *dev);
/* When a nexus comes, and when it goes. Return: 0 or -ENOMEM. */
int scst_stats_attach(struct scst_nexus *nexus);
void scst_stats_detach(struct scst_nexus *nexus);
/* Adds to @sum. */
void scst_stats_of_session(struct scst_session *sess, struct scst_stats *sum);
void scst_stats_reset_session(struct scst_session *sess, enum scst_data_dir dir);
void scst_stats_reset_unknown(struct scst_session *sess);
/* What LOG SENSE tells; blocks of the medium only. */
void scst_stats_of_device(struct scst_device *dev, struct scst_log *log);
void scst_stats_reset_device(struct scst_device *dev);

/* reset.c: what is forgotten besides commands. */
void scst_lu_reset(struct scst_device *dev);
/* Its commands have been marked as aborted. */
void scst_nexus_lose(struct scst_nexus *nexus);
/* Whatever it wanted, the medium may go. With dev->lock or without. */
void scst_nexus_allow_removal(struct scst_nexus *nexus);
/* One that was WATCHED has ended. Context: as scst_cmd_done(). */
void scst_nexus_left(struct scst_nexus *nexus);
/* ... and when those have left. Context: may sleep. */
void scst_lu_restore_mode(struct scst_device *dev);

/*
 * saved.c: parameters that survive a restart of the device; before it is published. A file that
 * cannot be used is told in the log, and is as none. Return: 0 or -ENOMEM. Context: may sleep.
 */
int scst_saved_restore(struct scst_device *dev);

#endif
