// SPDX-License-Identifier: GPL-2.0
/*
 * FORMAT UNIT (SBC-4 5.4): all blocks become zeros, or what the initiator gives, and are on the
 * medium when it ends. A thin disk gives its space back instead of writing zeros; where the device
 * does not know how to make zeros of it, they are what LBPRZ says.
 *
 * The gate is shut meanwhile, for the one that asked as well, and a work does it. With IMMED nobody
 * waits for that: it goes on without its initiator, through resets and replaced LUNs, until the
 * back end is closed. Where a command waits it is aborted like any other, and ends when its LUN is
 * taken away, which would have to wait for hours.
 *
 * What ends too early leaves blocks of before and blocks of after. Nobody is to take that for
 * either: MEDIUM FORMAT CORRUPTED until a format ends well, or the administrator opens the back end
 * anew.
 */
#include <linux/cleanup.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "granule.h"
#include "vdisk.h"

#define AT_ONCE	SZ_32M		/* between two looks at whether it is to stop */

static u64 disk_len(const struct vdisk *vd)
{
	return READ_ONCE(vd->dev.lu.nblocks) << vd->dev.lu.block_shift;
}

static struct vdisk_granules granules(const struct vdisk *vd)
{
	const struct scst_lu *lu = &vd->dev.lu;

	return (struct vdisk_granules){
		.first = (u64)lu->unmap_align << lu->block_shift,
		.size = max((u64)lu->unmap_gran << lu->block_shift, 1),
	};
}

static int write_zeros(struct vdisk *vd, u64 pos, u64 end)
{
	return pos < end ? vdisk_write_page(vd, NULL, ZERO_PAGE(0), pos, end - pos) : 0;
}

/* A device gives back whole granules. Of a part of one it keeps what is there: that is written. */
static int unmap_zeros(struct vdisk *vd, u64 pos, u64 end)
{
	struct vdisk_granules g = granules(vd);
	u64 first = min(vdisk_granule_from(&g, pos), end);
	u64 last = max(vdisk_granule_of(&g, end), first);

	return vd->kind->unmap(vd, pos, end - pos) ?: write_zeros(vd, pos, first) ?:
						      write_zeros(vd, last, end);
}

static int make_zeros(struct vdisk *vd, u64 pos, u64 len)
{
	const struct vdisk_kind *kind = vd->kind;
	bool thin = vd->dev.lu.thin;
	int err = kind->zero ? kind->zero(vd, pos, len, thin) : -EOPNOTSUPP;

	if (err == -EOPNOTSUPP && thin)
		err = unmap_zeros(vd, pos, pos + len);
	if (err == -EOPNOTSUPP)
		err = write_zeros(vd, pos, pos + len);
	return err;
}

static bool is_to_stop(const struct vdisk_format *format)
{
	return READ_ONCE(format->stop) || (format->cmd && scst_cmd_abandoned(format->cmd));
}

static void tell_progress(struct vdisk *vd, u64 done)
{
	u64 step = max(disk_len(vd) >> 16, 1);

	WRITE_ONCE(vd->dev.lu.progress, min_t(u64, div64_u64(done, step), 0xffff));
}

static int format_some(struct vdisk *vd, u64 pos, u64 len)
{
	struct page *page = vd->format.page;

	return page ? vdisk_write_page(vd, NULL, page, pos, len) : make_zeros(vd, pos, len);
}

/* No granule is cut in two where the back end is to give them back. */
static u64 step_end(const struct vdisk *vd, u64 pos)
{
	struct vdisk_granules g = granules(vd);

	return vd->dev.lu.thin ? vdisk_granule_step(&g, pos, AT_ONCE) : pos + AT_ONCE;
}

/* The disk may grow meanwhile, or end earlier. Return: -EINTR: stopped before it began. */
static int format_all(struct vdisk *vd)
{
	u64 end, len, pos;
	int err = 0;

	for (pos = 0; !err && pos < (end = disk_len(vd)); pos += len) {
		if (is_to_stop(&vd->format))
			return pos ? -ECANCELED : -EINTR;
		len = min(end, step_end(vd, pos)) - pos;
		err = format_some(vd, pos, len);
		tell_progress(vd, pos + len);
	}
	if (!err && vd->kind->sync)
		err = vd->kind->sync(vd, 0, pos);
	return err;
}

/* Commands that were there before; others of the core's do not reach the medium. */
static bool is_at_medium(const struct scst_cmd *cmd, const void *unused)
{
	const struct scst_op *op = READ_ONCE(cmd->op);

	return !op || (op->verb && op->verb != SCST_VERB_FORMAT &&
		       op->verb != SCST_VERB_START_STOP);
}

