// SPDX-License-Identifier: GPL-2.0-only
/* The messages that we send. */
#include "isns_client.h"

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
		isns_add_u32(&isns->out, ISNS_ESI_INTERVAL, ISNS_ESI_SECONDS);
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
void isns_build_register(struct isns *isns, const struct isns_target *target)
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

void isns_build_scn(struct isns *isns, const struct isns_target *target)
{
	begin(isns, ISNS_SCN_REGISTER, 0, target->name);
	isns_add_string(&isns->out, ISNS_NAME, target->name);
	isns_add(&isns->out, ISNS_DELIMITER, NULL, 0);
	isns_add_u32(&isns->out, ISNS_SCN_BITMAP, ISNS_SCN_WANTED);
}

/* As this target sees the world: those in a discovery domain with it. */
void isns_build_query(struct isns *isns, const struct isns_target *target)
{
	begin(isns, ISNS_QUERY, 0, target->name);
	isns_add_u32(&isns->out, ISNS_NODE_TYPE, ISNS_NODE_INITIATOR);
	isns_add(&isns->out, ISNS_DELIMITER, NULL, 0);
	isns_add(&isns->out, ISNS_NAME, NULL, 0);
	isns_add(&isns->out, ISNS_NODE_TYPE, NULL, 0);
}

void isns_build_deregister(struct isns *isns, const struct isns_target *target)
{
	begin(isns, ISNS_DEREGISTER, 0, target->name);
	isns_add(&isns->out, ISNS_DELIMITER, NULL, 0);
	isns_add_string(&isns->out, ISNS_NAME, target->name);
}

void isns_build_leave(struct isns *isns, const struct isns_target *target)
{
	begin(isns, ISNS_DEREGISTER, 0, target->name);
	isns_add(&isns->out, ISNS_DELIMITER, NULL, 0);
	isns_add_string(&isns->out, ISNS_ENTITY, entity(isns));
}
