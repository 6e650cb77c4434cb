/* SPDX-License-Identifier: GPL-2.0 */
/* The histograms of bpf/tracers/latency.bpf.c, for the program and for whoever reads them. */
#ifndef _SCST_LATENCY_H
#define _SCST_LATENCY_H

#include "tracers/nexus.h"

#define LATENCY_BUCKETS	26

/*
 * Value of latency_counts, per CPU, and of latency_totals. Bucket 0 is below 1024 ns, bucket i from
 * 2^(9+i) ns to twice that, and the last one has all the rest, from 17 s.
 */
struct latency_histogram {
	__u64 bucket[LATENCY_BUCKETS];
	__u64 sum_ns;
	__u64 bytes;
};

#endif
