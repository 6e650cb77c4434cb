// SPDX-License-Identifier: GPL-2.0
/*
 * handlers/<handler> and devices/<device>, which link to each other.
 */
#include <linux/export.h>
#include <linux/module.h>

#include "objects/objects.h"
#include "sysfs.h"

/* SPC-6 table 150, peripheral device type. */
/* clang-format off */
static const char *const device_types[] = {
	[0x00] = "direct access block device",
	[0x01] = "sequential access device",
	[0x02] = "printer device",
	[0x03] = "processor device",
	[0x04] = "write-once device",
	[0x05] = "CD/DVD device",
	[0x06] = "scanner device",
	[0x07] = "optical memory device",
	[0x08] = "medium changer device",
	[0x09] = "communications device",
	[0x0c] = "storage array controller device",
	[0x0d] = "enclosure services device",
	[0x0e] = "simplified direct access device",
	[0x0f] = "optical card reader/writer device",
	[0x11] = "object-based storage device",
	[0x12] = "automation/drive interface",
	[0x14] = "host managed zoned block device",
};
/* clang-format on */

static ssize_t emit_type(char *buf, unsigned int type)
{
	const char *name = type < ARRAY_SIZE(device_types) ? device_types[type] : NULL;

	return sysfs_emit(buf, "%u - %s\n", type, name ?: "unknown");
}

static ssize_t device_type_show(void *obj, char *buf)
{
	struct scst_device *dev = obj;

	return emit_type(buf, dev->lu.type);
}

/* clang-format off */
static const struct scst_attr device_attrs[] = {
	SCST_ATTR_RO(type, device_type_show),
	SCST_ATTR_END
};
/* clang-format on */

/*
 * The files of the handler come last: their stores may take the registry lock, which is held here.
 * After a failure scst_sysfs_device_del() cleans up, without it.
 */
int scst_sysfs_device_add(struct scst_device *dev)
{
	struct scst_dir *handler = &dev->handler->dir;
	int err;

	lockdep_assert_held(&scst_registry_lock);
	/* A device called "mgmt" or "type". */
	if (scst_dir_has(handler, dev->name))
		return -EEXIST;
	err = scst_dir_add(&dev->dir, &scst_devices_dir, dev, device_attrs, dev->name);
	if (!err)
		err = scst_dir_add(&dev->exported_dir, &dev->dir, dev, NULL, "exported");
	if (!err)
		err = scst_dir_link(&dev->dir, handler, "handler");
	if (!err)
		err = scst_dir_link(handler, &dev->dir, dev->name);
	if (!err)
		err = scst_dir_add_attrs(&dev->dir, scst_device_io_attrs);
	if (!err)
		dev->block_file = sysfs_get_dirent(dev->dir.kobj.sd, "block");
	if (!err)
		err = scst_sysfs_pr_add(dev);
	if (!err && dev->ops->device_attrs)
		err = scst_dir_add_attrs(&dev->dir, dev->ops->device_attrs);
	return err;
}

void scst_sysfs_device_del(struct scst_device *dev)
{
	if (!dev->dir.kobj.state_in_sysfs)
		return;
	scst_dir_unlink(&dev->handler->dir, dev->name);
	scst_dir_del(&dev->exported_dir);
	scst_dir_del(&dev->dir);
	scst_sysfs_pr_del(dev);
}

void scst_sysfs_device_forget(struct scst_device *dev)
{
	sysfs_put(dev->block_file);
	dev->block_file = NULL;
}

static int add_device(void *owner, const char *name, struct scst_params *params)
{
	struct scst_handler *handler = owner;
	int err;

	scst_assert_unlocked();
	err = handler->ops->add_device(name, params);
	if (err)
		pr_warn_ratelimited("scst: handler %s: cannot add device %s: %pe\n",
				    handler->ops->name, scst_printable(name).text, ERR_PTR(err));
	return err;
}

/*
 * SCST has one list of virtual disks, from which the mgmt of each of their handlers deletes, so
 * that a script may name the wrong one. Not before the module is complete: until then, if it fails,
 * its handlers go whatever is claimed.
 */
static struct scst_handler *handler_of(struct scst_handler *asked, const char *name)
{
	const struct scst_handler_ops *ops = asked->ops;
	struct scst_device *dev;

	if (!ops->siblings || READ_ONCE(ops->owner->state) != MODULE_STATE_LIVE)
		return asked;
	guard(mutex)(&scst_registry_lock);
	dev = scst_registry_find_device(name);
	return dev && dev->ops->owner == ops->owner ? dev->handler : asked;
}

