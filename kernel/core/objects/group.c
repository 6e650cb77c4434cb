// SPDX-License-Identifier: GPL-2.0
/*
 * Groups of initiators (ini_groups): a LUN map each, and patterns of initiator names. A session
 * uses the first group, in the order in which they were created, that has a pattern which matches
 * its initiator; else the target's default group.
 *
 * Everything here is target->lock's. When patterns change, sessions that belong elsewhere now move,
 * each of them whole or not at all: LUNs which lead to the same device in both groups stay as they
 * are, with the commands they carry.
 */
#include <linux/ctype.h>
#include <linux/moduleparam.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <scst/handles.h>

#include "command/command.h"
#include "policy/policy.h"
#include "sysfs/sysfs.h"
#include "tasks/inject.h"
#include "tasks/tasks.h"
#include "objects.h"

/* '*': any run, '?': any character; case does not matter. No recursion: the last '*' takes more. */
static bool glob_match(const char *pattern, const char *name)
{
	const char *star = NULL, *retry = NULL;

	while (*name) {
		if (*pattern == '*') {
			star = pattern++;
			retry = name;
		} else if (*pattern == '?' || tolower(*pattern) == tolower(*name)) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star + 1;
			name = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

bool scst_initiator_matches(const char *pattern, const char *name)
{
	if (*pattern == '!')
		return !scst_initiator_matches(pattern + 1, name);
	return glob_match(pattern, name);
}

static struct scst_pattern *find_pattern(struct scst_group *group, const char *text)
{
	struct scst_pattern *pattern;

	list_for_each_entry(pattern, &group->patterns, entry)
		if (!strcmp(pattern->text, text))
			return pattern;
	return NULL;
}

static bool group_matches(const struct scst_group *group, const char *initiator)
{
	const struct scst_pattern *pattern;

	list_for_each_entry(pattern, &group->patterns, entry)
		if (scst_initiator_matches(pattern->text, initiator))
			return true;
	return false;
}

struct scst_group *scst_group_for(struct scst_target *tgt, const char *initiator)
{
	struct scst_group *group;

	lockdep_assert_held(&tgt->lock);
	list_for_each_entry(group, &tgt->groups, entry)
		if (!group->dying && group_matches(group, initiator))
			return group;
	return &tgt->default_group;
}

struct scst_group *scst_group_find(struct scst_target *tgt, const char *name)
{
	struct scst_group *group;

	lockdep_assert_held(&tgt->lock);
	list_for_each_entry(group, &tgt->groups, entry)
		if (!group->dying && !strcmp(group->name, name))
			return group;
	return NULL;
}

void scst_group_init(struct scst_group *group, struct scst_target *tgt)
{
	group->tgt = tgt;
	INIT_LIST_HEAD(&group->entry);
	xa_init(&group->mappings);
	INIT_LIST_HEAD(&group->patterns);
}

/*
 * A session moves.
 */

/* The nexuses that a session has, by LUN: each of many is looked up. */
static int note_nexuses(struct scst_session *sess, struct xarray *have)
{
	struct scst_nexus *nexus;
	int err;

	list_for_each_entry(nexus, &sess->nexuses, sess_entry) {
		err = xa_err(xa_store(have, nexus->lun, nexus, GFP_KERNEL));
		if (err)
			return err;
	}
	return 0;
}

/* What is told of a LUN that leads elsewhere, or nowhere before. */
static enum scst_sense_id new_nexus_ua(const struct scst_nexus *old)
{
	return old ? SCST_SENSE_INQUIRY_CHANGED : SCST_SENSE_RESET;
}

/* Makes the nexuses that @to has and the session has not. On failure some exist. */
static int create_missing(struct scst_session *sess, struct scst_group *to, struct xarray *have)
{
	struct scst_mapping *map;
	unsigned long lun;

	xa_for_each(&to->mappings, lun, map) {
		struct scst_nexus *old = xa_load(have, lun), *nexus;

		if (old && old->dev == map->dev)
			continue;
		nexus = scst_nexus_create(sess, map, new_nexus_ua(old));
		if (IS_ERR(nexus))
			return PTR_ERR(nexus);
	}
	return 0;
}

static void kill_of_group(struct scst_session *sess, const struct scst_group *group,
			  struct list_head *dead)
{
	struct scst_nexus *nexus, *next;

	list_for_each_entry_safe(nexus, next, &sess->nexuses, sess_entry)
		if (nexus->map->group == group)
			scst_nexus_kill(nexus, dead);
}

/* Those which lead to the same device are taken over. */
static void take_over(struct scst_group *to, struct xarray *have)
{
	struct scst_mapping *map;
	unsigned long lun;

	xa_for_each(&to->mappings, lun, map) {
		struct scst_nexus *old = xa_load(have, lun);

		if (!old || old->dev != map->dev)
			continue;
		SCST_SOMETIMES(moved_with_lun);
		old->map = map;
		list_move_tail(&old->map_entry, &map->nexuses);
	}
}

int scst_group_take(struct scst_group *to, struct scst_session *sess, struct list_head *dead)
{
	struct scst_group *from = sess->group;
	struct scst_nexus *nexus;
	struct xarray have;
	int err;

	lockdep_assert_held(&sess->tgt->lock);
	xa_init(&have);
	err = note_nexuses(sess, &have) ?: create_missing(sess, to, &have);
	if (!err)
		take_over(to, &have);
	xa_destroy(&have);
	if (err) {
		kill_of_group(sess, to, dead);
		return err;
	}
	SCST_SOMETIMES(moved);
	WRITE_ONCE(sess->group, to);
	scst_threads_place(sess);
	list_for_each_entry(nexus, &sess->nexuses, sess_entry) {
		if (nexus->map->group != to)
			continue;
		scst_policy_scope_nexus(nexus);
		scst_hold_set_black_hole(nexus, to->black_hole);
		scst_inject_moved(nexus);
		scst_nexus_judge(nexus);	/* takes the place of the old one, if any */
	}
	scst_tag(group_take);
	kill_of_group(sess, from, dead);
	scst_sysfs_session_relink(sess);
	scst_session_luns_changed(sess);
	return 0;
}

/* Patterns have changed. A session for which there is no memory stays where it is. */
static void reassign_sessions(struct scst_target *tgt, struct list_head *dead)
{
	struct scst_session *sess;

	list_for_each_entry(sess, &tgt->sessions, entry) {
		struct scst_group *group = scst_group_for(tgt, sess->initiator);

		if (group == sess->group || sess->group_chosen)
			continue;
		if (scst_group_take(group, sess, dead))
			pr_warn("scst: target %s: no memory to move session %s to another group\n",
				tgt->name, sess->initiator);
	}
}

/*
 * Patterns.
 */

static int insert_pattern(struct scst_group *group, struct scst_pattern *pattern)
{
	int err;

	lockdep_assert_held(&group->tgt->lock);
	if (group->dying || group->tgt->dying)
		return -ENODEV;
	if (find_pattern(group, pattern->text))
		return -EEXIST;
	err = scst_sysfs_pattern_add(group, pattern);
	if (!err)
		list_add_tail(&pattern->entry, &group->patterns);
	return err;
}

int scst_group_add_pattern(struct scst_group *group, const char *text)
{
	struct scst_pattern *pattern;
	LIST_HEAD(dead);
	int err = scst_name_check("pattern", text, sizeof(pattern->text), SCST_PATTERN_SIGNS);

	if (err)
		return err;
	pattern = kzalloc(sizeof(*pattern), GFP_KERNEL);
	if (!pattern)
		return -ENOMEM;
	strscpy(pattern->text, text);
	scoped_guard(mutex, &group->tgt->lock) {
		err = insert_pattern(group, pattern);
		if (!err)
			reassign_sessions(group->tgt, &dead);
	}
	scst_nexuses_destroy(&dead);
	if (err)
		kfree(pattern);
	return err;
}

static void patterns_free(struct scst_group *group, struct list_head *patterns)
{
	struct scst_pattern *pattern, *next;

	list_for_each_entry_safe(pattern, next, patterns, entry) {
		scst_sysfs_pattern_del(group, pattern);
		kfree(pattern);
	}
}

/* @text NULL: all of them. */
static int remove_patterns(struct scst_group *group, const char *text)
{
	struct scst_pattern *pattern = NULL;
	LIST_HEAD(patterns);
	LIST_HEAD(dead);

	scoped_guard(mutex, &group->tgt->lock) {
		if (text) {
			pattern = find_pattern(group, text);
			if (!pattern)
				return -EINVAL;
			list_move(&pattern->entry, &patterns);
		} else {
			list_splice_init(&group->patterns, &patterns);
		}
		reassign_sessions(group->tgt, &dead);
	}
	scst_nexuses_destroy(&dead);
	patterns_free(group, &patterns);
	return 0;
}

int scst_group_del_pattern(struct scst_group *group, const char *text)
{
	return text ? remove_patterns(group, text) : -EINVAL;
}

int scst_group_clear_patterns(struct scst_group *group)
{
	return remove_patterns(group, NULL);
}

static int move_pattern(struct scst_group *from, struct scst_group *to,
			struct scst_pattern *pattern)
{
	int err;

	if (!pattern || !to)
		return -EINVAL;
	if (find_pattern(to, pattern->text))
		return -EEXIST;
	err = scst_sysfs_pattern_add(to, pattern);
	if (!err)
		list_move_tail(&pattern->entry, &to->patterns);
	return err;
}

/* For a moment its file is in both directories. */
int scst_group_move_pattern(struct scst_group *group, const char *text, const char *dest)
{
	struct scst_target *tgt = group->tgt;
	struct scst_pattern *pattern;
	LIST_HEAD(dead);
	int err;

	mutex_lock(&tgt->lock);
	pattern = find_pattern(group, text);
	err = move_pattern(group, scst_group_find(tgt, dest), pattern);
	if (!err) {
		reassign_sessions(tgt, &dead);
		scst_sysfs_pattern_del(group, pattern);
	}
	mutex_unlock(&tgt->lock);
	scst_nexuses_destroy(&dead);
	return err;
}

/*
 * Groups.
 */

static bool forcibly_close_sessions;
module_param(forcibly_close_sessions, bool, 0644);
MODULE_PARM_DESC(forcibly_close_sessions,
		 "ini_groups/mgmt: del closes the sessions of the group, if the transport can");

static int group_publish(struct scst_group *group)
{
	struct scst_target *tgt = group->tgt;

	guard(mutex)(&tgt->lock);
	if (tgt->dying)
		return -ENODEV;
	list_add_tail(&group->entry, &tgt->groups);
	return 0;
}

/* The claim on the name keeps others from creating it meanwhile, or deleting it half-made. */
int scst_group_create(struct scst_target *tgt, const char *name)
{
	struct scst_group *group;
	int err = scst_name_check("group", name, sizeof(group->name), SCST_NAME_SIGNS);

	if (err)
		return err;
	group = kzalloc(sizeof(*group), GFP_KERNEL);
	if (!group)
		return -ENOMEM;
	scst_group_init(group, tgt);
	strscpy(group->name, name);
	err = scst_sysfs_group_add(group);
	if (!err) {
		err = group_publish(group);
		if (err)
			scst_sysfs_group_del(group);
	}
	if (err)
		kfree(group);
	return err;
}

/* Off the list: nobody maps a LUN there or adds a pattern any more. */
static void group_destroy(struct scst_group *group)
{
	scst_mapping_clear(group);
	patterns_free(group, &group->patterns);
	scst_sysfs_group_del(group);
	scst_tag(group_free);
	synchronize_rcu();	/* scst_cmd_queue() of a session that was in it */
	kfree(rcu_dereference_protected(group->cpus, true));
	kfree(group);
}

static bool is_used(const struct scst_group *group)
{
	const struct scst_session *sess;

	list_for_each_entry(sess, &group->tgt->sessions, entry)
		if (sess->group == group)
			return true;
	return false;
}

/* From now on nobody joins it, unless this fails. */
static int begin_del(struct scst_group *group)
{
	const struct scst_target_ops *ops = group->tgt->ops;

	lockdep_assert_held(&group->tgt->lock);
	if (is_used(group) && !(READ_ONCE(forcibly_close_sessions) && ops->close_session))
		return -EBUSY;
	group->dying = true;
	return 0;
}

/* One that nobody has told to go yet, with a reference; or NULL. */
static struct scst_session *get_session(struct scst_group *group)
{
	struct scst_session *sess;

	guard(mutex)(&group->tgt->lock);
	list_for_each_entry(sess, &group->tgt->sessions, entry)
		if (sess->group == group && !sess->closing) {
			sess->closing = true;
			refcount_inc(&sess->users);
			return sess;
		}
	return NULL;
}

/* The driver only starts it; its part of the session stays while there is our reference. */
static void close_sessions(struct scst_group *group)
{
	struct scst_session *sess;

	while ((sess = get_session(group))) {
		pr_info("scst: target %s: session %s is closed, its group %s is deleted\n",
			group->tgt->name, sess->initiator, group->name);
		scst_assert_unlocked();
		group->tgt->ops->close_session(sess);
		scst_session_put(sess);
	}
}

/* Off the list, if no session has it. */
static bool unlist(struct scst_group *group)
{
	guard(mutex)(&group->tgt->lock);
	if (is_used(group))
		return false;
	list_del(&group->entry);
	return true;
}

#define LOOK_EVERY	(HZ / 20)

/* A session goes when its back ends have answered: who waits for one that hangs can be killed. */
static int wait_for_sessions(struct scst_group *group)
{
	while (!unlist(group)) {
		schedule_timeout_killable(LOOK_EVERY);
		if (fatal_signal_pending(current)) {
			scoped_guard(mutex, &group->tgt->lock)
				group->dying = false;
			return -EINTR;
		}
	}
	return 0;
}

int scst_group_del(struct scst_target *tgt, const char *name)
{
	struct scst_group *group;
	int err;

	scoped_guard(mutex, &tgt->lock) {
		group = scst_group_find(tgt, name);
		err = group ? begin_del(group) : -EINVAL;
	}
	if (err)
		return err;
	close_sessions(group);
	err = wait_for_sessions(group);
	if (!err)
		group_destroy(group);
	return err;
}

/* The target is dying and has no session; its ini_groups/mgmt is gone. */
void scst_groups_destroy(struct scst_target *tgt)
{
	struct scst_group *group, *next;
	LIST_HEAD(groups);

	scoped_guard(mutex, &tgt->lock) {
		list_for_each_entry(group, &tgt->groups, entry)
			group->dying = true;
		list_splice_init(&tgt->groups, &groups);
	}
	list_for_each_entry_safe(group, next, &groups, entry)
		group_destroy(group);
}
