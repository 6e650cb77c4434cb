/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connections in full feature phase.
 *
 * One work item owns a connection: it receives, runs the commands as far as they go without
 * waiting, and sends. Whatever happens in another context (a command that is answered by a disk's
 * interrupt, a task management function that is over) becomes an event on a lock-free list and
 * wakes the work. So nothing here needs a lock, and nothing is allocated for a command: its
 * struct iscsi_cmd lies behind the core's.
 *
 *	socket --rx.c--> ready --cmd.c--> core ... events --> txq --tx.c--> socket
 *	                   |                                   ^
 *	                   +--pdu.c: everything but commands --+
 */
#ifndef _ISCSI_SCST_CONN_H
#define _ISCSI_SCST_CONN_H

#include <linux/bvec.h>
#include <linux/cpumask.h>
#include <linux/kthread.h>
#include <linux/llist.h>
#include <linux/timer.h>
#include <scsi/iscsi_proto.h>

#include "iscsi.h"

#define ISCSI_BHS_LEN		48
#define ISCSI_AHS_MAX		(255 * 4)
#define ISCSI_DIGEST_LEN	4
#define ISCSI_LONG_CDB		32	/* of the longest command there is: no use for more */
#define ISCSI_SPARE_SLOTS	16	/* commands answered but not sent, immediate ones */
#define ISCSI_TX_BVECS		128
#define ISCSI_TX_PAGES		8
#define ISCSI_MAX_CTRL		64	/* answers not to commands, before we stop reading */
#define ISCSI_MAX_TMFS		16
#define ISCSI_TEXT_MAX		512	/* of an answer */

enum iscsi_event_kind { ISCSI_EVENT_WANTS_DATA, ISCSI_EVENT_ANSWERED, ISCSI_EVENT_TMF };

struct iscsi_event {
	struct llist_node node;		/* conn->events */
	enum iscsi_event_kind kind;
};

enum iscsi_tx_kind { ISCSI_TX_RESPONSE, ISCSI_TX_R2T, ISCSI_TX_CTRL };

/* What is to be sent. */
struct iscsi_tx {
	struct list_head entry;		/* conn->txq, then conn->tx_sent; a command: conn->ready */
	enum iscsi_tx_kind kind;
};

/* Behind each scst_cmd. Of the connection's work, except for event. */
struct iscsi_cmd {
	struct iscsi_event event;
	struct iscsi_tx tx;
	struct list_head wait;		/* conn->waiting, oldest first: data-out is to come */
	struct iscsi_conn *conn;
	u64 lun;			/* as it came, for R2T */
	itt_t itt;
	u32 ttt;			/* slot, and a generation above it */
	bool own_sg;			/* cmd->sg is ours and not the core's */
	bool counted;			/* takes room in the CmdSN window */
	bool submitted;
	bool unsolicited;		/* unsolicited Data-Out will come */
	bool wants_data;		/* the core called ops->receive_data() */
	bool answered;			/* the core called ops->send_response() */
	/* data-out: DataPDUInOrder and DataSequenceInOrder are Yes, so one offset tells all */
	struct scatterlist *sg;		/* where the next byte goes; NULL: nowhere */
	u32 sg_off;
	u32 offset;			/* of the next byte */
	u32 burst_end;			/* of the sequence that comes now */
	u32 r2t_end;			/* what was asked for */
	u32 r2t_sn;
	u32 nr_r2ts;			/* outstanding */
	u32 data_sn;			/* next, in and out */
	u32 sent;			/* data-in */
	unsigned long since;		/* jiffies of the last progress */
	u8 long_cdb[ISCSI_LONG_CDB];	/* header and AHS in one; not cleared for each command */
};

static inline struct scst_cmd *iscsi_to_scst(struct iscsi_cmd *ic)
{
	return (struct scst_cmd *)ic - 1;
}

/* A PDU that is not about a command's data. */
struct iscsi_ctrl {
	struct iscsi_tx tx;
	struct iscsi_hdr hdr;
	bool has_status;		/* advances StatSN */
	struct scatterlist *sg;		/* data, ours; or ... */
	u8 data[ISCSI_BHS_LEN];		/* ... this */
	u32 data_len;
};

