/* SPDX-License-Identifier: GPL-2.0 */
/* The map of bpf/policies/lun_mask.bpf.c, for the program and for whoever fills it. */
#ifndef _SCST_LUN_MASK_H
#define _SCST_LUN_MASK_H

#include "match.h"

#ifndef __VMLINUX_H__
#include <scst/verdict.h>
#endif

#define LUN_MASK_NAME_LEN	256		/* SCST_NAME_LEN			*/
#define LUN_MASK_ANY_INITIATOR	"*"
#define LUN_MASK_ANY_LUN	0xffffffffu

/* A value of lun_mask_list: rules with patterns, asked where lun_mask_rules has none. */
struct lun_mask_pattern {
	SCST_MATCH_MEMBERS;
	enum scst_access access;
	__u32 pad;
};

/* Key of lun_mask_rules; its value is a __u32, enum scst_access. */
struct lun_mask_key {
	char initiator[LUN_MASK_NAME_LEN];	/* lower case; zeros behind it: hashed as a whole */
	__u32 lun;
};

/* Index into lun_mask_hits: which rule had the say. Most specific first. */
enum lun_mask_rule {
	LUN_MASK_EXACT,				/* this initiator, this LUN		*/
	LUN_MASK_INITIATOR,			/* this initiator, any LUN		*/
	LUN_MASK_LUN,				/* any initiator, this LUN		*/
	LUN_MASK_ANY,				/* any initiator, any LUN		*/
	LUN_MASK_PATTERN,			/* of lun_mask_list			*/
	LUN_MASK_NONE,				/* no rule: option default_access	*/
	LUN_MASK_NR_RULES,
};

#endif
