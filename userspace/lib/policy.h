/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Policies as the administrator knows them: loaded under a name, in force from then on, until
 * unloaded. Everything there is to know stands in sysfs and in the pins; nothing is remembered
 * here.
 */
#ifndef SCST_LIB_POLICY_H
#define SCST_LIB_POLICY_H

#include "pins.h"
#include "spec.h"

/*
 * All that can be wrong with @spec, short of what only the kernel knows: the object's file, scope,
 * options and rules. Takes no privilege and changes nothing.
 */
int scst_policy_check(const struct scst_paths *paths, const struct scst_spec *spec,
		      struct scst_error *err);

/*
 * Opens the object, sets its options, loads it, fills its map of rules, attaches and pins it, in
 * this order: it is never in force without its rules, and what fails half way leaves nothing.
 */
int scst_policy_load(const struct scst_paths *paths, const struct scst_spec *spec,
		     struct scst_error *err);

/*
 * Detaches and forgets: the hooks are back at their defaults when this returns. -EBUSY: it is
 * required, and without it everybody's commands would be BUSY; "anyway" does it all the same.
 */
int scst_policy_unload(const struct scst_paths *paths, const char *name, struct scst_error *err);
int scst_policy_unload_anyway(const struct scst_paths *paths, const char *name,
			      struct scst_error *err);

/* Is what is pinned as @name attached? Not if somebody detached it, or unloading was cut short. */
bool scst_policy_is_attached(const struct scst_paths *paths, const char *name);

/* How a loaded policy differs from a spec. */
enum scst_policy_diff {
	SCST_DIFF_DATA		= 1 << 0,	/* scope, priority, flags, deadline */
	SCST_DIFF_OPTIONS	= 1 << 1,
	SCST_DIFF_RULES		= 1 << 2,
	SCST_DIFF_LIST		= 1 << 3,
	SCST_DIFF_CODE		= 1 << 4,	/* loaded from another object, or build of it */
	SCST_DIFF_EJECTED	= 1 << 5,	/* it is out of force */
	SCST_DIFF_DEAD		= 1 << 6,	/* pinned and not attached: all that can be said */
};

int scst_policy_compare(const struct scst_paths *paths, const struct scst_spec *spec,
			unsigned int *diff, struct scst_error *err);

/*
 * Makes a loaded policy what @spec says and puts it in force, without a moment in which none is:
 * rules by writing the map, anything else by attaching a new object in place of the old one, also
 * if nothing differs but @force is given. *@diff: what was different; 0 and not @force: nothing is
 * done.
 */
int scst_policy_update(const struct scst_paths *paths, const struct scst_spec *spec, bool force,
		       unsigned int *diff, struct scst_error *err);

/* The rules of a loaded policy, from its pinned map. Without such a map: none. */
int scst_policy_rules(const struct scst_paths *paths, const char *name, struct scst_rules *rules,
		      struct scst_error *err);

/* Its list of rules as text, from its pinned map, until @each returns non-zero. */
int scst_policy_each_rule(const struct scst_paths *paths, const char *name,
			  int (*each)(const char *rule, void *arg), void *arg,
			  struct scst_error *err);

#endif
