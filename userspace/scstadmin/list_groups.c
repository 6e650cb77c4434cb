// SPDX-License-Identifier: GPL-2.0-only
/* -list_group: LUNs and initiators of targets and their groups; -list_dgrp, -list_tgrp. */
#include "admin.h"

static size_t at_least(size_t least, size_t width)
{
	return width > least ? width : least;
}

/* ---- LUNs and initiators -------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
	const struct scst_conf *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

/* By number as text: 10 comes before 8. */
static void print_luns(struct admin *admin, const struct scst_conf *node)
{
	_cleanup_free_ struct scst_conf **luns = calloc(node->nr_children ?: 1, sizeof(*luns));
	size_t nr = 0, width = 0;
	struct scst_conf *lun;

	admin_say(admin, "Assigned LUNs:\n\n");
	scst_conf_for_each(lun, node, SCST_CONF_LUN) {
		width = at_least(width, strlen(scst_conf_device(lun) ?: ""));
		if (luns)
			luns[nr++] = lun;
	}
	if (!nr) {
		admin_say(admin, "\t(none)\n");
		return;
	}
	qsort(luns, nr, sizeof(*luns), by_text);
	admin_say(admin, "\t%-4s %-*s\n\t", "LUN", (int)width, "Device");
	admin_dashes(admin, width + 5);
	admin_say(admin, "\n");
	for (size_t i = 0; i < nr; i++)
		admin_say(admin, "\t%-4s %-*s\n", luns[i]->name, (int)width,
			  scst_conf_device(luns[i]) ?: "");
}

static void print_initiators(struct admin *admin, const struct scst_conf *group)
{
	struct scst_conf *initiator;
	size_t width = 0;

	admin_say(admin, "\nAssigned Initiators:\n\n");
	scst_conf_for_each(initiator, group, SCST_CONF_INITIATOR)
		width = at_least(width, strlen(initiator->name));
	if (!width) {
		admin_say(admin, "\t(none)\n");
		return;
	}
	admin_say(admin, "\tInitiator\n\t");
	admin_dashes(admin, width);
	admin_say(admin, "\n");
	scst_conf_for_each(initiator, group, SCST_CONF_INITIATOR)
		admin_say(admin, "\t%s\n", initiator->name);
}

/* A target, or its group; @node is NULL if it is not there. */
void admin_print_group(struct admin *admin, const struct scst_conf *node, const char *driver,
		       const char *target, const char *group)
{
	bool luns = scst_conf_each(node, SCST_CONF_LUN, &(size_t){ 0 });
	bool initiators = group && scst_conf_each(node, SCST_CONF_INITIATOR, &(size_t){ 0 });

	if (!luns && !initiators && group) {
		admin_say(admin, "Group '%s' has no associated LUNs or initiators.\n", group);
	} else if (!luns && !initiators) {
		admin_say(admin, "Driver/target '%s/%s' has no associated LUNs.\n", driver, target);
	} else {
		print_luns(admin, node);
		if (group)
			print_initiators(admin, node);
	}
}

/* ---- -list_group ---------------------------------------------------------------------------- */

static bool fits(const char *wanted, const char *name)
{
	return !wanted || !*wanted || streq(wanted, name);
}

static void print_target(struct admin *admin, const char *driver, const struct scst_conf *target,
			 const char *group)
{
	struct scst_conf *child;

	admin_say(admin, "Driver: %s\nTarget: %s\n\n", driver, target->name);
	admin_print_group(admin, target, driver, target->name, NULL);
	admin_say(admin, "\n");
	scst_conf_for_each(child, target, SCST_CONF_GROUP) {
		if (!fits(group, child->name))
			continue;
		admin_say(admin, "Group: %s\n\n", child->name);
		admin_print_group(admin, child, driver, target->name, child->name);
		admin_say(admin, "\n\n");
	}
}

/* One group, with its place. */
static int print_one(struct admin *admin, const struct scst_conf *conf, const char *group)
{
	const struct scst_where at = admin_where(admin, SCST_CONF_GROUP, group);
	const struct scst_conf *driver = scst_conf_find(conf, SCST_CONF_DRIVER, at.driver);
	const struct scst_conf *target = scst_conf_find(driver, SCST_CONF_TARGET, at.target);

	if (!driver || !target || !scst_conf_find(target, SCST_CONF_GROUP, group)) {
		admin_warn(admin, !driver ? "initiators(): Driver '%s' is not available" :
			   !target ? "initiators(): Target '%s' is not available" :
				     "initiators(): Group '%s' does not exist",
			   !driver ? at.driver : !target ? at.target : group);
		return ADMIN_ERROR;
	}
	admin_print_group(admin, scst_conf_find(target, SCST_CONF_GROUP, group), at.driver,
			  at.target, group);
	return 0;
}

