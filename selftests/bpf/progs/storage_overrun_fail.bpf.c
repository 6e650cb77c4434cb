// SPDX-License-Identifier: GPL-2.0
/*
 * Refused: beyond what was asked for is somebody else's storage.
 * Says: invalid access to memory
 */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

SEC("struct_ops/cmd_admit")
int BPF_PROG(storage_overrun, struct scst_cmd *cmd)
{
	u64 *words = scst_bpf_cmd_lun_storage(cmd, 16);

	if (words)
		words[2] = 1;
	return SCST_ADMIT_PASS;
}

SEC(".struct_ops.link")
struct scst_policy_ops storage_overrun_ops = {
	.cmd_admit	= (void *)storage_overrun,
	.name		= "overrun",
};
