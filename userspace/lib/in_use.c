// SPDX-License-Identifier: GPL-2.0-only
/*
 * What sessions see: the link `luns` of each leads to the target's own LUNs, or to those of a
 * group. A step that takes something away is looked at by what it takes.
 */
#include "plan.h"

/* A step, what is there, and what is listed. */
struct looking {
	const struct scst_live *live;
	const struct scst_conf *have, *want;
	const struct scst_step *step;
	struct scst_names *refused;
};

static bool sees(const struct scst_live *live, const char *session, const char *group)
{
	char path[PATH_MAX], target[PATH_MAX], end[PATH_MAX];
	size_t len;

	if (scst_format(path, sizeof(path), "%s/luns", session) ||
	    scst_live_link(live, path, target))
		return true;		/* nobody can say that it does not */
	if (!group)
		return !strstr(target, "ini_groups/");
	len = strlen(target);
	return !scst_format(end, sizeof(end), "ini_groups/%s/luns", group) &&
	       len >= strlen(end) && streq(target + len - strlen(end), end);
}

/* Which sessions are looked for. */
struct wanted {
	const char *group;		/* see the LUNs of this, or of the target if that is NULL */
	bool any;			/* or any LUNs */
	const char *initiator;		/* are of this one, or of one of a pattern; NULL: of any */
};

/* A second session of one initiator is called NAME_1. Whom a pattern means is not guessed. */
static bool is_of(const char *session, const char *initiator)
{
	size_t len = initiator ? strlen(initiator) : 0;

	if (!initiator || strpbrk(initiator, "*?[!"))
		return true;
	return !strncasecmp(session, initiator, len) && (!session[len] || session[len] == '_');
}

/* The first of the target that is wanted, or NULL. */
static char *find_session(const struct scst_live *live, const struct scst_where *at,
			  const struct wanted *wanted)
{
	_cleanup_(scst_names_clear) struct scst_names names = {};
	char dir[PATH_MAX], path[PATH_MAX];

	if (scst_format(dir, sizeof(dir), "targets/%s/%s/sessions", at->driver, at->target) ||
	    scst_live_names(live, dir, false, &names))
		return NULL;
	for (size_t i = 0; i < names.nr; i++)
		if (!scst_format(path, sizeof(path), "%s/%s", dir, names.list[i]) &&
		    is_of(names.list[i], wanted->initiator) &&
		    (wanted->any || sees(live, path, wanted->group)))
			return strdup(names.list[i]);
	return NULL;
}

/* "target iscsi/t: iqn.x is logged in" */
static int refuse(const struct looking *l, const char *session, const char *what)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return -ENOMEM;
	scst_restore_say(l->step, out);
	fprintf(out, ": %s %s", session, what);
	return fclose(out) ? -ENOMEM : scst_names_add(l->refused, text);
}

static int check_sessions(const struct looking *l, const struct scst_where *at,
			  const struct wanted *wanted, const char *what)
{
	_cleanup_free_ char *session = find_session(l->live, at, wanted);

	return session ? refuse(l, session, what) : 0;
}

/* The LUN at this place of a configuration, or NULL. */
static const struct scst_conf *lun_at(const struct scst_conf *conf, const struct scst_where *at)
{
	const struct scst_conf *owner = scst_conf_find(conf, SCST_CONF_DRIVER, at->driver);

	owner = scst_conf_find(owner, SCST_CONF_TARGET, at->target);
	if (at->group)
		owner = scst_conf_find(owner, SCST_CONF_GROUP, at->group);
	return scst_conf_find(owner, SCST_CONF_LUN, at->lun);
}

/* ---- a device ------------------------------------------------------------------------------- */

static int check_lun_of_device(const struct looking *l, const struct scst_where *at)
{
	char name[PATH_MAX], what[PATH_MAX];

	if (scst_format(name, sizeof(name), "LUN %s of %s/%s", at->lun, at->driver, at->target) ||
	    scst_format(what, sizeof(what), "sees it as %s", name))
		return -ENOMEM;
	if (l->want && !lun_at(l->want, at))
		return refuse(l, name, "is not listed, and would go with it");
	return check_sessions(l, at, &(struct wanted){ .group = at->group }, what);
}

static int check_mapped(const struct looking *l, const struct scst_conf *parent,
			struct scst_where at)
{
	struct scst_conf *lun;
	int err = 0;

	scst_conf_for_each(lun, parent, SCST_CONF_LUN) {
		at.lun = lun->name;
		if (!err && scst_names_has(&lun->devices, l->step->at.device))
			err = check_lun_of_device(l, &at);
	}
	return err;
}

static int check_target(const struct looking *l, const struct scst_conf *target,
			struct scst_where at)
{
	struct scst_conf *group;
	int err;

	at.target = target->name;
	err = check_mapped(l, target, at);
	scst_conf_for_each(group, target, SCST_CONF_GROUP) {
		at.group = group->name;
		err = err ?: check_mapped(l, group, at);
	}
	return err;
}

/* The copy manager's own LUNs are no use of a device. */
static int check_device(const struct looking *l)
{
	struct scst_conf *driver, *target;
	int err = 0;

	scst_conf_for_each(driver, l->have, SCST_CONF_DRIVER) {
		if (streq(driver->name, "copy_manager"))
			continue;
		scst_conf_for_each(target, driver, SCST_CONF_TARGET)
			err = err ?: check_target(l, target, (struct scst_where){
				.driver = driver->name });
	}
	return err;
}

/* ---- all steps ------------------------------------------------------------------------------ */

/* Of a LUN that gets another device initiators have the blocks of the old one in their caches. */
static bool keeps_its_device(const struct looking *l, const struct scst_where *at)
{
	const struct scst_conf *lun = lun_at(l->have, at);

	return !lun || scst_names_has(&lun->devices, at->device);
}

int scst_plan_check_use(const struct scst_live *live, const struct scst_conf *have,
			const struct scst_conf *want, const struct scst_step *step,
			struct scst_names *refused)
{
	const struct looking l = {
		.live = live, .have = have, .want = want, .step = step, .refused = refused,
	};
	const struct scst_where *at = &step->at;
	const struct wanted its_group = { .group = at->group };
	const struct wanted initiator = { .group = at->group, .initiator = at->initiator };

	switch ((int)step->kind) {
	case SCST_STEP_CLOSE_DEVICE:
		return check_device(&l);
	case SCST_STEP_REMOVE_TARGET:
		return check_sessions(&l, at, &(struct wanted){ .any = true }, "is logged in");
	case SCST_STEP_REMOVE_GROUP:
		return check_sessions(&l, at, &its_group, "is in it");
	case SCST_STEP_REMOVE_INITIATOR:
	case SCST_STEP_MOVE_INITIATOR:
		return check_sessions(&l, at, &initiator, "would see other LUNs");
	case SCST_STEP_REPLACE_LUN:
		if (keeps_its_device(&l, at))
			return 0;
		return check_sessions(&l, at, &its_group, "sees another device there");
	case SCST_STEP_REMOVE_LUN:
		return check_sessions(&l, at, &its_group, "sees it");
	}
	return 0;
}
