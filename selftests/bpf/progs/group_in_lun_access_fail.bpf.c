// SPDX-License-Identifier: GPL-2.0
/*
 * Refused: only a login has a group to be chosen.
 * Says: calling kernel function scst_bpf_session_set_group is not allowed
 */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

SEC("struct_ops/lun_access")
int BPF_PROG(late_group, struct scst_session *sess, struct scst_device *dev, u32 lun,
	     bool read_only)
{
	char group[] = "hosts";

	return scst_bpf_session_set_group(sess, group, sizeof(group));
}

SEC(".struct_ops.link")
struct scst_policy_ops late_group_ops = {
	.lun_access	= (void *)late_group,
	.name		= "late_group",
};
