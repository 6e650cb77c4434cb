// SPDX-License-Identifier: GPL-2.0
/* session_admit as the loader says, for one initiator; and tmf, counting. */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

const volatile __s32 verdict = SCST_SESSION_DEFAULT;
const volatile char initiator[32] = "";
const volatile char group[64] = "";

__s32 group_result = 99;
__u64 words_before = 99;
__u32 tmf_fn[8] = {};

SEC("struct_ops.s/session_admit")
int BPF_PROG(session_verdict, struct scst_session *sess)
{
	char name[32] = {}, chosen[64] = {};
	u64 *words;

	bpf_probe_read_kernel_str(name, sizeof(name), sess->initiator);
	if (bpf_strncmp(name, sizeof(name), (const char *)initiator))
		return SCST_SESSION_DEFAULT;
	words = scst_bpf_session_storage(sess, 8);
	if (words)
		words_before = words[0]++;
	if (group[0]) {
		bpf_probe_read_kernel_str(chosen, sizeof(chosen), (const char *)group);
		group_result = scst_bpf_session_set_group(sess, chosen, sizeof(chosen));
	}
	return verdict;
}

SEC("struct_ops/tmf")
void BPF_PROG(session_tmf, struct scst_tmf *tmf)
{
	u32 fn = tmf->fn;

	if (fn < 8)
		__sync_fetch_and_add(&tmf_fn[fn], 1);
}

SEC(".struct_ops.link")
struct scst_policy_ops logins = {
	.session_admit	= (void *)session_verdict,
	.tmf		= (void *)session_tmf,
	.name		= "logins",
};
