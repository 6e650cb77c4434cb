/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SCST_CORE_SGV_H
#define _SCST_CORE_SGV_H

#include <scst/sgv.h>

#define SGV_CLASSES	9		/* 1, 2, 4 ... 256 pages */

/* Since the last reset, but for what is cached and used. */
struct scst_sgv_stats {
	struct scst_sgv_class_stats {
		u64 hits, allocs;
		u64 pages, entries;	/* of the buffers that were made, and how many entries */
		unsigned long cached;	/* buffers */
	} class[SGV_CLASSES];
	u64 large, large_pages, large_entries;	/* beyond the largest class */
	unsigned long cached_pages, pages, max_pages;
	u64 releases, failures;		/* at the limit: caches emptied; not even that helped */
};

/* A session's share, in bytes, and whether it counts: more than half of the memory is in use. */
unsigned long scst_sg_share(void);
bool scst_sg_is_short(void);
/* What the commands of one device may have together, in bytes. One that got less is counted. */
s64 scst_sg_device_max(void);
void scst_sg_count_failure(void);

struct scst_target_limits;

/* scst_sg_alloc() of what the target takes. */
struct scatterlist *scst_sg_alloc_within(const struct scst_target_limits *limits, u32 len, u32 *cnt,
					 gfp_t gfp);
/* What so many entries surely have room for, even where memory is in pieces. 0: no limit. */
u32 scst_sg_max_bytes(u32 max_sg);

void scst_sgv_sum(struct scst_sgv_stats *sum);
void scst_sgv_reset(void);
/* One cache for all CPUs instead of one for each. */
bool scst_sgv_global(void);
void scst_sgv_set_global(bool global);

int scst_sgv_init(void);
void scst_sgv_exit(void);	/* no buffer is out */

#endif
