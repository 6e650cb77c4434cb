/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Granules, in which a device gives blocks back: UNMAP GRANULARITY and UNMAP GRANULARITY ALIGNMENT
 * of page B0h (SBC-4 6.6.4), in bytes. The second may be any number, also many times the first.
 */
#ifndef _VDISK_GRANULE_H
#define _VDISK_GRANULE_H

#include <linux/math64.h>
#include <linux/types.h>

struct vdisk_granules {
	u64 first;			/* where the first begins; nobody knows what is before it */
	u64 size;			/* 1: the device says none */
};

/* Where the granule of @pos begins; 0: before the first one. */
static inline u64 vdisk_granule_of(const struct vdisk_granules *g, u64 pos)
{
	u64 skip;

	if (pos < g->first)
		return 0;
	div64_u64_rem(pos - g->first, g->size, &skip);
	return pos - skip;
}

/* Where the first granule begins that does so at @pos or behind it. */
static inline u64 vdisk_granule_from(const struct vdisk_granules *g, u64 pos)
{
	return pos <= g->first ? g->first : vdisk_granule_of(g, pos + g->size - 1);
}

/* The end of a step from @pos of @len, or of what is left of a granule if that would cut one. */
static inline u64 vdisk_granule_step(const struct vdisk_granules *g, u64 pos, u64 len)
{
	return pos + len < g->first ? pos + len : vdisk_granule_from(g, pos + len);
}

#endif
