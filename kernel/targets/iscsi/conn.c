// SPDX-License-Identifier: GPL-2.0
/*
 * Connections: the thread that does everything, in rounds, and what it gives a connection up for.
 *
 * When a connection closes, its work goes on to run for as long as commands come back from the
 * core, and lets go of them.
 */
#include <linux/inet.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/prio.h>
#include <linux/slab.h>
#include <scst/sometimes.h>
#include <uapi/linux/sched/types.h>

#include "conn.h"
#include "pdu.h"

#define LAST_WORD_TIME	10	/* seconds, for the peer to hang up when we have */
#define TRANSPORT_GRACE	10	/* seconds that the transport waits longer than we do */

static int thread_nice = -10;

static int set_thread_nice(const char *text, const struct kernel_param *param)
{
	int nice, err = kstrtoint(text, 0, &nice);

	if (err)
		return err;
	if (nice < MIN_NICE || nice > MAX_NICE)
		return -ERANGE;
	WRITE_ONCE(thread_nice, nice);
	return 0;
}

static const struct kernel_param_ops thread_nice_ops = {
	.set = set_thread_nice,
	.get = param_get_int,
};
module_param_cb(thread_nice, &thread_nice_ops, &thread_nice, 0644);
MODULE_PARM_DESC(thread_nice, "nice value of the threads of connections to come (-10)");

static void take_event(struct iscsi_event *event)
{
	switch (event->kind) {
	case ISCSI_EVENT_WANTS_DATA:
	case ISCSI_EVENT_ANSWERED:
		iscsi_cmd_event(container_of(event, struct iscsi_cmd, event));
		break;
	case ISCSI_EVENT_TMF:
		iscsi_tmf_event(container_of(event, struct iscsi_tmf, event));
		break;
	}
}

static void take_events(struct iscsi_conn *conn)
{
	struct iscsi_event *event, *next;
	struct llist_node *first;

	if (llist_empty(&conn->events))
		return;
	first = llist_reverse_order(llist_del_all(&conn->events));
	SCST_SOMETIMES_IF(first->next, iscsi_many_events);
	llist_for_each_entry_safe(event, next, first, node)
		take_event(event);
}

static u32 setting(const struct iscsi_conn *conn, enum scst_iscsi_setting setting)
{
	return READ_ONCE(conn->session->target->setting[setting]);
}

/* Has it been @seconds since @then? 0: never. */
static bool is_over(unsigned long then, u32 seconds)
{
	return seconds && time_after_eq(jiffies, then + seconds * HZ);
}

/* An idle peer is asked, and has to say something then. */
static void tick_silence(struct iscsi_conn *conn)
{
	if (conn->ping_since) {
		if (is_over(conn->ping_since, setting(conn, SCST_ISCSI_NopInTimeout)))
			iscsi_conn_give_up(conn, "no answer, NopInTimeout is over");
	} else if (is_over(conn->last_rx, setting(conn, SCST_ISCSI_NopInInterval))) {
		conn->ping_since = jiffies | 1;
		iscsi_send_ping(conn);
	}
}

/*
 * Once a second: nothing is received, nothing leaves, or data that was asked for does not come. A
 * peer whose PDU we do not take is not to blame for being silent; then something waits to leave.
 */
static void tick(struct iscsi_conn *conn)
{
	u32 rsp_timeout = setting(conn, SCST_ISCSI_RspTimeout);
	const struct iscsi_cmd *oldest =
		list_first_entry_or_null(&conn->waiting, struct iscsi_cmd, wait);
	const char *overdue = NULL;

	if (conn->tx_left || oldest)
		overdue = iscsi_cmds_overdue(conn, rsp_timeout);
	mod_timer(&conn->timer, jiffies + HZ);
	if (conn->last_word && is_over(conn->last_word, LAST_WORD_TIME))
		iscsi_conn_fail(conn, NULL);
	else if (conn->tx_left && is_over(conn->last_tx, rsp_timeout))
		iscsi_conn_give_up(conn, "it takes nothing, RspTimeout is over");
	else if (overdue)
		iscsi_conn_give_up(conn, overdue);
	else if (conn->blocked)
		conn->ping_since = 0;
	else if (oldest && is_over(oldest->since, rsp_timeout))
		iscsi_conn_fail(conn, "write data does not come, RspTimeout is over");
	else
		tick_silence(conn);
}

static void take_flags(struct iscsi_conn *conn)
{
	if (test_and_clear_bit(ISCSI_CONN_TICK, &conn->flags))
		tick(conn);
	if (test_and_clear_bit(ISCSI_CONN_ABORTED, &conn->flags))
		iscsi_cmds_drop_aborted(conn);
	if (test_and_clear_bit(ISCSI_CONN_AEN_LUNS, &conn->flags))
		iscsi_send_luns_changed(conn);
}

