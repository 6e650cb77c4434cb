/* SPDX-License-Identifier: GPL-2.0 */
/* The rules of bpf/policies/session_acl.bpf.c, for the program and for whoever fills them. */
#ifndef _SCST_SESSION_ACL_H
#define _SCST_SESSION_ACL_H

#include "match.h"

enum session_acl_action {
	SESSION_ACL_ALLOW,		/* the static configuration says the rest	*/
	SESSION_ACL_DENY,
	SESSION_ACL_GROUP,		/* allow, as a member of to_group		*/
};

/* A value of session_acl_list. */
struct session_acl_rule {
	SCST_MATCH_MEMBERS;		/* lun, group and device are not known at a login */
	enum session_acl_action action;
	__u32 days;			/* a bit for each, Sunday first; 0: every day	*/
	__u32 from_minute, to_minute;	/* of the day, UTC; equal: all day; may wrap	*/
	__u32 pad;
	char to_group[64];
};

#endif
