/* SPDX-License-Identifier: GPL-2.0 */
/* The records of bpf/tracers/slow.bpf.c, for the program and for whoever reads the ring. */
#ifndef _SCST_SLOW_H
#define _SCST_SLOW_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

/* A command that took long. Names end with a NUL. */
struct slow_event {
	__u64 time_ns;			/* CLOCK_MONOTONIC, when it was answered	*/
	__u64 wait_ns;			/* until its execution: admission, data-out	*/
	__u64 execute_ns;		/* core or handler				*/
	__u64 lba;
	__u32 len;
	__u16 lun;
	__u8 opcode;
	__u8 status;
	char initiator[256];
	char device[64];
};

#endif
