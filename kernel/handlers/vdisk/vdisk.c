// SPDX-License-Identifier: GPL-2.0
/*
 * scst_vdisk: virtual disks. What all kinds share: birth, identity and death of a device.
 */
#include <linux/crc32.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "vdisk.h"

#define DEFAULT_BLOCK_SHIFT	9
#define DEFAULT_SIZE		(5ULL << 39)	/* 2.5 TiB, as SCST */

struct workqueue_struct *vdisk_wq;

static void set_defaults(struct vdisk *vd, const char *name)
{
	struct scst_lu *lu = &vd->dev.lu;

	strscpy(vd->dev.name, name, sizeof(vd->dev.name));
	lu->block_shift = DEFAULT_BLOCK_SHIFT;
	lu->nblocks = DEFAULT_SIZE >> DEFAULT_BLOCK_SHIFT;
	lu->opt_trans_len = 512 * 1024;
	lu->rotational = true;
	lu->tst = 1;
	lu->queue_alg = 1;
	strscpy(lu->vendor, "SCST_BPF", sizeof(lu->vendor));
	strscpy(lu->product, name, sizeof(lu->product));
	strscpy(lu->revision, "100", sizeof(lu->revision));
}

/*
 * Identity depends only on the name and the administrator's setup_id, so that it is the same after a
 * reboot and, with equal setup_ids, on a twin that takes over.
 */
static void set_identity(struct vdisk *vd)
{
	struct scst_lu *lu = &vd->dev.lu;
	u32 id = crc32_le(scst_setup_id(), vd->dev.name, strlen(vd->dev.name));

	if (!lu->t10_dev_id[0])
		snprintf(lu->t10_dev_id, sizeof(lu->t10_dev_id), "%08x-%s", id, vd->dev.name);
	snprintf(lu->usn, sizeof(lu->usn), "%08x", id);
}

int vdisk_add(const struct scst_handler_ops *ops, const char *name, struct scst_params *params)
{
	struct vdisk *vd = kzalloc(sizeof(*vd), GFP_KERNEL);
	int err;

	if (!vd)
		return -ENOMEM;
	if (strlen(name) >= sizeof(vd->dev.name)) {
		pr_err("scst_vdisk: %s: a name has at most %zu characters\n", name,
		       sizeof(vd->dev.name) - 1);
		err = -ENAMETOOLONG;
		goto out_free;
	}
	set_defaults(vd, name);
	err = vdisk_parse_params(vd, params);
	if (err)
		goto out_free;
	set_identity(vd);
	err = scst_device_register(&vd->dev, ops);
	if (err)
		goto out_free;
	return 0;

out_free:
	kfree(vd);
	return err;
}

int vdisk_del(struct scst_device *dev)
{
	int err = scst_device_unregister(dev);

	if (!err)
		kfree(to_vdisk(dev));
	return err;
}

static int __init vdisk_init(void)
{
	int err;

	vdisk_wq = alloc_workqueue("scst_vdisk", WQ_MEM_RECLAIM | WQ_UNBOUND, 0);
	if (!vdisk_wq)
		return -ENOMEM;
	err = scst_handler_register(&nullio_ops);
	if (err)
		destroy_workqueue(vdisk_wq);
	return err;
}

static void __exit vdisk_exit(void)
{
	scst_handler_unregister(&nullio_ops);
	destroy_workqueue(vdisk_wq);
}

module_init(vdisk_init);
module_exit(vdisk_exit);
MODULE_DESCRIPTION("SCSI target virtual disks");
MODULE_LICENSE("GPL");
