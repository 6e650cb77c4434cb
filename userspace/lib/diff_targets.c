// SPDX-License-Identifier: GPL-2.0-only
/* Drivers, targets, LUNs, groups and initiators; and last of all what is enabled. */
#include "diff.h"

/* The node of @want that is called like one of what is there, and the other way round. */
static struct scst_conf *same(const struct scst_conf *in, const struct scst_conf *node)
{
	return scst_conf_find(in, node->kind, node->name);
}

/* The copy manager takes each disk by itself: what a file lists of that is as it was once. */
static bool has_luns_of_its_own(const struct scst_diff *d, const struct scst_where *at)
{
	return d->declared && streq(at->driver, "copy_manager");
}

/* ---- what is there too much, or otherwise --------------------------------------------------- */

static int lun_params(struct scst_diff *d, const struct scst_where *at, struct scst_names *possible)
{
	char dir[PATH_MAX], path[PATH_MAX];
	int err = scst_where_dir(at->group ? SCST_CONF_GROUP : SCST_CONF_TARGET, at, dir);

	err = err ?: scst_format(path, sizeof(path), "%s/luns/mgmt", dir);
	err = err ?: scst_live_list(d->live, path, SCST_LIVE_PARAMS, possible);
	return err == -ENOMEM ? err : 0;
}

/* A LUN of one group or target: its parameters are compared with what is wanted. */
static bool is_otherwise(struct scst_diff *d, const struct scst_where *at,
			 const struct scst_conf *params, const struct scst_names *possible)
{
	_cleanup_live_attrs_ struct scst_live_attrs attrs = {};

	if (scst_live_attrs_named(d->live, SCST_CONF_LUN, at, possible, &attrs))
		return false;
	return d->declared ? scst_diff_listed_params(SCST_CONF_LUN, at->driver, params, &attrs) :
			     scst_diff_params(params, &attrs);
}

static int reassign_lun(struct scst_diff *d, const struct scst_where *at,
			const struct scst_conf *params)
{
	int err = scst_diff_note(d, SCST_NOTE_LUN_DIFFERS, at);

	if (!d->force)
		return err ?: scst_diff_note(d, SCST_NOTE_LUN_KEPT, at);
	err = err ?: scst_diff_note(d, SCST_NOTE_LUN_REASSIGNED, at);
	err = err ?: scst_diff_step(d, SCST_STEP_REMOVE_LUN, at, NULL);
	return err ?: scst_diff_step(d, SCST_STEP_ADD_LUN, at, params);
}

/* A LUN with the device that it should have: with the same parameters? */
static int check_lun(struct scst_diff *d, const struct scst_where *at, const struct scst_conf *want,
		     const struct scst_names *possible)
{
	_cleanup_(scst_conf_freep) struct scst_conf *params = scst_diff_pick(want, possible, true);

	if (!params)
		return -ENOMEM;
	return is_otherwise(d, at, params, possible) ? reassign_lun(d, at, params) : 0;
}

/* SCST's copy manager has LUNs of its own. */
static int extra_lun(struct scst_diff *d, const struct scst_where *at)
{
	if (scst_diff_removes(d))
		return scst_diff_step(d, SCST_STEP_REMOVE_LUN, at, NULL);
	return streq(at->driver, "copy_manager") ? 0 : scst_diff_note(d, SCST_NOTE_LUN_EXTRA, at);
}

/* One that is listed and declared is settled later on, when its device is there. */
static int check_listed_lun(struct scst_diff *d, const struct scst_where *at,
			    const struct scst_conf *want, const struct scst_names *possible)
{
	if (d->declared)
		return 0;
	return scst_names_has(&want->devices, at->device) ? check_lun(d, at, want, possible) :
							    extra_lun(d, at);
}

static int check_luns(struct scst_diff *d, const struct scst_conf *have,
		      const struct scst_conf *want, const struct scst_where *of)
{
	_cleanup_(scst_names_clear) struct scst_names possible = {};
	struct scst_where at = *of;
	struct scst_conf *lun;
	int err;

	if (has_luns_of_its_own(d, of))
		return 0;
	err = want ? lun_params(d, of, &possible) : 0;

	scst_conf_for_each(lun, have, SCST_CONF_LUN) {
		const struct scst_conf *wanted = same(want, lun);

		at.lun = lun->name;
		at.device = scst_conf_device(lun) ?: "";
		if (err)
			break;
		err = wanted ? check_listed_lun(d, &at, wanted, &possible) : extra_lun(d, &at);
	}
	return err;
}

