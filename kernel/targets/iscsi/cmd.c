// SPDX-License-Identifier: GPL-2.0
/*
 * SCSI commands: from the header to the core, their data-out, and back.
 *
 * Data that comes without being asked for (immediate, unsolicited) needs a place before the core
 * has looked at the command: it gets a buffer of our own. If there is no memory, or the command is
 * longer than what we prepare for, that data is dropped and asked for again with R2T. Everything
 * else the core allocates when it knows how much will move.
 *
 *	header -> (immediate data) -> ready -> scst_cmd_submit()
 *	  -> iscsi_receive_data() -> R2T, Data-Out, ... -> scst_cmd_data_received()
 *	  -> iscsi_send_response() -> txq -> sent -> iscsi_cmd_release()
 */
#include <linux/jiffies.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>
#include <linux/unaligned.h>
#include <scst/sgv.h>
#include <scst/handles.h>

#include "ahs.h"
#include "conn.h"
#include "pdu.h"

#define PREPARE_MAX	SZ_2M	/* of the longest command whose first burst is kept */

static const u8 task_attrs[8] = {
	[ISCSI_ATTR_UNTAGGED]		= SCST_TASK_UNTAGGED,
	[ISCSI_ATTR_SIMPLE]		= SCST_TASK_SIMPLE,
	[ISCSI_ATTR_ORDERED]		= SCST_TASK_ORDERED,
	[ISCSI_ATTR_HEAD_OF_QUEUE]	= SCST_TASK_HEAD_OF_QUEUE,
	[ISCSI_ATTR_ACA]		= SCST_TASK_ACA,
};

static void take_slot(struct iscsi_conn *conn, struct iscsi_cmd **out)
{
	u16 slot = conn->free_slots[--conn->nr_free];
	struct iscsi_cmd *ic = iscsi_slot_cmd(conn, slot);
	u32 ttt = ic->ttt + BIT(16);

	memset(ic, 0, offsetof(struct iscsi_cmd, long_cdb));
	ic->ttt = (ttt & ~0xffffu) | slot;
	ic->conn = conn;
	INIT_LIST_HEAD(&ic->tx.entry);
	INIT_LIST_HEAD(&ic->wait);
	*out = ic;
}

/* The rest of the PDU in rx comes in vain. */
static void discard(struct iscsi_conn *conn)
{
	conn->rx.ic = NULL;
	conn->rx.sg = NULL;
	conn->rx.first_sg = NULL;
}

/* Charged like what the core allocates: a write may wait with it for as long as the peer likes. */
static void prepare_first_burst(struct iscsi_cmd *ic)
{
	struct scst_cmd *cmd = iscsi_to_scst(ic);
	u32 len = cmd->expected_len;

	if (len > PREPARE_MAX || !scst_session_charge(cmd->sess, len))
		return;
	cmd->sg = scst_tag_fails(iscsi_burst) ? NULL :
		  scst_sg_alloc(len, &cmd->sg_cnt, GFP_NOIO);
	if (!cmd->sg)
		scst_session_uncharge(cmd->sess, len);
	cmd->prepared = cmd->sg;
	ic->own_sg = cmd->sg;
	ic->sg = cmd->sg;
}

static void drop_first_burst(struct iscsi_cmd *ic)
{
	struct scst_cmd *cmd = iscsi_to_scst(ic);

	scst_sg_free(cmd->sg);
	cmd->sg = NULL;
	scst_session_uncharge(cmd->sess, cmd->expected_len);
}

/* The end of a command, answered or not. The slot may be gone with its session after done. */
void iscsi_cmd_release(struct iscsi_cmd *ic)
{
	struct scst_cmd *cmd = iscsi_to_scst(ic);
	struct iscsi_conn *conn = ic->conn;
	u16 slot = cmd->index;

	if (unlikely(conn->rx.ic == ic))
		discard(conn);
	if (ic->own_sg)
		drop_first_burst(ic);
	conn->outstanding -= ic->counted;
	ic->counted = false;
	conn->nr_immediate -= ic->immediate;
	if (ic->submitted)
		scst_cmd_done(cmd);
	conn->free_slots[conn->nr_free++] = slot;
}

