// SPDX-License-Identifier: GPL-2.0
/*
 * What an initiator sends besides commands, and what we say on our own: NOP, task management,
 * logout, text, asynchronous messages. When ISCSI_MAX_MESSAGES answers wait to be sent, we stop
 * reading.
 */
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/unaligned.h>
#include <scst/sgv.h>
#include <scst/tags.h>

#include "conn.h"
#include "pdu.h"

#define PING_TTT	0x7fffffffu	/* of our NOP-In; commands have smaller slots */
#define MAX_TMFS	16
#define TEXT_MAX	512		/* of an answer */

/* An answer to our ping has no task tag; any byte that comes has shown that the peer lives. */
static void nop_out(struct iscsi_conn *conn)
{
	struct iscsi_rx *rx = &conn->rx;
	struct iscsi_message *message;

	if (conn->rx.hdr->itt == RESERVED_ITT)
		return;
	message = iscsi_message_alloc(conn, ISCSI_OP_NOOP_IN);
	if (!message)
		return;
	message->hdr.itt = conn->rx.hdr->itt;
	message->data_len = rx->own_sg ? min(rx->len, conn->max_xmit) : 0;
	swap(message->sg, rx->own_sg);
	swap(message->charged, rx->charged);
	iscsi_message_send(conn, message);
}

/* clang-format off */
static const s8 tmf_fns[] = {
	[0]					= -1,
	[ISCSI_TM_FUNC_ABORT_TASK]		= SCST_TMF_ABORT_TASK,
	[ISCSI_TM_FUNC_ABORT_TASK_SET]		= SCST_TMF_ABORT_TASK_SET,
	[ISCSI_TM_FUNC_CLEAR_ACA]		= SCST_TMF_CLEAR_ACA,
	[ISCSI_TM_FUNC_CLEAR_TASK_SET]		= SCST_TMF_CLEAR_TASK_SET,
	[ISCSI_TM_FUNC_LOGICAL_UNIT_RESET]	= SCST_TMF_LUN_RESET,
	[ISCSI_TM_FUNC_TARGET_WARM_RESET]	= SCST_TMF_TARGET_RESET,
	[ISCSI_TM_FUNC_TARGET_COLD_RESET]	= SCST_TMF_TARGET_RESET,
};

static const u8 tmf_responses[] = {
	[SCST_TMF_COMPLETE]		= ISCSI_TMF_RSP_COMPLETE,
	[SCST_TMF_NO_TASK]		= ISCSI_TMF_RSP_NO_TASK,
	[SCST_TMF_NO_LUN]		= ISCSI_TMF_RSP_NO_LUN,
	[SCST_TMF_NOT_SUPPORTED]	= ISCSI_TMF_RSP_NOT_SUPPORTED,
	[SCST_TMF_REJECTED]		= ISCSI_TMF_RSP_REJECTED,
	[SCST_TMF_FAILED]		= ISCSI_TMF_RSP_REJECTED,
};
/* clang-format on */

static void tmf_respond(struct iscsi_conn *conn, itt_t itt, u8 response)
{
	struct iscsi_message *message = iscsi_message_alloc(conn, ISCSI_OP_SCSI_TMFUNC_RSP);

	if (!message)
		return;
	message->hdr.itt = itt;
	message->hdr.ttt = 0;
	((struct iscsi_tm_rsp *)&message->hdr)->response = response;
	iscsi_message_send(conn, message);
}

static void tmf_submit(struct iscsi_conn *conn, struct iscsi_tmf *tmf, enum scst_tmf_fn fn,
		       int lun)
{
	tmf->conn = conn;
	tmf->event.kind = ISCSI_EVENT_TMF;
	tmf->tmf.sess = conn->session->sess;
	tmf->tmf.fn = fn;
	tmf->tmf.lun = lun < 0 ? SCST_MAX_LUN + 1 : lun;
	tmf->number = ++conn->tmfs_seen;
	list_add_tail(&tmf->entry, &conn->tmfs);
	conn->nr_tmfs++;
	scst_tmf_submit(&tmf->tmf);
}

