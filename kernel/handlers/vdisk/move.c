// SPDX-License-Identifier: GPL-2.0
/*
 * Data between the back end and memory, for the verbs that all kinds share.
 */
#include <linux/bvec.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "vdisk.h"

static int move_buf(struct vdisk *vd, unsigned int dir, u64 pos, void *buf, u32 len, bool durable)
{
	struct bio_vec bvec;

	bvec_set_virt(&bvec, buf, len);
	return vd->kind->move(vd, dir, &bvec, 1, pos, len, durable);
}

int vdisk_read(struct vdisk *vd, u64 pos, void *buf, u32 len)
{
	return move_buf(vd, ITER_DEST, pos, buf, len, false);
}

int vdisk_write(struct vdisk *vd, u64 pos, void *buf, u32 len, bool durable)
{
	return move_buf(vd, ITER_SOURCE, pos, buf, len, durable);
}

/* @len bytes of the scatterlist, from byte @skip on. Return: how many pieces. */
static unsigned int cut_data(const struct scst_cmd *cmd, u32 skip, u32 len, struct bio_vec *bvecs)
{
	struct scatterlist *sg = cmd->sg;
	unsigned int nr = 0;

	for (; len; sg = sg_next(sg)) {
		u32 n = sg->length;

		if (skip >= n) {
			skip -= n;
			continue;
		}
		n = min(n - skip, len);
		bvec_set_page(&bvecs[nr++], sg_page(sg), n, sg->offset + skip);
		skip = 0;
		len -= n;
	}
	return nr;
}

int vdisk_write_data(struct scst_cmd *cmd, u32 skip, u64 pos, u32 len, bool durable)
{
	struct vdisk *vd = to_vdisk(cmd->dev);
	struct bio_vec *bvecs = kmalloc_array(cmd->sg_cnt, sizeof(*bvecs), GFP_NOIO);
	int err;

	if (!bvecs)
		return -EAGAIN;
	err = vd->kind->move(vd, ITER_SOURCE, bvecs, cut_data(cmd, skip, len, bvecs), pos, len,
			     durable);
	kfree(bvecs);
	return err;
}

static int read_in_part(struct scst_cmd *cmd, void *buf)
{
	u32 block = 1u << cmd->dev->lu.block_shift, len, done;
	u64 pos = vdisk_cmd_span(cmd).pos;

	for (done = 0; done < cmd->xfer_len; done += len) {
		int err;

		len = min(cmd->xfer_len - done, VDISK_CHUNK);
		err = vdisk_read(to_vdisk(cmd->dev), pos + done, buf, round_up(len, block));
		if (err)
			return err;
		sg_pcopy_from_buffer(cmd->sg, cmd->sg_cnt, buf, len, done);
	}
	return 0;
}

enum scst_exec_result vdisk_read_in_part(struct scst_cmd *cmd)
{
	enum scst_exec_result result;
	void *buf;
	int err;

	if (!vdisk_begin_in_thread(cmd, &result))
		return result;
	buf = kmalloc(VDISK_CHUNK, GFP_NOIO);
	err = buf ? read_in_part(cmd, buf) : -EAGAIN;
	kfree(buf);
	if (err)
		vdisk_fail_errno(cmd, err);
	return SCST_EXEC_DONE;
}

#define PAGES_AT_ONCE	64

int vdisk_write_page(struct scst_cmd *cmd, struct page *page, u64 pos, u64 len)
{
	struct vdisk *vd = to_vdisk(cmd->dev);
	struct bio_vec *bvecs = kmalloc_array(PAGES_AT_ONCE, sizeof(*bvecs), GFP_NOIO);
	int i, err = bvecs ? 0 : -EAGAIN;

	while (!err && len && !scst_cmd_aborted(cmd)) {
		u32 n = min_t(u64, len, PAGES_AT_ONCE * PAGE_SIZE);

		for (i = 0; i < PAGES_AT_ONCE; i++)
			bvec_set_page(&bvecs[i], page, PAGE_SIZE, 0);
		err = vd->kind->move(vd, ITER_SOURCE, bvecs, DIV_ROUND_UP(n, PAGE_SIZE), pos, n,
				     !vd->dev.lu.write_cache);
		pos += n;
		len -= n;
	}
	kfree(bvecs);
	return err;
}
