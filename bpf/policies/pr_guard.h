/* SPDX-License-Identifier: GPL-2.0 */
/* The rules of bpf/policies/pr_guard.bpf.c, for the program and for whoever fills them. */
#ifndef _SCST_PR_GUARD_H
#define _SCST_PR_GUARD_H

#include "match.h"

enum pr_guard_action {
	PR_GUARD_ALLOW,
	PR_GUARD_REFUSE,
};

/* A value of pr_guard_list. */
struct pr_guard_rule {
	SCST_MATCH_MEMBERS;		/* lun is not known: SCST_ANY_LUN	*/
	enum pr_guard_action action;
	__u32 pad;
};

#endif
