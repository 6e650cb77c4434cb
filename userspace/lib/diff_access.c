// SPDX-License-Identifier: GPL-2.0-only
/* Who sees which LUNs of a target: its groups, and the initiators in them. */
#include "diff_inside.h"

/* ---- groups --------------------------------------------------------------------------------- */

/* Initiators leave first: a group is not removed while a session is in it. */
static int remove_group(struct scst_diff *d, const struct scst_conf *group,
			const struct scst_where *at)
{
	int err = 0;

	if (d->declared && scst_conf_has(group, SCST_CONF_INITIATOR))
		err = scst_diff_step(d, SCST_STEP_CLEAR_INITIATORS, at, NULL);
	return err ?: scst_diff_step(d, SCST_STEP_REMOVE_GROUP, at, NULL);
}

int scst_diff_check_groups(struct scst_diff *d, const struct scst_conf *have,
			const struct scst_conf *want, struct scst_where at)
{
	struct scst_conf *group;
	int err = 0;

	scst_conf_for_each(group, have, SCST_CONF_GROUP) {
		at.group = group->name;
		err = err ?: scst_diff_check_luns(d, group, same(want, group), &at);
		if (err || same(want, group))
			continue;
		err = scst_diff_removes(d) ? remove_group(d, group, &at) :
					     scst_diff_note(d, SCST_NOTE_GROUP_EXTRA, &at);
	}
	return err;
}

int scst_diff_add_groups(struct scst_diff *d, const struct scst_conf *want,
		      const struct scst_conf *have, struct scst_where at)
{
	struct scst_conf *group;
	int err = 0;

	scst_conf_for_each(group, want, SCST_CONF_GROUP) {
		at.group = group->name;
		if (!err && !same(have, group))
			err = scst_diff_step(d, SCST_STEP_ADD_GROUP, &at, NULL);
		err = err ?: scst_diff_add_luns(d, group, same(have, group), &at);
		err = err ?: scst_diff_attrs(d, &(struct scst_diff_attrs){
			.kind = SCST_CONF_GROUP, .at = at, .want = group, .enabled = true });
	}
	return err;
}

/* ---- initiators ----------------------------------------------------------------------------- */

/* The group of @target with this initiator: it can be in one only. */
static const char *group_of(const struct scst_conf *target, const char *initiator)
{
	struct scst_conf *group;

	scst_conf_for_each(group, target, SCST_CONF_GROUP)
		if (scst_conf_find(group, SCST_CONF_INITIATOR, initiator))
			return group->name;
	return NULL;
}

static int check_initiator(struct scst_diff *d, const struct scst_where *at, const char *wanted)
{
	const struct scst_step move = {
		.kind = SCST_STEP_MOVE_INITIATOR, .at = *at, .to = wanted,
	};

	if (!wanted)
		return scst_diff_removes(d) ?
			scst_diff_step(d, SCST_STEP_REMOVE_INITIATOR, at, NULL) :
			scst_diff_note(d, SCST_NOTE_INITIATOR_EXTRA, at);
	if (streq(wanted, at->group))
		return 0;
	return scst_diff_changes(d) ? d->ops->step(d->arg, &move) :
				      d->ops->note(d->arg, SCST_NOTE_INITIATOR_MOVES, &move);
}

int scst_diff_initiators(struct scst_diff *d, const struct scst_conf *want,
			   const struct scst_conf *have, struct scst_where at)
{
	struct scst_conf *group, *initiator;
	int err = 0;

	scst_conf_for_each(group, have, SCST_CONF_GROUP)
		scst_conf_for_each(initiator, group, SCST_CONF_INITIATOR) {
			at.group = group->name;
			at.initiator = initiator->name;
			err = err ?: check_initiator(d, &at, group_of(want, initiator->name));
		}
	scst_conf_for_each(group, want, SCST_CONF_GROUP)
		scst_conf_for_each(initiator, group, SCST_CONF_INITIATOR) {
			at.group = group->name;
			at.initiator = initiator->name;
			if (!err && !group_of(have, initiator->name))
				err = scst_diff_step(d, SCST_STEP_ADD_INITIATOR, &at, NULL);
		}
	return err;
}
