// SPDX-License-Identifier: GPL-2.0
/*
 * vcdrom: a CD-ROM or DVD-ROM drive. The medium is an ISO image; the administrator changes it by
 * writing the name of another one to `filename`, or none to take it out.
 */
#include <linux/cleanup.h>
#include <linux/module.h>

#include "vdisk.h"

#define BLOCK_SIZE_CD	2048

/* An empty drive takes no lock of its own: whoever opens or closes does. */
int vdisk_change_medium(struct vdisk *vd, const char *path)
{
	int err;

	if (*path && *path != '/')
		return -EINVAL;
	if (scst_device_removal_prevented(&vd->dev))
		return -EBUSY;
	vdisk_deactivate(vd);
	err = vdisk_set_filename(vd, *path ? path : NULL);
	if (!err && *path)
		err = vdisk_activate(vd);
	if (err)
		vdisk_set_filename(vd, NULL);
	return err;
}

static int vcdrom_add_device(const char *name, struct scst_params *params)
{
	return vdisk_add(&vdisk_cdrom, name, params);
}

/* What a drive is, before its parameters are looked at. */
static void vcdrom_init(struct vdisk *vd)
{
	vd->args.blocksize = BLOCK_SIZE_CD;
	vd->args.inactive = true;
	vd->args.rotational = true;
	vd->nv_cache = true;		/* nothing is written */
	vd->dev.lu.type = vd->kind->ops.type;
	vd->dev.lu.read_only = true;
	vd->dev.lu.removable = true;
}

struct vdisk_kind vdisk_cdrom __ro_after_init = {
	.ops = {
		.name			= "vcdrom",
		.owner			= THIS_MODULE,
		.type			= 0x05,
		.verb = {
			[SCST_VERB_READ]	= vdisk_file_read,
			[SCST_VERB_START_STOP]	= vdisk_start_stop,
			[SCST_VERB_PREVENT]	= vdisk_prevent,
		},
		.lends			= true,
		.add_device		= vcdrom_add_device,
		VDISK_DEL_DEVICE,
	},
	.vendor		= "SCST_FIO",
	.bit		= VDISK_CDROM,
	.init		= vcdrom_init,
	.open		= vdisk_file_open,
	.close		= vdisk_file_close,
	.capacity	= vdisk_file_capacity,
};
