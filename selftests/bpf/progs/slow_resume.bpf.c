// SPDX-License-Identifier: GPL-2.0
/*
 * A command that was held, and goes on, takes spin_ms to do so: for what can only go wrong then.
 */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

const volatile __u64 spin_ms = 1000;

static long is_over(u32 unused, u64 *until)
{
	return bpf_ktime_get_ns() >= *until;
}

/* How often bpf_loop() goes round at most takes a fast machine half a second. */
static long round(u32 unused, u64 *until)
{
	bpf_loop(1 << 20, is_over, until, 0);
	return is_over(0, until);
}

SEC("fentry/scst_cmd_resume")
int slow_resume(void *ctx)
{
	u64 until = bpf_ktime_get_ns() + spin_ms * 1000000;

	bpf_loop(1 << 20, round, &until, 0);
	return 0;
}
