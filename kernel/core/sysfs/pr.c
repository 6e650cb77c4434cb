// SPDX-License-Identifier: GPL-2.0
/*
 * What administrators see of persistent reservations: pr_state, pr_file_name and dump_prs of a
 * device, pr_dump_dir of a handler.
 *
 * pr_state can be longer than a page, in which sysfs reads and writes files. So it is a binary
 * file: a reader who comes back for more after the state has changed is told so (ESTALE) instead of
 * getting halves of two, and what a writer brings is put together, and judged whenever it ends in a
 * whole line: the last time with all of it.
 */
#include <linux/cleanup.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "reserve/reserve.h"
#include "sysfs.h"

#define READERS		4

struct scst_pr_io {
	struct mutex lock;
	struct reader {
		const struct file *file;
		u64 changes;		/* of the state that is being read */
	} readers[READERS];
	unsigned int next;
	const struct file *writer;
	char *text;			/* what it wrote until now */
	size_t len;
};

static struct reader *find_reader(struct scst_pr_io *io, const struct file *file)
{
	unsigned int i;

	for (i = 0; i < READERS; i++)
		if (io->readers[i].file == file)
			return &io->readers[i];
	return NULL;
}

/* Is this the beginning, or the same state still? */
static bool may_read_on(struct scst_pr_io *io, const struct file *file, loff_t at, u64 changes)
{
	struct reader *reader;

	guard(mutex)(&io->lock);
	reader = find_reader(io, file);
	if (at)
		return reader && reader->changes == changes;
	if (!reader)
		reader = &io->readers[io->next++ % READERS];
	*reader = (struct reader){ .file = file, .changes = changes };
	return true;
}

static struct scst_device *kobj_device(struct kobject *kobj)
{
	return container_of(kobj, struct scst_dir, kobj)->obj;
}

static ssize_t pr_state_read(struct file *file, struct kobject *kobj, scst_bin_attribute *attr,
			     char *buf, loff_t at, size_t count)
{
	struct scst_device *dev = kobj_device(kobj);
	u64 changes;
	size_t len;
	char *text;

	scoped_guard(mutex, &dev->reserve->lock) {
		changes = dev->reserve->changes;
		text = scst_pr_text(&scst_pr_now(dev)->pr, &len);
	}
	if (!text)
		return -ENOMEM;
	if (may_read_on(dev->reserve->io, file, at, changes))
		count = memory_read_from_buffer(buf, count, &at, text, len);
	else
		count = -ESTALE;
	kvfree(text);
	return count;
}

