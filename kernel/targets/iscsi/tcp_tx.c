// SPDX-License-Identifier: GPL-2.0
/*
 * The stream is made of PDUs: as many as fit are laid out in one array of page fragments, headers
 * and data, and given to the socket in one call that takes the pages as they are. The socket holds
 * references until the peer has acknowledged; ours go when the call has taken everything.
 *
 * What headers say is tx_pdu.c's; how data is cut into Data-In, and what R2Ts ask for, too.
 */
#include <linux/net.h>
#include <linux/scatterlist.h>
#include <linux/socket.h>
#include <linux/unaligned.h>
#include <net/sock.h>
#include <scst/tags.h>

#include "tcp.h"

/* The most that one PDU needs before its data: header, and the tail of the one before. */
#define BVECS_SPARE	4

/*
 * @len bytes that stay until the peer has them [connection_hangs_for_a_while]. NULL: no memory, try
 * again later.
 */
static void *cut(struct iscsi_tcp_tx *b, u32 len)
{
	void *at;

	if (!b->page || b->page_off + len > PAGE_SIZE) {
		if (b->page && b->nr_old == ISCSI_TX_PAGES)
			return NULL;
		if (b->page)
			b->old[b->nr_old++] = b->page;
		b->page = scst_tag_fails(iscsi_page) ? NULL : alloc_page(GFP_NOIO | __GFP_NOWARN);
		b->page_off = 0;
		if (!b->page)
			return NULL;
	}
	at = page_address(b->page) + b->page_off;
	b->page_off += ALIGN(len, 4);
	return at;
}

/* Zeroed, with room for the digests and, padded, for @len bytes of data behind it. */
static void *cut_header(struct iscsi_tcp *tcp, u32 len)
{
	u32 size = ISCSI_BHS_LEN + (tcp->header_digest ? ISCSI_DIGEST_LEN : 0);
	void *hdr;

	if (len)
		size += ALIGN(len, 4) + (tcp->data_digest ? ISCSI_DIGEST_LEN : 0);
	hdr = cut(&tcp->tx, size);
	if (hdr)
		memset(hdr, 0, ISCSI_BHS_LEN);
	return hdr;
}

static void add_bvec(struct iscsi_tcp_tx *b, struct page *page, u32 off, u32 len)
{
	bvec_set_page(&b->bvec[b->nr++], page, len, off);
	b->total += len;
}

static void add_virt(struct iscsi_tcp_tx *b, void *at, u32 len)
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
static void add_header(struct iscsi_tcp *tcp, void *hdr, u32 len)
{
	u8 *end = hdr + ISCSI_BHS_LEN;
	u32 padded = ALIGN(len, 4);

	if (tcp->header_digest) {
		if (len)
			memmove(end + ISCSI_DIGEST_LEN, end, len);
		put_unaligned_le32(iscsi_crc(hdr, ISCSI_BHS_LEN), end);
		end += ISCSI_DIGEST_LEN;
	}
	if (len) {
		memset(end + len, 0, padded - len);
		if (tcp->data_digest)
			put_unaligned_le32(iscsi_crc(end, padded), end + padded);
		end += padded + (tcp->data_digest ? ISCSI_DIGEST_LEN : 0);
	}
	add_virt(&tcp->tx, hdr, end - (u8 *)hdr);
}

/* The data segment of the PDU whose header was added. */
static void start_data(struct iscsi_tcp *tcp, struct scatterlist *sg, u32 off, u32 len)
{
	struct iscsi_tcp_tx *b = &tcp->tx;
	u32 pad = -len & 3;

	b->sg = sg;
	b->sg_off = off;
	b->data_left = len;
	b->tail_len = pad;
	memset(b->tail, 0, pad);
	if (tcp->data_digest) {
		put_unaligned_le32(iscsi_crc_sg(sg, off, len, pad), b->tail + pad);
		b->tail_len += ISCSI_DIGEST_LEN;
	}
}

/* Return: false, the array is full or there is no memory: go on when this has been sent. */
static bool add_data(struct iscsi_tcp_tx *b)
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

/* Return: false, later. */
static bool add_data_in(struct iscsi_tcp *tcp, struct iscsi_cmd *ic)
{
	struct iscsi_data_rsp *rsp = cut_header(tcp, 0);
	bool first = !ic->sent;
	u32 len;

	if (!rsp)
		return false;
	len = iscsi_fill_data_in(ic, rsp);
	add_header(tcp, rsp, 0);
	/* Nothing comes in between the Data-In of a command: tx is where the last one ended. */
	if (first)
		start_data(tcp, iscsi_to_scst(ic)->sg, 0, len);
	else
		start_data(tcp, tcp->tx.sg, tcp->tx.sg_off, len);
	return true;
}

static bool add_scsi_response(struct iscsi_tcp *tcp, struct iscsi_cmd *ic)
{
	void *rsp = cut_header(tcp, iscsi_has_sense(ic) ? ISCSI_SENSE_MAX : 0);

	if (rsp)
		add_header(tcp, rsp, iscsi_fill_response(ic, rsp));
	return rsp;
}

/* Return: false, later; *@done: nothing more to say about it. */
static bool add_response(struct iscsi_tcp *tcp, struct iscsi_cmd *ic, bool *done)
{
	if (!iscsi_has_data_in(ic)) {
		*done = true;
		return add_scsi_response(tcp, ic);
	}
	if (!add_data_in(tcp, ic))
		return false;
	*done = !iscsi_has_data_in(ic) && !iscsi_has_sense(ic);	/* which has a response to itself */
	return true;
}

static bool add_r2t(struct iscsi_tcp *tcp, struct iscsi_cmd *ic, bool *done)
{
	void *rsp = cut_header(tcp, 0);

	if (!rsp)
		return false;
	*done = iscsi_fill_r2t(ic, rsp);
	add_header(tcp, rsp, 0);
	return true;
}

