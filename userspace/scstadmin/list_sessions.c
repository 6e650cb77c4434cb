// SPDX-License-Identifier: GPL-2.0-only
/* -list_sessions. Names of sessions come from strangers: the terminal gets what it can bear. */
#include "admin.h"
#include "printable.h"

static int add_lun(struct scst_live_attrs *attrs, const struct scst_conf *lun)
{
	struct scst_live_attr *bigger = reallocarray(attrs->list, attrs->nr + 1, sizeof(*bigger));
	struct scst_live_value *value = calloc(1, sizeof(*value));
	char *name;

	if (bigger)
		attrs->list = bigger;
	if (!bigger || !value || asprintf(&name, "LUN %s", lun->name) < 0) {
		free(value);
		return -ENOMEM;
	}
	value->text = strdup(scst_conf_device(lun) ?: "");
	bigger[attrs->nr++] = (struct scst_live_attr){ .name = name, .values = value,
						       .nr_values = 1 };
	return 0;
}

/* The group whose LUNs a session sees, if it is one. */
static const struct scst_conf *group_of(struct admin *admin, const char *dir,
					const struct scst_conf *target)
{
	char path[PATH_MAX], link[PATH_MAX], *group, *end;

	if (scst_format(path, sizeof(path), "%s/luns", dir) ||
	    scst_live_link(&admin->live, path, link))
		return NULL;
	group = strstr(link, "ini_groups/");
	end = group ? strstr(group, "/luns") : NULL;
	if (!end)
		return NULL;
	*end = '\0';
	return scst_conf_find(target, SCST_CONF_GROUP, group + strlen("ini_groups/"));
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct scst_live_attr *)a)->name,
		      ((const struct scst_live_attr *)b)->name);
}

/* All count as what can be written, and none as key. */
static void print_session(struct admin *admin, const char *dir, const struct scst_conf *target)
{
	_cleanup_live_attrs_ struct scst_live_attrs attrs = {};
	const struct scst_conf *group = group_of(admin, dir, target);
	struct scst_conf *lun;

	(void)scst_live_attrs_in(&admin->live, dir, &attrs);
	for (size_t i = 0; i < attrs.nr; i++) {
		attrs.list[i].is_static = false;
		attrs.list[i].key = false;
	}
	scst_conf_for_each(lun, group, SCST_CONF_LUN)
		if (add_lun(&attrs, lun))
			break;
	if (attrs.nr)
		qsort(attrs.list, attrs.nr, sizeof(*attrs.list), by_name);
	admin_print_attrs(admin, &attrs, true);
}

static void print_target(struct admin *admin, const char *driver, const struct scst_conf *target)
{
	_cleanup_(scst_names_clear) struct scst_names sessions = {};
	char dir[PATH_MAX], path[PATH_MAX];

	admin_say(admin, "Driver/Target: %s/%s\n\n", driver, target->name);
	if (scst_format(dir, sizeof(dir), "targets/%s/%s/sessions", driver, target->name))
		return;
	(void)scst_live_names(&admin->live, dir, false, &sessions);
	for (size_t i = 0; i < sessions.nr; i++) {
		if (scst_format(path, sizeof(path), "%s/%s", dir, sessions.list[i]))
			continue;
		scst_make_printable(sessions.list[i], "");
		admin_say(admin, "\tSession: %s\n\n", sessions.list[i]);
		print_session(admin, path, target);
		admin_say(admin, "\n");
	}
	if (!sessions.nr)
		admin_say(admin, "\t(no sessions)\n\n");
}

int admin_list_sessions(struct admin *admin, const char *arg _unused_)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	int err = admin_read(admin, SCST_LIVE_TARGETS | SCST_LIVE_LUNS, &conf);
	struct scst_conf *driver, *target;

	scst_conf_for_each(driver, conf, SCST_CONF_DRIVER)
		scst_conf_for_each(target, driver, SCST_CONF_TARGET)
			print_target(admin, driver->name, target);
	return err;
}
