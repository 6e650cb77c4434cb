// SPDX-License-Identifier: GPL-2.0
/*
 * Buffers for the data of commands (include/scst/sgv.h).
 *
 * A buffer is a scatterlist with its pages, of one of nine sizes: powers of two up to 1 MiB. What
 * is freed stays in a cache of the CPU, last in first out, until it has not been needed for a while
 * (trim), memory is short (shrinker) or the limit is reached. Larger ones are never cached. What a
 * socket still holds waits in line, and is used again once the peer has acknowledged it. Lists for
 * pages of others are cached as well, without pages.
 *
 * A cache has a spinlock that only its CPU takes in the ordinary case, so it is cheap; in return
 * trim, shrinker and statistics reach all caches without interrupting anybody, and a CPU may go
 * offline with its cache full. Innermost of all locks; nothing is allocated or freed under it.
 */
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "command.h"

#define CLASS_BYTES_MAX	SZ_4M		/* cached per CPU and class, and ... */
#define CLASS_BUFS_MIN	4		/* ... at least so many buffers */
#define CLASS_BUFS_MAX	256
#define CHUNK_ORDER_MAX	4		/* contiguous pages are tried up to this order */
#define SURE_ORDER	PAGE_ALLOC_COSTLY_ORDER	/* ... and may be insisted on up to this one */
#define SGV_LENT	SGV_CLASSES	/* after the classes that have pages */
#define SGV_NONE	(SGV_LENT + 1)
#define LENT_UNCHARGED	SZ_64K		/* holding so much of a page cache is no matter */
#define TRIM_PERIOD	(10 * HZ)	/* what was not used for so long is freed */

struct sgv_buf {
	struct sgv_buf *next;		/* in a cache */
	u32 nr_pages;
	u32 nr_ents;			/* of the whole buffer */
	u32 cnt;			/* of the length that was asked for */
	s32 class;			/* or SGV_LENT; SGV_NONE: not for a cache */
	struct scatterlist sg[];
};

struct sgv_cache {
	spinlock_t lock;
	struct sgv_list {
		struct sgv_buf *first;
		unsigned int nr;
		struct sgv_buf *busy;	/* oldest first: a socket still holds their pages */
		struct sgv_buf *busy_last;
		unsigned int nr_busy;
		unsigned int min_nr;	/* since the last trim: nobody needed those */
	} list[SGV_NONE];
	struct scst_sgv_class_stats stats[SGV_NONE];
};

static DEFINE_PER_CPU(struct sgv_cache, sgv_caches);
static bool sgv_global;

static unsigned int max_cmd_mem;
module_param_named(scst_max_cmd_mem, max_cmd_mem, uint, 0444);
MODULE_PARM_DESC(scst_max_cmd_mem, "memory for data of commands, in MiB; 0: a quarter of all");

static unsigned long max_pages;
static atomic_long_t nr_pages;		/* in use or cached; touched when pages come or go */
static atomic_long_t nr_large, nr_large_pages, nr_large_entries, nr_releases, nr_failures;

static void trim_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(sgv_trim, trim_work);
static bool trim_armed;

static struct shrinker *sgv_shrinker;

static void put_pages(struct sgv_buf *buf)
{
	unsigned int i;

	for (i = 0; i < buf->nr_ents; i++)
		put_page(sg_page(&buf->sg[i]));
	buf->nr_ents = 0;
}

static void buf_release(struct sgv_buf *buf)
{
	put_pages(buf);
	atomic_long_sub(buf->nr_pages, &nr_pages);
	kvfree(buf);
}

static void release_list(struct sgv_buf *buf)
{
	while (buf) {
		struct sgv_buf *next = buf->next;

		buf_release(buf);
		buf = next;
	}
}

/* Cuts all but the first @keep off @list, for the caller to release without the lock. */
static struct sgv_buf *list_cut(struct sgv_list *list, unsigned int keep)
{
	struct sgv_buf **link = &list->first;
	struct sgv_buf *rest;

	if (list->nr <= keep)
		return NULL;
	list->nr = keep;
	list->min_nr = min(list->min_nr, keep);
	while (keep--)
		link = &(*link)->next;
	rest = *link;
	*link = NULL;
	return rest;
}

static struct sgv_buf *busy_cut(struct sgv_list *list)
{
	struct sgv_buf *busy = list->busy;

	list->busy = NULL;
	list->nr_busy = 0;
	return busy;
}

/* That @nr cached buffers of a class take: a list for pages of others is a page itself. */
static unsigned long pages_of(int class, unsigned int nr)
{
	return (unsigned long)nr << (class == SGV_LENT ? 0 : class);
}

