/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The iSNS client: registers our targets and portals, hears of changes, and with AccessControl asks
 * which initiators each target may be seen by. Nothing waits for the server: questions are answered
 * from what it said last, and what it has not said is no permission.
 *
 *	OFF -> CONNECTING -> READY -> (any trouble) -> WAITING -> CONNECTING ...
 */
#ifndef ISCSID_ISNS_H
#define ISCSID_ISNS_H

#include <event2/event.h>

#include "env.h"
#include "error.h"
#include "server.h"

struct isns;

int isns_new(struct event_base *base, const struct env *env, const struct server *server,
	     struct isns **isns, struct scst_error *err);
void isns_free(struct isns *isns);

/* The configuration is now @driver's: another server, other targets, perhaps. */
void isns_configure(struct isns *isns, const struct scst_iscsi_driver *driver);

/* As env_ops.isns_allows. */
bool isns_allows(const struct isns *isns, const char *target, const char *initiator);

/* Take our registration back, then call @done; soon, whatever the server does. */
void isns_leave(struct isns *isns, void (*done)(void *arg), void *arg);

#endif
