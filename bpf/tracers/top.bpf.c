// SPDX-License-Identifier: GPL-2.0
/*
 * Who does how much: commands, bytes, time and failures of each initiator, LUN and direction, as
 * counters that only grow; `scstctl top` makes rates of them.
 */
#include "tracers/nexus.bpf.h"
#include "tracers/top.h"

char _license[] SEC("license") = "GPL";

NEXUS_COUNTS(top, struct top_count)

SEC("tp_btf/scst_cmd_done")
int BPF_PROG(top_done, struct scst_cmd *cmd)
{
	struct top_count *count;

	if (!cmd || !is_wanted(cmd))
		return 0;
	count = top_of(cmd);
	if (!count)
		return 0;
	count->commands++;
	count->bytes += cmd->xfer_len;
	count->sum_ns += cmd->submit_ns ? bpf_ktime_get_ns() - cmd->submit_ns : 0;
	count->failed += cmd->status != 0;
	return 0;
}
