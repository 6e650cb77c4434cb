// SPDX-License-Identifier: GPL-2.0
/*
 * The stream is cut into PDUs: the socket's buffers are walked in place, headers are copied out of
 * them, data goes straight to where its command wants it (rx_pdu.c says where). This runs with the
 * socket locked.
 */
#include <linux/net.h>
#include <linux/scatterlist.h>
#include <linux/skbuff.h>
#include <linux/unaligned.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "tcp.h"

static void next_header(struct iscsi_tcp_rx *rx)
{
	rx->state = ISCSI_RX_HEADER;
	rx->have = 0;
	rx->want = ISCSI_BHS_LEN;
}

static void pdu_complete(struct iscsi_tcp *tcp)
{
	iscsi_pdu_received(&tcp->conn);
	next_header(&tcp->rx);
}

static void expect_data(struct iscsi_tcp *tcp)
{
	struct iscsi_rx *pdu = &tcp->conn.rx;

	pdu->first_sg = pdu->sg;
	pdu->first_off = pdu->sg_off;
	tcp->rx.left = pdu->len;
	tcp->rx.state = ISCSI_RX_DATA;
}

/* The header is there; one that had to wait is taken again. */
static void take_header(struct iscsi_tcp *tcp)
{
	if (!iscsi_pdu_header(&tcp->conn))
		return;
	if (tcp->conn.rx.len)
		expect_data(tcp);
	else
		pdu_complete(tcp);
}

static bool header_digest_ok(struct iscsi_tcp *tcp)
{
	struct iscsi_tcp_rx *rx = &tcp->rx;
	u32 len = rx->want - ISCSI_DIGEST_LEN;

	return !tcp->header_digest ||
	       get_unaligned_le32(rx->buf + len) == iscsi_crc(rx->buf, len);
}

static void header_complete(struct iscsi_tcp *tcp)
{
	/* Lengths cannot be trusted any more, so there is no next PDU (RFC 7143 7.8). */
	if (unlikely(!header_digest_ok(tcp))) {
		tcp->conn.rx_dead = true;
		iscsi_conn_fail(&tcp->conn, "header digest error");
		return;
	}
	take_header(tcp);
}

static u32 rx_header(struct iscsi_tcp *tcp, struct sk_buff *skb, u32 offset, u32 len)
{
	struct iscsi_tcp_rx *rx = &tcp->rx;
	u32 part = min(len, rx->want - rx->have);

	skb_copy_bits(skb, offset, rx->buf + rx->have, part);
	rx->have += part;
	if (rx->have < rx->want)
		return part;
	if (rx->want == ISCSI_BHS_LEN) {
		rx->want += tcp->conn.rx.hdr->hlength * 4;
		rx->want += tcp->header_digest ? ISCSI_DIGEST_LEN : 0;
		if (rx->want != ISCSI_BHS_LEN)
			return part;
	}
	header_complete(tcp);
	return part;
}

static bool data_digest_ok(struct iscsi_tcp *tcp)
{
	struct iscsi_rx *pdu = &tcp->conn.rx;
	u32 pad = -pdu->len & 3;

	if (!tcp->data_digest || !pdu->first_sg)
		return true;
	return get_unaligned_le32(tcp->rx.tail + pad) ==
	       iscsi_crc_sg(pdu->first_sg, pdu->first_off, pdu->len, pad);
}

/* At ERL 0 the way to recover is a new session. */
static void data_complete(struct iscsi_tcp *tcp)
{
	if (unlikely(!data_digest_ok(tcp)))
		iscsi_protocol_error(&tcp->conn, ISCSI_REASON_DATA_DIGEST_ERROR,
				     "data digest error");
	else
		pdu_complete(tcp);
}

/* As far as the entry of the list goes. Return: how much that is. */
static u32 place_data(struct iscsi_rx *pdu, struct sk_buff *skb, u32 offset, u32 len)
{
	u32 part = min(len, pdu->sg->length - pdu->sg_off);

	skb_copy_bits(skb, offset, sg_virt(pdu->sg) + pdu->sg_off, part);
	pdu->sg_off += part;
	if (pdu->sg_off == pdu->sg->length) {
		pdu->sg = sg_next(pdu->sg);
		pdu->sg_off = 0;
	}
	return part;
}

static u32 rx_data(struct iscsi_tcp *tcp, struct sk_buff *skb, u32 offset, u32 len)
{
	struct iscsi_tcp_rx *rx = &tcp->rx;
	struct iscsi_rx *pdu = &tcp->conn.rx;
	u32 part = min(len, rx->left);

	if (pdu->sg)
		part = place_data(pdu, skb, offset, part);
	rx->left -= part;
	if (rx->left)
		return part;
	rx->state = ISCSI_RX_TAIL;
	rx->have = 0;
	rx->want = (-pdu->len & 3) + (tcp->data_digest ? ISCSI_DIGEST_LEN : 0);
	if (!rx->want)
		data_complete(tcp);
	return part;
}

static u32 rx_tail(struct iscsi_tcp *tcp, struct sk_buff *skb, u32 offset, u32 len)
{
	struct iscsi_tcp_rx *rx = &tcp->rx;
	u32 part = min(len, rx->want - rx->have);

	skb_copy_bits(skb, offset, rx->tail + rx->have, part);
	rx->have += part;
	if (rx->have == rx->want)
		data_complete(tcp);
	return part;
}

static u32 rx_step(struct iscsi_tcp *tcp, struct sk_buff *skb, u32 offset, u32 len)
{
	switch (tcp->rx.state) {
	case ISCSI_RX_HEADER:
		return rx_header(tcp, skb, offset, len);
	case ISCSI_RX_DATA:
		return rx_data(tcp, skb, offset, len);
	case ISCSI_RX_TAIL:
		return rx_tail(tcp, skb, offset, len);
	}
	return 0;
}

static int rx_actor(read_descriptor_t *desc, struct sk_buff *skb, unsigned int offset, size_t len)
{
	struct iscsi_tcp *tcp = desc->arg.data;
	size_t used = 0;

	while (used < len && !iscsi_rx_must_stop(&tcp->conn))
		used += rx_step(tcp, skb, offset + used, len - used);
	return used;
}

static int discard_actor(read_descriptor_t *desc, struct sk_buff *skb, unsigned int offset,
			 size_t len)
{
	return len;
}

static void read_socket(struct iscsi_tcp *tcp, sk_read_actor_t actor)
{
	read_descriptor_t desc = { .arg.data = tcp, .count = 1 };
	struct sock *sk = tcp->sock->sk;
	int ret;

	lock_sock(sk);
	ret = tcp_read_sock(sk, &desc, actor);
	release_sock(sk);
	if (ret > 0)
		iscsi_conn_heard(&tcp->conn);
}

void iscsi_tcp_receive(struct iscsi_conn *conn)
{
	struct iscsi_tcp *tcp = iscsi_to_tcp(conn);

	if (unlikely(conn->blocked))
		take_header(tcp);
	if (skb_queue_empty_lockless(&tcp->sock->sk->sk_receive_queue))
		return;
	if (unlikely(conn->rx_dead))
		read_socket(tcp, discard_actor);
	else if (!iscsi_rx_must_stop(conn))
		read_socket(tcp, rx_actor);
}

void iscsi_tcp_rx_init(struct iscsi_tcp *tcp)
{
	tcp->conn.rx.hdr = (struct iscsi_hdr *)tcp->rx.buf;
	next_header(&tcp->rx);
}
