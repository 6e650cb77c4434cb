/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A tracer counts by numbers, since copying and hashing names would cost more than all the rest;
 * the names behind a number are written down once, when it comes for the first time.
 */
#ifndef _SCST_TRACER_NEXUS_BPF_H
#define _SCST_TRACER_NEXUS_BPF_H

#include "tracers/filter.bpf.h"
#include "tracers/nexus.h"

#define MAX_NEXUSES	16384

/* Key: id of a nexus. Value: struct nexus_name. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, MAX_NEXUSES);
	__type(key, u64);
	__type(value, struct nexus_name);
} nexus_names SEC(".maps");

/* Key: 0. Too large for the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct nexus_name);
} nexus_name_scratch SEC(".maps");

static __noinline int write_nexus_name(struct scst_cmd *cmd)
{
	u64 id = cmd->nexus->id;
	struct nexus_name *name;
	u32 key = 0;

	if (bpf_map_lookup_elem(&nexus_names, &id))
		return 0;
	name = bpf_map_lookup_elem(&nexus_name_scratch, &key);
	if (!name)
		return 0;
	__builtin_memset(name, 0, sizeof(*name));
	name->lun = cmd->lun;
	bpf_probe_read_kernel_str(name->initiator, sizeof(name->initiator), cmd->sess->initiator);
	bpf_probe_read_kernel_str(name->target, sizeof(name->target), cmd->sess->tgt->name);
	if (cmd->dev)
		bpf_probe_read_kernel_str(name->device, sizeof(name->device), cmd->dev->name);
	bpf_map_update_elem(&nexus_names, &id, name, BPF_NOEXIST);
	return 0;
}

#endif
