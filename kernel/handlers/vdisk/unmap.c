// SPDX-License-Identifier: GPL-2.0
/*
 * UNMAP: the list is judged as a whole, then carried out extent by extent.
 */
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "vdisk.h"

static void unmap_extents(struct scst_cmd *cmd, const u8 *list, unsigned int nr)
{
	struct vdisk *vd = to_vdisk(cmd->dev);
	u8 shift = cmd->dev->lu.block_shift;
	unsigned int i;

	for (i = 0; i < nr && !scst_cmd_aborted(cmd); i++) {
		struct scst_extent extent = scst_unmap_extent(list, i);
		int err;

		if (!extent.nblocks)
			continue;
		err = vd->kind->unmap(vd, extent.lba << shift, (u64)extent.nblocks << shift);
		if (err) {
			vdisk_fail_errno(cmd, err);
			return;
		}
	}
}

enum scst_exec_result vdisk_unmap(struct scst_cmd *cmd)
{
	const struct scst_lu *lu = &cmd->dev->lu;
	enum scst_exec_result result;
	struct scst_sense sense;
	unsigned int nr;
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
		unmap_extents(cmd, list, nr);
	else
		scst_cmd_fail_with(cmd, &sense);
	kfree(list);
	return SCST_EXEC_DONE;
}
