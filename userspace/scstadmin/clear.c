// SPDX-License-Identifier: GPL-2.0-only
/* -clear_config: everything goes, from the outside in. */
#include "admin.h"

static int step(struct admin *admin, enum scst_step_kind kind, const struct scst_where *at)
{
	const struct scst_step step = { .kind = kind, .at = *at };
	int ret = admin_step(admin, &step);

	if (ret > 0 && kind == SCST_STEP_REMOVE_TARGET)
		admin_warn_code(admin, ret);
	return ret < 0 ? ret : 0;
}

static int clear_device_group(struct admin *admin, const struct scst_conf *dgroup)
{
	struct scst_where at = { .device_group = dgroup->name };
	struct scst_conf *child;
	int err = 0;

	scst_conf_for_each(child, dgroup, SCST_CONF_TARGET_GROUP) {
		at.target_group = child->name;
		err = err ?: step(admin, SCST_STEP_REMOVE_TARGET_GROUP, &at);
	}
	scst_conf_for_each(child, dgroup, SCST_CONF_GROUP_DEVICE) {
		at.device = child->name;
		err = err ?: step(admin, SCST_STEP_REMOVE_GROUP_DEVICE, &at);
	}
	return err ?: step(admin, SCST_STEP_REMOVE_DEVICE_GROUP, &at);
}

static bool is_virtual(struct admin *admin, const struct scst_where *at)
{
	_cleanup_free_ char *hardware = NULL;

	if (!scst_live_takes_targets(&admin->live, at->driver))
		return false;
	hardware = scst_live_line(&admin->live, SCST_CONF_TARGET, at, "hw_target");
	return !hardware || !streq(hardware, "1");
}

static int clear_target(struct admin *admin, const struct scst_conf *target, struct scst_where at)
{
	struct scst_conf *group;
	int err = 0;

	scst_conf_for_each(group, target, SCST_CONF_GROUP) {
		at.group = group->name;
		err = err ?: step(admin, SCST_STEP_CLEAR_INITIATORS, &at);
		err = err ?: step(admin, SCST_STEP_CLEAR_LUNS, &at);
		err = err ?: step(admin, SCST_STEP_REMOVE_GROUP, &at);
	}
	at.group = NULL;
	err = err ?: step(admin, SCST_STEP_CLEAR_LUNS, &at);
	if (err || !is_virtual(admin, &at))
		return err;
	return step(admin, SCST_STEP_REMOVE_TARGET, &at);
}

/* Values of dynamic attributes, in one line for all. */
static int remove_values(struct admin *admin, const struct scst_where *at,
			 const struct scst_live_attr *attr)
{
	int err = 0;

	for (size_t i = 0; attr->key && i < attr->nr_values && !err; i++) {
		const struct scst_step step = {
			.kind = SCST_STEP_REMOVE_DRIVER_ATTR, .at = *at, .name = attr->name,
			.value = attr->values[i].text ?: "",
		};

		if (!admin_has(admin, OPT_DEBUG) && scst_step_run(&admin->live, &step))
			err = admin_fatal_unless_told(admin, "%s",
				admin_code_text(ADMIN_DRIVER_REMOVE_FAILED));
	}
	return err;
}

static int clear_driver_attrs(struct admin *admin, const char *driver)
{
	_cleanup_(scst_names_clear) struct scst_names dynamic = {};
	_cleanup_live_attrs_ struct scst_live_attrs attrs = {};
	const struct scst_where at = { .driver = driver };
	struct scst_error why = {};
	char path[PATH_MAX];
	int err = 0;

	if (!scst_live_takes_targets(&admin->live, driver))
		return 0;
	admin_say(admin, "\t-> Removing all dynamic attributes from driver '%s': ", driver);
	(void)admin_read_attrs(admin, SCST_CONF_DRIVER, &at, &attrs, &why);
	if (!scst_format(path, sizeof(path), "targets/%s/mgmt", driver))
		(void)scst_live_list(&admin->live, path, SCST_LIVE_DRIVER_ATTRS, &dynamic);
	for (size_t i = 0; i < attrs.nr && !err; i++)
		if (scst_names_has(&dynamic, attrs.list[i].name))
			err = remove_values(admin, &at, &attrs.list[i]);
	if (!err)
		admin_say(admin, "done.\n");
	return err;
}

static int clear_driver(struct admin *admin, const struct scst_conf *driver)
{
	struct scst_where at = { .driver = driver->name };
	struct scst_conf *target;
	int err = 0;

	scst_conf_for_each(target, driver, SCST_CONF_TARGET) {
		at.target = target->name;
		err = err ?: clear_target(admin, target, at);
	}
	return err ?: clear_driver_attrs(admin, driver->name);
}

static int close_devices(struct admin *admin, const struct scst_conf *handler)
{
	struct scst_where at = { .handler = handler->name };
	struct scst_conf *device;
	int err = 0;

	scst_conf_for_each(device, handler, SCST_CONF_DEVICE) {
		at.device = device->name;
		err = err ?: step(admin, SCST_STEP_CLOSE_DEVICE, &at);
	}
	return err;
}

/* Targets of hardware are still there; who has `enabled` and is, is disabled. */
static int disable(struct admin *admin, enum scst_conf_kind kind, const struct scst_where *at)
{
	_cleanup_free_ char *enabled = scst_live_line(&admin->live, kind, at, "enabled");
	const struct scst_step step = {
		.kind = scst_step_set(kind), .at = *at, .name = "enabled", .value = "0",
	};
	int ret;

	if (!enabled || streq(enabled, "0"))
		return 0;
	ret = admin_step(admin, &step);
	return ret < 0 ? ret : 0;
}

static int disable_what_is_left(struct admin *admin)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	struct scst_conf *driver, *target;
	int err = admin_read(admin, SCST_LIVE_TARGETS, &conf);

	scst_conf_for_each(driver, conf, SCST_CONF_DRIVER) {
		struct scst_where at = { .driver = driver->name };

		scst_conf_for_each(target, driver, SCST_CONF_TARGET) {
			at.target = target->name;
			err = err ?: disable(admin, SCST_CONF_TARGET, &at);
		}
		at.target = NULL;
		err = err ?: disable(admin, SCST_CONF_DRIVER, &at);
	}
	return err;
}

int admin_clear_config(struct admin *admin, const char *arg _unused_)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	struct scst_conf *child;
	int err = admin_read(admin, SCST_LIVE_ALL, &conf);

	if (err)
		return err;
	admin_say(admin, "-> Clearing running configuration.\n");
	scst_conf_for_each(child, conf, SCST_CONF_DEVICE_GROUP)
		err = err ?: clear_device_group(admin, child);
	scst_conf_for_each(child, conf, SCST_CONF_DRIVER)
		err = err ?: clear_driver(admin, child);
	scst_conf_for_each(child, conf, SCST_CONF_HANDLER)
		err = err ?: close_devices(admin, child);
	err = err ?: disable_what_is_left(admin);
	if (!err)
		admin_say(admin, "\t-> Configuration cleared.\n");
	return err;
}
