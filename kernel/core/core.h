/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The core's own objects: who owns whom, and which lock covers what (the order is in
 * docs/locking.md: scst_registry_lock > scst_target.lock > scst_policy_lock > scst_device.lock >
 * scst_nexus.lock).
 *
 *	driver -> target -> group -> mapping -> device <- handler
 *	             |                  |          |
 *	             +---> session -> nexus (I_T_L) of session, mapping and device
 *
 * A command holds one reference: on its nexus. A nexus, while it has commands, pins its session,
 * its mapping and its device, because all three wait for their nexuses before they go.
 */
#ifndef _SCST_CORE_H
#define _SCST_CORE_H

#include <linux/completion.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/percpu-refcount.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <scst/attr.h>
#include <scst/cmd.h>
#include <scst/handler.h>
#include <scst/target.h>
#include <scst/verdict.h>

#include "scsi/answer.h"
#include "scsi/cdb.h"
#include "scsi/pr.h"
#include "command/steps.h"

/* Drivers, targets, handlers, devices: their lists and names. Also serializes mapping changes. */
extern struct mutex scst_registry_lock;
extern DECLARE_BITMAP(scst_port_ids, U16_MAX + 1);	/* any target's: objects/port_id.c */
extern struct list_head scst_drivers;		/* struct scst_driver.entry	*/
extern struct list_head scst_handlers;		/* struct scst_handler.entry	*/
extern struct list_head scst_devices;		/* struct scst_device.entry	*/
/* All sessions, for readers under RCU: a session is freed a grace period after it left. */
extern struct list_head scst_sessions;		/* struct scst_session.all_entry */

extern struct workqueue_struct *scst_wq;	/* commands; `threads` in sysfs limits it */
extern struct workqueue_struct *scst_file_wq;	/* waits for the file systems of /var and /etc */
/* Task management, and ends of commands. Nothing on it waits for a command or for a file. */
extern struct workqueue_struct *scst_tmf_wq;
/* What only administrators wait for: it may wait for any lock of ours, and for memory. */
extern struct workqueue_struct *scst_admin_wq;

/*
 * Before what takes any of the core's locks is called. The outermost stands for all of them: who
 * takes it with another one held is found by lockdep.
 */
static inline void scst_assert_unlocked(void)
{
	might_sleep();
	lockdep_assert_not_held(&scst_registry_lock);
}

struct scst_driver {
	const struct scst_target_ops *ops;
	struct list_head entry;			/* scst_registry_lock */
	struct list_head targets;		/* scst_registry_lock */
	struct scst_dir dir;			/* targets/<driver> */
};

struct scst_handler {
	const struct scst_handler_ops *ops;
	struct list_head entry;			/* scst_registry_lock */
	struct mutex dump_lock;
	char *pr_dump_dir;			/* dump_lock; NULL: no dumps */
	struct scst_dir dir;			/* handlers/<handler> */
};

/* Test: what a group loses, as if its transport had. */
enum scst_black_hole {
	SCST_BLACK_HOLE_OFF,
	SCST_BLACK_HOLE_CMD,		/* every command */
	SCST_BLACK_HOLE_CMD_TMF,	/* ... and task management */
	SCST_BLACK_HOLE_DATA,		/* commands that move data */
	SCST_BLACK_HOLE_DATA_TMF,
};

/* A LUN map: the default one of a target, or that of a group of initiators (group.c). */
struct scst_group {
	struct scst_target *tgt;
	struct list_head entry;			/* tgt->groups, in order of creation */
	u8 black_hole;				/* tgt->lock; enum scst_black_hole */
	u32 io_grouping;
	bool session_threads;			/* kept, without effect */
	struct cpumask __rcu *cpus;		/* tgt->lock; NULL: all */
	struct xarray mappings;			/* tgt->lock, by LUN */
	struct list_head patterns;		/* tgt->lock; struct scst_pattern */
	u8 addr_method;				/* enum scst_addr_method */
	bool dying;				/* tgt->lock: no new mapping or pattern */
	char name[SCST_DEV_NAME_LEN];		/* "": the default one */
	struct scst_dir dir, luns_dir, initiators_dir;
};

