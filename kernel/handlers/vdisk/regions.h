/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where series of actions were (compare_write.c): regions of a disk, by their hash. Hosts keep
 * locks there: few places, and always the same. One bit may stand for many regions; so a bit is
 * forgotten when no series was there for long, or who makes some anywhere in the course of years
 * had all of them. There are two bitmaps, that of now and the one before: what is in either counts.
 *
 * One at a time notes, and anybody asks, without a lock: who asks when a note has been settled
 * (vdisk_hold()) sees it.
 */
#ifndef SCST_VDISK_REGIONS_H
#define SCST_VDISK_REGIONS_H

#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/hash.h>
#include <linux/string.h>
#include <linux/types.h>

#define VDISK_REGION_SHIFT	16
#define VDISK_REGION_LOG	12	/* bits, and so regions that are told from each other */
#define VDISK_REGIONS_KEEP	600	/* seconds, and less than four times that */

struct vdisk_regions {
	unsigned long at[2][BITS_TO_LONGS(1 << VDISK_REGION_LOG)];
	unsigned long since;		/* that of now is, in jiffies */
	u8 now;				/* which one it is */
};

static inline unsigned int vdisk_region_bit(u64 region)
{
	return hash_64(region, VDISK_REGION_LOG);
}

static inline void vdisk_regions_note(struct vdisk_regions *regions, u64 pos, u64 len,
				      unsigned long jiffy, unsigned long keep)
{
	unsigned long age = jiffy - regions->since;
	u64 region = pos >> VDISK_REGION_SHIFT;

	if (age >= 2 * keep)
		memset(regions->at, 0, sizeof(regions->at));
	if (age >= keep) {
		regions->now ^= 1;
		memset(regions->at[regions->now], 0, sizeof(regions->at[0]));
		WRITE_ONCE(regions->since, jiffy);
	}
	for (; region << VDISK_REGION_SHIFT < pos + len; region++)
		set_bit(vdisk_region_bit(region), regions->at[regions->now]);
}

/* Was there a series not long ago? */
static inline bool vdisk_regions_has(const struct vdisk_regions *regions, u64 pos, u64 len,
				     unsigned long jiffy, unsigned long keep)
{
	u64 region = pos >> VDISK_REGION_SHIFT;

	if (jiffy - READ_ONCE(regions->since) >= 2 * keep)
		return false;
	for (; region << VDISK_REGION_SHIFT < pos + len; region++)
		if (test_bit(vdisk_region_bit(region), regions->at[0]) ||
		    test_bit(vdisk_region_bit(region), regions->at[1]))
			return true;
	return false;
}

#endif
