// SPDX-License-Identifier: GPL-2.0
/*
 * Every hook, each with the verdict that changes nothing: the proof that all hooks exist, load and
 * are called, and the measure of what a policy costs that decides nothing. A new hook gets its
 * line here.
 */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

SEC("struct_ops.s/lun_access")
int BPF_PROG(maximal_lun, struct scst_session *sess, struct scst_device *dev, u32 lun,
	     bool read_only)
{
	return SCST_ACCESS_DEFAULT;
}

SEC(".struct_ops.link")
struct scst_policy_ops maximal = {
	.lun_access	= (void *)maximal_lun,
	.name		= "maximal",
};
