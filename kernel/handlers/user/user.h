/* SPDX-License-Identifier: GPL-2.0 */
/*
 * scst_user: disks, and devices of other types, whose back end is a program
 * (include/uapi/scst/user.h).
 *
 *	user_device   the device; outlives its program		device.c, wait.c
 *	user_prog     a program that serves it, by one open file	prog.c, file.c
 *	user_queue    what one thread of it serves		queue.c
 *	user_slot     a tag: one command at a time		queue.c
 *
 * Locks: user_device.lock and user_queue.lock are spinlocks; neither is taken inside the other, nor
 * is anything called with them held. A command belongs to whose list it is in, or who took it out.
 */
#ifndef _SCST_USER_H
#define _SCST_USER_H

#include <linux/cred.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <scst/handler.h>

#include "judge.h"

struct io_uring_cmd;
struct user_device;
struct user_prog;

/*
 *	EMPTY --FETCH--> IDLE --a command--> HANDED --its thread--> OFFERED ----> OWNED
 *	  ^                |                    |                      |           |
 *	  +- cancelled ----+                    +- the end, its thread +--- the ---+
 *	  +------------------------------------------------------------+   end, COMMIT
 *
 * HANDED is left by the task work that is under way for it, and by nothing else: so the io_uring
 * command is there as long [unchecked: io_uring runs every task work]. OFFERED: it is being copied.
 */
enum user_slot_state {
	USER_SLOT_EMPTY,
	USER_SLOT_IDLE,
	USER_SLOT_HANDED,
	USER_SLOT_OFFERED,
	USER_SLOT_OWNED,
};

struct user_slot {
	struct list_head entry;		/* IDLE, HANDED; queue->lock: all of it */
	struct user_queue *queue;
	struct io_uring_cmd *ucmd;	/* IDLE, HANDED, OFFERED */
	struct scst_cmd *cmd;		/* HANDED (NULL: it left, no more come), OFFERED, OWNED */
	unsigned long since;		/* HANDED and on: jiffies */
	u32 seq;
	u8 state;			/* enum user_slot_state */
};

struct user_queue {
	spinlock_t lock;
	struct list_head idle;		/* lock: all */
	struct list_head handed;
	struct list_head waiting;	/* struct user_note: there was no IDLE slot */
	bool kicked;			/* task work is on its way to what is handed */
	bool closed;			/* no more commands come */
	bool news;			/* some that the program has were aborted: WATCH says so */
	bool dead;			/* nor are any taken back */
	struct task_struct *task;	/* who fetches, with a reference, */
	u32 exec_id;			/* ... until it executes another program, */
	void *ring;			/* ... and by which ring */
	struct user_slot watch;		/* WATCH: IDLE or HANDED, never with a command */
	struct user_prog *prog;
	struct user_slot *slots;
} ____cacheline_aligned;

struct user_prog {
	struct kref ref;		/* the file, the device, works */
	struct user_device *ud;		/* with a reference */
	struct scst_user_add shape;	/* queues, depth, max_bytes */
	struct scst_user_desc *descs;	/* the program reads these ... */
	void *arena;			/* ... and does with this what it likes */
	struct user_slot *slots;
	bool ended;			/* ud->lock: it will not serve any more */
	pid_t pid;
	bool limited;			/* what it has counts, as that of: */
	kuid_t uid;
	struct work_struct end_work;
	u16 nr_queues;
	struct user_queue queues[] __counted_by(nr_queues);
};

/*
 *	NEW --START--> SERVING --its end--> AWAY --recover_s--> LOST
 *	                  ^                   |                   |
 *	                  +------START--------+-------------------+
 *	any --del_device--> GONE <--its program's end-- NEW
 */
enum user_state {
	USER_NEW,
	USER_SERVING,
	USER_AWAY,		/* commands wait in `parked` */
	USER_LOST,		/* they are refused */
	USER_GONE,
};

#define USER_ANSWER_S	60		/* until the administrator says otherwise */
#define USER_ANSWER_MAX	86400

