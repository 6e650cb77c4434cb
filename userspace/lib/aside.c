// SPDX-License-Identifier: GPL-2.0-only
#include "aside.h"

/* ---- put aside ------------------------------------------------------------------------------ */

/* A copy of @node, which is @parent's. NULL without that, or memory. */
static struct scst_conf *add_copy(struct scst_conf *parent, const struct scst_conf *node)
{
	_cleanup_(scst_conf_freep) struct scst_conf *copy = parent ? scst_conf_copy(node) : NULL;

	if (!copy || scst_conf_adopt(parent, copy))
		return NULL;
	return TAKE_PTR(copy);
}

int scst_aside_device(struct scst_conf *aside, const struct scst_where *at,
		      const struct scst_conf *device)
{
	struct scst_conf *handler = scst_conf_reach(aside, SCST_CONF_HANDLER, at->handler);

	return add_copy(handler, device) ? 0 : -ENOMEM;
}

int scst_aside_lun(struct scst_conf *aside, const struct scst_where *at,
		   const struct scst_conf *lun)
{
	struct scst_conf *to = scst_conf_reach(aside, SCST_CONF_DRIVER, at->driver);

	to = scst_conf_reach(to, SCST_CONF_TARGET, at->target);
	if (at->group)
		to = scst_conf_reach(to, SCST_CONF_GROUP, at->group);
	to = add_copy(to, lun);
	return to && (to->devices.nr || !scst_names_add(&to->devices, at->device)) ? 0 : -ENOMEM;
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
	bool found = streq(scst_aside_leads_to(conf) ?: "", device);

	for (size_t i = 0; i < conf->nr_children && !found; i++)
		found = leads_to(conf->children[i], device);
	return found;
}

const char *scst_aside_leads_to(const struct scst_conf *conf)
{
	if (conf->kind == SCST_CONF_GROUP_DEVICE)
		return conf->name;
	return conf->kind == SCST_CONF_LUN ? scst_conf_device(conf) : NULL;
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
