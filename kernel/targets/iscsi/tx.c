// SPDX-License-Identifier: GPL-2.0
/*
 * Sending: as many PDUs as fit are laid out in one array of page fragments, headers and data, and
 * given to the socket in one call that takes the pages as they are. The socket holds references
 * until the peer has acknowledged; ours go when the call has taken everything.
 *
 * StatSN is counted here, where the order of what is sent is known.
 */
#include <linux/net.h>
#include <linux/scatterlist.h>
#include <linux/socket.h>
#include <linux/unaligned.h>
#include <net/sock.h>
#include <scst/sgv.h>

#include "conn.h"

/* The most that one PDU needs before its data: header, and the tail of the one before. */
#define BVECS_SPARE	4

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

/* @len bytes that stay until the peer has them. NULL: no memory, try again later. */
static void *cut(struct iscsi_txb *b, u32 len)
{
	void *at;

	if (!b->page || b->page_off + len > PAGE_SIZE) {
		if (b->page && b->nr_old == ISCSI_TX_PAGES)
			return NULL;
		if (b->page)
			b->old[b->nr_old++] = b->page;
		b->page = alloc_page(GFP_NOIO | __GFP_NOWARN);
		b->page_off = 0;
		if (!b->page)
			return NULL;
	}
	at = page_address(b->page) + b->page_off;
	b->page_off += ALIGN(len, 4);
	return at;
}

/* Zeroed, with room for the digests and, padded, for @len bytes of data behind it. */
static void *cut_header(struct iscsi_conn *conn, u32 len)
{
	u32 size = ISCSI_BHS_LEN + (conn->header_digest ? ISCSI_DIGEST_LEN : 0);
	void *hdr;

	if (len)
		size += ALIGN(len, 4) + (conn->data_digest ? ISCSI_DIGEST_LEN : 0);
	hdr = cut(&conn->txb, size);
	if (hdr)
		memset(hdr, 0, ISCSI_BHS_LEN);
	return hdr;
}

static void add_bvec(struct iscsi_txb *b, struct page *page, u32 off, u32 len)
{
	bvec_set_page(&b->bvec[b->nr++], page, len, off);
	b->total += len;
}

static void add_virt(struct iscsi_txb *b, void *at, u32 len)
{
	struct bio_vec *last = b->nr ? &b->bvec[b->nr - 1] : NULL;
	u32 off = offset_in_page(at);

	if (last && last->bv_page == virt_to_page(at) && last->bv_offset + last->bv_len == off) {
		last->bv_len += len;
		b->total += len;
		return;
	}
	add_bvec(b, virt_to_page(at), off, len);
}

/* What cut_header() gave is filled in, with @len bytes of data behind it (which may be fewer). */
static void add_header(struct iscsi_conn *conn, struct iscsi_hdr *hdr, u32 len)
{
	u8 *end = (u8 *)hdr + ISCSI_BHS_LEN;
	u32 padded = ALIGN(len, 4);

	if (conn->header_digest) {
		if (len)
			memmove(end + ISCSI_DIGEST_LEN, end, len);
		put_unaligned_le32(iscsi_crc(hdr, ISCSI_BHS_LEN), end);
		end += ISCSI_DIGEST_LEN;
	}
	if (len) {
		memset(end + len, 0, padded - len);
		if (conn->data_digest)
			put_unaligned_le32(iscsi_crc(end, padded), end + padded);
		end += padded + (conn->data_digest ? ISCSI_DIGEST_LEN : 0);
	}
	add_virt(&conn->txb, hdr, end - (u8 *)hdr);
}

static void set_sns(struct iscsi_conn *conn, struct iscsi_hdr *hdr, bool has_status)
{
	struct iscsi_nopin *rsp = (struct iscsi_nopin *)hdr;

	rsp->statsn = cpu_to_be32(conn->stat_sn);
	rsp->exp_cmdsn = cpu_to_be32(conn->exp_cmd_sn);
	rsp->max_cmdsn = cpu_to_be32(iscsi_max_cmd_sn(conn));
	if (has_status)
		conn->stat_sn++;
}