struct user_device {
	struct scst_device dev;
	struct user_prog __rcu *prog;	/* SERVING: who gets commands. lock */
	spinlock_t lock;
	struct mutex start_lock;	/* START: one at a time, and none of a device that goes */
	bool going;			/* start_lock */
	struct list_head parked;	/* lock; struct user_note */
	u8 state;			/* lock; enum user_state */
	struct user_prog *conn;		/* lock: whose file is open, with a reference; or NULL */
	struct kref ref;		/* registered; programs */
	struct scst_user_add first;	/* what ADD said, with the token */
	kuid_t owner;
	bool limited;			/* it counts, as the owner's */
	u32 recover_s;
	u32 answer_s;			/* a program that takes longer hangs */
	u64 recoveries;			/* lock */
	bool ticking;			/* tick is on its way */
	struct delayed_work tick;
	struct delayed_work lose;
	struct work_struct drop;
};

static inline struct user_device *to_user_device(const struct scst_device *dev)
{
	return container_of(dev, struct user_device, dev);
}

static inline bool user_is_cdb_mode(const struct user_device *ud)
{
	return ud->first.flags & SCST_USER_CDB_MODE;
}

/* What we know of a command, in the room of its slot, from its verb until user_cmd_end(). */
struct user_note {
	struct list_head entry;		/* parked, or queue->waiting */
	struct scst_cmd *cmd;
	void *extents;			/* of UNMAP, checked; or NULL */
	u32 extents_len;
	unsigned long since;		/* jiffies when it began to wait for a slot */
	unsigned long abandoned;	/* jiffies when that was seen; 0: not yet */
	u8 cdb_len;			/* CDB mode: of what the program gets */
	bool seen;			/* a program had it */
};

static_assert(sizeof(struct user_note) <= SCST_CMD_ROOM);

static inline struct user_note *user_note(struct scst_cmd *cmd)
{
	return (struct user_note *)cmd->room;
}

extern struct workqueue_struct *user_wq;
extern struct workqueue_struct *user_drop_wq;	/* may wait for what user_wq does */
extern const struct scst_handler_ops user_ops, user_cdb_ops;

/* device.c. Context of all: may sleep. */
/* Return: the program that @file now is, or -errno. @add is filled as ADD and ATTACH say. */
struct user_prog *user_device_add(struct scst_user_add *add, const struct cred *cred);
struct user_prog *user_device_attach(struct scst_user_add *add, const struct cred *cred);
int user_device_resize(struct user_prog *prog, u64 nblocks);
int user_device_delete(struct user_prog *prog);

/* It goes soon. @ud is GONE already: nobody attaches. From a file that is being closed. */
void user_device_drop(struct user_device *ud);

int user_device_set_block_size(struct user_prog *prog, u32 size);
void user_device_put(struct user_device *ud);

/* limits.c */
/* May whoever has opened the file with @cred do what others may not? */
bool user_is_admin(const struct cred *cred);
/* Return: 0, -ENOMEM, -EDQUOT: it would be more than such a user may have. */
int user_share_take(kuid_t uid, const struct user_amount *amount);
void user_share_give(kuid_t uid, const struct user_amount *amount);

/* prog.c */
/*
 * Return: with one reference, and one on @ud; or -ENOMEM, -EDQUOT. Context: may sleep.
 */
struct user_prog *user_prog_alloc(struct user_device *ud, const struct scst_user_add *shape,
				  const struct cred *cred);
/* Context: may sleep. */
void user_prog_put(struct user_prog *prog);
/* It serves from now on. 0, -EINVAL, -ENODEV. Context: process. */
int user_prog_start(struct user_prog *prog);
/* It gets no more; what it has it may commit. Context: process. */
void user_prog_stop(struct user_prog *prog);
/* It has gone: the same, and what it had is another one's. In this call, or in a work. */
void user_prog_end(struct user_prog *prog);
/* From anywhere. */
void user_prog_end_soon(struct user_prog *prog);
/* It hangs: it goes, and must not write what the next one writes. */
void user_prog_kill(struct user_prog *prog, const char *why);

/* queue.c */
void user_queue_init(struct user_queue *q);
/* Takes @cmd to the program. Return: false, no more commands come here. Context: any. */
bool user_queue_take(struct user_queue *q, struct scst_cmd *cmd);
/*
 * No more come; and @dead: what the program has is not its any more. What waits goes to @cmds.
 * Context: any.
 */