static bool add_message(struct iscsi_tcp *tcp, struct iscsi_message *message, bool *done)
{
	u32 inline_len = iscsi_inline_len(message);
	void *hdr = cut_header(tcp, inline_len);

	if (!hdr)
		return false;
	iscsi_fill_message(&tcp->conn, message, hdr);
	add_header(tcp, hdr, inline_len);
	if (message->sg && message->data_len)
		start_data(tcp, message->sg, 0, message->data_len);
	*done = true;
	return true;
}

static bool add_pdu(struct iscsi_tcp *tcp, struct iscsi_tx *tx, bool *done)
{
	switch (tx->kind) {
	case ISCSI_TX_RESPONSE:
		return add_response(tcp, iscsi_tx_to_cmd(tx), done);
	case ISCSI_TX_R2T:
		return add_r2t(tcp, iscsi_tx_to_cmd(tx), done);
	case ISCSI_TX_MESSAGE:
		return add_message(tcp, iscsi_tx_to_message(tx), done);
	}
	return false;
}

/* A PDU is added whole but for its data, of which the rest may have to wait for the next round. */
static void build(struct iscsi_tcp *tcp)
{
	struct list_head *txq = &tcp->conn.txq;
	struct iscsi_tcp_tx *b = &tcp->tx;

	b->nr = 0;
	b->total = 0;
	while (add_data(b) && b->nr <= ISCSI_TX_BVECS - BVECS_SPARE && !list_empty(txq)) {
		struct iscsi_tx *tx = list_first_entry(txq, struct iscsi_tx, entry);
		bool done = false;

		if (!add_pdu(tcp, tx, &done))
			break;
		if (!done)
			continue;
		if (tx->kind == ISCSI_TX_R2T)
			list_del_init(&tx->entry);
		else
			list_move_tail(&tx->entry, &b->laid_out);
	}
	tcp->conn.tx_left = b->total;
}

static void put_old_pages(struct iscsi_tcp_tx *b)
{
	while (b->nr_old)
		put_page(b->old[--b->nr_old]);
}

/* The socket has it all. What still has data to lay out stays. */
static void sent(struct iscsi_tcp *tcp)
{
	struct iscsi_tcp_tx *b = &tcp->tx;

	put_old_pages(b);
	if (!b->data_left && !b->tail_len) {
		iscsi_tx_release_all(&tcp->conn, &b->laid_out);
		return;
	}
	while (!list_is_singular(&b->laid_out) && !list_empty(&b->laid_out))
		iscsi_tx_release(&tcp->conn,
				 list_first_entry(&b->laid_out, struct iscsi_tx, entry));
}

/* Nothing but what is in bvec. */
static bool is_last(const struct iscsi_tcp *tcp)
{
	return list_empty(&tcp->conn.txq) && !tcp->tx.data_left && !tcp->tx.tail_len;
}

/* Return: bytes, 0: no room now. */
static int send_some(struct iscsi_tcp *tcp)
{
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL | MSG_SPLICE_PAGES };
	struct iscsi_tcp_tx *b = &tcp->tx;
	int ret;

	if (!is_last(tcp))
		msg.msg_flags |= MSG_MORE;
	iov_iter_bvec(&msg.msg_iter, ITER_SOURCE, b->bvec, b->nr, b->total);
	iov_iter_advance(&msg.msg_iter, b->total - tcp->conn.tx_left);
	ret = sock_sendmsg(tcp->sock, &msg);
	if (ret == -EAGAIN)
		return 0;
	if (ret < 0)
		iscsi_conn_fail(&tcp->conn, NULL);
	return ret;
}

bool iscsi_tcp_send(struct iscsi_conn *conn)
{
	struct iscsi_tcp *tcp = iscsi_to_tcp(conn);
	int ret;

	for (;;) {
		if (!conn->tx_left) {
			build(tcp);
			if (!conn->tx_left)
				return is_last(tcp);
			conn->last_tx = jiffies;	/* it may have been idle for long */
		}
		ret = send_some(tcp);
		if (ret <= 0)
			return false;
		conn->last_tx = jiffies;
		conn->tx_left -= ret;
		if (!conn->tx_left)
			sent(tcp);
	}
}

/*
 * R2Ts for what is still to come, MaxOutstandingR2T at a time. In the beginning it says where the
 * bursts are.
 */
void iscsi_tcp_fetch_data(struct iscsi_cmd *ic)
{
	u32 len = iscsi_to_scst(ic)->xfer_len;

	if (!ic->nr_r2ts && !ic->r2t_end) {
		ic->r2t_end = ic->offset;
		ic->data_sn = 0;
		ic->burst_end = min(ic->offset + ic->conn->max_burst, len);
	}
	if (ic->r2t_end == len)
		return;
	ic->tx.kind = ISCSI_TX_R2T;
	list_move_tail(&ic->tx.entry, &ic->conn->txq);
}

void iscsi_tcp_drop(struct iscsi_conn *conn)
{
	struct iscsi_tcp *tcp = iscsi_to_tcp(conn);
	struct iscsi_tcp_tx *b = &tcp->tx;

	conn->tx_left = 0;
	b->data_left = 0;
	b->tail_len = 0;
	put_old_pages(b);
	iscsi_tx_release_all(conn, &b->laid_out);
}

void iscsi_tcp_tx_init(struct iscsi_tcp *tcp)
{
	INIT_LIST_HEAD(&tcp->tx.laid_out);
}

void iscsi_tcp_tx_free(struct iscsi_tcp *tcp)
{
	if (tcp->tx.page)
		put_page(tcp->tx.page);
}
