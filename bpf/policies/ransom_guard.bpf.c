// SPDX-License-Identifier: GPL-2.0
/*
 * An alarm for the pattern of encrypting malware: an initiator that reads most of what it is about
 * to write, in place, extent after extent. The contents are not looked at.
 *
 * Per initiator and LUN, a filter of recently read extents (EXTENT bytes, one bit each, hashed)
 * is kept for window_s seconds. A write to an extent whose bit is set is an overwrite, and clears
 * the bit. When a window has seen at least min_overwrites of them, and they are percent of all
 * extents written, there is a record in the ring; with throttle_ms every write of that initiator to
 * that LUN is then delayed by so much, until a window has passed without the pattern.
 *
 * A database rewrites its pages too, but the same few again and again: an extent counts once until
 * it is read anew, and min_overwrites is what a busy one may have. So set it for your own load.
 */
#include "scst.bpf.h"
#include "policies/ransom_guard.h"

char _license[] SEC("license") = "GPL";

const volatile __u32 window_s = 10;
const volatile __u32 min_overwrites = 2000;
const volatile __u32 percent = 80;
const volatile __u32 throttle_ms SCST_DELAY = 0;	/* 0: only tell */
const volatile __u32 max_nexuses SCST_ENTRIES(ransom_guard_state) = 1024; /* of 8 KiB each */

#define EXTENT_SHIFT	16			/* 64 KiB */
#define FILTER_WORDS	1024			/* 65536 extents: 4 GiB */
#define SECOND		1000000000ULL

struct guard {
	u64 window;				/* its number */
	u64 written, overwrites;
	u64 alarmed;				/* window of the last alarm, 0: none */
	u64 read[FILTER_WORDS];
};

/*
 * How often it began to watch a nexus. If that grows though nobody logs in, more of them are busy
 * than max_nexuses, and each new one takes the place of another, which is forgotten.
 */
u64 ransom_guard_begun = 0;

/* Key: id of the nexus. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, u64);
	__type(value, struct guard);
} ransom_guard_state SEC(".maps");

/* Key: 0. Value: zeros, to begin with: too large for the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct guard);
} ransom_guard_zero SEC(".maps");

/* struct ransom_guard_event */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 16);
} ransom_guard_events SEC(".maps");

/* Key: 0. Value: alarms lost because the ring was full. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} ransom_guard_drops SEC(".maps");

static struct guard *guard_of(struct scst_cmd *cmd)
{
	u64 id = cmd->nexus->id;
	struct guard *guard = bpf_map_lookup_elem(&ransom_guard_state, &id);
	struct guard *zero;
	u32 key = 0;

	if (guard)
		return guard;
	zero = bpf_map_lookup_elem(&ransom_guard_zero, &key);
	if (zero && !bpf_map_update_elem(&ransom_guard_state, &id, zero, BPF_NOEXIST))
		__sync_fetch_and_add(&ransom_guard_begun, 1);
	return bpf_map_lookup_elem(&ransom_guard_state, &id);
}

/* A new window begins with empty counts. What was read stays known. */
static void turn_window(struct guard *guard, u64 window)
{
	if (guard->window == window)
		return;
	guard->window = window;
	guard->written = 0;
	guard->overwrites = 0;
}

static void tell(struct scst_cmd *cmd, const struct guard *guard, u64 now)
{
	struct ransom_guard_event *event;
	u32 key = 0;
	u64 *drops;

	event = bpf_ringbuf_reserve(&ransom_guard_events, sizeof(*event), 0);
	if (!event) {
		drops = bpf_map_lookup_elem(&ransom_guard_drops, &key);
		if (drops)
			(*drops)++;
		return;
	}
	__builtin_memset(event, 0, sizeof(*event));
	event->time_ns = now;
	event->overwrites = guard->overwrites;
	event->written = guard->written;
	event->lun = cmd->lun;
	event->throttled = throttle_ms != 0;
	bpf_probe_read_kernel_str(event->initiator, sizeof(event->initiator),
				  cmd->sess->initiator);
	bpf_probe_read_kernel_str(event->device, sizeof(event->device), cmd->dev->name);
	bpf_ringbuf_submit(event, 0);
}

static bool is_storm(const struct guard *guard)
{
	return guard->overwrites >= min_overwrites &&
	       guard->overwrites * 100 >= guard->written * percent;
}

/* The extents of one command, at most so many: larger ones are streams, which this is not about. */
#define MAX_EXTENTS	16

SEC("struct_ops/cmd_admit")
int BPF_PROG(ransom_guard_admit, struct scst_cmd *cmd)
{
	u8 dir = cmd->op->dir;
	u64 now, first, last, extent;
	struct guard *guard;
	u32 i;

	if ((dir != SCST_DIR_IN && dir != SCST_DIR_OUT) || !cmd->params.nblocks || !window_s)
		return SCST_ADMIT_PASS;
	guard = guard_of(cmd);
	if (!guard)
		return SCST_ADMIT_PASS;
	now = bpf_ktime_get_ns();
	turn_window(guard, now / SECOND / window_s + 1);
	first = cmd->params.lba << cmd->dev->lu.block_shift >> EXTENT_SHIFT;
	last = (cmd->params.lba + cmd->params.nblocks - 1) << cmd->dev->lu.block_shift >>
	       EXTENT_SHIFT;
	bpf_for(i, 0, MAX_EXTENTS) {
		u64 bit, *word;

		extent = first + i;
		if (extent > last)
			break;
		bit = 1ULL << (extent & 63);
		word = &guard->read[extent >> 6 & (FILTER_WORDS - 1)];
		if (dir == SCST_DIR_IN) {
			*word |= bit;
			continue;
		}
		guard->written++;
		if (*word & bit) {
			*word &= ~bit;
			guard->overwrites++;
		}
	}
	if (dir == SCST_DIR_IN)
		return SCST_ADMIT_PASS;
	if (is_storm(guard) && guard->alarmed != guard->window) {
		guard->alarmed = guard->window;
		tell(cmd, guard, now);
	}
	if (!throttle_ms || !guard->alarmed || guard->window - guard->alarmed > 1)
		return SCST_ADMIT_PASS;
	return scst_bpf_cmd_delay(cmd, throttle_ms * 1000000ULL) ? SCST_ADMIT_PASS :
								    SCST_ADMIT_DELAY;
}

SEC(".struct_ops.link")
struct scst_policy_ops ransom_guard = {
	.cmd_admit	= (void *)ransom_guard_admit,
	.priority	= 200,
	.deadline_ms	= 2000,
	.name		= "ransom_guard",
};