/* The data segment of the PDU whose header was added. */
static void start_data(struct iscsi_conn *conn, struct scatterlist *sg, u32 off, u32 len)
{
	struct iscsi_txb *b = &conn->txb;
	u32 pad = -len & 3;

	b->sg = sg;
	b->sg_off = off;
	b->data_left = len;
	b->tail_len = pad;
	memset(b->tail, 0, pad);
	if (conn->data_digest) {
		put_unaligned_le32(iscsi_crc_sg(sg, off, len, pad), b->tail + pad);
		b->tail_len += ISCSI_DIGEST_LEN;
	}
}

/* Return: false, the array is full or there is no memory: go on when this has been sent. */
static bool add_data(struct iscsi_txb *b)
{
	void *tail;

	while (b->data_left) {
		u32 len = min(b->data_left, b->sg->length - b->sg_off);

		if (b->nr == ISCSI_TX_BVECS)
			return false;
		add_bvec(b, sg_page(b->sg), b->sg->offset + b->sg_off, len);
		b->data_left -= len;
		b->sg_off += len;
		if (b->sg_off == b->sg->length) {
			b->sg = sg_next(b->sg);
			b->sg_off = 0;
		}
	}
	if (!b->tail_len)
		return true;
	tail = b->nr < ISCSI_TX_BVECS ? cut(b, b->tail_len) : NULL;
	if (!tail)
		return false;
	memcpy(tail, b->tail, b->tail_len);
	add_virt(b, tail, b->tail_len);
	b->tail_len = 0;
	return true;
}

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

	if (cmd->status != SAM_STAT_GOOD && resid >= 0)
		resid = cmd->expected_len;
	if (!resid)
		return 0;
	*count = cpu_to_be32(resid > 0 ? resid : -resid);
	return resid > 0 ? ISCSI_FLAG_CMD_UNDERFLOW : ISCSI_FLAG_CMD_OVERFLOW;
}

/* One Data-In; the last one brings the status. Return: false, later. */
static bool add_data_in(struct iscsi_conn *conn, struct iscsi_cmd *ic)
{
	const struct scst_cmd *cmd = iscsi_to_scst(ic);
	u32 burst_left = conn->max_burst - ic->sent % conn->max_burst;
	u32 left = cmd->xfer_len - ic->sent;
	u32 len = min3(left, burst_left, conn->max_xmit);
	struct iscsi_data_rsp *rsp = cut_header(conn, 0);

	if (!rsp)
		return false;
	rsp->opcode = ISCSI_OP_SCSI_DATA_IN;
	hton24(rsp->dlength, len);
	rsp->itt = ic->itt;
	rsp->ttt = cpu_to_be32(ISCSI_RESERVED_TAG);
	rsp->datasn = cpu_to_be32(ic->data_sn++);
	rsp->offset = cpu_to_be32(ic->sent);
	if (len == left) {
		rsp->flags = ISCSI_FLAG_CMD_FINAL | ISCSI_FLAG_DATA_STATUS;
		rsp->flags |= residual(cmd, &rsp->residual_count);
		leave_window(ic);
	} else if (len == burst_left) {
		rsp->flags = ISCSI_FLAG_CMD_FINAL;
	}
	set_sns(conn, (struct iscsi_hdr *)rsp, len == left);
	if (len != left)
		rsp->statsn = 0;
	add_header(conn, (struct iscsi_hdr *)rsp, 0);
	/* Nothing comes in between the Data-In of a command: txb is where the last one ended. */
	if (ic->sent)
		start_data(conn, conn->txb.sg, conn->txb.sg_off, len);
	else
		start_data(conn, cmd->sg, 0, len);
	ic->sent += len;
	return true;
}

