// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that take longer than min_latency_us, with where the time went: before they were
 * executed (held by a policy, waiting for data-out), or in the core and the handler.
 */
#include "tracers/filter.bpf.h"
#include "tracers/slow.h"

char _license[] SEC("license") = "GPL";

const volatile __u64 min_latency_us = 10000;

/* Key: address of the command. Value: when its execution began. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, u64);
	__type(value, u64);
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

SEC("tp_btf/scst_cmd_execute")
int BPF_PROG(slow_execute, struct scst_cmd *cmd)
{
	u64 key = (u64)cmd, now = bpf_ktime_get_ns();

	bpf_map_update_elem(&slow_started, &key, &now, BPF_ANY);
	return 0;
}

static void count_drop(void)
{
	u32 key = 0;
	u64 *drops = bpf_map_lookup_elem(&slow_drops, &key);

	if (drops)
		(*drops)++;
}

SEC("tp_btf/scst_cmd_done")
int BPF_PROG(slow_done, struct scst_cmd *cmd)
{
	u64 key = (u64)cmd, now = bpf_ktime_get_ns(), *started;
	struct slow_event *event;

	if (!cmd || !cmd->submit_ns || now - cmd->submit_ns < min_latency_us * 1000 ||
	    !is_wanted(cmd))
		return 0;
	event = bpf_ringbuf_reserve(&slow_events, sizeof(*event), 0);
	if (!event) {
		count_drop();
		return 0;
	}
	started = bpf_map_lookup_elem(&slow_started, &key);
	event->time_ns = now;
	/* What an earlier command in this slot left does not count. */
	if (started && *started >= cmd->submit_ns) {
		event->wait_ns = *started - cmd->submit_ns;
		event->execute_ns = now - *started;
	} else {
		event->wait_ns = now - cmd->submit_ns;
		event->execute_ns = 0;
	}
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
