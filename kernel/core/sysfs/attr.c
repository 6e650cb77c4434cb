// SPDX-License-Identifier: GPL-2.0
/*
 * Directories and rows: one show and one store for every attribute there is.
 *
 * sysfs holds an active reference on a file while its show or store runs, and removing the file
 * waits for it. That is all the locking here: an object that removes its directory before it goes
 * needs no reference count for the sake of its attributes.
 */
#include <linux/export.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "sysfs.h"

int scst_last_store_result;

static struct scst_dir *to_dir(struct kobject *kobj)
{
	return container_of(kobj, struct scst_dir, kobj);
}

static const struct scst_attr *to_row(const struct attribute *attr)
{
	return container_of(attr, struct scst_attr, attr);
}

static void *row_obj(const struct scst_attr *row, struct kobject *kobj)
{
	return row->obj ?: to_dir(kobj)->obj;
}

ssize_t scst_attr_key(char *buf, ssize_t len, bool save)
{
	return save ? len + sysfs_emit_at(buf, len, "[key]\n") : len;
}
EXPORT_SYMBOL_GPL(scst_attr_key);

static ssize_t show_string(const struct scst_attr *row, const char *string, char *buf)
{
	return scst_attr_key(buf, sysfs_emit(buf, "%s\n", string), row->key && string[0]);
}

static ssize_t show_number(const struct scst_attr *row, u64 value, char *buf)
{
	return scst_attr_key(buf, sysfs_emit(buf, "%llu\n", value), row->key && value != row->def);
}

static ssize_t show_member(const struct scst_attr *row, const void *member, char *buf)
{
	switch (row->type) {
	case SCST_ATTR_BOOL:
		return show_number(row, READ_ONCE(*(const bool *)member), buf);
	case SCST_ATTR_U8:
		return show_number(row, READ_ONCE(*(const u8 *)member), buf);
	case SCST_ATTR_U16:
		return show_number(row, READ_ONCE(*(const u16 *)member), buf);
	case SCST_ATTR_U32:
		return show_number(row, READ_ONCE(*(const u32 *)member), buf);
	case SCST_ATTR_U64:
		return show_number(row, READ_ONCE(*(const u64 *)member), buf);
	case SCST_ATTR_STR:
		return show_string(row, member, buf);
	case SCST_ATTR_FN:
		break;
	}
	return -EIO;
}

static ssize_t dir_show(struct kobject *kobj, struct attribute *attr, char *buf)
{
	const struct scst_attr *row = to_row(attr);
	void *obj = row_obj(row, kobj);

	scst_assert_unlocked();
	return row->show ? row->show(obj, buf) : show_member(row, obj + row->offset, buf);
}

/*
 * sysfs cuts a longer write into pages and brings them one by one, so a whole page is a text of
 * which the end is missing.
 */
static char *copy_text(const char *buf, size_t count)
{
	char *text;

	if (count >= PAGE_SIZE)
		return ERR_PTR(-E2BIG);
	if (memchr(buf, '\0', count))
		return ERR_PTR(-EINVAL);
	text = kmemdup_nul(buf, count, GFP_KERNEL);
	return text ?: ERR_PTR(-ENOMEM);
}

static int store_text(const struct scst_attr *row, void *obj, const char *buf, size_t count)
{
	char *text = copy_text(buf, count);
	int err;

	if (IS_ERR(text))
		return PTR_ERR(text);
	scst_assert_unlocked();
	err = row->store(obj, strim(text));
	kfree_sensitive(text);		/* may be a secret of the initiator */
	return err;
}

/* The reason has been logged where it was found; this says for which file. No text: see above. */
static void warn_refused(struct kobject *kobj, const char *name, int err)
{
	char *path = kobject_get_path(kobj, GFP_KERNEL);

	pr_warn_ratelimited("scst: /sys%s/%s: write refused: %pe\n", path ?: "", name,
			    ERR_PTR(err));
	kfree(path);
}

static ssize_t dir_store(struct kobject *kobj, struct attribute *attr, const char *buf,
			 size_t count)
{
	const struct scst_attr *row = to_row(attr);
	int err = store_text(row, row_obj(row, kobj), buf, count);

	WRITE_ONCE(scst_last_store_result, err);
	if (!err)
		return count;
	warn_refused(kobj, attr->name, err);
	return err;
}

static const struct sysfs_ops dir_sysfs_ops = {
	.show	= dir_show,
	.store	= dir_store,
};

static void dir_release(struct kobject *kobj)
{
	complete(&to_dir(kobj)->released);
}

static const struct kobj_type dir_ktype = {
	.sysfs_ops	= &dir_sysfs_ops,
	.release	= dir_release,
};

static bool kobj_has(const struct kobject *kobj, const char *name)
{
	struct kernfs_node *node = sysfs_get_dirent(kobj->sd, name);

	sysfs_put(node);
	return node;
}

bool scst_dir_has(const struct scst_dir *dir, const char *name)
{
	return kobj_has(&dir->kobj, name);
}
EXPORT_SYMBOL_GPL(scst_dir_has);

/* Not only for the error: kobject_add() prints a stack when the name is taken. */
int scst_dir_add(struct scst_dir *dir, struct scst_dir *parent, void *obj,
		 const struct scst_attr *attrs, const char *name)
{
	struct kobject *above = parent ? &parent->kobj : kernel_kobj;
	int err;

	if (kobj_has(above, name))
		return -EEXIST;
	memset(dir, 0, sizeof(*dir));
	dir->obj = obj;
	init_completion(&dir->released);
	kobject_init(&dir->kobj, &dir_ktype);
	err = kobject_add(&dir->kobj, above, "%s", name);
	if (!err && attrs)
		err = scst_dir_add_attrs(dir, attrs);
	if (err) {
		kobject_del(&dir->kobj);
		kobject_put(&dir->kobj);
		wait_for_completion(&dir->released);
	}
	return err;
}
EXPORT_SYMBOL_GPL(scst_dir_add);

void scst_dir_del(struct scst_dir *dir)
{
	if (!dir->kobj.state_in_sysfs)
		return;
	kobject_del(&dir->kobj);
	kobject_put(&dir->kobj);
	wait_for_completion(&dir->released);
}
EXPORT_SYMBOL_GPL(scst_dir_del);

int scst_dir_add_attrs(struct scst_dir *dir, const struct scst_attr *attrs)
{
	const struct scst_attr *row;
	int err;

	for (row = attrs; row->attr.name; row++) {
		err = sysfs_create_file(&dir->kobj, &row->attr);
		if (err)
			goto out_remove;
	}
	return 0;

out_remove:
	while (row-- != attrs)
		sysfs_remove_file(&dir->kobj, &row->attr);
	return err;
}
EXPORT_SYMBOL_GPL(scst_dir_add_attrs);

void scst_dir_del_attrs(struct scst_dir *dir, const struct scst_attr *attrs)
{
	for (; attrs->attr.name; attrs++)
		sysfs_remove_file(&dir->kobj, &attrs->attr);
}
EXPORT_SYMBOL_GPL(scst_dir_del_attrs);

int scst_dir_link(struct scst_dir *dir, struct scst_dir *to, const char *name)
{
	return sysfs_create_link_nowarn(&dir->kobj, &to->kobj, name);
}
EXPORT_SYMBOL_GPL(scst_dir_link);

void scst_dir_unlink(struct scst_dir *dir, const char *name)
{
	sysfs_remove_link(&dir->kobj, name);
}
EXPORT_SYMBOL_GPL(scst_dir_unlink);
