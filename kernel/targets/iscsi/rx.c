// SPDX-License-Identifier: GPL-2.0
/*
 * Receiving: the socket's buffers are walked in place, headers are copied out of them, data goes
 * straight to where its command wants it. This runs with the socket locked, so it only takes PDUs
 * apart; complete ones are queued (conn->ready) and carried out when the lock is dropped.
 *
 * Nothing that a peer sends makes more happen here than: take, ignore, reject and close.
 */
#include <linux/crc32c.h>
#include <linux/net.h>
#include <linux/scatterlist.h>
#include <linux/skbuff.h>
#include <linux/unaligned.h>
#include <net/sock.h>
#include <net/tcp.h>
#include <scst/sgv.h>

#include "conn.h"

#define READY_MAX	32	/* then the socket is unlocked for the commands to run */

u32 iscsi_crc(const void *buf, size_t len)
{
	return ~crc32c(~0, buf, len);
}

/* Of @len bytes from @off on in @sg, and of @pad zeros. */
u32 iscsi_crc_sg(struct scatterlist *sg, u32 off, u32 len, u32 pad)
{
	static const u8 zeros[3];
	u32 crc = ~0;

	for (; len; sg = sg_next(sg), off = 0) {
		u32 part = min(len, sg->length - off);

		crc = crc32c(crc, sg_virt(sg) + off, part);
		len -= part;
	}
	return ~crc32c(crc, zeros, pad);
}

/* The one place where CmdSN is judged and taken (RFC 7143 4.2.2.1). */
enum iscsi_sn_verdict iscsi_take_cmd_sn(struct iscsi_conn *conn, const struct iscsi_hdr *hdr)
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
	conn->exp_cmd_sn++;
	return ISCSI_SN_OK;
}

void iscsi_rx_discard(struct iscsi_conn *conn)
{
	conn->rx.ic = NULL;
	conn->rx.sg = NULL;
	conn->rx.crc_sg = NULL;
}

/* The PDU in rx is dealt with. */
void iscsi_rx_next(struct iscsi_conn *conn)
{
	struct iscsi_rx *rx = &conn->rx;

	scst_sg_free(rx->own_sg);
	rx->own_sg = NULL;
	rx->ic = NULL;
	rx->sg = NULL;
	rx->state = ISCSI_RX_HEADER;
	rx->have = 0;
	rx->want = ISCSI_BHS_LEN;
}

static bool keeps_data(u8 opcode)
{
	return opcode == ISCSI_OP_NOOP_OUT || opcode == ISCSI_OP_TEXT;
}

/* Data of other PDUs: echoed (NOP-Out), read (text), or of no interest. */
static void special_header(struct iscsi_conn *conn)
{
	struct iscsi_rx *rx = &conn->rx;
	u32 cnt;

	if (rx->len && keeps_data(iscsi_rx_hdr(conn)->opcode & ISCSI_OPCODE_MASK))
		rx->own_sg = scst_sg_alloc(rx->len, &cnt, GFP_NOIO);
	rx->sg = rx->own_sg;
	rx->sg_off = 0;
}

/* What comes has a header: where does its data go? */
static void dispatch_header(struct iscsi_conn *conn)
{
	switch (iscsi_rx_hdr(conn)->opcode & ISCSI_OPCODE_MASK) {
	case ISCSI_OP_SCSI_CMD:
		iscsi_cmd_header(conn);
		return;
	case ISCSI_OP_SCSI_DATA_OUT:
		iscsi_data_out_header(conn);
		return;
	}
	if (conn->nr_ctrl >= ISCSI_MAX_CTRL)
		conn->blocked = true;
	else
		special_header(conn);
}

static void pdu_received(struct iscsi_conn *conn)
{
	switch (iscsi_rx_hdr(conn)->opcode & ISCSI_OPCODE_MASK) {
	case ISCSI_OP_SCSI_CMD:
	case ISCSI_OP_SCSI_DATA_OUT:
		if (conn->rx.ic)
			iscsi_cmd_received(conn);
		iscsi_rx_next(conn);
		return;
	}
	conn->special = true;
}

static void expect_data(struct iscsi_conn *conn)
{
	struct iscsi_rx *rx = &conn->rx;

	rx->crc_sg = rx->sg;
	rx->crc_off = rx->sg_off;
	rx->left = rx->len;
	rx->state = ISCSI_RX_DATA;
}

static void start_data(struct iscsi_conn *conn)
{
	dispatch_header(conn);
	if (conn->blocked || conn->rx_dead)
		return;
	if (conn->rx.len)
		expect_data(conn);
	else
		pdu_received(conn);
}

static bool header_digest_ok(struct iscsi_conn *conn)
{
	struct iscsi_rx *rx = &conn->rx;
	u32 len = rx->want - ISCSI_DIGEST_LEN;

	return !conn->header_digest ||
	       get_unaligned_le32(rx->buf + len) == iscsi_crc(rx->buf, len);
}

