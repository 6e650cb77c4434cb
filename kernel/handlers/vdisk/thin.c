// SPDX-License-Identifier: GPL-2.0
/*
 * The pool that thin disks take their blocks from, and the soft threshold of SBC-4: when
 * less is left than that, the initiators of each disk on it are told, once; and again after there
 * was more in between. Log page 0Ch has the numbers, mode page 1Ch/02h the threshold.
 *
 * A file's pool is its file system. That of a block device has no face in the kernel, so whoever
 * watches it writes what is left into `thin_pool`: scst-thind for dm-thin, somebody else for a
 * volume of an array.
 *
 * A write does not look: it would pay for what is asked now and then.
 */
#include <linux/cleanup.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/string.h>

#include "vdisk.h"

#define LOOK_EVERY	(5 * HZ)
#define SET_SHIFT	20		/* a threshold set is 1 MiB: 32 bits of them are 4 PiB */

static bool get_pool(struct vdisk *vd, struct vdisk_pool *pool)
{
	*pool = vd->pool;
	if (vd->kind->pool && vd->kind->pool(vd, pool))
		return false;
	return pool->total;
}

/* Sets that are left at the threshold: at least one, as none is no threshold. */
static u32 threshold_sets(const struct vdisk *vd, const struct vdisk_pool *pool)
{
	u64 left = mul_u64_u64_div_u64(pool->total, 100 - vd->threshold, 100) >> SET_SHIFT;

	return vd->threshold ? clamp_t(u64, left, 1, U32_MAX) : 0;
}

static void set_numbers(struct vdisk *vd, const struct vdisk_pool *pool)
{
	struct scst_lu *lu = &vd->dev.lu;
	u64 used = pool->used;

	if (used != SCST_LBP_UNKNOWN)
		used >>= lu->block_shift;
	WRITE_ONCE(lu->lbp_available, pool->available >> lu->block_shift);
	WRITE_ONCE(lu->lbp_used, used);
	WRITE_ONCE(lu->lbp_threshold, threshold_sets(vd, pool));
}

/* Return: has it just been crossed? */
static bool crosses(struct vdisk *vd, const struct vdisk_pool *pool)
{
	bool was_beyond = vd->beyond_threshold;

	vd->beyond_threshold = vd->threshold &&
			       pool->available >> SET_SHIFT <= threshold_sets(vd, pool);
	return vd->beyond_threshold && !was_beyond;
}

static bool is_thin(const struct vdisk *vd)
{
	return vd->is_open && vd->dev.lu.thin;
}

/*
 * Page B2h has the size of a set, and with it the unit has thresholds: that it has some is told
 * once, when somebody first knows its pool.
 */
static void show_thresholds(struct vdisk *vd)
{
	struct scst_lu *lu = &vd->dev.lu;
	u8 set_exp = SET_SHIFT - lu->block_shift;

	if (lu->lbp_set_exp)
		return;
	if (!vd->published) {
		lu->lbp_set_exp = set_exp;
		return;
	}
	scst_device_change_begin(&vd->dev);
	lu->lbp_set_exp = set_exp;
	scst_device_change_end(&vd->dev, SCST_SENSE_INQUIRY_CHANGED);
}

void vdisk_forget_pool(struct vdisk *vd)
{
	struct scst_lu *lu = &vd->dev.lu;

	lockdep_assert_held(&vd->lock);
	vd->pool = (struct vdisk_pool){ .used = SCST_LBP_UNKNOWN };
	vd->beyond_threshold = false;
	if (!lu->lbp_set_exp)
		return;
	scst_device_change_begin(&vd->dev);
	lu->lbp_set_exp = 0;
	scst_device_change_end(&vd->dev, SCST_SENSE_INQUIRY_CHANGED);
}

void vdisk_describe_pool(struct vdisk *vd)
{
	struct vdisk_pool pool;

	if (vd->published || !vd->dev.lu.thin || !get_pool(vd, &pool))
		return;
	set_numbers(vd, &pool);
	crosses(vd, &pool);
	show_thresholds(vd);
}

