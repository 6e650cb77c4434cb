// SPDX-License-Identifier: GPL-2.0
/*
 * Buffers for the data of commands (include/scst/sgv.h).
 *
 * A buffer is a scatterlist with its pages, of one of nine sizes: powers of two up to 1 MiB; larger
 * ones are never cached. It is made for its size (sgv_pages.c), or found in a cache (sgv_cache.c),
 * and what its owner sees of it ends with the byte that he asked for. Lists for pages of others are
 * beside those sizes.
 */
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "command.h"
#include "sgv_buf.h"

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
	struct sgv_buf *buf = sgv_cache_take(class);

	if (!buf || suits(buf, len, limits))
		return buf;
	sgv_buf_release(buf);
	return NULL;
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
		buf = sgv_buf_make(class, len, limits, gfp);
	return buf ? buf_present(buf, len, cnt) : NULL;
}

struct scatterlist *scst_sg_alloc(u32 len, u32 *cnt, gfp_t gfp)
{
	static const struct scst_target_limits none;

	return scst_sg_alloc_within(&none, len, cnt, gfp);
}
EXPORT_SYMBOL_GPL(scst_sg_alloc);

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
	unsigned int pages = len > SCST_SG_LENT_FREE ? DIV_ROUND_UP(len, PAGE_SIZE) : 0;
	struct sgv_buf *buf;

	if (pages && !sgv_charge(pages))
		return NULL;
	buf = sgv_cache_take(SGV_LENT) ?: lent_alloc(gfp);
	if (unlikely(!buf)) {
		sgv_uncharge(pages);
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
	sgv_buf_put_pages(buf);
	if (buf->nr_pages)
		sgv_uncharge(buf->nr_pages);
	buf->nr_pages = 0;
}

void scst_sg_free(struct scatterlist *sg)
{
	struct sgv_buf *buf = container_of(sg, struct sgv_buf, sg[0]);

	if (!sg)
		return;
	if (buf->class < SGV_NONE) {
		buf_empty(buf);
		if (sgv_cache_put(buf))
			return;
	}
	sgv_buf_release(buf);
}
EXPORT_SYMBOL_GPL(scst_sg_free);
