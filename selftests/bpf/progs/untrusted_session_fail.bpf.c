// SPDX-License-Identifier: GPL-2.0
/*
 * Refused: a kfunc takes what the hook was given, and not what a pointer in it leads to.
 * Says: must be referenced or trusted
 */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

SEC("struct_ops/cmd_admit")
int BPF_PROG(untrusted_session, struct scst_cmd *cmd)
{
	return scst_bpf_session_storage(cmd->sess, 8) ? SCST_ADMIT_PASS : SCST_ADMIT_BUSY;
}

SEC(".struct_ops.link")
struct scst_policy_ops untrusted_session_ops = {
	.cmd_admit	= (void *)untrusted_session,
	.name		= "untrusted",
};
