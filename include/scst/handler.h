/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The contract between the core and a device handler (a back end). A handler has verbs and never
 * sees an opcode; but for that of opaque devices, whose commands are carried out and answered by
 * something else as it likes: a real device, a program.
 */
#ifndef _SCST_HANDLER_H
#define _SCST_HANDLER_H

#include <linux/completion.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/percpu_counter.h>
#include <linux/refcount.h>
#include <linux/seqlock.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <scst/scst.h>
#include <scst/scsi/lu.h>
#include <scst/scsi/opaque.h>
#include <scst/watch.h>

#include "attr.h"
#include "cmd.h"

struct module;
struct scst_params;
struct scst_handler;
struct scst_stats_set;
struct scst_reserve;

enum scst_exec_result {
	SCST_EXEC_DONE,		/* cmd->status and cmd->sense are final		*/
	SCST_EXEC_PENDING,	/* scst_cmd_exec_done() will be, or was, called	*/
	SCST_EXEC_THREAD,	/* call again, in a thread			*/
};

typedef enum scst_exec_result (*scst_verb_fn)(struct scst_cmd *cmd);

struct scst_handler_ops {
	const char *name;		/* the directory below handlers/ */
	struct module *owner;
	u8 type;			/* peripheral device type, for the `type` attribute */

	/**
	 * @verb: What the handler can do; a NULL verb is not supported and not reported.
	 * cmd->params has LBA and length, checked against the LU; cmd->sg has cmd->xfer_len bytes,
	 * which may be less than the length asks for. A long verb looks at scst_cmd_aborted(). If
	 * it moves less, data_len becomes that, and xfer_len with it if that was more. With CHECK
	 * CONDITION nothing counts as moved, and no data-in is sent, unless keeps_data is set.
	 * Context: any; may sleep only if cmd->may_sleep [data_are_right_over_requests,
	 * data_are_right_over_bios].
	 *
	 * With SCST_VERB_CDB the devices are opaque (lu.opaque), and all verbs are set: each gets
	 * the CDB as it came, scst_cmd_cdb(). The core keeps REPORT LUNS, reservations, unit
	 * attentions and write protection, and has judged no more than the length: cmd->data_len is
	 * what the device may move, which of data-in may be more than cmd->sg has, namely
	 * expected_len. Reservations, copies and paths are none of the device's business, and so
	 * never come here [what_acts_in_our_name_is_refused].
	 */
	scst_verb_fn verb[SCST_VERB_MAX];

	/**
	 * @aborted: Commands of @dev were marked as aborted: a handler whose commands may last
	 * ends them, if it can. NULL: they end by themselves. Context: any
	 * [unchecked: it is called after completions too].
	 */
	void (*aborted)(struct scst_device *dev);

	/**
	 * @removal_allowed: An initiator that wanted the medium to stay was reset, or left: see
	 * scst_device_removal_prevented(). NULL: it is asked for when it matters. Context: any, and
	 * dev->lock may be held [unchecked: as above].
	 */
	void (*removal_allowed)(struct scst_device *dev);

	/**
	 * @lends: SCST_VERB_READ finds cmd->sg NULL where the transport takes pages of others. It
	 * sets cmd->sg, sg_cnt and sg_ours with scst_sg_lent(), or else asks for memory with
	 * scst_cmd_buffer().
	 */
	bool lends;

	/**
	 * @add_device, @del_device: `add_device NAME [params]`, `del_device NAME` in mgmt.
	 * @add_device calls scst_device_register(), @del_device scst_device_unregister(). Neither
	 * is called for a name for which the other one has not returned.
	 * An unknown or malformed parameter is -EINVAL and changes nothing.
	 * Context: may sleep; no lock held.
	 */
	int (*add_device)(const char *name, struct scst_params *params);
	int (*del_device)(struct scst_device *dev);

	/**
	 * @siblings: `del_device NAME` takes devices of the module's other handlers as well.
	 */
	bool siblings;

	const char *add_device_params;		/* names, for the mgmt usage text */
	const char *name_hint;			/* what a name is, there; NULL: any */
	const struct scst_attr *device_attrs;	/* ends with an empty row; obj: device */
};

#define SCST_DEV_CMDS_DEFAULT	64	/* of a nexus at a time */
#define SCST_THREADS_MAX	1024