static int append(struct scst_pr_io *io, const struct file *file, const char *buf, loff_t at,
		  size_t count)
{
	char *text;

	if (!at) {
		kvfree(io->text);
		io->text = NULL;
		io->len = 0;
		io->writer = file;
	}
	if (io->writer != file || at != io->len)
		return -EINVAL;
	if (io->len + count > SCST_PR_TEXT_MAX)
		return -E2BIG;
	text = kvmalloc(io->len + count, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	memcpy(text, io->text, io->len);
	memcpy(text + io->len, buf, count);
	kvfree(io->text);
	io->text = text;
	io->len += count;
	return 0;
}

/* Less than a page is the end of what somebody writes; a whole one in mid line is not. */
static ssize_t pr_state_write(struct file *file, struct kobject *kobj, scst_bin_attribute *attr,
			      char *buf, loff_t at, size_t count)
{
	struct scst_device *dev = kobj_device(kobj);
	struct scst_pr_io *io = dev->reserve->io;
	int err;

	guard(mutex)(&io->lock);
	err = append(io, file, buf, at, count);
	if (!err && (count < PAGE_SIZE || buf[count - 1] == '\n'))
		err = scst_reserve_set_text(dev, io->text, io->len);
	WRITE_ONCE(scst_last_store_result, err);
	return err ?: count;
}

static const struct bin_attribute pr_state = {
	.attr	= { .name = "pr_state", .mode = 0600 },
	.read	= pr_state_read,
	.write	= pr_state_write,
};

static ssize_t pr_file_name_show(void *obj, char *buf)
{
	struct scst_reserve *reserve = ((struct scst_device *)obj)->reserve;

	guard(mutex)(&reserve->lock);
	return scst_attr_key(buf, sysfs_emit(buf, "%s\n", reserve->file->path),
			     reserve->file_named);
}

/* The device takes what the file says, or begins with nothing; what it had stays where it was. */
static int take_file(struct scst_device *dev, struct scst_pr_claim *file)
{
	struct scst_pr_version *version = scst_pr_load(dev, file->path);

	if (!version)
		return -ENOMEM;
	dev->reserve->file = file;
	version = scst_reserve_commit(dev, version, NULL);
	kvfree_rcu(version, rcu);
	return 0;
}

static int set_file(struct scst_device *dev, const char *path)
{
	struct scst_pr_claim *was = dev->reserve->file, *file = was;
	int err;

	lockdep_assert_held(&dev->reserve->lock);
	if (refcount_read(&dev->users) > 1)
		return -EBUSY;
	if (strcmp(path, was->path))
		file = scst_pr_claim(path);
	if (IS_ERR(file))
		return PTR_ERR(file);
	err = take_file(dev, file);
	if (file != was)
		scst_pr_unclaim(err ? file : was);
	return err;
}

/* Nothing is its default, which another one may have got meanwhile. */
static ssize_t pr_file_name_store(void *obj, char *text)
{
	struct scst_device *dev = obj;
	char *path __free(kfree) = text[0] ? NULL : scst_pr_default_path(dev);
	int err;

	if (text[0] && text[0] != '/')
		return -EINVAL;
	if (!text[0] && !path)
		return -ENOMEM;
	guard(mutex)(&dev->reserve->lock);
	err = set_file(dev, path ?: text);
	if (!err)
		dev->reserve->file_named = text[0];
	return err;
}

static ssize_t dump_prs_store(void *obj, char *ignored)
{
	struct scst_device *dev = obj;
	char *text, *rest, *line;
	size_t len;

	scoped_guard(mutex, &dev->reserve->lock)
		text = scst_pr_text(&scst_pr_now(dev)->pr, &len);
	if (!text)
		return -ENOMEM;
	text[len - 1] = '\0';
	pr_info("scst: %s: persistent reservations:\n", dev->name);
	for (rest = text; (line = strsep(&rest, "\n"));)
		pr_info("scst: %s: %s\n", dev->name, line);
	kvfree(text);
	scst_pr_offer(dev, SCST_PR_DUMP_REQUEST);
	return 0;
}

/* clang-format off */
static const struct scst_attr pr_device_attrs[] = {
	SCST_ATTR_RW(pr_file_name,	pr_file_name_show, pr_file_name_store),
	SCST_ATTR_WO(dump_prs,		dump_prs_store),
	SCST_ATTR_END
};
/* clang-format on */

int scst_sysfs_pr_add(struct scst_device *dev)
{
	struct scst_pr_io *io = kzalloc(sizeof(*io), GFP_KERNEL);

	if (!io)
		return -ENOMEM;
	mutex_init(&io->lock);
	dev->reserve->io = io;
	return scst_dir_add_attrs(&dev->dir, pr_device_attrs) ?:
	       sysfs_create_bin_file(&dev->dir.kobj, &pr_state);
}

void scst_sysfs_pr_del(struct scst_device *dev)
{
	struct scst_pr_io *io = dev->reserve->io;

	if (io)
		kvfree(io->text);
	kfree(io);
	dev->reserve->io = NULL;
}

static ssize_t pr_dump_dir_show(void *obj, char *buf)
{
	struct scst_handler *handler = obj;

	guard(mutex)(&handler->dump_lock);
	return scst_attr_key(buf, sysfs_emit(buf, "%s\n", handler->pr_dump_dir ?: ""),
			     handler->pr_dump_dir);
}

static ssize_t pr_dump_dir_store(void *obj, char *text)
{
	struct scst_handler *handler = obj;
	char *dir = NULL;

	if (text[0] && text[0] != '/')
		return -EINVAL;
	if (text[0]) {
		dir = kstrdup(text, GFP_KERNEL);
		if (!dir)
			return -ENOMEM;
	}
	guard(mutex)(&handler->dump_lock);
	swap(handler->pr_dump_dir, dir);
	kfree(dir);
	return 0;
}

/* clang-format off */
const struct scst_attr scst_pr_handler_attrs[] = {
	SCST_ATTR_RW(pr_dump_dir, pr_dump_dir_show, pr_dump_dir_store),
	SCST_ATTR_END
};
/* clang-format on */
