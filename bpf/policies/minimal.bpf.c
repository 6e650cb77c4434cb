// SPDX-License-Identifier: GPL-2.0
/*
 * The smallest policy: a name. It has no hook, so everything stays as it is without it, and no hook
 * costs anything. A start for a new policy, and the proof that every default is a default.
 */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

SEC(".struct_ops.link")
struct scst_policy_ops minimal = {
	.name = "minimal",
};
