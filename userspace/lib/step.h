/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One change of the running configuration: which file below /sys/kernel/scst_tgt is written and
 * what into it. All of SCST's verbs are rows of one table.
 */
#ifndef SCST_LIB_STEP_H
#define SCST_LIB_STEP_H

#include <limits.h>

#include "conf.h"
#include "error.h"

/* Which object: of its members as many as it takes to find it, the others are NULL. */
struct scst_where {
	const char *handler;
	const char *device;
	const char *driver;
	const char *target;
	const char *group;		/* of a LUN: NULL is the target's own */
	const char *initiator;
	const char *lun;
	const char *device_group;
	const char *target_group;
};

enum scst_step_kind {
	SCST_STEP_OPEN_DEVICE,
	SCST_STEP_CLOSE_DEVICE,
	SCST_STEP_ADD_TARGET,
	SCST_STEP_REMOVE_TARGET,
	SCST_STEP_ADD_GROUP,
	SCST_STEP_REMOVE_GROUP,
	SCST_STEP_ADD_INITIATOR,
	SCST_STEP_REMOVE_INITIATOR,
	SCST_STEP_MOVE_INITIATOR,
	SCST_STEP_CLEAR_INITIATORS,
	SCST_STEP_ADD_LUN,
	SCST_STEP_REMOVE_LUN,
	SCST_STEP_REPLACE_LUN,
	SCST_STEP_CLEAR_LUNS,
	SCST_STEP_ADD_DEVICE_GROUP,
	SCST_STEP_REMOVE_DEVICE_GROUP,
	SCST_STEP_ADD_GROUP_DEVICE,
	SCST_STEP_REMOVE_GROUP_DEVICE,
	SCST_STEP_ADD_TARGET_GROUP,
	SCST_STEP_REMOVE_TARGET_GROUP,
	SCST_STEP_ADD_GROUP_TARGET,
	SCST_STEP_REMOVE_GROUP_TARGET,
	SCST_STEP_ADD_DRIVER_ATTR,	/* dynamic attributes: those that mgmt takes */
	SCST_STEP_REMOVE_DRIVER_ATTR,
	SCST_STEP_ADD_TARGET_ATTR,
	SCST_STEP_REMOVE_TARGET_ATTR,
	SCST_STEP_ADD_SESSION,		/* of scst_local; the value is its name */
	SCST_STEP_REMOVE_SESSION,
	SCST_STEP_SET_ROOT,		/* attributes that are files */
	SCST_STEP_SET_HANDLER,
	SCST_STEP_SET_DEVICE,
	SCST_STEP_SET_DRIVER,
	SCST_STEP_SET_TARGET,
	SCST_STEP_SET_GROUP,
	SCST_STEP_SET_LUN,
	SCST_STEP_SET_INITIATOR,
	SCST_STEP_SET_ALUA,
	SCST_STEP_SET_DEVICE_GROUP,
	SCST_STEP_SET_TARGET_GROUP,
	SCST_STEP_SET_GROUP_TARGET,
	SCST_STEP_KINDS,
};

struct scst_step {
	enum scst_step_kind kind;
	struct scst_where at;
	const char *to;			/* the group that an initiator moves to */
	const char *name, *value;	/* of an attribute */
	const struct scst_conf *params;	/* attributes an object is created with, or NULL */
	const struct scst_step *otherwise;	/* to be done instead if this fails, or NULL */
};

/* The running target: where it is, and how it is written to. Tests have a tree of their own. */
struct scst_live {
	const char *root;
	/* Writes @text into the file at @path below the root. Return: 0 or -errno. */
	int (*write)(const struct scst_live *live, const char *path, const char *text);
	bool only_told;			/* write changes nothing: nobody goes */
	void *arg;			/* of whoever set write */
};

/* What the kernel offers: @root below /sys. */
struct scst_live scst_live_default(void);

/* @at is where a node is found: where @child of it is. */
void scst_where_enter(struct scst_where *at, const struct scst_conf *child);

/*
 * The directory of an object below the root, "" for the root. Return: 0; -EINVAL for a name that
 * cannot be that of a file; -ENAMETOOLONG.
 */
int scst_where_dir(enum scst_conf_kind kind, const struct scst_where *at, char out[PATH_MAX]);

/* The file of a step below the root, and the text. Return: as above, or -ENOMEM. */
int scst_step_path(const struct scst_step *step, char out[PATH_MAX]);
int scst_step_text(const struct scst_step *step, char **text);

/*
 * Prints @pattern, in which '%' and a letter stand for what the step says; the letters are those of
 * step.c's tables.
 */
void scst_step_say(const struct scst_step *step, const char *pattern, FILE *out);

/* Does it. Return: 0 or the -errno of whatever the kernel said. */
int scst_step_run(const struct scst_live *live, const struct scst_step *step);

/* The step that sets an attribute of this kind of object. */
enum scst_step_kind scst_step_set(enum scst_conf_kind kind);

/* Is it the one after which initiators get in at a target? */
bool scst_step_enables(const struct scst_step *step);

#endif
