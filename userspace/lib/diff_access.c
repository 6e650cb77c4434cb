// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who sees which LUNs of a target: its groups, and the initiators in them.
 *
 * Of what is declared no initiator sees, at any moment, a LUN that neither what is there nor what
 * is declared shows it. A target of scst_local has its sessions as soon as it is there, and so may
 * one that is enabled. So:
 *
 *	groups are made, and those that nobody is in get their LUNs
 *	LUNs of the others that get another device go, where initiators change groups
 *	initiators come, move and leave
 *	groups go
 *	LUNs of the others come, the target's own among them
 *
 * Initiators of a group that gets another name keep their LUNs all the while: the kernel takes over
 * those that lead to the same devices.
 */
#include "diff_inside.h"

#include <strings.h>

#include "initiator.h"

/* ---- who is in which group ------------------------------------------------------------------ */

struct member {
	const char *initiator, *group;
	size_t order;			/* of the configuration */
};

struct members {
	struct member *list;		/* by initiator: a target may have thousands */
	size_t nr;
};

struct access {
	struct scst_diff *d;
	const struct scst_conf *want, *have;
	struct members wanted, there;
};

static int by_initiator(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int order = strcmp(x->initiator, y->initiator);

	return order ?: (x->order < y->order ? -1 : 1);
}

/* Return: 0 or -ENOMEM. */
static int read_members(const struct scst_conf *target, struct members *members)
{
	struct scst_conf *group, *initiator;
	size_t room = 1;

	scst_conf_for_each(group, target, SCST_CONF_GROUP)
		room += group->nr_children;
	members->list = calloc(room, sizeof(*members->list));
	if (!members->list)
		return -ENOMEM;
	scst_conf_for_each(group, target, SCST_CONF_GROUP)
		scst_conf_for_each(initiator, group, SCST_CONF_INITIATOR) {
			members->list[members->nr] = (struct member){
				initiator->name, group->name, members->nr };
			members->nr++;
		}
	qsort(members->list, members->nr, sizeof(*members->list), by_initiator);
	return 0;
}

/* The first group with this initiator, or NULL. */
static const char *group_of(const struct members *members, const char *initiator)
{
	size_t low = 0, high = members->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(members->list[middle].initiator, initiator) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < members->nr && streq(members->list[low].initiator, initiator) ?
		members->list[low].group : NULL;
}

/* ---- the order of groups -------------------------------------------------------------------- */

/* Can an initiator be meant by both? Of two patterns that is so if they begin alike. */
static bool may_meet(const char *a, const char *b)
{
	size_t len = strcspn(a, "*?"), other = strcspn(b, "*?");

	if (!scst_initiator_is_pattern(a))
		return scst_initiator_matches(b, a);
	if (!scst_initiator_is_pattern(b))
		return scst_initiator_matches(a, b);
	return *a == '!' || *b == '!' || !strncasecmp(a, b, len < other ? len : other);
}

static bool have_one_in_common(const struct scst_conf *a, const struct scst_conf *b)
{
	struct scst_conf *one, *other;

	scst_conf_for_each(one, a, SCST_CONF_INITIATOR)
		scst_conf_for_each(other, b, SCST_CONF_INITIATOR)
			if (may_meet(one->name, other->name))
				return true;
	return false;
}

/* Where a group stands in what is there: one that is new, behind all. */
static size_t rank_of(const struct access *a, const char *group)
{
	const struct scst_conf *is = scst_conf_find(a->have, SCST_CONF_GROUP, group);
	size_t rank = 0;

	while (is && a->have->children[rank] != is)
		rank++;
	return is ? rank : SIZE_MAX;
}

/* A group of @want. */
struct place {
	const struct scst_conf *want, *have;
	size_t rank;
};

static struct place place_of(const struct access *a, const struct scst_conf *group)
{
	return (struct place){ group, same(a->have, group), rank_of(a, group->name) };
}

static bool matters(const struct place *a, const struct place *b)
{
	return have_one_in_common(a->want, b->want) || have_one_in_common(a->have, b->want) ||
	       have_one_in_common(a->want, b->have) || have_one_in_common(a->have, b->have);
}

static int note_order(const struct access *a, struct scst_where at, const struct place *late,
		      const struct place *early)
{
	struct scst_step about = { .at = at, .to = late->want->name };

	about.at.group = early->want->name;
	return a->d->ops->note(a->d->arg, SCST_NOTE_GROUP_ORDER, &about);
}

/*
 * The first group that matches counts, and the kernel makes one behind those that are there: what
 * stands before them in the file would be made in vain.
 */
