// SPDX-License-Identifier: GPL-2.0
/*
 * A program that does not return for spin_ms, or until @go: in cmd_admit for the command with
 * @opcode, or in lun_access, session_admit or pr_out if that is where. What it says then is not
 * what the core would do without it, and in cmd_admit what the loader says.
 */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

const volatile __u64 spin_ms = 0;
const volatile __u8 opcode = 0;
const volatile __s32 answer = SCST_ADMIT_DENY;
const volatile bool in_lun_access = false;
const volatile bool in_session_admit = false;
const volatile bool in_pr_out = false;

__u64 entered = 0;
volatile __u64 go SEC(".data.go") = 0;		/* a map of its own, that a test writes */

static long is_over(u32 unused, u64 *until)
{
	return go || bpf_ktime_get_ns() >= *until;
}

/* How often bpf_loop() goes round at most takes a fast machine half a second. */
static long round(u32 unused, u64 *until)
{
	bpf_loop(1 << 20, is_over, until, 0);
	return is_over(0, until);
}

static void spin(void)
{
	u64 until = bpf_ktime_get_ns() + spin_ms * 1000000;

	bpf_loop(1 << 20, round, &until, 0);
}

SEC("struct_ops/cmd_admit")
int BPF_PROG(stall_admit, struct scst_cmd *cmd)
{
	if (in_lun_access || in_session_admit || in_pr_out || cmd->cdb[0] != opcode)
		return SCST_ADMIT_PASS;
	__sync_fetch_and_add(&entered, 1);
	spin();
	return answer;
}

SEC("struct_ops.s/lun_access")
int BPF_PROG(stall_access, struct scst_session *sess, struct scst_device *dev, u32 lun,
	     bool read_only)
{
	if (!in_lun_access)
		return SCST_ACCESS_DEFAULT;
	spin();
	return SCST_ACCESS_HIDE;
}

SEC("struct_ops.s/session_admit")
int BPF_PROG(stall_session, struct scst_session *sess)
{
	if (in_session_admit)
		spin();
	return SCST_SESSION_DEFAULT;
}

SEC("struct_ops.s/pr_out")
int BPF_PROG(stall_pr_out, struct scst_session *sess, struct scst_device *dev,
	     struct scst_pr_request *req)
{
	if (in_pr_out)
		spin();
	return SCST_PR_VERDICT_PASS;
}

SEC(".struct_ops.link")
struct scst_policy_ops stall = {
	.cmd_admit	= (void *)stall_admit,
	.lun_access	= (void *)stall_access,
	.session_admit	= (void *)stall_session,
	.pr_out		= (void *)stall_pr_out,
	.name		= "stall",
};
