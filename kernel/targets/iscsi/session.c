// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions as the core knows them, and their end (they begin in login.c).
 *
 *	close -> end: nothing comes any more -> finish: commands are back -> off the target's list
 *
 * In between nobody waits: a back end may keep commands for as long as it likes, and workers are
 * few. Who waits for the end of a session is told (login.c).
 */
#include <linux/cleanup.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include <scst/tags.h>

#include "conn.h"
#include "session.h"

/*
 * The initiator port (SPC-5 7.6.4.6): format 01b, the length of what follows, and "NAME,i,0xISID"
 * with its end, in multiples of 4 bytes, at least 20. 248 bytes for the longest name.
 */
unsigned int iscsi_transport_id(struct scst_session *sess, u8 *buf)
{
	const struct iscsi_session *session = scst_session_priv(sess);
	unsigned int len;

	memset(buf, 0, 248);
	len = scnprintf(buf + 4, 244, "%s,i,0x%*phN", session->initiator,
			(int)sizeof(session->isid), session->isid);
	len = max(ALIGN(len + 1, 4), 20);
	buf[0] = 0x40 | 0x05;
	put_unaligned_be16(len, buf + 2);
	return 4 + len;
}

void iscsi_session_free(struct iscsi_session *session)
{
	iscsi_conn_free(session->conn);
	kfree(session->response);
	kfree(session);
}

void iscsi_session_end(struct work_struct *work)
{
	struct iscsi_session *session = container_of(work, struct iscsi_session, end);

	flush_work(&session->start);
	scst_tag(iscsi_end);
	iscsi_conn_stop(session->conn);
	if (session->sess)
		iscsi_conn_finish(session->conn);
	else
		queue_work(iscsi_end_wq, &session->finish);
}

void iscsi_session_finish(struct work_struct *work)
{
	struct iscsi_session *session = container_of(work, struct iscsi_session, finish);
	struct iscsi_target *target = session->target;

	scst_tag(iscsi_finish);
	scst_dir_del(&session->conn->dir);
	if (session->sess)
		scst_session_unregister(session->sess);
	scoped_guard(mutex, &target->lock) {
		list_del(&session->entry);
		iscsi_login_next(session);
	}
	cancel_work_sync(&session->start);	/* one before us may have queued it meanwhile */
	/* Who told of the last command, or task management, may not have woken the thread yet. */
	synchronize_rcu();
	iscsi_conn_hang_up(session->conn);
	iscsi_session_free(session);
	iscsi_target_put(target);
}

bool iscsi_data_taken(struct scst_session *sess, u64 *mark, bool last)
{
	const struct iscsi_session *session = scst_session_priv(sess);
	struct iscsi_conn *conn = session->conn;

	if (conn->transport->taken(conn, mark))
		return true;
	if (last)
		iscsi_conn_give_up(conn, "others wait for data that it does not take");
	return false;
}

void iscsi_close_session(struct scst_session *sess)
{
	iscsi_session_close(scst_session_priv(sess));
}

void iscsi_place_session(struct scst_session *sess, const struct cpumask *cpus)
{
	const struct iscsi_session *session = scst_session_priv(sess);

	iscsi_conn_place(session->conn, cpus);
}

void iscsi_session_address(void *priv, char *buf, size_t size)
{
	const struct iscsi_session *session = priv;

	strscpy(buf, session->conn->ip, size);
}
