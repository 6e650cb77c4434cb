// SPDX-License-Identifier: GPL-2.0
/* Built for a struct scst_policy_ops that has more: a number and a hook that may be empty. */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

struct scst_policy_ops___newer {
	int (*cmd_admit)(struct scst_cmd *cmd);
	int (*hook_to_come)(struct scst_cmd *cmd);
	char name[32];
	u32 member_to_come;
};

SEC("struct_ops/cmd_admit")
int BPF_PROG(newer_admit, struct scst_cmd *cmd)
{
	return cmd->cdb[0] == 0x25 ? SCST_ADMIT_DENY : SCST_ADMIT_PASS;
}

SEC(".struct_ops.link")
struct scst_policy_ops___newer newer = {
	.cmd_admit	= (void *)newer_admit,
	.name		= "newer",
};
