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

bool vdisk_has_gaps(const struct scst_cmd *cmd)
{
	const struct vdisk *vd = to_vdisk(cmd->dev);
	struct scatterlist *sg, *prev = NULL;
	u32 done = 0;
	int i;

	for_each_sg(cmd->sg, sg, cmd->sg_cnt, i) {
		if (done & (vd->whole - 1) &&
		    ((prev->offset + prev->length) | sg->offset) & vd->boundary)
			return true;
		done += sg->length;
		prev = sg;
	}
	return false;
}

/* Data of the command, from byte @skip on, through @buf. The last block of a read may be a part. */
static int move_through(struct scst_cmd *cmd, unsigned int dir, void *buf, u32 skip,
			struct vdisk_span span, bool durable)
{
	u32 block = 1u << cmd->dev->lu.block_shift, len, done;

	for (done = 0; done < span.len; done += len) {
		int err;

		len = min_t(u64, span.len - done, VDISK_CHUNK);
		if (dir == ITER_SOURCE)
			sg_pcopy_to_buffer(cmd->sg, cmd->sg_cnt, buf, len, skip + done);
		err = move_buf(to_vdisk(cmd->dev), dir, span.pos + done, buf, round_up(len, block),
			       durable);
		if (err)
			return err;
		if (dir == ITER_DEST)
			sg_pcopy_from_buffer(cmd->sg, cmd->sg_cnt, buf, len, skip + done);
	}
	return 0;
}

static int move_copied(struct scst_cmd *cmd, unsigned int dir, u32 skip, struct vdisk_span span,
		       bool durable)
{
	void *buf = kmalloc(VDISK_CHUNK, GFP_NOIO);
	int err = buf ? move_through(cmd, dir, buf, skip, span, durable) : -EAGAIN;

	kfree(buf);
	return err;
}

static int write_in_place(struct scst_cmd *cmd, u32 skip, u64 pos, u32 len, bool durable)
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

int vdisk_write_data(struct scst_cmd *cmd, u32 skip, u64 pos, u32 len, bool durable)
{
	if (vdisk_tears_blocks(cmd))
		return move_copied(cmd, ITER_SOURCE, skip, (struct vdisk_span){ pos, len },
				   durable);
	return write_in_place(cmd, skip, pos, len, durable);
}

enum scst_exec_result vdisk_move_copied(struct scst_cmd *cmd, unsigned int dir, bool durable)
{
	struct vdisk_span span = { vdisk_cmd_span(cmd).pos, cmd->xfer_len };
	enum scst_exec_result result;
	int err;

	if (!vdisk_begin_in_thread(cmd, &result))
		return result;
	err = move_copied(cmd, dir, 0, span, durable);
	if (err)
		vdisk_fail_errno(cmd, err);
	return SCST_EXEC_DONE;
}

#define PAGES_AT_ONCE	64

int vdisk_write_page(struct vdisk *vd, const struct scst_cmd *cmd, struct page *page, u64 pos,
		     u64 len)
{
	struct bio_vec *bvecs = kmalloc_array(PAGES_AT_ONCE, sizeof(*bvecs), GFP_NOIO);
	int i, err = bvecs ? 0 : -EAGAIN;

	while (!err && len && !(cmd && scst_cmd_aborted(cmd))) {
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
