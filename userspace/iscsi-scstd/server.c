// SPDX-License-Identifier: GPL-2.0-only
#include <poll.h>

#include "log.h"
#include "server_inside.h"

#define BACKLOG			512
#define ACCEPTS_PER_TURN	64	/* then others get theirs */

/* Letting them in */

static const struct {
	const char *all;
	const char *per_host;
} setting_names[VISITS] = {
	[VISIT_LOGIN]	  = { "MaxLogins",	      "MaxLoginsPerAddress"  },
	[VISIT_DISCOVERY] = { "MaxDiscoverySessions", "MaxDiscoverySessions" },
};

static struct admission_limits limits(const struct server *server, enum visit visit)
{
	const struct config *config = server->options.config;

	switch (visit) {
	case VISIT_LOGIN:
		return (struct admission_limits){ config->max_logins,
						  config->max_logins_per_address };
	case VISIT_DISCOVERY:
	case VISITS:
		break;
	}
	return (struct admission_limits){ config->max_discovery_sessions,
					  (config->max_discovery_sessions + 3) / 4 };
}

static void send_away(struct guest *guest, const char *why)
{
	struct conn *conn = (void *)((char *)guest - offsetof(struct conn, guest));

	log_peer(LOG_WARNING, "%s: sent away for a newer connection: %s", conn->name, why);
	conn_free(conn);
}

int server_admit(struct server *server, struct conn *conn, enum visit visit)
{
	const struct admission_limits most = limits(server, visit);
	struct admission *admission = server->admission[visit];
	struct guest *instead;

	switch (admission_ask(admission, &most, &conn->peer, &instead)) {
	case ADMISSION_COME:
		break;
	case ADMISSION_HOST_FULL:
		send_away(instead, setting_names[visit].per_host);
		break;
	case ADMISSION_FULL:
		send_away(instead, setting_names[visit].all);
		break;
	case ADMISSION_NEVER:
		return -EUSERS;
	}
	conn->visit = visit;
	return admission_enter(admission, &conn->guest, &conn->peer);
}

static void refuse(int fd, const union sockets_addr *peer, const char *why)
{
	struct portal portal;

	sockets_to_portal(peer, &portal);
	log_peer(LOG_WARNING, "%s: connection refused: %s", portal.addr, why);
	close(fd);
}

static void let_in(struct server *server, int fd, const union sockets_addr *peer)
{
	union sockets_addr local = {};
	socklen_t len = sizeof(local);
	struct conn *conn;
	int err;

	if (getsockname(fd, &local.any, &len)) {
		close(fd);
		return;
	}
	if (sockets_is_link_local(&local) && !server->link_local) {
		refuse(fd, peer, "link_local is 0");
		return;
	}
	conn = conn_new(server, fd, peer, &local);
	if (!conn) {
		refuse(fd, peer, "out of memory");
		return;
	}
	err = server_admit(server, conn, VISIT_LOGIN);
	if (!err) {
		conn_start(conn);
		return;
	}
	log_peer(LOG_WARNING, "%s: connection refused: %s", conn->name,
		 err == -EUSERS ? "hosts that had sessions take all of MaxLogins" :
				  "out of memory");
	conn_free(conn);
}

/* Taking them */

static void take_connections(struct server *server, bool on)
{
	for (size_t i = 0; i < server->nr_sockets; i++) {
		struct event *event = server->socket[i].event;

		if (event && on)
			event_add(event, NULL);
		else if (event)
			event_del(event);
	}
}

static void on_resume(evutil_socket_t fd _unused_, short what _unused_, void *arg)
{
	take_connections(arg, true);
}

/* accept() without a descriptor fails also if nobody is there. */
static bool is_nobody_there(int fd)
{
	return !poll(&(struct pollfd){ fd, POLLIN, 0 }, 1, 0);
}

static bool is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS;
}

/*
 * Without a descriptor for one more, somebody has to go, as if there were no room. If that does not
 * help, connections stay in the queue, where we look again soon.
 */