void user_queue_close(struct user_queue *q, bool dead, struct list_head *cmds);
/* FETCH, COMMIT and both, cancellation. Context: the program's thread, in its ring. */
int user_queue_fetch(struct user_slot *slot, struct io_uring_cmd *ucmd, unsigned int issue_flags);
int user_queue_commit(struct user_slot *slot, const struct scst_user_io *io);
void user_queue_cancel(struct io_uring_cmd *ucmd, unsigned int issue_flags);
/* WATCH. Context: as above. */
int user_queue_watch(struct user_queue *q, struct io_uring_cmd *ucmd, unsigned int issue_flags);
/*
 * The program has @slot's command: it sees from now on that it was aborted. queue->lock held.
 * Return: it did not before.
 */
bool user_slot_aborted(struct user_slot *slot);
/* ... and WATCH says that there is such a one. Context: any. */
void user_queue_tell(struct user_queue *q);
/* Is this the thread and the ring of the queue, or could it be? 0, -EINVAL, -ENODEV. */
int user_queue_check(struct user_queue *q, struct io_uring_cmd *ucmd);

/* verb.c */
#define USER_VERBS							\
	[SCST_VERB_READ]		= user_verb,			\
	[SCST_VERB_WRITE]		= user_verb,			\
	[SCST_VERB_FLUSH]		= user_verb_flush,		\
	[SCST_VERB_UNMAP]		= user_verb_unmap,		\
	[SCST_VERB_WRITE_SAME]		= user_verb,			\
	[SCST_VERB_COMPARE_WRITE]	= user_verb,			\
	[SCST_VERB_VERIFY]		= user_verb

enum scst_exec_result user_verb(struct scst_cmd *cmd);
enum scst_exec_result user_verb_flush(struct scst_cmd *cmd);
enum scst_exec_result user_verb_unmap(struct scst_cmd *cmd);
/* user_note_init() first. Return: the verb's. */
enum scst_exec_result user_cmd_submit(struct scst_cmd *cmd);
void user_note_init(struct scst_cmd *cmd);
/* The verbs that a program with @ops lacks. */
u32 user_verb_lacks(u32 ops);
/* Are all blocks of @cmd on the disk, as it is now? */
bool user_cmd_is_on_disk(struct scst_cmd *cmd);
/* Describes @cmd to the program, with its data. Context: process. */
void user_cmd_describe(struct scst_cmd *cmd, struct scst_user_desc *desc, void *data);
/* The program has answered: brings the data, tells the initiator. @sense: in CDB mode. */
void user_cmd_answer(struct scst_cmd *cmd, const struct scst_user_desc *desc,
		     const struct scst_user_io *io, const u8 *sense, const void *data);
/* An error number, which is what it has answered, as status and sense. */
void user_cmd_take_error(struct scst_cmd *cmd, const struct scst_user_io *io, u8 op);
/* It is over as cmd->status says. */
void user_cmd_end(struct scst_cmd *cmd);
void user_cmd_fail(struct scst_cmd *cmd, enum scst_sense_id id);

/* cdb.c: the same in CDB mode */
enum scst_exec_result user_cdb(struct scst_cmd *cmd);
void user_cdb_describe(struct scst_cmd *cmd, struct scst_user_desc *desc, void *data);
void user_cdb_answer(struct scst_cmd *cmd, const struct scst_user_io *io, const u8 *sense,
		     const void *data);

/* wait.c: commands without a program, and programs without an answer */
/* To the program that is there, or to the list. Return: false, it is refused. Context: any. */
bool user_submit(struct user_device *ud, struct scst_cmd *cmd);
/* For all on @cmds: once more, or they fail. */
void user_submit_again(struct user_device *ud, struct list_head *cmds);
void user_wait_init(struct user_device *ud);
/* Something is under way: looks whether it stays. */
void user_tick_soon(struct user_device *ud);
/* Commands were aborted: looks now. Context: any [unchecked: it queues work]. */
void user_cmds_aborted(struct scst_device *dev);
/* In the end: nothing waits any more. */
void user_wait_exit(struct user_device *ud);

/* props.c */
extern const struct scst_attr user_attrs[], user_cdb_attrs[];

/* file.c */
int user_file_init(void);
void user_file_exit(void);

#endif
