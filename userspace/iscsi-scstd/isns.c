// SPDX-License-Identifier: GPL-2.0-only
/* The connection, what is asked when, and its answers. */
#include "isns_client.h"

#include <event2/dns.h>

#include "log.h"

#define RETRY		10	/* seconds, after trouble */
#define ANSWER_TIME	15	/* that the server has for one */
#define REFRESH		300	/* if the server names no registration period */
#define RETRY_REFUSED	60	/* a target that the server did not want */
#define LEAVE_TIME	2
#define SETTLE_MS	200	/* changes come in bunches */

/* Connection */

static void set_timer(struct isns *isns, unsigned int seconds)
{
	event_add(isns->timer, &(struct timeval){ .tv_sec = seconds });
}

static void disconnect(struct isns *isns)
{
	struct isns_target *target, *tmp;

	if (isns->bev)
		bufferevent_free(isns->bev);
	isns->bev = NULL;
	isns->asked = 0;
	isns->about = NULL;
	isns_gather_free(&isns->gather);
	isns->entity_registered = false;
	for (target = LIST_FIRST(&isns->targets); target; target = tmp) {
		tmp = LIST_NEXT(target, entry);
		target->registered = false;
		target->refused = false;
		target->todo = 0;
	}
}

/* Who answered last time goes on being believed: sessions do not depend on the server's health. */
static void trouble(struct isns *isns, const char *what)
{
	if (isns->left) {
		isns->left(isns->left_arg);
		return;
	}
	log_warn("iSNS server %s: %s; trying again in %d s", isns->driver.isns_server, what, RETRY);
	disconnect(isns);
	isns->state = ISNS_WAITING;
	set_timer(isns, RETRY);
}

static const struct {
	enum todo todo;
	enum isns_function function;
	void (*build)(struct isns *isns, const struct isns_target *target);
	const char *name;
} steps[] = {
	{ TODO_REGISTER,   ISNS_REGISTER,	isns_build_register,   "registration"		 },
	{ TODO_SCN,	   ISNS_SCN_REGISTER,	isns_build_scn,	       "registration for changes" },
	{ TODO_QUERY,	   ISNS_QUERY,		isns_build_query,      "query"			 },
	{ TODO_DEREGISTER, ISNS_DEREGISTER,	isns_build_deregister, "deregistration"		 },
};

static void send_message(struct isns *isns, enum todo what, struct isns_target *about)
{
	if (isns_finish(&isns->out)) {
		trouble(isns, "a message of ours is too long");
		return;
	}
	isns->asked = what;
	isns->about = about;
	bufferevent_write(isns->bev, isns->out.pdu, isns->out.len);
	set_timer(isns, ANSWER_TIME);
}

static unsigned int refresh_interval(const struct isns *isns)
{
	unsigned int third = isns->period / 3 ?: 1, interval = REFRESH;
	const struct isns_target *target;

	LIST_FOREACH(target, &isns->targets, entry)
		if (target->refused)
			interval = RETRY_REFUSED;
	return isns->period && third < interval ? third : interval;
}

/* One question at a time; when there is none left the timer counts to the refresh. */
static void next(struct isns *isns)
{
	struct isns_target *target;

	if (isns->state != ISNS_READY || isns->asked)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		LIST_FOREACH(target, &isns->targets, entry) {
			if (!(target->todo & steps[i].todo))
				continue;
			target->todo &= ~steps[i].todo;
			steps[i].build(isns, target);
			send_message(isns, steps[i].todo, target);
			return;
		}
	}
	set_timer(isns, refresh_interval(isns));
}

/* Answers */

static int take_answer(struct isns *isns, const uint8_t *body, size_t len)
{
	struct isns_target *target = isns->about;

	switch (isns->asked) {
	case TODO_REGISTER:
		isns->entity_registered = true;
		isns->refresh = false;
		isns->period = isns_find_period(body, len) ?: isns->period;
		if (target)
			target->registered = true;
		break;
	case TODO_QUERY:
		return target ? isns_take_initiators(target, body, len) : 0;
	case TODO_DEREGISTER:
		if (target)
			isns_target_free(isns, target);
		isns->entity_registered = !LIST_EMPTY(&isns->targets);
		break;
	case TODO_SCN:
		break;
	}
	return 0;
}

static const char *question(const struct isns *isns)
{
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		if (steps[i].todo == isns->asked)
			return steps[i].name;
	return "message";
}

