// SPDX-License-Identifier: GPL-2.0-only
/* What is in use is not removed without -force, and who uses it is shown. */
#include "admin.h"

/* ---- devices -------------------------------------------------------------------------------- */

struct user {
	char *link;			/* cut into pieces: the others point into it */
	const char *driver, *target, *group, *lun;
};

struct users {
	struct user *list;
	size_t nr;
};

static void free_users(struct users *users)
{
	for (size_t i = 0; i < users->nr; i++)
		free(users->list[i].link);
	free(users->list);
}

static const char *cut_last(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash)
		return "";
	*slash = '\0';
	return slash + 1;
}

/* ".../targets/DRIVER/TARGET/ini_groups/GROUP/luns/N", or without a group. */
static void split_link(struct user *user)
{
	user->lun = cut_last(user->link);
	cut_last(user->link);		/* luns */
	user->group = cut_last(user->link);
	user->target = cut_last(user->link);
	if (streq(user->target, "ini_groups")) {
		user->target = cut_last(user->link);
		user->driver = cut_last(user->link);
	} else {
		user->driver = user->target;
		user->target = user->group;
		user->group = "";
	}
}

static int add_user(struct users *users, const char *link)
{
	struct user *bigger = reallocarray(users->list, users->nr + 1, sizeof(*bigger));
	char *copy = strdup(link);

	if (bigger)
		users->list = bigger;
	if (!bigger || !copy) {
		free(copy);
		return -ENOMEM;
	}
	bigger[users->nr] = (struct user){ .link = copy };
	split_link(&bigger[users->nr++]);
	return 0;
}

static int by_place(const void *a, const void *b)
{
	const struct user *x = a, *y = b;

	return strcmp(x->driver, y->driver) ?: strcmp(x->target, y->target) ?:
	       strcmp(x->group, y->group);
}

static int read_users(struct admin *admin, const char *device, struct users *users)
{
	_cleanup_(scst_names_clear) struct scst_names names = {};
	char dir[PATH_MAX], path[PATH_MAX], link[PATH_MAX];
	int err = scst_format(dir, sizeof(dir), "devices/%s/exported", device);

	err = err ?: scst_live_names(&admin->live, dir, false, &names);
	for (size_t i = 0; i < names.nr && !err; i++) {
		err = scst_format(path, sizeof(path), "%s/%s", dir, names.list[i]);
		if (!err && !scst_live_link(&admin->live, path, link))
			err = add_user(users, link);
	}
	if (users->nr)
		qsort(users->list, users->nr, sizeof(*users->list), by_place);
	return err;
}

static void widen(size_t *width, const char *text)
{
	if (strlen(text) > *width)
		*width = strlen(text);
}

static void print_users(struct admin *admin, const char *device, const struct users *users)
{
	size_t driver = strlen("Driver"), target = strlen("Target"), group = strlen("Group");

	for (size_t i = 0; i < users->nr; i++) {
		widen(&driver, users->list[i].driver);
		widen(&target, users->list[i].target);
		widen(&group, users->list[i].group);
	}
	admin_say(admin, "Device '%s' is currently in use by the following:\n\n", device);
	admin_say(admin, "\t%-*s %-*s %-*s %-4s\n\t", (int)driver, "Driver", (int)target, "Target",
		  (int)group, "Group", "Lun");
	admin_dashes(admin, driver);
	admin_say(admin, " ");
	admin_dashes(admin, target);
	admin_say(admin, " ");
	admin_dashes(admin, group);
	admin_say(admin, " ----\n");
	for (size_t i = 0; i < users->nr; i++)
		admin_say(admin, "\t%-*s %-*s %-*s %-4s\n", (int)driver, users->list[i].driver,
			  (int)target, users->list[i].target, (int)group, users->list[i].group,
			  users->list[i].lun);
}

static int check_device(struct admin *admin, const struct scst_where *at)
{
	_cleanup_(free_users) struct users users = {};

	(void)read_users(admin, at->device, &users);
	if (!users.nr)
		return 0;
	print_users(admin, at->device, &users);
	return admin_fatal(admin, "Device '%s' still in use, aborting. Use -force to override.",
			   at->device);
}

/* ---- groups --------------------------------------------------------------------------------- */

static const struct scst_conf *find_group(const struct scst_conf *conf, const struct scst_where *at)
{
	const struct scst_conf *driver = scst_conf_find(conf, SCST_CONF_DRIVER, at->driver);
	const struct scst_conf *target = scst_conf_find(driver, SCST_CONF_TARGET, at->target);

	return scst_conf_find(target, SCST_CONF_GROUP, at->group);
}

static int check_group(struct admin *admin, const struct scst_where *at)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	const struct scst_conf *group;
	int err = admin_read(admin, SCST_LIVE_TARGETS | SCST_LIVE_LUNS, &conf);

	group = err ? NULL : find_group(conf, at);
	if (!group || !group->nr_children)
		return err;
	admin_print_group(admin, group, at->driver, at->target, at->group);
	return admin_fatal(admin, "Group is still in use, aborting. Use -force to override.");
}

/* A device leaves a group while a target group has targets. */
static int check_group_device(struct admin *admin, const struct scst_conf *dgroup)
{
	struct scst_conf *tgroup;
	bool found = false;

	scst_conf_for_each(tgroup, dgroup, SCST_CONF_TARGET_GROUP) {
		if (!tgroup->nr_children)
			continue;
		admin_say(admin, "\n");
		admin_print_target_group(admin, tgroup);
		found = true;
	}
	return !found ? 0 : admin_fatal(admin, "Device may still be in use, aborting. "
					"Use -force to override.");
}

static int check_target_group(struct admin *admin, const struct scst_conf *tgroup)
{
	if (!tgroup || !tgroup->nr_children)
		return 0;
	admin_say(admin, "\n");
	admin_print_target_group(admin, tgroup);
	return admin_fatal(admin, "Target group is still in use, aborting. "
			   "Use -force to override.");
}

static int check_device_group(struct admin *admin, const struct scst_conf *dgroup)
{
	if (!dgroup->nr_children)
		return 0;
	admin_say(admin, "\n");
	admin_print_device_group(admin, dgroup);
	return admin_fatal(admin, "Device group is still in use, aborting. "
			   "Use -force to override.");
}

static int check_paths(struct admin *admin, const struct scst_step *step)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	int err = admin_read(admin, SCST_LIVE_DEVICE_GROUPS, &conf);
	const struct scst_conf *dgroup = err ? NULL :
		scst_conf_find(conf, SCST_CONF_DEVICE_GROUP, step->at.device_group);

	if (!dgroup)
		return err;
	if (step->kind == SCST_STEP_REMOVE_GROUP_DEVICE)
		return check_group_device(admin, dgroup);
	if (step->kind == SCST_STEP_REMOVE_DEVICE_GROUP)
		return check_device_group(admin, dgroup);
	return check_target_group(admin, scst_conf_find(dgroup, SCST_CONF_TARGET_GROUP,
							step->at.target_group));
}

int admin_check_unused(struct admin *admin, const struct scst_step *step)
{
	if (step->kind == SCST_STEP_CLOSE_DEVICE)
		return check_device(admin, &step->at);
	if (step->kind == SCST_STEP_REMOVE_GROUP)
		return check_group(admin, &step->at);
	if (step->kind == SCST_STEP_REMOVE_GROUP_DEVICE ||
	    step->kind == SCST_STEP_REMOVE_DEVICE_GROUP ||
	    step->kind == SCST_STEP_REMOVE_TARGET_GROUP)
		return check_paths(admin, step);
	return 0;
}
