/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Real devices, behind scst_disk.ko, scst_tape.ko and the others: what they share is scst_pass.ko.
 *
 *	pass.c		a device is added, deleted	exec.c		a command comes
 *	arrival.c	it goes, and comes back		request.c	to the mid-layer
 *	probe.c		what it says of itself		result.c	and back
 *	answer.c	answers told otherwise		abort.c		the end of what lasts
 *	local.c		this host's own drivers		attrs.c		sysfs
 *	facts.c		pure
 *
 * A device that is unplugged stays, with its LUNs and reservations, without @sdev. Whoever uses
 * @sdev is counted in in_flight first, and then looks at @gone:
 *
 *	attached --remove_dev--> gone, in_flight > 0 --> gone, no sdev --the same device--> attached
 */
#ifndef _PASS_H
#define _PASS_H

#include <linux/blk-mq.h>
#include <linux/module.h>
#include <scsi/scsi.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_eh.h>
#include <scsi/scsi_host.h>
#include <scst/handler.h>

#include "../../compat.h"
#include "facts.h"

/* What is left of this host's own use of the device: local=. */
enum pass_local {
	PASS_LOCAL_KEEP,			/* as it is */
	PASS_LOCAL_CLAIM,			/* nobody mounts it */
	PASS_LOCAL_HIDE,			/* no driver is bound */
	PASS_LOCAL_MAX,
};

/* A type of devices, a handler of one of the modules. */
struct pass_kind {
	struct scst_handler_ops ops;
	u32 block_size;				/* until the device says its own; 0: variable */
	u32 timeouts[SCST_TIME_MAX];		/* seconds, where they begin */
	bool perf;				/* reads and writes do not reach the device */
	bool in_order;				/* one command after the other: order.c */
	enum pass_local local;			/* unless the administrator says otherwise */
};

struct pass_dev {
	struct scst_device dev;
	struct pass_kind *kind;
	struct scsi_device *sdev;		/* see above; with a reference */
	atomic_t in_flight;
	bool gone;
	u32 timeouts[SCST_TIME_MAX];

	/* request.c: commands that found no room at the device, oldest first */
	spinlock_t lock;
	struct list_head parked;		/* lock; struct pass_cmd.entry */
	struct delayed_work kick;

	struct delayed_work abort;
	unsigned long abort_until;		/* jiffies */
	struct work_struct refresh;
	u16 own_ua;				/* what one of ours did last: all know it */
	struct work_struct prevent;
	bool prevented;				/* the device was told last */

	/* arrival.c */
	struct mutex attach_lock;		/* sdev, link, claim: those who change them */
	struct delayed_work change;
	struct scsi_device *coming;		/* pass_lock; with a reference */
	unsigned long coming_since;		/* jiffies */
	struct scsi_device *last;		/* attach_lock: that went; a reference */
	struct hlist_node identity_node;	/* pass_lock */
	bool linked;				/* attach_lock: in its directory */
	bool registered, ending;		/* attach_lock: begun, and ending */

	/* local.c: attach_lock */
	enum pass_local local;
	unsigned int local_tries;		/* drivers are bound when they like */
	struct file *claim;
	bool hidden;

	/* probe.c */
	char identity[PASS_IDENTITY_LEN];
	char serial[PASS_SERIAL_LEN];
	u8 inquiry[36];
	u8 *page_83;				/* kfree(); NULL: none */
	u32 page_83_len;
};

static inline struct pass_dev *to_pass(struct scst_device *dev)
{
	return container_of(dev, struct pass_dev, dev);
}

/* In cmd->room, of a command that is under way. */
struct pass_cmd {
	struct list_head entry;			/* pd->parked */
	struct work_struct work;		/* request.c: the next piece, or the end */
	struct scatterlist *own;		/* instead of cmd->sg, charged to the session */
	u32 own_cnt;
	u32 len;				/* bytes that it is to move */
	u32 done;				/* ... and has */
	u32 piece;				/* of which now */
	unsigned long since;			/* jiffies: parked */
	struct pass_answered *answered;		/* answer.c: who waits, nothing else is set then */
	bool more;				/* this piece was not the last */
	u8 cdb_len;
};

static_assert(sizeof(struct pass_cmd) <= SCST_CMD_ROOM);

static inline struct pass_cmd *pass_cmd(struct scst_cmd *cmd)
{
	return (struct pass_cmd *)cmd->room;
}

/* What commands need to go on; and what waits for a device. */
extern struct workqueue_struct *pass_wq, *pass_slow_wq;

/*
 * pass.c
 */
int pass_register(struct pass_kind *const kinds[], unsigned int nr);
void pass_unregister(struct pass_kind *const kinds[], unsigned int nr);
int pass_add(struct pass_kind *kind, const char *name, struct scst_params *params);
int pass_del(struct scst_device *dev);

/* exec.c. The verb of all. */
enum scst_exec_result pass_cdb(struct scst_cmd *cmd);

/*
 * request.c. All of cmd's verb from here. Return: DONE, or PENDING, or THREAD: nothing was begun.
 */
enum scst_exec_result pass_submit(struct scst_cmd *cmd);
/* Is @rq of a command of ours? Then the command. */
struct scst_cmd *pass_cmd_of(const struct pass_dev *pd, const struct request *rq);
void pass_kick_work(struct work_struct *work);
/*
 * May pd->sdev be used? Then it stays until pass_leave()
 * [unplugged_under_load_fails_what_is_under_way].
 */
