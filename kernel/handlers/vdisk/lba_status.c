// SPDX-License-Identifier: GPL-2.0
/*
 * GET LBA STATUS and PRE-FETCH: what the back end knows of blocks without moving data.
 */
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "vdisk.h"

#define HEADER_LEN	8
#define EXTENT_LEN	16

/* The extent from block @lba on. Blocks that are half mapped are mapped. */
static struct scst_extent extent_at(struct vdisk *vd, u64 lba)
{
	const struct scst_lu *lu = &vd->dev.lu;
	u8 shift = lu->block_shift;
	u64 end = READ_ONCE(lu->nblocks), stop = end << shift;
	bool mapped = true;

	if (vd->kind->extent && lu->thin)
		stop = vd->kind->extent(vd, lba << shift, end << shift, &mapped);
	if (!mapped && stop >> shift == lba)
		mapped = true;
	end = mapped ? (stop + BIT(shift) - 1) >> shift : stop >> shift;
	return (struct scst_extent) {
		.lba = lba,
		.nblocks = clamp_t(u64, end - lba, 1, U32_MAX),
		.status = mapped ? SCST_LBA_MAPPED : SCST_LBA_DEALLOCATED,
	};
}

static unsigned int find_extents(struct vdisk *vd, u64 lba, struct scst_extent *extents,
				 unsigned int max)
{
	u64 nblocks = READ_ONCE(vd->dev.lu.nblocks);
	unsigned int nr = 0;

	while (nr < max && lba < nblocks) {
		struct scst_extent extent = extent_at(vd, lba);
		struct scst_extent *last = nr ? &extents[nr - 1] : NULL;

		lba += extent.nblocks;
		if (last && last->status == extent.status &&
		    (u64)last->nblocks + extent.nblocks <= U32_MAX)
			last->nblocks += extent.nblocks;
		else
			extents[nr++] = extent;
	}
	return nr;
}

struct answer {
	struct scst_extent extents[SCST_EXTENTS_MAX];
	u8 buf[SCST_LBA_STATUS_MAX];
};

static void give_answer(struct scst_cmd *cmd, struct answer *a)
{
	struct scst_reply reply = { .buf = a->buf, .size = sizeof(a->buf) };
	u32 room = max(cmd->params.len, HEADER_LEN + EXTENT_LEN) - HEADER_LEN;
	unsigned int nr = find_extents(to_vdisk(cmd->dev), cmd->params.lba, a->extents,
				       min(room / EXTENT_LEN, SCST_EXTENTS_MAX));

	scst_reply_lba_status(&reply, a->extents, nr);
	cmd->data_len = min(reply.len, cmd->params.len);
	cmd->xfer_len = min(cmd->data_len, cmd->expected_len);
	if (cmd->xfer_len)
		sg_copy_from_buffer(cmd->sg, cmd->sg_cnt, a->buf, cmd->xfer_len);
}

enum scst_exec_result vdisk_lba_status(struct scst_cmd *cmd)
{
	const struct scst_lu *lu = &cmd->dev->lu;
	enum scst_exec_result result;
	struct scst_sense sense;
	struct answer *a;

	if (!scst_cdb_check_range(cmd->op, lu, READ_ONCE(lu->nblocks), &cmd->params, &sense)) {
		scst_cmd_fail_with(cmd, &sense);
		return SCST_EXEC_DONE;
	}
	if (!vdisk_begin_in_thread(cmd, &result))
		return result;
	a = kmalloc(sizeof(*a), GFP_NOIO);
	if (a)
		give_answer(cmd, a);
	else
		cmd->status = SAM_STAT_BUSY;
	kfree(a);
	return SCST_EXEC_DONE;
}

/* GOOD, not CONDITION MET: who knows how much stays in the cache. No blocks: to the end. */
enum scst_exec_result vdisk_prefetch(struct scst_cmd *cmd)
{
	struct vdisk *vd = to_vdisk(cmd->dev);
	struct vdisk_span span = vdisk_cmd_span(cmd);
	enum scst_exec_result result;

	if (!vd->kind->prefetch)
		return SCST_EXEC_DONE;
	if (!vdisk_begin_in_thread(cmd, &result))
		return result;
	if (!span.len)
		span.len = (READ_ONCE(vd->dev.lu.nblocks) << vd->dev.lu.block_shift) - span.pos;
	vd->kind->prefetch(vd, span.pos, span.len);
	return SCST_EXEC_DONE;
}
