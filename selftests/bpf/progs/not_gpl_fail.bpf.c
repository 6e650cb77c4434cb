// SPDX-License-Identifier: GPL-2.0
/*
 * Refused: policies are GPL compatible.
 * Says: must have a GPL compatible license
 */
#include "scst.bpf.h"

char _license[] SEC("license") = "Proprietary";

SEC("struct_ops/lun_access")
int BPF_PROG(not_gpl, struct scst_session *sess, struct scst_device *dev, u32 lun, bool read_only)
{
	return SCST_ACCESS_DEFAULT;
}

SEC(".struct_ops.link")
struct scst_policy_ops not_gpl_ops = {
	.lun_access	= (void *)not_gpl,
	.name		= "not_gpl",
};