static void look(struct vdisk *vd)
{
	struct vdisk_pool pool;

	lockdep_assert_held(&vd->lock);
	if (!get_pool(vd, &pool))
		return;
	set_numbers(vd, &pool);
	show_thresholds(vd);
	if (!crosses(vd, &pool))
		return;
	pr_warn("scst_vdisk: %s: its pool has %llu MiB left of %llu, less than the threshold\n",
		vd->dev.name, pool.available >> 20, pool.total >> 20);
	scst_device_tell(&vd->dev, SCST_SENSE_THIN_THRESHOLD);
}

void vdisk_pool_work(struct work_struct *work)
{
	struct vdisk *vd = container_of(to_delayed_work(work), struct vdisk, look_at_pool);

	guard(mutex)(&vd->lock);
	if (!is_thin(vd))
		return;
	look(vd);
	queue_delayed_work(system_long_wq, &vd->look_at_pool, LOOK_EVERY);
}

/* What only somebody else can say is looked at when he says it, or here if he did meanwhile. */
void vdisk_watch_pool(struct vdisk *vd)
{
	if (!is_thin(vd))
		return;
	look(vd);
	if (vd->kind->pool)
		queue_delayed_work(system_long_wq, &vd->look_at_pool, LOOK_EVERY);
}

ssize_t vdisk_thin_pool_show(void *obj, char *buf)
{
	struct vdisk *vd = to_vdisk(obj);

	guard(mutex)(&vd->lock);
	if (!vd->pool.total)
		return sysfs_emit(buf, "\n");
	if (vd->pool.used == SCST_LBP_UNKNOWN)
		return sysfs_emit(buf, "%llu %llu\n", vd->pool.available, vd->pool.total);
	return sysfs_emit(buf, "%llu %llu %llu\n", vd->pool.available, vd->pool.total,
			  vd->pool.used);
}

static int parse_pool(char *text, struct vdisk_pool *pool)
{
	u64 numbers[3] = { [2] = SCST_LBP_UNKNOWN };
	unsigned int nr = 0;
	char *word;

	while ((word = strsep(&text, " ")))
		if (nr == ARRAY_SIZE(numbers) || scst_parse_u64(word, 0, S64_MAX, &numbers[nr++]))
			return -EINVAL;
	*pool = (struct vdisk_pool){ numbers[0], numbers[1], numbers[2] };
	return nr < 2 || !pool->total || pool->available > pool->total ? -EINVAL : 0;
}

/* Of a file: nobody has to. As long as it is not open it may be one. */
static bool is_told(const struct vdisk *vd)
{
	return !vd->kind->pool || (vd->is_open && S_ISBLK(file_inode(vd->file)->i_mode));
}

/* AVAILABLE TOTAL [USED BY THIS DISK], in bytes; nothing: it is not known any more. */
ssize_t vdisk_thin_pool_store(void *obj, char *text)
{
	struct vdisk *vd = to_vdisk(obj);
	struct vdisk_pool pool = {};
	int err = *text ? parse_pool(text, &pool) : 0;

	if (err)
		return err;
	guard(mutex)(&vd->lock);
	if (!vd->dev.lu.thin || !is_told(vd))
		return -EOPNOTSUPP;
	if (!pool.total) {
		vdisk_forget_pool(vd);
		return 0;
	}
	vd->pool = pool;
	if (vd->is_open)
		look(vd);
	return 0;
}

ssize_t vdisk_tp_soft_threshold_store(void *obj, char *text)
{
	struct vdisk *vd = to_vdisk(obj);
	u64 percent;

	if (scst_parse_u64(text, 0, 99, &percent))
		return -EINVAL;
	guard(mutex)(&vd->lock);
	if (percent == vd->threshold)
		return 0;
	vd->threshold = percent;
	if (!is_thin(vd))
		return 0;
	look(vd);
	if (vd->dev.lu.lbp_set_exp)
		scst_device_tell(&vd->dev, SCST_SENSE_MODE_CHANGED);
	return 0;
}
