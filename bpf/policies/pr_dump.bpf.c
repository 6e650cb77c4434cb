// SPDX-License-Identifier: GPL-2.0
/*
 * Persistent reservations into files, whenever something happens to them: scst-bpfd writes what it
 * finds in the ring to its directory pr_dumps, a file for each device, named by its serial number.
 *
 * A text is as long as there are registrants, so it goes in pieces, and only if all of them fit. If
 * the ring has no room the core offers the dump again, and counts it as lost in the end
 * (policies/pr_dumps_lost): nothing is left out silently.
 */
#include "scst.bpf.h"
#include "policies/pr_dump.h"

char _license[] SEC("license") = "GPL";

#define ALL_REASONS	0x3f

const volatile __u32 reasons = ALL_REASONS;	/* enum scst_pr_dump_reason, a bit for each */

/* struct pr_dump_event. The longest text fits when the ring is empty. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} pr_dump_events SEC(".maps");

#define RECORD		(sizeof(struct pr_dump_event) + BPF_RINGBUF_HDR_SZ)

static bool has_room(u32 pieces)
{
	u64 size = bpf_ringbuf_query(&pr_dump_events, BPF_RB_RING_SIZE);
	u64 used = bpf_ringbuf_query(&pr_dump_events, BPF_RB_AVAIL_DATA);

	return pieces * RECORD <= size - used;
}

static bool put(struct scst_device *dev, struct scst_pr_dump *dump, u32 offset)
{
	const u8 *text = scst_bpf_pr_dump_text(dump, offset, PR_DUMP_CHUNK);
	struct pr_dump_event *event;

	if (!text)
		return false;
	event = bpf_ringbuf_reserve(&pr_dump_events, sizeof(*event), 0);
	if (!event)
		return false;
	event->id = dump->id;
	event->time_ns = bpf_ktime_get_ns();
	event->reasons = dump->reasons;
	event->len = dump->len;
	event->offset = offset;
	event->size = dump->len - offset < PR_DUMP_CHUNK ? dump->len - offset : PR_DUMP_CHUNK;
	bpf_probe_read_kernel_str(event->device, sizeof(event->device), dev->name);
	bpf_probe_read_kernel_str(event->serial, sizeof(event->serial), dev->lu.usn);
	bpf_probe_read_kernel(event->text, sizeof(event->text), text);
	bpf_ringbuf_submit(event, 0);
	return true;
}

SEC("struct_ops/pr_dump")
int BPF_PROG(pr_dump_offer, struct scst_device *dev, struct scst_pr_dump *dump)
{
	u32 pieces = (dump->len + PR_DUMP_CHUNK - 1) / PR_DUMP_CHUNK;
	u32 i;

	if (!(dump->reasons & reasons))
		return SCST_PR_DUMP_SKIP;
	if (!has_room(pieces))
		return SCST_PR_DUMP_RETRY;
	bpf_for(i, 0, pieces)
		if (!put(dev, dump, i * PR_DUMP_CHUNK))
			return SCST_PR_DUMP_RETRY;
	return SCST_PR_DUMP_DONE;
}

SEC(".struct_ops.link")
struct scst_policy_ops pr_dump = {
	.pr_dump	= (void *)pr_dump_offer,
	.name		= "pr_dump",
};