/* Initiators leave first: a group is not removed while a session is in it. */
static int remove_group(struct scst_diff *d, const struct scst_conf *group,
			const struct scst_where *at)
{
	int err = 0;

	if (d->declared && scst_conf_has(group, SCST_CONF_INITIATOR))
		err = scst_diff_step(d, SCST_STEP_CLEAR_INITIATORS, at, NULL);
	return err ?: scst_diff_step(d, SCST_STEP_REMOVE_GROUP, at, NULL);
}

static int check_groups(struct scst_diff *d, const struct scst_conf *have,
			const struct scst_conf *want, struct scst_where at)
{
	struct scst_conf *group;
	int err = 0;

	scst_conf_for_each(group, have, SCST_CONF_GROUP) {
		at.group = group->name;
		err = err ?: check_luns(d, group, same(want, group), &at);
		if (err || same(want, group))
			continue;
		err = scst_diff_removes(d) ? remove_group(d, group, &at) :
					     scst_diff_note(d, SCST_NOTE_GROUP_EXTRA, &at);
	}
	return err;
}

int scst_diff_removals(struct scst_diff *d)
{
	struct scst_conf *driver, *target;
	int err = 0;

	scst_conf_for_each(driver, d->have, SCST_CONF_DRIVER)
		scst_conf_for_each(target, driver, SCST_CONF_TARGET) {
			const struct scst_where at = {
				.driver = driver->name, .target = target->name,
			};
			const struct scst_conf *wanted = same(d->want, driver);

			wanted = wanted ? same(wanted, target) : NULL;
			err = err ?: check_luns(d, target, wanted, &at);
			err = err ?: check_groups(d, target, wanted, at);
		}
	return err;
}

/* ---- LUNs and groups ------------------------------------------------------------------------ */

/* A declared LUN that is there: with another device, or made otherwise, it is replaced. */
static int settle_lun(struct scst_diff *d, const struct scst_where *at,
		      const struct scst_conf *want, const struct scst_conf *have,
		      const struct scst_names *possible)
{
	_cleanup_(scst_conf_freep) struct scst_conf *params = scst_diff_pick(want, possible, true);
	_cleanup_(scst_conf_freep) struct scst_conf *all = NULL;

	if (!params)
		return -ENOMEM;
	if (scst_names_has(&have->devices, at->device) &&
	    !is_otherwise(d, at, params, possible))
		return 0;
	all = scst_diff_keep(d, SCST_CONF_LUN, at, params, possible);
	return all ? scst_diff_step(d, SCST_STEP_REPLACE_LUN, at, all) : -ENOMEM;
}

/* With a device that was added since we looked. Every file that SCST wrote lists such LUNs. */
static bool was_taken(const struct scst_diff *d, const struct scst_where *at)
{
	return streq(at->driver, "copy_manager") && scst_live_has(d->live, SCST_CONF_LUN, at);
}

static int add_luns(struct scst_diff *d, const struct scst_conf *want,
		    const struct scst_conf *have, const struct scst_where *of)
{
	_cleanup_(scst_names_clear) struct scst_names possible = {};
	struct scst_where at = *of;
	struct scst_conf *lun;
	int err;

	if (has_luns_of_its_own(d, of))
		return 0;
	err = d->declared && have ? lun_params(d, of, &possible) : 0;
	scst_conf_for_each(lun, want, SCST_CONF_LUN) {
		const struct scst_conf *is = same(have, lun);

		if (err || (is && !d->declared) || !lun->devices.nr)
			continue;
		at.lun = lun->name;
		at.device = scst_conf_device(lun);
		if (is) {
			err = settle_lun(d, &at, lun, is, &possible);
			continue;
		}
		if (was_taken(d, &at))
			continue;
		if (lun->devices.nr > 1)
			err = scst_diff_note(d, SCST_NOTE_TWO_DEVICES, &at);
		err = err ?: scst_diff_step(d, SCST_STEP_ADD_LUN, &at, lun);
	}
	return err;
}

static int add_groups(struct scst_diff *d, const struct scst_conf *want,
		      const struct scst_conf *have, struct scst_where at)
{
	struct scst_conf *group;
	int err = 0;

	scst_conf_for_each(group, want, SCST_CONF_GROUP) {
		at.group = group->name;
		if (!err && !same(have, group))
			err = scst_diff_step(d, SCST_STEP_ADD_GROUP, &at, NULL);
		err = err ?: add_luns(d, group, same(have, group), &at);
		err = err ?: scst_diff_attrs(d, &(struct scst_diff_attrs){
			.kind = SCST_CONF_GROUP, .at = at, .want = group, .enabled = true });
	}
	return err;
}

