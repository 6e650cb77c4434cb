// SPDX-License-Identifier: GPL-2.0
/*
 * Refused: the state is replaced while a program that may sleep walks it, unless it holds RCU.
 * Says: expected an RCU CS
 * Says: requires RCU critical section
 */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

SEC("struct_ops.s/pr_out")
int BPF_PROG(unlocked_out, struct scst_session *sess, struct scst_device *dev,
	     struct scst_pr_request *req)
{
	struct scst_pr_reg *reg;
	int nr = 0;

	bpf_for_each(scst_registrant, reg, dev)
		nr++;
	return nr > 1;
}

SEC(".struct_ops.link")
struct scst_policy_ops unlocked = {
	.pr_out		= (void *)unlocked_out,
	.name		= "unlocked",
};
