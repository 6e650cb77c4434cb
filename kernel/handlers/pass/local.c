// SPDX-License-Identifier: GPL-2.0
/*
 * This host's own use of a device that is exported: local=, as the administrator says.
 *
 *	keep	nothing is changed. The host's driver and the initiators share the device, and do
 *		not know of each other
 *	claim	the block device is held exclusively: nobody mounts it, or makes a volume of it
 *	hide	its driver (sd, sr, st, ch) is not bound as long as it is exported. sg and bsg stay
 *
 * With the last two a device that is in use is not exported. A driver may be bound some time after
 * the device has come: it is looked for again, for a while.
 */
#include <linux/blkdev.h>
#include <linux/file.h>

#include "pass.h"

const char *const pass_local_names[PASS_LOCAL_MAX] = {
	[PASS_LOCAL_KEEP]	= "keep",
	[PASS_LOCAL_CLAIM]	= "claim",
	[PASS_LOCAL_HIDE]	= "hide",
};

static int find_block(struct device *dev, void *devt)
{
	if (!dev->class || strcmp(dev->class->name, "block"))
		return 0;
	*(dev_t *)devt = dev->devt;
	return 1;
}

/* Return: NULL: it is no block device. */
static struct file *open_exclusive(struct pass_dev *pd, struct scsi_device *sdev)
{
	dev_t devt;

	if (!device_for_each_child(&sdev->sdev_gendev, &devt, find_block))
		return NULL;
	return bdev_file_open_by_dev(devt, BLK_OPEN_READ | BLK_OPEN_NDELAY, pd, NULL);
}

/* No medium, or a driver that has just begun with the device: it is asked for again. */
static bool is_not_there(const struct file *file)
{
	return PTR_ERR(file) == -ENOMEDIUM || PTR_ERR(file) == -ENXIO || PTR_ERR(file) == -ENODEV;
}

/*
 * Nobody mounts a disk until it is gone: only then is it let go. Character devices have no owner
 * that could be asked: there the administrator has to know.
 */
static int hide(struct pass_dev *pd, struct scsi_device *sdev)
{
	sdev->no_uld_attach = 1;
	device_release_driver(&sdev->sdev_gendev);
	if (pd->claim)
		bdev_fput(pd->claim);
	pd->claim = NULL;
	pd->hidden = true;
	return 0;
}

bool pass_local_is_done(const struct pass_dev *pd)
{
	switch (pd->local) {
	case PASS_LOCAL_CLAIM:
		return pd->claim || pd->dev.lu.type != TYPE_DISK;
	case PASS_LOCAL_HIDE:
		return pd->hidden && !pd->sdev->sdev_gendev.driver;
	case PASS_LOCAL_KEEP:
	case PASS_LOCAL_MAX:
		break;
	}
	return true;
}

bool pass_local_is_early(const struct pass_dev *pd, struct scsi_device *sdev)
{
	dev_t devt;

	return pd->local == PASS_LOCAL_CLAIM && !pass_local_is_done(pd) &&
	       !device_for_each_child(&sdev->sdev_gendev, &devt, find_block);
}

int pass_local_begin(struct pass_dev *pd, struct scsi_device *sdev)
{
	struct file *file;

	lockdep_assert_held(&pd->attach_lock);
	if (pass_local_is_done(pd))
		return 0;
	file = open_exclusive(pd, sdev);
	if (is_not_there(file))
		file = NULL;
	if (IS_ERR(file)) {
		pr_err("scst_pass: %s: this host uses the device: %pe\n", pd->dev.name, file);
		return PTR_ERR(file);
	}
	pd->claim = file;
	return pd->local == PASS_LOCAL_HIDE ? hide(pd, sdev) : 0;
}

void pass_local_end(struct pass_dev *pd, struct scsi_device *sdev)
{
	if (pd->claim)
		bdev_fput(pd->claim);
	pd->claim = NULL;
	if (!pd->hidden)
		return;
	pd->hidden = false;
	sdev->no_uld_attach = 0;
	if (!READ_ONCE(pd->gone) && device_attach(&sdev->sdev_gendev) < 0)
		pr_warn("scst_pass: %s: its driver is not bound again\n", pd->dev.name);
}