/* ---- initiators ----------------------------------------------------------------------------- */

/* The group of @target with this initiator: it can be in one only. */
static const char *group_of(const struct scst_conf *target, const char *initiator)
{
	struct scst_conf *group;

	scst_conf_for_each(group, target, SCST_CONF_GROUP)
		if (scst_conf_find(group, SCST_CONF_INITIATOR, initiator))
			return group->name;
	return NULL;
}

static int check_initiator(struct scst_diff *d, const struct scst_where *at, const char *wanted)
{
	const struct scst_step move = {
		.kind = SCST_STEP_MOVE_INITIATOR, .at = *at, .to = wanted,
	};

	if (!wanted)
		return scst_diff_removes(d) ?
			scst_diff_step(d, SCST_STEP_REMOVE_INITIATOR, at, NULL) :
			scst_diff_note(d, SCST_NOTE_INITIATOR_EXTRA, at);
	if (streq(wanted, at->group))
		return 0;
	return scst_diff_changes(d) ? d->ops->step(d->arg, &move) :
				      d->ops->note(d->arg, SCST_NOTE_INITIATOR_MOVES, &move);
}

static int diff_initiators(struct scst_diff *d, const struct scst_conf *want,
			   const struct scst_conf *have, struct scst_where at)
{
	struct scst_conf *group, *initiator;
	int err = 0;

	scst_conf_for_each(group, have, SCST_CONF_GROUP)
		scst_conf_for_each(initiator, group, SCST_CONF_INITIATOR) {
			at.group = group->name;
			at.initiator = initiator->name;
			err = err ?: check_initiator(d, &at, group_of(want, initiator->name));
		}
	scst_conf_for_each(group, want, SCST_CONF_GROUP)
		scst_conf_for_each(initiator, group, SCST_CONF_INITIATOR) {
			at.group = group->name;
			at.initiator = initiator->name;
			if (!err && !group_of(have, initiator->name))
				err = scst_diff_step(d, SCST_STEP_ADD_INITIATOR, &at, NULL);
		}
	return err;
}

/* ---- targets -------------------------------------------------------------------------------- */

static bool is_hardware(const struct scst_diff *d, const struct scst_where *at)
{
	_cleanup_free_ char *value = NULL;

	if (!scst_live_takes_targets(d->live, at->driver))
		return true;
	value = scst_live_line(d->live, SCST_CONF_TARGET, at, "hw_target");
	return value && streq(value, "1");
}

static int remove_extra_targets(struct scst_diff *d, const struct scst_conf *want,
				const struct scst_conf *have)
{
	struct scst_where at = { .driver = have->name };
	struct scst_conf *target;
	int err = 0;

	scst_conf_for_each(target, have, SCST_CONF_TARGET) {
		at.target = target->name;
		if (err || same(want, target))
			continue;
		err = scst_diff_removes(d) && !is_hardware(d, &at) ?
			scst_diff_step(d, SCST_STEP_REMOVE_TARGET, &at, NULL) :
			scst_diff_note(d, SCST_NOTE_TARGET_EXTRA, &at);
	}
	return err;
}

static int add_target(struct scst_diff *d, const struct scst_conf *target,
		      const struct scst_where *at, const struct scst_names *possible)
{
	_cleanup_(scst_conf_freep) struct scst_conf *params =
		scst_diff_pick(target, possible, true);

	if (!params)
		return -ENOMEM;
	if (!scst_live_takes_targets(d->live, at->driver))
		return scst_diff_note(d, SCST_NOTE_NO_TARGET, at);
	if (scst_conf_attr(target, "HW_TARGET"))
		return scst_diff_note(d, SCST_NOTE_NO_HARDWARE, at);
	return scst_diff_step(d, SCST_STEP_ADD_TARGET, at, params);
}

static int diff_target(struct scst_diff *d, const struct scst_conf *want,
		       const struct scst_conf *have, const struct scst_where *at,
		       const struct scst_names *possible)
{
	const struct scst_diff_attrs attrs = {
		.kind = SCST_CONF_TARGET, .at = *at, .want = want,
		.without = have && is_hardware(d, at) ? NULL : possible,
	};
	int err = have ? 0 : add_target(d, want, at, possible);

	err = err ?: scst_diff_attrs(d, &attrs);
	err = err ?: add_luns(d, want, have, at);
	err = err ?: add_groups(d, want, have, *at);
	return err ?: diff_initiators(d, want, have, *at);
}

