/* SPDX-License-Identifier: GPL-2.0 */
/* The records of bpf/tracers/cmdlog.bpf.c, for the program and for whoever reads the ring. */
#ifndef _SCST_CMDLOG_H
#define _SCST_CMDLOG_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#define CMDLOG_NAME_LEN		256		/* SCST_NAME_LEN	*/
#define CMDLOG_DEV_NAME_LEN	64		/* SCST_DEV_NAME_LEN	*/
#define CMDLOG_CDB_LEN		16

/* A command that was answered. Names end with a NUL; what follows it is not defined. */
struct cmdlog_event {
	__u64 time_ns;				/* CLOCK_MONOTONIC, when it was answered */
	__u64 latency_ns;			/* 0: it came before anybody listened	*/
	__u64 tag;
	__u64 lba;				/* 0 for commands without		*/
	__u32 len;				/* bytes					*/
	__u16 lun;
	__u8 opcode;				/* cdb[0]				*/
	__u8 status;				/* SAM status				*/
	__u8 key, asc, ascq;			/* sense, zeros if there is none	*/
	__u8 aborted;
	__u8 pad[4];
	__u8 cdb[CMDLOG_CDB_LEN];
	char initiator[CMDLOG_NAME_LEN];
	char target[CMDLOG_NAME_LEN];
	char device[CMDLOG_DEV_NAME_LEN];	/* empty: no such LUN			*/
};

_Static_assert(sizeof(struct cmdlog_event) == 64 + 2 * 256 + 64, "no holes");

#endif
