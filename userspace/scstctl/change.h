/* SPDX-License-Identifier: GPL-2.0-only */
/* What the verbs that change single objects share. */
#ifndef SCSTCTL_CHANGE_H
#define SCSTCTL_CHANGE_H

#include "conf_files.h"

/* A small configuration: one object and what is above it. */
struct change {
	struct cli *cli;
	struct scst_conf *have;		/* what is there */
	struct scst_conf *want;
	struct scst_conf *object;	/* in @want: the one that it is about */
};

/*
 * Locks, and reads what is there: so that is still so when it is changed. @made: objects are added,
 * and their modules loaded if they are not there.
 */
int change_begin(struct change *change, struct cli *cli, bool made);
void change_end(struct change *change);

/* KEY=VALUE of the object. @owner: its handler or driver. */
int change_keys(struct change *change, const char *owner, int argc, char **argv);

/* Is it one that could be done? */
int change_check(struct change *change);

/* Checks it, and makes it so. @what is for messages. */
int change_apply(struct change *change, const char *what);

/* The handler of a device that is there; NULL: there is none, which is told. */
const char *change_handler(struct change *change, const char *device);

/*
 * [DRIVER/]TARGET, one that is there, or with @made one that is not: what it is called, and the one
 * in @want. Return: 0 or -errno.
 */
int change_target(struct change *change, const char *name, bool made, struct scst_where *at,
		  struct scst_conf **target);

#endif
