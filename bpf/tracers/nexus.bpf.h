/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A tracer counts by numbers, since copying and hashing names would cost more than all the rest;
 * the names behind a number are written down once, when it comes for the first time.
 *
 * A number is never given twice, so a host that logs in every day would leave rows behind every
 * day. When a nexus goes, its counts are added to the totals of its names, and its rows are
 * deleted: there are as many rows as there are LUNs in use, and totals for those who were there
 * last.
 */
#ifndef _SCST_TRACER_NEXUS_BPF_H
#define _SCST_TRACER_NEXUS_BPF_H

#include "tracers/filter.bpf.h"
#include "tracers/nexus.h"

#define MAX_NEXUSES	16384
#define MAX_TOTALS	4096
#define MAX_CPUS	8192

/* Key: id of a nexus. Value: struct nexus_name. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_NEXUSES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
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

/* Key: 0. The same, for nexus_end(), which commands may interrupt. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct nexus_total);
} nexus_total_scratch SEC(".maps");

/* Key: 0. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct nexus_folds);
} nexus_folds SEC(".maps");

static __always_inline struct nexus_folds *folds(void)
{
	u32 key = 0;

	return bpf_map_lookup_elem(&nexus_folds, &key);
}

#define EEXIST	17

/* Return: 0, or there is no room. */
static __noinline int write_nexus_name(struct scst_cmd *cmd)
{
	u64 id = cmd->nexus->id;
	struct nexus_name *name;
	u32 key = 0;
	long err;

	if (bpf_map_lookup_elem(&nexus_names, &id))
		return 0;
	name = bpf_map_lookup_elem(&nexus_name_scratch, &key);
	if (!name)
		return -1;
	__builtin_memset(name, 0, sizeof(*name));
	name->lun = cmd->lun;
	bpf_probe_read_kernel_str(name->initiator, sizeof(name->initiator), cmd->sess->initiator);
	bpf_probe_read_kernel_str(name->target, sizeof(name->target), cmd->sess->tgt->name);
	if (cmd->dev)
		bpf_probe_read_kernel_str(name->device, sizeof(name->device), cmd->dev->name);
	err = bpf_map_update_elem(&nexus_names, &id, name, BPF_NOEXIST);
	return err && err != -EEXIST;
}

/*
 * PREFIX_counts, per CPU, and PREFIX_totals of @value_type, which is made of u64; PREFIX_of(),
 * where to count a command: NULL if there is no room; and the program that folds a nexus which
 * goes. Its function is called once for each, when the last command is over and the names are still
 * there.
 */
#define NEXUS_COUNTS(PREFIX, value_type)							\
struct {											\
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);							\
	__uint(max_entries, 4 * MAX_NEXUSES);							\
	__uint(map_flags, BPF_F_NO_PREALLOC);							\
	__type(key, u64);									\
	__type(value, value_type);								\
} PREFIX##_counts SEC(".maps");									\
												\
struct {											\
	__uint(type, BPF_MAP_TYPE_LRU_HASH);							\
	__uint(max_entries, MAX_TOTALS);							\
	__type(key, struct nexus_total);							\
	__type(value, value_type);								\
} PREFIX##_totals SEC(".maps");									\
												\
static __noinline value_type *PREFIX##_first(struct scst_cmd *cmd, u64 key)			\
{												\
	static const value_type none;								\
	struct nexus_folds *folded;								\
	value_type *count = NULL;								\
												\
	if (!write_nexus_name(cmd)) {								\
		bpf_map_update_elem(&PREFIX##_counts, &key, &none, BPF_NOEXIST);		\
		count = bpf_map_lookup_elem(&PREFIX##_counts, &key);				\
	}											\
	folded = count ? NULL : folds();							\
	if (folded)										\
		__sync_fetch_and_add(&folded->uncounted, 1);					\
	return count;										\
}												\
												\
static __always_inline value_type *PREFIX##_of(struct scst_cmd *cmd)				\
{												\
	u64 key = NEXUS_KEY(cmd->nexus->id, cmd->op ? cmd->op->dir & 3 : 0);			\
	value_type *count = bpf_map_lookup_elem(&PREFIX##_counts, &key);			\
												\
	return count ?: PREFIX##_first(cmd, key);						\
}												\
												\
static __noinline int PREFIX##_fold(struct nexus_total *total, u64 key)				\
{												\
	static const value_type none;								\
	u64 *to, *from;										\
	u32 cpu, i;										\
												\
	if (!total || !bpf_map_lookup_elem(&PREFIX##_counts, &key))				\
		return 0;									\
	total->dir = NEXUS_KEY_DIR(key);							\
	bpf_map_update_elem(&PREFIX##_totals, total, &none, BPF_NOEXIST);			\
	to = bpf_map_lookup_elem(&PREFIX##_totals, total);					\
	bpf_for(cpu, 0, MAX_CPUS) {								\
		from = to ? bpf_map_lookup_percpu_elem(&PREFIX##_counts, &key, cpu) : NULL;	\
		if (!from)									\
			break;									\
		bpf_for(i, 0, sizeof(value_type) / sizeof(u64))					\
			__sync_fetch_and_add(&to[i], from[i]);					\
	}											\
	return bpf_map_delete_elem(&PREFIX##_counts, &key);					\
}												\
												\
SEC("fentry/scst_stats_detach")									\
int BPF_PROG(PREFIX##_nexus_end, struct scst_nexus *nexus)					\
{												\
	u64 id = nexus->id;									\
	struct nexus_name *name = bpf_map_lookup_elem(&nexus_names, &id);			\
	struct nexus_folds *folded = folds();							\
	struct nexus_total *total;								\
	u32 key = 0, dir;									\
												\
	total = bpf_map_lookup_elem(&nexus_total_scratch, &key);				\
	if (!name || !folded || !total)								\
		return 0;									\
	__sync_fetch_and_add(&folded->begun, 1);						\
	__builtin_memcpy(&total->name, name, sizeof(*name));					\
	bpf_for(dir, 0, 4)									\
		PREFIX##_fold(total, NEXUS_KEY(id, dir));					\
	bpf_map_delete_elem(&nexus_names, &id);							\
	__sync_fetch_and_add(&folded->ended, 1);						\
	return 0;										\
}

#endif
