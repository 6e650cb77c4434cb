// SPDX-License-Identifier: GPL-2.0
/*
 * Refused: a command cannot wait for a program that sleeps.
 * Says: attach to unsupported member cmd_admit
 */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

SEC("struct_ops.s/cmd_admit")
int BPF_PROG(sleeping_admit, struct scst_cmd *cmd)
{
	return SCST_ADMIT_PASS;
}

SEC(".struct_ops.link")
struct scst_policy_ops sleeping_admit_ops = {
	.cmd_admit	= (void *)sleeping_admit,
	.name		= "sleeping_admit",
};