static void header_complete(struct iscsi_conn *conn)
{
	struct iscsi_rx *rx = &conn->rx;

	/* Lengths cannot be trusted any more, so there is no next PDU (RFC 7143 7.8). */
	if (unlikely(!header_digest_ok(conn))) {
		conn->rx_dead = true;
		iscsi_conn_fail(conn, "header digest error");
		return;
	}
	rx->len = ntoh24(iscsi_rx_hdr(conn)->dlength);
	if (unlikely(rx->len > conn->max_recv)) {
		iscsi_protocol_error(conn, ISCSI_REASON_PROTOCOL_ERROR,
				     "data segment is longer than MaxRecvDataSegmentLength");
		return;
	}
	start_data(conn);
}

static u32 rx_header(struct iscsi_conn *conn, struct sk_buff *skb, u32 offset, u32 len)
{
	struct iscsi_rx *rx = &conn->rx;
	u32 part = min(len, rx->want - rx->have);

	skb_copy_bits(skb, offset, rx->buf + rx->have, part);
	rx->have += part;
	if (rx->have < rx->want)
		return part;
	if (rx->want == ISCSI_BHS_LEN) {
		rx->want += iscsi_rx_hdr(conn)->hlength * 4;
		rx->want += conn->header_digest ? ISCSI_DIGEST_LEN : 0;
		if (rx->want != ISCSI_BHS_LEN)
			return part;
	}
	header_complete(conn);
	return part;
}

static bool data_digest_ok(struct iscsi_conn *conn)
{
	struct iscsi_rx *rx = &conn->rx;
	u32 pad = -rx->len & 3;

	if (!conn->data_digest || !rx->crc_sg)
		return true;
	return get_unaligned_le32(rx->tail + pad) ==
	       iscsi_crc_sg(rx->crc_sg, rx->crc_off, rx->len, pad);
}

/* At ERL 0 the way to recover is a new session. */
static void data_complete(struct iscsi_conn *conn)
{
	if (unlikely(!data_digest_ok(conn)))
		iscsi_protocol_error(conn, ISCSI_REASON_DATA_DIGEST_ERROR, "data digest error");
	else
		pdu_received(conn);
}

static u32 rx_data(struct iscsi_conn *conn, struct sk_buff *skb, u32 offset, u32 len)
{
	struct iscsi_rx *rx = &conn->rx;
	u32 part = min(len, rx->left);

	if (rx->sg) {
		part = min(part, rx->sg->length - rx->sg_off);
		skb_copy_bits(skb, offset, sg_virt(rx->sg) + rx->sg_off, part);
		rx->sg_off += part;
		if (rx->sg_off == rx->sg->length) {
			rx->sg = sg_next(rx->sg);
			rx->sg_off = 0;
		}
	}
	rx->left -= part;
	if (rx->left)
		return part;
	rx->state = ISCSI_RX_TAIL;
	rx->have = 0;
	rx->want = (-rx->len & 3) + (conn->data_digest ? ISCSI_DIGEST_LEN : 0);
	if (!rx->want)
		data_complete(conn);
	return part;
}

static u32 rx_tail(struct iscsi_conn *conn, struct sk_buff *skb, u32 offset, u32 len)
{
	struct iscsi_rx *rx = &conn->rx;
	u32 part = min(len, rx->want - rx->have);

	skb_copy_bits(skb, offset, rx->tail + rx->have, part);
	rx->have += part;
	if (rx->have == rx->want)
		data_complete(conn);
	return part;
}

static u32 rx_step(struct iscsi_conn *conn, struct sk_buff *skb, u32 offset, u32 len)
{
	switch (conn->rx.state) {
	case ISCSI_RX_HEADER:
		return rx_header(conn, skb, offset, len);
	case ISCSI_RX_DATA:
		return rx_data(conn, skb, offset, len);
	case ISCSI_RX_TAIL:
		return rx_tail(conn, skb, offset, len);
	}
	return 0;
}

/* Is there something to be done first, and now, before the next byte is looked at? */
static bool is_full(const struct iscsi_conn *conn)
{
	return conn->special || conn->nr_ready >= READY_MAX;
}

static bool must_stop(const struct iscsi_conn *conn)
{
	return is_full(conn) || conn->blocked || conn->rx_dead;
}

static int rx_actor(read_descriptor_t *desc, struct sk_buff *skb, unsigned int offset, size_t len)
{
	struct iscsi_conn *conn = desc->arg.data;
	size_t used = 0;

	while (used < len && !must_stop(conn))
		used += rx_step(conn, skb, offset + used, len - used);
	return used;
}

/* A PDU that had to wait has its header in rx. */
static void unblock(struct iscsi_conn *conn)
{
	conn->blocked = false;
	start_data(conn);
}

bool iscsi_rx(struct iscsi_conn *conn)
{
	read_descriptor_t desc = { .arg.data = conn, .count = 1 };
	struct sock *sk = conn->sock->sk;
	int ret;

	if (unlikely(conn->blocked))
		unblock(conn);
	if (skb_queue_empty_lockless(&sk->sk_receive_queue) || must_stop(conn))
		return is_full(conn);
	lock_sock(sk);
	ret = tcp_read_sock(sk, &desc, rx_actor);
	release_sock(sk);
	if (ret > 0) {
		conn->last_rx = jiffies;
		conn->ping_since = 0;	/* whatever it was, the peer lives */
	}
	return is_full(conn);
}
