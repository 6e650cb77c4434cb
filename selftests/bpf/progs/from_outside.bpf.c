// SPDX-License-Identifier: GPL-2.0
/*
 * Masks every LUN but 0 while `hidden` is set, which is changed from outside, by a syscall program
 * that then has everybody asked again.
 */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

bool hidden;

SEC("struct_ops/lun_access")
int BPF_PROG(outside_access, struct scst_session *sess, struct scst_device *dev, u32 lun,
	     bool read_only)
{
	return lun && hidden ? SCST_ACCESS_HIDE : SCST_ACCESS_DEFAULT;
}

SEC(".struct_ops.link")
struct scst_policy_ops outside = {
	.lun_access	= (void *)outside_access,
	.name		= "outside",
};

SEC("syscall")
int toggle(void *ctx)
{
	hidden = !hidden;
	return scst_bpf_revalidate();
}
