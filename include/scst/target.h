/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The contract between the core and a target driver (a transport).
 *
 * driver (scst_target_ops, one per module) -> targets (ports) -> sessions (I_T nexuses).
 */
#ifndef _SCST_TARGET_H
#define _SCST_TARGET_H

#include <linux/types.h>
#include <scst/scst.h>
#include <scst/scsi/lu.h>
#include <scst/scsi/tid.h>
#include <scst/watch.h>

#include "attr.h"
#include "cmd.h"

struct cpumask;
struct module;
struct scst_target;
struct scst_session;
struct scst_params;

/* Something an initiator should look at: a transport that can tells it without a unit attention. */
enum scst_aen {
	SCST_AEN_LUNS_CHANGED,
	SCST_AEN_CAPACITY_CHANGED,
};

/* One task management request. Filled by the target, answered by ops->tmf_done(). */
struct scst_tmf {
	struct scst_session *sess;
	u64 tag;			/* ABORT TASK */
	u16 lun;
	u8 fn;				/* enum scst_tmf_fn */
	u8 result;			/* enum scst_tmf_result */
	u8 info[3];			/* QUERY ASYNC EVENT: the additional response information */
	bool own;			/* the target's, which nobody sent: no black hole has it */
	/* by the core */
	struct list_head entry;		/* of those that are under way */
	struct work_struct work;
	struct scst_watch watch;	/* what it waits for */
	struct scst_nexus *nexus;	/* with a reference */
	struct scst_device *then;	/* whose commands it waits for next; or NULL */
	u64 target_reset;		/* number of this TARGET RESET */
	unsigned int next_lun;		/* ... and the LUN that it looks at next */
};

/* What a target takes. 0 everywhere: whatever devices do, in memory of any node. */
struct scst_target_limits {
	/* Data of one command. Page B0h tells it; for more the core allocates nothing: refused. */
	u32 max_bytes;
	/*
	 * Entries of cmd->sg if the core allocates. Pages of others come in up to SCST_SG_LENT_MAX:
	 * a target that takes fewer does not set cmd->takes_lent.
	 */
	u32 max_sg;
	u16 numa_node;		/* of the adapter, and 1: where memory for commands is to be */
};

struct scst_target_ops {
	const char *name;		/* the directory below targets/ */
	struct module *owner;
	unsigned int cmd_priv_size;	/* bytes behind each command: scst_cmd_priv() */
	u32 lun_depth;			/* most commands of a session at a LUN; 0: its slots */
	u8 protocol;			/* protocol identifier, SPC-5 table 508 */
	u16 phys_version;		/* version descriptors, 0: none */
	u16 transport_version;
	/* The SCSI name of a port is the target's name and this. NULL: there is none. */
	const char *port_name_suffix;
	bool no_enabled_attr;		/* targets serve from birth: there is no `enabled` */
	/* Groups keep `per_sess_dedicated_tgt_threads` of saved files, which has no effect. */
	bool keeps_session_threads;

	/**
	 * @send_response: Status, sense and data-in are final: send them, then scst_cmd_done().
	 * CHECK CONDITION may come with data-in, cmd->xfer_len bytes like any other, and a
	 * residual. With scst_cmd_unanswered(@cmd) nothing may reach the initiator as a SCSI
	 * response. Context: any; must not sleep [data_are_right_over_requests]. Mandatory.
	 */
	void (*send_response)(struct scst_cmd *cmd);

	/**
	 * @receive_data: Fetch cmd->xfer_len bytes of data-out into cmd->sg, then
	 * scst_cmd_data_received(). If NULL the data is there at submission.
	 * Context: any; must not sleep [unchecked: iSCSI goes on with the command in it].
	 */
	void (*receive_data)(struct scst_cmd *cmd);

	/**
	 * @cmds_aborted: Task management marked commands of @sess. Those for which data-out was to
	 * be fetched need not wait for it: scst_cmd_data_received(cmd, false), but not from here.
	 * Context: any, under spinlocks too; must not sleep. NULL if data-out always comes.
	 */
	void (*cmds_aborted)(struct scst_session *sess);

