// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that take longer than min_latency_us, with where the time went: what a command waited
 * for on its way, its execution, its response.
 *
 * Each event of a command ends a part of its life, and says which. A command is over when its slot
 * is free again: a function of the core that every command calls (include/scst/cmd.h). With fentry
 * that costs nobody anything while this is not loaded.
 */
#include "tracers/filter.bpf.h"
#include "tracers/slow.h"

char _license[] SEC("license") = "GPL";

const volatile __u64 min_latency_us = 10000;

struct slow_times {
	u64 submit_ns;			/* which command: slots are used again */
	u64 last_ns;			/* of the latest event */
	u64 part_ns[SLOW_PARTS];
	bool executing;
};

/* Key: address of the command. Value: struct slow_times. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, u64);
	__type(value, struct slow_times);
} slow_started SEC(".maps");

/* struct slow_event */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 18);
} slow_events SEC(".maps");

/* Key: 0. Value: records lost because the ring was full. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} slow_drops SEC(".maps");

/* NULL: nobody asked for it, or there is no room. */
static __always_inline struct slow_times *times_of(struct scst_cmd *cmd)
{
	struct slow_times *times;
	u64 key = (u64)cmd;

	if (!cmd || !cmd->submit_ns || !is_wanted(cmd))
		return NULL;
	times = bpf_map_lookup_elem(&slow_started, &key);
	if (!times || times->submit_ns != cmd->submit_ns) {
		struct slow_times none = { .submit_ns = cmd->submit_ns, .last_ns = cmd->submit_ns };

		bpf_map_update_elem(&slow_started, &key, &none, BPF_ANY);
		times = bpf_map_lookup_elem(&slow_started, &key);
	}
	return times;
}

static __always_inline void end_part(struct slow_times *times, u32 part)
{
	u64 now = bpf_ktime_get_ns();

	if (part < SLOW_PARTS)
		times->part_ns[part] += now - times->last_ns;
	times->last_ns = now;
}

SEC("tp_btf/scst_cmd_waited")
int BPF_PROG(slow_waited, struct scst_cmd *cmd, enum scst_wait_for what)
{
	struct slow_times *times = times_of(cmd);

	if (!times)
		return 0;
	end_part(times, what);
	times->executing = false;
	return 0;
}

SEC("tp_btf/scst_cmd_execute")
int BPF_PROG(slow_execute, struct scst_cmd *cmd)
{
	struct slow_times *times = times_of(cmd);

	if (!times)
		return 0;
	end_part(times, SLOW_OTHER);
	times->executing = true;
	return 0;
}

SEC("tp_btf/scst_cmd_done")
int BPF_PROG(slow_answered, struct scst_cmd *cmd)
{
	struct slow_times *times = times_of(cmd);

	if (times)
		end_part(times, times->executing ? (u32)SCST_WAIT_FOR_execution : SLOW_OTHER);
	return 0;
}

static void count_drop(void)
{
	u32 key = 0;
	u64 *drops = bpf_map_lookup_elem(&slow_drops, &key);

	if (drops)
		(*drops)++;
}

static __noinline int report(struct scst_cmd *cmd, struct slow_times *times)
{
	struct slow_event *event;

	if (!cmd || !times)
		return 0;
	event = bpf_ringbuf_reserve(&slow_events, sizeof(*event), 0);
	if (!event) {
		count_drop();
		return 0;
	}
	event->time_ns = times->last_ns;
	event->latency_ns = times->last_ns - times->submit_ns;
	__builtin_memcpy(event->part_ns, times->part_ns, sizeof(event->part_ns));
	event->lba = cmd->params.lba;
	event->len = cmd->data_len;
	event->lun = cmd->lun;
	event->opcode = cmd->cdb[0];
	event->status = cmd->status;
	bpf_probe_read_kernel_str(event->initiator, sizeof(event->initiator),
				  cmd->sess->initiator);
	event->device[0] = 0;
	if (cmd->dev)
		bpf_probe_read_kernel_str(event->device, sizeof(event->device), cmd->dev->name);
	bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("fentry/scst_cmd_done")
int BPF_PROG(slow_over, struct scst_cmd *cmd)
{
	struct slow_times *times = times_of(cmd);

	if (!times)
		return 0;
	end_part(times, SLOW_RESPONSE);
	if (times->last_ns - times->submit_ns >= min_latency_us * 1000)
		report(cmd, times);
	return 0;
}