static void drop_unsent(struct iscsi_conn *conn)
{
	conn->transport->drop(conn);
	iscsi_tx_release_all(conn, &conn->txq);
}

static void drop(struct iscsi_conn *conn)
{
	drop_unsent(conn);
	iscsi_cmds_drop(conn);
	iscsi_message_drop_received(conn);
}

/*
 * Nobody sleeps until commands have come back from a back end, which may not answer: this is asked
 * whenever one has.
 */
static void check_over(struct iscsi_conn *conn)
{
	if (test_and_clear_bit(ISCSI_CONN_OVER, &conn->flags)) {
		conn->over = true;
		if (conn->nr_free < conn->session->nr_slots)
			iscsi_abort_all(conn);
	}
	SCST_SOMETIMES_IF(conn->over && conn->nr_tmfs, iscsi_ends_with_tmf);
	if (!conn->over || conn->nr_tmfs)
		return;
	conn->over = false;
	queue_work(iscsi_end_wq, &conn->session->finish);
}

/* What the PDU in rx waited for has become free. */
static bool can_unblock(const struct iscsi_conn *conn)
{
	return conn->blocked && conn->nr_free && conn->nr_messages < ISCSI_MAX_MESSAGES;
}

/*
 * Everything was answered. A logout has its answer when the session is over; what else may come now
 * is the peer's end, which is waited for: to close with bytes unread would be a reset, and that may
 * overtake our last word.
 */
static void all_sent(struct iscsi_conn *conn)
{
	if (conn->logout) {
		WRITE_ONCE(conn->all_sent, true);
		iscsi_conn_fail(conn, NULL);
	} else if (!conn->last_word) {
		conn->last_word = jiffies | 1;
		conn->transport->hang_up(conn, ISCSI_END_LAST_WORD);
	}
}

/* What the core answers behind our last word is not sent any more, and not kept either. */
static void send(struct iscsi_conn *conn)
{
	if (unlikely(conn->last_word))
		iscsi_tx_release_all(conn, &conn->txq);
	else if (conn->transport->send(conn) && unlikely(conn->close_when_sent))
		all_sent(conn);
}

/* Return: there may be more to do. */
static bool one_round(struct iscsi_conn *conn)
{
	bool more;

	take_events(conn);
	if (unlikely(conn->flags))
		take_flags(conn);
	if (unlikely(iscsi_conn_closing(conn))) {
		drop(conn);
		check_over(conn);
		return false;
	}
	if (unlikely(!READ_ONCE(conn->started)))
		return false;
	conn->transport->receive(conn);
	more = iscsi_rx_full(conn);
	iscsi_cmds_run(conn);
	if (unlikely(conn->special))
		iscsi_pdu(conn);
	send(conn);
	return more || can_unblock(conn);
}

static void conn_work(struct kthread_work *work)
{
	struct iscsi_conn *conn = container_of(work, struct iscsi_conn, work);
	unsigned int noio = memalloc_noio_save();	/* the initiator may be this host */

	while (one_round(conn))
		cond_resched();
	memalloc_noio_restore(noio);
}

static void conn_timer(struct timer_list *timer)
{
	struct iscsi_conn *conn = container_of(timer, struct iscsi_conn, timer);

	set_bit(ISCSI_CONN_TICK, &conn->flags);
	iscsi_conn_kick(conn);
}

static int address_text(struct iscsi_conn *conn, bool of_initiator, char *out, size_t size)
{
	struct sockaddr_storage addr;
	int err = conn->transport->address(conn, of_initiator, &addr);

	if (!err)
		snprintf(out, size, "%pISc", &addr);
	return err;
}

struct iscsi_conn *iscsi_conn_alloc(struct iscsi_session *session,
				    const struct iscsi_transport *transport)
{
	struct iscsi_conn *conn = kzalloc(transport->conn_size, GFP_KERNEL);

	if (!conn)
		return NULL;
	conn->last_tmf = kzalloc(sizeof(*conn->last_tmf), GFP_KERNEL);
	if (!conn->last_tmf) {
		kfree(conn);
		return NULL;
	}
	conn->transport = transport;
	conn->session = session;
	conn->key = session->key;
	kthread_init_work(&conn->work, conn_work);
	timer_setup(&conn->timer, conn_timer, 0);
	INIT_LIST_HEAD(&conn->ready);
	INIT_LIST_HEAD(&conn->waiting);
	INIT_LIST_HEAD(&conn->txq);
	INIT_LIST_HEAD(&conn->tmfs);
	init_llist_head(&conn->events);
	return conn;
}

