// SPDX-License-Identifier: GPL-2.0-only
/* Device groups: their devices, target groups and the targets in those. */
#include "diff_inside.h"

/* An object that the configuration has not: removed, or told of. */
static int extra(struct scst_diff *d, enum scst_step_kind step, enum scst_note note,
		 const struct scst_where *at)
{
	return scst_diff_removes(d) ? scst_diff_step(d, step, at, NULL) :
				      scst_diff_note(d, note, at);
}

/* ---- what is there too much ----------------------------------------------------------------- */

static int check_targets(struct scst_diff *d, const struct scst_conf *have,
			 const struct scst_conf *want, struct scst_where at)
{
	struct scst_conf *target;
	int err = 0;

	scst_conf_for_each(target, have, SCST_CONF_GROUP_TARGET) {
		at.target = target->name;
		if (!err && !same(want, target))
			err = extra(d, SCST_STEP_REMOVE_GROUP_TARGET, SCST_NOTE_GROUP_TARGET_EXTRA,
				    &at);
	}
	return err;
}

static int check_inside(struct scst_diff *d, const struct scst_conf *have,
			const struct scst_conf *want, struct scst_where at)
{
	struct scst_conf *child;
	int err = 0;

	scst_conf_for_each(child, have, SCST_CONF_GROUP_DEVICE) {
		at.device = child->name;
		if (!err && !same(want, child))
			err = extra(d, SCST_STEP_REMOVE_GROUP_DEVICE, SCST_NOTE_GROUP_DEVICE_EXTRA,
				    &at);
	}
	at.device = NULL;
	scst_conf_for_each(child, have, SCST_CONF_TARGET_GROUP) {
		at.target_group = child->name;
		if (err)
			break;
		err = same(want, child) ? check_targets(d, child, same(want, child), at) :
			extra(d, SCST_STEP_REMOVE_TARGET_GROUP, SCST_NOTE_TARGET_GROUP_EXTRA, &at);
	}
	return err;
}

static int check_groups(struct scst_diff *d)
{
	struct scst_conf *dgroup;
	int err = 0;

	scst_conf_for_each(dgroup, d->have, SCST_CONF_DEVICE_GROUP) {
		const struct scst_where at = { .device_group = dgroup->name };
		const struct scst_conf *want = same(d->want, dgroup);

		if (err)
			break;
		err = want ? check_inside(d, dgroup, want, at) :
			extra(d, SCST_STEP_REMOVE_DEVICE_GROUP, SCST_NOTE_DEVICE_GROUP_EXTRA, &at);
	}
	return err;
}

/* ---- what is missing ------------------------------------------------------------------------ */

static int settle(struct scst_diff *d, const struct scst_conf *want, const struct scst_where *at)
{
	return scst_diff_attrs(d, &(struct scst_diff_attrs){
		.kind = want->kind, .at = *at, .want = want, .enabled = true });
}

static int diff_target(struct scst_diff *d, const struct scst_conf *want,
		       const struct scst_conf *have, const struct scst_where *at)
{
	int err = have ? 0 : scst_diff_step(d, SCST_STEP_ADD_GROUP_TARGET, at, NULL);

	return err ?: settle(d, want, at);
}

static int diff_target_group(struct scst_diff *d, const struct scst_conf *want,
			     const struct scst_conf *have, struct scst_where at)
{
	struct scst_conf *target;
	int err = have ? 0 : scst_diff_step(d, SCST_STEP_ADD_TARGET_GROUP, &at, NULL);

	scst_conf_for_each(target, want, SCST_CONF_GROUP_TARGET) {
		at.target = target->name;
		err = err ?: diff_target(d, target, same(have, target), &at);
	}
	at.target = NULL;
	return err ?: settle(d, want, &at);
}

static int diff_device_group(struct scst_diff *d, const struct scst_conf *want,
			     const struct scst_conf *have, struct scst_where at)
{
	struct scst_conf *child;
	int err = have ? 0 : scst_diff_step(d, SCST_STEP_ADD_DEVICE_GROUP, &at, NULL);

	scst_conf_for_each(child, want, SCST_CONF_GROUP_DEVICE) {
		at.device = child->name;
		if (!err && !same(have, child))
			err = scst_diff_step(d, SCST_STEP_ADD_GROUP_DEVICE, &at, NULL);
	}
	at.device = NULL;
	scst_conf_for_each(child, want, SCST_CONF_TARGET_GROUP) {
		at.target_group = child->name;
		err = err ?: diff_target_group(d, child, same(have, child), at);
	}
	at.target_group = NULL;
	return err ?: settle(d, want, &at);
}

int scst_diff_device_groups(struct scst_diff *d)
{
	struct scst_conf *dgroup;
	int err = check_groups(d);

	scst_conf_for_each(dgroup, d->want, SCST_CONF_DEVICE_GROUP)
		err = err ?: diff_device_group(d, dgroup, same(d->have, dgroup),
					       (struct scst_where){ .device_group = dgroup->name });
	return err;
}
