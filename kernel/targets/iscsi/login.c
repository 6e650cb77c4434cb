// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions begin: the kernel's part of a login.
 *
 * The daemon's ioctl puts a session on its target's list, in the order in which logins came. The
 * rest happens in the session's own work: a session of the same initiator port (InitiatorName,
 * ISID) that is before us on the list is closed first, and its commands are over before ours begin
 * (RFC 7143 6.3.5). For that no work waits: it is queued again when that session has gone. Then the
 * initiator gets its Login Response.
 *
 *	login -> start: is it the first? -> registers -> answers -> the thread serves
 *		   ^	     |
 *		   +- parked +
 */
#include <linux/cleanup.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <scst/handles.h>

#include "config.h"
#include "conn.h"
#include "pdu.h"
#include "session.h"
#include "tcp.h"

/* Not the queue of ends: one of those waits until its session's start is not running. */
struct workqueue_struct *iscsi_login_wq;

static unsigned int max_initiator_sessions = 64;
module_param(max_initiator_sessions, uint, 0644);
MODULE_PARM_DESC(max_initiator_sessions,
		 "sessions of one InitiatorName with a target; 0: no limit (64)");

static bool is_same_port(const struct iscsi_session *a, const struct iscsi_session *b)
{
	return !memcmp(a->isid, b->isid, sizeof(a->isid)) && !strcmp(a->initiator, b->initiator);
}

/* Is none of the same port before us any more? Those that are, are told to go. */
static bool is_first(struct iscsi_session *session)
{
	struct iscsi_session *other;
	bool first = true;

	guard(mutex)(&session->target->lock);
	list_for_each_entry(other, &session->target->sessions, entry) {
		if (other == session)
			break;
		if (!is_same_port(other, session))
			continue;
		set_bit(ISCSI_CONN_REINSTATING, &other->conn->flags);
		iscsi_session_close(other);
		SCST_SOMETIMES(iscsi_reinstated);
		first = false;
	}
	session->parked = !first;
	return first;
}

void iscsi_login_next(const struct iscsi_session *gone)
{
	struct iscsi_session *session;

	lockdep_assert_held(&gone->target->lock);
	list_for_each_entry(session, &gone->target->sessions, entry) {
		if (!session->parked || !is_same_port(session, gone))
			continue;
		session->parked = false;
		queue_work(iscsi_login_wq, &session->start);
	}
}

/* @class and @detail: instead of success. */
static int send_login_response(struct iscsi_session *session, u8 class, u8 detail)
{
	struct iscsi_login_rsp *rsp = session->response;
	struct iscsi_conn *conn = session->conn;
	u32 len = session->response_len;

	rsp->tsih = cpu_to_be16(session->tsih);
	rsp->exp_cmdsn = cpu_to_be32(conn->exp_cmd_sn);
	rsp->max_cmdsn = cpu_to_be32(iscsi_max_cmd_sn(conn));
	if (class) {
		rsp->flags = 0;
		rsp->status_class = class;
		rsp->status_detail = detail;
		hton24(rsp->dlength, 0);
		len = sizeof(*rsp);
	}
	return conn->transport->send_login(conn, rsp, len);
}

static int register_session(struct iscsi_session *session)
{
	struct iscsi_conn *conn = session->conn;
	unsigned int i;

	if (!scst_sessions_allowed())
		return -EAGAIN;
	conn->free_slots = kvmalloc_array(session->nr_slots, sizeof(u16), GFP_KERNEL);
	if (!conn->free_slots)
		return -ENOMEM;
	for (i = 0; i < session->nr_slots; i++)
		conn->free_slots[i] = session->nr_slots - 1 - i;
	conn->nr_free = session->nr_slots;
	session->sess = scst_session_register(session->target->tgt, session->acl_name,
					      session->nr_slots, session);
	if (IS_ERR(session->sess)) {
		int err = PTR_ERR(session->sess);

		session->sess = NULL;
		return err;
	}
	return scst_dir_add(&conn->dir, scst_session_dir(session->sess), conn, iscsi_conn_attrs,
			    conn->ip);
}