/* What was least recently freed is at the end; all that is busy goes. Return: pages. */
static unsigned long class_cut(struct sgv_cache *cache, int class, bool all)
{
	struct sgv_list *list = &cache->list[class];
	struct sgv_buf *rest, *busy;
	unsigned int before;
	unsigned long nr;

	scoped_guard(spinlock_irqsave, &cache->lock) {
		before = list->nr + list->nr_busy;
		rest = list_cut(list, all ? 0 : list->nr - list->min_nr);
		busy = busy_cut(list);
		nr = pages_of(class, before - list->nr);
		list->min_nr = list->nr;
	}
	release_list(rest);
	release_list(busy);
	return nr;
}

static unsigned long caches_cut(bool all)
{
	unsigned long freed = 0;
	int cpu, class;

	for_each_possible_cpu(cpu)
		for (class = 0; class < SGV_NONE; class++)
			freed += class_cut(per_cpu_ptr(&sgv_caches, cpu), class, all);
	return freed;
}

static unsigned long cached_pages(void)
{
	unsigned long nr = 0;
	int cpu, class;

	for_each_possible_cpu(cpu)
		for (class = 0; class < SGV_NONE; class++) {
			const struct sgv_list *list = &per_cpu(sgv_caches, cpu).list[class];

			nr += pages_of(class, READ_ONCE(list->nr) + READ_ONCE(list->nr_busy));
		}
	return nr;
}

/* Runs while something is cached. */
static void trim_work(struct work_struct *work)
{
	WRITE_ONCE(trim_armed, false);
	caches_cut(false);
	if (cached_pages() && !xchg(&trim_armed, true))
		queue_delayed_work(system_unbound_wq, &sgv_trim, TRIM_PERIOD);
}

static unsigned long shrink_count(struct shrinker *shrinker, struct shrink_control *sc)
{
	return cached_pages() ?: SHRINK_EMPTY;
}

static unsigned long shrink_scan(struct shrinker *shrinker, struct shrink_control *sc)
{
	unsigned long freed = 0;
	int cpu, class;

	for_each_possible_cpu(cpu)
		for (class = SGV_NONE - 1; class >= 0 && freed < sc->nr_to_scan; class--)
			freed += class_cut(per_cpu_ptr(&sgv_caches, cpu), class, true);
	return freed ?: SHRINK_STOP;
}

/* Takes @nr pages from the limit, if need be at the expense of the caches. */
static bool charge(unsigned long nr)
{
	bool emptied = false;

	while (atomic_long_add_return(nr, &nr_pages) > max_pages) {
		atomic_long_sub(nr, &nr_pages);
		if (emptied || nr > max_pages || !caches_cut(true)) {
			atomic_long_inc(&nr_failures);
			return false;
		}
		atomic_long_inc(&nr_releases);
		emptied = true;
	}
	return true;
}

/* How a buffer is to be made. */
struct sgv_shape {
	unsigned int pages;
	unsigned int least_order;	/* of its chunks */
	int node;
	gfp_t gfp;
};

/* With a node it is that of the adapter, else it is up to the policy of the task. */
static struct page *alloc_on(int node, gfp_t gfp, unsigned int order)
{
	gfp |= __GFP_ZERO | __GFP_NOWARN | __GFP_COMP;
	return node == NUMA_NO_NODE ? alloc_pages(gfp, order) : alloc_pages_node(node, gfp, order);
}

/*
 * Zeroed, so that whoever sends what it did not write sends no memory of the kernel. Larger chunks
 * than have to be are a gain, not a need: nothing is reclaimed or compacted for them.
 */
static struct page *alloc_chunk(const struct sgv_shape *shape, unsigned int *order)
{
	struct page *page;

	for (; *order > shape->least_order; (*order)--) {
		page = alloc_on(shape->node, shape->gfp & ~__GFP_RECLAIM, *order);
		if (page)
			return page;
	}
	return alloc_on(shape->node, shape->gfp, *order);
}

static bool alloc_chunks(struct sgv_buf *buf, const struct sgv_shape *shape)
{
	unsigned int order = CHUNK_ORDER_MAX, nr = shape->pages;

	while (nr) {
		struct page *page;

		order = min_t(unsigned int, order, ilog2(nr));
		page = alloc_chunk(shape, &order);
		if (!page)
			return false;
		sg_set_page(&buf->sg[buf->nr_ents++], page, PAGE_SIZE << order, 0);
		nr -= 1u << order;
	}
	return true;
}

