/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A configuration as a tree: handlers with their devices; target drivers with targets, LUNs, groups
 * and initiators; device groups. It is what a file asks for (conf_parse.h), what is there
 * (live.h), or what is to be saved (saved.h): the same nodes, so that the differ compares like with
 * like. Names are bytes as they were written: what prints one cares for the terminal.
 */
#ifndef SCST_LIB_CONF_H
#define SCST_LIB_CONF_H

#include "names.h"

enum scst_conf_kind {
	SCST_CONF_ROOT,
	SCST_CONF_HANDLER,
	SCST_CONF_DEVICE,
	SCST_CONF_DRIVER,
	SCST_CONF_TARGET,
	SCST_CONF_LUN,
	SCST_CONF_GROUP,
	SCST_CONF_INITIATOR,
	SCST_CONF_ALUA,			/* attributes of device_groups/ itself */
	SCST_CONF_DEVICE_GROUP,
	SCST_CONF_GROUP_DEVICE,		/* a device by its name, in a device group */
	SCST_CONF_TARGET_GROUP,
	SCST_CONF_GROUP_TARGET,		/* a target by its name, in a target group */
	SCST_CONF_KINDS,
};

/* An attribute has a set of values: IncomingUser may stand there several times. */
struct scst_conf_attr {
	char *name;
	struct scst_names values;	/* none: it was written without one, or ... */
	bool none;			/* ... is to have none, which scst.conf cannot say */
	unsigned int line;
	bool nonkey;			/* it has its default: saved only if asked for */
	bool deep;			/* a value has something inside: not one that can be set */
};

struct scst_conf {
	enum scst_conf_kind kind;
	char *name;
	struct scst_names devices;	/* of a LUN: one, unless somebody wrote it twice */
	unsigned int line;
	bool lost;			/* of what stood in it, some; the root's: torn braces */
	struct scst_conf_attr *attrs;
	size_t nr_attrs;
	struct scst_conf **children;	/* by kind; then by name, or as they were written */
	size_t nr_children;
	void *index;			/* tsearch(3): of those of one kind and name the first */
	bool twins;			/* there were two of one kind and name */
};

/* NULL without memory. */
struct scst_conf *scst_conf_new(enum scst_conf_kind kind, const char *name);
void scst_conf_free(struct scst_conf *conf);
DEFINE_CLEANUP(struct scst_conf *, scst_conf_free)

/* All of it, and what is below. NULL without memory. */
struct scst_conf *scst_conf_copy(const struct scst_conf *conf);

/* A new child at the end, a LUN by its number; or NULL without memory. */
struct scst_conf *scst_conf_add(struct scst_conf *parent, enum scst_conf_kind kind,
				const char *name);

/* The child of this name, made if it is not there. NULL without @parent, or memory. */
struct scst_conf *scst_conf_reach(struct scst_conf *parent, enum scst_conf_kind kind,
				  const char *name);

/* Puts @child, that nobody has, at the end: 0, or -ENOMEM and it is still nobody's. */
int scst_conf_adopt(struct scst_conf *parent, struct scst_conf *child);
void scst_conf_drop(struct scst_conf *parent, struct scst_conf *child);

/* Return: 0 or -ENOMEM. */
int scst_conf_rename(struct scst_conf *parent, struct scst_conf *child, const char *name);

/* An attribute that is not there yet, without a value; until the next one. NULL without memory. */
struct scst_conf_attr *scst_conf_add_attr(struct scst_conf *conf, const char *name,
					  unsigned int line);

/* Return: 0 or -ENOMEM. @value may be NULL: the attribute alone. */
int scst_conf_set(struct scst_conf *conf, const char *name, const char *value, unsigned int line);

/* There are to be no values. Return: 0 or -ENOMEM. */
int scst_conf_set_none(struct scst_conf *conf, const char *name, unsigned int line);

struct scst_conf *scst_conf_find(const struct scst_conf *parent, enum scst_conf_kind kind,
				 const char *name);
bool scst_conf_has(const struct scst_conf *parent, enum scst_conf_kind kind);
/* Has a group of @target that stands before @upto this initiator? */
bool scst_conf_in_earlier_group(const struct scst_conf *target, const struct scst_conf *upto,
				const char *initiator);
struct scst_conf_attr *scst_conf_attr(const struct scst_conf *conf, const char *name);

/* The first attribute with a word too many, in @conf or in what is below it; or NULL. */
const struct scst_conf_attr *scst_conf_deep(const struct scst_conf *conf);

/* Was anything lost, of @conf or of what is below it? */
bool scst_conf_has_lost(const struct scst_conf *conf);

/* The value of an attribute that has one; "" without a value; NULL if it is not there. */
const char *scst_conf_value(const struct scst_conf *conf, const char *name);

/* The number of a LUN as the kernel writes it, in @number; or what is no number as it is. */
const char *scst_conf_lun_name(const char *text, char number[24]);

/* The device of a LUN, or NULL. */
const char *scst_conf_device(const struct scst_conf *lun);

/* Children in the order of their kinds, and of their names where @compare says so. */
void scst_conf_sort(struct scst_conf *conf,
		    int (*compare)(const struct scst_conf *a, const struct scst_conf *b));

/* By name; LUNs too, as text. Groups stay where they are: the first that matches wins. */
int scst_conf_by_name(const struct scst_conf *a, const struct scst_conf *b);

/* The same, with LUNs by number. */
int scst_conf_by_number(const struct scst_conf *a, const struct scst_conf *b);

/* The first child of this kind from number *@at on, and *@at behind it; NULL at the end. */
struct scst_conf *scst_conf_each(const struct scst_conf *parent, enum scst_conf_kind kind,
				 size_t *at);

/* @child may be dropped only behind the loop. */
#define scst_conf_for_each(child, parent, kind) \
	for (size_t _at = 0; (child = scst_conf_each(parent, kind, &_at)); )

#endif
