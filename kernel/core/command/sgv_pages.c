// SPDX-License-Identifier: GPL-2.0
/*
 * The pages of buffers (sgv_buf.h): how many there may be, and where they come from.
 *
 * The limit counts what is in use and what is cached. When it is reached the caches are emptied
 * for whoever asks; when that does not help, a command is BUSY.
 */
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

#include "command.h"
#include "sgv_buf.h"

#define CHUNK_ORDER_MAX	4		/* contiguous pages are tried up to this order */
#define SURE_ORDER	PAGE_ALLOC_COSTLY_ORDER	/* ... and may be insisted on up to this one */

static unsigned int max_cmd_mem;
module_param_named(scst_max_cmd_mem, max_cmd_mem, uint, 0444);
MODULE_PARM_DESC(scst_max_cmd_mem, "memory for data of commands, in MiB; 0: a quarter of all");

static unsigned int max_dev_cmd_mem;
module_param_named(scst_max_dev_cmd_mem, max_dev_cmd_mem, uint, 0444);
MODULE_PARM_DESC(scst_max_dev_cmd_mem, "what one device may have of it, in MiB; 0: two fifths");

struct sgv_limit sgv_limit;

#define MIB_SHIFT	(20 - PAGE_SHIFT)

static void device_limit_init(void)
{
	unsigned long max = sgv_limit.max;

	if (max_dev_cmd_mem && (unsigned long)max_dev_cmd_mem << MIB_SHIFT > max)
		pr_warn("scst: scst_max_dev_cmd_mem is above scst_max_cmd_mem, and cut to it\n");
	sgv_limit.device_max = max_dev_cmd_mem ?
		min(max, (unsigned long)max_dev_cmd_mem << MIB_SHIFT) : max / 5 * 2;
	max_dev_cmd_mem = sgv_limit.device_max >> MIB_SHIFT;
}

/* The parameters say from now on what is in force. */
void sgv_limit_init(void)
{
	sgv_limit.max = max_cmd_mem ? (unsigned long)max_cmd_mem << MIB_SHIFT :
				      totalram_pages() / 4;
	max_cmd_mem = sgv_limit.max >> MIB_SHIFT;
	device_limit_init();
}

s64 scst_sg_device_max(void)
{
	return (s64)sgv_limit.device_max << PAGE_SHIFT;
}

void scst_sg_count_failure(void)
{
	atomic_long_inc(&sgv_limit.failures);
}

unsigned long scst_sg_share(void)
{
	return sgv_limit.max / 4 << PAGE_SHIFT;
}

/* What is only kept for the next command is there for whoever asks. */
bool scst_sg_is_short(void)
{
	unsigned long half = sgv_limit.max / 2;

	if (likely(atomic_long_read(&sgv_limit.used) <= half))
		return false;
	return atomic_long_read(&sgv_limit.used) > half + sgv_caches_spare();
}

u32 scst_sg_max_bytes(u32 max_sg)
{
	return min_t(u64, (u64)max_sg << (PAGE_SHIFT + SURE_ORDER), U32_MAX);
}

bool sgv_charge(unsigned long nr)
{
	bool emptied = false;

	while (atomic_long_add_return(nr, &sgv_limit.used) > sgv_limit.max) {
		sgv_uncharge(nr);
		if (emptied || nr > sgv_limit.max || !sgv_caches_cut(true)) {
			atomic_long_inc(&sgv_limit.failures);
			return false;
		}
		atomic_long_inc(&sgv_limit.releases);
		emptied = true;
	}
	return true;
}

void sgv_buf_put_pages(struct sgv_buf *buf)
{
	unsigned int i;

	for (i = 0; i < buf->nr_ents; i++)
		put_page(sg_page(&buf->sg[i]));
	buf->nr_ents = 0;
}

void sgv_buf_release(struct sgv_buf *buf)
{
	sgv_buf_put_pages(buf);
	sgv_uncharge(buf->nr_pages);
	if (unlikely(is_vmalloc_addr(buf)))
		kvfree_rcu(buf, rcu);
	else
		kfree(buf);
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

	if (!sgv_charge(nr))
		return NULL;
	buf = gfpflags_allow_blocking(gfp) ? kvmalloc_node(size, gfp, shape->node) :
					     kmalloc_node(size, gfp | __GFP_NOWARN, shape->node);
	if (!buf) {
		sgv_uncharge(nr);
		return NULL;
	}
	buf->nr_pages = nr;
	buf->nr_ents = 0;
	sg_init_table(buf->sg, nr);
	if (!alloc_chunks(buf, shape)) {
		sgv_buf_release(buf);
		return NULL;
	}
	if (buf->nr_ents < nr) {
		sg_unmark_end(&buf->sg[nr - 1]);
		sg_mark_end(&buf->sg[buf->nr_ents - 1]);
	}
	return buf;
}

/* So many chunks that even the smallest of them are no more entries than there may be. */
struct sgv_buf *sgv_buf_make(int class, u32 len, const struct scst_target_limits *limits,
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
	sgv_count_made(buf);
	return buf;
}
