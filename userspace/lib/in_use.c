// SPDX-License-Identifier: GPL-2.0-only
/*
 * What sessions see: the link `luns` of each leads to the target's own LUNs, or to those of a
 * group. A step that takes something away is looked at by what it takes.
 */
#include "plan.h"

/* A step, and what is there. */
struct looking {
	const struct scst_live *live;
	const struct scst_conf *have;
	const struct scst_uses *uses;
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

static int check_device(const struct looking *l)
{
	size_t nr;
	const struct scst_use *uses = scst_uses_of(l->uses, l->step->at.device, &nr);
	int err = 0;

	for (size_t i = 0; i < nr && !err; i++) {
		const struct scst_where *at = &uses[i].at;
		_cleanup_free_ char *what = NULL;

		if (asprintf(&what, "sees it as LUN %s of %s/%s", at->lun, at->driver,
			     at->target) < 0) {
			what = NULL;
			return -ENOMEM;
		}
		err = check_sessions(l, at, &(struct wanted){ .group = at->group }, what);
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
			const struct scst_uses *uses, const struct scst_step *step,
			struct scst_names *refused)
{
	const struct looking l = {
		.live = live, .have = have, .uses = uses, .step = step, .refused = refused,
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
