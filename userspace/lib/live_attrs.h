/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The attributes of one object of the running target, as scstadmin's users know them: the first
 * line of each file; a second line "[key]" says that the value was set by somebody and is worth
 * saving. Key attributes IncomingUser, IncomingUser1, ... are values of one attribute.
 */
#ifndef SCST_LIB_LIVE_ATTRS_H
#define SCST_LIB_LIVE_ATTRS_H

#include "live.h"

struct scst_live_value {
	char *number;			/* "0" of the file without one */
	char *text;			/* NULL: it can only be written */
};

struct scst_live_attr {
	char *name;
	struct scst_live_value *values;	/* by number, compared as text */
	size_t nr_values;
	bool key;
	bool is_static;			/* it cannot be written */
	bool has_levels;		/* trace_level, and what it can be set to */
	struct scst_names levels;
};

struct scst_live_attrs {
	struct scst_live_attr *list;	/* by name */
	size_t nr;
};

void scst_live_attrs_clear(struct scst_live_attrs *attrs);
#define _cleanup_live_attrs_ _cleanup_(scst_live_attrs_clear)

/* Return: 0; -ENOENT: no such object; another -errno. @err says which. */
int scst_live_attrs(const struct scst_live *live, enum scst_conf_kind kind,
		    const struct scst_where *at, struct scst_live_attrs *attrs,
		    struct scst_error *err);

/*
 * As above of those that @names has, IncomingUser3 by the name IncomingUser, too: an object has
 * fifty files, and who compares a thousand objects asks for a few of them.
 */
int scst_live_attrs_some(const struct scst_live *live, enum scst_conf_kind kind,
			 const struct scst_where *at, const struct scst_names *names,
			 struct scst_live_attrs *attrs);

/* Those of @names that are there, and no other file is opened. Return: 0; -ENOENT as above. */
int scst_live_attrs_named(const struct scst_live *live, enum scst_conf_kind kind,
			  const struct scst_where *at, const struct scst_names *names,
			  struct scst_live_attrs *attrs);

/* All of any directory below the root, without special cases: of a session. */
int scst_live_attrs_in(const struct scst_live *live, const char *dir,
		       struct scst_live_attrs *attrs);

/* The first line of one file of an object; NULL if it is not there, or cannot be read. */
char *scst_live_line(const struct scst_live *live, enum scst_conf_kind kind,
		     const struct scst_where *at, const char *name);

const struct scst_live_attr *scst_live_attr(const struct scst_live_attrs *attrs,
					    const char *name);

/* The first value, or NULL. */
const char *scst_live_value(const struct scst_live_attrs *attrs, const char *name);

bool scst_live_attr_has(const struct scst_live_attr *attr, const char *value);

#endif