/* One that was stopped before it began leaves what an earlier one left. */
static void leave(struct vdisk *vd, int err)
{
	u8 gate;

	guard(spinlock_irq)(&vd->gate_lock);
	gate = vd->gate & ~VDISK_FORMATS;
	if (!err)
		gate &= ~VDISK_CORRUPT;
	else if (err != -EINTR)
		gate |= VDISK_CORRUPT;
	vdisk_set_gate(vd, gate);
}

static void answer(struct vdisk *vd, struct scst_cmd *cmd, int err)
{
	if (err && READ_ONCE(vd->gate) & VDISK_CLOSED)
		scst_cmd_fail(cmd, vdisk_not_ready(cmd));
	else if (err)
		scst_cmd_fail(cmd, SCST_SENSE_FORMAT_FAILED);
	scst_cmd_exec_done(cmd);
}

/* Behind leave() there may be another format already. */
void vdisk_format_work(struct work_struct *work)
{
	struct vdisk *vd = container_of(work, struct vdisk, format.work);
	struct scst_cmd *cmd = vd->format.cmd;
	struct page *page = vd->format.page;
	unsigned int noio = memalloc_noio_save();
	int err;

	scst_device_settle(&vd->dev, is_at_medium, NULL);
	err = format_all(vd);
	memalloc_noio_restore(noio);
	if (err)
		pr_warn("scst_vdisk: %s: FORMAT UNIT ended at %u%%: %pe\n", vd->dev.name,
			vd->dev.lu.progress * 100 >> 16, ERR_PTR(err));
	leave(vd, err);
	if (page)
		__free_page(page);
	if (cmd)
		answer(vd, cmd, err);
}

void vdisk_stop_format(struct vdisk *vd)
{
	WRITE_ONCE(vd->format.stop, true);
	flush_work(&vd->format.work);
}

/* Each block begins with the pattern, and ends within it. */
static void fill(u8 *to, u32 block, const struct scst_format *want)
{
	u32 i;

	for (i = 0; i < PAGE_SIZE; i++)
		to[i] = want->pattern[(i & (block - 1)) % want->pattern_len];
}

/* Return: true, and *@page is NULL if zeros are wanted. */
static bool make_page(struct scst_cmd *cmd, const struct scst_format *want, struct page **page)
{
	*page = NULL;
	if (!want->pattern_len || !memchr_inv(want->pattern, 0, want->pattern_len))
		return true;
	*page = alloc_page(GFP_NOIO);
	if (!*page)
		return false;
	fill(page_address(*page), 1u << cmd->dev->lu.block_shift, want);
	return true;
}

/* Return: false, there is no back end now, or another format. */
static bool enter(struct vdisk *vd, struct scst_cmd *cmd, struct page *page)
{
	guard(spinlock_irq)(&vd->gate_lock);
	if (vd->gate & (VDISK_CLOSED | VDISK_FORMATS))
		return false;
	vd->format.cmd = cmd;
	vd->format.page = page;
	vd->format.stop = false;
	WRITE_ONCE(vd->dev.lu.progress, 0);
	scst_device_set_ready(&vd->dev, SCST_SENSE_FORMAT_IN_PROGRESS);
	WRITE_ONCE(vd->gate, vd->gate | VDISK_FORMATS);
	queue_work(vdisk_format_wq, &vd->format.work);
	return true;
}

static enum scst_exec_result begin(struct scst_cmd *cmd, const struct scst_format *want)
{
	struct page *page;

	if (!make_page(cmd, want, &page)) {
		cmd->status = SAM_STAT_BUSY;
		return SCST_EXEC_DONE;
	}
	if (enter(to_vdisk(cmd->dev), want->immed ? NULL : cmd, page))
		return want->immed ? SCST_EXEC_DONE : SCST_EXEC_PENDING;
	if (page)
		__free_page(page);
	scst_cmd_fail(cmd, vdisk_not_ready(cmd));
	return SCST_EXEC_DONE;
}

enum scst_exec_result vdisk_format(struct scst_cmd *cmd)
{
	enum scst_exec_result result = SCST_EXEC_DONE;
	struct scst_format want;
	struct scst_sense sense;
	u8 *list;

	if (!cmd->in_thread)
		return SCST_EXEC_THREAD;
	list = kmalloc(SCST_FORMAT_LIST_MAX, GFP_NOIO);
	if (!list) {
		cmd->status = SAM_STAT_BUSY;
		return SCST_EXEC_DONE;
	}
	if (cmd->xfer_len)
		sg_copy_to_buffer(cmd->sg, cmd->sg_cnt, list, cmd->xfer_len);
	if (scst_format_check(&cmd->dev->lu, cmd->params.how, list, cmd->xfer_len, &want, &sense))
		result = begin(cmd, &want);
	else
		scst_cmd_fail_with(cmd, &sense);
	kfree(list);
	return result;
}
