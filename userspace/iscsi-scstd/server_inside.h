/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside of the server:
 *
 *	server.c	where we listen, and whom we let in
 *	conn.c		one connection
 */
#ifndef ISCSID_SERVER_INSIDE_H
#define ISCSID_SERVER_INSIDE_H

#include <sys/queue.h>

#include "discovery.h"
#include "login.h"
#include "portal.h"
#include "server.h"

#define SOCKETS_MAX	32
#define DATA_MAX	ISCSI_DATA_DEFAULT

enum conn_state {
	CONN_LOGIN,
	CONN_DISCOVERY,
	CONN_CLOSING,
};

struct conn {
	LIST_ENTRY(conn) entry;
	struct server *server;
	enum conn_state state;
	int fd;
	struct event *readable;
	struct event *writable;
	struct event *timer;
	struct event *turn;		/* our next one, of a discovery session */
	union sockets_addr peer;
	char name[PORTAL_TEXT_MAX];	/* of the peer */

	struct login *login;
	struct discovery *discovery;

	struct iscsi_bhs bhs;
	size_t got;			/* of header, AHS and padded data */
	uint8_t data[DATA_MAX];

	const uint8_t *out;
	size_t out_left;
};

struct listening {
	int fd;
	struct evconnlistener *listener;
};

struct server {
	struct event_base *base;
	struct server_options options;
	bool listening;
	bool paused;			/* too many, until one goes */
	bool link_local;
	size_t nr_sockets;
	struct listening socket[SOCKETS_MAX];
	union sockets_addr bound[SOCKETS_MAX];
	LIST_HEAD(, conn) conns;
	unsigned int nr_conns;
	struct event *resume;
};

/* server.c */
void server_resume(struct server *server);

/* conn.c: reads from now on. Return: NULL if there is no memory; @fd is the caller's then. */
struct conn *conn_new(struct server *server, int fd, const union sockets_addr *peer,
		      const union sockets_addr *local);
void conn_free(struct conn *conn);

#endif