static bool add_scsi_response(struct iscsi_conn *conn, struct iscsi_cmd *ic)
{
	const struct scst_cmd *cmd = iscsi_to_scst(ic);
	bool has_sense = cmd->status == SAM_STAT_CHECK_CONDITION;
	struct iscsi_scsi_rsp *rsp = cut_header(conn, has_sense ? 2 + SCST_SENSE_LEN : 0);
	u8 *sense = (u8 *)(rsp + 1);
	u32 len = 0;

	if (!rsp)
		return false;
	rsp->opcode = ISCSI_OP_SCSI_CMD_RSP;
	rsp->flags = ISCSI_FLAG_CMD_FINAL;
	rsp->cmd_status = cmd->status;
	rsp->itt = ic->itt;
	rsp->flags |= residual(cmd, &rsp->residual_count);
	rsp->exp_datasn = cpu_to_be32(ic->r2t_sn);
	if (has_sense) {
		len = scst_cmd_sense(cmd, sense + 2, SCST_SENSE_LEN);
		put_unaligned_be16(len, sense);
		len += 2;
		hton24(rsp->dlength, len);
	}
	leave_window(ic);
	set_sns(conn, (struct iscsi_hdr *)rsp, true);
	add_header(conn, (struct iscsi_hdr *)rsp, len);
	return true;
}

/* Return: false, later; *@done: nothing more to say about it. */
static bool add_response(struct iscsi_conn *conn, struct iscsi_cmd *ic, bool *done)
{
	const struct scst_cmd *cmd = iscsi_to_scst(ic);

	if (!cmd->xfer_len || cmd->expected_dir != SCST_DIR_IN) {
		*done = true;
		return add_scsi_response(conn, ic);
	}
	if (!add_data_in(conn, ic))
		return false;
	*done = ic->sent == cmd->xfer_len;
	return true;
}

static bool add_r2t(struct iscsi_conn *conn, struct iscsi_cmd *ic, bool *done)
{
	u32 len = min(iscsi_to_scst(ic)->xfer_len - ic->r2t_end, conn->max_burst);
	struct iscsi_r2t_rsp *rsp = cut_header(conn, 0);

	if (!rsp)
		return false;
	rsp->opcode = ISCSI_OP_R2T;
	rsp->flags = ISCSI_FLAG_CMD_FINAL;
	put_unaligned(ic->lun, (u64 *)&rsp->lun);
	rsp->itt = ic->itt;
	rsp->ttt = cpu_to_be32(ic->ttt);
	rsp->r2tsn = cpu_to_be32(ic->r2t_sn++);
	rsp->data_offset = cpu_to_be32(ic->r2t_end);
	rsp->data_length = cpu_to_be32(len);
	set_sns(conn, (struct iscsi_hdr *)rsp, false);
	add_header(conn, (struct iscsi_hdr *)rsp, 0);
	ic->r2t_end += len;
	ic->nr_r2ts++;
	*done = ic->r2t_end == iscsi_to_scst(ic)->xfer_len || ic->nr_r2ts == conn->max_r2ts;
	return true;
}

static bool add_ctrl(struct iscsi_conn *conn, struct iscsi_ctrl *ctrl, bool *done)
{
	u32 inline_len = ctrl->sg ? 0 : ctrl->data_len;
	struct iscsi_hdr *hdr = cut_header(conn, inline_len);

	if (!hdr)
		return false;
	*hdr = ctrl->hdr;
	hton24(hdr->dlength, ctrl->data_len);
	memcpy(hdr + 1, ctrl->data, inline_len);
	set_sns(conn, hdr, ctrl->has_status);
	add_header(conn, hdr, inline_len);
	if (ctrl->sg && ctrl->data_len)
		start_data(conn, ctrl->sg, 0, ctrl->data_len);
	*done = true;
	return true;
}

static struct iscsi_cmd *tx_cmd(struct iscsi_tx *tx)
{
	return container_of(tx, struct iscsi_cmd, tx);
}

static struct iscsi_ctrl *tx_ctrl(struct iscsi_tx *tx)
{
	return container_of(tx, struct iscsi_ctrl, tx);
}

static bool add_pdu(struct iscsi_conn *conn, struct iscsi_tx *tx, bool *done)
{
	switch (tx->kind) {
	case ISCSI_TX_RESPONSE:
		return add_response(conn, tx_cmd(tx), done);
	case ISCSI_TX_R2T:
		return add_r2t(conn, tx_cmd(tx), done);
	case ISCSI_TX_CTRL:
		return add_ctrl(conn, tx_ctrl(tx), done);
	}
	return false;
}

