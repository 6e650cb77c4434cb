/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PDUs and what they mean, in the connection's thread. What a transport calls of it is in
 * include/scst/iscsi_transport.h: rx_pdu.c, tx_pdu.c, iscsi_protocol_error().
 */
#ifndef _ISCSI_SCST_PDU_H
#define _ISCSI_SCST_PDU_H

#include <scst/iscsi_transport.h>
#include <scst/target.h>

#include "iscsi.h"

#define ISCSI_SPARE_SLOTS	16	/* commands answered but not sent, immediate ones */
#define ISCSI_MAX_IMMEDIATE	ISCSI_SPARE_SLOTS
#define ISCSI_MAX_MESSAGES	64	/* that are not sent, before we stop reading */

/* cmd.c: commands and their data-out. Header functions set rx.ic and rx.sg. */
void iscsi_cmd_header(struct iscsi_conn *conn);
void iscsi_data_out_header(struct iscsi_conn *conn);
void iscsi_cmd_received(struct iscsi_conn *conn);
void iscsi_cmds_run(struct iscsi_conn *conn);
void iscsi_cmd_event(struct iscsi_cmd *ic);
void iscsi_cmd_release(struct iscsi_cmd *ic);
void iscsi_cmds_drop_aborted(struct iscsi_conn *conn);
void iscsi_cmds_drop(struct iscsi_conn *conn);
static inline struct iscsi_cmd *iscsi_slot_cmd(struct iscsi_conn *conn, u16 slot)
{
	return scst_cmd_priv(scst_cmd_at(conn->session->sess, slot));
}

/* Callbacks of the core. */
void iscsi_send_response(struct scst_cmd *cmd);
void iscsi_receive_data(struct scst_cmd *cmd);
void iscsi_cmds_aborted(struct scst_session *sess);

/* bounds.c */
/* To be asked now and then while something waits for the peer. Return: why it is to go, or NULL. */
const char *iscsi_cmds_overdue(struct iscsi_conn *conn, u32 rsp_timeout);

/* pdu.c: everything else that an initiator sends, and what we say on our own. */
struct iscsi_tmf {
	struct scst_tmf tmf;
	struct iscsi_event event;
	struct iscsi_conn *conn;
	struct list_head entry;		/* conn->tmfs */
	itt_t itt;
	u32 cmd_sn, ref_cmd_sn;
	u32 number;			/* conn->tmfs_seen with this one */
	bool cold;
	bool too_late;			/* the task has had its answer */
};

/* The PDU in rx, all of which is there. */
void iscsi_pdu(struct iscsi_conn *conn);
void iscsi_tmf_event(struct iscsi_tmf *tmf);
/* The peer has the answer of the task @itt: what is to abort that comes too late. */
void iscsi_tmfs_too_late(struct iscsi_conn *conn, itt_t itt);
/* All commands that the core has come back, and when they have nr_tmfs is 0. Once. */
void iscsi_abort_all(struct iscsi_conn *conn);
void iscsi_send_ping(struct iscsi_conn *conn);
void iscsi_send_logout_response(struct iscsi_conn *conn);
void iscsi_send_luns_changed(struct iscsi_conn *conn);
/* Callbacks of the core. */
void iscsi_tmf_done(struct scst_tmf *tmf);
bool iscsi_is_behind(const struct scst_cmd *cmd, const struct scst_tmf *tmf);
bool iscsi_report_aen(struct scst_session *sess, enum scst_aen event, u16 lun);

/* message.c */
/* With a status and no task. Return: NULL, there is no memory and the connection is given up. */
struct iscsi_message *iscsi_message_alloc(struct iscsi_conn *conn, u8 opcode);
/* Up to ISCSI_BHS_LEN bytes; longer data goes to message->sg. */
void iscsi_message_set_data(struct iscsi_message *message, const void *data, u32 len);
void iscsi_message_send(struct iscsi_conn *conn, struct iscsi_message *message);
void iscsi_message_free(struct iscsi_conn *conn, struct iscsi_message *message);
/* Of the PDU in rx: its data, if nobody took it over; and answers to it. */
void iscsi_message_drop_received(struct iscsi_conn *conn);
void iscsi_reject(struct iscsi_conn *conn, u8 reason);

/* sn.c */
enum iscsi_sn_verdict { ISCSI_SN_OK, ISCSI_SN_IGNORE, ISCSI_SN_GAP };
/* The one place where CmdSN is judged ... */
enum iscsi_sn_verdict iscsi_judge_cmd_sn(const struct iscsi_conn *conn,
					 const struct iscsi_hdr *hdr);
/* ... and taken, if it may be. */
enum iscsi_sn_verdict iscsi_take_cmd_sn(struct iscsi_conn *conn, const struct iscsi_hdr *hdr);
/* ABORT TASK at @sn for a task that is not there. Return: it counts as received, and aborted. */
bool iscsi_overtake_cmd_sn(struct iscsi_conn *conn, u32 ref, u32 sn);
u32 iscsi_max_cmd_sn(struct iscsi_conn *conn);
/* Of a PDU that leaves now. @has_status: it takes a StatSN. */
void iscsi_set_sns(struct iscsi_conn *conn, void *hdr, bool has_status);

#endif
