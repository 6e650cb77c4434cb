/* SPDX-License-Identifier: GPL-2.0 */
/* What bpf/policies/pr_dump.bpf.c leaves in its ring. */
#ifndef _SCST_PR_DUMP_H
#define _SCST_PR_DUMP_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#define PR_DUMP_CHUNK	4096

/*
 * A piece of a dump: those of one dump follow each other, in order, and have the same id. A dump of
 * which the last piece is missing is void: it comes again with another id.
 */
struct pr_dump_event {
	__u64 id;
	__u64 time_ns;			/* CLOCK_MONOTONIC	*/
	__u32 reasons;			/* enum scst_pr_dump_reason	*/
	__u32 len;			/* of the whole text		*/
	__u32 offset;			/* of this piece		*/
	__u32 size;
	char device[64];
	char serial[24];		/* unit serial number		*/
	char text[PR_DUMP_CHUNK];
};

#endif