static void tell_not_found(struct admin *admin, const char *driver, const char *target)
{
	if (driver && target)
		admin_say(admin, "Driver/target '%s/%s' not found\n", driver, target);
	else if (target)
		admin_say(admin, "Target '%s' not found.\n", target);
	else
		admin_say(admin, "Driver '%s' not found.\n", driver ?: "");
}

int admin_list_groups(struct admin *admin, const char *group)
{
	const char *driver = admin_option(admin, OPT_DRIVER);
	const char *target = admin_option(admin, OPT_TARGET);
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	int err = admin_read(admin, SCST_LIVE_TARGETS | SCST_LIVE_LUNS, &conf);
	struct scst_conf *drv, *tgt;
	bool found = false;

	if (err)
		return err;
	if (*group && driver && target)
		return print_one(admin, conf, group);
	scst_conf_for_each(drv, conf, SCST_CONF_DRIVER)
		scst_conf_for_each(tgt, drv, SCST_CONF_TARGET) {
			if (!fits(driver, drv->name) || !fits(target, tgt->name))
				continue;
			print_target(admin, drv->name, tgt, group);
			found = true;
		}
	if (!found)
		tell_not_found(admin, driver, target);
	return 0;
}

/* ---- device groups -------------------------------------------------------------------------- */

/* A headline, as wide as @least at least, and names. @indent: "\t" more. */
static void print_names(struct admin *admin, const struct scst_conf *conf,
			enum scst_conf_kind kind, const char *head, size_t least,
			const char *indent)
{
	struct scst_conf *child;
	size_t width = 0;

	scst_conf_for_each(child, conf, kind)
		width = at_least(width, strlen(child->name));
	admin_say(admin, "%s\t%s\n%s\t", indent, head, indent);
	admin_dashes(admin, at_least(least, width));
	admin_say(admin, "\n");
	scst_conf_for_each(child, conf, kind)
		admin_say(admin, "%s\t%s\n", indent, child->name);
}

void admin_print_target_group(struct admin *admin, const struct scst_conf *tgroup)
{
	print_names(admin, tgroup, SCST_CONF_GROUP_TARGET, "Targets", 7, "");
}

void admin_print_device_group(struct admin *admin, const struct scst_conf *dgroup)
{
	print_names(admin, dgroup, SCST_CONF_GROUP_DEVICE, "Devices", 7, "");
	admin_say(admin, "\n");
	print_names(admin, dgroup, SCST_CONF_TARGET_GROUP, "Target Groups", 12, "");
}

static void print_target_groups(struct admin *admin, const struct scst_conf *dgroup,
				const char *indent)
{
	admin_say(admin, "\n");
	print_names(admin, dgroup, SCST_CONF_TARGET_GROUP, "Target Groups", 12, indent);
}

/* Each group has a blank line behind it. */
static void print_device_groups(struct admin *admin, const struct scst_conf *conf)
{
	struct scst_conf *dgroup;
	size_t width = 12;

	scst_conf_for_each(dgroup, conf, SCST_CONF_DEVICE_GROUP)
		width = at_least(width, strlen(dgroup->name));
	admin_say(admin, "\tDevice Group\n\t");
	admin_dashes(admin, width);
	admin_say(admin, "\n");
	scst_conf_for_each(dgroup, conf, SCST_CONF_DEVICE_GROUP)
		admin_say(admin, "\t%s\n\n", dgroup->name);
}

/* One that is not there has nothing, and that is shown. */
int admin_list_device_groups(struct admin *admin, const char *group)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	int err = admin_read(admin, SCST_LIVE_DEVICE_GROUPS, &conf);

	if (err)
		return err;
	if (*group)
		admin_print_device_group(admin, scst_conf_find(conf, SCST_CONF_DEVICE_GROUP,
							       group));
	else
		print_device_groups(admin, conf);
	return 0;
}

int admin_list_target_groups(struct admin *admin, const char *group)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	int err = admin_read(admin, SCST_LIVE_DEVICE_GROUPS, &conf);
	const struct scst_conf *dgroup = err ? NULL :
		scst_conf_find(conf, SCST_CONF_DEVICE_GROUP, admin_option(admin, OPT_DEV_GROUP));

	if (err)
		return err;
	if (*group)
		admin_print_target_group(admin, scst_conf_find(dgroup, SCST_CONF_TARGET_GROUP,
							       group));
	else
		print_target_groups(admin, dgroup, "");
	return 0;
}
