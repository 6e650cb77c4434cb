/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A SCSI command on its way through the target.
 *
 * Commands are never allocated one by one: a session owns an array of them and a command is found
 * by its index, which is the transport's own tag (a blk-mq tag, say). Task management walks the
 * array; the hot path keeps no list.
 *
 *	scst_cmd_at() -> the target fills the "by the target" part -> scst_cmd_submit()
 *	  -> ... steps ... -> ops->receive_data() if data-out has to be fetched
 *	  -> scst_cmd_data_received() -> ... -> ops->send_response() -> scst_cmd_done()
 */
#ifndef _SCST_CMD_H
#define _SCST_CMD_H

#include <linux/hrtimer.h>
#include <linux/scatterlist.h>
#include <linux/workqueue.h>
#include <scsi/scsi_status.h>
#include <scst/scst.h>
#include <scst/scsi/op.h>

struct scst_session;
struct scst_nexus;
struct scst_device;
struct scst_task_set;
struct scst_raw_sense;

/*
 * scst_cmd.state: flags below a generation, so that task management can tell "still this command"
 * from "the slot lives again".
 *
 *	idle --submit--> LIVE --TMF--> LIVE|ABORTED
 *	  ^                |               |
 *	  +---- done ------+------ done ---+	(generation + 1 at the next submit)
 *
 * Only the owner of the command leaves LIVE. While it is LIVE, task management sets ABORTED, TELL
 * and WATCHED by cmpxchg; so the owner changes flags by cmpxchg as well. Nearly every command has
 * LIVE only: the rest says that something has to be done about it, in one test.
 */
#define SCST_CMD_LIVE		1u
#define SCST_CMD_ABORTED	2u	/* is to end soon; its initiator gets no answer */
#define SCST_CMD_TELL		4u	/* ... but for this one, which gets TASK ABORTED */
#define SCST_CMD_WATCHED	8u	/* somebody waits until it is done (marks.c) */
#define SCST_CMD_HELD		16u	/* parked on arrival (hold.c) */
#define SCST_CMD_ORDERLY	32u	/* in the list of its task set (order.c) */
#define SCST_CMD_LIMITED	64u	/* counted by its nexus (limits.c) */
#define SCST_CMD_TIMED		128u	/* measured until its response has left (latency.c) */
#define SCST_CMD_GENERATION	256u

/* Why it is looked at once more before it is executed ("recheck"); and what became of it then. */
enum scst_waited {
	SCST_WAITED		= BIT(0),	/* for its data, its turn or a permission */
	SCST_WAITED_INJECTED	= BIT(1),	/* by a rule: it is judged once (tasks/inject.c) */
	SCST_CLEARED_OTHERS	= BIT(2),	/* by QErr: its initiator has to hear of it */
};

#define SCST_HELD_BY_RULE	BIT(31)		/* no policy has an id like that */

/* A bio and eight pieces of memory, say, which then need no allocation. */
#define SCST_CMD_ROOM		320

struct scst_cmd {
	/*
	 * Two cache lines that every command writes, and no others if all goes well (asserted
	 * below). The first: by the target, before scst_cmd_submit(), ...
	 */
	u8 cdb[16] __aligned(8);	/* zero padded; of a longer one the first bytes */
	u64 tag;			/* task tag, for ABORT TASK */
	struct scatterlist *sg;		/* expected_len bytes; NULL: the core's (sgv.h) */
	u32 sg_cnt;
	u32 expected_len;		/* what the initiator will send or take */
	u16 cdb_len;
	u16 lun;			/* decoded; > SCST_MAX_LUN: an address we do not know */
	u8 attr;			/* enum scst_task_attr */
	u8 expected_dir;		/* enum scst_data_dir */
	bool may_sleep;			/* this context may */
	bool takes_lent;		/* data-in may be in pages of others, who may change it */
	/* ... and by the core: where it stands */
	u32 state;			/* see above */
	u8 step;			/* enum scst_step where it waits, or SCST_STEP_RUNNING */
	u8 status;			/* SAM status */
	bool sg_ours;			/* the core's: freed by scst_cmd_done() */
	bool in_thread;			/* one of the core's, it may wait for long */
	u8 waited;			/* enum scst_waited, bits; past "state" */
	bool has_data;			/* the data-out has come */
	bool keeps_data;		/* by the handler: xfer_len counts after a failure, too */
	bool prepared;			/* by the target: sg is memory, charged to the session */
	u32 charged;			/* bytes of the shares of memory: buffer.c */

	/* the second: by the steps */
	const struct scst_op *op;	/* NULL: unknown opcode */
	struct scst_nexus *nexus;	/* with a reference */
	struct scst_device *dev;	/* nexus->dev; NULL: no such LUN */
	struct scst_cdb params;		/* LBA, length */
	u32 data_len;			/* bytes that the command moves */
	u32 xfer_len;			/* ... of which the transport moves */
	u64 submit_ns;			/* only while someone traces */

	/* at birth, for the life of the session */
	struct scst_session *sess;
	u32 index;

	const u8 *long_cdb;		/* with cdb_len above 16: all of it, until send_response */

	/* by whoever fails it; without CHECK CONDITION, what is left of an earlier one */
	struct scst_sense sense;
	struct scst_raw_sense *raw_sense;	/* of a device: sense.c; NULL: sense says all */

	/* while a policy, or an administrator's rule, delays it (admit.c) */
	struct hrtimer hold;
	u64 hold_ns;			/* how long, until the timer is started; else 0 */

