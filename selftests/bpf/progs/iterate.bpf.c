// SPDX-License-Identifier: GPL-2.0
/* Counts sessions and the LUNs that they see: from outside, and in a hook that may sleep. */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

u32 sessions = 0, luns = 0, lun_sum = 0, seen_at_login = 99;

static void count(void)
{
	struct scst_session *sess;
	struct scst_nexus *nexus;

	sessions = luns = lun_sum = 0;
	bpf_for_each(scst_session, sess) {
		sessions++;
		bpf_for_each(scst_lun, nexus, sess) {
			luns++;
			lun_sum += nexus->lun;
		}
	}
}

SEC("syscall")
int count_all(void *unused)
{
	bpf_rcu_read_lock();
	count();
	bpf_rcu_read_unlock();
	return 0;
}

SEC("struct_ops.s/session_admit")
int BPF_PROG(iterate_admit, struct scst_session *login)
{
	struct scst_session *sess;

	seen_at_login = 0;	/* not on the stack, where the verifier would follow every value */
	bpf_rcu_read_lock();
	bpf_for_each(scst_session, sess)
		seen_at_login++;
	bpf_rcu_read_unlock();
	return seen_at_login > 1 ? SCST_SESSION_DENY : SCST_SESSION_DEFAULT;
}

SEC(".struct_ops.link")
struct scst_policy_ops iterate = {
	.session_admit	= (void *)iterate_admit,
	.name		= "iterate",
};
