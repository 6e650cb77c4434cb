// SPDX-License-Identifier: GPL-2.0
/*
 * Allocations of some modules fail, one in so many, at random: those that have one of the modules
 * among their nearest callers, as the kernel's own fault injection does it with a filter for stack
 * traces, which not every debug kernel has.
 */
#include "scst.bpf.h"

char _license[] SEC("license") = "GPL";

#define MAX_CALLERS	14	/* a packet sent to ourselves is received further down */
#define GFP_NOFAIL	(1u << ___GFP_NOFAIL_BIT)
#define ENOMEM		12

const volatile __u32 slab_one_in = 0, page_one_in = 0;	/* 0: none fails */
/* Text of the modules; 0: no more. */
const volatile __u64 begin_0 = 0, end_0 = 0, begin_1 = 0, end_1 = 0, begin_2 = 0, end_2 = 0;

__u64 slabs_failed = 0, pages_failed = 0;

static bool is_text(__u64 ip)
{
	return (ip >= begin_0 && ip < end_0) || (ip >= begin_1 && ip < end_1) ||
	       (ip >= begin_2 && ip < end_2);
}

static bool is_ours(void *ctx)
{
	__u64 callers[MAX_CALLERS] = {};
	int i;

	if (bpf_get_stack(ctx, callers, sizeof(callers), 0) < 0)
		return false;
	for (i = 0; i < MAX_CALLERS; i++)
		if (is_text(callers[i]))
			return true;
	return false;
}

static bool fails(void *ctx, unsigned int flags, __u32 one_in, __u64 *failed)
{
	if (!one_in || flags & GFP_NOFAIL || bpf_get_prandom_u32() % one_in || !is_ours(ctx))
		return false;
	__sync_fetch_and_add(failed, 1);
	return true;
}

SEC("fmod_ret/should_failslab")
int BPF_PROG(slab_fails, struct kmem_cache *cache, unsigned int flags)
{
	return fails(ctx, flags, slab_one_in, &slabs_failed) ? -ENOMEM : 0;
}

SEC("fmod_ret/should_fail_alloc_page")
int BPF_PROG(page_fails, unsigned int flags, unsigned int order)
{
	return fails(ctx, flags, page_one_in, &pages_failed);
}
