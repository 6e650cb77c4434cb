// SPDX-License-Identifier: GPL-2.0
/*
 * Limits for commands and bytes a second, of each initiator and LUN. The rules are a list
 * (match.h); the first one that matches counts, and a change holds within a second.
 *
 * A bucket is one number, the theoretical arrival time of GCRA: each command moves it on by what it
 * costs (1 s / iops, bytes / bps), and one that arrives before that time, less the burst, waits for
 * the difference. What would wait longer than max_delay_ms, for either, gets TASK SET FULL and
 * costs nothing. Commands that come at the same moment on two CPUs see the same wait: both clocks
 * are moved on for both, so the next ones pay.
 *
 * shared_iops and shared_bps are limits of the device, divided among those who use it: whoever had
 * a command within the last WINDOW gets its weight's part. A nexus that is alone gets all of it.
 */
#include "match.bpf.h"
#include "policies/qos.h"
#include "policies/qos_math.h"

char _license[] SEC("license") = "GPL";

const volatile __u32 max_delay_ms SCST_DELAY = 900;

#define SECOND		1000000000ULL
#define WINDOW		(SECOND / 10)
#define RETRIES		8
#define DEFAULT_WEIGHT	100

RULE_LIST(qos_list, struct qos_rule);

/* Key: id of the nexus. Value: its limits and where it stands. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, u64);
	__type(value, struct qos_bucket);
} qos_buckets SEC(".maps");

/* The weights of those who use a device, in this window and in the one before. */
struct share {
	u64 window;
	u64 active, before;
};

/* Key: address of the device. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, u64);
	__type(value, struct share);
} qos_shares SEC(".maps");

static __noinline int resolve(struct qos_bucket *bucket, struct scst_match *who, u64 now)
{
	struct qos_rule *rule;
	u32 index;

	if (!bucket || !who)
		return 0;
	rule = match_find(qos_list, struct qos_rule, who, index, true);
	bucket->resolved = now;
	bucket->iops = rule ? rule->iops : 0;
	bucket->bps = rule ? rule->bps : 0;
	bucket->burst_ns = rule ? rule->burst_ms * 1000000ULL : 0;
	bucket->shared_iops = rule ? rule->shared_iops : 0;
	bucket->shared_bps = rule ? rule->shared_bps : 0;
	bucket->weight = rule && rule->weight ? rule->weight : DEFAULT_WEIGHT;
	return 0;
}

static struct qos_bucket *bucket_of(struct scst_cmd *cmd, u64 now)
{
	static const struct qos_bucket empty;
	u64 id = cmd->nexus->id;
	struct qos_bucket *bucket = bpf_map_lookup_elem(&qos_buckets, &id);

	if (!bucket) {
		bpf_map_update_elem(&qos_buckets, &id, &empty, BPF_NOEXIST);
		bucket = bpf_map_lookup_elem(&qos_buckets, &id);
	}
	if (bucket && (!bucket->resolved || now - bucket->resolved > SECOND))
		resolve(bucket, match_subject_of(cmd->sess, cmd->dev, cmd->lun), now);
	return bucket;
}

/* The weights of all who use the device, the bucket's own among them. */
static u64 all_weights(struct scst_cmd *cmd, struct qos_bucket *bucket, u64 now)
{
	static const struct share none;
	u64 dev = (u64)cmd->dev, window = now / WINDOW;
	struct share *share = bpf_map_lookup_elem(&qos_shares, &dev);

	if (!share) {
		bpf_map_update_elem(&qos_shares, &dev, &none, BPF_NOEXIST);
		share = bpf_map_lookup_elem(&qos_shares, &dev);
		if (!share)
			return bucket->weight;
	}
	if (share->window != window) {
		share->before = share->window + 1 == window ? share->active : 0;
		share->active = 0;
		share->window = window;
	}
	if (bucket->window != window) {
		bucket->window = window;
		__sync_fetch_and_add(&share->active, bucket->weight);
	}
	return share->before > share->active ? share->before : share->active;
}

/* Moves *@next on by @cost, from no earlier than @now. */
static void spend(u64 *next, u64 now, u64 cost)
{
	u64 old, from;
	int i;

	bpf_for(i, 0, RETRIES) {
		old = *(volatile u64 *)next;
		from = old > now ? old : now;
		if (__sync_val_compare_and_swap(next, old, from + cost) == old)
			return;
	}
	/* others were quicker, eight times: let it pass */
}

SEC("struct_ops/cmd_admit")
int BPF_PROG(qos_admit, struct scst_cmd *cmd)
{
	u64 now = bpf_ktime_get_ns(), max_wait = max_delay_ms * 1000000ULL;
	struct qos_bucket *bucket = bucket_of(cmd, now);
	u64 iops, bps, wait = 0, wait_bytes = 0;

	if (!bucket)
		return SCST_ADMIT_PASS;
	iops = bucket->iops;
	bps = bucket->bps;
	if (bucket->shared_iops || bucket->shared_bps) {
		u64 all = all_weights(cmd, bucket, now);

		iops = qos_lower(iops, qos_part(bucket->shared_iops, bucket->weight, all));
		bps = qos_lower(bps, qos_part(bucket->shared_bps, bucket->weight, all));
	}
	if (!cmd->data_len)
		bps = 0;
	if (bps)
		wait_bytes = qos_wait(bucket->next_byte, now, bucket->burst_ns);
	if (iops)
		wait = qos_wait(bucket->next_cmd, now, bucket->burst_ns);
	wait = wait > wait_bytes ? wait : wait_bytes;
	if (wait > max_wait) {
		__sync_fetch_and_add(&bucket->refused, 1);
		return SCST_ADMIT_TASK_SET_FULL;
	}
	if (bps)
		spend(&bucket->next_byte, now, cmd->data_len * SECOND / bps);
	if (iops)
		spend(&bucket->next_cmd, now, SECOND / iops);
	if (!wait || scst_bpf_cmd_delay(cmd, wait))
		return SCST_ADMIT_PASS;
	__sync_fetch_and_add(&bucket->delayed, 1);
	return SCST_ADMIT_DELAY;
}

SEC(".struct_ops.link")
struct scst_policy_ops qos = {
	.cmd_admit	= (void *)qos_admit,
	.priority	= 100,		/* behind those that refuse */
	.deadline_ms	= 2000,		/* well above the delays */
	.name		= "qos",
};
