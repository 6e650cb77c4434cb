// SPDX-License-Identifier: GPL-2.0
/*
 * Reading what is in the page cache, in any context: folios are looked up under RCU and copied, as
 * a mapping of the file would show them, or lent to a transport that sends them as they are. No
 * lock, no waiting; whatever is not there as it should be is left to the file system, in a thread.
 */
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/pagemap.h>
#include <linux/scatterlist.h>
#include <linux/swap.h>
#include <scst/sgv.h>
#include <scst/sometimes.h>

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

static bool may_be_cached(const struct vdisk *vd, loff_t pos, u32 len)
{
	return !vd->o_direct && pos + len <= i_size_read(vd->file->f_mapping->host);
}

bool vdisk_read_cached(struct scst_cmd *cmd)
{
	const struct vdisk *vd = to_vdisk(cmd->dev);
	loff_t pos = cmd->params.lba << cmd->dev->lu.block_shift;
	struct scatterlist *sg = cmd->sg;
	u32 len, left = cmd->xfer_len;

	if (left > MAX_COPY || !may_be_cached(vd, pos, left))
		return false;
	for (; left; left -= len, pos += len, sg = sg_next(sg)) {
		len = min(sg->length, left);
		if (!copy_piece(vd->file->f_mapping, pos, sg_virt(sg), len))
			return false;
	}
	SCST_SOMETIMES(cache_hit);
	return true;
}

/* Return: entries of @sg; 0, not all of it is there, or it is too many pieces. */
static u32 lend_pieces(struct scatterlist *sg, struct address_space *mapping, loff_t pos, u32 left)
{
	u32 nr = 0, len;

	for (; nr < SCST_SG_LENT_MAX; pos += len) {
		struct folio *folio = find_folio(mapping, pos);
		size_t offset;

		if (!folio)
			return 0;
		offset = offset_in_folio(folio, pos);
		len = min(left, folio_size(folio) - offset);
		left -= len;
		mark_used(folio);
		nr = scst_sg_lend(sg, folio_page(folio, offset >> PAGE_SHIFT),
				  offset_in_page(offset), len, !left);
		if (!left)
			return nr;
	}
	return 0;
}

static struct scatterlist *lend(struct scst_cmd *cmd, loff_t pos)
{
	const struct vdisk *vd = to_vdisk(cmd->dev);
	struct scatterlist *sg = scst_sg_lent(cmd->xfer_len,
					      cmd->may_sleep ? GFP_NOIO : GFP_ATOMIC);

	if (!sg)
		return NULL;
	cmd->sg_cnt = lend_pieces(sg, vd->file->f_mapping, pos, cmd->xfer_len);
	if (cmd->sg_cnt)
		return sg;
	scst_sg_free(sg);
	return NULL;
}

/* The initiator is charged for what is long: it decides for how long the pages have to stay. */
bool vdisk_lend_cached(struct scst_cmd *cmd)
{
	const struct vdisk *vd = to_vdisk(cmd->dev);
	loff_t pos = cmd->params.lba << cmd->dev->lu.block_shift;

	if (!may_be_cached(vd, pos, cmd->xfer_len) ||
	    vdisk_had_series(vd, (struct vdisk_span){ pos, cmd->xfer_len }))
		return false;
	if (cmd->xfer_len > SCST_SG_LENT_FREE && !scst_cmd_charge(cmd))
		return false;
	cmd->sg = lend(cmd, pos);
	cmd->sg_ours = cmd->sg;
	SCST_SOMETIMES_IF(cmd->sg, cache_lent);
	if (!cmd->sg && cmd->charged)
		scst_cmd_uncharge(cmd);
	return cmd->sg;
}
