// SPDX-License-Identifier: GPL-2.0-only
#include <event2/listener.h>

#include "log.h"
#include "server_inside.h"

#define BACKLOG		512

static unsigned int count_from(const struct server *server, const union sockets_addr *peer)
{
	const struct conn *conn;
	unsigned int nr = 0;

	LIST_FOREACH(conn, &server->conns, entry)
		nr += sockets_is_same_host(&conn->peer, peer);
	return nr;
}

/* Return: why not; NULL: come in. */
static const char *check_peer(const struct server *server, const union sockets_addr *peer,
			      const union sockets_addr *local)
{
	if (sockets_is_link_local(local) && !server->link_local)
		return "link_local is 0";
	if (count_from(server, peer) >= server->options.config->max_logins_per_address)
		return "too many logins from there (MaxLoginsPerAddress)";
	return NULL;
}

static void pause_listening(struct server *server)
{
	server->paused = true;
	for (size_t i = 0; i < server->nr_sockets; i++)
		if (server->socket[i].listener)
			evconnlistener_disable(server->socket[i].listener);
}

void server_resume(struct server *server)
{
	if (!server->paused || server->nr_conns >= server->options.config->max_logins)
		return;
	server->paused = false;
	for (size_t i = 0; i < server->nr_sockets; i++)
		if (server->socket[i].listener)
			evconnlistener_enable(server->socket[i].listener);
}

static void on_connect(struct evconnlistener *listener _unused_, evutil_socket_t fd,
		       struct sockaddr *addr, int len, void *arg)
{
	union sockets_addr peer = {}, local = {};
	socklen_t local_len = sizeof(local);
	struct server *server = arg;
	struct conn *conn = NULL;
	const char *why;

	memcpy(&peer, addr, len);
	if (getsockname(fd, &local.any, &local_len)) {
		close(fd);
		return;
	}
	why = check_peer(server, &peer, &local);
	if (!why)
		conn = conn_new(server, fd, &peer, &local);
	if (!conn) {
		struct portal portal;

		sockets_to_portal(&peer, &portal);
		log_peer(LOG_WARNING, "%s: connection refused: %s", portal.addr,
			 why ?: "out of memory");
		close(fd);
		return;
	}
	if (server->nr_conns >= server->options.config->max_logins) {
		log_warn("%u logins at a time: others wait (MaxLogins)", server->nr_conns);
		pause_listening(server);
	}
}

/* Out of descriptors, most likely: the connection stays in the queue, where we look again soon. */
static void on_accept_error(struct evconnlistener *listener _unused_, void *arg)
{
	struct server *server = arg;

	log_error("cannot accept a connection: %s", strerror(errno));
	pause_listening(server);
	event_add(server->resume, &(struct timeval){ .tv_sec = 1 });
}

static void on_resume(evutil_socket_t fd _unused_, short what _unused_, void *arg)
{
	server_resume(arg);
}

/*
 * A socket that was shut down no longer listens and stays bound: so we take connections again
 * without the privilege that a low port needs, and nobody else gets it in between.
 */
static void listen_on(struct server *server, struct listening *socket, bool on)
{
	if (!on) {
		evconnlistener_free(socket->listener);
		socket->listener = NULL;
		shutdown(socket->fd, SHUT_RD);
		return;
	}
	socket->listener = evconnlistener_new(server->base, on_connect, server,
					      LEV_OPT_CLOSE_ON_EXEC, BACKLOG, socket->fd);
	if (!socket->listener) {
		log_error("cannot listen: %s", strerror(errno));
		return;
	}
	evconnlistener_set_error_cb(socket->listener, on_accept_error);
}

void server_listen(struct server *server, bool on)
{
	if (server->listening == on)
		return;
	server->listening = on;
	server->paused = false;
	for (size_t i = 0; i < server->nr_sockets; i++)
		if (on || server->socket[i].listener)
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
	server->socket[server->nr_sockets++] = (struct listening){ .fd = fd };
	return 0;
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
	server->resume = evtimer_new(base, on_resume, server);
	if (!server->resume) {
		free(server);
		return scst_fail(err, -ENOMEM, "out of memory");
	}
	*out = server;
	return 0;
}

void server_free(struct server *server)
{
	if (!server)
		return;
	server_listen(server, false);
	while (!LIST_EMPTY(&server->conns))
		conn_free(LIST_FIRST(&server->conns));
	for (size_t i = 0; i < server->nr_sockets; i++)
		close(server->socket[i].fd);
	event_free(server->resume);
	free(server);
}