/* Status class and detail for what register_session() returned. */
static void refuse_login(struct iscsi_session *session, int err)
{
	switch (err) {
	case -ENODEV:
		send_login_response(session, ISCSI_STATUS_CLS_INITIATOR_ERR,
				    ISCSI_LOGIN_STATUS_TGT_NOT_FOUND);
		return;
	case -EACCES:
		send_login_response(session, ISCSI_STATUS_CLS_INITIATOR_ERR,
				    ISCSI_LOGIN_STATUS_TGT_FORBIDDEN);
		return;
	case -EINVAL:
		send_login_response(session, ISCSI_STATUS_CLS_INITIATOR_ERR,
				    ISCSI_LOGIN_STATUS_INIT_ERR);
		return;
	case -EAGAIN:
		send_login_response(session, ISCSI_STATUS_CLS_TARGET_ERR,
				    ISCSI_LOGIN_STATUS_SVC_UNAVAILABLE);
		return;
	}
	send_login_response(session, ISCSI_STATUS_CLS_TARGET_ERR,
			    ISCSI_LOGIN_STATUS_NO_RESOURCES);
}

static void session_start(struct work_struct *work)
{
	struct iscsi_session *session = container_of(work, struct iscsi_session, start);
	struct iscsi_conn *conn = session->conn;
	int err;

	if (iscsi_conn_closing(conn) || !is_first(session))
		return;
	scst_tag(iscsi_start);
	err = register_session(session);
	if (err)
		refuse_login(session, err);
	else
		err = send_login_response(session, 0, 0);
	if (err)
		iscsi_session_close(session);
	else
		iscsi_conn_start(conn);
}

/*
 * The beginning: what the daemon says is checked, and a session made of it.
 */

static bool is_terminated(const char *text, size_t size)
{
	return strnlen(text, size) < size;
}

static bool is_valid(const struct scst_iscsi_conn *info)
{
	return !memchr_inv(info->reserved, 0, sizeof(info->reserved)) &&
	       is_terminated(info->initiator, sizeof(info->initiator)) && *info->initiator &&
	       is_terminated(info->initiator_alias, sizeof(info->initiator_alias)) &&
	       is_terminated(info->user, sizeof(info->user)) &&
	       info->response_len >= ISCSI_BHS_LEN && info->response_len % 4 == 0 &&
	       info->response_len <= SCST_ISCSI_LOGIN_MAX && iscsi_keys_valid(info->key);
}

/* The name that masking sees; of one that is cut off nobody knows what it means. */
static int set_acl_name(struct iscsi_session *session)
{
	const char *portal = session->conn->target_ip;
	bool per_portal = READ_ONCE(session->target->per_portal_acl);
	int len = snprintf(session->acl_name, sizeof(session->acl_name), "%s%s%s",
			   session->initiator, per_portal ? "#" : "", per_portal ? portal : "");

	if (len < sizeof(session->acl_name))
		return 0;
	pr_warn_ratelimited("iscsi-scst: with #%s the name %s is too long\n", portal,
			    session->initiator);
	return -EACCES;
}

static struct iscsi_session *session_alloc(void)
{
	struct iscsi_session *session = kzalloc(sizeof(*session), GFP_KERNEL);

	if (!session)
		return NULL;
	session->conn = iscsi_conn_alloc(session, &iscsi_tcp_transport);
	if (!session->conn) {
		kfree(session);
		return NULL;
	}
	INIT_WORK(&session->start, session_start);
	INIT_WORK(&session->end, iscsi_session_end);
	INIT_WORK(&session->finish, iscsi_session_finish);
	return session;
}

static int session_fill(struct iscsi_session *session, struct iscsi_target *target,
			const struct scst_iscsi_conn *info)
{
	int err;

	session->response = memdup_user(u64_to_user_ptr(info->response), info->response_len);
	if (IS_ERR(session->response)) {
		err = PTR_ERR(session->response);
		session->response = NULL;
		return err;
	}
	session->response_len = info->response_len;
	session->target = target;
	memcpy(session->key, info->key, sizeof(session->key));
	memcpy(session->isid, info->isid, sizeof(session->isid));
	strscpy(session->initiator, info->initiator);
	strscpy(session->user, info->user);
	session->depth = READ_ONCE(target->setting[SCST_ISCSI_QueuedCommands]);
	session->nr_slots = session->depth + ISCSI_SPARE_SLOTS;
	err = iscsi_conn_fill(session->conn, info);
	return err ?: set_acl_name(session);
}

static struct iscsi_session *find_tsih(struct iscsi_target *target, u16 tsih)
{
	struct iscsi_session *session;

	lockdep_assert_held(&target->lock);
	list_for_each_entry(session, &target->sessions, entry)
		if (session->tsih == tsih)
			return session;
	return NULL;
}

