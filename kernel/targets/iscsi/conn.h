/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connections in full feature phase, and what other contexts may do to them.
 */
#ifndef _ISCSI_SCST_CONN_H
#define _ISCSI_SCST_CONN_H

#include <scst/iscsi_transport.h>

#include "iscsi.h"

/* conn.c */
struct iscsi_conn *iscsi_conn_alloc(struct iscsi_session *session,
				    const struct iscsi_transport *transport);
/* Takes what the daemon hands over. Return: 0 or -errno. */
int iscsi_conn_fill(struct iscsi_conn *conn, const struct scst_iscsi_conn *info);
/* Where the connection's work is done. @cpus: of these, one that is online; NULL: it is free. */
void iscsi_conn_place(struct iscsi_conn *conn, const struct cpumask *cpus);
/* The connection is the thread's from here on; and no more. */
void iscsi_conn_start(struct iscsi_conn *conn);
void iscsi_conn_stop(struct iscsi_conn *conn);
/* It was stopped: session->finish runs when its commands and task management are over. */
void iscsi_conn_finish(struct iscsi_conn *conn);
/* The session is over: a logout is answered. */
void iscsi_conn_hang_up(struct iscsi_conn *conn);
void iscsi_conn_free(struct iscsi_conn *conn);

/* events.c, with iscsi_conn_kick() and iscsi_conn_fail(). */
extern struct workqueue_struct *iscsi_end_wq;
/* Context: any [data_arrives_without_digests]. */
void iscsi_conn_event(struct iscsi_conn *conn, struct iscsi_event *event);
/* The peer does not take what is sent: it gets a reset. */
void iscsi_conn_give_up(struct iscsi_conn *conn, const char *why);
/* The caller knows that the session does not go meanwhile: target->lock, or what the end stops. */
void iscsi_session_close(struct iscsi_session *session);
/* All of @target but @except, which may be NULL. Context: may sleep. */
void iscsi_sessions_close(struct iscsi_target *target, const struct iscsi_session *except);

#endif
