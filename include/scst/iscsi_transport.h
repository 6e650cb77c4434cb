/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The contract between the iSCSI target, which knows what PDUs mean, and what carries them. TCP is
 * the one transport there is.
 *
 *	transport				PDUs			      core
 *	a header is there	-------->  iscsi_pdu_header()
 *	so is its data		-------->  iscsi_pdu_received()	-------->  scst_cmd_submit()
 *	ops->fetch_data()	<--------  what still has to come  <-----  receive_data()
 *	ops->send() empties ... <--------  conn->txq		<--------  send_response()
 *	  with iscsi_fill_*(); and
 *	  when it has left	-------->  iscsi_tx_release()	-------->  scst_cmd_done()
 *
 * One thread owns a connection: it calls the transport, runs commands as far as they go without
 * waiting, and calls the transport again. So nothing here has a lock. Whatever happens in another
 * context (in the socket's callbacks, say) only wakes it, by iscsi_conn_kick(), or gives the
 * connection up, by iscsi_conn_fail().
 *
 * What is of the transport lies behind struct iscsi_conn, which its own begins with.
 */
#ifndef _SCST_ISCSI_TRANSPORT_H
#define _SCST_ISCSI_TRANSPORT_H

#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/socket.h>
#include <linux/timer.h>
#include <scsi/iscsi_proto.h>
#include <scst/iscsi.h>

#include "attr.h"
#include "cmd.h"

#define ISCSI_BHS_LEN		48
#define ISCSI_AHS_MAX		(255 * 4)
#define ISCSI_LONG_CDB		32	/* of the longest command there is: no use for more */
#define ISCSI_READY_MAX		32	/* commands that wait to be run, before no more is taken */
#define ISCSI_SENSE_MAX		(2 + SCST_SENSE_LEN)	/* data behind a SCSI Response */

struct iscsi_session;
struct iscsi_conn;
struct iscsi_tmf;

enum iscsi_event_kind { ISCSI_EVENT_WANTS_DATA, ISCSI_EVENT_ANSWERED, ISCSI_EVENT_TMF };

/* What happened in another context, for the connection's thread. */
struct iscsi_event {
	struct llist_node node;		/* conn->events */
	enum iscsi_event_kind kind;
};

enum iscsi_tx_kind { ISCSI_TX_RESPONSE, ISCSI_TX_R2T, ISCSI_TX_MESSAGE };

/* What is to be sent. */
struct iscsi_tx {
	struct list_head entry;		/* conn->txq, the transport's own; a command: conn->ready */
	enum iscsi_tx_kind kind;
};

/* Behind each scst_cmd. Of the connection's thread, except for event. */
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
	bool immediate;			/* never did */
	bool submitted;
	bool unsolicited;		/* unsolicited Data-Out will come */
	bool wants_data;		/* the core called ops->receive_data() */
	bool fetching;			/* and the transport has it come */
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
	unsigned long seen, awaited;	/* bounds.c */
	u32 cmd_sn;			/* of the request, ... */
	u32 came_behind;		/* ... and conn->tmfs_seen when it came */
	u8 long_cdb[ISCSI_LONG_CDB];	/* header and AHS in one; not cleared for each command */
};

static inline struct scst_cmd *iscsi_to_scst(struct iscsi_cmd *ic)
{
	return (struct scst_cmd *)ic - 1;
}

static inline struct iscsi_cmd *iscsi_tx_to_cmd(struct iscsi_tx *tx)
{
	return container_of(tx, struct iscsi_cmd, tx);
}

/* A PDU to the initiator that is not about a command's data. */
struct iscsi_message {
	struct iscsi_tx tx;
	struct iscsi_hdr hdr;
	bool has_status;		/* advances StatSN */
	struct scatterlist *sg;		/* data, ours; or ... */
	u8 data[ISCSI_BHS_LEN];		/* ... this */
	u32 data_len;
	u32 charged;			/* for sg: what the peer sent */
};

static inline struct iscsi_message *iscsi_tx_to_message(struct iscsi_tx *tx)
{
	return container_of(tx, struct iscsi_message, tx);
}

/* The PDU that is being received. */
struct iscsi_rx {
	struct iscsi_hdr *hdr;		/* by the transport: header and, behind it, the AHS */
	u32 len;			/* of the data segment */
	/* Where the next byte of data goes: the transport moves it on. NULL: nowhere, any more. */
	struct scatterlist *sg;
	u32 sg_off;
	/* Where the first one went, for a digest; by the transport. NULL: not there any more. */
	struct scatterlist *first_sg;
	u32 first_off;
	struct iscsi_cmd *ic;		/* whose it is, or NULL */
	struct scatterlist *own_sg;	/* data of a PDU that is not about a command */
	u32 charged;			/* for it */
};

enum iscsi_conn_flag {
	ISCSI_CONN_CLOSING,
	ISCSI_CONN_REINSTATING,		/* closing, because a new session takes its place */
	ISCSI_CONN_TICK,
	ISCSI_CONN_ABORTED,		/* task management marked commands */
	ISCSI_CONN_AEN_LUNS,
	ISCSI_CONN_OVER,		/* nothing comes any more: what is left comes to its end */
};

