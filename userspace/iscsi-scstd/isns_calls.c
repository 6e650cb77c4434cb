// SPDX-License-Identifier: GPL-2.0-only
/* The server calls us: to tell of changes (SCN), and to see that we live (ESI). */
#include <event2/listener.h>

#include "isns_client.h"
#include "log.h"

#define CALLERS_MAX	8	/* connections from the server, for SCN and ESI */
#define UNHEARD_MAX	(256u << 10)	/* answers that a caller does not take */

struct isns_caller {
	LIST_ENTRY(isns_caller) entry;
	struct isns *isns;
	struct bufferevent *bev;
};

/*
 * The next whole message in @in: 1, with *@body pointing into @in, which must then be drained of
 * header and body; 0: not yet; -errno.
 */
int isns_peek(struct evbuffer *in, struct isns_header *header, const uint8_t **body)
{
	uint8_t raw[ISNS_HEADER_LEN];
	uint8_t *whole;
	int ret;

	if (evbuffer_copyout(in, raw, sizeof(raw)) < (ev_ssize_t)sizeof(raw))
		return 0;
	ret = isns_parse_header(raw, header);
	if (ret)
		return ret;
	if (evbuffer_get_length(in) < sizeof(raw) + header->body_len)
		return 0;
	whole = evbuffer_pullup(in, sizeof(raw) + header->body_len);
	if (!whole)
		return -ENOMEM;
	*body = whole + sizeof(raw);
	return 1;
}

static void drop_caller(struct isns_caller *caller)
{
	caller->isns->nr_callers--;
	LIST_REMOVE(caller, entry);
	bufferevent_free(caller->bev);
	free(caller);
}

static void on_call(struct bufferevent *bev, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(bev), *out = bufferevent_get_output(bev);
	static struct isns_out answer;
	struct isns_caller *caller = arg;
	struct isns_header header;
	const uint8_t *body;
	int ret;

	while ((ret = isns_peek(in, &header, &body)) > 0) {
		if (!isns_is_whole(&header) || isns_answer(&header, body, &answer) ||
		    evbuffer_get_length(out) > UNHEARD_MAX) {
			drop_caller(caller);
			return;
		}
		bufferevent_write(bev, answer.pdu, answer.len);
		evbuffer_drain(in, ISNS_HEADER_LEN + header.body_len);
		if (header.function == ISNS_SCN)
			isns_hear_of_change(caller->isns);
	}
	if (ret < 0)
		drop_caller(caller);
}

static void on_call_end(struct bufferevent *bev _unused_, short what _unused_, void *arg)
{
	drop_caller(arg);
}

/*
 * Only the server that we registered with has anything to tell. On this host it may call from
 * another address than the one it is called at. A server elsewhere with several addresses may not
 * be heard: then changes are noticed at the next refresh.
 */
static bool is_server(const struct isns *isns, evutil_socket_t fd, const union sockets_addr *peer)
{
	union sockets_addr local = {};
	socklen_t len = sizeof(local);

	if (sockets_is_same_host(peer, &isns->server_addr))
		return true;
	return sockets_is_loopback(&isns->server_addr) && !getsockname(fd, &local.any, &len) &&
	       sockets_is_same_host(peer, &local);
}

static void on_caller(struct evconnlistener *listener _unused_, evutil_socket_t fd,
		      struct sockaddr *addr, int len, void *arg)
{
	const struct timeval patience = { .tv_sec = 2 * ISNS_ESI_SECONDS };
	union sockets_addr peer = {};
	struct isns *isns = arg;
	struct isns_caller *caller;

	memcpy(&peer, addr, len);
	if (isns->state != ISNS_READY || isns->nr_callers == CALLERS_MAX ||
	    !is_server(isns, fd, &peer)) {
		close(fd);
		return;
	}
	caller = calloc(1, sizeof(*caller));
	if (caller)
		caller->bev = bufferevent_socket_new(isns->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!caller || !caller->bev) {
		free(caller);
		close(fd);
		return;
	}
	caller->isns = isns;
	LIST_INSERT_HEAD(&isns->callers, caller, entry);
	isns->nr_callers++;
	bufferevent_setcb(caller->bev, on_call, NULL, on_call_end, caller);
	bufferevent_set_timeouts(caller->bev, &patience, &patience);
	bufferevent_setwatermark(caller->bev, EV_READ, 0, ISNS_HEADER_LEN + ISNS_BODY_MAX);
	bufferevent_enable(caller->bev, EV_READ | EV_WRITE);
}

/* One port of the kernel's choice, in both families. */
void isns_calls_listen(struct isns *isns)
{
	static const struct portal any[] = { { "::", 0 }, { "0.0.0.0", 0 } };

	for (size_t i = 0; i < ARRAY_SIZE(any) && !isns->listener[i]; i++) {
		struct portal portal = { .port = isns->port };
		union sockets_addr addr;
		socklen_t len = sizeof(addr);
		struct scst_error err = {};
		int fd;

		strcpy(portal.addr, any[i].addr);
		fd = sockets_bind(&portal, &err);
		if (fd < 0) {
			log_warn("iSNS: %s", err.text);
			continue;
		}
		if (!getsockname(fd, &addr.any, &len)) {
			sockets_to_portal(&addr, &portal);
			isns->port = portal.port;
		}
		isns->listener[i] = evconnlistener_new(isns->base, on_caller, isns,
						       LEV_OPT_CLOSE_ON_FREE |
							       LEV_OPT_CLOSE_ON_EXEC,
						       CALLERS_MAX, fd);
		if (!isns->listener[i])
			close(fd);
	}
}

void isns_calls_stop(struct isns *isns)
{
	while (!LIST_EMPTY(&isns->callers))
		drop_caller(LIST_FIRST(&isns->callers));
	for (size_t i = 0; i < ARRAY_SIZE(isns->listener); i++) {
		if (isns->listener[i])
			evconnlistener_free(isns->listener[i]);
		isns->listener[i] = NULL;
	}
	isns->port = 0;
}
