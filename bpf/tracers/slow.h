/* SPDX-License-Identifier: GPL-2.0 */
/* The records of bpf/tracers/slow.bpf.c, for the program and for whoever reads the ring. */
#ifndef _SCST_SLOW_H
#define _SCST_SLOW_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#include <scst/scst.h>
#endif

/* Where the time of a command goes: into what it waits for (enum scst_wait_for), and */
enum slow_part {
	SLOW_RESPONSE = SCST_WAIT_FOR_MAX,	/* the transport sends it	*/
	SLOW_OTHER,				/* the core's own work		*/
	SLOW_PARTS,
};

/* A command that took long. Names end with a NUL. The parts add up to the latency. */
struct slow_event {
	__u64 time_ns;			/* CLOCK_MONOTONIC, when it was over	*/
	__u64 latency_ns;
	__u64 part_ns[SLOW_PARTS];
	__u64 lba;
	__u32 len;
	__u16 lun;
	__u8 opcode;
	__u8 status;
	char initiator[256];
	char device[64];
};

#endif
