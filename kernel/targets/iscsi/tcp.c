// SPDX-License-Identifier: GPL-2.0
/*
 * TCP as a transport: the socket that the daemon hands over, its callbacks, and its end.
 *
 * The callbacks find the connection by RCU.
 */
#include <linux/net.h>
#include <linux/tcp.h>
#include <net/inet_sock.h>
#include <net/sock.h>
#include <net/tcp.h>
#include <net/tcp_states.h>

#include "tcp.h"

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

/* The peer has not hung up; we may have. */
static bool is_open(const struct sock *sk)
{
	return (1 << READ_ONCE(sk->sk_state)) &
	       (TCPF_ESTABLISHED | TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2);
}

static void state_change(struct sock *sk)
{
	struct iscsi_conn *conn;

	rcu_read_lock();
	conn = rcu_dereference_sk_user_data(sk);
	if (conn && !is_open(sk))
		iscsi_conn_fail(conn, NULL);
	rcu_read_unlock();
}

static bool is_tcp(const struct socket *sock)
{
	const struct sock *sk = sock->sk;

	return sk_is_inet(sk) && sk->sk_type == SOCK_STREAM && sk->sk_protocol == IPPROTO_TCP &&
	       sk->sk_state != TCP_LISTEN;
}

/* Return: false, somebody has it: it was handed over before. */
static bool is_claimed(struct iscsi_conn *conn, struct sock *sk)
{
	bool is_free;

	write_lock_bh(&sk->sk_callback_lock);
	is_free = !sk->sk_user_data;
	if (is_free)
		rcu_assign_sk_user_data(sk, conn);
	write_unlock_bh(&sk->sk_callback_lock);
	return is_free;
}

static int claim(struct iscsi_conn *conn, int fd)
{
	struct iscsi_tcp *tcp = iscsi_to_tcp(conn);
	int err;
	struct socket *sock = sockfd_lookup(fd, &err);

	if (!sock)
		return -EINVAL;
	if (!is_tcp(sock) || !is_claimed(conn, sock->sk)) {
		sockfd_put(sock);
		return -EINVAL;
	}
	tcp->sock = sock;
	tcp->header_digest = conn->key[SCST_ISCSI_HeaderDigest] == SCST_ISCSI_DIGEST_CRC32C;
	tcp->data_digest = conn->key[SCST_ISCSI_DataDigest] == SCST_ISCSI_DIGEST_CRC32C;
	conn->takes_lent = !tcp->data_digest;	/* it must still be right when it is sent */
	iscsi_tcp_rx_init(tcp);
	iscsi_tcp_tx_init(tcp);
	return 0;
}

static int address(struct iscsi_conn *conn, bool of_initiator, struct sockaddr_storage *out)
{
	struct socket *sock = iscsi_to_tcp(conn)->sock;
	struct sockaddr *addr = (struct sockaddr *)out;
	int len = of_initiator ? kernel_getpeername(sock, addr) : kernel_getsockname(sock, addr);

	return min(len, 0);
}

/* A short message into an empty socket: what does not go at once never will. */
static int send_login(struct iscsi_conn *conn, void *pdu, u32 len)
{
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
	struct kvec iov = { .iov_base = pdu, .iov_len = len };
	int ret = kernel_sendmsg(iscsi_to_tcp(conn)->sock, &msg, &iov, 1, len);

	return ret == len ? 0 : -EPIPE;
}

static bool taken(struct iscsi_conn *conn, u64 *mark)
{
	const struct sock *sk = iscsi_to_tcp(conn)->sock->sk;
	const struct tcp_sock *tp = tcp_sk(sk);

	if (!*mark)
		*mark = BIT_ULL(32) | READ_ONCE(tp->write_seq);
	return READ_ONCE(sk->sk_state) == TCP_CLOSE ||
	       !before(READ_ONCE(tp->snd_una), lower_32_bits(*mark));
}

static int cpu(struct iscsi_conn *conn)
{
	return READ_ONCE(iscsi_to_tcp(conn)->sock->sk->sk_incoming_cpu);
}

static void start(struct iscsi_conn *conn, u32 timeout)
{
	struct iscsi_tcp *tcp = iscsi_to_tcp(conn);
	struct sock *sk = tcp->sock->sk;

	tcp_sock_set_nodelay(sk);
	tcp_sock_set_user_timeout(sk, timeout * 1000);
	write_lock_bh(&sk->sk_callback_lock);
	tcp->data_ready = sk->sk_data_ready;
	tcp->write_space = sk->sk_write_space;
	tcp->state_change = sk->sk_state_change;
	sk->sk_data_ready = data_ready;
	sk->sk_write_space = write_space;
	sk->sk_state_change = state_change;
	sk->sk_allocation = GFP_NOIO;
	sk->sk_use_task_frag = false;
	write_unlock_bh(&sk->sk_callback_lock);
	if (!is_open(sk))
		iscsi_conn_fail(conn, NULL);
}

static void stop(struct iscsi_conn *conn)
{
	struct iscsi_tcp *tcp = iscsi_to_tcp(conn);
	struct sock *sk = tcp->sock->sk;

	if (!tcp->data_ready)
		return;
	write_lock_bh(&sk->sk_callback_lock);
	sk->sk_data_ready = tcp->data_ready;
	sk->sk_write_space = tcp->write_space;
	sk->sk_state_change = tcp->state_change;
	write_unlock_bh(&sk->sk_callback_lock);
	synchronize_rcu();
}

/*
 * What was sent stays with TCP until the peer has it, or a reset throws it away: at once, and not
 * when the socket is closed, which is after the last command has come back.
 */
static void hang_up(struct iscsi_conn *conn, enum iscsi_end how)
{
	struct socket *sock = iscsi_to_tcp(conn)->sock;

	switch (how) {
	case ISCSI_END_LAST_WORD:
		kernel_sock_shutdown(sock, SHUT_WR);
		break;
	case ISCSI_END_NOW:
		kernel_sock_shutdown(sock, SHUT_RDWR);
		break;
	case ISCSI_END_RESET:
		tcp_abort(sock->sk, ECONNABORTED);
		break;
	}
}

static void free_socket(struct iscsi_conn *conn)
{
	struct iscsi_tcp *tcp = iscsi_to_tcp(conn);

	if (!tcp->sock)
		return;
	iscsi_tcp_tx_free(tcp);
	rcu_assign_sk_user_data(tcp->sock->sk, NULL);
	sockfd_put(tcp->sock);
}

const struct iscsi_transport iscsi_tcp_transport = {
	.name		= "TCP",
	.conn_size	= sizeof(struct iscsi_tcp),
	.claim		= claim,
	.address	= address,
	.send_login	= send_login,
	.cpu		= cpu,
	.start		= start,
	.receive	= iscsi_tcp_receive,
	.fetch_data	= iscsi_tcp_fetch_data,
	.send		= iscsi_tcp_send,
	.taken		= taken,
	.drop		= iscsi_tcp_drop,
	.stop		= stop,
	.hang_up	= hang_up,
	.free		= free_socket,
};
