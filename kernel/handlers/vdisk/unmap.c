// SPDX-License-Identifier: GPL-2.0
/*
 * UNMAP: the list is judged as a whole, then carried out extent by extent.
 */
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "vdisk.h"

static int unmap_extent(struct scst_cmd *cmd, struct scst_extent extent)
{
	struct vdisk *vd = to_vdisk(cmd->dev);
	u8 shift = cmd->dev->lu.block_shift;
	u64 pos = extent.lba << shift, left = (u64)extent.nblocks << shift, n;
	int err = 0;

	for (; !err && left && !scst_cmd_aborted(cmd); pos += n, left -= n) {
		n = vdisk_at_once(pos, left);
		err = vd->kind->unmap(vd, pos, n);
	}
	return err;
}

/* Without a cache that could lose it, it is durable when it is answered, as a write is. */
static int unmap_extents(struct scst_cmd *cmd, const u8 *list, unsigned int nr)
{
	struct vdisk *vd = to_vdisk(cmd->dev);
	const struct scst_lu *lu = &cmd->dev->lu;
	unsigned int i;
	int err = 0;

	for (i = 0; i < nr && !err; i++)
		err = unmap_extent(cmd, scst_unmap_extent(list, i));
	if (!err && nr && !lu->write_cache && vd->kind->sync)
		err = vd->kind->sync(vd, 0, READ_ONCE(lu->nblocks) << lu->block_shift);
	return err;
}

enum scst_exec_result vdisk_unmap(struct scst_cmd *cmd)
{
	const struct scst_lu *lu = &cmd->dev->lu;
	enum scst_exec_result result;
	struct scst_sense sense;
	unsigned int nr;
	int err = 0;
	u8 *list;

	if (!cmd->xfer_len)
		return SCST_EXEC_DONE;
	if (!vdisk_begin_in_thread(cmd, &result))
		return result;
	list = kmalloc(cmd->xfer_len, GFP_NOIO);
	if (!list) {
		cmd->status = SAM_STAT_BUSY;
		return SCST_EXEC_DONE;
	}
	sg_copy_to_buffer(cmd->sg, cmd->sg_cnt, list, cmd->xfer_len);
	if (scst_unmap_check(lu, READ_ONCE(lu->nblocks), list, cmd->xfer_len, &nr, &sense))
		err = unmap_extents(cmd, list, nr);
	else
		scst_cmd_fail_with(cmd, &sense);
	if (err)
		vdisk_fail_errno(cmd, err);
	kfree(list);
	return SCST_EXEC_DONE;
}
