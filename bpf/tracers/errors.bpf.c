// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that did not end well: how often, by initiator, LUN, operation code, status and sense.
 * A command that is GOOD costs a comparison; any other can afford to be looked up by its names, so
 * that it is counted with those of the same initiator before it logged in again.
 */
#include "tracers/filter.bpf.h"
#include "tracers/errors.h"

char _license[] SEC("license") = "GPL";

/* Key: struct error_key. Value: how often. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct error_key);
	__type(value, u64);
} error_counts SEC(".maps");

/* Key: 0. Too large for the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct error_key);
} error_scratch SEC(".maps");

static void fill(struct error_key *key, struct scst_cmd *cmd)
{
	u32 sense = scst_bpf_cmd_codes(cmd);
	struct nexus_name *name = &key->name;

	__builtin_memset(key, 0, sizeof(*key));
	name->lun = cmd->lun;
	bpf_probe_read_kernel_str(name->initiator, sizeof(name->initiator), cmd->sess->initiator);
	bpf_probe_read_kernel_str(name->target, sizeof(name->target), cmd->sess->tgt->name);
	if (cmd->dev)
		bpf_probe_read_kernel_str(name->device, sizeof(name->device), cmd->dev->name);
	key->status = cmd->status;
	key->key = sense >> 16;
	key->asc = sense >> 8;
	key->ascq = sense;
	key->aborted = !!(cmd->state & 2);	/* SCST_CMD_ABORTED */
	key->opcode = cmd->cdb[0];
}

SEC("tp_btf/scst_cmd_done")
int BPF_PROG(errors_done, struct scst_cmd *cmd)
{
	static const u64 none;
	struct error_key *key;
	u32 zero = 0;
	u64 *count;

	if (!cmd || !cmd->status || !is_wanted(cmd))
		return 0;
	key = bpf_map_lookup_elem(&error_scratch, &zero);
	if (!key)
		return 0;
	fill(key, cmd);
	count = bpf_map_lookup_elem(&error_counts, key);
	if (!count) {
		bpf_map_update_elem(&error_counts, key, &none, BPF_NOEXIST);
		count = bpf_map_lookup_elem(&error_counts, key);
		if (!count)
			return 0;
	}
	__sync_fetch_and_add(count, 1);
	return 0;
}
