// SPDX-License-Identifier: GPL-2.0
/*
 * How long commands take, from their arrival to their answer: a histogram with a bucket for each
 * power of two, for each initiator, LUN and direction. Read by `scstctl latency` and `top`, and by
 * scst-bpfd for its metrics.
 */
#include "tracers/nexus.bpf.h"
#include "tracers/latency.h"

char _license[] SEC("license") = "GPL";

NEXUS_COUNTS(latency, struct latency_histogram)

/* Floor of the binary logarithm. */
static __always_inline u32 log2_of(u64 value)
{
	u32 log = 0;

#define HALVE(bits)							\
	do {								\
		if (value >> (bits)) {					\
			value >>= (bits);				\
			log += (bits);					\
		}							\
	} while (0)
	HALVE(32);
	HALVE(16);
	HALVE(8);
	HALVE(4);
	HALVE(2);
	HALVE(1);
#undef HALVE
	return log;
}

SEC("tp_btf/scst_cmd_done")
int BPF_PROG(latency_done, struct scst_cmd *cmd)
{
	struct latency_histogram *count;
	u64 ns;
	u32 i;

	if (!cmd || !cmd->submit_ns || !is_wanted(cmd))	/* 0: it came before anybody listened */
		return 0;
	ns = bpf_ktime_get_ns() - cmd->submit_ns;
	count = latency_of(cmd);
	if (!count)
		return 0;
	i = ns < 1024 ? 0 : log2_of(ns) - 9;
	if (i >= LATENCY_BUCKETS)
		i = LATENCY_BUCKETS - 1;
	count->bucket[i]++;
	count->sum_ns += ns;
	count->bytes += cmd->xfer_len;
	return 0;
}
