// SPDX-License-Identifier: GPL-2.0-only
/* Attributes: set, added and removed. */
#include "admin.h"

/* ---- -set_*_attr ---------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
	enum option option;
	enum scst_conf_kind kind;
	bool quiet;			/* a value that it has already is not worth a word */
} rows[] = {
	{ OPT_SET_SCST_ATTR, SCST_CONF_ROOT,	     false },
	{ OPT_SET_HND_ATTR,  SCST_CONF_HANDLER,	     false },
	{ OPT_SET_DEV_ATTR,  SCST_CONF_DEVICE,	     false },
	{ OPT_SET_DRV_ATTR,  SCST_CONF_DRIVER,	     true  },
	{ OPT_SET_TGT_ATTR,  SCST_CONF_TARGET,	     true  },
	{ OPT_SET_GRP_ATTR,  SCST_CONF_GROUP,	     false },
	{ OPT_SET_LUN_ATTR,  SCST_CONF_LUN,	     false },
	{ OPT_SET_INIT_ATTR, SCST_CONF_INITIATOR,    false },
	{ OPT_SET_DGRP_ATTR, SCST_CONF_DEVICE_GROUP, false },
	{ OPT_SET_TGRP_ATTR, SCST_CONF_TARGET_GROUP, false },
	{ OPT_SET_TTGT_ATTR, SCST_CONF_GROUP_TARGET, false },
};
/* clang-format on */

/*
 * An object that cannot be read is warned of, and nothing is set. Return: 0; -ECANCELED; or
 * ADMIN_ERROR for such an object.
 */
static int set_attrs(struct admin *admin, enum scst_conf_kind kind, const struct scst_where *at,
		     const struct scst_conf *want, bool quiet, bool alone)
{
	_cleanup_live_attrs_ struct scst_live_attrs attrs = {};
	struct scst_error why = {};
	struct scst_diff diff = {
		.live = &admin->live, .tell_set = !quiet, .ops = &admin_diff_ops, .arg = admin,
	};
	int err = admin_read_attrs(admin, kind, at, &attrs, &why);

	if (err == -ENOTDIR && kind == SCST_CONF_INITIATOR) {
		admin_say(admin, "Initiators do not (yet) have attributes.\n");
		return 0;
	}
	if (err) {
		admin_warn(admin, "%s", why.text);
		return ADMIN_ERROR;
	}
	err = scst_diff_attrs(&diff, &(struct scst_diff_attrs){
		.kind = kind, .at = *at, .want = want, .enabled = true, .alone = alone });
	scst_diff_clear(&diff);
	return err < 0 ? err : 0;
}

int admin_set(struct admin *admin, const char *subject)
{
	size_t row = 0;
	struct scst_where at;
	int err;

	while (!admin_has(admin, rows[row].option))
		row++;
	at = admin_where(admin, rows[row].kind, subject);
	err = set_attrs(admin, rows[row].kind, &at, admin->attributes, rows[row].quiet,
			false);
	return err == -ECANCELED ? err : 0;	/* what did not work is told, and no more */
}

/* One attribute to one value. */
static int set_one(struct admin *admin, enum scst_conf_kind kind, const struct scst_where *at,
		   const char *name, const char *value)
{
	_cleanup_(scst_conf_freep) struct scst_conf *want = scst_conf_new(kind, "");

	if (!want || scst_conf_set(want, name, value, 0))
		return admin_fatal(admin, "out of memory");
	return set_attrs(admin, kind, at, want, true, true);
}

int admin_resync(struct admin *admin, const char *device)
{
	return set_one(admin, SCST_CONF_DEVICE, &(struct scst_where){ .device = device },
		       "resync_size", "1");
}

static int set_enabled(struct admin *admin, const char *target, const char *value)
{
	const struct scst_where at = {
		.driver = admin_option(admin, OPT_DRIVER), .target = target,
	};
	int err = set_one(admin, SCST_CONF_TARGET, &at, "enabled", value);

	return err == -ECANCELED ? err : 0;
}

int admin_enable_target(struct admin *admin, const char *target)
{
	return set_enabled(admin, target, "1");
}

int admin_disable_target(struct admin *admin, const char *target)
{
	return set_enabled(admin, target, "0");
}

/* ---- dynamic attributes --------------------------------------------------------------------- */

struct dynamic {
	enum scst_conf_kind kind;
	enum scst_step_kind step;
	struct scst_where at;
	bool adding;
};

static void tell_nothing_to_do(struct admin *admin, const struct dynamic *d, const char *name,
			       const char *value)
{
	const struct scst_step about = { .at = d->at, .name = name, .value = value };

	scst_step_say(&about, "\t-> Attribute/value '%n/%v' ", admin->out);
	admin_say(admin, "%s for ", d->adding ? "already exists" : "doesn't exist");
	scst_step_say(&about, d->kind == SCST_CONF_TARGET ? "driver/target '%D/%t'.\n" :
							    "driver '%D'.\n", admin->out);
}

static int change_value(struct admin *admin, const struct dynamic *d,
			const struct scst_live_attrs *have, const char *name, const char *value)
{
	const struct scst_live_attr *attr = scst_live_attr(have, name);
	const struct scst_step step = {
		.kind = d->step, .at = d->at, .name = name, .value = value,
	};
	bool is_there = attr && !attr->is_static && scst_live_attr_has(attr, value);
	int err;

	if (is_there == d->adding) {
		tell_nothing_to_do(admin, d, name, value);
		return 0;
	}
	err = admin_step(admin, &step);
	return err < 0 ? err : 0;
}

static int change_values(struct admin *admin, const struct dynamic *d)
{
	_cleanup_live_attrs_ struct scst_live_attrs have = {};
	const struct scst_conf *want = admin->attributes;
	struct scst_error why = {};
	int err = admin_read_attrs(admin, d->kind, &d->at, &have, &why);

	if (err) {
		admin_warn(admin, "%s", why.text);
		return ADMIN_ERROR;
	}
	for (size_t i = 0; i < want->nr_attrs && !err; i++)
		for (size_t j = 0; j < want->attrs[i].values.nr && !err; j++)
			err = change_value(admin, d, &have, want->attrs[i].name,
					   want->attrs[i].values.list[j]);
	return err;
}

int admin_add_driver_attr(struct admin *admin, const char *driver)
{
	return change_values(admin, &(struct dynamic){
		SCST_CONF_DRIVER, SCST_STEP_ADD_DRIVER_ATTR, { .driver = driver }, true });
}

int admin_remove_driver_attr(struct admin *admin, const char *driver)
{
	return change_values(admin, &(struct dynamic){
		SCST_CONF_DRIVER, SCST_STEP_REMOVE_DRIVER_ATTR, { .driver = driver }, false });
}

int admin_add_target_attr(struct admin *admin, const char *target)
{
	return change_values(admin, &(struct dynamic){
		SCST_CONF_TARGET, SCST_STEP_ADD_TARGET_ATTR,
		{ .driver = admin_option(admin, OPT_DRIVER), .target = target }, true });
}

int admin_remove_target_attr(struct admin *admin, const char *target)
{
	return change_values(admin, &(struct dynamic){
		SCST_CONF_TARGET, SCST_STEP_REMOVE_TARGET_ATTR,
		{ .driver = admin_option(admin, OPT_DRIVER), .target = target }, false });
}
