/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the rules of policies have in common: whom a rule is for. The first members of a rule are
 * SCST_MATCH_MEMBERS; its own follow. A list of rules is a BPF array of SCST_MAX_RULES, whose name
 * ends in "_list"; the first rule that is used and matches counts, and the list ends at the first
 * one that is not used.
 *
 * A text matches if it is empty, or as patterns of groups do: '*' is any run, '?' any character,
 * and a '!' before it turns it round: "iqn.2026-01.org.example:web?-*". Initiators and addresses
 * are in lower case, whatever the initiator says of itself.
 */
#ifndef _SCST_MATCH_H
#define _SCST_MATCH_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#define SCST_MAX_RULES		256
#define SCST_ANY_LUN		0xffffffffu

#define SCST_MATCH_MEMBERS									\
	__u32 used;			/* 1: this is a rule		*/			\
	__u32 lun;			/* or SCST_ANY_LUN		*/			\
	char initiator[256];		/* SCST_NAME_LEN, lower case	*/			\
	char address[64];		/* as sessions show it, lower case */			\
	char group[64];										\
	char device[64]

#endif
