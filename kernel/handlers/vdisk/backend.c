// SPDX-License-Identifier: GPL-2.0
/*
 * The back end of a disk that is in use: it is closed, opened, lost and found again.
 *
 *	         active=1, load                     (tried each second)
 *	closed ------------------> open <---------------------------- lost
 *	   ^   <------------------  |  -------------------------------->^
 *	   |    active=0, eject           the device died
 *	   +--------------------------------- active=0 -----------------+
 *
 * Commands that need the medium are refused as long as it is not open, and initiators are told when
 * it is again. What is found again is what has the name: it is the administrator's, as is the
 * choice of a name that stays with the device.
 */
#include <linux/cleanup.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <scst/handles.h>

#include "vdisk.h"

#define LOOK_EVERY	HZ

/* Return: false, one of the bits @unless is set, and nothing has changed. */
static bool shut(struct vdisk *vd, enum scst_sense_id why, u8 unless)
{
	guard(spinlock_irqsave)(&vd->gate_lock);
	if (vd->gate & unless)
		return false;
	scst_device_set_ready(&vd->dev, why);
	WRITE_ONCE(vd->gate, vd->gate | VDISK_CLOSED);
	return true;
}

/* The gate is opened, by one reason at least: what is said of those that are left. */
void vdisk_set_gate(struct vdisk *vd, u8 gate)
{
	lockdep_assert_held(&vd->gate_lock);
	WRITE_ONCE(vd->gate, gate);
	if (!(gate & VDISK_CLOSED))
		scst_device_set_ready(&vd->dev, gate & VDISK_CORRUPT ? SCST_SENSE_FORMAT_CORRUPTED :
								       SCST_SENSE_NONE);
}

static void unshut(struct vdisk *vd)
{
	guard(spinlock_irq)(&vd->gate_lock);
	vdisk_set_gate(vd, vd->gate & ~VDISK_CLOSED);
}

/*
 * By a verb of its own or by one that the core calls for it. START STOP UNIT with LOEJ is what may
 * have brought us here; one that was at its verb before the gate was shut shows its LOEJ by now.
 */
static bool uses_back_end(const struct scst_cmd *cmd, const void *unused)
{
	const struct scst_op *op = READ_ONCE(cmd->op);

	if (op && op->verb == SCST_VERB_START_STOP)
		return !(READ_ONCE(cmd->params.how) & SCST_HOW_LOAD_EJECT);
	return !op || scst_op_calls_verb(op);
}

static int sync_all(struct vdisk *vd)
{
	const struct scst_lu *lu = &vd->dev.lu;

	return vd->kind->sync(vd, 0, lu->nblocks << lu->block_shift);
}

static void close_now(struct vdisk *vd)
{
	if (!vd->is_open)
		return;
	vdisk_stop_format(vd);
	scst_device_settle(&vd->dev, uses_back_end, NULL);
	SCST_SOMETIMES(back_end_closed);
	scst_tag(vdisk_close);
	vd->is_open = false;
	if (vd->kind->close)
		vd->kind->close(vd);
}

int vdisk_open(struct vdisk *vd)
{
	int err;

	might_sleep();
	err = vd->kind->open(vd);
	if (!err)
		vdisk_describe_pool(vd);
	if (!vd->dev.lu.removable)
		vd->dev.lacks |= BIT(SCST_VERB_PREVENT);
	if (!err)
		vd->is_open = true;
	else if (vd->filename && !vd->lost)
		pr_err("scst_vdisk: %s: cannot use %s: %pe\n", vd->dev.name,
		       scst_printable(vd->filename).text, ERR_PTR(err));
	return err;
}

/*
 * While the gate was shut the device may have died, and vdisk_lose() had nothing to shut. Both have
 * gate_lock, between what they write and what they look at: one of them sees the other.
 */
static void serve(struct vdisk *vd)
{
	lockdep_assert_held(&vd->lock);
	unshut(vd);
	vdisk_watch_pool(vd);
	if (READ_ONCE(vd->died))
		vdisk_lose(vd);
}

void vdisk_serve(struct vdisk *vd)
{
	guard(mutex)(&vd->lock);
	if (vd->is_open)
		serve(vd);
}

/* The same again, or nothing: initiators know the block size, and were told what they may do. */
static int open_again(struct vdisk *vd)
{
	u64 nblocks = vd->dev.lu.nblocks;
	int err;

	WRITE_ONCE(vd->died, false);
	err = vdisk_open(vd);
	if (err)
		return err;
	scst_device_set_lacks(&vd->dev, vd->dev.lacks);
	serve(vd);
	scst_device_tell(&vd->dev, SCST_SENSE_MEDIUM_CHANGED);
	if (vd->dev.lu.nblocks != nblocks)
		scst_device_set_capacity(&vd->dev, vd->dev.lu.nblocks);
	return 0;
}

int vdisk_activate(struct vdisk *vd)
{
	int err;

	guard(mutex)(&vd->lock);
	if (vd->is_open && !vd->lost)
		return 0;
	if (!vd->filename)
		return -ENOMEDIUM;
	close_now(vd);
	vd->lost = false;
	err = open_again(vd);
	vd->active = !err;
	return err;
}