/* That is this target's trouble. Who may see the others is as important as ever. */
static void take_refusal(struct isns *isns, int status)
{
	struct isns_target *target = isns->about;

	log_peer(LOG_WARNING, "iSNS server %s: %s of %s failed, status %d",
		 isns->driver.isns_server, question(isns),
		 target ? target->name : "a target that is gone", status);
	if (!target)
		return;
	switch (isns->asked) {
	case TODO_REGISTER:
		target->registered = false;
		target->refused = true;
		target->todo &= TODO_DEREGISTER;
		break;
	case TODO_DEREGISTER:
		isns_target_free(isns, target);
		isns->entity_registered = !LIST_EMPTY(&isns->targets);
		break;
	case TODO_SCN:
	case TODO_QUERY:
		target->refused = true;
		break;
	}
}

/* Return: what is wrong with it, or NULL. */
static const char *receive_answer(struct isns *isns)
{
	const uint8_t *body = isns->gather.body;
	size_t len = isns->gather.len;
	int status = isns_take_status(&body, &len);

	if (status < 0)
		return "a malformed answer";
	if (status)
		take_refusal(isns, status);
	else if (take_answer(isns, body, len))
		return "a malformed answer";
	isns->asked = 0;
	isns->about = NULL;
	next(isns);
	return NULL;
}

/* Return: what is wrong with it, or NULL. */
static const char *receive_pdu(struct isns *isns, const struct isns_header *header,
			       const uint8_t *body)
{
	const char *wrong = NULL;
	int ret;

	if (!isns->asked || header->xid != isns->xid || !(header->function & ISNS_RESPONSE))
		return NULL;
	ret = isns_gather(&isns->gather, header, body);
	if (ret < 0)
		wrong = "an answer in pieces that do not fit together, or too long";
	else if (ret)
		wrong = receive_answer(isns);
	if (ret)
		isns_gather_free(&isns->gather);
	return wrong;
}

static void on_readable(struct bufferevent *bev, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(bev);
	struct isns *isns = arg;
	struct isns_header header;
	const char *wrong;
	const uint8_t *body;
	int ret;

	while ((ret = isns_peek(in, &header, &body)) > 0) {
		if (isns->left) {
			isns->left(isns->left_arg);
			return;
		}
		wrong = receive_pdu(isns, &header, body);
		if (wrong)
			trouble(isns, wrong);
		if (isns->bev != bev)
			return;		/* trouble: it is gone, and the buffer with it */
		evbuffer_drain(in, ISNS_HEADER_LEN + header.body_len);
	}
	if (ret < 0)
		trouble(isns, ret == -EOPNOTSUPP ? "an answer in a form that we do not know" :
						   "this is no iSNS");
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	socklen_t len = sizeof(union sockets_addr);
	struct isns *isns = arg;

	if (!(what & BEV_EVENT_CONNECTED)) {
		trouble(isns, what & BEV_EVENT_EOF ? "closed the connection" :
						     evutil_socket_error_to_string(
							     EVUTIL_SOCKET_ERROR()));
		return;
	}
	getpeername(bufferevent_getfd(bev), &isns->server_addr.any, &len);
	isns->state = ISNS_READY;
	log_info("iSNS server %s: connected", isns->driver.isns_server);
	event_active(isns->settle, EV_TIMEOUT, 0);
}

/* Something happened in a discovery domain of ours: ask again who is in it. */
void isns_hear_of_change(struct isns *isns)
{
	struct isns_target *target;

	if (isns->driver.isns_access_control)
		LIST_FOREACH(target, &isns->targets, entry)
			if (target->registered)
				target->todo |= TODO_QUERY;
	next(isns);
}

/* What there is to do */

static void on_settled(evutil_socket_t fd _unused_, short what _unused_, void *arg)
{
	struct isns *isns = arg;

	if (isns->state != ISNS_READY || isns->left)
		return;
	isns_sync_portals(isns);
	isns_sync_targets(isns);
	next(isns);
}

static bool is_number(const char *host)
{
	struct portal portal;

	return !portal_parse(host, ISNS_PORT, &portal);
}

/* "host" or "address[:port]". */
static int start_connecting(struct isns *isns)
{
	struct portal portal = { .port = ISNS_PORT };
	const char *host = isns->driver.isns_server;

	if (is_number(host)) {
		portal_parse(host, ISNS_PORT, &portal);
		host = portal.addr;
	} else if (!isns->dns) {
		isns->dns = evdns_base_new(isns->base, EVDNS_BASE_DISABLE_WHEN_INACTIVE);
		if (isns->dns)
			evdns_base_resolv_conf_parse(isns->dns, DNS_OPTIONS_ALL,
						     "/etc/resolv.conf");
	}
	return bufferevent_socket_connect_hostname(isns->bev, isns->dns, AF_UNSPEC, host,
						   portal.port);
}