static int tmf_request(struct iscsi_conn *conn, const struct iscsi_tm *req, enum scst_tmf_fn fn)
{
	struct iscsi_tmf *tmf;

	if (conn->nr_tmfs >= MAX_TMFS)
		return -EBUSY;
	tmf = scst_tag_fails(iscsi_tmf) ? NULL : kzalloc(sizeof(*tmf), GFP_NOIO);
	if (!tmf)
		return -ENOMEM;
	tmf->itt = req->itt;
	tmf->cmd_sn = be32_to_cpu(req->cmdsn);
	tmf->ref_cmd_sn = be32_to_cpu(req->refcmdsn);
	tmf->cold = ISCSI_TM_FUNC_VALUE(req) == ISCSI_TM_FUNC_TARGET_COLD_RESET;
	tmf->tmf.tag = be32_to_cpu((__force __be32)req->rtt);
	tmf_submit(conn, tmf, fn, scst_lun_decode((const u8 *)&req->lun));
	return 0;
}

/* A nexus that is lost is like one that is reset (SAM-6 7.6); the response goes nowhere. */
void iscsi_abort_all(struct iscsi_conn *conn)
{
	conn->last_tmf->tmf.own = true;
	tmf_submit(conn, conn->last_tmf, SCST_TMF_I_T_NEXUS_RESET, -1);
	conn->last_tmf = NULL;
}

static void tm_func(struct iscsi_conn *conn)
{
	const struct iscsi_tm *req = (void *)conn->rx.hdr;
	u8 value = ISCSI_TM_FUNC_VALUE(req);

	if (value == ISCSI_TM_FUNC_TASK_REASSIGN)
		tmf_respond(conn, req->itt, ISCSI_TMF_RSP_NO_FAILOVER);
	else if (value >= ARRAY_SIZE(tmf_fns) || tmf_fns[value] < 0)
		tmf_respond(conn, req->itt, ISCSI_TMF_RSP_NOT_SUPPORTED);
	else if (tmf_request(conn, req, tmf_fns[value]))
		tmf_respond(conn, req->itt, ISCSI_TMF_RSP_REJECTED);
}

/*
 * A cold reset ends all sessions of the target (RFC 7143 11.5.1); the one that asked for it when it
 * has its answer.
 */
static void end_sessions_if_cold(struct iscsi_tmf *tmf)
{
	struct iscsi_session *session = tmf->conn->session;

	tmf->cold = tmf->cold && tmf->tmf.result == SCST_TMF_COMPLETE;
	if (!tmf->cold)
		return;
	pr_info("iscsi-scst: %s is reset by %s\n", scst_target_name(session->target->tgt),
		session->initiator);
	iscsi_sessions_close(session->target, session);
}

void iscsi_tmf_done(struct scst_tmf *tmf)
{
	struct iscsi_tmf *itmf = container_of(tmf, struct iscsi_tmf, tmf);

	end_sessions_if_cold(itmf);
	iscsi_conn_event(itmf->conn, &itmf->event);
}

/*
 * What comes later was sent later, unless its CmdSN says otherwise: an immediate request is sent
 * before its turn, and has the CmdSN of that (RFC 7143 4.2.2.1). The CmdSN alone is not enough: an
 * immediate command before it, and all that is behind it, may have the same.
 */
bool iscsi_is_behind(const struct scst_cmd *cmd, const struct scst_tmf *tmf)
{
	const struct iscsi_cmd *ic = scst_cmd_priv((struct scst_cmd *)cmd);
	const struct iscsi_tmf *itmf = container_of(tmf, struct iscsi_tmf, tmf);

	return (s32)(READ_ONCE(ic->came_behind) - itmf->number) >= 0 &&
	       (s32)(READ_ONCE(ic->cmd_sn) - itmf->cmd_sn) >= 0;
}

void iscsi_tmfs_too_late(struct iscsi_conn *conn, itt_t itt)
{
	u32 tag = be32_to_cpu((__force __be32)itt);
	struct iscsi_tmf *tmf;

	list_for_each_entry(tmf, &conn->tmfs, entry)
		tmf->too_late |= tmf->tmf.fn == SCST_TMF_ABORT_TASK && tmf->tmf.tag == tag;
}

/*
 * A task that was answered before the function is none any more (RFC 7143 11.6.1), though the core
 * found it: the answer was on its way.
 */
