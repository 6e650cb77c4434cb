// SPDX-License-Identifier: GPL-2.0-only
/* One connection. */
#include "ctl.h"
#include "log.h"
#include "portal.h"
#include "server_inside.h"

#define DISCOVERY_TIME	120	/* seconds that a discovery session may take, whatever it does */
#define CLOSING_TIME	2	/* that a peer has to close after our last word */

static_assert(sizeof(struct conn) + sizeof(struct login) + LOGIN_OUT_MAX <= STRANGER_MEMORY_MAX,
	      "a login");
static_assert(sizeof(struct conn) + sizeof(struct discovery) + DISCOVERY_OUT_MAX <=
		      STRANGER_MEMORY_MAX, "a discovery session");

static void free_event(struct event *event)
{
	if (event)
		event_free(event);
}

static void free_login(struct conn *conn)
{
	if (conn->login)
		login_free(conn->login);
	free(conn->login);
	conn->login = NULL;
}

/* All but the descriptor; a connection that was not finished, too. */
static void conn_destroy(struct conn *conn)
{
	free_event(conn->readable);
	free_event(conn->writable);
	free_event(conn->timer);
	free_event(conn->turn);
	free_login(conn);
	if (conn->discovery)
		discovery_free(conn->discovery);
	free(conn->discovery);
	free(conn);
}

void conn_free(struct conn *conn)
{
	LIST_REMOVE(conn, entry);
	if (conn->guest.host)
		admission_leave(conn->server->admission[conn->visit], &conn->guest);
	close(conn->fd);
	conn_destroy(conn);
}

static void set_timer(struct conn *conn, uint64_t seconds)
{
	event_add(conn->timer, &(struct timeval){ .tv_sec = seconds });
}

static void start_reading(struct conn *conn)
{
	conn->got = 0;
	event_add(conn->readable, NULL);
}

static void start_writing(struct conn *conn, const uint8_t *pdu, size_t len)
{
	conn->out = pdu;
	conn->out_left = len;
	event_add(conn->writable, NULL);
}

/*
 * To close with unread bytes in the socket would be a reset, which may overtake our last response.
 * So tell that there is no more, and wait until the peer has understood.
 */
static void start_closing(struct conn *conn)
{
	conn->state = CONN_CLOSING;
	set_timer(conn, CLOSING_TIME);
}

static const char *who(const struct login *login)
{
	return login->initiator[0] ? login->initiator : "an initiator without name";
}

static void log_refusal(const struct conn *conn)
{
	const struct login *login = conn->login;
	int priority = login->status >> 8 == 1 ? LOG_INFO : LOG_WARNING;

	log_peer(priority, "%s: %s%s%s: login refused, status %04x: %s", conn->name, who(login),
		 login->target.name[0] ? " to " : "", login->target.name, login->status,
		 login->why);
}

static int change_to_discovery(struct conn *conn)
{
	struct discovery *d;
	int err;

	admission_leave(conn->server->admission[conn->visit], &conn->guest);
	err = server_admit(conn->server, conn, VISIT_DISCOVERY);
	if (err)
		return err;
	d = conn->discovery = malloc(sizeof(*d));
	if (!d)
		return -ENOMEM;
	discovery_init(d, conn->login);
	memcpy(d->pdu, conn->login->pdu, conn->login->pdu_len);
	d->pdu_len = conn->login->pdu_len;
	free_login(conn);
	conn->state = CONN_DISCOVERY;
	return 0;
}

static void become_discovery(struct conn *conn)
{
	int err = change_to_discovery(conn);

	if (err) {
		log_peer(LOG_WARNING, "%s: discovery session refused: %s", conn->name,
			 err == -EUSERS ? "hosts that had sessions take all of "
					  "MaxDiscoverySessions" : "out of memory");
		conn_free(conn);
		return;
	}
	log_debug("%s: discovery session of %s", conn->name, conn->discovery->initiator);
	set_timer(conn, DISCOVERY_TIME);
	start_writing(conn, conn->discovery->pdu, conn->discovery->pdu_len);
}

static void hand_over(struct conn *conn)
{
	struct login *login = conn->login;
	struct scst_iscsi_conn request;
	int err;

	login_to_kernel(login, &request);
	request.fd = conn->fd;
	sockets_set_free(conn->fd, &conn->buffers);
	err = ctl_conn(conn->server->options.ctl, &request);
	if (!err) {
		log_debug("%s: session of %s with %s", conn->name, login->initiator,
			  login->target.name);
		server_know(conn->server, &conn->peer);
		conn_free(conn);
		return;
	}
	login_kernel_refused(login, -err);
	log_refusal(conn);
	start_closing(conn);
	start_writing(conn, login->pdu, login->pdu_len);
}

static void act(struct conn *conn, enum login_verdict verdict)
{
	switch (verdict) {
	case LOGIN_CONTINUE:
		start_writing(conn, conn->login->pdu, conn->login->pdu_len);
		break;
	case LOGIN_HAND_OVER:
		hand_over(conn);
		break;
	case LOGIN_DISCOVERY:
		become_discovery(conn);
		break;
	case LOGIN_REFUSED:
		log_refusal(conn);
		start_closing(conn);
		start_writing(conn, conn->login->pdu, conn->login->pdu_len);
		break;
	}
}

