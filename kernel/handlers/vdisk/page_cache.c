// SPDX-License-Identifier: GPL-2.0
/*
 * Reading what is in the page cache, in any context: folios are looked up under RCU and copied, as
 * a mapping of the file would show them. No lock, no waiting, nothing allocated; whatever is not
 * there as it should be is left to the file system, in a thread.
 */
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/pagemap.h>
#include <linux/scatterlist.h>
#include <linux/swap.h>

#include "vdisk.h"

/* Longer reads are worth a thread, whose caller goes on meanwhile. */
#define MAX_COPY	(128u << 10)

/*
 * The folio that has the byte at @pos, with a reference. One that marks where read-ahead should go
 * on is not for us, or nobody would read ahead.
 */
static struct folio *find_folio(struct address_space *mapping, loff_t pos)
{
	struct folio *folio = filemap_get_folio(mapping, pos >> PAGE_SHIFT);

	if (IS_ERR(folio))
		return NULL;
	if (likely(folio_test_uptodate(folio)) && !folio_test_readahead(folio) &&
	    !folio_contain_hwpoisoned_page(folio))
		return folio;
	folio_put(folio);
	return NULL;
}

/* Keeps it in the cache. What does that is not for interrupts. */
static void mark_used(struct folio *folio)
{
	if (!folio_test_referenced(folio) && in_task())
		folio_mark_accessed(folio);
}

static bool copy_piece(struct address_space *mapping, loff_t pos, void *to, size_t len)
{
	while (len) {
		struct folio *folio = find_folio(mapping, pos);
		size_t offset, n;

		if (!folio)
			return false;
		offset = offset_in_folio(folio, pos);
		n = min(len, folio_size(folio) - offset);
		memcpy_from_folio(to, folio, offset, n);
		mark_used(folio);
		folio_put(folio);
		pos += n;
		to += n;
		len -= n;
	}
	return true;
}

bool vdisk_read_cached(struct scst_cmd *cmd)
{
	const struct vdisk *vd = to_vdisk(cmd->dev);
	struct address_space *mapping = vd->file->f_mapping;
	loff_t pos = cmd->params.lba << cmd->dev->lu.block_shift;
	struct scatterlist *sg = cmd->sg;
	u32 len, left = cmd->xfer_len;

	if (vd->o_direct || left > MAX_COPY || pos + left > i_size_read(mapping->host))
		return false;
	for (; left; left -= len, pos += len, sg = sg_next(sg)) {
		len = min(sg->length, left);
		if (!copy_piece(mapping, pos, sg_virt(sg), len))
			return false;
	}
	return true;
}