static int del_own(struct scst_handler *handler, const char *name)
{
	struct scst_device *dev;

	scst_assert_unlocked();
	dev = scst_device_find(handler->ops, name);
	return dev ? handler->ops->del_device(dev) : -EINVAL;
}

/*
 * The device's own handler has the claim that counts. Who waits for it here, with one of another
 * handler, saw the device in there; and while both are held the name moves to neither: so nobody
 * waits the other way round.
 */
static int del_siblings(struct scst_handler *sibling, const char *name)
{
	struct scst_claim claim;
	int err = scst_claim_wait(&claim, sibling->ops->owner, sibling, name);

	if (err)
		return err;
	err = del_own(sibling, name);
	scst_claim_drop(&claim);
	return err;
}

static int del_device(void *owner, const char *name, struct scst_params *params)
{
	struct scst_handler *asked = owner, *handler;
	int err = scst_params_end(params);

	if (err)
		return err;
	handler = handler_of(asked, name);
	err = handler == asked ? del_own(handler, name) : del_siblings(handler, name);
	if (err)
		pr_warn_ratelimited("scst: handler %s: cannot delete device %s: %pe\n",
				    asked->ops->name, scst_printable(name).text, ERR_PTR(err));
	return err;
}

int scst_device_delete(struct scst_device *dev)
{
	const struct scst_handler_ops *ops = dev->ops;
	struct scst_claim claim;
	int err;

	scst_assert_unlocked();
	err = scst_claim_wait(&claim, ops->owner, dev->handler, dev->name);
	if (err)
		return err;
	err = scst_device_find(ops, dev->name) == dev ? ops->del_device(dev) : -ENODEV;
	scst_claim_drop(&claim);
	return err;
}
EXPORT_SYMBOL_GPL(scst_device_delete);

static int mgmt_add_device(void *obj, char *args)
{
	struct scst_handler *handler = obj;

	return scst_mgmt_run_named(handler->ops->owner, handler, args, add_device);
}

static int mgmt_del_device(void *obj, char *args)
{
	struct scst_handler *handler = obj;

	return scst_mgmt_run_named(handler->ops->owner, handler, args, del_device);
}

/* clang-format off */
static const struct scst_mgmt_verb handler_verbs[] = {
	{ "add_device",	mgmt_add_device	},
	{ "del_device",	mgmt_del_device	},
	{ }
};
/* clang-format on */

static ssize_t mgmt_show(void *obj, char *buf)
{
	struct scst_handler *handler = obj;
	const char *name = handler->ops->name_hint ?: "device_name";
	ssize_t len = sysfs_emit(buf,
		"Usage: echo \"add_device %s [parameters]\" >mgmt\n"
		"       echo \"del_device %s\" >mgmt\n", name, name);

	return len + scst_mgmt_emit_params(buf, len, handler->ops->add_device_params);
}

static ssize_t mgmt_store(void *obj, char *text)
{
	return scst_mgmt_run(handler_verbs, obj, text);
}

static ssize_t handler_type_show(void *obj, char *buf)
{
	struct scst_handler *handler = obj;

	return emit_type(buf, handler->ops->type);
}

/* clang-format off */
static const struct scst_attr handler_attrs[] = {
	SCST_ATTR_RO(type, handler_type_show),
	SCST_ATTR_END
};
/* clang-format on */

/* clang-format off */
static const struct scst_attr handler_mgmt[] = {
	SCST_ATTR_RW(mgmt, mgmt_show, mgmt_store),
	SCST_ATTR_END
};
/* clang-format on */

/* On failure nothing is left or waited for: mgmt is the last, and type takes no lock. */
int scst_sysfs_handler_add(struct scst_handler *handler)
{
	int err = scst_dir_add(&handler->dir, &scst_handlers_dir, handler, handler_attrs,
			       handler->ops->name);

	if (err)
		return err;
	err = scst_dir_add_attrs(&handler->dir, scst_pr_handler_attrs);
	if (!err)
		err = scst_dir_add_attrs(&handler->dir, scst_trace_attrs);
	if (!err && handler->ops->add_device)
		err = scst_dir_add_attrs(&handler->dir, handler_mgmt);
	if (err)
		scst_dir_del(&handler->dir);
	return err;
}

void scst_sysfs_handler_close(struct scst_handler *handler)
{
	if (handler->ops->add_device)
		scst_dir_del_attrs(&handler->dir, handler_mgmt);
}

void scst_sysfs_handler_del(struct scst_handler *handler)
{
	scst_dir_del(&handler->dir);
}
