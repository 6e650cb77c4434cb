/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Targets and their sessions.
 */
#ifndef _ISCSI_SCST_SESSION_H
#define _ISCSI_SCST_SESSION_H

#include "iscsi.h"

/* target.c */
extern struct mutex iscsi_targets_lock;
int iscsi_target_add(const struct scst_target_ops *ops, const char *name,
		     struct scst_params *params);
int iscsi_target_del(struct scst_target *tgt);
int iscsi_target_enable(struct scst_target *tgt, bool enable);
/* iscsi_targets_lock held. By name if that is not empty, else the first with a greater tid. */
struct iscsi_target *iscsi_target_lookup(const char *name, u32 tid);
/* The same, by tid. */
struct iscsi_target *iscsi_target_by_tid(u32 tid);
/* With a reference, or NULL. */
struct iscsi_target *iscsi_target_get(u32 tid);
void iscsi_target_put(struct iscsi_target *target);
bool iscsi_target_serves(const struct iscsi_target *target);

/* login.c */
extern struct workqueue_struct *iscsi_login_wq;
int iscsi_login(const struct scst_iscsi_conn *info);

/* target->lock held, session is off the list: those that waited for it to go look again. */
void iscsi_login_next(const struct iscsi_session *gone);

/* session.c: close_session() queues end, and that has finish queued. */
void iscsi_session_end(struct work_struct *work);
void iscsi_session_finish(struct work_struct *work);
void iscsi_session_free(struct iscsi_session *session);
bool iscsi_data_taken(struct scst_session *sess, u64 *mark, bool last);
void iscsi_close_session(struct scst_session *sess);
void iscsi_place_session(struct scst_session *sess, const struct cpumask *cpus);
void iscsi_session_address(void *priv, char *buf, size_t size);
unsigned int iscsi_transport_id(struct scst_session *sess, u8 *buf);

#endif