static void accept_failed(struct server *server, int fd, int error)
{
	struct guest *guest = NULL;

	if (error == EAGAIN || error == EINTR || error == ECONNABORTED || is_nobody_there(fd))
		return;
	if (is_shortage(error))
		guest = admission_first(server->admission[VISIT_LOGIN]) ?:
			admission_first(server->admission[VISIT_DISCOVERY]);
	if (guest) {
		send_away(guest, strerror(error));
		return;
	}
	log_peer(LOG_ERR, "cannot accept a connection: %s", strerror(error));
	take_connections(server, false);
	event_add(server->resume, &(struct timeval){ .tv_sec = 1 });
}

static void on_connect(evutil_socket_t fd, short what _unused_, void *arg)
{
	const struct listening *socket = arg;

	for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
		union sockets_addr peer = {};
		socklen_t len = sizeof(peer);
		int conn = accept4(fd, &peer.any, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (conn < 0) {
			accept_failed(socket->server, fd, errno);
			return;
		}
		let_in(socket->server, conn, &peer);
	}
}

/*
 * A socket that was shut down no longer listens and stays bound: so we take connections again
 * without the privilege that a low port needs, and nobody else gets it in between.
 */
static void listen_on(struct server *server, struct listening *socket, bool on)
{
	if (!on) {
		event_free(socket->event);
		socket->event = NULL;
		shutdown(socket->fd, SHUT_RD);
		return;
	}
	socket->event = event_new(server->base, socket->fd, EV_READ | EV_PERSIST, on_connect,
				  socket);
	if (socket->event && !listen(socket->fd, BACKLOG)) {
		event_add(socket->event, NULL);
		return;
	}
	log_error("cannot listen: %s", strerror(errno));
	if (socket->event)
		event_free(socket->event);
	socket->event = NULL;
}

void server_listen(struct server *server, bool on)
{
	if (server->listening == on)
		return;
	server->listening = on;
	event_del(server->resume);
	for (size_t i = 0; i < server->nr_sockets; i++)
		if (on || server->socket[i].event)
			listen_on(server, &server->socket[i], on);
}

void server_allow_link_local(struct server *server, bool allow)
{
	server->link_local = allow;
}

int server_bind(struct server *server, const struct portal *portal, struct scst_error *err)
{
	socklen_t len = sizeof(server->bound[0]);
	size_t nr = server->nr_sockets;
	int fd;

	if (nr == SOCKETS_MAX)
		return scst_fail(err, -EINVAL, "more than %d addresses to listen on", SOCKETS_MAX);
	fd = sockets_bind(portal, err);
	if (fd < 0)
		return fd;
	getsockname(fd, &server->bound[nr].any, &len);
	server->socket[server->nr_sockets++] = (struct listening){ .fd = fd, .server = server };
	return 0;
}

void server_know(struct server *server, const union sockets_addr *peer)
{
	known_hosts_add(&server->known, peer);
	for (int i = 0; i < VISITS; i++)
		admission_know(server->admission[i], peer);
}

void server_remember(struct server *server, const struct portal *peer)
{
	union sockets_addr addr;

	sockets_from_portal(peer, &addr);
	server_know(server, &addr);
}

size_t server_portals(const struct server *server, const struct portal *local,
		      struct portal out[PORTALS_MAX])
{
	return sockets_portals(server->bound, server->nr_sockets, local, out);
}

int server_new(struct event_base *base, const struct server_options *options,
	       struct server **out, struct scst_error *err)
{
	struct server *server = calloc(1, sizeof(*server));

	if (!server)
		return scst_fail(err, -ENOMEM, "out of memory");
	server->base = base;
	server->options = *options;
	LIST_INIT(&server->conns);
	known_hosts_init(&server->known);
	server->resume = evtimer_new(base, on_resume, server);
	for (int i = 0; i < VISITS; i++)
		server->admission[i] = admission_new(&server->known);
	*out = server;
	return server->resume && server->admission[VISIT_LOGIN] &&
	       server->admission[VISIT_DISCOVERY] ? 0 : scst_fail(err, -ENOMEM, "out of memory");
}

void server_free(struct server *server)
{
	if (!server)
		return;
	if (server->resume)
		server_listen(server, false);
	while (!LIST_EMPTY(&server->conns))
		conn_free(LIST_FIRST(&server->conns));
	for (size_t i = 0; i < server->nr_sockets; i++)
		close(server->socket[i].fd);
	for (int i = 0; i < VISITS; i++)
		admission_free(server->admission[i]);
	if (server->resume)
		event_free(server->resume);
	free(server);
}
