/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Required policies: names in policies/required_policies; until a policy of each is in force nobody
 * gets in. The list in the kernel is the only one; whoever writes last has decided.
 */
#ifndef SCST_LIB_REQUIRED_H
#define SCST_LIB_REQUIRED_H

#include "names.h"
#include "paths.h"

enum scst_require {
	SCST_REQUIRE_ALL,		/* these, and no others */
	SCST_REQUIRE_MORE,		/* these, too */
	SCST_REQUIRE_LESS,		/* these no longer */
};

/*
 * What the kernel takes as the name of a policy: letters, digits, "_", "-" and "."; the first is a
 * letter. Return: 0 or -EINVAL.
 */
int scst_required_check_name(const char *name, struct scst_error *err);

/*
 * In one step, or not at all. Return: 0; -EINVAL: no name; -ENOENT: LESS of one that is not
 * required; -ENOSPC: too many; -EOPNOTSUPP: scst.ko is not loaded; -errno.
 */
int scst_required_write(const struct scst_paths *paths, enum scst_require how,
			const struct scst_names *names, struct scst_error *err);

/* *@written, if @written: it is not what the module parameter says. */
int scst_required_read(const struct scst_paths *paths, struct scst_names *names, bool *written,
		       struct scst_error *err);

/* Those that are not in force, and why, as "lun_mask not_loaded" or "qos ejected". */
int scst_required_waiting(const struct scst_paths *paths, struct scst_names *lines,
			  struct scst_error *err);

/* Is it one of them? Not if nobody can say. */
bool scst_required_has(const struct scst_paths *paths, const char *name);

#endif
