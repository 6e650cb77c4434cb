// SPDX-License-Identifier: GPL-2.0
/*
 * What any context may do to a connection: tell its thread that something happened, or give it up.
 * A connection that is given up takes its session along, which ends in a work of its own
 * (session.c).
 */
#include <linux/bitops.h>
#include <linux/cleanup.h>
#include <linux/rcupdate.h>
#include <scst/handles.h>

#include "conn.h"

struct workqueue_struct *iscsi_end_wq;

void iscsi_conn_kick(struct iscsi_conn *conn)
{
	kthread_queue_work(conn->thread, &conn->work);
}

/*
 * The work may run for another reason and take the event before we wake it. If that was what the
 * session waited for, the connection goes: but not before the end of this RCU section, see
 * iscsi_session_end().
 */
void iscsi_conn_event(struct iscsi_conn *conn, struct iscsi_event *event)
{
	guard(rcu)();
	/* The work takes all events at once: whoever adds the first one wakes it. */
	if (llist_add(&event->node, &conn->events)) {
		scst_tag(iscsi_event);
		iscsi_conn_kick(conn);
	}
}

void iscsi_session_close(struct iscsi_session *session)
{
	if (test_and_set_bit(ISCSI_CONN_CLOSING, &session->conn->flags))
		return;
	queue_work(iscsi_end_wq, &session->end);
}

void iscsi_sessions_close(struct iscsi_target *target, const struct iscsi_session *except)
{
	struct iscsi_session *session;

	guard(mutex)(&target->lock);
	list_for_each_entry(session, &target->sessions, entry)
		if (session != except)
			iscsi_session_close(session);
}

void iscsi_conn_fail(struct iscsi_conn *conn, const char *why)
{
	if (why && !iscsi_conn_closing(conn))
		pr_warn_ratelimited("iscsi-scst: connection of %s from %s closed: %s\n",
				    conn->session->initiator, conn->ip, why);
	iscsi_session_close(conn->session);
}

void iscsi_conn_give_up(struct iscsi_conn *conn, const char *why)
{
	SCST_SOMETIMES(iscsi_given_up);
	WRITE_ONCE(conn->stalled, true);
	iscsi_conn_fail(conn, why);
}
