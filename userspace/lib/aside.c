// SPDX-License-Identifier: GPL-2.0-only
#include "aside.h"

#include "conf_keys.h"
#include "uses.h"

/* ---- put aside ------------------------------------------------------------------------------ */

/* The attributes of @from that @to does not list. Return: 0 or -ENOMEM. */
static int add_attrs(struct scst_conf *to, const struct scst_conf *from)
{
	int err = 0;

	for (size_t i = 0; i < from->nr_attrs && !err; i++) {
		const struct scst_conf_attr *attr = &from->attrs[i];

		if (scst_key_is_listed(to, attr->name))
			continue;
		err = scst_conf_set(to, attr->name, NULL, attr->line);
		for (size_t j = 0; j < attr->values.nr && !err; j++)
			err = scst_conf_set(to, attr->name, attr->values.list[j], attr->line);
	}
	return err;
}

int scst_aside_device(struct scst_conf *aside, const struct scst_where *at,
		      const struct scst_conf *device)
{
	struct scst_conf *to = scst_conf_reach(aside, SCST_CONF_HANDLER, at->handler);

	to = scst_conf_reach(to, SCST_CONF_DEVICE, at->device);
	return to ? add_attrs(to, device) : -ENOMEM;
}

int scst_aside_lun(struct scst_conf *aside, const struct scst_where *at,
		   const struct scst_conf *lun)
{
	struct scst_conf *to = scst_conf_reach(aside, SCST_CONF_DRIVER, at->driver);

	to = scst_conf_reach(to, SCST_CONF_TARGET, at->target);
	if (at->group)
		to = scst_conf_reach(to, SCST_CONF_GROUP, at->group);
	to = scst_conf_reach(to, SCST_CONF_LUN, at->lun);
	if (!to || (!to->devices.nr && scst_names_add(&to->devices, at->device)))
		return -ENOMEM;
	return add_attrs(to, lun);
}

int scst_aside_group_device(struct scst_conf *aside, const struct scst_where *at)
{
	struct scst_conf *to = scst_conf_reach(aside, SCST_CONF_DEVICE_GROUP, at->device_group);

	return scst_conf_reach(to, SCST_CONF_GROUP_DEVICE, at->device) ? 0 : -ENOMEM;
}

/* ---- what is there again -------------------------------------------------------------------- */

/* Does anything that is put aside lead to this device? */
static bool leads_to(const struct scst_conf *conf, const char *device)
{
	bool found = conf->kind == SCST_CONF_GROUP_DEVICE && streq(conf->name, device);

	if (conf->kind == SCST_CONF_LUN)
		found = streq(scst_conf_device(conf) ?: "", device);
	for (size_t i = 0; i < conf->nr_children && !found; i++)
		found = leads_to(conf->children[i], device);
	return found;
}

static bool is_back(const struct scst_conf *aside, const struct scst_live *live,
		    const struct scst_conf *conf, const struct scst_where *at)
{
	switch ((int)conf->kind) {
	case SCST_CONF_LUN:
	case SCST_CONF_GROUP_DEVICE:
		return scst_live_has(live, conf->kind, at);
	case SCST_CONF_DEVICE:
		return scst_live_has(live, conf->kind, at) && !leads_to(aside, conf->name);
	}
	return !conf->nr_children;
}

/* Of @conf the children: handlers and what they have, or all others. */
static void settle(struct scst_conf *aside, const struct scst_live *live, struct scst_conf *conf,
		   struct scst_where at, bool handlers)
{
	for (size_t i = conf->nr_children; i--; ) {
		struct scst_conf *child = conf->children[i];
		struct scst_where here = at;

		if (conf == aside && (child->kind == SCST_CONF_HANDLER) != handlers)
			continue;
		scst_where_enter(&here, child);
		settle(aside, live, child, here, handlers);
		if (is_back(aside, live, child, &here))
			scst_conf_drop(conf, child);
	}
}

void scst_aside_settle(struct scst_conf *aside, const struct scst_live *live)
{
	settle(aside, live, aside, (struct scst_where){}, false);
	settle(aside, live, aside, (struct scst_where){}, true);
}

/* ---- what is wanted, with what was put aside ------------------------------------------------ */

/* The handler that has it, or NULL. */
static const struct scst_conf *handler_of(const struct scst_conf *conf, const char *device)
{
	struct scst_conf *handler;

	scst_conf_for_each(handler, conf, SCST_CONF_HANDLER)
		if (scst_conf_find(handler, SCST_CONF_DEVICE, device))
			return handler;
	return NULL;
}

/* Somebody else may have opened it meanwhile, or its module be gone. */
static bool can_come_back(const struct scst_conf *have, const char *handler, const char *device)
{
	const struct scst_conf *is = handler_of(have, device);

	return is ? streq(is->name, handler) : !!scst_conf_find(have, SCST_CONF_HANDLER, handler);
}

static int complete_device(struct scst_conf *all, const struct scst_where *at,
			   const struct scst_conf *device, const struct scst_conf *have, bool prune)
{
	const struct scst_conf *listed = handler_of(all, device->name);

	if (listed)
		return !streq(listed->name, at->handler) ? 0 :
			add_attrs(scst_conf_find(listed, SCST_CONF_DEVICE, device->name), device);
	if (prune || !can_come_back(have, at->handler, device->name))
		return 0;
	return scst_aside_device(all, at, device);
}

static int complete_devices(struct scst_conf *all, const struct scst_conf *aside,
			    const struct scst_conf *have, bool prune)
{
	struct scst_conf *handler, *device;
	int err = 0;

	scst_conf_for_each(handler, aside, SCST_CONF_HANDLER)
		scst_conf_for_each(device, handler, SCST_CONF_DEVICE)
			err = err ?: complete_device(all, &(struct scst_where){
				.handler = handler->name, .device = device->name }, device, have,
				prune);
	return err;
}

/* Of drivers, targets and groups: the LUNs that both have. */
static int complete_luns(struct scst_conf *all, const struct scst_conf *aside)
{
	int err = 0;

	for (size_t i = 0; i < aside->nr_children && !err; i++) {
		const struct scst_conf *child = aside->children[i];
		struct scst_conf *listed = scst_conf_find(all, child->kind, child->name);

		if (listed && child->kind == SCST_CONF_LUN)
			err = add_attrs(listed, child);
		else if (listed && child->kind != SCST_CONF_HANDLER)
			err = complete_luns(listed, child);
	}
	return err;
}

struct scst_conf *scst_aside_complete(const struct scst_conf *aside, const struct scst_conf *want,
				      const struct scst_conf *have, bool prune)
{
	_cleanup_(scst_conf_freep) struct scst_conf *all = scst_conf_copy(want);

	if (!all || complete_devices(all, aside, have, prune) || complete_luns(all, aside))
		return NULL;
	return TAKE_PTR(all);
}
