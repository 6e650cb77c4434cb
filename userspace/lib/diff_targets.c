// SPDX-License-Identifier: GPL-2.0-only
/* Drivers and targets; and last of all what is enabled. */
#include "diff_inside.h"

/* ---- what is there too much, or otherwise --------------------------------------------------- */

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
			err = err ?: scst_diff_check_luns(d, target, wanted, &at);
			err = err ?: scst_diff_check_groups(d, target, wanted, at);
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
		if (err || same(want, target) || scst_is_share(&at))
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

static int session_step(struct scst_diff *d, enum scst_step_kind kind,
			const struct scst_where *at, const char *name)
{
	const struct scst_step step = { .kind = kind, .at = *at, .value = name };

	return d->ops->step(d->arg, &step);
}

/* scst_local's are parameters of a target that is made; later on they have verbs of their own. */
static int diff_sessions(struct scst_diff *d, const struct scst_conf *want,
			 const struct scst_where *at)
{
	const struct scst_conf_attr *attr = scst_conf_attr(want, "session_name");
	_cleanup_(scst_names_clear) struct scst_names there = {};
	char path[PATH_MAX];
	int err;

	if (!d->declared || !attr || !streq(at->driver, "scst_local"))
		return 0;
	err = scst_format(path, sizeof(path), "targets/%s/%s/sessions", at->driver, at->target);
	err = err ?: scst_live_names(d->live, path, false, &there);
	for (size_t i = 0; i < attr->values.nr && !err; i++)
		if (!scst_names_has(&there, attr->values.list[i]))
			err = session_step(d, SCST_STEP_ADD_SESSION, at, attr->values.list[i]);
	for (size_t i = 0; i < there.nr && !err; i++)
		if (!scst_names_has(&attr->values, there.list[i]))
			err = session_step(d, SCST_STEP_REMOVE_SESSION, at, there.list[i]);
	return err;
}

/*
 * Of what is declared users and portals that go keep others out up to the end. What is shown is not
 * done, so that they need not be read again by then.
 */
static int diff_target(struct scst_diff *d, const struct scst_conf *want,
		       const struct scst_conf *have, const struct scst_where *at,
		       const struct scst_names *possible)
{
	_cleanup_live_attrs_ struct scst_live_attrs kept = {};
	struct scst_diff_attrs attrs = {
		.kind = SCST_CONF_TARGET, .at = *at, .want = want, .alone = d->declared,
		.kept = d->shown ? &kept : NULL,
		.without = have && possible->nr && is_hardware(d, at) ? NULL : possible,
	};
	int err = have ? 0 : add_target(d, want, at, possible);

	err = err ?: scst_diff_attrs(d, &attrs);
	err = err ?: scst_diff_access(d, want, have, at);
	if (!d->declared || !have)
		return err;
	attrs.alone = false;
	attrs.others = true;
	err = err ?: diff_sessions(d, want, at);
	return err ?: scst_diff_attrs(d, &attrs);
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

/* Of what is native that is first, and to enable something is last. */
static bool is_time(const struct scst_diff *d, bool first, const char *value)
{
	return !d->native || first == !strtol(value, NULL, 0);
}

/* What is shown is not done: of what is there nothing has changed since it was read first. */
static char *read_enabled(struct scst_diff *d, const struct scst_where *at, struct scst_conf *have)
{
	const char *known = d->shown ? scst_conf_value(have, "enabled") : NULL;
	char *is = known ? strdup(known) :
		scst_live_line(d->live, at->target ? SCST_CONF_TARGET : SCST_CONF_DRIVER, at,
			       "enabled");

	if (have && is && !known && d->shown)
		(void)scst_conf_set(have, "enabled", is, 0);	/* or it is read twice */
	return is;
}

/*
 * A target that serves and of which the file does not say that it should is left alone, unless
 * forced. The copy manager's target serves by itself.
 */
static int diff_enabled(struct scst_diff *d, const struct scst_conf *want, struct scst_conf *have,
			const struct scst_where *at, bool first)
{
	const char *wanted = scst_conf_value(want, "enabled");
	_cleanup_free_ char *is = NULL;
	bool missing;

	if (first && !wanted && !scst_diff_removes(d))
		return 0;
	is = read_enabled(d, at, have);
	missing = !is && !scst_live_has(d->live, want->kind, at);
	if (missing && first)
		return 0;
	if (wanted && (missing || (is && strtol(is, NULL, 0) != strtol(wanted, NULL, 0))))
		return is_time(d, first, wanted) ? set_enabled(d, want->kind, at, wanted) : 0;
	if (wanted || !is || !strtol(is, NULL, 0) || want->kind != SCST_CONF_TARGET ||
	    streq(at->driver, "copy_manager"))
		return 0;
	if (scst_diff_removes(d))
		return is_time(d, first, "0") ? set_enabled(d, want->kind, at, "0") : 0;
	return first ? 0 : scst_diff_note(d, SCST_NOTE_ENABLED_EXTRA, at);
}

/* All targets before the first driver: nobody logs in while some are missing. */
static int diff_all_enabled(struct scst_diff *d, bool first)
{
	struct scst_conf *driver, *target, *have;
	int err = 0;

	scst_conf_for_each(driver, d->want, SCST_CONF_DRIVER) {
		have = same(d->have, driver);
		scst_conf_for_each(target, driver, SCST_CONF_TARGET)
			if (!err && have)
				err = diff_enabled(d, target, same(have, target),
						   &(struct scst_where){ .driver = driver->name,
						   .target = target->name }, first);
	}
	scst_conf_for_each(driver, d->want, SCST_CONF_DRIVER) {
		have = same(d->have, driver);
		if (!err && have)
			err = diff_enabled(d, driver, have, &(struct scst_where){
				.driver = driver->name }, first);
	}
	return err;
}

int scst_diff_disabled(struct scst_diff *d)
{
	return diff_all_enabled(d, true);
}

int scst_diff_enabled(struct scst_diff *d)
{
	return diff_all_enabled(d, false);
}