static u8 expected_dir(u8 flags)
{
	bool in = flags & ISCSI_FLAG_CMD_READ, out = flags & ISCSI_FLAG_CMD_WRITE;

	if (in)
		return out ? SCST_DIR_BIDI : SCST_DIR_IN;
	return out ? SCST_DIR_OUT : SCST_DIR_NONE;
}

/* What is wrong with the data that a command brings or announces, or NULL. */
static const char *check_first_burst(const struct iscsi_conn *conn,
				     const struct iscsi_scsi_req *req)
{
	const u32 *key = conn->key;
	u32 edtl = be32_to_cpu(req->data_length);
	u32 len = conn->rx.len;
	bool final = req->flags & ISCSI_FLAG_CMD_FINAL;

	if (final && !len)
		return NULL;
	if (!(req->flags & ISCSI_FLAG_CMD_WRITE))
		return "data with a command that does not write";
	if (len && !key[SCST_ISCSI_ImmediateData])
		return "immediate data that was not agreed on";
	if (!final && key[SCST_ISCSI_InitialR2T])
		return "unsolicited data that was not agreed on";
	if (len > edtl || len > conn->first_burst)
		return "more immediate data than the command or FirstBurstLength allows";
	if (!final && len >= min(edtl, conn->first_burst))
		return "unsolicited data beyond the command or FirstBurstLength";
	return NULL;
}

static void fill_cmd(struct iscsi_conn *conn, struct iscsi_cmd *ic,
		     const struct iscsi_scsi_req *req, u16 cdb_len, const u8 *cdb_rest)
{
	struct scst_cmd *cmd = iscsi_to_scst(ic);
	int lun = scst_lun_decode((const u8 *)&req->lun);

	ic->itt = req->itt;
	ic->lun = get_unaligned((const u64 *)&req->lun);
	memcpy(cmd->cdb, req->cdb, sizeof(cmd->cdb));
	cmd->cdb_len = cdb_len;
	if (unlikely(cdb_len > ISCSI_CDB_SIZE)) {
		memcpy(ic->long_cdb, req->cdb, ISCSI_CDB_SIZE);
		memcpy(ic->long_cdb + ISCSI_CDB_SIZE, cdb_rest, cdb_len - ISCSI_CDB_SIZE);
		cmd->long_cdb = ic->long_cdb;
	}
	cmd->tag = be32_to_cpu((__force __be32)req->itt);
	cmd->lun = lun < 0 ? SCST_MAX_LUN + 1 : lun;
	cmd->attr = task_attrs[req->flags & ISCSI_FLAG_CMD_ATTR_MASK];
	cmd->sg = NULL;
	cmd->sg_cnt = 0;
	cmd->prepared = false;
	cmd->expected_len = be32_to_cpu(req->data_length);
	cmd->expected_dir = expected_dir(req->flags);
	cmd->may_sleep = true;
	cmd->takes_lent = conn->takes_lent;
}

static void new_cmd(struct iscsi_conn *conn, const struct iscsi_scsi_req *req, u16 cdb_len,
		    const u8 *cdb_rest)
{
	struct iscsi_rx *rx = &conn->rx;
	struct iscsi_cmd *ic;

	take_slot(conn, &ic);
	fill_cmd(conn, ic, req, cdb_len, cdb_rest);
	ic->immediate = req->opcode & ISCSI_OP_IMMEDIATE;
	ic->cmd_sn = be32_to_cpu(req->cmdsn);
	ic->came_behind = conn->tmfs_seen;
	ic->counted = !ic->immediate;
	conn->nr_immediate += ic->immediate;
	conn->outstanding += ic->counted;
	ic->unsolicited = !(req->flags & ISCSI_FLAG_CMD_FINAL);
	if (rx->len || ic->unsolicited)
		prepare_first_burst(ic);
	rx->ic = ic;
	rx->sg = ic->sg;
	rx->sg_off = 0;
}

static void too_many_immediate(struct iscsi_conn *conn)
{
	if (conn->nr_messages >= ISCSI_MAX_MESSAGES) {
		conn->blocked = true;
		return;
	}
	iscsi_reject(conn, ISCSI_REASON_IMM_CMD_REJECT);
	discard(conn);
}

/*
 * It has its turn, and needs a slot. That there is none means that answers wait to be sent: each
 * command of the window has one, and immediate ones, which may wait for data, do not take the rest.
 */
