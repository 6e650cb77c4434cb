/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is there at the moment, as bytes: names can be used to find an object again. Directories are
 * listed, and links read; a file is opened only for the attributes that somebody asked for.
 */
#ifndef SCST_LIB_LIVE_H
#define SCST_LIB_LIVE_H

#include "step.h"

/* How far down to look. */
enum scst_live_part {
	SCST_LIVE_DEVICES	= 1 << 0,	/* handlers and their devices */
	SCST_LIVE_TARGETS	= 1 << 1,	/* drivers, targets, groups, initiators */
	SCST_LIVE_LUNS		= 1 << 2,	/* of those */
	SCST_LIVE_DEVICE_GROUPS	= 1 << 3,
	SCST_LIVE_ALL		= (1 << 4) - 1,
	/* but the LUNs that the copy manager took by itself, one for each device */
	SCST_LIVE_NOT_TAKEN	= 1 << 4,
};

/*
 * Objects come by name, LUNs by number, groups in the order in which they were created: a session
 * takes the first that matches. What vanishes meanwhile is left out.
 * Return: 0 or -errno.
 */
int scst_live_read(const struct scst_live *live, unsigned int parts, struct scst_conf **conf,
		   struct scst_error *err);

/* Is there something at @path below the root, a directory? */
bool scst_live_has(const struct scst_live *live, enum scst_conf_kind kind,
		   const struct scst_where *at);
bool scst_live_has_file(const struct scst_live *live, const char *path);

/* Can targets be added to this driver, and attributes to them? */
bool scst_live_takes_targets(const struct scst_live *live, const char *driver);

/* Lists that a mgmt file has in its manual. */
enum scst_live_list {
	SCST_LIVE_PARAMS,		/* what objects are created with */
	SCST_LIVE_DRIVER_ATTRS,		/* dynamic attributes of the driver */
	SCST_LIVE_TARGET_ATTRS,		/* and of its targets */
};

/* @path: of mgmt, below the root. An empty list if it has no such sentence. Return: 0 or -errno. */
int scst_live_list(const struct scst_live *live, const char *path, enum scst_live_list list,
		   struct scst_names *names);

/* The names in a directory below the root: by name, or in the order of their birth. */
int scst_live_names(const struct scst_live *live, const char *dir, bool by_birth,
		    struct scst_names *names);

/* The directory @dir below the root, open for reading. Return: it, or -errno. */
int scst_live_open(const struct scst_live *live, const char *dir);

/* Where the link at @path below the root leads to, as it is written. Return: 0 or -errno. */
int scst_live_link(const struct scst_live *live, const char *path, char target[PATH_MAX]);

#endif
