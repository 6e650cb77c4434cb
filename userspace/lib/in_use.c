// SPDX-License-Identifier: GPL-2.0-only
/*
 * What sessions see: the link `luns` of each leads to the target's own LUNs, or to those of a
 * group. A step that takes something away is looked at by what it takes.
 */
#include "plan.h"

#include "initiator.h"

/* A step, and what is there. */
struct looking {
	const struct scst_live *live;
	const struct scst_conf *have;
	const struct scst_uses *uses;
	const struct scst_step *step;
	struct scst_names *refused;
};

/* ---- sessions ------------------------------------------------------------------------------- */

/* Which sessions are looked for: one fits if it is of @initiator and ... */
struct wanted {
	const char *initiator;		/* a name or a pattern; NULL: any */
	bool any;			/* ... whatever it sees */
	bool comes;			/* ... would come to @group, from LUNs that it sees now */
	const char *group;		/* ... sees the LUNs of this, or of the target if NULL */
};

/* Whose LUNs a session sees: "" is the target. Return: false: nobody can say. */
static bool group_seen(const struct scst_live *live, const char *session, char group[PATH_MAX])
{
	char path[PATH_MAX], target[PATH_MAX];
	const char *name;

	if (scst_format(path, sizeof(path), "%s/luns", session) ||
	    scst_live_link(live, path, target))
		return false;
	name = strstr(target, "ini_groups/");
	name = name ? name + strlen("ini_groups/") : "";
	return !scst_format(group, PATH_MAX, "%.*s", (int)strcspn(name, "/"), name);
}

/* In which order the kernel looks for a match: the target's own LUNs are for who is left over. */
static size_t rank_of(const struct scst_conf *target, const char *group)
{
	const struct scst_conf *conf = scst_conf_find(target, SCST_CONF_GROUP, group);
	size_t rank = 0;

	while (conf && target->children[rank] != conf)
		rank++;
	return conf ? rank : *group ? SIZE_MAX - 1 : SIZE_MAX;
}

/* It stays where it is if that comes first; and loses nothing if it sees nothing. */
static bool would_come(const struct looking *l, const struct scst_where *at, const char *seen)
{
	const struct scst_conf *target = scst_conf_find(l->have, SCST_CONF_DRIVER, at->driver);
	const struct scst_conf *from;

	target = scst_conf_find(target, SCST_CONF_TARGET, at->target);
	from = *seen ? scst_conf_find(target, SCST_CONF_GROUP, seen) : target;
	return scst_conf_has(from, SCST_CONF_LUN) &&
	       rank_of(target, at->group) < rank_of(target, seen);
}

/* A second session of one initiator is called NAME_1. */
static bool is_of(const char *session, const char *initiator)
{
	const char *mark = strrchr(session, '_');
	char name[NAME_MAX + 1];

	if (!initiator || scst_initiator_matches(initiator, session))
		return true;
	return mark && mark[1] && !mark[1 + strspn(mark + 1, "0123456789")] &&
	       !scst_format(name, sizeof(name), "%.*s", (int)(mark - session), session) &&
	       scst_initiator_matches(initiator, name);
}

static bool fits(const struct looking *l, const struct scst_where *at,
		 const struct wanted *wanted, const char *name, const char *path)
{
	char seen[PATH_MAX];

	if (!is_of(name, wanted->initiator))
		return false;
	if (wanted->any || !group_seen(l->live, path, seen))
		return true;
	return wanted->comes ? would_come(l, at, seen) : streq(seen, wanted->group ?: "");
}

/* The first of the target that fits, or NULL. What cannot be read is not free to go. */
static int find_session(const struct looking *l, const struct scst_where *at,
			const struct wanted *wanted, char **session)
{
	_cleanup_(scst_names_clear) struct scst_names names = {};
	char dir[PATH_MAX], path[PATH_MAX];
	int err = scst_format(dir, sizeof(dir), "targets/%s/%s/sessions", at->driver, at->target);

	*session = NULL;
	err = err ?: scst_live_names(l->live, dir, false, &names);
	if (err == -ENOENT || err == -ENOMEM)
		return err == -ENOENT ? 0 : err;
	if (err)
		*session = strdup("somebody");
	for (size_t i = 0; i < names.nr && !*session; i++)
		if (!scst_format(path, sizeof(path), "%s/%s", dir, names.list[i]) &&
		    fits(l, at, wanted, names.list[i], path))
			*session = strdup(names.list[i]);
	return 0;
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
	_cleanup_free_ char *session = NULL;
	int err = find_session(l, at, wanted, &session);

	return err || !session ? err : refuse(l, session, what);
}

/* ---- a device ------------------------------------------------------------------------------- */

static int check_device(const struct looking *l)
{
	size_t nr;
	const struct scst_use *uses = scst_uses_of(l->uses, l->step->at.device, &nr);
	char what[PATH_MAX];
	int err = 0;

	for (size_t i = 0; i < nr && !err; i++) {
		const struct scst_where *at = &uses[i].at;

		err = scst_format(what, sizeof(what), "sees it as LUN %s of %s/%s", at->lun,
				  at->driver, at->target);
		err = err ?: check_sessions(l, at, &(struct wanted){ .group = at->group }, what);
	}
	return err;
}

static bool is_less(const char *value, const char *than)
{
	uint64_t a, b;

	return !scst_parse_u64(value, 0, UINT64_MAX, &a) &&
	       !scst_parse_u64(than, 0, UINT64_MAX, &b) && a < b;
}

/* Does it close the device, cut it off or change the disk, under those who use it? */
static bool takes_blocks(const struct looking *l)
{
	const struct scst_step *step = l->step;
	_cleanup_free_ char *now = scst_live_line(l->live, SCST_CONF_DEVICE, &step->at, step->name);

	if (streq(step->name, "active"))
		return !strtol(step->value, NULL, 0);
	if (streq(step->name, "filename"))
		return now && *now;
	return (streq(step->name, "size") || streq(step->name, "size_mb")) && now &&
	       is_less(step->value, now);
}

/* ---- all steps ------------------------------------------------------------------------------ */

/* The LUN at this place of a configuration, or NULL. */
static const struct scst_conf *lun_at(const struct scst_conf *conf, const struct scst_where *at)
{
	const struct scst_conf *owner = scst_conf_find(conf, SCST_CONF_DRIVER, at->driver);

	owner = scst_conf_find(owner, SCST_CONF_TARGET, at->target);
	if (at->group)
		owner = scst_conf_find(owner, SCST_CONF_GROUP, at->group);
	return scst_conf_find(owner, SCST_CONF_LUN, at->lun);
}

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
	const struct wanted coming = { .comes = true, .initiator = at->initiator };

	switch ((int)step->kind) {
	case SCST_STEP_CLOSE_DEVICE:
		return check_device(&l);
	case SCST_STEP_SET_DEVICE:
		return takes_blocks(&l) ? check_device(&l) : 0;
	case SCST_STEP_REMOVE_TARGET:
		return check_sessions(&l, at, &(struct wanted){ .any = true }, "is logged in");
	case SCST_STEP_REMOVE_SESSION:
		return check_sessions(&l, at, &(struct wanted){
			.any = true, .initiator = step->value }, "is logged in");
	case SCST_STEP_REMOVE_GROUP:
		return check_sessions(&l, at, &its_group, "is in it");
	case SCST_STEP_ADD_INITIATOR:
		return check_sessions(&l, at, &coming, "would see other LUNs");
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
