// SPDX-License-Identifier: GPL-2.0
/*
 * scst_vdisk: virtual disks. What all kinds share: birth, identity and death of a device.
 */
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "vdisk.h"

/* In bytes: they take a while; and hosts find more than 2^20 blocks in one UNMAP odd. */
#define MAX_WRITE_SAME	(1ull << 30)
#define MAX_UNMAP	(1ull << 29)

struct workqueue_struct *vdisk_wq;
struct workqueue_struct *vdisk_load_wq;
struct workqueue_struct *vdisk_format_wq;

static unsigned int num_threads;
module_param(num_threads, uint, 0444);
MODULE_PARM_DESC(num_threads,
		 "what threads_num of a file's disk begins with (0: as many as it takes)");

static struct vdisk_kind *const kinds[] = {
	&vdisk_blockio, &vdisk_fileio, &vdisk_nullio, &vdisk_cdrom,
};

static void set_defaults(struct vdisk *vd, const char *name)
{
	struct scst_lu *lu = &vd->dev.lu;

	strscpy(vd->dev.name, name, sizeof(vd->dev.name));
	if (vd->kind->bit & (VDISK_FILEIO | VDISK_CDROM))	/* as in SCST */
		vd->dev.threads_default = num_threads;
	vd->args = (struct vdisk_args){ .rotational = -1, .thin = -1 };
	spin_lock_init(&vd->gate_lock);
	INIT_LIST_HEAD(&vd->waiting);
	INIT_LIST_HEAD(&vd->series);
	INIT_WORK(&vd->series_work, vdisk_series_work);
	INIT_LIST_HEAD(&vd->loads);
	INIT_WORK(&vd->load_work, vdisk_load_work);
	INIT_WORK(&vd->format.work, vdisk_format_work);
	mutex_init(&vd->lock);
	INIT_DELAYED_WORK(&vd->look, vdisk_look_work);
	INIT_DELAYED_WORK(&vd->look_at_pool, vdisk_pool_work);
	vd->bind_alua_state = vd->kind->bit == VDISK_BLOCKIO;
	vd->threshold = VDISK_THRESHOLD;
	vd->pool.used = SCST_LBP_UNKNOWN;
	lu->opt_trans_len = VDISK_OPT_TRANS_LEN;
	lu->tst = 1;
	lu->queue_alg = 1;
	/* As SCST; TST is a parameter of add_device. */
	lu->mode_changeable = (struct scst_mode) {
		.d_sense = 0xff, .dpicz = 0xff, .qerr = 0xff, .queue_alg = 0xff, .swp = 0xff,
		.tas = 0xff, .tmf_only = 0xff,
	};
}

int vdisk_set_geometry(struct vdisk *vd, u32 blocksize, u64 bytes)
{
	struct scst_lu *lu = &vd->dev.lu;
	u8 shift = ilog2(vd->args.blocksize ?: blocksize);
	const char *why = NULL;

	if (vd->size_limit)
		bytes = min(bytes, vd->size_limit);
	if (!(bytes >> shift))
		why = "size is below one block";
	else if (vd->published && lu->nblocks && shift != lu->block_shift)
		why = "block size is not what it was";
	if (why) {
		if (!vd->lost)
			pr_err("scst_vdisk: %s: %s\n", vd->dev.name, why);
		return -EINVAL;
	}
	lu->block_shift = shift;
	lu->nblocks = bytes >> shift;
	lu->max_write_same = MAX_WRITE_SAME >> shift;
	lu->max_unmap_blocks = MAX_UNMAP >> shift;
	return 0;
}

/* As in SCST: the disk is there all the same. */
void vdisk_warn_not_thin(const struct vdisk *vd)
{
	if (vd->args.thin > 0 && !vd->dev.lu.thin && !vd->published)
		pr_warn("scst_vdisk: %s: %s cannot give space back: not thin provisioned\n",
			vd->dev.name, vd->filename);
}

void vdisk_set_cache(struct vdisk *vd, bool volatile_cache)
{
	struct scst_lu *lu = &vd->dev.lu;

	if (vd->published)
		return;
	lu->write_cache = volatile_cache && !vd->write_through;
	lu->mode_changeable.wce = lu->write_cache ? 0xff : 0;
}

/*
 * As long as there is no back end to ask. EMEDIUMTYPE is what the device of DRBD says where it is
 * secondary: the disk is there, as in SCST, and somebody who knows makes it active. It is not tried
 * again and again, as opening it may be what makes it primary.
 */