	/* to go on in a thread */
	struct work_struct work;

	/* order.c, hold.c */
	struct list_head entry;		/* task set or device */
	struct scst_task_set *task_set;	/* whose lock covers the rest */
	u8 queueing;			/* enum scst_queueing */
	u8 queue_attr;			/* enum scst_task_attr that it is treated as */
	bool behind_ordered;
	bool ends_aca;			/* of another nexus: an ACA condition does not hold it */

	bool hold_overdue;		/* the policy asked for more than its deadline */
	u32 held_by;			/* id of the policy; of a rule: with SCST_HELD_BY_RULE */

	/* the handler's, from the call of a verb until scst_cmd_exec_done(); before, the core's */
	u8 room[SCST_CMD_ROOM] __aligned(8);
} ____cacheline_aligned;

static_assert(offsetof(struct scst_cmd, cdb) == 0 && offsetofend(struct scst_cmd, charged) <= 64);
static_assert(offsetof(struct scst_cmd, op) == 64);
static_assert(offsetofend(struct scst_cmd, submit_ns) == 128);

/* Memory that the target asked for with scst_target_ops.cmd_priv_size. */
static inline void *scst_cmd_priv(struct scst_cmd *cmd)
{
	return cmd + 1;
}

static inline bool scst_cmd_aborted(const struct scst_cmd *cmd)
{
	return READ_ONCE(cmd->state) & SCST_CMD_ABORTED;
}

/* Has the slot a command that is not done? Then it may not be used for another one. */
static inline bool scst_cmd_live(const struct scst_cmd *cmd)
{
	return READ_ONCE(cmd->state) & SCST_CMD_LIVE;
}

/*
 * For ops->send_response(): may nothing reach the initiator? Another initiator's abort that comes
 * after the command has ended is too late: then its status goes out.
 */
static inline bool scst_cmd_unanswered(const struct scst_cmd *cmd)
{
	return (READ_ONCE(cmd->state) & (SCST_CMD_ABORTED | SCST_CMD_TELL)) == SCST_CMD_ABORTED;
}

/*
 * Residual of the transport: > 0, the initiator expected more than the command moved (underflow);
 * < 0, the command had more than the initiator took (overflow).
 */
static inline s64 scst_cmd_resid(const struct scst_cmd *cmd)
{
	return (s64)cmd->expected_len - cmd->data_len;
}

/*
 * For targets. Context of all: any, unless said otherwise [data_are_right_over_requests].
 */

/* Return: the session's command slot @index, for a transport that owns the tags. */
struct scst_cmd *scst_cmd_at(struct scst_session *sess, u32 index);

/* Takes the command through its steps, in this context as far as that goes. The last the target may
 * do with it until one of its callbacks is called, which can be before this returns. */
void scst_cmd_submit(struct scst_cmd *cmd);

/*
 * The data-out that ops->receive_data() asked for is in cmd->sg, or (@ok false) never will be. As
 * with submit, the target says before in cmd->may_sleep what this context may.
 */
void scst_cmd_data_received(struct scst_cmd *cmd, bool ok);

/* The response left, or never will: the slot is free for the transport to use again. */
void scst_cmd_done(struct scst_cmd *cmd);

/*
 * The sense data of a CHECK CONDITION: what a device said as it said it, ours in the format which
 * the LU is set to. Return: bytes, at most SCST_SENSE_LEN and @size
 * [every_buffer_size_gets_a_prefix_and_no_more].
 */
unsigned int scst_cmd_sense(const struct scst_cmd *cmd, u8 *buf, unsigned int size);

/*
 * For handlers, and for steps.
 */

/* A verb that returned SCST_EXEC_PENDING is over; cmd->status and cmd->sense say how. */
void scst_cmd_exec_done(struct scst_cmd *cmd);
/* The same where the caller holds a lock that the transport's code must not run under. */
void scst_cmd_exec_done_in_thread(struct scst_cmd *cmd);

/* This initiator wants the medium to stay, or lets it go; as it does if it is reset, or leaves. */
void scst_cmd_prevent_removal(struct scst_cmd *cmd, bool prevent);

/* A word of the handler's for each nexus: initiator and LUN. 0 in the beginning. */
u32 *scst_cmd_note(const struct scst_cmd *cmd);

/* A verb that returned SCST_EXEC_PENDING has to be called again, from a thread: it had to wait. */
void scst_cmd_exec_again(struct scst_cmd *cmd);

/* CHECK CONDITION with this sense. The first failure stays. */
void scst_cmd_fail(struct scst_cmd *cmd, enum scst_sense_id id);
void scst_cmd_fail_cdb(struct scst_cmd *cmd, struct scst_field field);
void scst_cmd_fail_with(struct scst_cmd *cmd, const struct scst_sense *sense);
/*
 * ... with the sense data of a device or a program. The first SCST_SENSE_LEN bytes are sent as they
 * are; without memory for them, what we would say in their place. INTERNAL FAILURE if they are no
 * sense data.
 */
void scst_cmd_fail_raw(struct scst_cmd *cmd, const u8 *bytes, unsigned int len);
/* The unit attention that it failed with, as ASC << 8 | ASCQ; 0: none. */
u16 scst_cmd_ua(const struct scst_cmd *cmd);
/*
 * What it failed with, if that is a unit attention, is news for the other initiators of the device,
 * which knows only us and tells it once. Context: any.
 */
void scst_cmd_tell_others(struct scst_cmd *cmd);

#endif