static void admit(struct iscsi_conn *conn, const struct iscsi_scsi_req *req, u16 cdb_len,
		  const u8 *cdb_rest)
{
	if (unlikely(req->opcode & ISCSI_OP_IMMEDIATE &&
		     conn->nr_immediate >= ISCSI_MAX_IMMEDIATE)) {
		too_many_immediate(conn);
	} else if (unlikely(!conn->nr_free)) {
		SCST_SOMETIMES(iscsi_no_slot);
		conn->blocked = true;
	} else {
		iscsi_take_cmd_sn(conn, conn->rx.hdr);
		new_cmd(conn, req, cdb_len, cdb_rest);
	}
}

void iscsi_cmd_header(struct iscsi_conn *conn)
{
	const struct iscsi_scsi_req *req = (void *)conn->rx.hdr;
	const char *wrong = check_first_burst(conn, req);
	const u8 *cdb_rest = NULL;
	int cdb_len = ISCSI_CDB_SIZE;

	if (unlikely(req->hlength))
		cdb_len = iscsi_parse_ahs((const u8 *)(req + 1), req->hlength * 4, &cdb_rest);
	if (unlikely(cdb_len < 0))
		wrong = "malformed additional header segment";
	if (unlikely(wrong)) {
		iscsi_protocol_error(conn, ISCSI_REASON_PROTOCOL_ERROR, wrong);
		return;
	}
	switch (iscsi_judge_cmd_sn(conn, conn->rx.hdr)) {
	case ISCSI_SN_OK:
		admit(conn, req, cdb_len, cdb_rest);
		break;
	case ISCSI_SN_IGNORE:
		discard(conn);
		break;
	case ISCSI_SN_GAP:
		iscsi_protocol_error(conn, ISCSI_REASON_PROTOCOL_ERROR, "CmdSN left some out");
		break;
	}
}

/* Data-Out by our own tag. A tag of the past is the rest of a command that was aborted. */
static struct iscsi_cmd *find_solicited(struct iscsi_conn *conn, const struct iscsi_data *req)
{
	u32 ttt = be32_to_cpu(req->ttt);
	struct iscsi_cmd *ic;

	if ((ttt & 0xffff) >= conn->session->nr_slots)
		return NULL;
	ic = iscsi_slot_cmd(conn, ttt & 0xffff);
	if (ic->ttt != ttt || ic->itt != req->itt || !ic->wants_data || !ic->nr_r2ts)
		return NULL;
	return ic;
}

/* The latest first: initiators send the data right after the command. */
static struct iscsi_cmd *find_unsolicited(struct iscsi_conn *conn, const struct iscsi_data *req)
{
	struct iscsi_cmd *ic;

	list_for_each_entry_reverse(ic, &conn->waiting, wait)
		if (ic->unsolicited && ic->itt == req->itt)
			return ic;
	return NULL;
}

static const char *check_data_out(const struct iscsi_conn *conn, struct iscsi_cmd *ic,
				  const struct iscsi_data *req)
{
	u32 len = conn->rx.len;
	bool final = req->flags & ISCSI_FLAG_CMD_FINAL;
	u32 end = ic->unsolicited ? min(iscsi_to_scst(ic)->expected_len, conn->first_burst) :
				    ic->burst_end;

	if (be32_to_cpu(req->datasn) != ic->data_sn)
		return "DataSN out of order";
	if (be32_to_cpu(req->offset) != ic->offset)
		return "Buffer Offset out of order";
	if (len > end - ic->offset)
		return "more data than the burst has";
	if (final != (len == end - ic->offset) && !(final && ic->unsolicited))
		return "the F bit is not where the burst ends";
	return NULL;
}

void iscsi_data_out_header(struct iscsi_conn *conn)
{
	const struct iscsi_data *req = (void *)conn->rx.hdr;
	bool solicited = req->ttt != cpu_to_be32(ISCSI_RESERVED_TAG);
	struct iscsi_cmd *ic = solicited ? find_solicited(conn, req) : find_unsolicited(conn, req);
	const char *wrong;

	if (unlikely(!ic)) {
		SCST_SOMETIMES(iscsi_data_of_the_past);
		discard(conn);
		return;
	}
	wrong = check_data_out(conn, ic, req);
	if (unlikely(wrong)) {
		iscsi_protocol_error(conn, ISCSI_REASON_PROTOCOL_ERROR, wrong);
		return;
	}
	conn->rx.ic = ic;
	conn->rx.sg = ic->sg;
	conn->rx.sg_off = ic->sg_off;
}

