// SPDX-License-Identifier: GPL-2.0
/*
 * PDUs to the initiator that are not about a command's data: answers to what is no command, Reject,
 * and what we say on our own. None of it is frequent, so they are allocated one by one.
 */
#include <linux/slab.h>
#include <linux/string.h>
#include <scst/sgv.h>
#include <scst/tags.h>

#include "iscsi.h"
#include "pdu.h"

struct iscsi_message *iscsi_message_alloc(struct iscsi_conn *conn, u8 opcode)
{
	struct iscsi_message *message = NULL;

	if (!scst_tag_fails(iscsi_message))
		message = kzalloc(sizeof(*message), GFP_NOIO);
	if (!message) {
		iscsi_conn_fail(conn, "no memory");
		return NULL;
	}
	message->tx.kind = ISCSI_TX_MESSAGE;
	message->hdr.opcode = opcode;
	message->hdr.flags = ISCSI_FLAG_CMD_FINAL;
	message->hdr.itt = RESERVED_ITT;
	message->hdr.ttt = cpu_to_be32(ISCSI_RESERVED_TAG);
	message->has_status = true;
	conn->nr_messages++;
	return message;
}

void iscsi_message_send(struct iscsi_conn *conn, struct iscsi_message *message)
{
	list_add_tail(&message->tx.entry, &conn->txq);
}

void iscsi_message_set_data(struct iscsi_message *message, const void *data, u32 len)
{
	memcpy(message->data, data, len);
	message->data_len = len;
}

/* What has nothing charged may outlive the core's session: the answer to a logout. */
static void uncharge(struct iscsi_conn *conn, u32 *bytes)
{
	if (*bytes)
		scst_session_uncharge(conn->session->sess, *bytes);
	*bytes = 0;
}

void iscsi_message_free(struct iscsi_conn *conn, struct iscsi_message *message)
{
	conn->nr_messages--;
	scst_sg_free(message->sg);
	uncharge(conn, &message->charged);
	kfree(message);
}

void iscsi_message_drop_received(struct iscsi_conn *conn)
{
	scst_sg_free(conn->rx.own_sg);
	conn->rx.own_sg = NULL;
	uncharge(conn, &conn->rx.charged);
}

void iscsi_reject(struct iscsi_conn *conn, u8 reason)
{
	struct iscsi_message *message = iscsi_message_alloc(conn, ISCSI_OP_REJECT);

	if (!message)
		return;
	((struct iscsi_reject *)&message->hdr)->reason = reason;
	message->hdr.ttt = 0;
	iscsi_message_set_data(message, conn->rx.hdr, ISCSI_BHS_LEN);
	iscsi_message_send(conn, message);
}

void iscsi_protocol_error(struct iscsi_conn *conn, u8 reason, const char *why)
{
	pr_warn_ratelimited("iscsi-scst: %s from %s: %s\n", conn->session->initiator, conn->ip,
			    why);
	conn->rx_dead = true;
	conn->close_when_sent = true;
	iscsi_reject(conn, reason);
}
