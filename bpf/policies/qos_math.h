/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The arithmetic of bpf/policies/qos.bpf.c, apart from it so that a unit test can ask. Limits are
 * a second's; 0 is none, so nothing that is computed of a limit may become 0.
 */
#ifndef _SCST_QOS_MATH_H
#define _SCST_QOS_MATH_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#define QOS_WEIGHT_BITS	24	/* as exact as a weight is: so that products do not wrap */

/* The part of @shared for @weight of @all; at least 1: who has next to nothing is not unlimited. */
static inline __u64 qos_part(__u64 shared, __u64 weight, __u64 all)
{
	__u64 part;
	int i;

	if (!shared || !all)
		return shared;
	for (i = 0; i < 64 - QOS_WEIGHT_BITS && all >> QOS_WEIGHT_BITS; i++) {
		all >>= 1;
		weight >>= 1;
	}
	part = shared / all * weight + shared % all * weight / all;
	return part ? part : 1;
}

/* Of two limits the one that limits more. */
static inline __u64 qos_lower(__u64 a, __u64 b)
{
	return !a || (b && b < a) ? b : a;
}

/* How long one that arrives @now waits for @next, its turn, if @burst of it is saved up. */
static inline __u64 qos_wait(__u64 next, __u64 now, __u64 burst)
{
	return next > now && next - now > burst ? next - now - burst : 0;
}

#endif
