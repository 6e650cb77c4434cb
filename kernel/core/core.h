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
#include <scst/attr.h>
#include <scst/cmd.h>
#include <scst/handler.h>
#include <scst/target.h>
#include <scst/verdict.h>

#include "scsi/pr.h"
#include "command/steps.h"

struct scst_saved;

/* Drivers, targets, handlers, devices: their lists and names. Also serializes mapping changes. */
extern struct mutex scst_registry_lock;
extern struct list_head scst_drivers;		/* struct scst_driver.entry	*/
extern struct list_head scst_handlers;		/* struct scst_handler.entry	*/
extern struct list_head scst_devices;		/* struct scst_device.entry	*/
/* All sessions, for readers under RCU: a session is freed a grace period after it left. */
extern struct list_head scst_sessions;		/* struct scst_session.all_entry */

extern struct workqueue_struct *scst_wq;	/* commands; `threads` in sysfs limits it */
extern struct workqueue_struct *scst_tmf_wq;	/* waits for commands, so it cannot be scst_wq */

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
	struct cpumask __rcu *cpus;		/* tgt->lock; NULL: all */
	struct list_head mappings;		/* tgt->lock, ascending LUN */
	struct list_head patterns;		/* tgt->lock; struct scst_pattern */
	u8 addr_method;				/* enum scst_addr_method */
	bool dying;				/* tgt->lock: no new mapping or pattern */
	char name[SCST_DEV_NAME_LEN];		/* "": the default one */
	struct scst_dir dir, luns_dir, initiators_dir;
};

struct scst_mapping {
	struct scst_group *group;
	struct scst_device *dev;
	struct list_head entry;			/* group->mappings */
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
	char name[SCST_NAME_LEN];
	struct scst_port port;			/* port.rel_tgt_id: scst_registry_lock */
	char *port_name;			/* or NULL */
	bool enabled;				/* scst_registry_lock */
	bool aen_disabled;
	bool dying;				/* both locks: no new session or mapping */
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
	bool hurry;				/* set once: its commands are not held */
	/* slow */
	struct scst_group *group;		/* tgt->lock */
	bool group_chosen;			/* by a policy: patterns have no say */
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
	struct scst_tid tid;			/* the initiator port */
	u16 port_id;				/* the target port's identifier at birth */
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
	u16 lun;
	bool read_only;				/* mapping, device and policy together */
	u8 gate;				/* dev->lock; enum scst_gate */
	union {
		u16 attention;			/* anything of what follows? */
		struct {
			u8 nr_ua;		/* lock; read without it as "any?" */
			u8 denied;		/* dev->lock: by reservations, reserve.h */
		};
	};
	unsigned long policies;			/* slots of the policies in whose scope it is */
	u64 id;					/* never given to another nexus */
	struct scst_stats __percpu *stats;
	spinlock_t lock;
	bool prevents_removal;			/* of the medium, until it is gone or reset */
	u32 note;				/* the handler's: scst_cmd_note() */
	u8 ua[SCST_UA_DEPTH];			/* enum scst_sense_id, oldest first */
	u8 access;				/* tgt->lock: enum scst_access, the last verdict */
	u8 black_hole;				/* the group's */
	atomic_t nr_limited;			/* commands counted by limits.c */
	struct scst_task_set *task_set;		/* TST 001b; NULL until needed. By cmpxchg */
	struct workqueue_struct __rcu *wq;	/* dev->lock; a pool per initiator, or NULL */
	struct list_head sess_entry;		/* sess->nexuses, or a list of the dying */
	struct list_head map_entry;		/* map->nexuses */
	struct list_head dev_entry;		/* dev->nexuses, dev->lock */
	struct list_head sess_stats_entry, dev_stats_entry;	/* stats.c */
	struct scst_buffer *buffer;		/* dev->param_lock; NULL: nothing written */
	struct completion drained;
	u64 storage[SCST_POLICY_MAX][SCST_POLICY_WORDS];	/* the policies' own, by slot */
};

/* cmd.c: the steps. */
const char *scst_step_name(unsigned int step);
extern const char *const scst_wait_names[];	/* enum scst_wait_for */
void scst_cmd_init(struct scst_cmd *cmd, struct scst_session *sess, u32 index);
/* A command that was held goes on, in a thread. */
void scst_cmd_admitted(struct scst_cmd *cmd);

/* execute.c: what the core does itself. Like a verb: see enum scst_exec_result. */
enum scst_exec_result scst_execute(struct scst_cmd *cmd);

/* select.c: the part of it that takes parameters from the initiator. */
enum scst_exec_result scst_execute_select(struct scst_cmd *cmd);

/* saved.c: parameters that survive a restart of the device. Context: may sleep. */
/*
 * Before @dev is published. A file that cannot be used is told in the log, and is as none.
 * Return: 0 or -ENOMEM.
 */