static struct sgv_buf *buf_alloc(const struct sgv_shape *shape)
{
	unsigned int nr = shape->pages;
	gfp_t gfp = shape->gfp;
	struct sgv_buf *buf;
	size_t size = struct_size(buf, sg, nr);

	if (!charge(nr))
		return NULL;
	buf = gfpflags_allow_blocking(gfp) ? kvmalloc_node(size, gfp, shape->node) :
					     kmalloc_node(size, gfp | __GFP_NOWARN, shape->node);
	if (!buf) {
		atomic_long_sub(nr, &nr_pages);
		return NULL;
	}
	buf->nr_pages = nr;
	buf->nr_ents = 0;
	sg_init_table(buf->sg, nr);
	if (!alloc_chunks(buf, shape)) {
		buf_release(buf);
		return NULL;
	}
	if (buf->nr_ents < nr) {
		sg_unmark_end(&buf->sg[nr - 1]);
		sg_mark_end(&buf->sg[buf->nr_ents - 1]);
	}
	return buf;
}

/* The entry that has the last of @len bytes, and how many of them. */
static struct scatterlist *last_entry(struct sgv_buf *buf, u32 *len)
{
	struct scatterlist *sg = buf->sg;

	while (*len > sg->length)
		*len -= (sg++)->length;
	return sg;
}

/* The list ends with byte @len; undone by buf_restore(). */
static struct scatterlist *buf_present(struct sgv_buf *buf, u32 len, u32 *cnt)
{
	struct scatterlist *sg = last_entry(buf, &len);

	sg->length = len;
	sg_unmark_end(&buf->sg[buf->nr_ents - 1]);
	sg_mark_end(sg);
	buf->cnt = sg - buf->sg + 1;
	*cnt = buf->cnt;
	return buf->sg;
}

static void buf_restore(struct sgv_buf *buf)
{
	struct scatterlist *sg = &buf->sg[buf->cnt - 1];

	sg->length = page_size(sg_page(sg));
	sg_unmark_end(sg);
	sg_mark_end(&buf->sg[buf->nr_ents - 1]);
}

static struct sgv_cache *this_cache(void)
{
	return READ_ONCE(sgv_global) ? per_cpu_ptr(&sgv_caches, 0) : raw_cpu_ptr(&sgv_caches);
}

static bool only_ours(struct sgv_buf *buf)
{
	unsigned int i;

	for (i = 0; i < buf->nr_ents; i++)
		if (page_count(sg_page(&buf->sg[i])) != 1)
			return false;
	return true;
}

/* The oldest, if nobody has its pages any more. */
static struct sgv_buf *busy_take(struct sgv_list *list)
{
	struct sgv_buf *buf = list->busy;

	if (!buf || !only_ours(buf))
		return NULL;
	smp_acquire__after_ctrl_dep();	/* who put the last reference has read what was there */
	list->busy = buf->next;
	list->nr_busy--;
	return buf;
}

static void busy_put(struct sgv_list *list, struct sgv_buf *buf)
{
	buf->next = NULL;
	if (list->busy)
		list->busy_last->next = buf;
	else
		list->busy = buf;
	list->busy_last = buf;
	list->nr_busy++;
}

static struct sgv_buf *cache_take(int class)
{
	struct sgv_cache *cache = this_cache();
	struct sgv_list *list = &cache->list[class];
	struct sgv_buf *buf;

	guard(spinlock_irqsave)(&cache->lock);
	cache->stats[class].allocs++;
	buf = list->first;
	if (buf) {
		list->first = buf->next;
		list->nr--;
		list->min_nr = min(list->min_nr, list->nr);
	} else {
		buf = busy_take(list);
	}
	cache->stats[class].hits += !!buf;
	return buf;
}

static unsigned int class_max(int class)
{
	if (class == SGV_LENT)
		return CLASS_BUFS_MAX;
	return clamp(CLASS_BYTES_MAX >> (PAGE_SHIFT + class), CLASS_BUFS_MIN, CLASS_BUFS_MAX);
}

unsigned long scst_sg_share(void)
{
	return max_pages / 4 << PAGE_SHIFT;
}

bool scst_sg_is_short(void)
{
	return atomic_long_read(&nr_pages) > max_pages / 2;
}