struct iscsi_conn {
	/* at birth */
	const struct iscsi_transport *transport;
	struct iscsi_session *session;
	const u32 *key;			/* enum scst_iscsi_key: what was negotiated; of it: */
	u32 max_recv, max_xmit, max_burst, first_burst, max_r2ts;
	bool takes_lent;		/* by the transport: see scst_cmd.takes_lent */
	struct kthread_worker *thread;
	struct timer_list timer;

	/* of the thread */
	struct kthread_work work ____cacheline_aligned;
	u32 exp_cmd_sn, max_cmd_sn, stat_sn;
	u64 overtaken;			/* bit n: exp_cmd_sn + n was aborted before it came */
	u32 outstanding;		/* commands of the window */
	unsigned int nr_free, nr_immediate;
	u16 *free_slots;
	struct list_head ready;		/* struct iscsi_cmd.tx: to submit, or to go on */
	unsigned int nr_ready;
	struct list_head waiting;
	struct list_head txq;		/* struct iscsi_tx */
	struct list_head tmfs;		/* struct iscsi_tmf: not answered yet */
	unsigned int nr_messages, nr_tmfs;
	u32 tmfs_seen;			/* how many there have been */
	bool over;			/* tell the session when nothing is left */
	bool special;			/* the PDU in rx is for iscsi_pdu() */
	bool blocked;			/* the PDU in rx waits for a slot, or for room */
	bool rx_dead;			/* nothing more is received */
	bool close_when_sent;
	unsigned long last_word;	/* jiffies | 1 when it was sent; 0: it was not */
	bool stalled;			/* it closes because the peer takes nothing */
	bool all_sent;			/* of a logout: what comes next begins a PDU */
	bool logout;			/* to be answered when the session is over */
	itt_t logout_itt;
	u32 tx_left;			/* by the transport: laid out, and not sent yet */
	unsigned long last_rx, last_tx;	/* jiffies; last_tx by the transport: something left */
	unsigned long ping_since;	/* 0: none is out */
	struct iscsi_rx rx;
	struct iscsi_tmf *last_tmf;	/* that ends what is left; NULL: it is on its way */

	/* by anybody */
	struct llist_head events ____cacheline_aligned;
	unsigned long flags;

	bool started;			/* the Login Response is out: the thread may receive */

	/* slow */
	u16 cid;
	char ip[48], target_ip[48];
	struct scst_dir dir;
};

static inline bool iscsi_conn_closing(const struct iscsi_conn *conn)
{
	return test_bit(ISCSI_CONN_CLOSING, &conn->flags);
}

/* How the peer learns that this is the end. */
enum iscsi_end {
	ISCSI_END_LAST_WORD,		/* what was sent was the last: until it hangs up, too */
	ISCSI_END_NOW,			/* what was sent may still arrive, nothing is received */
	ISCSI_END_RESET,		/* nothing more is kept for the peer, and it is told so */
};

/*
 * All of these are there. Context of all: process, may sleep [data_arrives_without_digests]. From
 * receive() to drop() it is the connection's thread, or, with that at its end, what ends the
 * session; of the others there is one at a time but for cpu().
 */
struct iscsi_transport {
	const char *name;		/* `transport` of a connection in sysfs */
	size_t conn_size;		/* of the structure that begins with struct iscsi_conn */

	/**
	 * @claim: The connection is what the daemon's descriptor @fd stands for, with conn->key as
	 * negotiated: keep it, and fill in takes_lent. Return: 0; -EINVAL: it is none of this
	 * transport's, or somebody has it.
	 */
	int (*claim)(struct iscsi_conn *conn, int fd);

	/**
	 * @address: Of the initiator's end, or of ours. Return: 0, or -errno if it is not known
	 * (any more).
	 */
	int (*address)(struct iscsi_conn *conn, bool of_initiator, struct sockaddr_storage *out);

	/**
	 * @send_login: Sends the last PDU of the login, whole as it is, before start(). Return: 0,
	 * or -EPIPE if it does not leave at once [login_leads_to_a_session].
	 */
	int (*send_login)(struct iscsi_conn *conn, void *pdu, u32 len);

	/**
	 * @cpu: Where what arrives is worked on, so that the thread may run there. Return: -1 if
	 * it is not known.
	 */
	int (*cpu)(struct iscsi_conn *conn);

	/**
	 * @start: From here on the transport wakes the thread by iscsi_conn_kick() when there is
	 * something to receive, or room again to send; and gives up a connection that is lost, or
	 * one whose peer acknowledges nothing for @timeout seconds. What was there before is found
	 * without that.
	 */
	void (*start)(struct iscsi_conn *conn, u32 timeout);

	/**
	 * @receive: Takes what is there, PDU by PDU, as long as not iscsi_rx_must_stop(). If
	 * conn->blocked the header in rx was not taken: it goes to iscsi_pdu_header() again. If
	 * conn->rx_dead what is there is thrown away. Calls iscsi_conn_heard() if anything came.
	 */
	void (*receive)(struct iscsi_conn *conn);

