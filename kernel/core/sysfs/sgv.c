// SPDX-License-Identifier: GPL-2.0
/*
 * sgv/: what the buffers of sgv.c take, in SCST's words. All come from one pool, sgv, whose entries
 * are merged if memory allows. SCST has two more, which it chooses by the back end; they are here
 * for scripts, and nobody takes from them.
 */
#include "command/command.h"
#include "sysfs.h"

static const char *const pool_names[] = { "sgv", "sgv-clust", "sgv-dma" };
static struct scst_dir sgv_dir, pool_dirs[ARRAY_SIZE(pool_names)];

static ssize_t global_stats_show(void *obj, char *buf)
{
	struct scst_sgv_stats sum;

	scst_sgv_sum(&sum);
	return sysfs_emit(buf, "%-42s %lu/%lu\n%-42s %lu/%lu\n%-42s %llu/%llu\n%-42s %llu\n",
			  "Inactive/active pages", sum.cached_pages, sum.pages - sum.cached_pages,
			  "Hi/lo watermarks [pages]", sum.max_pages, sum.max_pages / 2,
			  "Hi watermark releases/failures", sum.releases, sum.failures,
			  "Other allocs", sum.large);
}

static ssize_t stats_reset(void *obj, char *text)
{
	scst_sgv_reset();
	return 0;
}

/* How much of the pages came as part of a larger entry. */
static u64 percent_merged(u64 pages, u64 entries)
{
	return pages ? div64_u64((pages - entries) * 100, pages) : 0;
}

static ssize_t emit_total(char *buf, const char *name, const struct scst_sgv_stats *sum)
{
	u64 hits = 0, allocs = sum->large, pages = sum->large_pages, entries = sum->large_entries;
	unsigned long cached = 0;
	int class;

	for (class = 0; class < SGV_CLASSES; class++) {
		hits += sum->class[class].hits;
		allocs += sum->class[class].allocs;
		pages += sum->class[class].pages;
		entries += sum->class[class].entries;
		cached += sum->class[class].cached;
	}
	return sysfs_emit(buf, "%-30s %-11s %-11s %-11s %-11s\n"
			  "%-30s %-11llu %-11llu %-11llu %lu/%lu/%lu\n",
			  "Name", "Hit", "Total", "% merged", "Cached (P/I/O)",
			  name, hits, allocs, percent_merged(pages, entries),
			  sum->cached_pages, sum->cached_pages, cached);
}

static ssize_t pool_stats_show(void *obj, char *buf)
{
	struct scst_sgv_stats sum;
	ssize_t len;
	int class;

	scst_sgv_sum(&sum);
	len = emit_total(buf, pool_names[0], &sum);
	for (class = 0; class < SGV_CLASSES; class++) {
		const struct scst_sgv_class_stats *stats = &sum.class[class];
		char name[16];

		snprintf(name, sizeof(name), "sgv-%luK", (PAGE_SIZE << class) >> 10);
		len += sysfs_emit_at(buf, len, "  %-28s %-11llu %-11llu %llu\n", name, stats->hits,
				     stats->allocs, percent_merged(stats->pages, stats->entries));
	}
	return len + sysfs_emit_at(buf, len, "  %-40s %llu/%-9u %llu/%u\n", "big/other", sum.large,
				   0, percent_merged(sum.large_pages, sum.large_entries), 0);
}

static ssize_t unused_stats_show(void *obj, char *buf)
{
	static const struct scst_sgv_stats none;

	return emit_total(buf, obj, &none);
}

static ssize_t unused_stats_reset(void *obj, char *text)
{
	return 0;
}

/* clang-format off */
static const struct scst_attr sgv_attrs[] = {
	SCST_ATTR_RW(global_stats, global_stats_show, stats_reset),
	SCST_ATTR_END
};

static const struct scst_attr pool_attrs[] = {
	SCST_ATTR_RW(stats, pool_stats_show, stats_reset),
	SCST_ATTR_END
};

static const struct scst_attr unused_attrs[] = {
	SCST_ATTR_RW(stats, unused_stats_show, unused_stats_reset),
	SCST_ATTR_END
};
/* clang-format on */

ssize_t scst_sgv_global_show(void *obj, char *buf)
{
	bool global = scst_sgv_global();

	return scst_attr_key(buf, sysfs_emit(buf, "%d\n", global), global);
}

ssize_t scst_sgv_global_store(void *obj, char *text)
{
	bool global;
	int err = scst_parse_bool(text, &global);

	if (!err)
		scst_sgv_set_global(global);
	return err;
}

int scst_sysfs_sgv_add(struct scst_dir *parent)
{
	int err = scst_dir_add(&sgv_dir, parent, NULL, sgv_attrs, "sgv");
	unsigned int i;

	for (i = 0; !err && i < ARRAY_SIZE(pool_names); i++)
		err = scst_dir_add(&pool_dirs[i], &sgv_dir, (void *)pool_names[i],
				   i ? unused_attrs : pool_attrs, pool_names[i]);
	return err;
}

void scst_sysfs_sgv_del(void)
{
	unsigned int i;

	for (i = ARRAY_SIZE(pool_names); i-- > 0;)
		scst_dir_del(&pool_dirs[i]);
	scst_dir_del(&sgv_dir);
}