/* Above half of the limit memory is for commands rather than for caches. */
static bool cache_put(struct sgv_buf *buf)
{
	struct sgv_cache *cache = this_cache();
	struct sgv_list *list = &cache->list[buf->class];
	bool busy = !only_ours(buf);

	if (scst_sg_is_short())
		return false;
	scoped_guard(spinlock_irqsave, &cache->lock) {
		if (list->nr + list->nr_busy >= class_max(buf->class))
			return false;
		if (busy) {
			busy_put(list, buf);
		} else {
			buf->next = list->first;
			list->first = buf;
			list->nr++;
		}
	}
	if (unlikely(!READ_ONCE(trim_armed)) && !xchg(&trim_armed, true))
		queue_delayed_work(system_unbound_wq, &sgv_trim, TRIM_PERIOD);
	return true;
}

static void count_made(const struct sgv_buf *buf)
{
	struct sgv_cache *cache = this_cache();

	if (buf->class == SGV_NONE) {
		atomic_long_inc(&nr_large);
		atomic_long_add(buf->nr_pages, &nr_large_pages);
		atomic_long_add(buf->nr_ents, &nr_large_entries);
		return;
	}
	guard(spinlock_irqsave)(&cache->lock);
	cache->stats[buf->class].pages += buf->nr_pages;
	cache->stats[buf->class].entries += buf->nr_ents;
}

/* A buffer that is found may have been made for somebody with other limits. */
static bool suits(struct sgv_buf *buf, u32 len, const struct scst_target_limits *limits)
{
	if (limits->max_sg && last_entry(buf, &len) - buf->sg >= limits->max_sg)
		return false;
	return !limits->numa_node || page_to_nid(sg_page(buf->sg)) == limits->numa_node - 1;
}

static struct sgv_buf *cache_take_that_suits(int class, u32 len,
					     const struct scst_target_limits *limits)
{
	struct sgv_buf *buf = cache_take(class);

	if (!buf || suits(buf, len, limits))
		return buf;
	buf_release(buf);
	return NULL;
}

/* So many chunks that even the smallest of them are no more entries than there may be. */
static struct sgv_buf *make_buf(int class, u32 len, const struct scst_target_limits *limits,
				gfp_t gfp)
{
	unsigned int pages = DIV_ROUND_UP((u64)len, PAGE_SIZE);
	struct sgv_shape shape = { .node = limits->numa_node - 1, .gfp = gfp };
	struct sgv_buf *buf;

	if (limits->max_sg)
		shape.least_order = order_base_2(DIV_ROUND_UP(pages, limits->max_sg));
	if (WARN_ON_ONCE(shape.least_order > CHUNK_ORDER_MAX))
		return NULL;
	shape.pages = class < SGV_CLASSES ? 1u << class : ALIGN(pages, 1u << shape.least_order);
	buf = buf_alloc(&shape);
	if (!buf)
		return NULL;
	buf->class = class;
	count_made(buf);
	return buf;
}

struct scatterlist *scst_sg_alloc_within(const struct scst_target_limits *limits, u32 len, u32 *cnt,
					 gfp_t gfp)
{
	int class = order_base_2(DIV_ROUND_UP((u64)len, PAGE_SIZE));
	struct sgv_buf *buf = NULL;

	if (WARN_ON_ONCE(!len))
		return NULL;
	if (class < SGV_CLASSES)
		buf = cache_take_that_suits(class, len, limits);
	else
		class = SGV_NONE;
	if (!buf)
		buf = make_buf(class, len, limits, gfp);
	return buf ? buf_present(buf, len, cnt) : NULL;
}

struct scatterlist *scst_sg_alloc(u32 len, u32 *cnt, gfp_t gfp)
{
	static const struct scst_target_limits none;

	return scst_sg_alloc_within(&none, len, cnt, gfp);
}
EXPORT_SYMBOL_GPL(scst_sg_alloc);

u32 scst_sg_max_bytes(u32 max_sg)
{
	return min_t(u64, (u64)max_sg << (PAGE_SHIFT + SURE_ORDER), U32_MAX);
}

static struct sgv_buf *lent_alloc(gfp_t gfp)
{
	struct sgv_buf *buf = kmalloc(struct_size(buf, sg, SCST_SG_LENT_MAX), gfp | __GFP_NOWARN);

	if (!buf)
		return NULL;
	buf->class = SGV_LENT;
	buf->nr_ents = 0;
	sg_init_table(buf->sg, SCST_SG_LENT_MAX);
	return buf;
}

struct scatterlist *scst_sg_lent(u32 len, gfp_t gfp)
{
	unsigned int pages = len > LENT_UNCHARGED ? DIV_ROUND_UP(len, PAGE_SIZE) : 0;
	struct sgv_buf *buf;

