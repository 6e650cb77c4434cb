// SPDX-License-Identifier: GPL-2.0
/*
 * Saved parameters of a device: a file that is named after it, in SCST's directory for them.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "scsi/saved.h"
#include "store/store.h"
#include "execute.h"

#define SAVED_DIR	"/var/lib/scst/vdev_mode_pages"
#define SAVED_MAGIC	0x4d4f4445	/* "MODE" */

static char *saved_path(const struct scst_device *dev)
{
	return kasprintf(GFP_KERNEL, SAVED_DIR "/%s", dev->name);
}

static int load(const struct scst_device *dev, void **data, size_t *len)
{
	char *path = saved_path(dev);
	int err;

	if (!path)
		return -ENOMEM;
	err = scst_slots_load(path, SAVED_MAGIC, data, len);
	kfree(path);
	return err;
}

void scst_saved_now(const struct scst_device *dev, struct scst_saved *saved)
{
	lockdep_assert_held(&dev->param_lock);
	saved->mode = dev->lu.mode_saved;
	memcpy(saved->info, dev->lu.info, sizeof(saved->info));
}

static void apply(struct scst_device *dev, const struct scst_saved *saved)
{
	dev->lu.mode_saved = saved->mode;
	memcpy(dev->lu.info, saved->info, sizeof(saved->info));
}

static int use_record(struct scst_device *dev, const void *data, size_t len,
		      struct scst_saved *saved)
{
	unsigned int dropped;

	if (!scst_saved_decode(&dev->lu, data, len, saved, &dropped))
		return -EBADMSG;
	if (dropped)
		pr_warn("scst: %s: %u of the parameters in " SAVED_DIR
			"/%s do not fit the device, and have their defaults\n",
			dev->name, dropped, dev->name);
	apply(dev, saved);
	scst_mode_apply(&dev->lu, &saved->mode);
	return 0;
}

static int restore(struct scst_device *dev)
{
	struct scst_saved *saved;
	void *data;
	size_t len;
	int err = load(dev, &data, &len);

	if (err)
		return err;
	saved = kmalloc(sizeof(*saved), GFP_KERNEL);
	err = saved ? use_record(dev, data, len, saved) : -ENOMEM;
	kfree(saved);
	kvfree(data);
	return err;
}

/* A file that is not ours is not overwritten either: such a device cannot save. */
int scst_saved_restore(struct scst_device *dev)
{
	int err;

	dev->lu.mode_saved = dev->lu.mode_default;
	err = restore(dev);
	if (err == -ENOMEM)
		return err;
	dev->lu.mode_can_save = err != -EBADMSG;
	if (err && err != -ENOENT)
		pr_err("scst: %s: cannot use " SAVED_DIR "/%s: %pe; there are defaults%s\n",
		       dev->name, dev->name, ERR_PTR(err),
		       err == -EBADMSG ? " and no saving until it is removed" : "");
	return 0;
}

int scst_saved_store(struct scst_device *dev, const struct scst_saved *saved)
{
	struct scst_reply out = { .size = SCST_SAVED_MAX };
	char *path = saved_path(dev);
	int err = -ENOMEM;

	lockdep_assert_held(&dev->param_lock);
	out.buf = kmalloc(out.size, GFP_KERNEL);
	if (!path || !out.buf)
		goto out_free;
	scst_saved_encode(&dev->lu, saved, &out);
	err = scst_slots_save(path, SAVED_MAGIC, out.buf, out.len);
	if (err)
		pr_err("scst: %s: cannot save parameters to %s: %pe\n", dev->name, path,
		       ERR_PTR(err));
	else
		apply(dev, saved);
out_free:
	kfree(out.buf);
	kfree(path);
	return err;
}
