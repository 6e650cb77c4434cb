/* SPDX-License-Identifier: GPL-2.0 */
/* The counters of bpf/tracers/top.bpf.c, for the program and for whoever reads them. */
#ifndef _SCST_TOP_H
#define _SCST_TOP_H

#include "tracers/nexus.h"

/* Value of top_counts, per CPU, and of top_totals. */
struct top_count {
	__u64 commands;
	__u64 bytes;
	__u64 sum_ns;			/* latency	*/
	__u64 failed;			/* not GOOD	*/
};

#endif