	/**
	 * @tmf_done: @tmf->result is set; all affected commands have left.
	 * Context: may sleep. NULL if the target submits no task management.
	 */
	void (*tmf_done)(struct scst_tmf *tmf);

	/**
	 * @is_behind: Did the initiator send @cmd, of the session of @tmf, behind that? Then it is
	 * none of those that @tmf is about. @cmd may end meanwhile, and its slot be used again.
	 * Context: any, under spinlocks too; must not sleep [cmds_behind_a_tmf_are_left_alone].
	 * NULL if the initiator sends nothing between a function and its answer.
	 */
	bool (*is_behind)(const struct scst_cmd *cmd, const struct scst_tmf *tmf);

	/**
	 * @taken: Has the initiator taken all data of commands that were done before the first call
	 * with this @mark, which is 0 then and the target's to set? If not, and @last, that data is
	 * thrown away, and with it the session. Context: process; must not sleep
	 * [ordered_write_waits_for_readers]. NULL if pages of others are not taken
	 * (cmd->takes_lent).
	 */
	bool (*taken)(struct scst_session *sess, u64 *mark, bool last);

	/**
	 * @report_aen: Tell the initiator of @sess by means of the transport.
	 * Return: true if it will be told; false: the core queues the unit attention.
	 * Context: may sleep; the target's configuration lock is held. If NULL: unit attention.
	 */
	bool (*report_aen)(struct scst_session *sess, enum scst_aen event, u16 lun);

	/**
	 * @transport_id: The TransportID (SPC-5 7.6.4) of the initiator port, at @buf, which has
	 * room for SCST_TID_MAX bytes. Persistent reservations know the initiator by it.
	 * Return: bytes. Context: may sleep. If NULL, or 0 bytes, it is made from the initiator's
	 * name.
	 */
	unsigned int (*transport_id)(struct scst_session *sess, u8 *buf);

	/**
	 * @add_target, @del_target: `add_target NAME [params]` and `del_target NAME` in mgmt.
	 * @add_target ends with scst_target_register(), @del_target with scst_target_unregister().
	 * Return: 0 or -errno. Context: may sleep; no lock held. NULL: targets come from hardware.
	 */
	int (*add_target)(const char *name, struct scst_params *params);
	int (*del_target)(struct scst_target *tgt);

	/**
	 * @mgmt: A verb in mgmt that the core does not know; @args is what follows it. The target
	 * that its first word names is neither added nor deleted meanwhile, and no other verb
	 * works on it.
	 * Return: 0, -EINVAL for an unknown verb, -errno. Context: may sleep; no lock held.
	 */
	int (*mgmt)(const char *verb, char *args);

	/**
	 * @enable: `enabled` was written. Return: 0 or -errno.
	 * Context: may sleep; no lock held. If NULL only the core's flag changes.
	 */
	int (*enable)(struct scst_target *tgt, bool enable);

	/**
	 * @close_session: Have the initiator's session go away, as if the link was lost. It only
	 * starts that: scst_session_unregister() waits for the attribute which calls this.
	 * Context: may sleep; no lock held. If NULL there is no `force_close`.
	 */
	void (*close_session)(struct scst_session *sess);

	/**
	 * @session_address: The initiator's address as text into @buf, for policies; @priv is what
	 * scst_session_register() got, which calls this. Context: may sleep. If NULL: no address.
	 */
	void (*session_address)(void *priv, char *buf, size_t size);

	/**
	 * @place_session: The session's threads belong on @cpus (`cpu_mask` of its group), anywhere
	 * if NULL. Called by scst_session_register(), and when that has changed. Context: may
	 * sleep; a lock of the target is held. If NULL the core's own threads alone follow it.
	 */
	void (*place_session)(struct scst_session *sess, const struct cpumask *cpus);

	const char *add_target_params;	/* names, for the mgmt usage text, or NULL */
	const char *mgmt_help;		/* lines for the mgmt usage text, or NULL */
	const struct scst_attr *driver_attrs;	/* ends with an empty row; obj: ops      */
	const struct scst_attr *target_attrs;	/*                         obj: target   */
	const struct scst_attr *session_attrs;	/*                         obj: session  */
};