static int check_order(const struct access *a, struct scst_where at)
{
	_cleanup_free_ struct place *places = calloc(a->want->nr_children + 1, sizeof(*places));
	struct scst_conf *group;
	size_t nr = 0;

	if (!places)
		return -ENOMEM;
	scst_conf_for_each(group, a->want, SCST_CONF_GROUP) {
		places[nr] = place_of(a, group);
		for (size_t i = 0; i < nr; i++)
			if (places[i].rank > places[nr].rank && matters(&places[i], &places[nr]))
				return note_order(a, at, &places[i], &places[nr]);
		nr++;
	}
	return 0;
}

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

/* Of a target that is declared a group goes behind its initiators, with its LUNs. */
int scst_diff_check_groups(struct scst_diff *d, const struct scst_conf *have,
			   const struct scst_conf *want, struct scst_where at)
{
	struct scst_conf *group;
	int err = 0;

	scst_conf_for_each(group, have, SCST_CONF_GROUP) {
		const struct scst_conf *wanted = same(want, group);
		bool later = d->declared && want && !wanted;

		at.group = group->name;
		if (!later || !scst_diff_removes(d))
			err = err ?: scst_diff_check_luns(d, group, wanted, &at);
		if (err || wanted || later)
			continue;
		err = scst_diff_removes(d) ? remove_group(d, group, &at) :
					     scst_diff_note(d, SCST_NOTE_GROUP_EXTRA, &at);
	}
	return err;
}

static int remove_groups(const struct access *a, struct scst_where at)
{
	struct scst_conf *group;
	int err = 0;

	scst_conf_for_each(group, a->have, SCST_CONF_GROUP) {
		at.group = group->name;
		if (err || same(a->want, group))
			continue;
		err = scst_diff_removes(a->d) ?
			scst_diff_step(a->d, SCST_STEP_REMOVE_GROUP, &at, NULL) :
			scst_diff_note(a->d, SCST_NOTE_GROUP_EXTRA, &at);
	}
	return err;
}

static int settle_group(const struct access *a, const struct scst_conf *group,
			const struct scst_where *at)
{
	return scst_diff_attrs(a->d, &(struct scst_diff_attrs){
		.kind = SCST_CONF_GROUP, .at = *at, .want = group, .enabled = true });
}

static int add_groups(const struct access *a, struct scst_where at)
{
	struct scst_conf *group;
	int err = 0;

	scst_conf_for_each(group, a->want, SCST_CONF_GROUP) {
		at.group = group->name;
		if (!err && !same(a->have, group))
			err = scst_diff_step(a->d, SCST_STEP_ADD_GROUP, &at, NULL);
		err = err ?: settle_group(a, group, &at);
	}
	return err;
}

/* ---- initiators ----------------------------------------------------------------------------- */

/* One that is in its group already is too much in another. */
static const char *group_wanted(const struct access *a, const struct scst_where *at)
{
	const char *wanted = group_of(&a->wanted, at->initiator);
	const struct scst_conf *there = scst_conf_find(a->have, SCST_CONF_GROUP, wanted ?: "");

	if (a->d->declared && wanted && !streq(wanted, at->group) &&
	    scst_conf_find(there, SCST_CONF_INITIATOR, at->initiator))
		return NULL;
	return wanted;
}

static int check_initiator(const struct access *a, const struct scst_where *at)
{
	const struct scst_step move = {
		.kind = SCST_STEP_MOVE_INITIATOR, .at = *at, .to = group_wanted(a, at),
	};
	struct scst_diff *d = a->d;

	if (!move.to)
		return scst_diff_removes(d) ?
			scst_diff_step(d, SCST_STEP_REMOVE_INITIATOR, at, NULL) :
			scst_diff_note(d, SCST_NOTE_INITIATOR_EXTRA, at);
	if (streq(move.to, at->group))
		return 0;
	return scst_diff_changes(d) ? d->ops->step(d->arg, &move) :
				      d->ops->note(d->arg, SCST_NOTE_INITIATOR_MOVES, &move);
}

/*
 * When an initiator leaves its group. It may be meant by a pattern of another one as well, and the
 * first group counts: so a name goes up before patterns come, patterns go from the last one up,
 * and a name goes down when they have gone. Then it is never in a group between the two.
 */
enum turn {
	TURN_UP,
	TURN_AWAY,
	TURN_DOWN,
	TURN_PATTERN,		/* of whatever it means only those are left that go along */
	NR_TURNS,
};

static enum turn turn_of(const struct access *a, const struct scst_where *at)
{
	const char *to = group_wanted(a, at);