struct scst_mapping {
	struct scst_group *group;
	struct scst_device *dev;
	struct list_head dev_entry;		/* scst_registry_lock; dev->mappings */
	struct list_head entry;			/* of whoever removes it */
	struct list_head nexuses;		/* tgt->lock */
	u16 lun;
	bool read_only;
	char export_name[16];			/* the link in devices/<dev>/exported */
	struct scst_dir dir;			/* luns/<n> */
};

struct scst_target {
	const struct scst_target_ops *ops;
	struct scst_driver *driver;
	void *priv;
	struct list_head entry;			/* driver->targets */
	struct hlist_node name_node, id_node;	/* scst_registry_lock: target.c, port_id.c */
	char name[SCST_NAME_LEN];
	struct scst_port port;			/* scst_registry_lock: port.rel_tgt_id */
	struct scst_target_limits limits;
	char *port_name;			/* or NULL */
	bool enabled;				/* scst_registry_lock */
	bool aen_disabled;
	bool dying;				/* lock, scst_registry_lock: nothing new */
	char *comment;				/* lock; NULL: none */
	struct mutex lock;			/* groups, mappings, sessions and their nexuses */
	struct scst_group default_group;
	struct list_head groups;		/* lock; besides the default one */
	struct list_head sessions;		/* lock */
	refcount_t users;			/* sessions, and one until unregistered */
	struct completion users_gone;
	struct scst_dir dir, sessions_dir, ini_groups_dir;
};

/* Commands that move blocks of the medium count at enum scst_data_dir | this, others without. */
#define SCST_STAT_MEDIUM	4

/* Per CPU and nexus; and sums of them. All u64. */
struct scst_stats {
	u64 cmds[2 * SCST_STAT_MEDIUM];
	u64 bytes[2 * SCST_STAT_MEDIUM];
	u64 unaligned[SCST_STAT_MEDIUM];	/* not whole 4 KiB of the medium */
	u64 unknown;				/* opcode not known	*/
};

/* Of a session or a device: stats.c has the lock. */
struct scst_stats_set {
	struct list_head nexuses;
	struct scst_stats gone;			/* nexuses that are no more		*/
	struct scst_stats base;			/* what there was at the last reset	*/
};

/* LUN -> nexus, replaced as a whole when it has to grow. */
struct scst_lun_table {
	struct rcu_head rcu;
	unsigned int nr;
	struct scst_nexus __rcu *slot[];
};

/*
 * By what reservations know an I_T nexus: the initiator port and the target port. Several sessions
 * may have one identity (channels of one port); they have its rights together.
 */
struct scst_identity {
	refcount_t users;
	u16 port;				/* relative target port identifier, at birth */
	struct scst_tid tid;
};

struct scst_session {
	/* at birth */
	struct scst_target *tgt;
	void *cmds;				/* nr_cmds * cmd_size */
	size_t cmd_size;
	unsigned int nr_cmds;
	void *priv;
	/* read by every command */
	struct scst_lun_table __rcu *luns;	/* written under tgt->lock */
	struct scst_nexus *no_lun;		/* commands to a LUN that is not there */
	bool hurry;				/* set once: scst_session_hurry() */
	/* written by commands that bring no memory */
	atomic_long_t mem;			/* bytes of buffers that it has: cmd.c, charge() */
	/* slow */
	struct scst_group *group;		/* tgt->lock */
	bool group_chosen;			/* by a policy: patterns have no say */
	bool admitted;				/* tgt->lock; else it sees no LUN: required.c */
	bool closing;				/* tgt->lock; told to go: its group is deleted */
	struct list_head entry;			/* tgt->sessions */
	struct list_head all_entry;		/* scst_sessions, RCU */
	struct list_head nexuses;		/* tgt->lock; visible or not, without no_lun */
	refcount_t users;			/* nexuses, and one until unregistered */
	struct completion users_gone;
	struct scst_stats_set stats;
	char initiator[SCST_NAME_LEN];
	char address[SCST_DEV_NAME_LEN];	/* as the transport says it, or "" */
	u64 id;					/* never given to another session */
	u64 storage[SCST_POLICY_MAX][SCST_POLICY_WORDS];	/* the policies' own, by slot */
	struct scst_identity *identity;		/* tgt->lock; of new nexuses */
	struct scst_dir dir;			/* sessions/<name> */
	struct scst_dir latency_dir;
	struct scst_latency *latency;		/* set once; NULL: never measured */
};

