// SPDX-License-Identifier: GPL-2.0
/* Keeps what lun_access was asked, for LUN 1: the test compares it with the configuration. */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

char initiator[256], target[256], device[64];
bool was_read_only;

SEC("struct_ops/lun_access")
int BPF_PROG(arguments_access, struct scst_session *sess, struct scst_device *dev, u32 lun,
	     bool read_only)
{
	if (lun != 1)
		return SCST_ACCESS_DEFAULT;
	bpf_probe_read_kernel_str(initiator, sizeof(initiator), sess->initiator);
	bpf_probe_read_kernel_str(target, sizeof(target), sess->tgt->name);
	bpf_probe_read_kernel_str(device, sizeof(device), dev->name);
	was_read_only = read_only;
	return SCST_ACCESS_DEFAULT;
}

SEC(".struct_ops.link")
struct scst_policy_ops arguments = {
	.lun_access	= (void *)arguments_access,
	.name		= "arguments",
};
