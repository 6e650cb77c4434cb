// SPDX-License-Identifier: GPL-2.0
/*
 * What a device leaves behind when it goes: its persistent reservations as the text of pr_state, in
 * <pr_dump_dir>/<serial number>. Written after the last command has left and before the state is
 * freed, with no lock held; whole or not at all.
 */
#include <linux/ctype.h>
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>

#include "store/store.h"
#include "reserve.h"

/* Where handlers begin; each has an attribute of its own. */
static char *pr_dump_dir = "";
module_param(pr_dump_dir, charp, 0444);
MODULE_PARM_DESC(pr_dump_dir, "directory for the reservations of devices that go (none)");

char *scst_pr_dump_dir_default(void)
{
	return pr_dump_dir[0] ? kstrdup(pr_dump_dir, GFP_KERNEL) : NULL;
}

/* As long as a file's name, or a unit serial number of a real device, can be. */
#define SCST_DUMP_NAME_LEN	252

/* The serial number may come from a device: nothing of it may be a path. */
static void sanitise(char *name)
{
	char *c;

	for (c = name; *c; c++)
		if (!isascii(*c) || (!isalnum(*c) && !strchr("-_.+@", *c)) ||
		    (*c == '.' && c == name))
			*c = '_';
}

static char *dump_path(const struct scst_device *dev)
{
	char name[SCST_DUMP_NAME_LEN];
	char *path = NULL;

	strscpy(name, dev->dump_name ?: dev->lu.usn, sizeof(name));
	strim(name);
	sanitise(name);
	mutex_lock(&dev->handler->dump_lock);
	if (dev->handler->pr_dump_dir)
		path = kasprintf(GFP_KERNEL, "%s/%s", dev->handler->pr_dump_dir,
				 name[0] ? name : dev->name);
	mutex_unlock(&dev->handler->dump_lock);
	return path;
}

void scst_device_dump_prs(struct scst_device *dev)
{
	might_sleep();
	scst_pr_dump(dev);
	scst_pr_offer(dev, SCST_PR_DUMP_DETACH);
}
EXPORT_SYMBOL_GPL(scst_device_dump_prs);

void scst_pr_dump(struct scst_device *dev)
{
	char *path = dump_path(dev), *text;
	size_t len;
	int err;

	if (!path)
		return;
	mutex_lock(&dev->reserve->lock);
	text = scst_pr_text(&scst_pr_now(dev)->pr, &len);
	mutex_unlock(&dev->reserve->lock);
	err = text ? scst_file_replace(path, text, len) : -ENOMEM;
	if (err)
		pr_err("scst: %s: cannot dump persistent reservations to %s: %pe\n", dev->name,
		       scst_printable(path).text, ERR_PTR(err));
	kvfree(text);
	kfree(path);
}
