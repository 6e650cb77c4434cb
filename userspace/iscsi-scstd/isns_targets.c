// SPDX-License-Identifier: GPL-2.0-only
/* What there is to register: targets and portals; and what the server said who may see them. */
#include "isns_client.h"
#include "log.h"
#include "name.h"

static void forget_initiators(struct isns_target *target)
{
	for (size_t i = 0; i < target->nr_initiators; i++)
		free(target->initiators[i]);
	free(target->initiators);
	target->initiators = NULL;
	target->nr_initiators = 0;
}

void isns_target_free(struct isns *isns, struct isns_target *target)
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
		if (name_is_same(target->initiators[i], initiator))
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

int isns_take_initiators(struct isns_target *target, const uint8_t *body, size_t len)
{
	forget_initiators(target);
	return isns_each_initiator(body, len, add_initiator, target);
}

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
	uint64_t allowed;

	if (portal_allowed(isns->env, tid, isns->portals, isns->nr_portals, &allowed))
		return 0;
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
			isns_target_free(isns, target);
	}
}

/* Addresses come and go: then the entity is registered anew. */
void isns_sync_portals(struct isns *isns)
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

void isns_sync_targets(struct isns *isns)
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
