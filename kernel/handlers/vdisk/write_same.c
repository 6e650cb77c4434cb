// SPDX-License-Identifier: GPL-2.0
/*
 * WRITE SAME (SBC-4 5.50). Zeros are made by the back end if it can, with or without space for
 * them; any other block fills a page, which is written again and again.
 */
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/string.h>

#include "vdisk.h"

static int make_zeros(struct scst_cmd *cmd, u64 pos, u64 len)
{
	struct vdisk *vd = to_vdisk(cmd->dev);
	int err = vd->kind->zero ? 0 : -EOPNOTSUPP;

	while (!err && len && !scst_cmd_aborted(cmd)) {
		u64 n = vdisk_at_once(pos, len);

		err = vd->kind->zero(vd, pos, n, cmd->params.how & SCST_HOW_UNMAP);
		if (!err && !vd->dev.lu.write_cache && vd->kind->sync)
			err = vd->kind->sync(vd, pos, n);
		pos += n;
		len -= n;
	}
	return err;
}

/* The data of @cmd, repeated: no block is longer than a page. */
static void fill_page(struct scst_cmd *cmd, u8 *page)
{
	u32 done, size = 1u << cmd->dev->lu.block_shift;

	sg_copy_to_buffer(cmd->sg, cmd->sg_cnt, page, size);
	for (done = size; done < PAGE_SIZE; done += size)
		memcpy(page + done, page, size);
}

static int write_zeros(struct scst_cmd *cmd)
{
	struct vdisk_span span = vdisk_cmd_span(cmd);
	int err = make_zeros(cmd, span.pos, span.len);

	if (err != -EOPNOTSUPP)
		return err;
	return vdisk_write_page(to_vdisk(cmd->dev), cmd, ZERO_PAGE(0), span.pos, span.len);
}

static int write_block(struct scst_cmd *cmd)
{
	struct vdisk_span span = vdisk_cmd_span(cmd);
	struct page *page = alloc_page(GFP_NOIO);
	int err;

	if (!page)
		return -EAGAIN;
	fill_page(cmd, page_address(page));
	if (memchr_inv(page_address(page), 0, PAGE_SIZE))
		err = vdisk_write_page(to_vdisk(cmd->dev), cmd, page, span.pos, span.len);
	else
		err = write_zeros(cmd);
	__free_page(page);
	return err;
}

/* Without a data-out buffer (NDOB) the block is zeros. */
enum scst_exec_result vdisk_write_same(struct scst_cmd *cmd)
{
	enum scst_exec_result result;
	int err;

	if (!vdisk_begin_in_thread(cmd, &result))
		return result;
	err = cmd->xfer_len ? write_block(cmd) : write_zeros(cmd);
	if (err)
		vdisk_fail_errno(cmd, err);
	return SCST_EXEC_DONE;
}
