/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside of the iSNS client:
 *
 *	isns.c		connection, what is asked when, and its answers
 *	isns_targets.c	what there is to register, and who may see it
 *	isns_build.c	the messages that we send
 *	isns_calls.c	the server calls us
 */
#ifndef ISCSID_ISNS_CLIENT_H
#define ISCSID_ISNS_CLIENT_H

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <sys/queue.h>

#include "isns.h"
#include "isns_msg.h"
#include "portal.h"
#include "sockets.h"

#define ISNS_ESI_SECONDS	60

enum isns_state {
	ISNS_OFF,
	ISNS_WAITING,
	ISNS_CONNECTING,
	ISNS_READY,
};

/* What a target still needs, in this order. */
enum todo {
	TODO_REGISTER		= 1,
	TODO_SCN		= 2,
	TODO_QUERY		= 4,
	TODO_DEREGISTER		= 8,
};

struct isns_target {
	LIST_ENTRY(isns_target) entry;
	char name[SCST_ISCSI_NAME_LEN];
	char alias[256];
	uint32_t tid;
	uint64_t allowed;		/* of the portals, a bit each */
	unsigned int todo;
	bool registered;
	bool refused;			/* the server does not want it: asked again now and then */
	bool seen;			/* by the sync that is going on */
	char **initiators;
	size_t nr_initiators;
};

struct isns {
	struct event_base *base;
	const struct env *env;
	const struct server *server;
	struct evdns_base *dns;
	struct scst_iscsi_driver driver;
	enum isns_state state;
	struct bufferevent *bev;
	union sockets_addr server_addr;
	struct event *timer;		/* retry, time-out or refresh, by state */
	struct event *settle;		/* then sync() */
	LIST_HEAD(, isns_target) targets;

	bool entity_registered;
	bool refresh;			/* the entity's time stamp */
	struct portal portals[PORTALS_MAX];
	size_t nr_portals;
	uint16_t xid;
	enum todo asked;		/* what we wait for an answer to; 0: nothing */
	struct isns_target *about;
	struct isns_gather gather;	/* the answer */
	uint32_t period;

	struct evconnlistener *listener[2];
	uint16_t port;			/* of both */
	LIST_HEAD(, isns_caller) callers;
	unsigned int nr_callers;

	void (*left)(void *arg);	/* leaving: then call this */
	void *left_arg;
	struct isns_out out;
};

/* isns.c */
void isns_hear_of_change(struct isns *isns);

/* isns_targets.c */
void isns_target_free(struct isns *isns, struct isns_target *target);
int isns_take_initiators(struct isns_target *target, const uint8_t *body, size_t len);
void isns_sync_portals(struct isns *isns);
void isns_sync_targets(struct isns *isns);

/* isns_build.c: into isns->out */
void isns_build_register(struct isns *isns, const struct isns_target *target);
void isns_build_scn(struct isns *isns, const struct isns_target *target);
void isns_build_query(struct isns *isns, const struct isns_target *target);
void isns_build_deregister(struct isns *isns, const struct isns_target *target);
void isns_build_leave(struct isns *isns, const struct isns_target *target);

/* isns_calls.c */
int isns_peek(struct evbuffer *in, struct isns_header *header, const uint8_t **body);
void isns_calls_listen(struct isns *isns);
void isns_calls_stop(struct isns *isns);

#endif
