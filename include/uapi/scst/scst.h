/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * What the kernel, BPF programs and user space agree on: sizes of names, data directions, task
 * attributes, task management functions and their answers.
 *
 * BPF programs get kernel types from vmlinux.h (which also carries every enum that scst.ko uses),
 * so they must not include this file beside it: a BPF source includes vmlinux.h, user space and the
 * kernel include this. Records shared by a tracer and user space stand in bpf/tracers/NAME.h.
 */
#ifndef _UAPI_SCST_SCST_H
#define _UAPI_SCST_SCST_H

#include <linux/types.h>

#define SCST_VERSION		"0.1.0"
/* What sysfs says: scripts of SCST look for a version whose face they know, in the first line. */
#define SCST_FACE_VERSION	"3.11.0-bpf" SCST_VERSION
#define SCST_SYSFS_ROOT		"/sys/kernel/scst_tgt"

enum scst_limits {
	SCST_NAME_LEN		= 256,		/* initiator and target names, with the NUL	*/
	SCST_DEV_NAME_LEN	= 64,		/* device, handler, driver, group names		*/
	SCST_MAX_LUN		= 16383,	/* 14 bits: flat space addressing		*/
	SCST_MAX_CDB_LEN	= 260,		/* variable length CDB: 8 + 252			*/
	SCST_SENSE_LEN		= 252,
};

/* Seen from the initiator: IN is a read. */
enum scst_data_dir {
	SCST_DIR_NONE	= 0,
	SCST_DIR_IN	= 1,
	SCST_DIR_OUT	= 2,
	SCST_DIR_BIDI	= 3,
};

enum scst_task_attr {
	SCST_TASK_SIMPLE,
	SCST_TASK_ORDERED,
	SCST_TASK_HEAD_OF_QUEUE,
	SCST_TASK_ACA,
	SCST_TASK_UNTAGGED,
};

/*
 * What a command waits for on its way (docs/command-life.md); the tracepoint scst_cmd_waited says
 * so when that is over.
 */
#define SCST_WAITS_FOR(WAIT)									\
	WAIT(unblock)	/* held on its arrival: its device is blocked, all is suspended	*/	\
	WAIT(policy)	/* delayed by cmd_admit, or by a rule of scstctl inject		*/	\
	WAIT(data)	/* data-out from the initiator					*/	\
	WAIT(turn)	/* in its task set						*/	\
	WAIT(execution)	/* a back end that answers later				*/	\
	WAIT(thread)	/* of the core's, free to go on with it				*/

enum scst_wait_for {
#define WAIT(name) SCST_WAIT_FOR_##name,
	SCST_WAITS_FOR(WAIT)
#undef WAIT
	SCST_WAIT_FOR_MAX,
};

enum scst_tmf_fn {
	SCST_TMF_ABORT_TASK,
	SCST_TMF_ABORT_TASK_SET,
	SCST_TMF_CLEAR_ACA,
	SCST_TMF_CLEAR_TASK_SET,
	SCST_TMF_LUN_RESET,
	SCST_TMF_TARGET_RESET,
	SCST_TMF_I_T_NEXUS_RESET,
	SCST_TMF_QUERY_TASK,
	SCST_TMF_QUERY_TASK_SET,
	SCST_TMF_QUERY_ASYNC_EVENT,
};

enum scst_tmf_result {
	SCST_TMF_COMPLETE,
	SCST_TMF_NO_TASK,
	SCST_TMF_NO_LUN,
	SCST_TMF_NOT_SUPPORTED,
	SCST_TMF_REJECTED,
	SCST_TMF_FAILED,
	SCST_TMF_SUCCEEDED,	/* a query: yes; COMPLETE is no	*/
	SCST_TMF_DROPPED,	/* black hole: the initiator gets no answer	*/
};

#endif
