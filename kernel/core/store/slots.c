// SPDX-License-Identifier: GPL-2.0
/*
 * State files with two slots. The first save makes the file, beside its place, and moves it there:
 * so a file that is there always has a good slot, unless something else damaged it. Later saves
 * overwrite the slot that is not in force.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "../../compat_vfs.h"
#include "slots_format.h"
#include "store.h"

/* What the file says: @image, kvfree() it, has the slot in force. Return: that slot, or -errno. */
static int load(const char *path, u32 magic, u8 **image, struct scst_slot *slot)
{
	int err, in_force;
	size_t len;
	void *file;

	err = scst_file_read(path, SCST_SLOTS_FILE_MAX, &file, &len);
	if (err)
		return err == -EFBIG || err == -EINVAL ? -EBADMSG : err;
	*image = kvmalloc(max(len, 1), GFP_KERNEL);
	if (!*image) {
		kvfree(file);
		return -ENOMEM;
	}
	in_force = scst_slots_newest(file, len, magic, *image, slot);
	kvfree(file);
	if (in_force >= 0)
		return in_force;
	kvfree(*image);
	return -EBADMSG;
}

int scst_slots_load(const char *path, u32 magic, void **data, size_t *len)
{
	struct scst_slot slot;
	u8 *image;
	int err;

	err = load(path, magic, &image, &slot);
	if (err < 0)
		return err;
	memmove(image, image + SCST_SLOT_HEADER, slot.len);
	*data = image;
	*len = slot.len;
	return 0;
}

static int write_slot(struct file *file, unsigned int slot, const u8 *image, size_t size)
{
	size_t at, i, n;
	int err = 0;

	for (at = i = 0; at < size && !err; at += n, i++) {
		n = min_t(size_t, size - at, SCST_SLOT_BLOCK);
		err = scst_file_write_at(file, image + at, n, scst_slot_offset(slot, i));
	}
	return err ?: vfs_fsync(file, 0);
}

/*
 * A failed write may have left a whole slot, with a generation that would be in force at the next
 * load. Its header goes, as far as the storage still allows.
 */
static void void_slot(struct file *file, unsigned int slot)
{
	static const u8 zeros[SCST_SLOT_HEADER];

	scst_file_write_at(file, zeros, sizeof(zeros), scst_slot_offset(slot, 0));
	vfs_fsync(file, 0);
}

static int overwrite(const char *path, unsigned int slot, const u8 *image, size_t size)
{
	struct file *file = scst_from_init_root(filp_open(path, O_WRONLY, 0));
	int err;

	if (IS_ERR(file))
		return PTR_ERR(file);
	err = write_slot(file, slot, image, size);
	if (err)
		void_slot(file, slot);
	filp_close(file, NULL);
	return err;
}

static int create(const char *path, u32 magic, u8 *image, size_t len)
{
	size_t size = SCST_SLOT_HEADER + len;
	u8 *file = kvzalloc(2 * size + SCST_SLOT_BLOCK, GFP_KERNEL);
	int err;

	if (!file)
		return -ENOMEM;
	scst_slot_seal(image, magic, 1, len);
	err = scst_file_replace(path, file, scst_slot_scatter(image, size, 0, file));
	kvfree(file);
	return err;
}

static int save(const char *path, u32 magic, u8 *image, size_t len)
{
	struct scst_slot slot;
	int in_force;
	u8 *old;

	in_force = load(path, magic, &old, &slot);
	if (in_force == -ENOENT)
		return create(path, magic, image, len);
	if (in_force < 0)
		return in_force;
	kvfree(old);
	scst_slot_seal(image, magic, slot.generation + 1, len);
	return overwrite(path, !in_force, image, SCST_SLOT_HEADER + len);
}

typedef int (*write_fn)(const char *path, u32 magic, u8 *image, size_t len);

static int with_image(write_fn write, const char *path, u32 magic, const void *data, size_t len)
{
	u8 *image;
	int err;

	if (len > SCST_SLOT_DATA_MAX)
		return -EMSGSIZE;
	image = kvmalloc(SCST_SLOT_HEADER + len, GFP_KERNEL);
	if (!image)
		return -ENOMEM;
	memcpy(image + SCST_SLOT_HEADER, data, len);
	err = write(path, magic, image, len);
	kvfree(image);
	return err;
}

int scst_slots_save(const char *path, u32 magic, const void *data, size_t len)
{
	return with_image(save, path, magic, data, len);
}

int scst_slots_create(const char *path, u32 magic, const void *data, size_t len)
{
	return with_image(create, path, magic, data, len);
}
