// SPDX-License-Identifier: GPL-2.0
/*
 * Command log: a record for each answered command in a ring buffer, read by scst-bpfd and
 * `scstctl trace`. Filters are options, set before loading, so that a filter that is not used costs
 * nothing and a command that is filtered out costs no copy.
 *
 * A reader that is too slow loses records, never slows a command down, and can see how many it
 * lost.
 */
#include "tracers/filter.bpf.h"
#include "tracers/cmdlog.h"

char _license[] SEC("license") = "GPL";

const volatile __s32 filter_opcode = -1;				/* -1: all		*/
const volatile __u64 min_latency_ns = 0;
const volatile bool only_failed = false;			/* status is not GOOD	*/

/* struct cmdlog_event */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} cmdlog_events SEC(".maps");

/* Key: 0. Value: records lost because the ring was full. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} cmdlog_drops SEC(".maps");

static void count_drop(void)
{
	u32 key = 0;
	u64 *drops = bpf_map_lookup_elem(&cmdlog_drops, &key);

	if (drops)
		(*drops)++;
}

static bool matches(struct scst_cmd *cmd, u64 latency_ns)
{
	if (filter_opcode >= 0 && cmd->cdb[0] != filter_opcode)
		return false;
	if (latency_ns < min_latency_ns)
		return false;
	if (only_failed && !cmd->status)
		return false;
	return is_wanted(cmd);
}

static void fill(struct cmdlog_event *event, struct scst_cmd *cmd)
{
	struct scst_device *dev = cmd->dev;
	u32 sense = scst_bpf_cmd_codes(cmd);

	event->tag = cmd->tag;
	event->lba = cmd->op ? cmd->params.lba : 0;
	event->len = cmd->data_len;
	event->lun = cmd->lun;
	event->opcode = cmd->cdb[0];
	event->status = cmd->status;
	event->key = sense >> 16;
	event->asc = sense >> 8;
	event->ascq = sense;
	event->aborted = !!(cmd->state & 2);	/* SCST_CMD_ABORTED */
	__builtin_memset(event->pad, 0, sizeof(event->pad));
	bpf_probe_read_kernel(event->cdb, sizeof(event->cdb), cmd->cdb);
	bpf_probe_read_kernel_str(event->initiator, sizeof(event->initiator), cmd->sess->initiator);
	bpf_probe_read_kernel_str(event->target, sizeof(event->target), cmd->sess->tgt->name);
	event->device[0] = 0;
	if (dev)
		bpf_probe_read_kernel_str(event->device, sizeof(event->device), dev->name);
}

SEC("tp_btf/scst_cmd_done")
int BPF_PROG(cmdlog_done, struct scst_cmd *cmd)
{
	struct cmdlog_event *event;
	u64 now, latency_ns;

	if (!cmd)		/* never; kernels after 6.13 want to see it checked */
		return 0;
	now = bpf_ktime_get_ns();
	latency_ns = cmd->submit_ns ? now - cmd->submit_ns : 0;
	if (!matches(cmd, latency_ns))
		return 0;
	event = bpf_ringbuf_reserve(&cmdlog_events, sizeof(*event), 0);
	if (!event) {
		count_drop();
		return 0;
	}
	event->time_ns = now;
	event->latency_ns = latency_ns;
	fill(event, cmd);
	bpf_ringbuf_submit(event, 0);
	return 0;
}
