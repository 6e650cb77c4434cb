// SPDX-License-Identifier: GPL-2.0
/*
 * A policy to begin with: nobody in its scope writes to one LUN.
 *
 *	make
 *	scstctl policy load ./read_only_lun.bpf.o lun=0 scope=target:NAME
 *
 * lun_access is asked when an initiator logs in or a LUN is mapped, and when the policy comes or
 * goes; policy-hooks.md says what other hooks there are, vmlinux.h what can be looked at.
 */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

const volatile __u32 lun = 0;		/* set by lun=N */

SEC("struct_ops/lun_access")
int BPF_PROG(read_only_lun_access, struct scst_session *sess, struct scst_device *dev, u32 at,
	     bool read_only)
{
	return at == lun ? SCST_ACCESS_READ_ONLY : SCST_ACCESS_DEFAULT;
}

SEC(".struct_ops.link")
struct scst_policy_ops read_only_lun = {
	.lun_access	= (void *)read_only_lun_access,
	.name		= "read_only_lun",
};
