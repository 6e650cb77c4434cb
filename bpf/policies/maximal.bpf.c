// SPDX-License-Identifier: GPL-2.0
/*
 * Every hook, each with the verdict that changes nothing: the proof that all hooks exist, load and
 * are called, and the measure of what a policy costs that decides nothing. A new hook gets its
 * line here.
 */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

SEC("struct_ops.s/lun_access")
int BPF_PROG(maximal_lun, struct scst_session *sess, struct scst_device *dev, u32 lun,
	     bool read_only)
{
	return SCST_ACCESS_DEFAULT;
}

SEC("struct_ops.s/session_admit")
int BPF_PROG(maximal_session, struct scst_session *sess)
{
	return SCST_SESSION_DEFAULT;
}

SEC("struct_ops/cmd_admit")
int BPF_PROG(maximal_cmd, struct scst_cmd *cmd)
{
	return SCST_ADMIT_PASS;
}

SEC("struct_ops/tmf")
void BPF_PROG(maximal_tmf, struct scst_tmf *tmf)
{
}

SEC("struct_ops/pr_conflict")
int BPF_PROG(maximal_pr_conflict, struct scst_cmd *cmd, struct scst_device *dev, u32 type,
	     bool conflict)
{
	return SCST_CONFLICT_DEFAULT;
}

SEC("struct_ops.s/pr_out")
int BPF_PROG(maximal_pr_out, struct scst_session *sess, struct scst_device *dev,
	     struct scst_pr_request *req)
{
	return SCST_PR_VERDICT_PASS;
}

SEC("struct_ops.s/pr_dump")
int BPF_PROG(maximal_pr_dump, struct scst_device *dev, struct scst_pr_dump *dump)
{
	return SCST_PR_DUMP_SKIP;
}

SEC(".struct_ops.link")
struct scst_policy_ops maximal = {
	.lun_access	= (void *)maximal_lun,
	.session_admit	= (void *)maximal_session,
	.cmd_admit	= (void *)maximal_cmd,
	.tmf		= (void *)maximal_tmf,
	.pr_conflict	= (void *)maximal_pr_conflict,
	.pr_out		= (void *)maximal_pr_out,
	.pr_dump	= (void *)maximal_pr_dump,
	.name		= "maximal",
};
