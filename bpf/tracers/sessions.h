/* SPDX-License-Identifier: GPL-2.0 */
/* The records of bpf/tracers/sessions.bpf.c, for the program and for whoever reads the ring. */
#ifndef _SCST_SESSIONS_H
#define _SCST_SESSIONS_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

enum sessions_what {
	SESSIONS_LOGIN,
	SESSIONS_LOGOUT,
	SESSIONS_UNIT_ATTENTION,	/* code: ASC << 8 | ASCQ		*/
	SESSIONS_TMF,			/* code: enum scst_tmf_fn; result	*/
	SESSIONS_POLICY_EXIT,		/* initiator: the policy, device: why; code: its kind */
};

/* Names end with a NUL. */
struct sessions_event {
	__u64 time_ns;			/* CLOCK_MONOTONIC */
	__u32 what;			/* enum sessions_what */
	__u32 code;
	__u32 result;			/* enum scst_tmf_result, or the code of a policy's exit */
	__u32 lun;
	char initiator[256];
	char target[256];
	char device[128];
};

#endif
