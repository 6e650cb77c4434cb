/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waiting until commands have left, as a state and not as a thread that sleeps (command/watch.c).
 * It is here since it is part of struct scst_tmf; drivers leave it alone.
 */
#ifndef _SCST_WATCH_H
#define _SCST_WATCH_H

#include <linux/list.h>
#include <linux/types.h>

struct scst_cmd;
struct scst_device;
struct scst_nexus;
struct scst_session;
struct scst_tmf;

#define SCST_ANY_LUN	((u16)-1)

/* Which commands of a session. */
struct scst_pick {
	const struct scst_nexus *nexus;	/* NULL: of all */
	u16 lun;			/* as addressed; or SCST_ANY_LUN */
	bool by_tag;
	u64 tag;
	u32 without;			/* SCST_CMD_*: not those which have one of these */
	const struct scst_cmd *except;
	const struct scst_tmf *tmf;	/* not what its initiator sent behind it; or NULL */
};

typedef bool (*scst_nexus_hit)(const struct scst_nexus *nexus, const void *arg);

/*
 * Waits for those of the picked commands that are WATCHED: of @sess, or of the nexuses of @dev for
 * which @hit (NULL: all). What it waits for was marked before, and a grace period is over
 * [abort_task_is_answered_after_the_command_left].
 */
struct scst_watch {
	struct scst_session *sess;	/* this or @dev; whoever waits keeps it */
	struct scst_device *dev;
	scst_nexus_hit hit;
	const void *arg;
	struct scst_pick pick;
	/* ... of these, as long as they do: asked whenever it looks. May be NULL */
	bool (*matters)(const struct scst_cmd *cmd);
	const struct scst_cmd *unless;	/* or until this one is aborted; or NULL */

	/**
	 * @over: They have left; the watch is the callee's again. Called once, unless cancelled.
	 * Context: process; must not wait for commands, nor call scst_watch_*().
	 */
	void (*over)(struct scst_watch *watch);

	/* by watch.c: how far it has come. What is behind that has left for good. */
	struct list_head entry;
	struct scst_nexus *at;		/* with a reference */
	unsigned int slot;
	bool waiting;			/* for the command of this generation in the slot */
	u32 generation;
	unsigned long since;		/* jiffies */
};

#endif
