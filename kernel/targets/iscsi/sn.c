// SPDX-License-Identifier: GPL-2.0
/*
 * Sequence numbers: the window of CmdSN that an initiator may use (RFC 7143 4.2.2.1), and StatSN,
 * which numbers what we answer in the order in which it leaves.
 */
#include "iscsi.h"
#include "pdu.h"

static u32 window(const struct iscsi_conn *conn)
{
	return conn->max_cmd_sn + 1 - conn->exp_cmd_sn;
}

enum iscsi_sn_verdict iscsi_judge_cmd_sn(const struct iscsi_conn *conn,
					 const struct iscsi_hdr *hdr)
{
	u32 sn = be32_to_cpu(((const struct iscsi_scsi_req *)hdr)->cmdsn);
	u32 ahead = sn - conn->exp_cmd_sn;

	if (hdr->opcode & ISCSI_OP_IMMEDIATE)
		return ISCSI_SN_OK;
	if (unlikely(ahead >= window(conn)))
		return ISCSI_SN_IGNORE;
	if (likely(!ahead))
		return ISCSI_SN_OK;
	if (ahead < BITS_PER_TYPE(conn->overtaken) && conn->overtaken & BIT_ULL(ahead))
		return ISCSI_SN_IGNORE;
	/* One connection, in order, nothing lost by us: the initiator forgot some. */
	return ISCSI_SN_GAP;
}

/* It came, or counts as if it had: so do those behind it of which that was known. */
static void advance(struct iscsi_conn *conn)
{
	do {
		conn->exp_cmd_sn++;
		conn->overtaken >>= 1;
	} while (unlikely(conn->overtaken & 1));
}

/*
 * In the window and before the request itself is what counts as received (RFC 7143 11.6.1 b): it is
 * ignored when it comes. As far ahead as we can remember; an initiator that sends requests before
 * their turn has few commands in between.
 */
bool iscsi_overtake_cmd_sn(struct iscsi_conn *conn, u32 ref, u32 sn)
{
	u32 ahead = ref - conn->exp_cmd_sn;

	if (ahead >= window(conn) || ahead >= BITS_PER_TYPE(conn->overtaken) ||
	    (s32)(ref - sn) >= 0)
		return false;
	if (ahead)
		conn->overtaken |= BIT_ULL(ahead);
	else
		advance(conn);
	return true;
}

enum iscsi_sn_verdict iscsi_take_cmd_sn(struct iscsi_conn *conn, const struct iscsi_hdr *hdr)
{
	enum iscsi_sn_verdict verdict = iscsi_judge_cmd_sn(conn, hdr);

	if (verdict == ISCSI_SN_OK && !(hdr->opcode & ISCSI_OP_IMMEDIATE))
		advance(conn);
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
