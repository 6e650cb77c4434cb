// SPDX-License-Identifier: GPL-2.0
/*
 * sysfs attributes that several kinds have.
 */
#include <linux/log2.h>

#include "vdisk.h"

/* obj is the scst_device: rows of both structures count from the same place. */
static_assert(offsetof(struct vdisk, dev) == 0);

static const struct scst_lu *obj_lu(void *obj)
{
	const struct scst_device *dev = obj;

	return &dev->lu;
}

ssize_t vdisk_blocksize_show(void *obj, char *buf)
{
	u32 size = 1u << obj_lu(obj)->block_shift;

	return scst_attr_key(buf, sysfs_emit(buf, "%u\n", size), size != 512);
}

static u64 lu_bytes(const struct scst_lu *lu)
{
	return READ_ONCE(lu->nblocks) << lu->block_shift;
}

ssize_t vdisk_size_show(void *obj, char *buf)
{
	const struct vdisk *vd = to_vdisk(obj);

	/* What the back end decides need not be saved. */
	return scst_attr_key(buf, sysfs_emit(buf, "%llu\n", lu_bytes(obj_lu(obj))),
			     !vd->kind->capacity);
}

ssize_t vdisk_size_mb_show(void *obj, char *buf)
{
	return sysfs_emit(buf, "%llu\n", lu_bytes(obj_lu(obj)) >> 20);
}

ssize_t vdisk_filename_show(void *obj, char *buf)
{
	return scst_attr_key(buf, sysfs_emit(buf, "%s\n", to_vdisk(obj)->filename), true);
}

ssize_t vdisk_thin_provisioned_show(void *obj, char *buf)
{
	bool thin = obj_lu(obj)->thin;

	return scst_attr_key(buf, sysfs_emit(buf, "%d\n", thin), thin);
}

ssize_t vdisk_resync_size_store(void *obj, char *text)
{
	struct vdisk *vd = to_vdisk(obj);
	u64 nblocks = vd->kind->capacity(vd) >> vd->dev.lu.block_shift;
	bool resync;

	if (scst_parse_bool(text, &resync) || !resync)
		return -EINVAL;
	if (!nblocks) {
		pr_err("scst_vdisk: %s: %s is below one block now\n", vd->dev.name, vd->filename);
		return -EINVAL;
	}
	if (nblocks != READ_ONCE(vd->dev.lu.nblocks))
		scst_device_set_capacity(&vd->dev, nblocks);
	return 0;
}
