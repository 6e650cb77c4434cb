/* SPDX-License-Identifier: GPL-2.0 */
/* The rules of bpf/policies/read_only_window.bpf.c, for the program and for whoever fills them. */
#ifndef _SCST_READ_ONLY_WINDOW_H
#define _SCST_READ_ONLY_WINDOW_H

#include "match.h"

/* A value of read_only_window_list: writes that it matches wait until it goes. */
struct read_only_window_rule {
	SCST_MATCH_MEMBERS;
	__u64 until;			/* seconds since 1970; 0: until the rule is removed */
};

#endif