bool pass_enter(struct pass_dev *pd);
void pass_leave(struct pass_dev *pd);
int pass_bios_init(void);
void pass_bios_exit(void);

/* result.c. The status and sense of @cmd, from what the mid-layer says. */
struct pass_result {
	int result;			/* of struct scsi_cmnd */
	u32 resid;
	const u8 *sense;
	unsigned int sense_len;
};

int pass_result_of(const struct scsi_cmnd *scmd, blk_status_t status);
void pass_take(struct scst_cmd *cmd, const struct pass_result *r);
/* ... without what was moved. Return: it moved data, or may have. */
bool pass_judge(struct scst_cmd *cmd, const struct pass_result *r);
/* It is over, but for telling the core: what follows for others. */
void pass_finish(struct scst_cmd *cmd);
/*
 * A unit attention, ASC << 8 | ASCQ, for all; what it says has changed is read anew. Context: any
 * [unchecked: it is called after completions].
 */
void pass_tell_all(struct pass_dev *pd, u16 ua);
/* @scmd, of whoever, has come back: had the unit to be reset for it? Before it is freed. */
void pass_hear_of_reset(struct pass_dev *pd, const struct scsi_cmnd *scmd);

/* answer.c */
enum scst_exec_result pass_answer(struct scst_cmd *cmd, enum scst_opaque_answer answer);
enum rq_end_io_ret pass_answer_end_io(PASS_END_IO_ARGS);

/* abort.c */
void pass_cmds_aborted(struct scst_device *dev);
void pass_abort_work(struct work_struct *work);
enum scst_exec_result pass_prevent(struct scst_cmd *cmd);
void pass_removal_allowed(struct scst_device *dev);
void pass_prevent_work(struct work_struct *work);

/*
 * probe.c
 */
/*
 * A command without data, of 16 bytes, in nobody's name. Unit attentions that come instead are told
 * to all, and it is sent again. Return: GOOD. Context: may sleep
 * [unchecked: scsi_execute_cmd() waits].
 */
bool pass_order(struct pass_dev *pd, const u8 *cdb);
/* Who it is: pd->sdev is set, nobody else knows of @pd. */
void pass_probe_identity(struct pass_dev *pd);
void pass_identify(struct scsi_device *sdev, char identity[PASS_IDENTITY_LEN]);
/* What may change: block size, mode parameters, limits. attach_lock held. */
void pass_probe(struct pass_dev *pd);
void pass_refresh_work(struct work_struct *work);

/*
 * arrival.c
 */
int pass_arrival_init(void);
void pass_arrival_exit(void);
/*
 * @sdev is pd's; or its reference is put. attach_lock held. Return: 0, -EEXIST: it has a device of
 * ours, -EBUSY: this host uses it, -ENODEV: it is about to go, -errno.
 */
int pass_take_device(struct pass_dev *pd, struct scsi_device *sdev);
/* The other way round, if there is one. attach_lock held; nothing is in flight. */
void pass_drop_device(struct pass_dev *pd);
/* It is to be found by its identity. Return: false, another one has the same. */
bool pass_identity_add(struct pass_dev *pd);
void pass_identity_del(struct pass_dev *pd);
void pass_change_work(struct work_struct *work);
/* ... and what was left of it. */
void pass_forget_last(struct pass_dev *pd);
/* Drivers of this host that come later are seen to, for a while. attach_lock held. */
void pass_local_later(struct pass_dev *pd);
/* scsi_device in its directory. attach_lock held. */
void pass_link(struct pass_dev *pd);
void pass_unlink(struct pass_dev *pd);

/*
 * local.c. attach_lock held. Begun again, if there was no driver yet. Return: 0, -EBUSY: it is in
 * use.
 */
int pass_local_begin(struct pass_dev *pd, struct scsi_device *sdev);
bool pass_local_is_done(const struct pass_dev *pd);
/* There is nothing yet that could be claimed. */
bool pass_local_is_early(const struct pass_dev *pd, struct scsi_device *sdev);
void pass_local_end(struct pass_dev *pd, struct scsi_device *sdev);
extern const char *const pass_local_names[PASS_LOCAL_MAX];

/* attrs.c */
extern const struct scst_attr pass_attrs[];
extern const struct scst_attr pass_disk_attrs[];

/*
 * For the modules: a handler, and its add_device(), which does not know whose it is.
 */
#define PASS_KIND(id, _name, _type, ...)						\
static int id##_add(const char *name, struct scst_params *params);			\
static struct pass_kind id = {								\
	.ops = {									\
		.name = _name, .owner = THIS_MODULE, .type = _type,			\
		.add_device = id##_add,							\
	},										\
	__VA_ARGS__									\
};											\
static int id##_add(const char *name, struct scst_params *params)			\
{											\
	return pass_add(&id, name, params);						\
}

#define PASS_MODULE(description, ...)							\
static struct pass_kind *const kinds[] = { __VA_ARGS__ };				\
static int __init pass_kinds_init(void)							\
{											\
	return pass_register(kinds, ARRAY_SIZE(kinds));					\
}											\
static void __exit pass_kinds_exit(void)						\
{											\
	pass_unregister(kinds, ARRAY_SIZE(kinds));					\
}											\
module_init(pass_kinds_init);								\
module_exit(pass_kinds_exit);								\
MODULE_DESCRIPTION(description);							\
MODULE_LICENSE("GPL")

#endif
