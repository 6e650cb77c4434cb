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

SEC(".struct_ops.link")
struct scst_policy_ops maximal = {
	.lun_access	= (void *)maximal_lun,
	.session_admit	= (void *)maximal_session,
	.cmd_admit	= (void *)maximal_cmd,
	.tmf		= (void *)maximal_tmf,
	.name		= "maximal",
};
