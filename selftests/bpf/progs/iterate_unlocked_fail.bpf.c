// SPDX-License-Identifier: GPL-2.0
/*
 * Refused: sessions go while a program that may sleep looks at them, unless it holds RCU.
 * Says: expected an RCU CS
 * Says: requires RCU critical section
 */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

SEC("syscall")
int iterate_unlocked(void *unused)
{
	struct scst_session *sess;
	int nr = 0;

	bpf_for_each(scst_session, sess)
		nr++;
	return nr;
}
