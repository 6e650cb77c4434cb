// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that did not end well: how often, by initiator, LUN, operation code, status and sense.
 * A command that is GOOD costs a comparison.
 */
#include "tracers/nexus.bpf.h"
#include "tracers/errors.h"

char _license[] SEC("license") = "GPL";

/* Key: struct error_key. Value: how often. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct error_key);
	__type(value, u64);
} error_counts SEC(".maps");

SEC("tp_btf/scst_cmd_done")
int BPF_PROG(errors_done, struct scst_cmd *cmd)
{
	static const u64 none;
	struct error_key key = {};
	u64 *count;
	u32 sense;

	if (!cmd || !cmd->status || !is_wanted(cmd))
		return 0;
	sense = scst_bpf_sense(cmd->sense.id);
	key.nexus = cmd->nexus->id;
	key.status = cmd->status;
	key.key = sense >> 16;
	key.asc = sense >> 8;
	key.ascq = sense;
	key.aborted = !!(cmd->state & 2);	/* SCST_CMD_ABORTED */
	key.opcode = cmd->cdb[0];
	count = bpf_map_lookup_elem(&error_counts, &key);
	if (!count) {
		write_nexus_name(cmd);
		bpf_map_update_elem(&error_counts, &key, &none, BPF_NOEXIST);
		count = bpf_map_lookup_elem(&error_counts, &key);
		if (!count)
			return 0;
	}
	__sync_fetch_and_add(count, 1);
	return 0;
}