struct iscsi_tmf {
	struct scst_tmf tmf;
	struct iscsi_event event;
	struct iscsi_conn *conn;
	itt_t itt;
};

enum iscsi_rx_state { ISCSI_RX_HEADER, ISCSI_RX_DATA, ISCSI_RX_TAIL };

/* The PDU that is being received. */
struct iscsi_rx {
	u8 buf[ISCSI_BHS_LEN + ISCSI_AHS_MAX + ISCSI_DIGEST_LEN] __aligned(8);
	enum iscsi_rx_state state;
	u32 have, want;			/* of buf, or of tail */
	u32 len, left;			/* of the data segment */
	struct scatterlist *sg;		/* where it goes; NULL: nowhere */
	u32 sg_off;
	struct scatterlist *crc_sg;	/* where it began */
	u32 crc_off;
	struct iscsi_cmd *ic;		/* whose it is, or NULL */
	struct scatterlist *own_sg;	/* data of a PDU that is not about a command */
	u8 tail[3 + ISCSI_DIGEST_LEN];	/* padding and digest */
};

/* What is being sent: one sendmsg() takes as much of it as the socket has room for. */
struct iscsi_txb {
	struct bio_vec bvec[ISCSI_TX_BVECS];
	unsigned int nr;
	u32 total, left;
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
};

enum iscsi_conn_flag {
	ISCSI_CONN_CLOSING,
	ISCSI_CONN_REINSTATING,		/* closing, because a new session takes its place */
	ISCSI_CONN_TICK,
	ISCSI_CONN_ABORTED,		/* task management marked commands */
	ISCSI_CONN_AEN_LUNS,
};

struct iscsi_conn {
	/* at birth */
	struct iscsi_session *session;
	struct socket *sock;
	bool header_digest, data_digest;
	u32 max_recv, max_xmit, max_burst, first_burst, max_r2ts;
	struct kthread_worker *thread;
	struct timer_list timer;

	/* of the thread */
	struct kthread_work work ____cacheline_aligned;
	u32 exp_cmd_sn, max_cmd_sn, stat_sn;
	u32 outstanding;		/* commands of the window */
	unsigned int nr_free;
	u16 *free_slots;
	struct list_head ready;		/* struct iscsi_cmd.tx: to submit, or to go on */
	unsigned int nr_ready;
	struct list_head waiting;
	struct list_head txq, tx_sent;
	struct list_head ctrl_pool;
	unsigned int nr_ctrl, nr_tmfs;
	bool special;			/* the PDU in rx is for pdu.c */
	bool blocked;			/* the PDU in rx waits for a slot, or for room */
	bool rx_dead;			/* nothing more is received */
	bool close_when_sent;
	bool all_sent;			/* and so it closed: what comes next begins a PDU */
	bool logout;			/* to be answered when the session is over */
	itt_t logout_itt;
	bool sock_dead;
	unsigned long last_rx, last_tx;	/* jiffies */
	unsigned long ping_since;	/* 0: none is out */
	struct iscsi_rx rx;
	struct iscsi_txb txb;

	/* by anybody */
	struct llist_head events ____cacheline_aligned;
	unsigned long flags;

	bool started;			/* the Login Response is out: the work may receive */

	/* the socket's own, put back when we are done */
	void (*data_ready)(struct sock *sk);
	void (*write_space)(struct sock *sk);
	void (*state_change)(struct sock *sk);

	/* slow */
	u16 cid;
	char ip[48], target_ip[48];
	struct scst_dir dir;
};

