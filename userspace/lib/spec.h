/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What to load and where it holds: one line of `scstctl policy load`, one entry of the daemon's
 * configuration. Both arrive here as key=value, so that both accept and refuse the same.
 *
 *	name=NAME		another name than the object's, to load one object twice
 *	scope=all | driver:NAME | target:NAME | group:NAME | device:NAME
 *	priority=N		low is asked first
 *	flags=FLAG[,FLAG]	hide_on_eject, allow_reads
 *	on_eject=open|closed	what holds once it is ejected, for all its hooks; flags= aside
 *	mask=INITIATOR@LUN:ACCESS	a rule, repeatable; see rule.h
 *	rule=MEMBER=VALUE,...	a rule of the object's list, repeatable; see list.h
 *	deadline_ms=N		no hook runs and no command is held for longer
 *	anything else		a `const volatile` variable of the BPF object
 *
 * The last kind is checked when the object is open: only then its names and types are known.
 */
#ifndef SCST_LIB_SPEC_H
#define SCST_LIB_SPEC_H

#include "rule.h"

struct scst_spec_option {
	char *name;
	char *value;
};

/* What the spec says; the rest is as the object's author set it. */
enum scst_spec_given {
	SCST_GIVEN_SCOPE	= 1 << 0,
	SCST_GIVEN_PRIORITY	= 1 << 1,
	SCST_GIVEN_FLAGS	= 1 << 2,
	SCST_GIVEN_DEADLINE	= 1 << 3,
	SCST_GIVEN_ON_EJECT	= 1 << 4,
};

struct scst_spec {
	char object[SCST_POLICY_NAME_LEN];
	char name[SCST_POLICY_NAME_LEN];
	unsigned int given;		/* enum scst_spec_given */
	enum scst_policy_scope scope;
	char scope_name[SCST_NAME_LEN];
	uint32_t priority;
	uint32_t flags;			/* enum scst_policy_flags */
	bool closed;			/* on_eject */
	uint32_t deadline_ms;
	struct scst_rules rules;
	char **list;			/* rules of a list, as text */
	size_t nr_list;
	struct scst_spec_option *options;
	size_t nr_options;
};

void scst_spec_free(struct scst_spec *spec);
DEFINE_CLEANUP(struct scst_spec *, scst_spec_free)

/* For @object, nothing given. */
int scst_spec_new(const char *object, struct scst_spec **spec, struct scst_error *err);

/* Any of the keys above. */
int scst_spec_set(struct scst_spec *spec, const char *key, const char *value,
		  struct scst_error *err);

/* An option of the object, whatever its name is. */
int scst_spec_add_option(struct scst_spec *spec, const char *key, const char *value,
			 struct scst_error *err);

/* scst_spec_set() from "key=value". */
int scst_spec_set_arg(struct scst_spec *spec, const char *arg, struct scst_error *err);

/* "target", or NULL if there is no such scope. */
const char *scst_scope_name(uint32_t scope);

#endif
