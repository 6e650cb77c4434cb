// SPDX-License-Identifier: GPL-2.0
/*
 * PDUs that are sent: the headers, which the transport has filled in just when they leave, and what
 * becomes of commands and messages that have left.
 */
#include <linux/unaligned.h>

#include "pdu.h"

/* This answer is the last that is told of the command: it leaves the window. */
static void leave_window(struct iscsi_cmd *ic)
{
	ic->conn->outstanding -= ic->counted;
	ic->counted = false;
}

/* Flag and amount of what was not moved, or not taken. */
static u8 residual(const struct scst_cmd *cmd, __be32 *count)
{
	s64 resid = scst_cmd_resid(cmd);

	if (cmd->status != SAM_STAT_GOOD && !cmd->xfer_len && resid >= 0)
		resid = cmd->expected_len;
	if (!resid)
		return 0;
	*count = cpu_to_be32(resid > 0 ? resid : -resid);
	return resid > 0 ? ISCSI_FLAG_CMD_UNDERFLOW : ISCSI_FLAG_CMD_OVERFLOW;
}

u32 iscsi_fill_data_in(struct iscsi_cmd *ic, struct iscsi_data_rsp *rsp)
{
	const struct scst_cmd *cmd = iscsi_to_scst(ic);
	struct iscsi_conn *conn = ic->conn;
	u32 burst_left = conn->max_burst - ic->sent % conn->max_burst;
	u32 left = cmd->xfer_len - ic->sent;
	u32 len = min3(left, burst_left, conn->max_xmit);
	bool has_status = len == left && !iscsi_has_sense(ic);

	rsp->opcode = ISCSI_OP_SCSI_DATA_IN;
	hton24(rsp->dlength, len);
	rsp->itt = ic->itt;
	rsp->ttt = cpu_to_be32(ISCSI_RESERVED_TAG);
	rsp->datasn = cpu_to_be32(ic->data_sn++);
	rsp->offset = cpu_to_be32(ic->sent);
	if (has_status) {
		rsp->flags = ISCSI_FLAG_CMD_FINAL | ISCSI_FLAG_DATA_STATUS;
		rsp->flags |= residual(cmd, &rsp->residual_count);
		leave_window(ic);
	} else if (len == left || len == burst_left) {
		rsp->flags = ISCSI_FLAG_CMD_FINAL;
	}
	iscsi_set_sns(conn, rsp, has_status);
	if (!has_status)
		rsp->statsn = 0;
	ic->sent += len;
	return len;
}

static u32 fill_sense(struct iscsi_cmd *ic, struct iscsi_scsi_rsp *rsp)
{
	u8 *sense = (u8 *)(rsp + 1);
	u32 len = scst_cmd_sense(iscsi_to_scst(ic), sense + 2, SCST_SENSE_LEN);

	put_unaligned_be16(len, sense);
	len += 2;
	hton24(rsp->dlength, len);
	return len;
}

u32 iscsi_fill_response(struct iscsi_cmd *ic, struct iscsi_scsi_rsp *rsp)
{
	const struct scst_cmd *cmd = iscsi_to_scst(ic);

	rsp->opcode = ISCSI_OP_SCSI_CMD_RSP;
	rsp->flags = ISCSI_FLAG_CMD_FINAL;
	rsp->cmd_status = cmd->status;
	rsp->itt = ic->itt;
	rsp->flags |= residual(cmd, &rsp->residual_count);
	rsp->exp_datasn = cpu_to_be32(cmd->expected_dir == SCST_DIR_IN ? ic->data_sn : 0);
	leave_window(ic);
	iscsi_set_sns(ic->conn, rsp, true);
	return iscsi_has_sense(ic) ? fill_sense(ic, rsp) : 0;
}

bool iscsi_fill_r2t(struct iscsi_cmd *ic, struct iscsi_r2t_rsp *rsp)
{
	struct iscsi_conn *conn = ic->conn;
	u32 end = iscsi_to_scst(ic)->xfer_len;
	u32 len = min(end - ic->r2t_end, conn->max_burst);

	rsp->opcode = ISCSI_OP_R2T;
	rsp->flags = ISCSI_FLAG_CMD_FINAL;
	put_unaligned(ic->lun, (u64 *)&rsp->lun);
	rsp->itt = ic->itt;
	rsp->ttt = cpu_to_be32(ic->ttt);
	rsp->r2tsn = cpu_to_be32(ic->r2t_sn++);
	rsp->data_offset = cpu_to_be32(ic->r2t_end);
	rsp->data_length = cpu_to_be32(len);
	iscsi_set_sns(conn, rsp, false);
	ic->r2t_end += len;
	ic->nr_r2ts++;
	return ic->r2t_end == end || ic->nr_r2ts == conn->max_r2ts;
}

void iscsi_fill_message(struct iscsi_conn *conn, const struct iscsi_message *message,
			struct iscsi_hdr *hdr)
{
	*hdr = message->hdr;
	hton24(hdr->dlength, message->data_len);
	memcpy(hdr + 1, message->data, iscsi_inline_len(message));
	iscsi_set_sns(conn, hdr, message->has_status);
}

void iscsi_tx_release(struct iscsi_conn *conn, struct iscsi_tx *tx)
{
	list_del_init(&tx->entry);
	switch (tx->kind) {
	case ISCSI_TX_RESPONSE:
		if (unlikely(conn->nr_tmfs))
			iscsi_tmfs_too_late(conn, iscsi_tx_to_cmd(tx)->itt);
		iscsi_cmd_release(iscsi_tx_to_cmd(tx));
		break;
	case ISCSI_TX_MESSAGE:
		iscsi_message_free(conn, iscsi_tx_to_message(tx));
		break;
	case ISCSI_TX_R2T:
		break;		/* its command is in conn->waiting */
	}
}

void iscsi_tx_release_all(struct iscsi_conn *conn, struct list_head *list)
{
	struct iscsi_tx *tx, *next;

	list_for_each_entry_safe(tx, next, list, entry)
		iscsi_tx_release(conn, tx);
}
