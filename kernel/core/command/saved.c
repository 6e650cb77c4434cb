// SPDX-License-Identifier: GPL-2.0
/*
 * Saved parameters of a device: a file that is named after it, in SCST's directory for them. SCST's
 * own file at that place, or its copy of it, is taken over, and kept beside ours as <file>.scst~.
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

static void apply_now(struct scst_device *dev, const struct scst_saved *saved, unsigned int dropped)
{
	if (dropped)
		pr_warn("scst: %s: %u of the parameters in " SAVED_DIR
			"/%s do not fit the device, and have their defaults\n",
			dev->name, dropped, dev->name);
	apply(dev, saved);
	scst_mode_apply(&dev->lu, &saved->mode);
}

static int write_record(const struct scst_device *dev, const char *path,
			const struct scst_saved *saved,
			int (*write)(const char *, u32, const void *, size_t))
{
	struct scst_reply out = { .size = SCST_SAVED_MAX };
	int err;

	out.buf = kmalloc(out.size, GFP_KERNEL);
	if (!out.buf)
		return -ENOMEM;
	scst_saved_encode(&dev->lu, saved, &out);
	err = write(path, SAVED_MAGIC, out.buf, out.len);
	kfree(out.buf);
	return err;
}

/* Return: 0; -ENOENT: at @path is no whole file of SCST for this device; -errno: nobody knows. */
static int from_scst(const struct scst_device *dev, const char *path, struct scst_saved *saved,
		     unsigned int *dropped)
{
	void *data;
	size_t len;
	int err;

	err = scst_file_read(path, SCST_SAVED_MAX, &data, &len);
	if (err)
		return err;
	if (!scst_saved_decode_scst(&dev->lu, dev->name, data, len, saved, dropped))
		err = -ENOENT;
	kvfree(data);
	return err;
}

/* What it says is in force even if it cannot be written down as ours now. */
static void take_over(struct scst_device *dev, const char *path, const char *copy,
		      bool copy_counts, const struct scst_saved *saved, unsigned int dropped)
{
	int err = scst_file_keep_scst(path, copy, copy_counts);

	err = err ?: write_record(dev, path, saved, scst_slots_create);
	apply_now(dev, saved, dropped);
	if (err)
		pr_err("scst: %s: cannot take over SCST's file %s: %pe; what it says is in force\n",
		       dev->name, path, ERR_PTR(err));
	else
		pr_info("scst: %s: took over the saved parameters of SCST from %s\n", dev->name,
			path);
}

/*
 * SCST copies the file to <file>1, then writes a new one, of which the first line comes last. What
 * is read last is in @saved.
 */
static int restore_scst(struct scst_device *dev, const char *path, const char *copy,
			struct scst_saved *saved)
{
	unsigned int dropped;
	int copy_err = from_scst(dev, copy, saved, &dropped);
	int err = from_scst(dev, path, saved, &dropped);
	bool copy_counts = err == -ENOENT;

	if (copy_counts)
		err = copy_err;
	if (!err)
		take_over(dev, path, copy_err ? NULL : copy, copy_counts, saved, dropped);
	return err;
}

/* @saved is room to work in. */
static int restore_from(struct scst_device *dev, const char *path, struct scst_saved *saved)
{
	unsigned int dropped;
	void *data;
	size_t len;
	int err = scst_slots_load(path, SAVED_MAGIC, &data, &len);

	if (!err) {
		err = -EBADMSG;
		if (scst_saved_decode(&dev->lu, data, len, saved, &dropped)) {
			apply_now(dev, saved, dropped);
			err = 0;
		}
		kvfree(data);
	}
	return err;
}

/* Ours, or else SCST's, if that is whole. */
static int restore_any(struct scst_device *dev, const char *path, struct scst_saved *saved)
{
	int err = restore_from(dev, path, saved);
	char *copy;

	if (err != -EBADMSG && err != -ENOENT)
		return err;
	copy = kasprintf(GFP_KERNEL, "%s1", path);
	if (!copy)
		return -ENOMEM;
	if (!restore_scst(dev, path, copy, saved))
		err = 0;
	kfree(copy);
	return err;
}

static int restore(struct scst_device *dev)
{
	struct scst_saved *saved = kmalloc(sizeof(*saved), GFP_KERNEL);
	char *path = saved_path(dev);
	int err = saved && path ? restore_any(dev, path, saved) : -ENOMEM;

	kfree(path);
	kfree(saved);
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
	char *path = saved_path(dev);
	int err;

	lockdep_assert_held(&dev->param_lock);
	err = path ? write_record(dev, path, saved, scst_slots_save) : -ENOMEM;
	if (!err)
		apply(dev, saved);
	else if (path)
		pr_err("scst: %s: cannot save parameters to %s: %pe\n", dev->name, path,
		       ERR_PTR(err));
	kfree(path);
	return err;
}
