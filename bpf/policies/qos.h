/* SPDX-License-Identifier: GPL-2.0 */
/* The rules and buckets of bpf/policies/qos.bpf.c, for the program and for whoever fills them. */
#ifndef _SCST_QOS_H
#define _SCST_QOS_H

#include "match.h"

/* A value of qos_list: limits of each initiator and LUN that it matches. 0: none. */
struct qos_rule {
	SCST_MATCH_MEMBERS;
	__u64 iops;			/* commands a second		*/
	__u64 bps;			/* bytes a second		*/
	__u32 burst_ms;			/* what an idle one may save up	*/
	__u32 weight;			/* its part of shared_*; 0: 100	*/
	__u64 shared_iops;		/* of the device, divided by	*/
	__u64 shared_bps;		/* weight among who uses it	*/
};

/* A value of qos_buckets. Times are CLOCK_MONOTONIC, ns. */
struct qos_bucket {
	__u64 resolved;			/* when the rule was looked up	*/
	__u64 iops, bps;		/* its limits now; 0: none	*/
	__u64 burst_ns;
	__u64 shared_iops, shared_bps;
	__u64 weight;
	__u64 window;			/* the last one it was active in */
	__u64 next_cmd, next_byte;	/* theoretical arrival times	*/
	__u64 delayed, refused;		/* commands			*/
};

#endif
