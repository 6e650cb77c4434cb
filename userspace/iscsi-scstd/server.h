/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Connections from accept() until they are the kernel's or gone.
 *
 *	LOGIN ----------> (handed over)
 *	  |  \
 *	  |   DISCOVERY
 *	  v      v
 *	    CLOSING		the last response goes out, then we wait for the peer to close
 *
 * A peer gets one answer for one request, so a connection either reads or writes. It reads no byte
 * behind the PDU: what follows the last Login Request is for the kernel.
 *
 * Until then it is a stranger's. It takes 64 KiB at most, lasts LoginTimeout (a discovery session
 * two minutes), and makes place for others when there are too many (admission.h).
 */
#ifndef ISCSID_SERVER_H
#define ISCSID_SERVER_H

#include <event2/event.h>

#include "config.h"
#include "env.h"
#include "sockets.h"

struct server;

struct server_options {
	const struct config *config;	/* may change while we run */
	const struct env *env;
	int ctl;
};

int server_new(struct event_base *base, const struct server_options *options,
	       struct server **server, struct scst_error *err);
void server_free(struct server *server);

/* Bind another address; with server_listen() connections are taken. */
int server_bind(struct server *server, const struct portal *portal, struct scst_error *err);

/* Take connections, or take none. Those that are there go on. */
void server_listen(struct server *server, bool on);

void server_allow_link_local(struct server *server, bool allow);

/* This host has a session: it comes before strangers. */
void server_remember(struct server *server, const struct portal *peer);

/* As env_ops.portals; @local may be NULL. */
size_t server_portals(const struct server *server, const struct portal *local,
		      struct portal out[PORTALS_MAX]);

#endif