/* Nobody gets at the back end any more. Return: as shut(). */
static bool take_away(struct vdisk *vd, u8 unless)
{
	lockdep_assert_held(&vd->lock);
	if (!shut(vd, SCST_SENSE_NO_MEDIUM, unless))
		return false;
	vd->active = false;
	vd->lost = false;
	return true;
}

void vdisk_deactivate(struct vdisk *vd)
{
	guard(mutex)(&vd->lock);
	take_away(vd, 0);
	close_now(vd);
	/* What is opened next is for the administrator to know. */
	scoped_guard(spinlock_irq, &vd->gate_lock)
		WRITE_ONCE(vd->gate, vd->gate & ~VDISK_CORRUPT);
}

int vdisk_eject(struct vdisk *vd)
{
	int err = 0;

	guard(mutex)(&vd->lock);
	if (!take_away(vd, VDISK_FORMATS))
		return -EINPROGRESS;
	scst_device_settle(&vd->dev, uses_back_end, NULL);
	if (vd->is_open && vd->kind->sync)
		err = sync_all(vd);
	close_now(vd);
	return err;
}

/* While the gate is shut nobody uses the device, and who opens it looks at "died": serve(). */
void vdisk_lose(struct vdisk *vd)
{
	WRITE_ONCE(vd->died, true);
	if (shut(vd, SCST_SENSE_LU_NOT_READY, VDISK_CLOSED))
		queue_delayed_work(system_long_wq, &vd->look, 0);
}

void vdisk_look_work(struct work_struct *work)
{
	struct vdisk *vd = container_of(to_delayed_work(work), struct vdisk, look);

	guard(mutex)(&vd->lock);
	if (!vd->active)
		return;
	if (!vd->lost) {
		pr_err("scst_vdisk: %s: %s is gone; waiting for it to come back\n", vd->dev.name,
		       scst_printable(vd->filename).text);
		vd->lost = true;
		close_now(vd);
	}
	if (open_again(vd)) {
		queue_delayed_work(system_long_wq, &vd->look, LOOK_EVERY);
		return;
	}
	vd->lost = false;
	pr_info("scst_vdisk: %s: %s is back\n", vd->dev.name,
		scst_printable(vd->filename).text);
}

/* No command and no attribute is left, but a format may be that was answered when it began. */
void vdisk_close(struct vdisk *vd)
{
	vdisk_stop_format(vd);
	scoped_guard(mutex, &vd->lock) {
		vd->active = false;
		if (vd->is_open && vd->kind->close)
			vd->kind->close(vd);
		vd->is_open = false;
	}
	cancel_delayed_work_sync(&vd->look);
	cancel_delayed_work_sync(&vd->look_at_pool);
}

int vdisk_set_filename(struct vdisk *vd, const char *path)
{
	char *filename = NULL;

	if (path && path[0] != '/')
		return -EINVAL;
	guard(mutex)(&vd->lock);
	if (vd->active)
		return -EBUSY;
	if (path)
		filename = kstrdup(path, GFP_KERNEL);
	if (path && !filename)
		return -ENOMEM;
	if (vd->filename && (!path || strcmp(vd->filename, path)))
		vdisk_forget_pool(vd);
	kfree(vd->filename);
	vd->filename = filename;
	return 0;
}

static int resync(struct vdisk *vd)
{
	u64 bytes = vd->kind->capacity(vd), nblocks;

	lockdep_assert_held(&vd->lock);
	if (vd->size_limit)
		bytes = min(bytes, vd->size_limit);
	nblocks = bytes >> vd->dev.lu.block_shift;
	if (!nblocks) {
		pr_err("scst_vdisk: %s: %s is below one block now\n", vd->dev.name,
		       scst_printable(vd->filename).text);
		return -EINVAL;
	}
	if (nblocks != READ_ONCE(vd->dev.lu.nblocks))
		scst_device_set_capacity(&vd->dev, nblocks);
	return 0;
}

/* What the administrator asks of the back end as it is now. Return: -ENODEV if it is not open. */
int vdisk_resync_size(struct vdisk *vd)
{
	guard(mutex)(&vd->lock);
	return vd->is_open ? resync(vd) : -ENODEV;
}

/* The disk is only @bytes of the back end from now on. All there is: it may grow again. */
int vdisk_limit_size(struct vdisk *vd, u64 bytes)
{
	u64 all;

	guard(mutex)(&vd->lock);
	if (!vd->is_open)
		return -ENODEV;
	all = vd->kind->capacity(vd);
	if (bytes > all) {
		pr_warn_ratelimited("scst_vdisk: %s: %llu bytes are more than the %llu of %s\n",
				    vd->dev.name, bytes, all, vd->filename);
		return -EINVAL;
	}
	vd->size_limit = bytes < all ? bytes : 0;
	return resync(vd);
}

int vdisk_sync(struct vdisk *vd)
{
	guard(mutex)(&vd->lock);
	return vd->is_open ? sync_all(vd) : -ENODEV;
}