static int diff_driver(struct scst_diff *d, const struct scst_conf *want,
		       const struct scst_conf *have)
{
	_cleanup_(scst_names_clear) struct scst_names possible = {};
	struct scst_where at = { .driver = want->name };
	struct scst_conf *target;
	char path[PATH_MAX];
	int err = scst_format(path, sizeof(path), "targets/%s/mgmt", want->name);

	if (!err && scst_live_list(d->live, path, SCST_LIVE_PARAMS, &possible) == -ENOMEM)
		err = -ENOMEM;
	err = err ?: scst_diff_attrs(d, &(struct scst_diff_attrs){
		.kind = SCST_CONF_DRIVER, .at = at, .want = want });
	err = err ?: remove_extra_targets(d, want, have);
	scst_conf_for_each(target, want, SCST_CONF_TARGET) {
		at.target = target->name;
		err = err ?: diff_target(d, target, same(have, target), &at, &possible);
	}
	return err;
}

/* SCST leaves targets alone of a driver that the file does not name. */
static int remove_unlisted_drivers(struct scst_diff *d)
{
	struct scst_conf *driver;
	int err = 0;

	scst_conf_for_each(driver, d->have, SCST_CONF_DRIVER)
		if (!err && d->declared && !same(d->want, driver) &&
		    !streq(driver->name, "copy_manager"))
			err = remove_extra_targets(d, NULL, driver);
	return err;
}

int scst_diff_targets(struct scst_diff *d)
{
	struct scst_conf *driver;
	int err = scst_diff_removals(d) ?: remove_unlisted_drivers(d);

	scst_conf_for_each(driver, d->want, SCST_CONF_DRIVER) {
		const struct scst_conf *have = same(d->have, driver);

		if (!err && !have)
			err = scst_diff_note(d, SCST_NOTE_NO_DRIVER,
					     &(struct scst_where){ .driver = driver->name });
		else
			err = err ?: diff_driver(d, driver, have);
	}
	return err;
}

/* ---- enabled -------------------------------------------------------------------------------- */

static int set_enabled(struct scst_diff *d, enum scst_conf_kind kind, const struct scst_where *at,
		       const char *value)
{
	const struct scst_step step = {
		.kind = scst_step_set(kind), .at = *at, .name = "enabled", .value = value,
	};

	return d->ops->step(d->arg, &step);
}

/*
 * A target that serves and of which the file does not say that it should is left alone, unless
 * forced. The copy manager's target serves by itself.
 */
static int diff_enabled(struct scst_diff *d, enum scst_conf_kind kind, const struct scst_where *at,
			const struct scst_conf *want)
{
	_cleanup_free_ char *is = scst_live_line(d->live, kind, at, "enabled");
	const char *wanted = scst_conf_value(want, "enabled");
	bool missing = !scst_live_has(d->live, kind, at);

	if (wanted && (missing || (is && strtol(is, NULL, 0) != strtol(wanted, NULL, 0))))
		return set_enabled(d, kind, at, wanted);
	if (wanted || !is || !strtol(is, NULL, 0) || kind != SCST_CONF_TARGET ||
	    streq(at->driver, "copy_manager"))
		return 0;
	return scst_diff_removes(d) ? set_enabled(d, kind, at, "0") :
				      scst_diff_note(d, SCST_NOTE_ENABLED_EXTRA, at);
}

/* All targets before the first driver: nobody logs in while some are missing. */
int scst_diff_enabled(struct scst_diff *d)
{
	struct scst_conf *driver, *target;
	int err = 0;

	scst_conf_for_each(driver, d->want, SCST_CONF_DRIVER)
		scst_conf_for_each(target, driver, SCST_CONF_TARGET) {
			if (err || !same(d->have, driver))
				continue;
			err = diff_enabled(d, SCST_CONF_TARGET, &(struct scst_where){
				.driver = driver->name, .target = target->name }, target);
		}
	scst_conf_for_each(driver, d->want, SCST_CONF_DRIVER)
		if (!err && same(d->have, driver))
			err = diff_enabled(d, SCST_CONF_DRIVER, &(struct scst_where){
				.driver = driver->name }, driver);
	return err;
}
