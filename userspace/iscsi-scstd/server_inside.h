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

#include "admission.h"
#include "discovery.h"
#include "login.h"
#include "portal.h"
#include "server.h"

#define SOCKETS_MAX	32
#define DATA_MAX	ISCSI_DATA_DEFAULT

/* What somebody is here for. Each has its own limits, so that neither takes the other's place. */
enum visit {
	VISIT_LOGIN,
	VISIT_DISCOVERY,
	VISITS,
};

enum conn_state {
	CONN_LOGIN,
	CONN_DISCOVERY,
	CONN_CLOSING,
};

struct conn {
	LIST_ENTRY(conn) entry;
	struct server *server;
	enum visit visit;
	struct guest guest;		/* of server->admission[visit] */
	enum conn_state state;
	int fd;
	struct event *readable;
	struct event *writable;
	struct event *timer;
	struct event *turn;		/* our next one, of a discovery session */
	union sockets_addr peer;
	char name[PORTAL_TEXT_MAX];	/* of the peer */
	struct sockets_buffers buffers;	/* to be, once it is no stranger */

	struct login *login;		/* one of these, by state */
	struct discovery *discovery;

	struct iscsi_bhs bhs;
	size_t got;			/* of header, AHS and padded data */
	uint8_t data[DATA_MAX];

	const uint8_t *out;
	size_t out_left;
};

struct listening {
	int fd;
	struct event *event;		/* while we listen */
	struct server *server;
};

struct server {
	struct event_base *base;
	struct server_options options;
	bool listening;
	bool link_local;
	size_t nr_sockets;
	struct listening socket[SOCKETS_MAX];
	union sockets_addr bound[SOCKETS_MAX];
	LIST_HEAD(, conn) conns;
	struct known_hosts known;
	struct admission *admission[VISITS];
	struct event *resume;
};

/* server.c: @conn is a guest for @visit now; another one may have gone. Return: 0 or -errno. */
int server_admit(struct server *server, struct conn *conn, enum visit visit);

/* server.c: @peer has a session now. */
void server_know(struct server *server, const union sockets_addr *peer);

/* conn.c */

/* Return: NULL if there is no memory; @fd is the caller's then. Whoever admits it starts it. */
struct conn *conn_new(struct server *server, int fd, const union sockets_addr *peer,
		      const union sockets_addr *local);
void conn_start(struct conn *conn);
void conn_free(struct conn *conn);

#endif
