/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the three files of buffers share: sgv.c, sgv_cache.c, sgv_pages.c.
 */
#ifndef _SCST_CORE_SGV_BUF_H
#define _SCST_CORE_SGV_BUF_H

#include <linux/rcupdate.h>

#include "sgv.h"

#define SGV_LENT	SGV_CLASSES	/* after the classes that have pages */
#define SGV_NONE	(SGV_LENT + 1)

struct sgv_buf {
	union {
		struct sgv_buf *next;	/* in a cache */
		struct rcu_head rcu;	/* on its way out */
	};
	u32 nr_pages;
	u32 nr_ents;			/* of the whole buffer */
	u32 cnt;			/* of the length that was asked for */
	s32 class;			/* or SGV_LENT; SGV_NONE: not for a cache */
	struct scatterlist sg[];
};

/* sgv_pages.c: pages there are, and how often, since the last reset, they were all taken. */
extern struct sgv_limit {
	unsigned long max, device_max;
	atomic_long_t used;		/* by commands or caches; touched when pages come or go */
	atomic_long_t releases, failures;
} sgv_limit;

void sgv_limit_init(void);
/* Takes @nr pages from the limit, if need be at the expense of the caches. */
bool sgv_charge(unsigned long nr);

static inline void sgv_uncharge(unsigned long nr)
{
	atomic_long_sub(nr, &sgv_limit.used);
}

/* Of @class; SGV_NONE: as long as @len needs. Return: NULL, no memory or the limit. */
struct sgv_buf *sgv_buf_make(int class, u32 len, const struct scst_target_limits *limits,
			     gfp_t gfp);
void sgv_buf_release(struct sgv_buf *buf);
void sgv_buf_put_pages(struct sgv_buf *buf);

/* sgv_cache.c. Take gives NULL, and put false, if the cache has none, or room for none. */
struct sgv_buf *sgv_cache_take(int class);
bool sgv_cache_put(struct sgv_buf *buf);
/* All of them, or what was not needed since the last time. Return: pages. */
unsigned long sgv_caches_cut(bool all);
/* Pages that are kept and not used; roughly, since nobody is stopped. */
unsigned long sgv_caches_spare(void);
void sgv_count_made(const struct sgv_buf *buf);

#endif
