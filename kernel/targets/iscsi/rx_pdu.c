// SPDX-License-Identifier: GPL-2.0
/*
 * PDUs that are received, as the transport brings them: first the header, which says where the data
 * belongs, then word that the data is there. The transport may be in the middle of its own (with a
 * socket locked), so nothing is carried out here: commands are queued (conn->ready), and of all
 * other PDUs one waits (conn->special) until the thread has dealt with it.
 *
 * Nothing that a peer sends makes more happen here than: take, ignore, reject and close.
 */
#include <scst/sgv.h>

#include "pdu.h"

static bool keeps_data(u8 opcode)
{
	return opcode == ISCSI_OP_NOOP_OUT || opcode == ISCSI_OP_TEXT;
}

/* Data of other PDUs: echoed (NOP-Out), read (text), or of no interest. */
static void special_header(struct iscsi_conn *conn)
{
	struct iscsi_rx *rx = &conn->rx;
	u32 cnt;

	if (rx->len && keeps_data(rx->hdr->opcode & ISCSI_OPCODE_MASK) &&
	    scst_session_charge(conn->session->sess, rx->len)) {
		rx->charged = rx->len;
		rx->own_sg = scst_sg_alloc(rx->len, &cnt, GFP_NOIO);
	}
	rx->sg = rx->own_sg;
	rx->sg_off = 0;
}

/* What comes has a header: where does its data go? */
static void dispatch_header(struct iscsi_conn *conn)
{
	switch (conn->rx.hdr->opcode & ISCSI_OPCODE_MASK) {
	case ISCSI_OP_SCSI_CMD:
		iscsi_cmd_header(conn);
		return;
	case ISCSI_OP_SCSI_DATA_OUT:
		iscsi_data_out_header(conn);
		return;
	}
	if (conn->nr_messages >= ISCSI_MAX_MESSAGES)
		conn->blocked = true;
	else
		special_header(conn);
}

bool iscsi_pdu_header(struct iscsi_conn *conn)
{
	struct iscsi_rx *rx = &conn->rx;

	conn->blocked = false;
	rx->len = ntoh24(rx->hdr->dlength);
	if (unlikely(rx->len > conn->max_recv))
		iscsi_protocol_error(conn, ISCSI_REASON_PROTOCOL_ERROR,
				     "data segment is longer than MaxRecvDataSegmentLength");
	else
		dispatch_header(conn);
	return !conn->blocked && !conn->rx_dead;
}

void iscsi_pdu_received(struct iscsi_conn *conn)
{
	struct iscsi_rx *rx = &conn->rx;

	switch (rx->hdr->opcode & ISCSI_OPCODE_MASK) {
	case ISCSI_OP_SCSI_CMD:
	case ISCSI_OP_SCSI_DATA_OUT:
		if (rx->ic)
			iscsi_cmd_received(conn);
		rx->ic = NULL;
		return;
	}
	conn->special = true;
}