static int begin_inactive(struct vdisk *vd)
{
	vd->dev.lu.block_shift = ilog2(vd->args.blocksize ?: 512);
	vd->dev.not_ready = SCST_SENSE_NO_MEDIUM;
	if (!vd->dev.lu.removable)
		vd->dev.lacks |= BIT(SCST_VERB_PREVENT);
	return 0;
}

static int begin(struct vdisk *vd, struct scst_params *params)
{
	int err = vdisk_parse_params(vd, params);

	if (err)
		return err;
	if (vd->kind->bit & (VDISK_BLOCKIO | VDISK_FILEIO) && !vd->filename) {
		pr_err("scst_vdisk: %s: filename is missing\n", vd->dev.name);
		return -EINVAL;
	}
	vd->gate = VDISK_CLOSED;	/* until it is registered: what dies now is lost then */
	vd->dev.not_ready = SCST_SENSE_BECOMING_READY;
	if (vd->args.inactive)
		return begin_inactive(vd);
	err = vdisk_open(vd);
	if (err == -EMEDIUMTYPE)
		return begin_inactive(vd);
	vd->active = !err;
	return err;
}

static void vdisk_free(struct vdisk *vd)
{
	/* The last command is over; the work that did it may not be, quite. */
	cancel_work_sync(&vd->series_work);
	cancel_work_sync(&vd->load_work);
	kfree(rcu_access_pointer(vd->test_sense));
	kfree(vd->filename);
	kfree(vd);
}

int vdisk_add(const struct vdisk_kind *kind, const char *name, struct scst_params *params)
{
	struct vdisk *vd;
	int err = scst_name_check("device", name, sizeof(vd->dev.name), SCST_NAME_SIGNS);

	if (err)
		return err;
	vd = kzalloc(sizeof(*vd), GFP_KERNEL);
	if (!vd)
		return -ENOMEM;
	vd->kind = kind;
	set_defaults(vd, name);
	if (kind->init)
		kind->init(vd);
	err = begin(vd, params);
	if (err)
		goto out_free;
	scst_device_identify(&vd->dev, kind->vendor);
	vd->published = true;
	err = scst_device_register(&vd->dev, &kind->ops);
	if (err)
		goto out_close;
	vdisk_serve(vd);
	return 0;

out_close:
	vdisk_close(vd);
out_free:
	vdisk_free(vd);
	return err;
}

int vdisk_del(struct scst_device *dev)
{
	struct vdisk *vd = to_vdisk(dev);
	int err = scst_device_unregister(dev);

	if (err)
		return err;
	vdisk_close(vd);
	vdisk_free(vd);
	return 0;
}

static void unregister_kinds(size_t nr)
{
	while (nr--)
		scst_handler_unregister(&kinds[nr]->ops);
}

static int __init register_kinds(void)
{
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		vdisk_kind_init(kinds[i]);
		err = scst_handler_register(&kinds[i]->ops);
		if (err) {
			unregister_kinds(i);
			return err;
		}
	}
	return 0;
}

static void free_queues(void)
{
	if (vdisk_format_wq)
		destroy_workqueue(vdisk_format_wq);
	if (vdisk_load_wq)
		destroy_workqueue(vdisk_load_wq);
	if (vdisk_wq)
		destroy_workqueue(vdisk_wq);
}

static int __init alloc_queues(void)
{
	const unsigned int flags = WQ_MEM_RECLAIM | WQ_UNBOUND;

	vdisk_wq = alloc_workqueue("scst_vdisk", flags, 0);
	vdisk_load_wq = alloc_workqueue("scst_load", flags, 0);
	vdisk_format_wq = alloc_workqueue("scst_format", flags, WQ_MAX_ACTIVE);
	if (vdisk_wq && vdisk_load_wq && vdisk_format_wq)
		return 0;
	free_queues();
	return -ENOMEM;
}

static int __init vdisk_init(void)
{
	int err = alloc_queues();

	if (err)
		return err;
	scst_param_at_most("scst_vdisk: num_threads", &num_threads, SCST_THREADS_MAX);
	err = vdisk_bios_init();
	if (err)
		goto out_queues;
	err = register_kinds();
	if (err)
		goto out_bios;
	return 0;

out_bios:
	vdisk_bios_exit();
out_queues:
	free_queues();
	return err;
}

static void __exit vdisk_exit(void)
{
	unregister_kinds(ARRAY_SIZE(kinds));
	vdisk_bios_exit();
	free_queues();
}

module_init(vdisk_init);
module_exit(vdisk_exit);
MODULE_DESCRIPTION("SCSI target virtual disks");
MODULE_LICENSE("GPL");
