/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Marking commands that are under way, and waiting until those that were marked have left. No list
 * of commands is kept for it: it walks the arrays of the sessions concerned.
 *
 * Marking races with completion, on purpose. A command that is done without having seen its mark
 * was answered before the grace period is over; every other one sees it and has the watches look.
 * So: mark, synchronize_rcu(), watch (watch.c).
 */
#ifndef _SCST_COMMAND_MARKS_H
#define _SCST_COMMAND_MARKS_H

#include <scst/watch.h>

#include "core.h"

static inline struct scst_cmd *scst_cmd_slot(const struct scst_session *sess, unsigned int i)
{
	return sess->cmds + i * sess->cmd_size;
}

/*
 * @state was read with acquire: that pairs with enter_nexus(), and a LIVE command has
 * all it has.
 */
bool scst_cmd_picked(const struct scst_cmd *cmd, u32 state, const struct scst_pick *pick);

/* Return: false if it is no longer the command of @state (which is updated then). */
bool scst_cmd_mark(struct scst_cmd *cmd, u32 *state, u32 set, u32 clear);

/* How many were marked. Context: any. */
unsigned int scst_marks_set(struct scst_session *sess, const struct scst_pick *pick,
			    u32 set, u32 clear);
/* Commands of @sess were marked as aborted: scst_marks_set() has said so. Context: any. */
void scst_marks_tell(struct scst_session *sess);
/* Without marking anything. */
unsigned int scst_marks_count(const struct scst_session *sess, const struct scst_pick *pick,
			      unsigned int max);

/*
 * Calls @fn for every nexus of @dev that has commands, or can get some: each with a reference, and
 * dev->lock not held. One that comes meanwhile may be left out. Context: any.
 */
void scst_nexuses_walk(struct scst_device *dev, void (*fn)(struct scst_nexus *nexus, void *arg),
		       void *arg);

/* Marks all commands of @dev, but not those that have one of the flags @without. */
void scst_marks_set_device(struct scst_device *dev, u32 without, u32 set);
bool scst_marks_any_device(struct scst_device *dev, u32 without);

/* Running commands may be anywhere, but not for long. One that waits elsewhere is yet to begin. */
bool scst_cmd_is_at_verb(const struct scst_cmd *cmd);

/*
 * @cmd has been waited for since *@since: an end that does not come is a back end that does not
 * answer, and after half a minute, and each after that, the log says which
 * [whoever_waits_for_a_hung_disk_says_so].
 */
void scst_tell_if_stuck(const struct scst_cmd *cmd, unsigned long *since);

/*
 * watch.c. Context, but for look: may sleep. @watch stays until over() is called
 * [functions_that_wait_keep_nothing_from_others].
 */
void scst_watch_begin(struct scst_watch *watch);
/* over() is not called any more, and not running. No-op if it was called, or @watch never begun. */
void scst_watch_cancel(struct scst_watch *watch);
/* Begins, and sleeps until it is over. Return: 0, -EINTR: killed. */
int scst_watch_wait(const struct scst_watch *what);
/*
 * A WATCHED command is done, or one was aborted: all look again, soon.
 * Context: any [abort_task_is_answered_after_the_command_left].
 */
void scst_watch_look(void);
void scst_watch_exit(void);

#endif
