// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the differ puts aside before it goes (aside.h). Who only shows its steps, or removes what is
 * not listed as SCST's program does, keeps nothing.
 */
#include "aside.h"
#include "diff_inside.h"

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
	d->aside = d->aside ?: scst_conf_new(SCST_CONF_ROOT, "");
	err = d->aside ? scst_aside_device(d->aside, at, device) : -ENOMEM;
	for (size_t i = 0; i < nr; i++)
		err = err ?: scst_aside_lun(d->aside, &uses[i].at, luns->children[i]);
	err = err ?: add_group_devices(d, at->device);
	return err ?: d->ops->aside(d->arg, d->aside);
}

void scst_diff_aside_back(struct scst_diff *d)
{
	if (d->aside)
		scst_aside_settle(d->aside, d->live);
}

int scst_diff_aside_end(struct scst_diff *d, bool nothing_failed)
{
	_cleanup_(scst_conf_freep) struct scst_conf *nothing = scst_conf_new(SCST_CONF_ROOT, "");

	if (!d->aside)
		return 0;
	if (!nothing)
		return -ENOMEM;
	scst_aside_settle(d->aside, d->live);
	return d->ops->aside(d->arg, nothing_failed ? nothing : d->aside);
}