/* Embedded by the handler in its own device. */
struct scst_device {
	/* by the handler, before scst_device_register(); lu changes only through scst_device_*() */
	struct scst_lu lu;
	char name[SCST_DEV_NAME_LEN];
	u32 lacks;			/* BIT(enum scst_verb): its handler can, it cannot */
	seqlock_t lu_change;		/* of what is more than a word in lu */
	u8 not_ready;			/* enum scst_sense_id: why there is no medium; or NONE */
	u16 threads_default;		/* what threads_num begins with */
	/* Whose the reservations are that outlive it, and the name of their dump; NULL: @name's,
	 * and that of lu.usn. They are the handler's to free. */
	const char *state_name, *dump_name;
	bool no_aptpl;			/* nobody knows it again after a power cycle */

	/* by the core */
	const struct scst_handler_ops *ops;
	struct scst_handler *handler;
	struct list_head entry;		/* scst_registry_lock: these five */
	struct hlist_node name_node, usn_node;	/* device.c */
	struct list_head mappings;	/* struct scst_mapping.dev_entry */
	struct list_head copy_luns;	/* at which it stands in the copy manager */
	bool dying;			/* scst_registry_lock: no new mapping */
	spinlock_t lock;
	struct list_head nexuses;	/* lock */
	struct mutex param_lock;	/* what initiators set: mode and other parameters in lu, */
	bool clock_set;			/* and the clock of REPORT TIMESTAMP */
	s64 clock_offset;		/* ms to the time since boot, or (not set) to real time */
	struct scst_stats_set *stats;	/* stats.c */
	struct percpu_counter mem;	/* bytes that its commands were charged: buffer.c */
	struct scst_reserve *reserve;	/* reservations */
	refcount_t users;		/* nexuses, and one until unregistered */
	struct completion users_gone;
	u16 numa_node;			/* of its threads, and 1; 0: any. threads.c */
	unsigned int threads_num;	/* threads_lock: these three; threads.c */
	bool threads_shared;
	struct workqueue_struct __rcu *wq;	/* by threads_num, or NULL */
	struct workqueue_struct *threads;	/* else */
	u32 max_cmds;			/* of a nexus at a time */
	struct scst_task_set *task_set;	/* TST 000b; NULL until needed. By cmpxchg */
	struct list_head held;		/* hold_lock: the rest; hold.c */
	unsigned int nr_blocks;
	bool releasing;
	char *block_text;		/* blocking in the background: what to announce, */
	void (*blocked)(struct scst_device *dev, const char *text);	/* ... and how */
	struct kernfs_node *block_file;	/* `block`: whom to notify */
	struct work_struct admit_work;	/* policy/admit.c */
	struct work_struct release_work;
	struct work_struct block_work;
	struct scst_watch block_watch;
	unsigned int nr_exports;	/* scst_registry_lock: number of the next export link */
	struct scst_dir dir;
	struct scst_dir exported_dir;
};

/*
 * `numa_node_id`: where the device's threads are, or -1. Also before scst_device_register()
 * [threads_have_a_node].
 * Return: 0, -EINVAL: there is no such node.
 */
int scst_device_set_node(struct scst_device *dev, const char *text);

/* There is memory for the data. Return: false: leave with *@result. Context: as the verb's. */
bool scst_cmd_buffer(struct scst_cmd *cmd, enum scst_exec_result *result);

/*
 * For memory of xfer_len bytes that comes from elsewhere: the initiator is charged until the
 * command is done, if cmd->sg_ours. Return: false, it has its share, and was not charged. Context:
 * any [unchecked: it is an atomic counter].
 */
bool scst_cmd_charge(struct scst_cmd *cmd);
void scst_cmd_uncharge(struct scst_cmd *cmd);

int scst_handler_register(const struct scst_handler_ops *ops);
/* Deletes the devices of the handler through ops->del_device(). Context: may sleep. */
void scst_handler_unregister(const struct scst_handler_ops *ops);

/* Return: 0, -EEXIST, -EINVAL (name). Context: may sleep. */
int scst_device_register(struct scst_device *dev, const struct scst_handler_ops *ops);
/*
 * Unmaps the device everywhere, waits for its commands and removes its directory. The caller frees
 * @dev. Return: 0, or -ENODEV if another caller is at it. Context: may sleep; no lock held.
 */
int scst_device_unregister(struct scst_device *dev);
/*
 * As `del_device NAME` in mgmt, for who has @dev from elsewhere and keeps its memory. Return: 0,
 * -ENODEV: it has gone or goes; -EINTR: killed. Context: may sleep; no lock held.
 */