/* conn.c */
struct iscsi_conn *iscsi_conn_alloc(struct iscsi_session *session);
/* Return: false, somebody has it: it was handed over before. */
bool iscsi_conn_claim(struct iscsi_conn *conn, struct socket *sock);
int iscsi_conn_fill(struct iscsi_conn *conn, const struct scst_iscsi_conn *info);
/* Where the connection's work is done. @cpus: of these, one that is online; NULL: it is free. */
void iscsi_conn_place(struct iscsi_conn *conn, const struct cpumask *cpus);
/* The socket is ours from here on; and no more. */
void iscsi_conn_start(struct iscsi_conn *conn);
void iscsi_conn_stop(struct iscsi_conn *conn);
/* The session is over: a logout is answered. */
void iscsi_conn_hang_up(struct iscsi_conn *conn);
void iscsi_conn_free(struct iscsi_conn *conn);

/* events.c. Context: any. */
extern struct workqueue_struct *iscsi_end_wq;
void iscsi_conn_kick(struct iscsi_conn *conn);
void iscsi_conn_event(struct iscsi_conn *conn, struct iscsi_event *event);
/* Gives the connection up. @why, for the log; NULL: nothing worth it. */
void iscsi_conn_fail(struct iscsi_conn *conn, const char *why);
/* The caller knows that the session does not go meanwhile: target->lock, or what the end stops. */
void iscsi_session_close(struct iscsi_session *session);

static inline bool iscsi_conn_closing(const struct iscsi_conn *conn)
{
	return test_bit(ISCSI_CONN_CLOSING, &conn->flags);
}

/*
 * The rest runs in the connection's thread.
 */

/* rx.c. Return: not all was taken: there is something to be done first. */
bool iscsi_rx(struct iscsi_conn *conn);
void iscsi_rx_next(struct iscsi_conn *conn);
void iscsi_rx_discard(struct iscsi_conn *conn);
u32 iscsi_crc(const void *buf, size_t len);
u32 iscsi_crc_sg(struct scatterlist *sg, u32 off, u32 len, u32 pad);

static inline struct iscsi_hdr *iscsi_rx_hdr(struct iscsi_conn *conn)
{
	return (struct iscsi_hdr *)conn->rx.buf;
}

enum iscsi_sn_verdict { ISCSI_SN_OK, ISCSI_SN_IGNORE, ISCSI_SN_GAP };
enum iscsi_sn_verdict iscsi_take_cmd_sn(struct iscsi_conn *conn, const struct iscsi_hdr *hdr);

/* cmd.c: commands and their data-out. Header functions set rx.ic and rx.sg. */
void iscsi_cmd_header(struct iscsi_conn *conn);
void iscsi_data_out_header(struct iscsi_conn *conn);
void iscsi_cmd_received(struct iscsi_conn *conn);
void iscsi_cmds_run(struct iscsi_conn *conn);
void iscsi_cmd_event(struct iscsi_cmd *ic);
void iscsi_cmd_release(struct iscsi_cmd *ic);
void iscsi_cmds_drop_aborted(struct iscsi_conn *conn);
void iscsi_cmds_drop(struct iscsi_conn *conn);
void iscsi_send_response(struct scst_cmd *cmd);
void iscsi_receive_data(struct scst_cmd *cmd);
void iscsi_cmds_aborted(struct scst_session *sess);

/* pdu.c: everything else that an initiator sends, and what we say on our own */
void iscsi_pdu(struct iscsi_conn *conn);
/* Answers the PDU in rx with Reject, receives nothing more, and closes when all is sent. */
void iscsi_protocol_error(struct iscsi_conn *conn, u8 reason, const char *why);
void iscsi_tmf_event(struct iscsi_tmf *tmf);
void iscsi_tmf_done(struct scst_tmf *tmf);
void iscsi_send_ping(struct iscsi_conn *conn);
void iscsi_send_logout_response(struct iscsi_conn *conn);
void iscsi_send_luns_changed(struct iscsi_conn *conn);
bool iscsi_report_aen(struct scst_session *sess, enum scst_aen event, u16 lun);

/* tx.c */
void iscsi_tx(struct iscsi_conn *conn);
void iscsi_tx_drop(struct iscsi_conn *conn);
bool iscsi_tx_idle(const struct iscsi_conn *conn);
void iscsi_ctrl_free(struct iscsi_conn *conn, struct iscsi_ctrl *ctrl);
u32 iscsi_max_cmd_sn(struct iscsi_conn *conn);

#endif
