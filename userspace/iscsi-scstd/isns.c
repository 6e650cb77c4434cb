// SPDX-License-Identifier: GPL-2.0-only
#include "isns.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/dns.h>
#include <event2/listener.h>
#include <sys/queue.h>

#include "isns_msg.h"
#include "log.h"
#include "portal.h"

#define RETRY		10	/* seconds, after trouble */
#define ANSWER_TIME	15	/* that the server has for one */
#define REFRESH		300	/* if the server names no registration period */
#define LEAVE_TIME	2
#define SETTLE_MS	200	/* changes come in bunches */
#define CALLERS_MAX	8	/* connections from the server, for SCN and ESI */
#define ESI_INTERVAL	60

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
	bool seen;			/* by the sync that is going on */
	char **initiators;
	size_t nr_initiators;
};

/* The server calls us. */
struct caller {
	LIST_ENTRY(caller) entry;
	struct isns *isns;
	struct bufferevent *bev;
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
	uint32_t period;

	struct evconnlistener *listener[2];
	uint16_t port;			/* of both */
	LIST_HEAD(, caller) callers;
	unsigned int nr_callers;

	void (*left)(void *arg);	/* leaving: then call this */
	void *left_arg;
	struct isns_out out;
};

static void next(struct isns *isns);

/* Targets */

static void forget_initiators(struct isns_target *target)
{
	for (size_t i = 0; i < target->nr_initiators; i++)
		free(target->initiators[i]);
	free(target->initiators);
	target->initiators = NULL;
	target->nr_initiators = 0;
}

static void free_target(struct isns *isns, struct isns_target *target)
{
	if (isns->about == target)
		isns->about = NULL;
	LIST_REMOVE(target, entry);
	forget_initiators(target);
	free(target);
}

static struct isns_target *find_target(const struct isns *isns, const char *name)
{
	struct isns_target *target;

	LIST_FOREACH(target, &isns->targets, entry)
		if (streq(target->name, name))
			return target;
	return NULL;
}

bool isns_allows(const struct isns *isns, const char *name, const char *initiator)
{
	const struct isns_target *target;

	if (!isns->driver.isns_server[0] || !isns->driver.isns_access_control)
		return true;
	target = find_target(isns, name);
	for (size_t i = 0; target && i < target->nr_initiators; i++)
		if (streq(target->initiators[i], initiator))
			return true;
	return false;
}

