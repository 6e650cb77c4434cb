// SPDX-License-Identifier: GPL-2.0
/*
 * Connections: the thread that does everything, its socket, and what it gives a connection up for.
 *
 * The socket's callbacks find the connection by RCU. When a connection closes, its work goes on to
 * run for as long as commands come back from the core, and lets go of them.
 */
#include <linux/inet.h>
#include <linux/jiffies.h>
#include <linux/net.h>
#include <linux/sched.h>
#include <linux/sched/prio.h>
#include <linux/slab.h>
#include <linux/tcp.h>
#include <linux/wait_bit.h>
#include <net/sock.h>
#include <net/tcp.h>
#include <net/tcp_states.h>
#include <scst/sgv.h>
#include <uapi/linux/sched/types.h>

#include "conn.h"

static void data_ready(struct sock *sk)
{
	struct iscsi_conn *conn;

	rcu_read_lock();
	conn = rcu_dereference_sk_user_data(sk);
	if (likely(conn))
		iscsi_conn_kick(conn);
	rcu_read_unlock();
}

static void write_space(struct sock *sk)
{
	struct iscsi_conn *conn;

	rcu_read_lock();
	conn = rcu_dereference_sk_user_data(sk);
	if (likely(conn) && sk_stream_is_writeable(sk)) {
		clear_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
		iscsi_conn_kick(conn);
	}
	rcu_read_unlock();
}

/* Whatever is not established any more has no next command. */
static void state_change(struct sock *sk)
{
	struct iscsi_conn *conn;

	rcu_read_lock();
	conn = rcu_dereference_sk_user_data(sk);
	if (conn && sk->sk_state != TCP_ESTABLISHED)
		iscsi_conn_fail(conn, NULL);
	rcu_read_unlock();
}

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

/*
 * Once a second: nothing is received, nothing leaves, or data that was asked for does not come. A
 * peer whose PDU we do not take is not to blame for being silent.
 */
static void tick(struct iscsi_conn *conn)
{
	u32 rsp_timeout = setting(conn, SCST_ISCSI_RspTimeout);
	const struct iscsi_cmd *oldest =
		list_first_entry_or_null(&conn->waiting, struct iscsi_cmd, wait);

	mod_timer(&conn->timer, jiffies + HZ);
	if (conn->txb.left && is_over(conn->last_tx, rsp_timeout)) {
		iscsi_conn_fail(conn, "it takes nothing, RspTimeout is over");
	} else if (oldest && !conn->blocked && is_over(oldest->since, rsp_timeout)) {
		iscsi_conn_fail(conn, "write data does not come, RspTimeout is over");
	} else if (!conn->ping_since) {
		if (is_over(conn->last_rx, setting(conn, SCST_ISCSI_NopInInterval))) {
			conn->ping_since = jiffies | 1;
			iscsi_send_ping(conn);
		}
	} else if (conn->blocked) {
		conn->ping_since = 0;
	} else if (is_over(conn->ping_since, setting(conn, SCST_ISCSI_NopInTimeout))) {
		iscsi_conn_fail(conn, "no answer, NopInTimeout is over");
	}
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

static void drop(struct iscsi_conn *conn)
{
	iscsi_tx_drop(conn);
	iscsi_cmds_drop(conn);
	scst_sg_free(conn->rx.own_sg);
	conn->rx.own_sg = NULL;
}

/* What the PDU in rx waited for has become free. */
static bool can_unblock(const struct iscsi_conn *conn)
{
	return conn->blocked && conn->nr_free && conn->nr_ctrl < ISCSI_MAX_CTRL;
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
		return false;
	}
	if (unlikely(!READ_ONCE(conn->started)))
		return false;
	more = iscsi_rx(conn);
	iscsi_cmds_run(conn);
	if (unlikely(conn->special))
		iscsi_pdu(conn);
	iscsi_tx(conn);
	return more || can_unblock(conn);
}

static void conn_work(struct kthread_work *work)
{
	struct iscsi_conn *conn = container_of(work, struct iscsi_conn, work);

	while (one_round(conn))
		cond_resched();
}

static void conn_timer(struct timer_list *timer)
{
	struct iscsi_conn *conn = container_of(timer, struct iscsi_conn, timer);

	set_bit(ISCSI_CONN_TICK, &conn->flags);
	iscsi_conn_kick(conn);
}

static void set_addresses(struct iscsi_conn *conn)
{
	struct sockaddr_storage addr;

	if (kernel_getpeername(conn->sock, (struct sockaddr *)&addr) > 0)
		snprintf(conn->ip, sizeof(conn->ip), "%pISc", &addr);
	if (kernel_getsockname(conn->sock, (struct sockaddr *)&addr) > 0)
		snprintf(conn->target_ip, sizeof(conn->target_ip), "%pISc", &addr);
}

struct iscsi_conn *iscsi_conn_alloc(struct iscsi_session *session)
{
	struct iscsi_conn *conn = kzalloc(sizeof(*conn), GFP_KERNEL);

	if (!conn)
		return NULL;
	conn->session = session;
	kthread_init_work(&conn->work, conn_work);
	timer_setup(&conn->timer, conn_timer, 0);
	INIT_LIST_HEAD(&conn->ready);
	INIT_LIST_HEAD(&conn->waiting);
	INIT_LIST_HEAD(&conn->txq);
	INIT_LIST_HEAD(&conn->tx_sent);
	init_llist_head(&conn->events);
	iscsi_rx_next(conn);
	return conn;
}

