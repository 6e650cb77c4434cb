// SPDX-License-Identifier: GPL-2.0
/*
 * COMPARE AND WRITE and ORWRITE: read, decide and write as one uninterrupted series of actions
 * (SBC-4 5.3 and 5.13): no other command writes to these blocks in between, or reads half of what
 * it writes, whether it is of the same sort or a plain READ or WRITE. They run one after the other,
 * on a workqueue where no command of another sort waits, so that those they wait for can go on.
 *
 * Others pay nothing for it while no series runs: the series shuts the gate for its blocks, and
 * waits for the reads and writes that are under way there.
 *
 * What a transport was lent is beyond that: it is read when the initiator takes it, for which a
 * series cannot wait. Where a series was nothing is lent any more, until there was none for
 * VDISK_REGIONS_KEEP; so a READ that is older than the first series there since is the only one
 * that may see half of it.
 */
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <scst/handles.h>

#include "vdisk.h"

static void fail_miscompare(struct scst_cmd *cmd, u32 at)
{
	SCST_SOMETIMES(series_miscompares);
	scst_cmd_fail_with(cmd, &(struct scst_sense){
		.id = SCST_SENSE_MISCOMPARE, .has_info = 1, .info = at,
	});
}

/* The first half of the data is what has to be there, the second what is written then. */
static void compare_and_write(struct scst_cmd *cmd, void *buf)
{
	struct vdisk *vd = to_vdisk(cmd->dev);
	struct vdisk_span span = vdisk_cmd_span(cmd);
	u32 done, len;
	int err;

	for (done = 0; done < span.len; done += len) {
		u32 at;

		len = min(span.len - done, VDISK_CHUNK);
		err = vdisk_read(vd, span.pos + done, buf, len);
		if (err) {
			vdisk_fail_read(cmd, err);
			return;
		}
		if (vdisk_differs(cmd, done, buf, len, &at)) {
			fail_miscompare(cmd, done + at);
			return;
		}
	}
	err = vdisk_write_data(cmd, span.len, span.pos, span.len,
			       cmd->params.how & SCST_HOW_FUA);
	if (err)
		vdisk_fail_errno(cmd, err);
}

static void or_data(struct scst_cmd *cmd, u32 skip, u8 *buf, u32 len)
{
	struct sg_mapping_iter miter;
	u32 i, n;

	sg_miter_start(&miter, cmd->sg, cmd->sg_cnt, SG_MITER_FROM_SG);
	sg_miter_skip(&miter, skip);
	for (; len && sg_miter_next(&miter); len -= n, buf += n) {
		const u8 *data = miter.addr;

		n = min_t(u32, len, miter.length);
		for (i = 0; i < n; i++)
			buf[i] |= data[i];
	}
	sg_miter_stop(&miter);
}

static void or_write(struct scst_cmd *cmd, void *buf)
{
	struct vdisk *vd = to_vdisk(cmd->dev);
	struct vdisk_span span = vdisk_cmd_span(cmd);
	u32 done, len;
	int err;

	for (done = 0; done < span.len; done += len) {
		len = min(span.len - done, VDISK_CHUNK);
		err = vdisk_read(vd, span.pos + done, buf, len);
		if (err) {
			vdisk_fail_read(cmd, err);
			return;
		}
		or_data(cmd, done, buf, len);
		err = vdisk_write(vd, span.pos + done, buf, len, cmd->params.how & SCST_HOW_FUA);
		if (err) {
			vdisk_fail_errno(cmd, err);
			return;
		}
	}
}

bool vdisk_had_series(const struct vdisk *vd, struct vdisk_span span)
{
	return vdisk_regions_has(&vd->series_at, span.pos, span.len, jiffies,
				 VDISK_REGIONS_KEEP * HZ);
}

static void run_series(struct scst_cmd *cmd)
{
	struct vdisk *vd = to_vdisk(cmd->dev);
	struct vdisk_span span = vdisk_cmd_span(cmd);
	void *buf = kmalloc(VDISK_CHUNK, GFP_NOIO);

	if (!buf) {
		cmd->status = SAM_STAT_BUSY;
		return;
	}
	vdisk_regions_note(&vd->series_at, span.pos, span.len, jiffies, VDISK_REGIONS_KEEP * HZ);
	vdisk_hold(vd, (struct vdisk_range){ cmd->params.lba, cmd->params.nblocks });
	scst_tag(vdisk_series);
	if (cmd->op->verb == SCST_VERB_COMPARE_WRITE)
		compare_and_write(cmd, buf);
	else
		or_write(cmd, buf);
	vdisk_release(vd);
	kfree(buf);
}

void vdisk_series_work(struct work_struct *work)
{
	struct vdisk *vd = container_of(work, struct vdisk, series_work);

	vdisk_carry_out(vd, &vd->series, run_series);
}

enum scst_exec_result vdisk_series(struct scst_cmd *cmd)
{
	struct vdisk *vd = to_vdisk(cmd->dev);
	enum scst_exec_result result;

	if (READ_ONCE(vd->gate) & VDISK_REFUSES && !vdisk_gate(cmd, &result))
		return result;
	if (!cmd->xfer_len)
		return SCST_EXEC_DONE;
	if (!vdisk_add_last(vd, &vd->series, cmd))
		return SCST_EXEC_DONE;
	queue_work(vdisk_wq, &vd->series_work);
	return SCST_EXEC_PENDING;
}