static int add_initiator(const char *name, void *arg)
{
	struct isns_target *target = arg;
	char **bigger = reallocarray(target->initiators, target->nr_initiators + 1,
				     sizeof(*bigger));

	if (!bigger)
		return -ENOMEM;
	target->initiators = bigger;
	bigger[target->nr_initiators] = strdup(name);
	if (!bigger[target->nr_initiators])
		return -ENOMEM;
	target->nr_initiators++;
	return 0;
}

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
	isns->entity_registered = false;
	for (target = LIST_FIRST(&isns->targets); target; target = tmp) {
		tmp = LIST_NEXT(target, entry);
		target->registered = false;
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

/* Messages */

static const char *entity(const struct isns *isns)
{
	static char host[256];

	if (isns->driver.isns_entity_name[0])
		return isns->driver.isns_entity_name;
	if (gethostname(host, sizeof(host)) || !host[0])
		return "iscsi-scst";
	host[sizeof(host) - 1] = '\0';
	return host;
}

static void begin(struct isns *isns, enum isns_function function, enum isns_flag flags,
		  const char *source)
{
	isns_begin(&isns->out, function, ISNS_FROM_CLIENT | flags, ++isns->xid);
	isns_add_string(&isns->out, ISNS_NAME, source);
}

static void add_portals(struct isns *isns)
{
	for (size_t i = 0; i < isns->nr_portals; i++) {
		isns_add_portal(&isns->out, ISNS_PORTAL_IP, ISNS_PORTAL_PORT, &isns->portals[i]);
		isns_add_u32(&isns->out, ISNS_ESI_INTERVAL, ESI_INTERVAL);
		isns_add_u32(&isns->out, ISNS_ESI_PORT, isns->port);
		isns_add_u32(&isns->out, ISNS_SCN_PORT, isns->port);
	}
}

/* The tag comes first (RFC 4171 5.6.5.1); a portal in group NULL is none of the target's. */
static void add_groups(struct isns *isns, const struct isns_target *target)
{
	for (size_t i = 0; i < isns->nr_portals; i++) {
		if (target->allowed & UINT64_C(1) << i)
			isns_add_u32(&isns->out, ISNS_GROUP_TAG, PORTAL_GROUP);
		else
			isns_add(&isns->out, ISNS_GROUP_TAG, NULL, 0);
		isns_add_portal(&isns->out, ISNS_GROUP_IP, ISNS_GROUP_PORT, &isns->portals[i]);
	}
}

/* The first one replaces all that the server may still believe of us. */
static void build_register(struct isns *isns, const struct isns_target *target)
{
	bool first = !isns->entity_registered;

	begin(isns, ISNS_REGISTER, first ? ISNS_REPLACE : 0, target->name);
	isns_add_string(&isns->out, ISNS_ENTITY, entity(isns));
	isns_add(&isns->out, ISNS_DELIMITER, NULL, 0);
	isns_add_string(&isns->out, ISNS_ENTITY, entity(isns));
	isns_add_u32(&isns->out, ISNS_ENTITY_PROTOCOL, ISNS_PROTOCOL_ISCSI);
	if (first || isns->refresh)
		add_portals(isns);
	isns_add_string(&isns->out, ISNS_NAME, target->name);
	isns_add_u32(&isns->out, ISNS_NODE_TYPE, ISNS_NODE_TARGET);
	if (target->alias[0])
		isns_add_string(&isns->out, ISNS_ALIAS, target->alias);
	add_groups(isns, target);
}

static void build_scn(struct isns *isns, const struct isns_target *target)
{
	begin(isns, ISNS_SCN_REGISTER, 0, target->name);
	isns_add_string(&isns->out, ISNS_NAME, target->name);
	isns_add(&isns->out, ISNS_DELIMITER, NULL, 0);
	isns_add_u32(&isns->out, ISNS_SCN_BITMAP, ISNS_SCN_WANTED);
}

/* As this target sees the world: those in a discovery domain with it. */
static void build_query(struct isns *isns, const struct isns_target *target)
{
	begin(isns, ISNS_QUERY, 0, target->name);
	isns_add_u32(&isns->out, ISNS_NODE_TYPE, ISNS_NODE_INITIATOR);
	isns_add(&isns->out, ISNS_DELIMITER, NULL, 0);
	isns_add(&isns->out, ISNS_NAME, NULL, 0);
	isns_add(&isns->out, ISNS_NODE_TYPE, NULL, 0);
}

static void build_deregister(struct isns *isns, const struct isns_target *target)
{
	begin(isns, ISNS_DEREGISTER, 0, target->name);
	isns_add(&isns->out, ISNS_DELIMITER, NULL, 0);
	isns_add_string(&isns->out, ISNS_NAME, target->name);
}

static void build_leave(struct isns *isns, const struct isns_target *target)
{
	begin(isns, ISNS_DEREGISTER, 0, target->name);
	isns_add(&isns->out, ISNS_DELIMITER, NULL, 0);
	isns_add_string(&isns->out, ISNS_ENTITY, entity(isns));
}

static const struct {
	enum todo todo;
	enum isns_function function;
	void (*build)(struct isns *isns, const struct isns_target *target);
	const char *name;
} steps[] = {
	{ TODO_REGISTER,   ISNS_REGISTER,	build_register,	  "registration"		},
	{ TODO_SCN,	   ISNS_SCN_REGISTER,	build_scn,	  "registration for changes"	},
	{ TODO_QUERY,	   ISNS_QUERY,		build_query,	  "query"			},
	{ TODO_DEREGISTER, ISNS_DEREGISTER,	build_deregister, "deregistration"		},
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
	unsigned int third = isns->period / 3;

	return !isns->period || third > REFRESH ? REFRESH : third ?: 1;
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

static int take_initiators(struct isns_target *target, const uint8_t *body, size_t len)
{
	forget_initiators(target);
	return isns_each_initiator(body, len, add_initiator, target);
}

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
		return target ? take_initiators(target, body, len) : 0;
	case TODO_DEREGISTER:
		if (target)
			free_target(isns, target);
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

static void receive_answer(struct isns *isns, const struct isns_header *header, const uint8_t *body)
{
	size_t len = header->body_len;
	char what[320];
	int status;

	if (isns->left) {
		isns->left(isns->left_arg);
		return;
	}
	if (!isns->asked || header->xid != isns->xid || !(header->function & ISNS_RESPONSE))
		return;
	status = isns_take_status(&body, &len);
	if (status) {
		snprintf(what, sizeof(what), "%s of %s failed, status %d", question(isns),
			 isns->about ? isns->about->name : "a target that is gone", status);
		trouble(isns, what);
		return;
	}
	if (take_answer(isns, body, len)) {
		trouble(isns, "a malformed answer");
		return;
	}
	isns->asked = 0;
	isns->about = NULL;
	next(isns);
}

/*
 * The next whole message in @in: 1, with *@body pointing into @in, which must then be drained of
 * header and body; 0: not yet; -errno.
 */
static int peek_message(struct evbuffer *in, struct isns_header *header, const uint8_t **body)
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

static void on_readable(struct bufferevent *bev, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(bev);
	struct isns *isns = arg;
	struct isns_header header;
	const uint8_t *body;
	int ret;

	while ((ret = peek_message(in, &header, &body)) > 0) {
		receive_answer(isns, &header, body);
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

/* Calls of the server */

static void drop_caller(struct caller *caller)
{
	caller->isns->nr_callers--;
	LIST_REMOVE(caller, entry);
	bufferevent_free(caller->bev);
	free(caller);
}

/* Something happened in a discovery domain of ours: ask again who is in it. */
static void hear_of_change(struct isns *isns)
{
	struct isns_target *target;

	if (isns->driver.isns_access_control)
		LIST_FOREACH(target, &isns->targets, entry)
			if (target->registered)
				target->todo |= TODO_QUERY;
	next(isns);
}

static void on_call(struct bufferevent *bev, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(bev);
	static struct isns_out answer;
	struct caller *caller = arg;
	struct isns_header header;
	const uint8_t *body;
	int ret;

	while ((ret = peek_message(in, &header, &body)) > 0) {
		if (isns_answer(&header, body, &answer)) {
			drop_caller(caller);
			return;
		}
		bufferevent_write(bev, answer.pdu, answer.len);
		evbuffer_drain(in, ISNS_HEADER_LEN + header.body_len);
		if (header.function == ISNS_SCN)
			hear_of_change(caller->isns);
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
	const struct timeval patience = { .tv_sec = 2 * ESI_INTERVAL };
	union sockets_addr peer = {};
	struct isns *isns = arg;
	struct caller *caller;

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
static void listen_for_calls(struct isns *isns)
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

/* What there is to do */

static void add_target(struct isns *isns, const struct scst_iscsi_target *from)
{
	struct isns_target *target = calloc(1, sizeof(*target));

	if (!target) {
		log_error("iSNS: out of memory");
		return;
	}
	strcpy(target->name, from->name);
	LIST_INSERT_HEAD(&isns->targets, target, entry);
}

static uint64_t allowed_portals(const struct isns *isns, uint32_t tid)
{
	uint64_t allowed = 0;

	for (size_t i = 0; i < isns->nr_portals; i++)
		if (portal_is_allowed(isns->env, tid, &isns->portals[i]) > 0)
			allowed |= UINT64_C(1) << i;
	return allowed;
}

static void see_target(struct isns *isns, const struct scst_iscsi_target *from)
{
	struct isns_target *target = find_target(isns, from->name);
	uint64_t allowed = allowed_portals(isns, from->tid);

	if (!target) {
		add_target(isns, from);
		target = find_target(isns, from->name);
		if (!target)
			return;
	}
	target->seen = true;
	target->todo &= ~TODO_DEREGISTER;
	if (target->registered && target->tid == from->tid && target->allowed == allowed &&
	    streq(target->alias, from->alias))
		return;
	target->tid = from->tid;
	target->allowed = allowed;
	strcpy(target->alias, from->alias);
	target->todo |= TODO_REGISTER | TODO_SCN;
}

/* A target that was not asked about yet, with AccessControl or since it was switched on. */
static void want_queries(struct isns *isns)
{
	struct isns_target *target;

	if (isns->driver.isns_access_control)
		LIST_FOREACH(target, &isns->targets, entry)
			if (target->seen)
				target->todo |= TODO_QUERY;
}

static void drop_unseen(struct isns *isns)
{
	struct isns_target *target, *tmp;

	for (target = LIST_FIRST(&isns->targets); target; target = tmp) {
		tmp = LIST_NEXT(target, entry);
		if (target->seen)
			continue;
		if (target->registered)
			target->todo = TODO_DEREGISTER;
		else if (isns->about != target)
			free_target(isns, target);
	}
}

/* Addresses come and go: then the entity is registered anew. */
static void sync_portals(struct isns *isns)
{
	struct portal portals[PORTALS_MAX] = {};
	size_t all = server_portals(isns->server, NULL, portals), nr = 0;

	for (size_t i = 0; i < all; i++)
		if (!portal_is_listed(isns->driver.internal_portal, &portals[i]))
			portals[nr++] = portals[i];
	memset(portals + nr, 0, (PORTALS_MAX - nr) * sizeof(portals[0]));
	if (nr == isns->nr_portals && !memcmp(portals, isns->portals, sizeof(portals)))
		return;
	isns->nr_portals = nr;
	memcpy(isns->portals, portals, sizeof(portals));
	isns->refresh = true;
}

static void sync_targets(struct isns *isns)
{
	struct scst_iscsi_target from = {};
	struct isns_target *target;

	LIST_FOREACH(target, &isns->targets, entry)
		target->seen = false;
	while (isns->driver.enabled && !isns->env->ops->target(isns->env->arg, &from)) {
		uint32_t tid = from.tid;

		if (from.enabled)
			see_target(isns, &from);
		from = (struct scst_iscsi_target){ .tid = tid };
	}
	want_queries(isns);
	drop_unseen(isns);
}

static void on_settled(evutil_socket_t fd _unused_, short what _unused_, void *arg)
{
	struct isns *isns = arg;

	if (isns->state != ISNS_READY || isns->left)
		return;
	sync_portals(isns);
	sync_targets(isns);
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
	listen_for_calls(isns);
	isns->state = ISNS_CONNECTING;
	bufferevent_setcb(isns->bev, on_readable, NULL, on_event, isns);
	bufferevent_setwatermark(isns->bev, EV_READ, 0, ISNS_HEADER_LEN + ISNS_BODY_MAX);
	bufferevent_enable(isns->bev, EV_READ | EV_WRITE);
	set_timer(isns, ANSWER_TIME);
	if (start_connecting(isns))
		trouble(isns, "cannot connect");
}

/* Registering one target again keeps all of the entity alive. */
static void refresh(struct isns *isns)
{
	struct isns_target *target = LIST_FIRST(&isns->targets);

	sync_portals(isns);
	isns->refresh = true;
	if (target)
		target->todo |= TODO_REGISTER;
	hear_of_change(isns);
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
	while (!LIST_EMPTY(&isns->callers))
		drop_caller(LIST_FIRST(&isns->callers));
	while (!LIST_EMPTY(&isns->targets))
		free_target(isns, LIST_FIRST(&isns->targets));
	for (size_t i = 0; i < ARRAY_SIZE(isns->listener); i++) {
		if (isns->listener[i])
			evconnlistener_free(isns->listener[i]);
		isns->listener[i] = NULL;
	}
	isns->port = 0;
	isns->state = ISNS_OFF;
}

void isns_configure(struct isns *isns, const struct scst_iscsi_driver *driver)
{
	bool same = streq(isns->driver.isns_server, driver->isns_server) &&
		    streq(isns->driver.isns_entity_name, driver->isns_entity_name) &&
		    streq(isns->driver.internal_portal, driver->internal_portal);

	isns->driver = *driver;
	if (isns->left)
		return;
	if (same && isns->state != ISNS_OFF) {
		event_add(isns->settle, &(struct timeval){ .tv_usec = SETTLE_MS * 1000 });
		return;
	}
	turn_off(isns);
	if (driver->isns_server[0])
		connect_to_server(isns);
}

void isns_leave(struct isns *isns, void (*done)(void *arg), void *arg)
{
	const struct isns_target *target = LIST_FIRST(&isns->targets);

	if (isns->state != ISNS_READY || !isns->entity_registered || !target || isns->left) {
		done(arg);
		return;
	}
	isns->left = done;
	isns->left_arg = arg;
	build_leave(isns, target);
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