static void make_ready(struct iscsi_conn *conn, struct iscsi_cmd *ic)
{
	list_add_tail(&ic->tx.entry, &conn->ready);
	conn->nr_ready++;
}

static void wait_for_data(struct iscsi_cmd *ic)
{
	ic->since = jiffies;
	list_move_tail(&ic->wait, &ic->conn->waiting);
}

/* The first burst is over. What could not be kept is asked for again. */
static void end_first_burst(struct iscsi_cmd *ic)
{
	ic->unsolicited = false;
	SCST_SOMETIMES_IF(!ic->own_sg && ic->offset, iscsi_burst_dropped);
	if (!ic->own_sg)
		ic->offset = 0;
}

static void end_burst(struct iscsi_cmd *ic)
{
	if (ic->unsolicited) {
		end_first_burst(ic);
		return;
	}
	ic->nr_r2ts--;
	ic->data_sn = 0;
	ic->burst_end = min(ic->burst_end + ic->conn->max_burst, iscsi_to_scst(ic)->xfer_len);
}

/* Data segment and digest of the PDU in rx are there: what became of rx.ic? */
void iscsi_cmd_received(struct iscsi_conn *conn)
{
	struct iscsi_rx *rx = &conn->rx;
	const struct iscsi_hdr *hdr = rx->hdr;
	struct iscsi_cmd *ic = rx->ic;
	bool final = hdr->flags & ISCSI_FLAG_CMD_FINAL;

	ic->sg = rx->sg;
	ic->sg_off = rx->sg_off;
	ic->offset += rx->len;
	if ((hdr->opcode & ISCSI_OPCODE_MASK) == ISCSI_OP_SCSI_CMD) {
		if (ic->unsolicited)
			wait_for_data(ic);
		else
			end_first_burst(ic);
		make_ready(conn, ic);
		return;
	}
	ic->data_sn++;
	if (final)
		end_burst(ic);
	if (rx->len)
		wait_for_data(ic);	/* that nothing comes is no progress */
	if (final && list_empty(&ic->tx.entry))
		make_ready(conn, ic);
}

static void data_over(struct iscsi_cmd *ic, bool ok)
{
	list_del_init(&ic->wait);
	list_del_init(&ic->tx.entry);		/* an R2T that is not sent yet */
	ic->wants_data = false;
	ic->nr_r2ts = 0;
	scst_cmd_data_received(iscsi_to_scst(ic), ok);
}

/* What does not come by itself; again after each burst of it. */
static void fetch_data(struct iscsi_cmd *ic)
{
	if (!ic->fetching) {
		ic->fetching = true;
		if (!ic->own_sg) {
			ic->sg = iscsi_to_scst(ic)->sg;
			ic->sg_off = 0;
		}
		wait_for_data(ic);
	}
	ic->conn->transport->fetch_data(ic);
}

static void send_response(struct iscsi_cmd *ic)
{
	list_del_init(&ic->wait);
	ic->tx.kind = ISCSI_TX_RESPONSE;
	list_move_tail(&ic->tx.entry, &ic->conn->txq);
}

/* All that may be known: first burst, and what the core wants. */
static void go_on(struct iscsi_cmd *ic)
{
	if (ic->unsolicited)
		return;
	if (ic->answered)
		send_response(ic);
	else if (!ic->wants_data)
		list_del_init(&ic->wait);
	else if (ic->offset >= iscsi_to_scst(ic)->xfer_len)
		data_over(ic, true);
	else
		fetch_data(ic);
}

void iscsi_cmds_run(struct iscsi_conn *conn)
{
	while (!list_empty(&conn->ready)) {
		struct iscsi_cmd *ic = list_first_entry(&conn->ready, struct iscsi_cmd, tx.entry);

		list_del_init(&ic->tx.entry);
		conn->nr_ready--;
		if (ic->submitted) {
			go_on(ic);
			continue;
		}
		ic->submitted = true;
		scst_cmd_submit(iscsi_to_scst(ic));
	}
}