static void connect_to_server(struct isns *isns)
{
	isns->bev = bufferevent_socket_new(isns->base, -1, BEV_OPT_CLOSE_ON_FREE);
	if (!isns->bev) {
		trouble(isns, "out of memory");
		return;
	}
	isns_calls_listen(isns);
	isns->state = ISNS_CONNECTING;
	bufferevent_setcb(isns->bev, on_readable, NULL, on_event, isns);
	bufferevent_setwatermark(isns->bev, EV_READ, 0, ISNS_HEADER_LEN + ISNS_BODY_MAX);
	bufferevent_enable(isns->bev, EV_READ | EV_WRITE);
	set_timer(isns, ANSWER_TIME);
	if (start_connecting(isns))
		trouble(isns, "cannot connect");
}

/* Registering one target again keeps all of the entity alive. Those that were refused try again. */
static void refresh(struct isns *isns)
{
	struct isns_target *target = LIST_FIRST(&isns->targets);

	isns_sync_portals(isns);
	isns->refresh = true;
	if (target)
		target->todo |= TODO_REGISTER;
	LIST_FOREACH(target, &isns->targets, entry) {
		if (!target->refused)
			continue;
		target->refused = false;
		target->todo |= TODO_REGISTER | TODO_SCN;
		if (isns->driver.isns_access_control)
			target->todo |= TODO_QUERY;
	}
	isns_hear_of_change(isns);
}

static void on_timer(evutil_socket_t fd _unused_, short what _unused_, void *arg)
{
	struct isns *isns = arg;

	if (isns->left) {
		isns->left(isns->left_arg);
		return;
	}
	switch (isns->state) {
	case ISNS_OFF:
		break;
	case ISNS_WAITING:
		connect_to_server(isns);
		break;
	case ISNS_CONNECTING:
		trouble(isns, "does not answer");
		break;
	case ISNS_READY:
		if (isns->asked)
			trouble(isns, "does not answer");
		else
			refresh(isns);
		break;
	}
}

static void turn_off(struct isns *isns)
{
	disconnect(isns);
	event_del(isns->timer);
	isns_calls_stop(isns);
	while (!LIST_EMPTY(&isns->targets))
		isns_target_free(isns, LIST_FIRST(&isns->targets));
	isns->state = ISNS_OFF;
}

/* The server has something of ours that can be taken back. */
static bool can_leave(const struct isns *isns)
{
	return isns->state == ISNS_READY && isns->entity_registered &&
	       !LIST_EMPTY(&isns->targets) && !isns->left;
}

static void begin_again(void *arg)
{
	struct isns *isns = arg;

	isns->left = NULL;
	turn_off(isns);
	if (isns->driver.isns_server[0])
		connect_to_server(isns);
}

/* By another name the server would take us for somebody who wants our portals: we leave first. */
void isns_configure(struct isns *isns, const struct scst_iscsi_driver *driver)
{
	bool same = streq(isns->driver.isns_server, driver->isns_server) &&
		    streq(isns->driver.isns_entity_name, driver->isns_entity_name) &&
		    streq(isns->driver.internal_portal, driver->internal_portal);

	if (!same && can_leave(isns))
		isns_leave(isns, begin_again, isns);
	isns->driver = *driver;
	if (isns->left)
		return;
	if (same && isns->state != ISNS_OFF)
		event_add(isns->settle, &(struct timeval){ .tv_usec = SETTLE_MS * 1000 });
	else
		begin_again(isns);
}

void isns_leave(struct isns *isns, void (*done)(void *arg), void *arg)
{
	if (!can_leave(isns)) {
		done(arg);
		return;
	}
	isns->left = done;
	isns->left_arg = arg;
	isns_build_leave(isns, LIST_FIRST(&isns->targets));
	isns_finish(&isns->out);
	bufferevent_write(isns->bev, isns->out.pdu, isns->out.len);
	set_timer(isns, LEAVE_TIME);
}

int isns_new(struct event_base *base, const struct env *env, const struct server *server,
	     struct isns **out, struct scst_error *err)
{
	struct isns *isns = calloc(1, sizeof(*isns));

	if (!isns)
		return scst_fail(err, -ENOMEM, "out of memory");
	isns->base = base;
	isns->env = env;
	isns->server = server;
	LIST_INIT(&isns->targets);
	LIST_INIT(&isns->callers);
	isns->timer = evtimer_new(base, on_timer, isns);
	isns->settle = evtimer_new(base, on_settled, isns);
	*out = isns;
	return isns->timer && isns->settle ? 0 : scst_fail(err, -ENOMEM, "out of memory");
}

void isns_free(struct isns *isns)
{
	if (!isns)
		return;
	if (isns->timer && isns->settle)
		turn_off(isns);
	if (isns->dns)
		evdns_base_free(isns->dns, 0);
	if (isns->timer)
		event_free(isns->timer);
	if (isns->settle)
		event_free(isns->settle);
	free(isns);
}