	if (!to)
		return TURN_AWAY;
	if (scst_initiator_is_pattern(at->initiator))
		return TURN_PATTERN;
	if (streq(to, at->group) || rank_of(a, to) < rank_of(a, at->group))
		return TURN_UP;
	return TURN_DOWN;
}

static int leave_group(const struct access *a, struct scst_where at, enum turn turn)
{
	const struct scst_conf *group = scst_conf_find(a->have, SCST_CONF_GROUP, at.group);
	struct scst_conf *initiator;
	int err = 0;

	scst_conf_for_each(initiator, group, SCST_CONF_INITIATOR) {
		at.initiator = initiator->name;
		if (turn == NR_TURNS || turn_of(a, &at) == turn)
			err = err ?: check_initiator(a, &at);
	}
	return err;
}

/* NR_TURNS: all of them. */
static int leave_groups(const struct access *a, struct scst_where at, enum turn turn)
{
	size_t nr = a->have ? a->have->nr_children : 0;
	int err = 0;

	for (size_t i = 0; i < nr && !err; i++) {
		const struct scst_conf *group =
			a->have->children[turn == TURN_AWAY ? nr - 1 - i : i];

		at.group = group->name;
		if (group->kind == SCST_CONF_GROUP)
			err = leave_group(a, at, turn);
	}
	return err;
}

static int enter_groups(const struct access *a, struct scst_where at)
{
	struct scst_conf *group, *initiator;
	int err = 0;

	scst_conf_for_each(group, a->want, SCST_CONF_GROUP)
		scst_conf_for_each(initiator, group, SCST_CONF_INITIATOR) {
			at.group = group->name;
			at.initiator = initiator->name;
			if (!err && !group_of(&a->there, initiator->name))
				err = scst_diff_step(a->d, SCST_STEP_ADD_INITIATOR, &at, NULL);
		}
	return err;
}

static int settle_initiators(const struct access *a, struct scst_where at)
{
	int err;

	if (!a->d->declared)
		return leave_groups(a, at, NR_TURNS) ?: enter_groups(a, at);
	err = leave_groups(a, at, TURN_UP) ?: enter_groups(a, at);
	for (enum turn turn = TURN_AWAY; turn < NR_TURNS; turn++)
		err = err ?: leave_groups(a, at, turn);
	return err;
}

/* ---- all of it ------------------------------------------------------------------------------ */

/* Does any come, move or leave? */
static bool regroups(const struct access *a)
{
	for (size_t i = 0; i < a->wanted.nr; i++) {
		const char *is = group_of(&a->there, a->wanted.list[i].initiator);

		if (!is || !streq(is, a->wanted.list[i].group))
			return true;
	}
	for (size_t i = 0; i < a->there.nr && scst_diff_removes(a->d); i++)
		if (!group_of(&a->wanted, a->there.list[i].initiator))
			return true;
	return false;
}

/* Of the target and its groups those that somebody may see, or the others. */
static int for_each_owner(const struct access *a, struct scst_where at, bool seen,
			  int (*fn)(struct scst_diff *d, const struct scst_conf *want,
				    const struct scst_conf *have, const struct scst_where *of))
{
	struct scst_conf *group;
	int err = seen ? fn(a->d, a->want, a->have, &at) : 0;

	scst_conf_for_each(group, a->want, SCST_CONF_GROUP) {
		const struct scst_conf *have = same(a->have, group);

		at.group = group->name;
		if (scst_conf_has(have, SCST_CONF_INITIATOR) == seen)
			err = err ?: fn(a->d, group, have, &at);
	}
	return err;
}

static int drop_luns(const struct access *a, struct scst_where at)
{
	return for_each_owner(a, at, true, scst_diff_choose_luns) ?:
	       for_each_owner(a, at, true, scst_diff_drop_luns);
}

static int settle(const struct access *a, const struct scst_where *at)
{
	bool declared = a->d->declared;
	int err = a->d->native ? check_order(a, *at) : 0;

	err = err ?: add_groups(a, *at);
	err = err ?: for_each_owner(a, *at, false, scst_diff_add_luns);
	if (declared && a->have && regroups(a))
		err = err ?: drop_luns(a, *at);
	err = err ?: settle_initiators(a, *at);
	err = err || !declared ? err : remove_groups(a, *at);
	return err ?: for_each_owner(a, *at, true, scst_diff_add_luns);
}

int scst_diff_access(struct scst_diff *d, const struct scst_conf *want,
		     const struct scst_conf *have, const struct scst_where *at)
{
	struct access a = { .d = d, .want = want, .have = have };
	int err = read_members(want, &a.wanted) ?: read_members(have, &a.there);

	err = err ?: settle(&a, at);
	free(a.wanted.list);
	free(a.there.list);
	return err;
}