/*
 * Aborted, or its connection is closing: no data is waited for, not even the rest of the PDU in rx.
 * An answer that was made before goes out; a command that the core still has comes back by itself.
 */
static void end_early(struct iscsi_cmd *ic)
{
	SCST_SOMETIMES_IF(ic->wants_data, iscsi_data_given_up);
	SCST_SOMETIMES_IF(ic->wants_data && ic->conn->rx.ic == ic, iscsi_half_a_pdu);
	if (ic->conn->rx.ic == ic)
		discard(ic->conn);
	ic->unsolicited = false;
	list_del_init(&ic->wait);
	if (ic->wants_data)
		data_over(ic, false);
	else if (!ic->answered)
		return;
	else if (iscsi_conn_closing(ic->conn) || scst_cmd_unanswered(iscsi_to_scst(ic)))
		iscsi_cmd_release(ic);
	else
		send_response(ic);
}

/* In the work: the core asked for data, or answered. Not before is ic told so. */
void iscsi_cmd_event(struct iscsi_cmd *ic)
{
	if (ic->event.kind == ISCSI_EVENT_WANTS_DATA)
		ic->wants_data = true;
	else
		ic->answered = true;

	if (unlikely(iscsi_conn_closing(ic->conn) || scst_cmd_aborted(iscsi_to_scst(ic))))
		end_early(ic);
	else
		go_on(ic);
}

static void cmd_event(struct scst_cmd *cmd, enum iscsi_event_kind kind)
{
	struct iscsi_cmd *ic = scst_cmd_priv(cmd);

	ic->event.kind = kind;
	/* A disk's interrupt can come in the middle of the work: that is not the work. */
	if (likely(in_task() && ic->conn->thread->task == current))
		iscsi_cmd_event(ic);
	else
		iscsi_conn_event(ic->conn, &ic->event);
}

void iscsi_send_response(struct scst_cmd *cmd)
{
	cmd_event(cmd, ISCSI_EVENT_ANSWERED);
}

void iscsi_receive_data(struct scst_cmd *cmd)
{
	cmd_event(cmd, ISCSI_EVENT_WANTS_DATA);
}

/* Commands which wait for data will not get it. */
static void drop_waiting(struct iscsi_conn *conn, bool all)
{
	struct iscsi_cmd *ic, *next;

	list_for_each_entry_safe(ic, next, &conn->waiting, wait) {
		if (ic->submitted && (all || scst_cmd_aborted(iscsi_to_scst(ic))))
			end_early(ic);
	}
}

/* What is not to be answered any more, and not begun to be, does not wait for its turn. */
static void drop_unanswered(struct iscsi_conn *conn)
{
	struct iscsi_tx *tx, *next;

	list_for_each_entry_safe(tx, next, &conn->txq, entry) {
		struct iscsi_cmd *ic = iscsi_tx_to_cmd(tx);

		if (tx->kind != ISCSI_TX_RESPONSE || ic->sent ||
		    !scst_cmd_unanswered(iscsi_to_scst(ic)))
			continue;
		SCST_SOMETIMES(iscsi_answer_dropped);
		list_del_init(&tx->entry);
		iscsi_cmd_release(ic);
	}
}

void iscsi_cmds_drop_aborted(struct iscsi_conn *conn)
{
	drop_waiting(conn, false);
	drop_unanswered(conn);
}

/* The connection is gone. */
void iscsi_cmds_drop(struct iscsi_conn *conn)
{
	struct iscsi_cmd *ic, *next;

	list_for_each_entry_safe(ic, next, &conn->ready, tx.entry) {
		list_del_init(&ic->tx.entry);
		conn->nr_ready--;
		if (ic->submitted)
			continue;
		list_del_init(&ic->wait);
		iscsi_cmd_release(ic);
	}
	if (conn->rx.ic && !conn->rx.ic->submitted && list_empty(&conn->rx.ic->wait))
		iscsi_cmd_release(conn->rx.ic);
	drop_waiting(conn, true);
}

/* Marked by task management: those which wait for data have nothing to wait for. */
void iscsi_cmds_aborted(struct scst_session *sess)
{
	struct iscsi_session *session = scst_session_priv(sess);

	set_bit(ISCSI_CONN_ABORTED, &session->conn->flags);
	iscsi_conn_kick(session->conn);
}
