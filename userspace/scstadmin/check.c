// SPDX-License-Identifier: GPL-2.0-only
/*
 * A configuration before it is applied: what of it cannot be, and what its author may not have
 * meant. LUNs of devices that the file does not open are taken out, as SCST's program does.
 */
#include <stdarg.h>

#include "admin.h"

#include "conf_parse.h"

struct checking {
	struct admin *admin;
	struct scst_conf *want;
	struct scst_conf *have;
	unsigned int warnings, errors;
};

static void _printf_(2, 3) warn(struct checking *c, const char *fmt, ...)
{
	va_list ap;

	fputs("\t-> WARNING: ", c->admin->out);
	va_start(ap, fmt);
	vfprintf(c->admin->out, fmt, ap);
	va_end(ap);
	fputc('\n', c->admin->out);
	c->warnings++;
}

static void _printf_(2, 3) fault(struct checking *c, const char *fmt, ...)
{
	va_list ap;

	fputs("\t-> FATAL: ", c->admin->out);
	va_start(ap, fmt);
	vfprintf(c->admin->out, fmt, ap);
	va_end(ap);
	fputc('\n', c->admin->out);
	c->errors++;
}

/* ---- is there anything ---------------------------------------------------------------------- */

static void check_sections(struct checking *c)
{
	bool drivers = scst_conf_each(c->want, SCST_CONF_DRIVER, &(size_t){ 0 });
	bool handlers = scst_conf_each(c->want, SCST_CONF_HANDLER, &(size_t){ 0 });

	if (!drivers)
		warn(c, "No TARGET_DRIVER section defined. No target drivers will be "
		     "configured.\n");
	if (!handlers)
		warn(c, "No HANDLER section defined. Only physical media will be configured for "
		     "targets.\n");
	if (drivers || handlers)
		return;
	admin_say(c->admin, "FATAL: No target drivers or handlers defined, aborting!\n");
	c->errors++;
}

/* ---- drivers and targets -------------------------------------------------------------------- */

static void check_initiators(struct checking *c, const struct scst_conf *target)
{
	struct scst_conf *group, *initiator;

	scst_conf_for_each(group, target, SCST_CONF_GROUP)
		scst_conf_for_each(initiator, group, SCST_CONF_INITIATOR)
			if (scst_conf_in_earlier_group(target, group, initiator->name))
				fault(c, "Initiator '%s' belongs to more than one group.\n"
				      "\t     Initiators can only belong to one group at a time "
				      "for a given target.", initiator->name);
}

static void check_driver(struct checking *c, const struct scst_conf *driver)
{
	const struct scst_conf *have = scst_conf_find(c->have, SCST_CONF_DRIVER, driver->name);
	bool virtual = scst_live_takes_targets(&c->admin->live, driver->name);
	struct scst_conf *target;

	if (!have) {
		warn(c, "Target driver '%s' is not loaded or available.\n", driver->name);
		return;
	}
	if (!scst_conf_each(driver, SCST_CONF_TARGET, &(size_t){ 0 }))
		warn(c, "Driver '%s' has no configured targets.\n", driver->name);
	scst_conf_for_each(target, driver, SCST_CONF_TARGET) {
		check_initiators(c, target);
		if (!virtual && !scst_conf_find(have, SCST_CONF_TARGET, target->name))
			fault(c, "Target '%s' for driver '%s' does not exist.", target->name,
			      driver->name);
	}
}

/* ---- devices -------------------------------------------------------------------------------- */

/* "/dev/cdrom" was a way to write "cdrom". Return: 0 or -ENOMEM. */
static int check_device(struct checking *c, struct scst_conf *handler, struct scst_conf *device)
{
	const char *rest = startswith(device->name, "/dev/");

	if (rest) {
		warn(c, "Device '%s' configured for handler '%s' may not contain the full /dev "
		     "path, please change to '%s'.\n", device->name, handler->name, rest);
		if (scst_conf_rename(handler, device, rest))
			return -ENOMEM;
	}
	if (strchr(device->name, '/'))
		fault(c, "Device '%s' configured for handler '%s' may not contain character '/'.",
		      device->name, handler->name);
	return 0;
}

/* A handler that is not there is passed over. */
static int check_handlers(struct checking *c)
{
	int err = 0;

	for (size_t i = 0; i < c->want->nr_children && !err; ) {
		struct scst_conf *handler = c->want->children[i], *device;

		i++;
		if (handler->kind != SCST_CONF_HANDLER)
			continue;
		if (!scst_conf_find(c->have, SCST_CONF_HANDLER, handler->name)) {
			fprintf(c->admin->out, "\t-> WARNING: No such handler '%s' available, "
				"ignoring.\n", handler->name);
			c->warnings++;
			scst_conf_drop(c->want, handler);
			i--;
			continue;
		}
		scst_conf_for_each(device, handler, SCST_CONF_DEVICE)
			err = err ?: check_device(c, handler, device);
	}
	return err;
}

static bool is_defined(const struct checking *c, const char *device)
{
	struct scst_conf *handler;

	scst_conf_for_each(handler, c->want, SCST_CONF_HANDLER)
		if (scst_conf_find(handler, SCST_CONF_DEVICE, device))
			return true;
	return false;
}