int scst_device_delete(struct scst_device *dev);
/*
 * Before scst_device_register(): names and identifiers that nobody chose. They are made from the
 * device's name and the administrator's setup_id, so that they are the same after a reboot and,
 * with equal setup_ids, on a twin that takes over. They are made as SCST makes them: a disk that
 * moves over from there is the same disk to its initiators.
 */
void scst_device_identify(struct scst_device *dev, const char *vendor);
/* The handler's device called @name; the handler keeps it from going away. */
struct scst_device *scst_device_find(const struct scst_handler_ops *ops, const char *name);
/* The administrator's number that generated identifiers start from. */
u32 scst_setup_id(void);

/* Sets the size and tells every nexus: CAPACITY DATA HAS CHANGED. */
void scst_device_set_capacity(struct scst_device *dev, u64 nblocks);
/* Sets what the device lacks of its handler's verbs. */
void scst_device_set_lacks(struct scst_device *dev, u32 lacks);
/*
 * Why commands that need a medium are refused, or NONE: they are not. The core refuses those that
 * it answers itself; verbs have to look for themselves, as theirs may be under way.
 */
void scst_device_set_ready(struct scst_device *dev, enum scst_sense_id not_ready);
/*
 * Around a change of dev->lu, so that no initiator sees half of it; then each is told @id. In
 * between: no sleeping.
 */
void scst_device_change_begin(struct scst_device *dev);
void scst_device_change_end(struct scst_device *dev, enum scst_sense_id id);
/*
 * An opaque device: the CDB that @cmd came with, cmd->cdb_len bytes; zeros follow up to 16.
 */
const u8 *scst_cmd_cdb(const struct scst_cmd *cmd);
/* What of its answer is to be told otherwise, see scst/scsi/opaque.h. Return: the new length. */
u32 scst_cmd_patch(struct scst_cmd *cmd, enum scst_opaque_answer answer, u8 *buf, u32 len);
/* A unit attention (ASC << 8 | ASCQ) for all nexuses but that of @cmd. Context: any. */
void scst_cmd_tell_others_of(struct scst_cmd *cmd, u16 ua);
/*
 * REQUEST SENSE, GOOD: if its data tell a unit attention of the device, others hear it as well.
 * Return: it, or 0.
 */
u16 scst_cmd_told(struct scst_cmd *cmd, const u8 *sense, unsigned int len);
/* The unit serial number. Return: 0, or -EEXIST: another device has it. Context: may sleep. */
int scst_device_set_usn(struct scst_device *dev, const char *usn);
/*
 * Nobody waits for @cmd any more but for its end: it was aborted, or its session or LUN is going.
 * For verbs that may last for hours; others are carried out.
 */
bool scst_cmd_abandoned(const struct scst_cmd *cmd);
/*
 * ... and it is not only that its LUN leads to another device now, while this one stays. Context:
 * any [unchecked: handlers hold locks].
 */
bool scst_cmd_unwanted(const struct scst_cmd *cmd);
/* Does any initiator want the medium to stay? Takes dev->lock. Context: any. */
bool scst_device_removal_prevented(struct scst_device *dev);
/*
 * Persistent reservations are written down, as when @dev is deleted: what was behind it has gone.
 * Context: may sleep.
 */
void scst_device_dump_prs(struct scst_device *dev);
/* A unit attention for every nexus. Context: any [unchecked: handlers call it in threads]. */
void scst_device_tell(struct scst_device *dev, enum scst_sense_id id);
/* ... of those which only devices know, ASC << 8 | ASCQ. */
void scst_device_tell_of(struct scst_device *dev, u16 ua);
/*
 * What carries out the commands of @dev is new, or was off: all that are under way are of the time
 * before, and aborted (TASK ABORTED); whatever comes to its verb without that mark has been told of
 * a reset before [what_waited_for_its_data_is_not_for_a_disk_that_is_back]. @ua: the kind of reset,
 * ASC << 8 | ASCQ; 0: power on. Context: may sleep.
 */
void scst_device_power_on(struct scst_device *dev, u16 ua);

/*
 * Waits for every command that is at its verb and that @matters: the handler has changed what its
 * verbs look at first, and now waits for those that did not see it. A command that comes later may
 * be waited for too. @matters may see a command that is just being replaced by another one: what it
 * says then is not used. Context: may sleep, and not a verb in a thread of the core, whom @matters
 * commands may wait for.
 */
void scst_device_settle(struct scst_device *dev,
			bool (*matters)(const struct scst_cmd *cmd, const void *arg),
			const void *arg);

#endif