int scst_saved_restore(struct scst_device *dev);
/* dev->param_lock held. Return: 0 once @saved is durable, and what @dev has; -errno. */
int scst_saved_store(struct scst_device *dev, const struct scst_saved *saved);
/* What is saved of @dev now. dev->param_lock held. */
void scst_saved_now(const struct scst_device *dev, struct scst_saved *saved);

/* nexus.c: I_T_L nexuses, what an initiator sees, and draining. tgt->lock for all but destroy. */
/* A new one is hidden until it is judged. @ua: what its first command is told, or NONE. */
struct scst_nexus *scst_nexus_create(struct scst_session *sess, struct scst_mapping *map,
				     enum scst_sense_id ua);
/* Unpublish, stop new commands, and move to @dead ... */
void scst_nexus_kill(struct scst_nexus *nexus, struct list_head *dead);
/* ... have those of their commands that are parked and were aborted go on to their end ... */
void scst_nexuses_kick(struct list_head *dead);
/* ... then, with no lock held, wait for the commands and free. */
void scst_nexuses_destroy(struct list_head *dead);
struct scst_nexus *scst_nexus_create_no_lun(struct scst_session *sess);
/* Asks the policies again; Return: true if the view of the initiator changed. */
bool scst_nexus_judge(struct scst_nexus *nexus);
/* Has every nexus there is judged again, in the background, and initiators told what changed. */
void scst_revalidate_all(void);
/* Calls @fn for every session there is, with its target's lock held. */
void scst_sessions_walk(void (*fn)(struct scst_session *sess, void *arg), void *arg);

/* ua.c */
void scst_ua_queue(struct scst_nexus *nexus, enum scst_sense_id id);
/* The next to be told, removed, or SCST_SENSE_NONE. */
enum scst_sense_id scst_ua_take(struct scst_nexus *nexus);
/* It was taken and not told after all: it is the first again. */
void scst_ua_give_back(struct scst_nexus *nexus, enum scst_sense_id id);
/* The same without taking it, and how many there are. */
enum scst_sense_id scst_ua_peek(struct scst_nexus *nexus, unsigned int *nr);
/* Of all LUNs of the session. */
void scst_ua_clear_session(struct scst_session *sess, enum scst_sense_id id);
/* Every nexus of @dev except @by, who did it. Context: any; no spinlock held. */
void scst_ua_queue_others(struct scst_device *dev, const struct scst_nexus *by,
			  enum scst_sense_id id);
/* By AEN if the transport can, else as a unit attention. tgt->lock held. */
void scst_session_luns_changed(struct scst_session *sess);
void scst_nexus_capacity_changed(struct scst_nexus *nexus);

/* mapping.c: luns/mgmt. All take and drop their locks and wait for what they remove. */
struct scst_mapping *scst_mapping_find(struct scst_group *group, u16 lun);	/* tgt->lock */
int scst_mapping_add(struct scst_group *group, const char *dev_name, u16 lun, bool read_only);
int scst_mapping_del(struct scst_group *group, u16 lun);
int scst_mapping_replace(struct scst_group *group, const char *dev_name, u16 lun, bool read_only,
			 bool tell);
int scst_mapping_clear(struct scst_group *group);
void scst_device_unmap_all(struct scst_device *dev);
extern bool scst_async_lun_replace;
/* The identifiers of the target ports that map @dev; kfree() *@ports. Return: how many, -ENOMEM. */
int scst_device_ports(const struct scst_device *dev, u16 **ports);

/* registry.c: scst_registry_lock held */
struct scst_device *scst_registry_find_device(const char *name);
struct scst_driver *scst_registry_find_driver(const struct scst_target_ops *ops);
struct scst_handler *scst_registry_find_handler(const struct scst_handler_ops *ops);
bool scst_name_valid(const char *name, size_t size);

/* device.c */
void scst_device_put(struct scst_device *dev);

/* target.c */
void scst_target_put(struct scst_target *tgt);
bool scst_rel_tgt_id_used(u16 id, const struct scst_target *except);	/* registry lock */

/* target_enable.c: no lock held. -EBADSLT: another target that serves has this identifier. */
int scst_target_enable(struct scst_target *tgt, bool enable);
int scst_target_set_rel_tgt_id(struct scst_target *tgt, u16 id);

/* session.c */
void scst_session_put(struct scst_session *sess);
u64 scst_session_active(const struct scst_session *sess);

/* stats.c. Context of all: may sleep. */
void scst_stats_init(struct scst_stats_set *set);
int scst_stats_device_init(struct scst_device *dev);
/* For the life of a nexus. Return: 0 or -ENOMEM. */
int scst_stats_attach(struct scst_nexus *nexus);
void scst_stats_detach(struct scst_nexus *nexus);
/* Adds to @sum. */
void scst_stats_of_session(struct scst_session *sess, struct scst_stats *sum);
void scst_stats_reset_session(struct scst_session *sess, enum scst_data_dir dir);
void scst_stats_reset_unknown(struct scst_session *sess);
/* What LOG SENSE tells; blocks of the medium only. */
void scst_stats_of_device(struct scst_device *dev, struct scst_log *log);
void scst_stats_reset_device(struct scst_device *dev);

