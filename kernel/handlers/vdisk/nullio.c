// SPDX-License-Identifier: GPL-2.0
/*
 * vdisk_nullio: a disk without a medium. Writes vanish, reads bring whatever the buffer held, or
 * zeros with read_zero. It measures what everything above a back end costs, and its test
 * personality makes commands that last.
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "vdisk.h"

#define DEFAULT_SIZE	(5ULL << 39)	/* 2.5 TiB, as SCST */
#define DELAY_MAX_MS	600000
#define DELAY_POLL_MS	10	/* an aborted command does not stay longer than this */

struct delayed_cmd {
	struct delayed_work work;
	struct scst_cmd *cmd;
	unsigned long deadline;		/* jiffies */
};

static void delayed_cmd_work(struct work_struct *work)
{
	struct delayed_cmd *delayed = container_of(to_delayed_work(work), struct delayed_cmd, work);
	struct scst_cmd *cmd = delayed->cmd;

	if (time_before(jiffies, delayed->deadline) && !scst_cmd_aborted(cmd)) {
		queue_delayed_work(vdisk_wq, &delayed->work, msecs_to_jiffies(DELAY_POLL_MS));
		return;
	}
	kfree(delayed);
	scst_cmd_exec_done(cmd);
}

static enum scst_exec_result delay(struct scst_cmd *cmd, u32 ms)
{
	struct delayed_cmd *delayed = kmalloc(sizeof(*delayed), GFP_NOWAIT);

	if (!delayed) {
		cmd->status = SAM_STAT_BUSY;
		return SCST_EXEC_DONE;
	}
	delayed->cmd = cmd;
	delayed->deadline = jiffies + msecs_to_jiffies(ms);
	INIT_DELAYED_WORK(&delayed->work, delayed_cmd_work);
	queue_delayed_work(vdisk_wq, &delayed->work, msecs_to_jiffies(min(ms, DELAY_POLL_MS)));
	return SCST_EXEC_PENDING;
}

static enum scst_exec_result nullio_done(struct scst_cmd *cmd)
{
	u32 ms = READ_ONCE(to_vdisk(cmd->dev)->delay_ms);

	return unlikely(ms) ? delay(cmd, ms) : SCST_EXEC_DONE;
}

static enum scst_exec_result nullio_read(struct scst_cmd *cmd)
{
	if (READ_ONCE(to_vdisk(cmd->dev)->read_zero))
		sg_zero_buffer(cmd->sg, cmd->sg_cnt, cmd->xfer_len, 0);
	return nullio_done(cmd);
}

static struct vdisk *obj_vdisk(void *obj)
{
	return to_vdisk(obj);
}

static ssize_t read_zero_show(void *obj, char *buf)
{
	bool read_zero = READ_ONCE(obj_vdisk(obj)->read_zero);

	return sysfs_emit(buf, "%d\n%s", read_zero, read_zero ? "[key]\n" : "");
}

static ssize_t read_zero_store(void *obj, char *text)
{
	bool read_zero;
	int err = scst_parse_bool(text, &read_zero);

	if (!err)
		WRITE_ONCE(obj_vdisk(obj)->read_zero, read_zero);
	return err;
}

static ssize_t delay_ms_show(void *obj, char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(obj_vdisk(obj)->delay_ms));
}

static ssize_t delay_ms_store(void *obj, char *text)
{
	u64 ms;
	int err = scst_parse_u64(text, 0, DELAY_MAX_MS, &ms);

	if (!err)
		WRITE_ONCE(obj_vdisk(obj)->delay_ms, ms);
	return err;
}

static ssize_t set_bytes(struct vdisk *vd, u64 bytes)
{
	u64 nblocks = bytes >> vd->dev.lu.block_shift;

	if (!nblocks)
		return -EINVAL;
	scst_device_set_capacity(&vd->dev, nblocks);
	return 0;
}

static ssize_t size_store(void *obj, char *text)
{
	u64 bytes;
	int err = scst_parse_u64(text, 512, S64_MAX, &bytes);

	return err ?: set_bytes(obj_vdisk(obj), bytes);
}

static ssize_t size_mb_store(void *obj, char *text)
{
	u64 mb;
	int err = scst_parse_u64(text, 1, S64_MAX >> 20, &mb);

	return err ?: set_bytes(obj_vdisk(obj), mb << 20);
}

static const struct scst_attr nullio_attrs[] = {
	SCST_ATTR_RO(blocksize, vdisk_blocksize_show),
	SCST_ATTR_RW(delay_ms, delay_ms_show, delay_ms_store),
	VDISK_LU_ATTR(dummy, SCST_ATTR_BOOL, 0),
	VDISK_LU_ATTR(read_only, SCST_ATTR_BOOL, 0),
	SCST_ATTR_RW(read_zero, read_zero_show, read_zero_store),
	VDISK_LU_ATTR(removable, SCST_ATTR_BOOL, 0),
	VDISK_LU_ATTR(rotational, SCST_ATTR_BOOL, 1),
	SCST_ATTR_RW(size, vdisk_size_show, size_store),
	SCST_ATTR_RW(size_mb, vdisk_size_mb_show, size_mb_store),
	VDISK_LU_ATTR(t10_dev_id, SCST_ATTR_STR, 1),
	VDISK_LU_ATTR(tst, SCST_ATTR_U8, 1),
	VDISK_LU_ATTR(usn, SCST_ATTR_STR, 0),
	SCST_ATTR_END
};

static int nullio_open(struct vdisk *vd, const struct vdisk_args *args)
{
	vd->dev.lu.rotational = args->rotational != 0;
	return vdisk_set_geometry(vd, args, 512, args->size ?: DEFAULT_SIZE);
}

static int nullio_add_device(const char *name, struct scst_params *params)
{
	return vdisk_add(&vdisk_nullio, name, params);
}

struct vdisk_kind vdisk_nullio __ro_after_init = {
	.ops = {
		.name			= "vdisk_nullio",
		.owner			= THIS_MODULE,
		.type			= 0x00,
		.verb = {
			[SCST_VERB_READ]	= nullio_read,
			[SCST_VERB_WRITE]	= nullio_done,
			[SCST_VERB_FLUSH]	= nullio_done,
		},
		.add_device		= nullio_add_device,
		.del_device		= vdisk_del,
		.add_device_params	= vdisk_nullio.params,
		.device_attrs		= nullio_attrs,
	},
	.bit	= VDISK_NULLIO,
	.open	= nullio_open,
};