#define SCST_UA_DEPTH 8				/* distinct ones are few; dups are dropped */

/* I_T_L. */
struct scst_nexus {
	struct percpu_ref ref;			/* commands */
	struct scst_session *sess;
	struct scst_device *dev;		/* NULL: session->no_lun */
	struct scst_mapping *map;		/* NULL: session->no_lun */
	struct scst_identity *identity;		/* the session's, when it was made */
	u16 lun;
	bool read_only;				/* mapping, device and policy together */
	u8 gate;				/* dev->lock; enum scst_gate */
	union {
		u32 attention;			/* anything of what follows? */
		struct {
			u8 nr_ua;		/* lock; read without it as "any?" */
			u8 denied;		/* dev->lock: by reservations, reserve.h */
			bool injected;		/* dev->lock: by rules, tasks/inject.h */
			u8 standing;		/* bits for path and lease; nobody sets it yet */
		};
	};
	unsigned long policies;			/* slots of the policies in whose scope it is */
	u64 id;					/* never given to another nexus */
	struct scst_stats __percpu *stats;
	spinlock_t lock;
	bool prevents_removal;			/* of the medium: scst_device_removal_prevented() */
	bool loses_reserve;			/* dev->lock, also read without: when it is idle */
	u32 note;				/* the handler's: scst_cmd_note() */
	u64 taken;				/* tasks/order.c: a mark of the target's */
	u64 met_reset;				/* lock; the last TARGET RESET, also read without */
	u16 ua[SCST_UA_DEPTH];			/* ASC << 8 | ASCQ, oldest first */
	u8 access;				/* tgt->lock: enum scst_access, the last verdict */
	u8 black_hole;				/* the group's */
	atomic_t nr_limited;			/* commands counted by limits.c */
	struct scst_task_set *task_set;		/* TST 001b; NULL until needed. By cmpxchg */
	struct workqueue_struct __rcu *wq;	/* dev->lock; a pool per initiator, or NULL */
	struct list_head sess_entry;		/* sess->nexuses, or a list of the dying */
	struct list_head map_entry;		/* map->nexuses */
	struct list_head dev_entry;		/* dev->lock; dev->nexuses */
	struct list_head sess_stats_entry, dev_stats_entry;	/* stats.c */
	struct scst_buffer *buffer;		/* dev->param_lock; NULL: nothing written */
	struct completion drained;
	struct rcu_head rcu;
	u64 storage[SCST_POLICY_MAX][SCST_POLICY_WORDS];	/* the policies' own, by slot */
};

/* A state of persistent reservations, which never changes: another one takes its place. */
struct scst_pr_version {
	struct rcu_head rcu;
	struct scst_pr pr;
};

struct scst_pr_io;

/* Of a device: reserve/reserve.h. */
struct scst_reserve {
	struct mutex lock;			/* changing the state, its file, the file's name */
	struct scst_pr_version __rcu *now;	/* written under lock and dev->lock */
	struct scst_identity *spc2;		/* dev->lock: who did RESERVE, or NULL */
	bool changing;				/* dev->lock: by PERSISTENT RESERVE OUT */
	struct scst_pr_claim *file;		/* lock: where the state is kept */
	bool file_named;			/* lock: somebody said so, it is not the default */
	u64 changes;				/* lock: how often the state was replaced */
	struct scst_pr_io *io;			/* sysfs/pr.c's: who reads and writes pr_state */
	/* reserve/out.c: PERSISTENT RESERVE OUT, one after the other */
	spinlock_t requests_lock;
	struct list_head requests;
	struct work_struct requests_work;
	/* reserve/offer.c */
	struct scst_device *dev;
	struct delayed_work offer;
	atomic_t reasons;			/* enum scst_pr_dump_reason, for the next offer */
	u32 attempts;				/* the work's */
};

#endif