	/**
	 * @fetch_data: The core waits for the data of @ic from ic->offset on, up to xfer_len, at
	 * ic->sg. Have it come, by R2Ts say. Called again after every burst that came.
	 */
	void (*fetch_data)(struct iscsi_cmd *ic);

	/**
	 * @send: Sends what is in conn->txq, first in first out, as far as it goes without waiting;
	 * with tx_left and last_tx. Return: nothing is left to be sent.
	 */
	bool (*send)(struct iscsi_conn *conn);

	/**
	 * @taken: Has the peer acknowledged all that send() had sent when *@mark was 0, which is
	 * set then? By any thread.
	 */
	bool (*taken)(struct iscsi_conn *conn, u64 *mark);

	/**
	 * @drop: Nothing leaves any more: iscsi_tx_release() for all that was taken from conn->txq.
	 */
	void (*drop)(struct iscsi_conn *conn);

	/**
	 * @stop: When it returns the transport does not wake the thread any more, whether it was
	 * started or not.
	 */
	void (*stop)(struct iscsi_conn *conn);

	/**
	 * @hang_up: The peer is told that this is the end. With LAST_WORD, where nothing may be
	 * unread that would make it a reset, the connection is given up when the peer hangs up.
	 */
	void (*hang_up)(struct iscsi_conn *conn, enum iscsi_end how);

	/**
	 * @free: What claim() took, if it was called, and all else but the structure itself.
	 */
	void (*free)(struct iscsi_conn *conn);
};

/*
 * What a transport calls.
 */

/* Wakes the connection's thread. Context: any [data_arrives_without_digests]. */
void iscsi_conn_kick(struct iscsi_conn *conn);
/*
 * Gives the connection up. @why, for the log; NULL: nothing worth it.
 * Context: any [slow_reader_is_given_up].
 */
void iscsi_conn_fail(struct iscsi_conn *conn, const char *why);

/* The rest is for the connection's thread. */

static inline void iscsi_conn_heard(struct iscsi_conn *conn)
{
	conn->last_rx = jiffies;
	conn->ping_since = 0;		/* whatever it was, the peer lives */
}

/* Is there something to be done first, and now, before the next byte is looked at? */
static inline bool iscsi_rx_full(const struct iscsi_conn *conn)
{
	return conn->special || conn->nr_ready >= ISCSI_READY_MAX;
}

static inline bool iscsi_rx_must_stop(const struct iscsi_conn *conn)
{
	return iscsi_rx_full(conn) || conn->blocked || conn->rx_dead;
}

/*
 * rx.hdr is complete: where does its data go? Return: true, rx.len bytes to rx.sg, and then
 * iscsi_pdu_received(); false, none of it: conn->blocked or rx_dead say why.
 */
bool iscsi_pdu_header(struct iscsi_conn *conn);
/*
 * So is the data, and right if it has a digest. rx.hdr stays until not iscsi_rx_full()
 * [unchecked: what a transport reads into its buffer is its own affair].
 */
void iscsi_pdu_received(struct iscsi_conn *conn);
/* Answers the PDU in rx with Reject, receives nothing more, and closes when all is sent. */
void iscsi_protocol_error(struct iscsi_conn *conn, u8 reason, const char *why);

/*
 * Into a header of zeros, in the order in which they leave: StatSN is counted here.
 */

/* The next Data-In; the last one, with ic->sent at xfer_len, brings the status. Return: bytes. */
u32 iscsi_fill_data_in(struct iscsi_cmd *ic, struct iscsi_data_rsp *rsp);
/* With room for ISCSI_SENSE_MAX bytes behind it, if iscsi_has_sense(). Return: how many came. */
u32 iscsi_fill_response(struct iscsi_cmd *ic, struct iscsi_scsi_rsp *rsp);
/* Return: nothing more can be asked for now. */
bool iscsi_fill_r2t(struct iscsi_cmd *ic, struct iscsi_r2t_rsp *rsp);
/* Data that is not in message->sg goes behind it: iscsi_inline_len() bytes. */
void iscsi_fill_message(struct iscsi_conn *conn, const struct iscsi_message *message,
			struct iscsi_hdr *hdr);

static inline bool iscsi_has_sense(struct iscsi_cmd *ic)
{
	return iscsi_to_scst(ic)->status == SAM_STAT_CHECK_CONDITION;
}

/* Data-in that has yet to go, in PDUs of its own; the last tells the status, but for sense. */
static inline bool iscsi_has_data_in(struct iscsi_cmd *ic)
{
	const struct scst_cmd *cmd = iscsi_to_scst(ic);

	return cmd->expected_dir == SCST_DIR_IN && ic->sent != cmd->xfer_len;
}

static inline u32 iscsi_inline_len(const struct iscsi_message *message)
{
	return message->sg ? 0 : message->data_len;
}

/* It has left, or never will. */
void iscsi_tx_release(struct iscsi_conn *conn, struct iscsi_tx *tx);
/* The same for a list of them. */
void iscsi_tx_release_all(struct iscsi_conn *conn, struct list_head *list);

#endif
