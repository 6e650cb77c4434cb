// SPDX-License-Identifier: GPL-2.0
/*
 * vdisk_nullio: a disk without a medium. Writes vanish, reads bring zeros; into memory that the
 * transport has brought, nothing, unless read_zero says otherwise. It measures what everything
 * above a back end costs; and for tests its reads and writes last, each Nth fails with some sense,
 * ours or as a device would say it, falls short, or does both: then what was read before it failed
 * is brought.
 */
#include <linux/bvec.h>
#include <linux/hex.h>
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

/* One that we know, or the bytes of a device. */
struct vdisk_test_sense {
	struct rcu_head rcu;
	u8 id;				/* enum scst_sense_id */
	u8 len;				/* 0: it is the id */
	u8 bytes[SCST_SENSE_LEN];
};

static bool cut(struct scst_cmd *cmd, u32 bytes)
{
	if (!bytes || cmd->op->verb != SCST_VERB_READ)
		return false;
	cmd->data_len -= min(cmd->data_len, bytes);
	cmd->xfer_len = min(cmd->xfer_len, cmd->data_len);
	return true;
}

/* INFORMATION names the first block that was not read whole. */
static void fail_with(struct scst_cmd *cmd, enum scst_sense_id id)
{
	scst_cmd_fail_with(cmd, &(struct scst_sense){
		.id = id,
		.has_info = cmd->keeps_data,
		.info = cmd->params.lba + (cmd->data_len >> cmd->dev->lu.block_shift),
	});
}

static void cut_and_fail(struct scst_cmd *cmd, const struct vdisk *vd)
{
	const struct vdisk_test_sense *sense;

	cmd->keeps_data = cut(cmd, READ_ONCE(vd->test_short));
	guard(rcu)();
	sense = rcu_dereference(vd->test_sense);
	if (!sense)
		return;
	if (!sense->len) {
		fail_with(cmd, sense->id);
		return;
	}
	scst_cmd_fail_raw(cmd, sense->bytes, sense->len);
	scst_cmd_tell_others(cmd);
}

static noinline enum scst_exec_result behave_oddly(struct scst_cmd *cmd)
{
	struct vdisk *vd = to_vdisk(cmd->dev);
	u32 every = READ_ONCE(vd->test_every), ms = READ_ONCE(vd->delay_ms);

	if (every && (u32)atomic_inc_return(&vd->test_count) % every == 0)
		cut_and_fail(cmd, vd);
	return ms ? delay(cmd, ms) : SCST_EXEC_DONE;
}

static enum scst_exec_result nullio_done(struct scst_cmd *cmd)
{
	return likely(!READ_ONCE(to_vdisk(cmd->dev)->odd)) ? SCST_EXEC_DONE : behave_oddly(cmd);
}

static enum scst_exec_result nullio_read(struct scst_cmd *cmd)
{
	/* What buffers of the core hold is another initiator's, or of another disk. */
	if (cmd->sg_ours || READ_ONCE(to_vdisk(cmd->dev)->read_zero))
		sg_zero_buffer(cmd->sg, cmd->sg_cnt, cmd->xfer_len, 0);
	return nullio_done(cmd);
}

static ssize_t set_odd(struct vdisk *vd, u32 *member, const char *text, u64 max)
{
	u64 value;

	if (scst_parse_u64(text, 0, max, &value))
		return -EINVAL;
	WRITE_ONCE(*member, value);
	atomic_set(&vd->test_count, 0);
	WRITE_ONCE(vd->odd, vd->delay_ms || vd->test_every);
	return 0;
}

ssize_t vdisk_delay_ms_store(void *obj, char *text)
{
	return set_odd(to_vdisk(obj), &to_vdisk(obj)->delay_ms, text, DELAY_MAX_MS);
}

ssize_t vdisk_test_every_store(void *obj, char *text)
{
	return set_odd(to_vdisk(obj), &to_vdisk(obj)->test_every, text, U32_MAX);
}

ssize_t vdisk_test_short_store(void *obj, char *text)
{
	return set_odd(to_vdisk(obj), &to_vdisk(obj)->test_short, text, U32_MAX);
}

ssize_t vdisk_test_sense_show(void *obj, char *buf)
{
	const struct vdisk_test_sense *sense;
	const struct scst_sense_row *row;

	guard(rcu)();
	sense = rcu_dereference(to_vdisk(obj)->test_sense);
	if (sense && sense->len) {
		bin2hex(buf, sense->bytes, sense->len);
		return 2 * sense->len + sysfs_emit_at(buf, 2 * sense->len, "\n");
	}
	row = scst_sense_row(sense ? sense->id : SCST_SENSE_NONE);
	return sysfs_emit(buf, "%x/%02x/%02x %s\n", row->key, row->asc, row->ascq, row->name);
}

static int parse_codes(const char *text, struct vdisk_test_sense *sense)
{
	unsigned int key, asc, ascq;
	char rest;

	if (sscanf(text, "%x/%x/%x%c", &key, &asc, &ascq, &rest) != 3 || (key | asc | ascq) > 0xff)
		return -EINVAL;
	sense->id = scst_sense_find((struct scst_sense_codes){ key, asc, ascq });
	return sense->id == SCST_SENSE_OTHER ? -EINVAL : 0;
}

static int parse_bytes(const char *text, struct vdisk_test_sense *sense)
{
	size_t len = strlen(text);

	if (!len || len % 2 || len > 2 * sizeof(sense->bytes))
		return -EINVAL;
	sense->len = len / 2;
	return hex2bin(sense->bytes, text, sense->len);
}

/* KEY/ASC/ASCQ of a sense that we know, 0/0/0: none; or the bytes of any. In hexadecimal digits. */
ssize_t vdisk_test_sense_store(void *obj, char *text)
{
	struct vdisk_test_sense *sense = kzalloc(sizeof(*sense), GFP_KERNEL);
	int err;

	if (!sense)
		return -ENOMEM;
	err = strchr(text, '/') ? parse_codes(text, sense) : parse_bytes(text, sense);
	if (err || (!sense->id && !sense->len)) {
		kfree(sense);
		sense = NULL;
	}
	if (err)
		return err;
	sense = unrcu_pointer(xchg(&to_vdisk(obj)->test_sense, RCU_INITIALIZER(sense)));
	if (sense)
		kfree_rcu(sense, rcu);
	return 0;
}

/* For verbs that look at data it is a disk of zeros, whether plain reads bring them or not. */
static int nullio_move(struct vdisk *vd, unsigned int dir, struct bio_vec *bvecs, unsigned int nr,
		       u64 pos, u32 len, bool durable)
{
	unsigned int i;

	for (i = 0; dir == ITER_DEST && i < nr; i++)
		memzero_bvec(&bvecs[i]);
	return 0;
}

static int nullio_zero(struct vdisk *vd, u64 pos, u64 len, bool unmap)
{
	return 0;
}

static int nullio_open(struct vdisk *vd)
{
	vd->dev.lu.rotational = vd->args.rotational != 0;
	return vdisk_set_geometry(vd, 512, vd->args.size ?: DEFAULT_SIZE);
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
			VDISK_SHARED_VERBS,
		},
		.add_device		= nullio_add_device,
		VDISK_DEL_DEVICE,
	},
	.vendor	= "SCST_FIO",
	.bit	= VDISK_NULLIO,
	.open	= nullio_open,
	.move	= nullio_move,
	.zero	= nullio_zero,
};
