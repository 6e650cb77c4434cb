/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What other rooms may call of tasks/: task management, and what may stand in the way of a command.
 *
 * The gate: everything that makes a command on its arrival more than a plain one, in one test.
 *
 * nexus->gate is zero, and so is the task attribute, of nearly every command: then it goes straight
 * on. Else it is held (hold.c), counted against a limit (limits.c), or joins its task set, where it
 * waits for its turn before it is executed (order.c).
 *
 * What the gate says is read in the same RCU section that makes the command LIVE, and what follows
 * from it is in the same word. So after a bit was set and a grace period, every LIVE command either
 * has the flag that the bit asks for, or arrived before it: the latter can be marked and waited for
 * (marks.h). That is how ordering, blocking and limits begin while I/O runs, with no count of
 * commands on the way of those that came before.
 */
#ifndef _SCST_TASKS_H
#define _SCST_TASKS_H

#include <scst/watch.h>

#include "core.h"

enum scst_gate {
	SCST_GATE_ATTR	= 7,		/* the task attribute of the command */
	SCST_GATE_HOLD	= BIT(3),
	SCST_GATE_ORDER	= BIT(4),
	SCST_GATE_LIMIT	= BIT(5),
};

/* The SCST_CMD_* that a command of @nexus gets for @gate. */
u32 scst_gate_flags(const struct scst_nexus *nexus, u32 gate);
/* NEXT: parse it; FAIL: status is set; WAIT: parked at lookup. */
enum scst_step_result scst_gate_arrive(struct scst_cmd *cmd);
/* What is behind the holding: NEXT or FAIL. */
enum scst_step_result scst_gate_pass(struct scst_cmd *cmd);
/* Undoes pass, for a command which has one of the flags. */
void scst_gate_leave(struct scst_cmd *cmd, u32 state);

/* Recomputes nexus->gate. dev->lock held. */
void scst_gate_update(struct scst_nexus *nexus);
/* ... of every nexus of @dev: takes dev->lock. */
void scst_gate_update_device(struct scst_device *dev);
/*
 * Commands that are parked and were aborted go on to their end, wherever they are parked: at
 * "admit" after a grace period. dev->lock held [hang_ends_with_its_task_set].
 */
void scst_gate_kick(struct scst_device *dev);

/* hold.c */
void scst_hold_set_black_hole(struct scst_nexus *nexus, u8 hole);
void scst_hold_init(struct scst_device *dev);
void scst_hold_exit(struct scst_device *dev);
/* Return: 0 when all commands that came before are done; -EINTR (and it is not blocked). */
int scst_device_block(struct scst_device *dev);
/* As above in the background; @blocked is called when it is done. -EBUSY: one is under way. */
int scst_device_block_async(struct scst_device *dev, const char *text,
			    void (*blocked)(struct scst_device *dev, const char *text));
int scst_device_unblock(struct scst_device *dev);	/* -EINVAL: it is not blocked */
unsigned int scst_device_blocks(struct scst_device *dev, bool *pending);
/* All devices; waits for at most @seconds [suspend_gives_up], or for ever if that is 0. */
int scst_suspend(unsigned int seconds);
int scst_resume(void);
unsigned int scst_suspended(void);

/* limits.c */
/* BUSY, or TASK SET FULL if the initiator has other commands here whose end it can wait for. */
void scst_cmd_set_busy(struct scst_cmd *cmd);

/* qerr.c */
/* @cmd fails: other commands of its nexus are aborted, and those of @others. */
void scst_qerr_clear(struct scst_cmd *cmd, bool others);
/* The initiator does not hear of @cmd: a unit attention tells what went with it, or it told. */
void scst_cmd_untold(const struct scst_cmd *cmd);

/* order.c */
/* Its turn? NEXT, FAIL (aborted) or WAIT, parked at order. */
enum scst_step_result scst_order_wait(struct scst_cmd *cmd);
/* CHECK CONDITION: ACA and QErr. */
void scst_order_failed(struct scst_cmd *cmd);
/* Reset, nexus loss: whoever it was. NULL @nexus: any. */
void scst_order_reset_aca(struct scst_device *dev, const struct scst_nexus *nexus);
void scst_order_free(struct scst_task_set *set);

/* tmf.c */
/* Calls @fn, which must not sleep, for every function that is under way. */
void scst_tmfs_walk(void (*fn)(const struct scst_tmf *tmf, void *arg), void *arg);
void scst_tmf_abort_session(struct scst_session *sess);
/*
 * Commands of a nexus that another one aborts: TASK ABORTED, or nothing and a unit attention. Not
 * what is behind @tmf, which waits for them, nor @except; both may be NULL.
 */
void scst_tmf_abort_foreign(struct scst_nexus *nexus, const struct scst_tmf *tmf,
			    const struct scst_cmd *except, bool tas);
/* What was aborted of @dev's commands goes on to its end, wherever it is. Context: any. */
void scst_tmf_kick(struct scst_device *dev);

/*
 * Aborts the commands of those nexuses of @dev for which @hit, but not @except, which is whose
 * command it is. Before it, @dev denies them what they lose. May sleep, for a grace period.
 */
void scst_tmf_preempt(struct scst_device *dev, scst_nexus_hit hit, const void *arg,
		      const struct scst_cmd *except);
/* ... and @watch begins, which says for what. May sleep, for a grace period. */
void scst_tmf_preempt_wait(struct scst_watch *watch);

#endif
