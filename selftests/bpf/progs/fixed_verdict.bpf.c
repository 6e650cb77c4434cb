// SPDX-License-Identifier: GPL-2.0
/*
 * One verdict for everything, legal or not: the loader sets it. Two policies in one object, so
 * that a test can combine and exchange them; `other` can do without the hook.
 */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

const volatile __s32 verdict = SCST_ACCESS_DEFAULT;
const volatile __s32 other_verdict = SCST_ACCESS_DEFAULT;

SEC("struct_ops/lun_access")
int BPF_PROG(fixed_access, struct scst_session *sess, struct scst_device *dev, u32 lun,
	     bool read_only)
{
	return verdict;
}

SEC("struct_ops.s/lun_access")
int BPF_PROG(other_access, struct scst_session *sess, struct scst_device *dev, u32 lun,
	     bool read_only)
{
	return other_verdict;
}

SEC(".struct_ops.link")
struct scst_policy_ops fixed = {
	.lun_access	= (void *)fixed_access,
	.name		= "fixed",
};

SEC(".struct_ops.link")
struct scst_policy_ops other = {
	.lun_access	= (void *)other_access,
	.name		= "other",
};
