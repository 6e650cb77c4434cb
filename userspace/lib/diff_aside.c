// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the differ puts aside before it goes, and what it finds that another one did (aside.h). Who
 * only shows its steps, or removes what is not listed as SCST's program does, keeps nothing.
 */
#include "aside.h"
#include "diff_inside.h"

/* What was found is part of it until it is there again. Return: 0 or -ENOMEM. */
static int begin(struct scst_diff *d)
{
	if (!d->aside)
		d->aside = d->back ? scst_conf_copy(d->back) : scst_conf_new(SCST_CONF_ROOT, "");
	return d->aside ? 0 : -ENOMEM;
}

static int add_group_devices(struct scst_diff *d, const char *device)
{
	struct scst_conf *dgroup;
	int err = 0;

	scst_conf_for_each(dgroup, d->have, SCST_CONF_DEVICE_GROUP)
		if (!err && scst_conf_find(dgroup, SCST_CONF_GROUP_DEVICE, device))
			err = scst_aside_group_device(d->aside, &(struct scst_where){
				.device_group = dgroup->name, .device = device });
	return err;
}

int scst_diff_aside_device(struct scst_diff *d, const struct scst_where *at,
			   const struct scst_conf *device, const struct scst_conf *luns)
{
	size_t nr;
	const struct scst_use *uses = scst_uses_of(&d->uses, at->device, &nr);
	int err;

	if (!d->ops->aside)
		return 0;
	err = begin(d) ?: scst_aside_device(d->aside, at, device);
	for (size_t i = 0; i < nr; i++)
		err = err ?: scst_aside_lun(d->aside, &uses[i].at, luns->children[i]);
	err = err ?: add_group_devices(d, at->device);
	return err ?: d->ops->aside(d->arg, d->aside);
}

int scst_diff_aside_lun(struct scst_diff *d, const struct scst_where *at,
			const struct scst_conf *lun)
{
	return d->ops->aside ? begin(d) ?: scst_aside_lun(d->aside, at, lun) : 0;
}

int scst_diff_aside_keep(struct scst_diff *d)
{
	return d->aside && d->aside->nr_children ? d->ops->aside(d->arg, d->aside) : 0;
}

void scst_diff_aside_back(struct scst_diff *d)
{
	if (d->aside)
		scst_aside_settle(d->aside, d->live);
}

int scst_diff_aside_end(struct scst_diff *d, bool nothing_failed)
{
	_cleanup_(scst_conf_freep) struct scst_conf *nothing = scst_conf_new(SCST_CONF_ROOT, "");

	if (!d->ops->aside || (!d->aside && !d->back))
		return 0;
	if (!nothing || begin(d))
		return -ENOMEM;
	scst_aside_settle(d->aside, d->live);
	return d->ops->aside(d->arg, nothing_failed ? nothing : d->aside);
}

/* ---- what was put aside comes back ---------------------------------------------------------- */

static bool has_device(const struct scst_conf *conf, const char *device)
{
	struct scst_conf *handler;

	scst_conf_for_each(handler, conf, SCST_CONF_HANDLER)
		if (scst_conf_find(handler, SCST_CONF_DEVICE, device))
			return true;
	return false;
}

/*
 * It went with its device, which comes back, and it is not listed: else it comes by that. And what
 * it was in is there, as @owner.
 */
static bool is_missing(const struct scst_diff *d, const struct scst_conf *conf,
		       const struct scst_conf *listed, enum scst_conf_kind owner,
		       const struct scst_where *at)
{
	return has_device(d->back, at->device) && has_device(d->want, at->device) &&
	       !scst_conf_find(listed, conf->kind, conf->name) &&
	       scst_live_has(d->live, owner, at) && !scst_live_has(d->live, conf->kind, at);
}

static int put_back_luns(struct scst_diff *d, const struct scst_conf *of,
			 const struct scst_conf *want, struct scst_where at)
{
	struct scst_conf *lun;
	int err = 0;

	scst_conf_for_each(lun, of, SCST_CONF_LUN) {
		at.lun = lun->name;
		at.device = scst_conf_device(lun) ?: "";
		if (!err && is_missing(d, lun, want, of->kind, &at))
			err = scst_diff_step(d, SCST_STEP_ADD_LUN, &at, lun);
	}
	return err;
}

static int put_back_target(struct scst_diff *d, const struct scst_conf *target,
			   const struct scst_conf *want, struct scst_where at)
{
	struct scst_conf *group;
	int err = put_back_luns(d, target, want, at);

	scst_conf_for_each(group, target, SCST_CONF_GROUP) {
		at.group = group->name;
		err = err ?: put_back_luns(d, group, same(want, group), at);
	}
	return err;
}

static int put_back_places(struct scst_diff *d)
{
	struct scst_conf *dgroup, *device;
	int err = 0;

	scst_conf_for_each(dgroup, d->back, SCST_CONF_DEVICE_GROUP)
		scst_conf_for_each(device, dgroup, SCST_CONF_GROUP_DEVICE) {
			const struct scst_where at = {
				.device_group = dgroup->name, .device = device->name,
			};

			if (!err && is_missing(d, device, same(d->want, dgroup), dgroup->kind, &at))
				err = scst_diff_step(d, SCST_STEP_ADD_GROUP_DEVICE, &at, NULL);
		}
	return err;
}

int scst_diff_put_back(struct scst_diff *d)
{
	struct scst_conf *driver, *target;
	int err = 0;

	if (d->prune)
		return 0;
	scst_conf_for_each(driver, d->back, SCST_CONF_DRIVER) {
		const struct scst_conf *want = same(d->want, driver);

		scst_conf_for_each(target, driver, SCST_CONF_TARGET)
			err = err ?: put_back_target(d, target, same(want, target),
						     (struct scst_where){ .driver = driver->name,
									  .target = target->name });
	}
	return err ?: put_back_places(d);
}