bool iscsi_conn_claim(struct iscsi_conn *conn, struct socket *sock)
{
	struct sock *sk = sock->sk;
	bool is_free;

	write_lock_bh(&sk->sk_callback_lock);
	is_free = !sk->sk_user_data;
	if (is_free)
		rcu_assign_sk_user_data(sk, conn);
	write_unlock_bh(&sk->sk_callback_lock);
	if (is_free)
		conn->sock = sock;
	return is_free;
}

/*
 * The thread preempts nobody when it is woken (SCHED_BATCH): whoever brings it data goes on, and
 * then there is more to do at once. And it is seldom preempted (its nice value): the initiator that
 * it has answered may be on this CPU.
 */
static int make_thread(struct iscsi_conn *conn)
{
	const struct sched_attr attr = {
		.size = sizeof(attr),
		.sched_policy = SCHED_BATCH,
		.sched_nice = MIN_NICE,
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
	const u32 *key = info->key;

	conn->cid = info->cid;
	conn->header_digest = key[SCST_ISCSI_HeaderDigest] == SCST_ISCSI_DIGEST_CRC32C;
	conn->data_digest = key[SCST_ISCSI_DataDigest] == SCST_ISCSI_DIGEST_CRC32C;
	conn->max_recv = key[SCST_ISCSI_MaxRecvDataSegmentLength];
	conn->max_xmit = key[SCST_ISCSI_MaxXmitDataSegmentLength];
	conn->max_burst = key[SCST_ISCSI_MaxBurstLength];
	conn->first_burst = key[SCST_ISCSI_FirstBurstLength];
	conn->max_r2ts = key[SCST_ISCSI_MaxOutstandingR2T];
	conn->exp_cmd_sn = info->cmd_sn;
	conn->max_cmd_sn = info->cmd_sn - 1;
	conn->stat_sn = info->stat_sn + 1;
	set_addresses(conn);
	return make_thread(conn);
}

void iscsi_conn_place(struct iscsi_conn *conn, const struct cpumask *cpus)
{
	int cpu = READ_ONCE(conn->sock->sk->sk_incoming_cpu);

	if (cpu < 0 || !cpu_online(cpu))
		cpu = raw_smp_processor_id();
	if (!cpus || cpumask_test_cpu(cpu, cpus))
		cpus = cpumask_of(cpu);
	set_cpus_allowed_ptr(conn->thread->task, cpus);
}

/* What came before is found by the first run of the work. */
void iscsi_conn_start(struct iscsi_conn *conn)
{
	struct sock *sk = conn->sock->sk;

	tcp_sock_set_nodelay(sk);
	tcp_sock_set_user_timeout(sk, setting(conn, SCST_ISCSI_RspTimeout) * 1000);
	write_lock_bh(&sk->sk_callback_lock);
	conn->data_ready = sk->sk_data_ready;
	conn->write_space = sk->sk_write_space;
	conn->state_change = sk->sk_state_change;
	sk->sk_data_ready = data_ready;
	sk->sk_write_space = write_space;
	sk->sk_state_change = state_change;
	sk->sk_allocation = GFP_NOIO;
	sk->sk_use_task_frag = false;
	write_unlock_bh(&sk->sk_callback_lock);
	conn->last_rx = jiffies;
	conn->last_tx = jiffies;
	WRITE_ONCE(conn->started, true);
	mod_timer(&conn->timer, jiffies + HZ);
	if (sk->sk_state != TCP_ESTABLISHED)
		iscsi_conn_fail(conn, NULL);
	iscsi_conn_kick(conn);
}

static void put_callbacks_back(struct iscsi_conn *conn)
{
	struct sock *sk = conn->sock->sk;

	write_lock_bh(&sk->sk_callback_lock);
	sk->sk_data_ready = conn->data_ready;
	sk->sk_write_space = conn->write_space;
	sk->sk_state_change = conn->state_change;
	write_unlock_bh(&sk->sk_callback_lock);
	synchronize_rcu();
}

/* The peer waits for the answer to its logout, and may have it: nothing is half sent. */
static bool waits_for_logout(const struct iscsi_conn *conn)
{
	return READ_ONCE(conn->all_sent) && conn->logout;
}

/*
 * The connection is closing. When this returns nothing comes from the socket, no task management is
 * under way, and the core's commands come back through the work. Context: may sleep.
 */
void iscsi_conn_stop(struct iscsi_conn *conn)
{
	if (conn->started)
		put_callbacks_back(conn);
	if (!waits_for_logout(conn))
		kernel_sock_shutdown(conn->sock, SHUT_RDWR);
	timer_shutdown_sync(&conn->timer);
	iscsi_conn_kick(conn);
	kthread_flush_work(&conn->work);
	wait_var_event(&conn->nr_tmfs, !READ_ONCE(conn->nr_tmfs));
}

void iscsi_conn_hang_up(struct iscsi_conn *conn)
{
	if (!waits_for_logout(conn))
		return;
	kthread_cancel_work_sync(&conn->work);
	iscsi_send_logout_response(conn);
	kernel_sock_shutdown(conn->sock, SHUT_RDWR);
}

/* No command is left. */
void iscsi_conn_free(struct iscsi_conn *conn)
{
	if (conn->thread)
		kthread_destroy_worker(conn->thread);
	if (conn->txb.page)
		put_page(conn->txb.page);
	if (conn->sock) {
		rcu_assign_sk_user_data(conn->sock->sk, NULL);
		sockfd_put(conn->sock);
	}
	kvfree(conn->free_slots);
	kfree(conn);
}