void iscsi_tmf_event(struct iscsi_tmf *tmf)
{
	struct iscsi_conn *conn = tmf->conn;

	if (tmf->too_late && tmf->tmf.result == SCST_TMF_COMPLETE)
		tmf->tmf.result = SCST_TMF_NO_TASK;
	else if (tmf->tmf.result == SCST_TMF_NO_TASK &&
	    iscsi_overtake_cmd_sn(conn, tmf->ref_cmd_sn, tmf->cmd_sn))
		tmf->tmf.result = SCST_TMF_COMPLETE;
	if (!iscsi_conn_closing(conn) && tmf->tmf.result != SCST_TMF_DROPPED)
		tmf_respond(conn, tmf->itt, tmf_responses[tmf->tmf.result]);
	conn->rx_dead |= tmf->cold;
	conn->close_when_sent |= tmf->cold;
	list_del(&tmf->entry);
	conn->nr_tmfs--;
	kfree(tmf);
}

static u8 logout_response(const struct iscsi_conn *conn, const struct iscsi_logout *req)
{
	switch (req->flags & ISCSI_FLAG_LOGOUT_REASON_MASK) {
	case ISCSI_LOGOUT_REASON_CLOSE_SESSION:
		return ISCSI_LOGOUT_SUCCESS;
	case ISCSI_LOGOUT_REASON_CLOSE_CONNECTION:
		return be16_to_cpu(req->cid) == conn->cid ? ISCSI_LOGOUT_SUCCESS :
							   ISCSI_LOGOUT_CID_NOT_FOUND;
	}
	return ISCSI_LOGOUT_RECOVERY_UNSUPPORTED;
}

static void logout_respond(struct iscsi_conn *conn, itt_t itt, u8 response)
{
	struct iscsi_message *message = iscsi_message_alloc(conn, ISCSI_OP_LOGOUT_RSP);

	if (!message)
		return;
	message->hdr.itt = itt;
	message->hdr.ttt = 0;
	((struct iscsi_logout_rsp *)&message->hdr)->response = response;
	iscsi_message_send(conn, message);
}

/*
 * Success is told when it is true: the commands are over, and what the session had reserved is free
 * (RFC 7143 11.15).
 */
static void logout(struct iscsi_conn *conn)
{
	const struct iscsi_logout *req = (void *)conn->rx.hdr;
	u8 response = logout_response(conn, req);

	if (response != ISCSI_LOGOUT_SUCCESS) {
		logout_respond(conn, req->itt, response);
		return;
	}
	conn->logout = true;
	conn->logout_itt = req->itt;
	conn->rx_dead = true;
	conn->close_when_sent = true;
}

void iscsi_send_logout_response(struct iscsi_conn *conn)
{
	logout_respond(conn, conn->logout_itt, ISCSI_LOGOUT_SUCCESS);
}

/* Where the session's target is reached: through this portal, for one. */
static int target_address(struct iscsi_conn *conn, char *text, size_t size)
{
	struct sockaddr_storage portal;
	int len, err = conn->transport->address(conn, false, &portal);

	if (err)
		return err;
	len = snprintf(text, size, "TargetName=%s",
		       scst_target_name(conn->session->target->tgt)) + 1;
	return len + scnprintf(text + len, size - len, "TargetAddress=%pISpc,%u", &portal,
			       SCST_ISCSI_PORTAL_GROUP) + 1;
}

/* SendTargets without a value; "All" must not be supported here (RFC 7143 appendix C). */
static bool asks_for_address(const struct iscsi_conn *conn)
{
	static const char key[] = "SendTargets=";
	const struct iscsi_rx *rx = &conn->rx;

	return rx->own_sg && rx->len == sizeof(key) && conn->max_xmit >= TEXT_MAX &&
	       !memcmp(sg_virt(rx->own_sg), key, sizeof(key));
}