/* With one connection per session, one that comes with a TSIH takes the place of the old one. */
static int check_tsih(struct iscsi_session *session, const struct scst_iscsi_conn *info)
{
	struct iscsi_session *old = find_tsih(session->target, info->tsih);

	if (!old || !is_same_port(old, session))
		return -ESRCH;
	if (old->conn->cid != info->cid)
		return -E2BIG;
	session->tsih = info->tsih;
	return 0;
}

static int new_tsih(struct iscsi_session *session)
{
	struct iscsi_target *target = session->target;
	unsigned int tries;

	lockdep_assert_held(&target->lock);
	for (tries = 0; tries < U16_MAX; tries++) {
		target->last_tsih = target->last_tsih % U16_MAX + 1;
		if (find_tsih(target, target->last_tsih))
			continue;
		session->tsih = target->last_tsih;
		return 0;
	}
	return -EUSERS;
}

/*
 * A session is taken over by who authenticated as the same user: what an initiator says its name is
 * proves nothing.
 */
static int check_user(struct iscsi_session *session)
{
	struct iscsi_session *other;

	list_for_each_entry(other, &session->target->sessions, entry) {
		if (iscsi_conn_closing(other->conn) || !is_same_port(other, session) ||
		    !strcmp(other->user, session->user))
			continue;
		pr_warn_ratelimited("iscsi-scst: %s is in use by user \"%s\", not \"%s\"\n",
				    session->initiator, scst_printable(other->user).text,
				    scst_printable(session->user).text);
		return -EACCES;
	}
	return 0;
}

/* @nr: sessions that will be there when another has come; @nr_ending: those that are to go. */
static bool is_full(u32 nr, u32 nr_ending, u32 max)
{
	return max && (nr >= max || (nr + nr_ending) / 2 >= max);
}

/*
 * Without a limit one initiator could have all that ISIDs are good for, each with a thread; so it
 * could with sessions that are to end, and cannot while their back end is silent. With these there
 * may be twice as many: who has all that he may have, can log in anew before they have gone.
 */
static int check_max_sessions(struct iscsi_session *session)
{
	struct iscsi_target *target = session->target;
	u32 nr[2] = {}, nr_own[2] = {};		/* [1]: that are ending */
	struct iscsi_session *other;

	list_for_each_entry(other, &target->sessions, entry) {
		bool ending = iscsi_conn_closing(other->conn);

		if (is_same_port(other, session))
			continue;
		nr[ending]++;
		nr_own[ending] += !strcmp(other->initiator, session->initiator);
	}
	if (is_full(nr[0], nr[1], READ_ONCE(target->setting[SCST_ISCSI_MaxSessions])) ||
	    is_full(nr_own[0], nr_own[1], READ_ONCE(max_initiator_sessions)))
		return -EUSERS;
	return 0;
}

static int session_publish(struct iscsi_session *session, const struct scst_iscsi_conn *info)
{
	struct iscsi_target *target = session->target;
	int err;

	guard(mutex)(&target->lock);
	if (target->dying)
		return -ENOENT;
	if (!iscsi_target_serves(target))
		return -ECONNREFUSED;
	err = info->tsih ? check_tsih(session, info) : new_tsih(session);
	if (!err)
		err = check_user(session) ?: check_max_sessions(session);
	if (err)
		return err;
	list_add_tail(&session->entry, &target->sessions);
	queue_work(iscsi_login_wq, &session->start);
	return 0;
}

static int create(struct iscsi_target *target, const struct scst_iscsi_conn *info)
{
	struct iscsi_session *session = session_alloc();
	int err;

	if (!session)
		return -ENOMEM;
	err = session_fill(session, target, info);
	if (!err)
		err = session_publish(session, info);
	if (err)
		iscsi_session_free(session);
	return err;
}

int iscsi_login(const struct scst_iscsi_conn *info)
{
	struct iscsi_target *target;
	int err;

	if (!is_valid(info))
		return -EINVAL;
	if (scst_name_check("session", info->initiator, sizeof(info->initiator),
			    ISCSI_NAME_SIGNS))
		return -EACCES;
	if (!scst_sessions_allowed())	/* before another session ends for the sake of this one */
		return -EAGAIN;
	target = iscsi_target_get(info->tid);
	if (!target)
		return -ENOENT;
	err = create(target, info);
	if (err)
		iscsi_target_put(target);	/* else it is the session's */
	return err;
}