static void act_discovery(struct conn *conn, enum discovery_verdict verdict)
{
	struct discovery *d = conn->discovery;

	switch (verdict) {
	case DISCOVERY_REPLY:
		start_writing(conn, d->pdu, d->pdu_len);
		break;
	case DISCOVERY_SILENCE:
		start_reading(conn);
		break;
	case DISCOVERY_BUSY:
		event_add(conn->turn, &(struct timeval){});
		break;
	case DISCOVERY_END:
		start_closing(conn);
		start_writing(conn, d->pdu, d->pdu_len);
		break;
	case DISCOVERY_BROKEN:
		log_peer(LOG_WARNING, "%s: discovery session of %s closed: %s", conn->name,
			 d->initiator, d->why);
		conn_free(conn);
		break;
	}
}

static void on_turn(evutil_socket_t fd _unused_, short what _unused_, void *arg)
{
	struct conn *conn = arg;

	act_discovery(conn, discovery_go_on(conn->discovery));
}

static void receive_pdu(struct conn *conn)
{
	event_del(conn->readable);
	if (conn->state == CONN_DISCOVERY)
		act_discovery(conn,
			      discovery_receive(conn->discovery, &conn->bhs, conn->data));
	else
		act(conn, login_receive(conn->login, (const void *)&conn->bhs, conn->data));
}

/* A header is complete. Return: false if there is no reading on. */
static bool check_header(struct conn *conn)
{
	if (!conn->bhs.ahs_len && iscsi_data_len(&conn->bhs) <= DATA_MAX)
		return true;
	event_del(conn->readable);
	if (conn->state == CONN_LOGIN) {
		act(conn, login_refuse_pdu(conn->login, &conn->bhs,
					   "a PDU with an AHS or more than 8192 bytes of data"));
	} else {
		log_peer(LOG_WARNING, "%s: discovery session of %s closed: a PDU with an AHS or "
			 "more than 8192 bytes of data", conn->name, conn->discovery->initiator);
		conn_free(conn);
	}
	return false;
}

/* Reads what is missing of the header, or of the data. Return: false if there is no more now. */
static bool read_some(struct conn *conn)
{
	size_t data_len = iscsi_padded(iscsi_data_len(&conn->bhs));
	bool header = conn->got < ISCSI_BHS_LEN;
	uint8_t *to = header ? (uint8_t *)&conn->bhs + conn->got :
			       conn->data + conn->got - ISCSI_BHS_LEN;
	size_t want = header ? ISCSI_BHS_LEN - conn->got : ISCSI_BHS_LEN + data_len - conn->got;
	ssize_t len = recv(conn->fd, to, want, 0);

	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (len <= 0) {
		log_debug("%s: gone", conn->name);
		conn_free(conn);
		return false;
	}
	conn->got += len;
	if ((size_t)len < want)
		return true;
	if (header && !check_header(conn))
		return false;
	if (header && iscsi_data_len(&conn->bhs))
		return true;
	receive_pdu(conn);
	return false;
}

static void discard(struct conn *conn)
{
	uint8_t nothing[4096];
	ssize_t len = recv(conn->fd, nothing, sizeof(nothing), 0);

	if (!len || (len < 0 && errno != EAGAIN && errno != EINTR))
		conn_free(conn);
}

static void on_readable(evutil_socket_t fd _unused_, short what _unused_, void *arg)
{
	struct conn *conn = arg;

	if (conn->state == CONN_CLOSING)
		discard(conn);
	else
		while (read_some(conn))
			;
}

static void on_writable(evutil_socket_t fd _unused_, short what _unused_, void *arg)
{
	struct conn *conn = arg;
	ssize_t len = send(conn->fd, conn->out, conn->out_left, MSG_NOSIGNAL);

	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (len < 0) {
		log_debug("%s: %s", conn->name, strerror(errno));
		conn_free(conn);
		return;
	}
	conn->out += len;
	conn->out_left -= len;
	if (conn->out_left)
		return;
	event_del(conn->writable);
	if (conn->state == CONN_CLOSING)
		shutdown(conn->fd, SHUT_WR);
	start_reading(conn);
}

static void on_timeout(evutil_socket_t fd _unused_, short what _unused_, void *arg)
{
	struct conn *conn = arg;

	if (conn->state == CONN_LOGIN)
		log_peer(LOG_WARNING, "%s: %s: the login took too long", conn->name,
			 who(conn->login));
	conn_free(conn);
}

struct conn *conn_new(struct server *server, int fd, const union sockets_addr *peer,
		      const union sockets_addr *local)
{
	struct conn *conn = calloc(1, sizeof(*conn));
	struct portal here, there;

	if (!conn)
		return NULL;
	conn->server = server;
	conn->fd = fd;
	conn->peer = *peer;
	conn->login = calloc(1, sizeof(*conn->login));
	conn->readable = event_new(server->base, fd, EV_READ | EV_PERSIST, on_readable, conn);
	conn->writable = event_new(server->base, fd, EV_WRITE | EV_PERSIST, on_writable, conn);
	conn->timer = evtimer_new(server->base, on_timeout, conn);
	conn->turn = evtimer_new(server->base, on_turn, conn);
	if (!conn->login || !conn->readable || !conn->writable || !conn->timer || !conn->turn) {
		conn_destroy(conn);
		return NULL;
	}
	sockets_to_portal(peer, &there);
	portal_format(&there, conn->name);
	sockets_to_portal(local, &here);
	login_init(conn->login, server->options.env, &here);
	conn->login->peer = there;
	sockets_confine(fd, &conn->buffers);
	LIST_INSERT_HEAD(&server->conns, conn, entry);
	return conn;
}

void conn_start(struct conn *conn)
{
	set_timer(conn, conn->server->options.config->login_timeout);
	start_reading(conn);
}