/* No other key is negotiated after the login: discovery sessions are the daemon's. */
static void text(struct iscsi_conn *conn)
{
	struct iscsi_message *message;
	u32 cnt;
	int len;

	if (!asks_for_address(conn)) {
		iscsi_reject(conn, ISCSI_REASON_CMD_NOT_SUPPORTED);
		return;
	}
	message = iscsi_message_alloc(conn, ISCSI_OP_TEXT_RSP);
	if (!message)
		return;
	message->hdr.itt = conn->rx.hdr->itt;
	message->sg = scst_sg_alloc(TEXT_MAX, &cnt, GFP_NOIO);
	len = message->sg ? target_address(conn, sg_virt(message->sg), TEXT_MAX) : -ENOMEM;
	message->data_len = max(len, 0);
	iscsi_message_send(conn, message);
}

static void not_supported(struct iscsi_conn *conn)
{
	iscsi_reject(conn, ISCSI_REASON_CMD_NOT_SUPPORTED);
}

static void login_again(struct iscsi_conn *conn)
{
	iscsi_protocol_error(conn, ISCSI_REASON_PROTOCOL_ERROR, "login in full feature phase");
}

/* clang-format off */
static const struct pdu_row {
	void (*run)(struct iscsi_conn *conn);
	bool has_cmd_sn;
} rows[] = {
	[ISCSI_OP_NOOP_OUT]	= { nop_out,		true  },
	[ISCSI_OP_SCSI_TMFUNC]	= { tm_func,		true  },
	[ISCSI_OP_LOGIN]	= { login_again,	false },
	[ISCSI_OP_TEXT]		= { text,		true  },
	[ISCSI_OP_LOGOUT]	= { logout,		true  },
	[ISCSI_OP_SNACK]	= { not_supported,	false },
};
/* clang-format on */

void iscsi_pdu(struct iscsi_conn *conn)
{
	const struct iscsi_hdr *hdr = conn->rx.hdr;
	u8 opcode = hdr->opcode & ISCSI_OPCODE_MASK;
	const struct pdu_row *row = opcode < ARRAY_SIZE(rows) ? &rows[opcode] : NULL;

	conn->special = false;
	if (!row || !row->run) {
		iscsi_protocol_error(conn, ISCSI_REASON_CMD_NOT_SUPPORTED, "unknown opcode");
		return;
	}
	switch (row->has_cmd_sn ? iscsi_take_cmd_sn(conn, hdr) : ISCSI_SN_OK) {
	case ISCSI_SN_OK:
		row->run(conn);
		break;
	case ISCSI_SN_IGNORE:
		break;
	case ISCSI_SN_GAP:
		iscsi_protocol_error(conn, ISCSI_REASON_PROTOCOL_ERROR, "CmdSN left some out");
		break;
	}
	iscsi_message_drop_received(conn);
}

void iscsi_send_ping(struct iscsi_conn *conn)
{
	struct iscsi_message *message = iscsi_message_alloc(conn, ISCSI_OP_NOOP_IN);

	if (!message)
		return;
	message->hdr.ttt = cpu_to_be32(PING_TTT);
	message->has_status = false;
	iscsi_message_send(conn, message);
}

/* SCSI asynchronous event data: sense length, sense (REPORTED LUNS DATA HAS CHANGED). */
static const u8 luns_changed[] = {
	0, 18, 0x70, 0, 0x06, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x3f, 0x0e, 0, 0, 0, 0,
};

void iscsi_send_luns_changed(struct iscsi_conn *conn)
{
	struct iscsi_message *message = iscsi_message_alloc(conn, ISCSI_OP_ASYNC_EVENT);

	if (!message)
		return;
	((struct iscsi_async *)&message->hdr)->async_event = ISCSI_ASYNC_MSG_SCSI_EVENT;
	message->hdr.ttt = 0;
	iscsi_message_set_data(message, luns_changed, sizeof(luns_changed));
	iscsi_message_send(conn, message);
}

/* Other events are about one LUN, and a unit attention says that better. */
bool iscsi_report_aen(struct scst_session *sess, enum scst_aen event, u16 lun)
{
	struct iscsi_session *session = scst_session_priv(sess);
	struct iscsi_conn *conn = session->conn;

	if (event != SCST_AEN_LUNS_CHANGED || iscsi_conn_closing(conn))
		return false;
	set_bit(ISCSI_CONN_AEN_LUNS, &conn->flags);
	iscsi_conn_kick(conn);
	return true;
}
