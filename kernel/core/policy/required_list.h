/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of required policies as text, and what becomes of each: pure, so that the unit tests have
 * it as well. required.c says what follows from them.
 */
#ifndef _SCST_CORE_REQUIRED_LIST_H
#define _SCST_CORE_REQUIRED_LIST_H

#include <linux/types.h>
#include <scst/verdict.h>

enum scst_required_state {
	SCST_REQUIRED_NEW,			/* nobody has looked */
	SCST_REQUIRED_IN_FORCE,
	SCST_REQUIRED_EJECTED,
	SCST_REQUIRED_ABSENT,
};

/* More than can be attached could never be in force. */
struct scst_required_list {
	unsigned int nr;
	struct scst_required_name {
		char text[SCST_POLICY_NAME_LEN];
		u8 state;			/* enum scst_required_state */
	} names[SCST_POLICY_MAX];
};

/* A directory name that neither hides nor hits a file of policies/. */
bool scst_policy_name_valid(const char *name);

struct scst_required_name *scst_required_find(struct scst_required_list *list, const char *name);

/*
 * Does with @list what @text says: "a,b" is what there shall be, "+a,b" what in addition, "-a,b"
 * what no longer. Names that go on keep their state. @text is written to.
 * Return: 0; -EINVAL: no name; -ENOENT: nothing to take away; -ENOSPC: too many. Then it is logged
 * why, and the list is of no use.
 */
int scst_required_edit(struct scst_required_list *list, char *text);

#endif
