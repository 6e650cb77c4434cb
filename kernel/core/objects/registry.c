// SPDX-License-Identifier: GPL-2.0
/*
 * What there is: target drivers, handlers, and their names.
 */
#include <linux/export.h>
#include <linux/slab.h>

#include "reserve/reserve.h"
#include "sysfs/sysfs.h"
#include "objects.h"

static struct scst_driver *find_driver(const struct scst_target_ops *ops)
{
	struct scst_driver *drv;

	lockdep_assert_held(&scst_registry_lock);
	list_for_each_entry(drv, &scst_drivers, entry)
		if (!strcmp(drv->ops->name, ops->name))
			return drv;
	return NULL;
}

static struct scst_handler *find_handler(const struct scst_handler_ops *ops)
{
	struct scst_handler *handler;

	lockdep_assert_held(&scst_registry_lock);
	list_for_each_entry(handler, &scst_handlers, entry)
		if (!strcmp(handler->ops->name, ops->name))
			return handler;
	return NULL;
}

int scst_target_driver_register(const struct scst_target_ops *ops)
{
	struct scst_driver *drv;
	int err;

	if (WARN_ON(!ops->send_response || !ops->name))
		return -EINVAL;
	drv = kzalloc(sizeof(*drv), GFP_KERNEL);
	if (!drv)
		return -ENOMEM;
	drv->ops = ops;
	INIT_LIST_HEAD(&drv->targets);

	guard(mutex)(&scst_registry_lock);
	err = find_driver(ops) ? -EEXIST : scst_sysfs_driver_add(drv);
	if (err)
		kfree(drv);
	else
		list_add_tail(&drv->entry, &scst_drivers);
	return err;
}
EXPORT_SYMBOL_GPL(scst_target_driver_register);

static struct scst_target *first_target(const struct scst_driver *drv)
{
	struct scst_target *tgt;

	guard(mutex)(&scst_registry_lock);
	list_for_each_entry(tgt, &drv->targets, entry)
		return tgt;
	return NULL;
}

/*
 * mgmt goes first, so that no target comes, and with it whoever was deleting one by hand; then the
 * targets that are left.
 */
void scst_target_driver_unregister(const struct scst_target_ops *ops)
{
	struct scst_driver *drv;
	struct scst_target *tgt;

	scoped_guard(mutex, &scst_registry_lock)
		drv = find_driver(ops);
	if (WARN_ON(!drv))
		return;
	scst_assert_unlocked();
	scst_sysfs_driver_close(drv);
	while ((tgt = first_target(drv)))
		if (WARN_ON(!ops->del_target) || ops->del_target(tgt))
			break;
	scst_sysfs_driver_del(drv);
	scoped_guard(mutex, &scst_registry_lock)
		list_del(&drv->entry);
	kfree(drv);
}
EXPORT_SYMBOL_GPL(scst_target_driver_unregister);

struct scst_driver *scst_registry_find_driver(const struct scst_target_ops *ops)
{
	return find_driver(ops);
}

struct scst_handler *scst_registry_find_handler(const struct scst_handler_ops *ops)
{
	return find_handler(ops);
}

static void handler_free(struct scst_handler *handler)
{
	kfree(handler->pr_dump_dir);
	kfree(handler);
}

int scst_handler_register(const struct scst_handler_ops *ops)
{
	struct scst_handler *handler;
	int err;

	handler = kzalloc(sizeof(*handler), GFP_KERNEL);
	if (!handler)
		return -ENOMEM;
	handler->ops = ops;
	mutex_init(&handler->dump_lock);
	handler->pr_dump_dir = scst_pr_dump_dir_default();

	guard(mutex)(&scst_registry_lock);
	err = find_handler(ops) ? -EEXIST : scst_sysfs_handler_add(handler);
	if (err)
		handler_free(handler);
	else
		list_add_tail(&handler->entry, &scst_handlers);
	return err;
}
EXPORT_SYMBOL_GPL(scst_handler_register);

static struct scst_device *first_device(const struct scst_handler *handler)
{
	struct scst_device *dev;

	guard(mutex)(&scst_registry_lock);
	list_for_each_entry(dev, &scst_devices, entry)
		if (dev->handler == handler)
			return dev;
	return NULL;
}

/* In the same order, for the same reason. */
void scst_handler_unregister(const struct scst_handler_ops *ops)
{
	struct scst_handler *handler;
	struct scst_device *dev;

	scoped_guard(mutex, &scst_registry_lock)
		handler = find_handler(ops);
	if (WARN_ON(!handler))
		return;
	scst_assert_unlocked();
	scst_sysfs_handler_close(handler);
	while ((dev = first_device(handler)))
		if (WARN_ON(ops->del_device(dev)))
			break;
	scst_sysfs_handler_del(handler);
	scoped_guard(mutex, &scst_registry_lock)
		list_del(&handler->entry);
	handler_free(handler);
}
EXPORT_SYMBOL_GPL(scst_handler_unregister);