/* tmf.c */
struct scst_pick;
void scst_tmf_abort_session(struct scst_session *sess);
/* Commands of a nexus that another one aborts: TASK ABORTED, or nothing and a unit attention. */
void scst_tmf_abort_foreign(struct scst_nexus *nexus, const struct scst_pick *pick, bool tas);

/*
 * Aborts the commands of those nexuses of @dev for which @hit, but not @except, which is whose
 * command it is: in two halves, as only the first may be called with locks. Before it, @dev denies
 * them what they lose. The second waits until they have left, or @except is aborted itself.
 */
typedef bool (*scst_nexus_hit)(const struct scst_nexus *nexus, const void *arg);
void scst_tmf_preempt(struct scst_device *dev, scst_nexus_hit hit, const void *arg,
		      const struct scst_cmd *except);
void scst_tmf_preempt_wait(struct scst_device *dev, scst_nexus_hit hit, const void *arg,
			   const struct scst_cmd *except);

/*
 * sysfs*.c: the directories, each made and removed by the owner of the object. Adding is done with
 * the locks of the caller's choice; removing with none, since it waits for stores that take them. A
 * failed add leaves nothing behind, but for target and device: there the caller calls del as well,
 * and a target is dying by then. Del of what was never added is no-op.
 */
int scst_sysfs_init(void);
void scst_sysfs_exit(void);
int scst_sysfs_driver_add(struct scst_driver *drv);
/* No verb of mgmt runs after close; then, with the targets gone, the rest. */
void scst_sysfs_driver_close(struct scst_driver *drv);
void scst_sysfs_driver_del(struct scst_driver *drv);
int scst_sysfs_target_add(struct scst_target *tgt);
void scst_sysfs_target_del(struct scst_target *tgt);
/* tgt->lock held. Unique name: initiator, initiator_1, ... */
int scst_sysfs_session_add(struct scst_session *sess);
void scst_sysfs_session_del(struct scst_session *sess);
/* tgt->lock held: `luns` leads to the session's group. */
void scst_sysfs_session_relink(struct scst_session *sess);
int scst_sysfs_handler_add(struct scst_handler *handler);
void scst_sysfs_handler_close(struct scst_handler *handler);
void scst_sysfs_handler_del(struct scst_handler *handler);
int scst_sysfs_device_add(struct scst_device *dev);
void scst_sysfs_device_del(struct scst_device *dev);
int scst_sysfs_mapping_add(struct scst_mapping *map);	/* registry lock held; with its links */
void scst_sysfs_mapping_del(struct scst_mapping *map);
/* Makes the links of @map those of @new, which has no directory of its own. All or nothing. */
int scst_sysfs_mapping_relink(struct scst_mapping *map, const struct scst_mapping *new);

/* sysfs_pr.c: what a device and a handler have for persistent reservations. */
int scst_sysfs_pr_add(struct scst_device *dev);
extern const struct scst_attr scst_pr_handler_attrs[];
/* pr_dump.c: kfree() it; NULL: none. */
char *scst_pr_dump_dir_default(void);

/* policy.c: attachment. */
int scst_policy_init(void);
void scst_policy_exit(void);
const char *scst_policy_unavailable(void);		/* NULL: hooks can be attached */
void scst_policy_scope_nexus(struct scst_nexus *nexus);

/* policy_hooks.c: what the policies say. */
enum scst_access scst_policy_lun_access(struct scst_session *sess, struct scst_device *dev,
					u16 lun, bool read_only);
/* @group: the name of the group if that is the verdict. */
enum scst_session_admit scst_policy_session_admit(struct scst_session *sess,
						  char group[SCST_DEV_NAME_LEN]);
void scst_policy_tmf(struct scst_tmf *tmf, const struct scst_nexus *nexus);
/* There is a reservation. Return: does @cmd conflict? @conflict: what SPC says. */
bool scst_policy_pr_conflict(struct scst_cmd *cmd, bool conflict);
enum scst_pr_verdict scst_policy_pr_out(const struct scst_nexus *nexus,
					struct scst_pr_request *req);

/*
 * admit.c: the step, and the commands it holds. Releasing makes them go on now; a command that is
 * about to be held is not, if what calls for its release was so a grace period ago.
 */
enum scst_step_result scst_admit(struct scst_cmd *cmd);
void scst_admit_init(struct scst_cmd *cmd);
void scst_admit_release_aborted(struct scst_session *sess);
void scst_admit_release_dying(struct list_head *dead);	/* nexuses, by sess_entry */
void scst_admit_release_policy(unsigned int slot);

#endif
