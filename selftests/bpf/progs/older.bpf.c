// SPDX-License-Identifier: GPL-2.0
/* Built when struct scst_policy_ops had few members: those are found by their names. */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

struct scst_policy_ops___older {
	int (*cmd_admit)(struct scst_cmd *cmd);
	char name[32];
};

SEC("struct_ops/cmd_admit")
int BPF_PROG(older_admit, struct scst_cmd *cmd)
{
	return cmd->cdb[0] == 0x25 ? SCST_ADMIT_DENY : SCST_ADMIT_PASS;
}

SEC(".struct_ops.link")
struct scst_policy_ops___older older = {
	.cmd_admit	= (void *)older_admit,
	.name		= "older",
};
