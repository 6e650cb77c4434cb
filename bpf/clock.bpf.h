/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The time of day. BPF has CLOCK_TAI, which is ahead of UTC by what somebody has told the kernel:
 * nothing, or as many seconds as there were leap seconds and ten (37 since 2017; a time daemon sets
 * that after a while). So whoever loads the object writes how many they are, and scst-bpfd does
 * when they change.
 */
#ifndef _SCST_CLOCK_BPF_H
#define _SCST_CLOCK_BPF_H

#include "scst.bpf.h"

/* Pinned as data_clock. */
s64 tai_offset SEC(".data.clock") = 0;

/* Seconds since 1970, UTC. */
static __always_inline u64 clock_seconds(void)
{
	return bpf_ktime_get_tai_ns() / 1000000000ULL - *(volatile s64 *)&tai_offset;
}

#endif
