// SPDX-License-Identifier: GPL-2.0
/*
 * Refused: what a hook gets is read only.
 * Says: only read is supported
 */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

SEC("struct_ops/lun_access")
int BPF_PROG(write_session, struct scst_session *sess, struct scst_device *dev, u32 lun,
	     bool read_only)
{
	sess->nr_cmds = 0;
	return SCST_ACCESS_DEFAULT;
}

SEC(".struct_ops.link")
struct scst_policy_ops write_session_ops = {
	.lun_access	= (void *)write_session,
	.name		= "write_session",
};
