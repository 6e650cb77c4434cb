// SPDX-License-Identifier: GPL-2.0
/*
 * Who does how much: commands, bytes, time and failures of each initiator, LUN and direction, as
 * counters that only grow; `scstctl top` makes rates of them.
 */
#include "tracers/nexus.bpf.h"
#include "tracers/top.h"

char _license[] SEC("license") = "GPL";

/* Key: NEXUS_KEY. Value: struct top_count. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 4 * MAX_NEXUSES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, u64);
	__type(value, struct top_count);
} top_counts SEC(".maps");

SEC("tp_btf/scst_cmd_done")
int BPF_PROG(top_done, struct scst_cmd *cmd)
{
	static const struct top_count none;
	struct top_count *count;
	u64 key;

	if (!cmd || !is_wanted(cmd))
		return 0;
	key = NEXUS_KEY(cmd->nexus->id, cmd->op ? cmd->op->dir & 3 : 0);
	count = bpf_map_lookup_elem(&top_counts, &key);
	if (!count) {
		write_nexus_name(cmd);
		bpf_map_update_elem(&top_counts, &key, &none, BPF_NOEXIST);
		count = bpf_map_lookup_elem(&top_counts, &key);
		if (!count)
			return 0;
	}
	count->commands++;
	count->bytes += cmd->xfer_len;
	count->sum_ns += cmd->submit_ns ? bpf_ktime_get_ns() - cmd->submit_ns : 0;
	count->failed += cmd->status != 0;
	return 0;
}
