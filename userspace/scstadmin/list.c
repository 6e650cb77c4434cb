// SPDX-License-Identifier: GPL-2.0-only
/*
 * -list_handler, -list_device, -list_driver, -list_target. Tables of SCST's program, with what is
 * not quite straight in them: the headline of devices has one blank more than their rows.
 */
#include "admin.h"

static size_t widest(const struct scst_conf *parent, enum scst_conf_kind kind)
{
	struct scst_conf *child;
	size_t width = 0;

	scst_conf_for_each(child, parent, kind)
		if (strlen(child->name) > width)
			width = strlen(child->name);
	return width;
}

/* One name in each line. */
static void print_names(struct admin *admin, const struct scst_conf *conf, const char *head,
			enum scst_conf_kind kind)
{
	struct scst_conf *child;

	admin_say(admin, "\t%s\n\t", head);
	admin_dashes(admin, widest(conf, kind));
	admin_say(admin, "\n");
	scst_conf_for_each(child, conf, kind)
		admin_say(admin, "\t%s\n", child->name);
}

/* ---- handlers and their devices ------------------------------------------------------------- */

static void print_devices(struct admin *admin, const struct scst_conf *handler, size_t name,
			  size_t device)
{
	const char *first = handler->name;
	struct scst_conf *child;

	scst_conf_for_each(child, handler, SCST_CONF_DEVICE) {
		admin_say(admin, "\t%-*s    %-*s\n", (int)name, first, (int)device, child->name);
		first = "";
	}
	if (*first)
		admin_say(admin, "\t%-*s    %-*s\n", (int)name, first, (int)device, "-");
}

/* All handlers, or the one called @only. */
static int print_handlers(struct admin *admin, const struct scst_conf *conf, const char *only)
{
	size_t name = 0, device = 0;
	struct scst_conf *handler;

	scst_conf_for_each(handler, conf, SCST_CONF_HANDLER) {
		size_t width = widest(handler, SCST_CONF_DEVICE) ?: 1;

		if (only && !streq(handler->name, only))
			continue;
		name = strlen(handler->name) > name ? strlen(handler->name) : name;
		device = width > device ? width : device;
	}
	if (!name) {
		admin_say(admin, "No such handler '%s' found.\n", only ?: "");
		return 0;
	}
	admin_say(admin, "\t%-*s     %-*s\n\t", (int)name, "Handler", (int)device, "Device");
	admin_dashes(admin, name + device + 5);
	admin_say(admin, "\n");
	scst_conf_for_each(handler, conf, SCST_CONF_HANDLER)
		if (!only || streq(handler->name, only))
			print_devices(admin, handler, name, device);
	return 0;
}

int admin_list_handlers(struct admin *admin, const char *handler)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	int err = admin_read(admin, SCST_LIVE_DEVICES, &conf);

	if (err)
		return err;
	if (*handler)
		return print_handlers(admin, conf, handler);
	print_names(admin, conf, "Handler", SCST_CONF_HANDLER);
	return 0;
}

/* A device by its name: its attributes. */
static int list_device(struct admin *admin, const char *device)
{
	_cleanup_live_attrs_ struct scst_live_attrs attrs = {};
	struct scst_error why = {};
	int err = admin_read_attrs(admin, SCST_CONF_DEVICE, &(struct scst_where){
				   .device = device }, &attrs, &why);

	if (err) {
		admin_warn(admin, "%s", why.text);
		return ADMIN_ERROR;
	}
	admin_print_attrs(admin, &attrs, admin_has(admin, OPT_NONKEY));
	return 0;
}

int admin_list_devices(struct admin *admin, const char *device)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	int err;

	if (*device)
		return list_device(admin, device);
	err = admin_read(admin, SCST_LIVE_DEVICES, &conf);
	return err ?: print_handlers(admin, conf, NULL);
}

/* ---- drivers and their targets -------------------------------------------------------------- */

static void print_targets(struct admin *admin, const struct scst_conf *driver, size_t name,
			  size_t width)
{
	const char *first = driver->name;
	struct scst_conf *target;

	scst_conf_for_each(target, driver, SCST_CONF_TARGET) {
		admin_say(admin, "\t%-*s %-*s\n", (int)name, first, (int)width, target->name);
		first = "";
	}
}

static int list_targets_of(struct admin *admin, const char *only)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	size_t name = 0, width = 0;
	struct scst_conf *driver;
	int err = admin_read(admin, SCST_LIVE_TARGETS, &conf);

	scst_conf_for_each(driver, conf, SCST_CONF_DRIVER) {
		size_t targets = widest(driver, SCST_CONF_TARGET);

		if (only && !streq(driver->name, only))
			continue;
		name = strlen(driver->name) > name ? strlen(driver->name) : name;
		width = targets > width ? targets : width;
	}
	if (err || !name) {
		if (!err)
			admin_say(admin, "No such driver '%s' exists.\n", only ?: "");
		return err;
	}
	admin_say(admin, "\t%-*s %-*s\n\t", (int)name, "Driver", (int)width, "Target");
	admin_dashes(admin, name + width + 1);
	admin_say(admin, "\n");
	scst_conf_for_each(driver, conf, SCST_CONF_DRIVER)
		if (!only || streq(driver->name, only))
			print_targets(admin, driver, name, width);
	return 0;
}

int admin_list_drivers(struct admin *admin, const char *driver)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	int err;

	if (*driver)
		return list_targets_of(admin, driver);
	err = admin_read(admin, SCST_LIVE_TARGETS, &conf);
	if (!err)
		print_names(admin, conf, "Driver", SCST_CONF_DRIVER);
	return err;
}

/* A target of a driver: what it has, as -list_group shows it. */
int admin_list_targets(struct admin *admin, const char *target)
{
	const char *driver = admin_option(admin, OPT_DRIVER);

	if (!*target || !driver)
		return list_targets_of(admin, driver);
	admin->options.value[OPT_TARGET] = target;
	return admin_list_groups(admin, "");
}
