/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PDUs over TCP (RFC 7143): the stream is cut into PDUs here and made of them, with padding and
 * digests, Data-In and R2T.
 */
#ifndef _ISCSI_SCST_TCP_H
#define _ISCSI_SCST_TCP_H

#include <linux/bvec.h>
#include <scst/iscsi_transport.h>

#define ISCSI_DIGEST_LEN	4
#define ISCSI_TX_BVECS		128
#define ISCSI_TX_PAGES		8

enum iscsi_tcp_rx_state { ISCSI_RX_HEADER, ISCSI_RX_DATA, ISCSI_RX_TAIL };

/* Where in a PDU we are. */
struct iscsi_tcp_rx {
	u8 buf[ISCSI_BHS_LEN + ISCSI_AHS_MAX + ISCSI_DIGEST_LEN] __aligned(8);
	enum iscsi_tcp_rx_state state;
	u32 have, want;			/* of buf, or of tail */
	u32 left;			/* of the data segment */
	u8 tail[3 + ISCSI_DIGEST_LEN];	/* padding and digest */
};

/* What is being sent: one sendmsg() takes as much of it as the socket has room for. */
struct iscsi_tcp_tx {
	struct bio_vec bvec[ISCSI_TX_BVECS];
	unsigned int nr;
	u32 total;
	struct page *page;		/* headers are cut out of it */
	u32 page_off;
	struct page *old[ISCSI_TX_PAGES];	/* used up, but not sent */
	unsigned int nr_old;
	/* the data segment that is being put into bvec */
	struct scatterlist *sg;
	u32 sg_off;
	u32 data_left;
	u8 tail[3 + ISCSI_DIGEST_LEN];
	u32 tail_len;
	struct list_head laid_out;	/* struct iscsi_tx, of which something has still to leave */
};

struct iscsi_tcp {
	struct iscsi_conn conn;
	struct socket *sock;
	bool header_digest, data_digest;
	struct iscsi_tcp_rx rx;
	struct iscsi_tcp_tx tx;

	/* the socket's own, put back when we are done */
	void (*data_ready)(struct sock *sk);
	void (*write_space)(struct sock *sk);
	void (*state_change)(struct sock *sk);
};

static inline struct iscsi_tcp *iscsi_to_tcp(struct iscsi_conn *conn)
{
	return container_of(conn, struct iscsi_tcp, conn);
}

/* tcp.c */
extern const struct iscsi_transport iscsi_tcp_transport;

/* tcp_rx.c */
void iscsi_tcp_rx_init(struct iscsi_tcp *tcp);
void iscsi_tcp_receive(struct iscsi_conn *conn);

/* tcp_tx.c */
void iscsi_tcp_tx_init(struct iscsi_tcp *tcp);
void iscsi_tcp_tx_free(struct iscsi_tcp *tcp);
void iscsi_tcp_fetch_data(struct iscsi_cmd *ic);
bool iscsi_tcp_send(struct iscsi_conn *conn);
void iscsi_tcp_drop(struct iscsi_conn *conn);

/* tcp_digest.c: CRC32C, as it is in memory. */
u32 iscsi_crc(const void *buf, size_t len);
/* Of @len bytes from @off on in @sg, and of @pad zeros. */
u32 iscsi_crc_sg(struct scatterlist *sg, u32 off, u32 len, u32 pad);

#endif
