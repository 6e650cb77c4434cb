/* SPDX-License-Identifier: GPL-2.0 */
/* The rules of bpf/policies/cmd_filter.bpf.c, for the program and for whoever fills them. */
#ifndef _SCST_CMD_FILTER_H
#define _SCST_CMD_FILTER_H

#include "match.h"

enum cmd_filter_action {
	CMD_FILTER_ALLOW,
	CMD_FILTER_DENY,		/* as if nobody had implemented it: 5/20/00	*/
	CMD_FILTER_DENY_ACCESS,		/* 5/20/02, access denied			*/
};

#define CMD_FILTER_ANY	0xffffffffu

/* A value of cmd_filter_list. */
struct cmd_filter_rule {
	SCST_MATCH_MEMBERS;
	__u32 opcode;			/* or CMD_FILTER_ANY			*/
	__u32 service_action;		/* or CMD_FILTER_ANY			*/
	enum cmd_filter_action action;
	__u32 pad;
};

#endif
