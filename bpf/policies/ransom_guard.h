/* SPDX-License-Identifier: GPL-2.0 */
/* The alarms of bpf/policies/ransom_guard.bpf.c, for the program and for whoever reads them. */
#ifndef _SCST_RANSOM_GUARD_H
#define _SCST_RANSOM_GUARD_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

/* A record of ransom_guard_events. */
struct ransom_guard_event {
	__u64 time_ns;			/* CLOCK_MONOTONIC			*/
	__u64 overwrites;		/* blocks read and then written, in the window */
	__u64 written;			/* blocks written in the window		*/
	__u32 lun;
	__u32 throttled;		/* 1: its writes are slowed down from now on */
	char initiator[256];
	char device[64];
};

#endif
