// SPDX-License-Identifier: GPL-2.0
/*
 * VERIFY and WRITE AND VERIFY (SBC-4 5.33, 5.45): what is verified is the medium, so what waits in
 * a cache is written first, and what was read from one is forgotten.
 */
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "vdisk.h"

bool vdisk_differs(struct scst_cmd *cmd, u32 skip, const void *buf, u32 len, u32 *at)
{
	struct sg_mapping_iter miter;
	u32 n, done = 0;
	bool differs = false;

	sg_miter_start(&miter, cmd->sg, cmd->sg_cnt, SG_MITER_FROM_SG);
	sg_miter_skip(&miter, skip);
	for (; !differs && done < len && sg_miter_next(&miter); done += n) {
		n = min_t(u32, len - done, miter.length);
		differs = memcmp(miter.addr, buf + done, n);
		if (differs) {
			const u8 *want = miter.addr, *have = buf + done;

			for (*at = done; *want == *have; want++, have++)
				++*at;
		}
	}
	sg_miter_stop(&miter);
	return differs;
}

/* One block of data against each block of @buf. */
static bool any_block_differs(struct scst_cmd *cmd, const void *buf, u32 len, u32 *at)
{
	u32 done, size = 1u << cmd->dev->lu.block_shift;

	for (done = 0; done < len; done += size) {
		if (!vdisk_differs(cmd, 0, buf + done, size, at))
			continue;
		*at += done;
		return true;
	}
	return false;
}

static bool differs(struct scst_cmd *cmd, u64 done, const void *buf, u32 len, u32 *at)
{
	if (!(cmd->params.how & SCST_HOW_COMPARE))
		return false;
	if (cmd->params.how & SCST_HOW_SAME)
		return any_block_differs(cmd, buf, len, at);
	return vdisk_differs(cmd, done, buf, len, at);
}

static void verify(struct scst_cmd *cmd, void *buf)
{
	struct vdisk *vd = to_vdisk(cmd->dev);
	struct vdisk_span span = vdisk_cmd_span(cmd);
	u64 done;
	u32 len, at;

	for (done = 0; done < span.len && !scst_cmd_aborted(cmd); done += len) {
		int err;

		len = min(span.len - done, VDISK_CHUNK);
		err = vdisk_read(vd, span.pos + done, buf, len);
		if (err) {
			vdisk_fail_read(cmd, err);
			return;
		}
		if (differs(cmd, done, buf, len, &at)) {
			scst_cmd_fail_with(cmd, &(struct scst_sense){
				.id = SCST_SENSE_MISCOMPARE, .has_info = 1, .info = done + at,
			});
			return;
		}
	}
}

static enum scst_exec_result verify_medium(struct scst_cmd *cmd)
{
	struct vdisk *vd = to_vdisk(cmd->dev);
	struct vdisk_span span = vdisk_cmd_span(cmd);
	void *buf = kmalloc(VDISK_CHUNK, GFP_NOIO);
	int err = buf ? 0 : -EAGAIN;

	if (!err && vd->kind->sync)
		err = vd->kind->sync(vd, span.pos, span.len);
	if (err) {
		vdisk_fail_errno(cmd, err);
	} else {
		if (vd->kind->forget)
			vd->kind->forget(vd, span.pos, span.len);
		verify(cmd, buf);
	}
	kfree(buf);
	return SCST_EXEC_DONE;
}

enum scst_exec_result vdisk_verify(struct scst_cmd *cmd)
{
	enum scst_exec_result result;

	if (!cmd->params.nblocks)
		return SCST_EXEC_DONE;
	return vdisk_begin_in_thread(cmd, &result) ? verify_medium(cmd) : result;
}

enum scst_exec_result vdisk_write_verify(struct scst_cmd *cmd)
{
	enum scst_exec_result result;
	int err;

	if (!cmd->xfer_len)
		return SCST_EXEC_DONE;
	if (!vdisk_begin_in_thread(cmd, &result))
		return result;
	err = vdisk_write_data(cmd, 0, vdisk_cmd_span(cmd).pos, cmd->xfer_len, false);
	if (!err)
		return verify_medium(cmd);
	vdisk_fail_errno(cmd, err);
	return SCST_EXEC_DONE;
}