/* ---- LUNs ----------------------------------------------------------------------------------- */

static const char *undefined_device(const struct checking *c, const struct scst_conf *lun)
{
	for (size_t i = 0; i < lun->devices.nr; i++)
		if (!is_defined(c, lun->devices.list[i]))
			return lun->devices.list[i];
	return NULL;
}

/* Return: were there any? */
static bool drop_undefined_luns(struct checking *c, struct scst_conf *parent, const char *driver,
				const char *target)
{
	bool any = false;

	for (size_t i = 0; i < parent->nr_children; ) {
		struct scst_conf *lun = parent->children[i];
		const char *device = lun->kind == SCST_CONF_LUN ? undefined_device(c, lun) : NULL;

		any |= lun->kind == SCST_CONF_LUN;
		if (!device) {
			i++;
			continue;
		}
		warn(c, "Device '%s' associated with driver/target '%s/%s' at LUN %s is not "
		     "defined within configuration, removing it.\n", device, driver, target,
		     lun->name);
		scst_conf_drop(parent, lun);
	}
	return any;
}

#define NO_LUN_0(what)	"No LUN 0 defined for driver/target" what ". Many initiators require a " \
			"LUN 0 to be defined.\n"

static void check_target_luns(struct checking *c, const struct scst_conf *driver,
			      struct scst_conf *target)
{
	struct scst_conf *group;

	if (drop_undefined_luns(c, target, driver->name, target->name) &&
	    !streq(driver->name, "copy_manager") && !scst_conf_find(target, SCST_CONF_LUN, "0"))
		warn(c, NO_LUN_0(" '%s/%s'"), driver->name, target->name);
	scst_conf_for_each(group, target, SCST_CONF_GROUP)
		if (drop_undefined_luns(c, group, driver->name, target->name) &&
		    !scst_conf_find(group, SCST_CONF_LUN, "0"))
			warn(c, NO_LUN_0("/group '%s/%s/%s'"), driver->name, target->name,
			     group->name);
}

static void drop_undefined_devices(struct checking *c, struct scst_conf *dgroup)
{
	for (size_t i = 0; i < dgroup->nr_children; ) {
		struct scst_conf *device = dgroup->children[i];

		if (device->kind != SCST_CONF_GROUP_DEVICE || is_defined(c, device->name)) {
			i++;
			continue;
		}
		warn(c, "Device '%s' associated with device group '%s' is not defined within "
		     "configuration, removing it.\n", device->name, dgroup->name);
		scst_conf_drop(dgroup, device);
	}
}

/* ---- all of it ------------------------------------------------------------------------------ */

static int check(struct checking *c)
{
	struct scst_conf *driver, *target, *dgroup;

	check_sections(c);
	scst_conf_for_each(driver, c->want, SCST_CONF_DRIVER)
		check_driver(c, driver);
	if (check_handlers(c))
		return admin_fatal(c->admin, "out of memory");
	scst_conf_for_each(driver, c->want, SCST_CONF_DRIVER)
		scst_conf_for_each(target, driver, SCST_CONF_TARGET)
			check_target_luns(c, driver, target);
	scst_conf_for_each(dgroup, c->want, SCST_CONF_DEVICE_GROUP)
		drop_undefined_devices(c, dgroup);
	if (c->errors)
		admin_say(c->admin, "\t-> Done, %u errors found.\n", c->errors);
	else
		admin_say(c->admin, "\t-> Done, %u warnings found.\n\n", c->warnings);
	return 0;
}

/* What Perl would lose silently goes to standard error, so that standard output stays as it was. */
static int read_file(struct admin *admin, const char *file, struct scst_conf **conf)
{
	_cleanup_(scst_names_clear) struct scst_names faults = {};
	_cleanup_free_ char *text = NULL;
	struct scst_error err = {};
	int ret = scst_read_text(file, &text);

	if (ret)
		return admin_fatal(admin, "Unable to open configuration file '%s': %s", file,
				   scst_text_error(ret));
	ret = scst_conf_parse(text, file, conf, &faults, &err);
	for (size_t i = 0; i < faults.nr; i++)
		fprintf(admin->err, "%s\n", faults.list[i]);
	return ret ? admin_fatal(admin, "%s", err.text) : 0;
}

int admin_check(struct admin *admin, const char *file, struct scst_conf **conf)
{
	_cleanup_(scst_conf_freep) struct scst_conf *want = NULL, *have = NULL;
	struct checking c = { .admin = admin };
	int err;

	admin_say(admin, "-> Checking configuration file '%s' for errors.\n", file);
	err = read_file(admin, file, &want);
	if (!err && !want->nr_attrs && !want->nr_children) {
		admin_say(admin, "-> WARNING: Configuration is empty or unreadable, "
			  "aborting.\n\n");
		return -ENODATA;
	}
	err = err ?: admin_read(admin, SCST_LIVE_DEVICES | SCST_LIVE_TARGETS, &have);
	if (err)
		return err;
	c.want = want;
	c.have = have;
	err = check(&c);
	if (err)
		return err;
	*conf = TAKE_PTR(want);
	return c.errors ? ADMIN_ERROR : 0;
}
