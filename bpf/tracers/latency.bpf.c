// SPDX-License-Identifier: GPL-2.0
/*
 * How long commands take, from their arrival to their answer: a histogram with a bucket for each
 * power of two, for each initiator, LUN and direction. Read by `scstctl latency` and `top`, and by
 * scst-bpfd for its metrics.
 */
#include "tracers/nexus.bpf.h"
#include "tracers/latency.h"

char _license[] SEC("license") = "GPL";

/* Key: NEXUS_KEY. Value: struct latency_histogram. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 4 * MAX_NEXUSES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, u64);
	__type(value, struct latency_histogram);
} latency_counts SEC(".maps");

static __noinline struct latency_histogram *first_of(struct scst_cmd *cmd, u64 key)
{
	static const struct latency_histogram none;

	write_nexus_name(cmd);
	bpf_map_update_elem(&latency_counts, &key, &none, BPF_NOEXIST);
	return bpf_map_lookup_elem(&latency_counts, &key);
}

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
	u64 ns, key;
	u32 i;

	if (!cmd || !cmd->submit_ns || !is_wanted(cmd))	/* 0: it came before anybody listened */
		return 0;
	ns = bpf_ktime_get_ns() - cmd->submit_ns;
	key = NEXUS_KEY(cmd->nexus->id, cmd->op ? cmd->op->dir & 3 : 0);
	count = bpf_map_lookup_elem(&latency_counts, &key);
	if (!count) {
		count = first_of(cmd, key);
		if (!count)
			return 0;
	}
	i = ns < 1024 ? 0 : log2_of(ns) - 9;
	if (i >= LATENCY_BUCKETS)
		i = LATENCY_BUCKETS - 1;
	count->bucket[i]++;
	count->sum_ns += ns;
	count->bytes += cmd->xfer_len;
	return 0;
}