/*
 * The thread preempts nobody when it is woken (SCHED_BATCH): whoever brings it data goes on, and
 * then there is more to do at once. And it is seldom preempted (its nice value): the initiator that
 * it has answered may be on this CPU. But whatever else has to run there gets its share, a tenth of
 * ours with -10.
 */
static int make_thread(struct iscsi_conn *conn)
{
	const struct sched_attr attr = {
		.size = sizeof(attr),
		.sched_policy = SCHED_BATCH,
		.sched_nice = READ_ONCE(thread_nice),
	};
	struct kthread_worker *thread = kthread_run_worker(0, "iscsi/%s",
							   conn->session->initiator);

	if (IS_ERR(thread))
		return PTR_ERR(thread);
	conn->thread = thread;
	return sched_setattr_nocheck(thread->task, &attr);
}

int iscsi_conn_fill(struct iscsi_conn *conn, const struct scst_iscsi_conn *info)
{
	const u32 *key = conn->key;
	int err;

	conn->cid = info->cid;
	conn->max_recv = key[SCST_ISCSI_MaxRecvDataSegmentLength];
	conn->max_xmit = key[SCST_ISCSI_MaxXmitDataSegmentLength];
	conn->max_burst = key[SCST_ISCSI_MaxBurstLength];
	conn->first_burst = key[SCST_ISCSI_FirstBurstLength];
	conn->max_r2ts = key[SCST_ISCSI_MaxOutstandingR2T];
	conn->exp_cmd_sn = info->cmd_sn;
	conn->max_cmd_sn = info->cmd_sn - 1;
	conn->stat_sn = info->stat_sn + 1;
	err = conn->transport->claim(conn, info->fd);
	if (err)
		return err;
	err = address_text(conn, true, conn->ip, sizeof(conn->ip)) ?:
	      address_text(conn, false, conn->target_ip, sizeof(conn->target_ip));
	return err ?: make_thread(conn);
}

void iscsi_conn_place(struct iscsi_conn *conn, const struct cpumask *cpus)
{
	int cpu = conn->transport->cpu(conn);

	if (cpu < 0 || !cpu_online(cpu))
		cpu = raw_smp_processor_id();
	if (!cpus || cpumask_test_cpu(cpu, cpus))
		cpus = cpumask_of(cpu);
	set_cpus_allowed_ptr(conn->thread->task, cpus);
}

/*
 * What came before is found by the first run of the work. A transport that gives up tells its peer
 * nothing, so that is for a peer that is not there: of one that only takes nothing we know earlier.
 */
void iscsi_conn_start(struct iscsi_conn *conn)
{
	conn->last_rx = jiffies;
	conn->last_tx = jiffies;
	conn->transport->start(conn, setting(conn, SCST_ISCSI_RspTimeout) + TRANSPORT_GRACE);
	WRITE_ONCE(conn->started, true);
	mod_timer(&conn->timer, jiffies + HZ);
	iscsi_conn_kick(conn);
}

/* The peer waits for the answer to its logout, and may have it: nothing is half sent. */
static bool waits_for_logout(const struct iscsi_conn *conn)
{
	return READ_ONCE(conn->all_sent);
}

/*
 * The connection is closing. When this returns nothing comes from the peer, and the core's commands
 * come back through the work. Context: may sleep, but waits for nobody.
 */
void iscsi_conn_stop(struct iscsi_conn *conn)
{
	conn->transport->stop(conn);
	if (!waits_for_logout(conn))
		conn->transport->hang_up(conn, conn->stalled ? ISCSI_END_RESET : ISCSI_END_NOW);
	timer_shutdown_sync(&conn->timer);
	iscsi_conn_kick(conn);
	kthread_flush_work(&conn->work);
}

void iscsi_conn_finish(struct iscsi_conn *conn)
{
	set_bit(ISCSI_CONN_OVER, &conn->flags);
	iscsi_conn_kick(conn);
}

/* The session is over, and so is the connection's work: this is the last that is sent. */
void iscsi_conn_hang_up(struct iscsi_conn *conn)
{
	if (!waits_for_logout(conn))
		return;
	SCST_SOMETIMES(iscsi_logout);
	kthread_cancel_work_sync(&conn->work);
	iscsi_send_logout_response(conn);
	conn->transport->send(conn);
	drop_unsent(conn);
	conn->transport->hang_up(conn, ISCSI_END_NOW);
}

/* No command is left. */
void iscsi_conn_free(struct iscsi_conn *conn)
{
	if (conn->thread)
		kthread_destroy_worker(conn->thread);
	conn->transport->free(conn);
	kvfree(conn->free_slots);
	kfree(conn->last_tmf);
	kfree(conn);
}
