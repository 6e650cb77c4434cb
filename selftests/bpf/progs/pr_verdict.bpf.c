// SPDX-License-Identifier: GPL-2.0
/*
 * pr_conflict and pr_out as the loader says, legal or not, with what they were asked, and with the
 * registrants that they found. Two policies for pr_conflict, to be combined.
 */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

const volatile __s32 verdict = 0;
const volatile __s32 second_verdict = 0;
const volatile __s32 opcode = -1;		/* of pr_conflict; -1: any */

__u64 asked = 0, conflicts = 0, last_type = 99;
__u64 last_action = 99, last_key = 0, last_sa_key = 0;
__u64 registrants = 0, key_sum = 0, holders = 0;

static bool is_meant(struct scst_cmd *cmd)
{
	const u8 *cdb = scst_bpf_cmd_cdb(cmd, 0, 1);

	return cdb && (opcode < 0 || *cdb == opcode);
}

static void look_at_registrants(struct scst_device *dev)
{
	struct scst_pr_reg *reg;

	registrants = key_sum = holders = 0;
	bpf_for_each(scst_registrant, reg, dev) {
		registrants++;
		key_sum += reg->key;
		holders += reg->holder;
	}
}

SEC("struct_ops/pr_conflict")
int BPF_PROG(verdict_conflict, struct scst_cmd *cmd, struct scst_device *dev, u32 type,
	     bool conflict)
{
	if (!is_meant(cmd))
		return SCST_CONFLICT_DEFAULT;
	__sync_fetch_and_add(&asked, 1);
	__sync_fetch_and_add(&conflicts, conflict);
	last_type = type;
	look_at_registrants(dev);
	return verdict;
}

SEC("struct_ops/pr_conflict")
int BPF_PROG(second_conflict, struct scst_cmd *cmd, struct scst_device *dev, u32 type,
	     bool conflict)
{
	return is_meant(cmd) ? second_verdict : SCST_CONFLICT_DEFAULT;
}

SEC("struct_ops.s/pr_out")
int BPF_PROG(verdict_out, struct scst_session *sess, struct scst_device *dev,
	     struct scst_pr_request *req)
{
	last_action = req->action;
	last_key = req->key;
	last_sa_key = req->sa_key;
	bpf_rcu_read_lock();
	look_at_registrants(dev);
	bpf_rcu_read_unlock();
	return verdict;
}

SEC(".struct_ops.link")
struct scst_policy_ops conflict = {
	.pr_conflict	= (void *)verdict_conflict,
	.name		= "conflict",
};

SEC(".struct_ops.link")
struct scst_policy_ops second = {
	.pr_conflict	= (void *)second_conflict,
	.name		= "second",
};

SEC(".struct_ops.link")
struct scst_policy_ops out = {
	.pr_out		= (void *)verdict_out,
	.name		= "out",
};
