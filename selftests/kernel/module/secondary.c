// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/scst_secondary: zeros, and a device that cannot be opened while the parameter `primary` is
 * 0, as DRBD's where its node is secondary.
 */
#include <linux/blkdev.h>
#include <linux/module.h>

#define SECTORS	65536

static bool primary;
module_param(primary, bool, 0644);

static struct gendisk *disk;

static int secondary_open(struct gendisk *opened, blk_mode_t mode)
{
	return READ_ONCE(primary) ? 0 : -EMEDIUMTYPE;
}

static void secondary_submit(struct bio *bio)
{
	if (bio_op(bio) == REQ_OP_READ)
		zero_fill_bio(bio);
	bio_endio(bio);
}

static const struct block_device_operations secondary_fops = {
	.owner		= THIS_MODULE,
	.open		= secondary_open,
	.submit_bio	= secondary_submit,
};

static int __init secondary_init(void)
{
	int err;

	disk = blk_alloc_disk(NULL, NUMA_NO_NODE);
	if (IS_ERR(disk))
		return PTR_ERR(disk);
	strscpy(disk->disk_name, "scst_secondary");
	disk->fops = &secondary_fops;
	disk->flags |= GENHD_FL_NO_PART;
	set_capacity(disk, SECTORS);
	err = add_disk(disk);
	if (err)
		put_disk(disk);
	return err;
}

static void __exit secondary_exit(void)
{
	del_gendisk(disk);
	put_disk(disk);
}

module_init(secondary_init);
module_exit(secondary_exit);
MODULE_DESCRIPTION("Test: a block device that is secondary at times");
MODULE_LICENSE("GPL");
