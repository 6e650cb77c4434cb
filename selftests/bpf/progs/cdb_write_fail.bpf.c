// SPDX-License-Identifier: GPL-2.0
/*
 * Refused: the CDB is read only.
 * Says: cannot write into rdonly_mem
 */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

SEC("struct_ops/cmd_admit")
int BPF_PROG(cdb_write, struct scst_cmd *cmd)
{
	u8 *cdb = (u8 *)scst_bpf_cmd_cdb(cmd, 0, 16);

	if (cdb)
		cdb[1] = 0;
	return SCST_ADMIT_PASS;
}

SEC(".struct_ops.link")
struct scst_policy_ops cdb_write_ops = {
	.cmd_admit	= (void *)cdb_write,
	.name		= "cdb_write",
};
