// SPDX-License-Identifier: GPL-2.0
/* Gives up on LUN error_lun, with a legal verdict that must not count; elsewhere hides nothing. */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

const volatile __u32 error_lun = 1;

/* What the kfuncs answered. */
int error_result = 1, revalidate_result = 1;

SEC("struct_ops/lun_access")
int BPF_PROG(error_access, struct scst_session *sess, struct scst_device *dev, u32 lun,
	     bool read_only)
{
	if (lun != error_lun)
		return SCST_ACCESS_DEFAULT;
	revalidate_result = scst_bpf_revalidate();
	error_result = scst_bpf_error("cannot tell\twho this is", -42);
	return SCST_ACCESS_HIDE;
}

SEC(".struct_ops.link")
struct scst_policy_ops error = {
	.lun_access	= (void *)error_access,
	.name		= "error",
};
