// SPDX-License-Identifier: GPL-2.0
/*
 * Caches of buffers (sgv_buf.h): what is freed stays with its CPU, last in first out, until it has
 * not been needed for a while (trim), memory is short (shrinker) or the limit is reached. What a
 * socket still holds waits in line, and is used again once the peer has acknowledged it. Lists for
 * pages of others are cached as well, without pages.
 *
 * A cache has a spinlock that only its CPU takes in the ordinary case, so it is cheap; in return
 * trim, shrinker and statistics reach all caches without interrupting anybody, and a CPU may go
 * offline with its cache full. Innermost of all locks; nothing is allocated or freed under it.
 */
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/shrinker.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "command.h"
#include "sgv_buf.h"

#define CLASS_BYTES_MAX	SZ_4M		/* cached per CPU and class, and ... */
#define CLASS_BUFS_MIN	4		/* ... at least so many buffers */
#define CLASS_BUFS_MAX	256
#define TRIM_PERIOD	(10 * HZ)	/* what was not used for so long is freed */

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

static atomic_long_t nr_large, nr_large_pages, nr_large_entries;

static void trim_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(sgv_trim, trim_work);
static bool trim_armed;

static struct shrinker *sgv_shrinker;

static void release_list(struct sgv_buf *buf)
{
	while (buf) {
		struct sgv_buf *next = buf->next;

		sgv_buf_release(buf);
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

unsigned long sgv_caches_spare(void)
{
	unsigned long pages = 0;
	int cpu, class;

	for_each_possible_cpu(cpu) {
		const struct sgv_cache *cache = per_cpu_ptr(&sgv_caches, cpu);

		for (class = 0; class < SGV_CLASSES; class++)
			pages += (unsigned long)READ_ONCE(cache->list[class].nr) << class;
	}
	return pages;
}

unsigned long sgv_caches_cut(bool all)
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
	sgv_caches_cut(false);
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

struct sgv_buf *sgv_cache_take(int class)
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

/* Above half of the limit memory is for commands rather than for caches. */
bool sgv_cache_put(struct sgv_buf *buf)
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

void sgv_count_made(const struct sgv_buf *buf)
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
		.pages		= atomic_long_read(&sgv_limit.used),
		.max_pages	= sgv_limit.max,
		.releases	= atomic_long_read(&sgv_limit.releases),
		.failures	= atomic_long_read(&sgv_limit.failures),
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
	atomic_long_set(&sgv_limit.releases, 0);
	atomic_long_set(&sgv_limit.failures, 0);
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

	sgv_limit_init();
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
	sgv_caches_cut(true);
	WARN_ON(atomic_long_read(&sgv_limit.used));
}