/* A PDU is added whole but for its data, of which the rest may have to wait for the next round. */
static void build(struct iscsi_conn *conn)
{
	struct iscsi_txb *b = &conn->txb;

	b->nr = 0;
	b->total = 0;
	while (add_data(b) && b->nr <= ISCSI_TX_BVECS - BVECS_SPARE && !list_empty(&conn->txq)) {
		struct iscsi_tx *tx = list_first_entry(&conn->txq, struct iscsi_tx, entry);
		bool done = false;

		if (!add_pdu(conn, tx, &done))
			break;
		if (!done)
			continue;
		if (tx->kind == ISCSI_TX_R2T)
			list_del_init(&tx->entry);
		else
			list_move_tail(&tx->entry, &conn->tx_sent);
	}
	b->left = b->total;
}

void iscsi_ctrl_free(struct iscsi_conn *conn, struct iscsi_ctrl *ctrl)
{
	conn->nr_ctrl--;
	scst_sg_free(ctrl->sg);
	kfree(ctrl);
}

static void release(struct iscsi_conn *conn, struct iscsi_tx *tx)
{
	list_del_init(&tx->entry);
	switch (tx->kind) {
	case ISCSI_TX_RESPONSE:
		iscsi_cmd_release(tx_cmd(tx));
		break;
	case ISCSI_TX_CTRL:
		iscsi_ctrl_free(conn, tx_ctrl(tx));
		break;
	case ISCSI_TX_R2T:
		break;
	}
}

static void put_old_pages(struct iscsi_txb *b)
{
	while (b->nr_old)
		put_page(b->old[--b->nr_old]);
}

static void release_list(struct iscsi_conn *conn, struct list_head *list)
{
	struct iscsi_tx *tx, *next;

	list_for_each_entry_safe(tx, next, list, entry)
		release(conn, tx);
}

/* The socket has it all. What still has data to lay out stays. */
static void sent(struct iscsi_conn *conn)
{
	struct iscsi_txb *b = &conn->txb;

	put_old_pages(b);
	if (!b->data_left && !b->tail_len) {
		release_list(conn, &conn->tx_sent);
		return;
	}
	while (!list_is_singular(&conn->tx_sent) && !list_empty(&conn->tx_sent))
		release(conn, list_first_entry(&conn->tx_sent, struct iscsi_tx, entry));
}

/* Return: bytes, 0: no room now. */
static int send_some(struct iscsi_conn *conn)
{
	struct iscsi_txb *b = &conn->txb;
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL | MSG_SPLICE_PAGES };
	int ret;

	if (!list_empty(&conn->txq) || b->data_left || b->tail_len)
		msg.msg_flags |= MSG_MORE;
	iov_iter_bvec(&msg.msg_iter, ITER_SOURCE, b->bvec, b->nr, b->total);
	iov_iter_advance(&msg.msg_iter, b->total - b->left);
	ret = sock_sendmsg(conn->sock, &msg);
	if (ret == -EAGAIN)
		return 0;
	if (ret < 0)
		iscsi_conn_fail(conn, NULL);
	return ret;
}

bool iscsi_tx_idle(const struct iscsi_conn *conn)
{
	const struct iscsi_txb *b = &conn->txb;

	return !b->left && !b->data_left && !b->tail_len && list_empty(&conn->txq);
}

void iscsi_tx(struct iscsi_conn *conn)
{
	struct iscsi_txb *b = &conn->txb;
	int ret;

	for (;;) {
		if (!b->left) {
			build(conn);
			if (!b->left)
				break;
		}
		ret = send_some(conn);
		if (ret <= 0)
			return;
		conn->last_tx = jiffies;
		b->left -= ret;
		if (!b->left)
			sent(conn);
	}
	if (unlikely(conn->close_when_sent) && iscsi_tx_idle(conn)) {
		WRITE_ONCE(conn->all_sent, true);
		iscsi_conn_fail(conn, NULL);
	}
}

/* The connection is gone, and nothing of this leaves any more. */
void iscsi_tx_drop(struct iscsi_conn *conn)
{
	struct iscsi_txb *b = &conn->txb;
	struct iscsi_tx *tx, *next;

	b->left = 0;
	b->data_left = 0;
	b->tail_len = 0;
	put_old_pages(b);
	list_for_each_entry_safe(tx, next, &conn->txq, entry)
		release(conn, tx);	/* R2Ts: their commands are in conn->waiting */
	release_list(conn, &conn->tx_sent);
}
