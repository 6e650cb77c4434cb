// SPDX-License-Identifier: GPL-2.0
/*
 * Sequence numbers: the window of CmdSN that an initiator may use (RFC 7143 4.2.2.1), and StatSN,
 * which numbers what we answer in the order in which it leaves.
 */
#include "iscsi.h"
#include "pdu.h"

enum iscsi_sn_verdict iscsi_judge_cmd_sn(const struct iscsi_conn *conn,
					 const struct iscsi_hdr *hdr)
{
	u32 sn = be32_to_cpu(((const struct iscsi_scsi_req *)hdr)->cmdsn);
	u32 window = conn->max_cmd_sn + 1 - conn->exp_cmd_sn;

	if (hdr->opcode & ISCSI_OP_IMMEDIATE)
		return ISCSI_SN_OK;
	if (unlikely(sn - conn->exp_cmd_sn >= window))
		return ISCSI_SN_IGNORE;
	/* One connection, in order, nothing lost by us: the initiator forgot some. */
	if (unlikely(sn != conn->exp_cmd_sn))
		return ISCSI_SN_GAP;
	return ISCSI_SN_OK;
}

enum iscsi_sn_verdict iscsi_take_cmd_sn(struct iscsi_conn *conn, const struct iscsi_hdr *hdr)
{
	enum iscsi_sn_verdict verdict = iscsi_judge_cmd_sn(conn, hdr);

	if (verdict == ISCSI_SN_OK && !(hdr->opcode & ISCSI_OP_IMMEDIATE))
		conn->exp_cmd_sn++;
	return verdict;
}

/*
 * MaxCmdSN. Commands that are answered with this PDU have left the window; it never shrinks, even
 * if QueuedCommands does.
 */
u32 iscsi_max_cmd_sn(struct iscsi_conn *conn)
{
	struct iscsi_session *session = conn->session;
	u32 depth = READ_ONCE(session->target->setting[SCST_ISCSI_QueuedCommands]);
	u32 max;

	depth = min(depth, session->depth);
	max = conn->exp_cmd_sn - 1;
	if (conn->outstanding < depth)
		max += depth - conn->outstanding;
	if ((s32)(max - conn->max_cmd_sn) > 0)
		conn->max_cmd_sn = max;
	return conn->max_cmd_sn;
}

void iscsi_set_sns(struct iscsi_conn *conn, void *hdr, bool has_status)
{
	struct iscsi_nopin *rsp = hdr;	/* the three are at the same place in every PDU */

	rsp->statsn = cpu_to_be32(conn->stat_sn);
	rsp->exp_cmdsn = cpu_to_be32(conn->exp_cmd_sn);
	rsp->max_cmdsn = cpu_to_be32(iscsi_max_cmd_sn(conn));
	if (has_status)
		conn->stat_sn++;
}
