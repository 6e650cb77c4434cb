/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Marking commands that are under way, and waiting until those that were marked have left. No list
 * of commands is kept for it: it walks the arrays of the sessions concerned.
 *
 * Marking races with completion, on purpose. A command that is done without having seen its mark
 * was answered before the grace period is over; every other one sees it and wakes whoever waits.
 * So: mark, synchronize_rcu(), wait.
 */
#ifndef _SCST_CORE_MARKS_H
#define _SCST_CORE_MARKS_H

#include "core.h"

#define SCST_ANY_LUN	((u16)-1)

/* Which commands of a session. */
struct scst_pick {
	u16 lun;			/* or SCST_ANY_LUN */
	bool by_tag;
	u64 tag;
	u32 without;			/* SCST_CMD_*: not those which have one of these */
	const struct scst_cmd *except;
};

/* Return: false if it is no longer the command of @state (which is updated then). */
bool scst_cmd_mark(struct scst_cmd *cmd, u32 *state, u32 set, u32 clear);

/* How many were marked. Context: any. */
unsigned int scst_marks_set(struct scst_session *sess, const struct scst_pick *pick,
			    u32 set, u32 clear);
/* Is there one left that is WATCHED? Somebody else's counts as well. */
bool scst_marks_remain(const struct scst_session *sess, const struct scst_pick *pick);
/* Without marking anything. */
unsigned int scst_marks_count(const struct scst_session *sess, const struct scst_pick *pick,
			      unsigned int max);

/* The same for all commands of @dev, without those that have one of the flags @without. */
unsigned int scst_marks_set_device(struct scst_device *dev, u32 without, u32 set);
bool scst_marks_remain_device(struct scst_device *dev, u32 without);
bool scst_marks_any_device(struct scst_device *dev, u32 without);

/* A WATCHED command is done. */
void scst_marks_left(void);
extern wait_queue_head_t scst_marks_wait;

#endif
