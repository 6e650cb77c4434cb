// SPDX-License-Identifier: GPL-2.0
/*
 * Refused: the text of an error is a constant, so that nothing private can end in sysfs.
 * Says: doesn't point to a const string
 */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

SEC("struct_ops/lun_access")
int BPF_PROG(error_text, struct scst_session *sess, struct scst_device *dev, u32 lun,
	     bool read_only)
{
	char text[16] = "on the stack";

	scst_bpf_error(text, 1);
	return SCST_ACCESS_DEFAULT;
}

SEC(".struct_ops.link")
struct scst_policy_ops error_text_ops = {
	.lun_access	= (void *)error_text,
	.name		= "error_text",
};
