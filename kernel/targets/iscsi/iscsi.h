/* SPDX-License-Identifier: GPL-2.0 */
/*
 * iscsi-scst: its objects. A connection, and what it consists of, is part of the contract with
 * transports: include/scst/iscsi_transport.h.
 *
 *	driver (one: its settings and /dev/iscsi-scst-ctl) -> target -> session -> connection
 *
 * The daemon logs initiators in and hands their sockets over (ctl.c); from then on a connection is
 * the kernel's alone. A session has one, so they come and go together. Locks, outermost first:
 * iscsi_target.lock > iscsi_targets_lock > iscsi_extras.lock; the core's own locks are inside of
 * the first.
 */
#ifndef _ISCSI_SCST_H
#define _ISCSI_SCST_H

#include <linux/completion.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <scst/iscsi.h>
#include <scst/target.h>

struct iscsi_conn;
struct iscsi_login_rsp;

/* The attributes which mgmt adds, of the driver or of a target. */
struct iscsi_extras {
	struct mutex lock;
	struct list_head list;		/* lock; struct iscsi_extra, as they were added */
	bool of_target;
};

struct iscsi_target {
	struct scst_target *tgt;
	struct hlist_node name_node;	/* iscsi_targets_lock */
	u32 tid;
	u32 key[SCST_ISCSI_KEY_MAX];	/* single words: READ_ONCE */
	u32 setting[SCST_ISCSI_SETTING_MAX];
	bool per_portal_acl;
	struct iscsi_extras extras;
	struct mutex lock;
	bool dying;			/* lock: no new session */
	u16 last_tsih;			/* lock */
	struct list_head sessions;	/* lock */
	refcount_t users;		/* sessions, and one until deleted */
	struct completion users_gone;
	char alias[sizeof_field(struct scst_iscsi_target, alias)];	/* extras.lock */
	char redirect[SCST_ISCSI_TEXT_LEN];				/* extras.lock */
};

struct iscsi_session {
	struct iscsi_target *target;
	struct list_head entry;		/* target->lock: as they came */
	struct scst_session *sess;	/* NULL until the login is over */
	struct iscsi_conn *conn;
	struct work_struct start, end, finish;
	bool parked;			/* target->lock: start runs when another one has gone */
	u32 key[SCST_ISCSI_KEY_MAX];
	u32 depth;			/* the window that the slots were made for */
	unsigned int nr_slots;
	u8 isid[6];
	u16 tsih;
	char initiator[SCST_ISCSI_NAME_LEN];
	char acl_name[SCST_NAME_LEN];	/* that masking sees */
	char user[SCST_ISCSI_TEXT_LEN];	/* that proved to be one, or "" */
	struct iscsi_login_rsp *response;	/* the last one, with its data */
	u32 response_len;
};

#endif