int scst_target_driver_register(const struct scst_target_ops *ops);
/* Deletes the targets through ops->del_target(). Context: may sleep. */
void scst_target_driver_unregister(const struct scst_target_ops *ops);

/*
 * @limits: copied; NULL: there are none. Return: the target, with its default group and its
 * directory, or ERR_PTR: -EEXIST; -EINVAL, name or limits are none.
 */
struct scst_target *scst_target_register(const struct scst_target_ops *ops, const char *name,
					 const struct scst_target_limits *limits, void *priv);
/* Waits until the last session is unregistered, which the driver brings about. */
void scst_target_unregister(struct scst_target *tgt);
void *scst_target_priv(const struct scst_target *tgt);
const char *scst_target_name(const struct scst_target *tgt);
bool scst_target_enabled(const struct scst_target *tgt);
/* Version descriptors of INQUIRY data, at first those of the driver; 0: none. */
u16 scst_target_phys_version(const struct scst_target *tgt);
u16 scst_target_transport_version(const struct scst_target *tgt);
void scst_target_set_phys_version(struct scst_target *tgt, u16 version);
void scst_target_set_transport_version(struct scst_target *tgt, u16 version);
/* Where the driver may add files of its own (attr.h); of a driver that is registered. */
struct scst_dir *scst_target_dir(struct scst_target *tgt);
struct scst_dir *scst_driver_dir(const struct scst_target_ops *ops);
/*
 * Is a LUN mapped for an initiator of this name? None is while required policies are not in force.
 * Context: may sleep.
 */
bool scst_target_has_luns(struct scst_target *tgt, const char *initiator);
/* The driver's target called @name, or NULL; the driver keeps it from going away. */
struct scst_target *scst_target_find(const struct scst_target_ops *ops, const char *name);

/*
 * Are all policies in force without which nobody gets in (required_policies)? If not, a target
 * whose initiators can be told to come again later refuses logins with that. A session that is
 * registered all the same sees no LUN until they are. Context: may sleep.
 */
bool scst_sessions_allowed(void);
/*
 * @nr_cmds: slots of the command array. @initiator: the name that masking and policies match.
 * The session is ready for commands when this returns. Context: may sleep.
 */
struct scst_session *scst_session_register(struct scst_target *tgt, const char *initiator,
					   unsigned int nr_cmds, void *priv);
/*
 * The target submits no more. Aborts what is under way, waits until the last command has left, and
 * frees @sess. Context: may sleep.
 */
void scst_session_unregister(struct scst_session *sess);
/*
 * The initiator is about to go: no policy holds its commands from now on, held ones go on,
 * and no removal of a medium is prevented by it. For targets that wait for commands before they
 * unregister the session. Context: may sleep.
 */
void scst_session_hurry(struct scst_session *sess);
/*
 * The TransportID by which reservations know the initiator port. Setting it is like a loss of the
 * I_T nexus: commands under way end on the old one, which is waited for, and the first new one on
 * each LUN is told. Return: 0, -ENOMEM and nothing has changed. Context: may sleep; no lock held.
 */
int scst_session_set_tid(struct scst_session *sess, const struct scst_tid *tid);
void scst_session_get_tid(struct scst_session *sess, struct scst_tid *tid);
/*
 * Memory that the initiator's numbers ask for, besides that of cmd->sg, which the core allocates.
 * Charge: false if it is not to have so much, and it was not charged. Context:
 * any [unchecked: it is an atomic counter].
 */
bool scst_session_charge(struct scst_session *sess, u32 bytes);
void scst_session_uncharge(struct scst_session *sess, u32 bytes);
void *scst_session_priv(const struct scst_session *sess);
const char *scst_session_initiator(const struct scst_session *sess);
struct scst_dir *scst_session_dir(struct scst_session *sess);
/* The 8-byte LUN field of SAM-6 4.7: the LUN, or -1 for an address we do not know. */
int scst_lun_decode(const u8 *lun);
/* Is a device mapped at @lun, and visible to this initiator? */
bool scst_session_has_lun(struct scst_session *sess, u16 lun);

/* @tmf stays until ops->tmf_done(). Context: any [reset_storm_under_load_loses_no_command]. */
void scst_tmf_submit(struct scst_tmf *tmf);

#endif
