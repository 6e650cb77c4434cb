/* SPDX-License-Identifier: GPL-2.0-only */
/* From root to nobody in particular, before the first byte of a stranger is read. */
#ifndef ISCSID_PRIVILEGES_H
#define ISCSID_PRIVILEGES_H

#include <sys/types.h>

#include "error.h"

struct identity {
	uid_t uid;
	gid_t gid;
};

/*
 * Who to become: @user and @group, names or numbers; NULL: the user iscsi-scst, or nobody where
 * there is none, and its group.
 */
int privileges_find(const char *user, const char *group, struct identity *out,
		    struct scst_error *err);

/* Other user, no groups, no capabilities, none to be had again, no core dump with secrets in it. */
int privileges_drop(const struct identity *identity, struct scst_error *err);

#endif