	if (pages && !charge(pages))
		return NULL;
	buf = cache_take(SGV_LENT) ?: lent_alloc(gfp);
	if (unlikely(!buf)) {
		atomic_long_sub(pages, &nr_pages);
		return NULL;
	}
	buf->nr_pages = pages;
	return buf->sg;
}
EXPORT_SYMBOL_GPL(scst_sg_lent);

u32 scst_sg_lend(struct scatterlist *sg, struct page *page, u32 offset, u32 len, bool last)
{
	struct sgv_buf *buf = container_of(sg, struct sgv_buf, sg[0]);
	struct scatterlist *next = &buf->sg[buf->nr_ents];

	sg_set_page(next, page, len, offset);
	if (last)
		sg_mark_end(next);
	return ++buf->nr_ents;
}
EXPORT_SYMBOL_GPL(scst_sg_lend);

/* As it was before: it may be of another length, or have other pages, the next time. */
static void buf_empty(struct sgv_buf *buf)
{
	if (buf->class < SGV_CLASSES) {
		buf_restore(buf);
		return;
	}
	if (buf->nr_ents)
		sg_unmark_end(&buf->sg[buf->nr_ents - 1]);
	put_pages(buf);
	if (buf->nr_pages)
		atomic_long_sub(buf->nr_pages, &nr_pages);
	buf->nr_pages = 0;
}

void scst_sg_free(struct scatterlist *sg)
{
	struct sgv_buf *buf = container_of(sg, struct sgv_buf, sg[0]);

	if (!sg)
		return;
	if (buf->class < SGV_NONE) {
		buf_empty(buf);
		if (cache_put(buf))
			return;
	}
	buf_release(buf);
}
EXPORT_SYMBOL_GPL(scst_sg_free);

static void sum_class(struct scst_sgv_class_stats *sum, struct sgv_cache *cache, int class)
{
	const struct scst_sgv_class_stats *stats = &cache->stats[class];

	guard(spinlock_irqsave)(&cache->lock);
	sum->hits += stats->hits;
	sum->allocs += stats->allocs;
	sum->pages += stats->pages;
	sum->entries += stats->entries;
	sum->cached += cache->list[class].nr + cache->list[class].nr_busy;
}

void scst_sgv_sum(struct scst_sgv_stats *sum)
{
	int cpu, class;

	*sum = (struct scst_sgv_stats){
		.large		= atomic_long_read(&nr_large),
		.large_pages	= atomic_long_read(&nr_large_pages),
		.large_entries	= atomic_long_read(&nr_large_entries),
		.cached_pages	= cached_pages(),
		.pages		= atomic_long_read(&nr_pages),
		.max_pages	= max_pages,
		.releases	= atomic_long_read(&nr_releases),
		.failures	= atomic_long_read(&nr_failures),
	};
	for_each_possible_cpu(cpu)
		for (class = 0; class < SGV_CLASSES; class++)
			sum_class(&sum->class[class], per_cpu_ptr(&sgv_caches, cpu), class);
}

void scst_sgv_reset(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct sgv_cache *cache = per_cpu_ptr(&sgv_caches, cpu);

		guard(spinlock_irqsave)(&cache->lock);
		memset(cache->stats, 0, sizeof(cache->stats));
	}
	atomic_long_set(&nr_large, 0);
	atomic_long_set(&nr_large_pages, 0);
	atomic_long_set(&nr_large_entries, 0);
	atomic_long_set(&nr_releases, 0);
	atomic_long_set(&nr_failures, 0);
}

bool scst_sgv_global(void)
{
	return READ_ONCE(sgv_global);
}

/* What is cached elsewhere is found again, or trimmed. */
void scst_sgv_set_global(bool global)
{
	WRITE_ONCE(sgv_global, global);
}

int scst_sgv_init(void)
{
	int cpu;

	max_pages = max_cmd_mem ? (unsigned long)max_cmd_mem << (20 - PAGE_SHIFT) :
				  totalram_pages() / 4;
	for_each_possible_cpu(cpu)
		spin_lock_init(&per_cpu(sgv_caches, cpu).lock);
	sgv_shrinker = shrinker_alloc(0, "scst-sgv");
	if (!sgv_shrinker)
		return -ENOMEM;
	sgv_shrinker->count_objects = shrink_count;
	sgv_shrinker->scan_objects = shrink_scan;
	shrinker_register(sgv_shrinker);
	return 0;
}

void scst_sgv_exit(void)
{
	shrinker_free(sgv_shrinker);
	cancel_delayed_work_sync(&sgv_trim);
	caches_cut(true);
	WARN_ON(atomic_long_read(&nr_pages));
}
