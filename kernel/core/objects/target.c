// SPDX-License-Identifier: GPL-2.0
/*
 * Targets: ports of a driver, each with a default group of LUNs and its sessions.
 */
#include <linux/export.h>
#include <linux/hashtable.h>
#include <linux/nodemask.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <scst/tags.h>

#include "command/command.h"
#include "event/event.h"
#include "sysfs/sysfs.h"
#include "objects.h"

static DEFINE_HASHTABLE(by_name, SCST_HASH_BITS);	/* scst_registry_lock; of all drivers */

static struct scst_target *find_target(const struct scst_driver *drv, const char *name)
{
	struct scst_target *tgt;

	lockdep_assert_held(&scst_registry_lock);
	hash_for_each_possible(by_name, tgt, name_node, scst_name_hash(name))
		if (tgt->driver == drv && !strcmp(tgt->name, name))
			return tgt;
	return NULL;
}

/* Less than a block would be no limit in page B0h. */
static bool are_limits(const struct scst_target_limits *limits)
{
	if (limits->max_bytes && limits->max_bytes < SZ_4K)
		return false;
	return !limits->numa_node || (limits->numa_node <= MAX_NUMNODES &&
				      node_online(limits->numa_node - 1));
}

/* So few entries may be another limit to the bytes. */
static void set_limits(struct scst_target *tgt, const struct scst_target_limits *limits)
{
	tgt->limits = *limits;
	tgt->port.max_bytes = min_not_zero(limits->max_bytes, scst_sg_max_bytes(limits->max_sg));
}

static struct scst_target *target_alloc(const struct scst_target_ops *ops, const char *name,
					void *priv)
{
	struct scst_target *tgt = kzalloc(sizeof(*tgt), GFP_KERNEL);

	if (!tgt)
		return NULL;
	tgt->ops = ops;
	tgt->priv = priv;
	tgt->enabled = ops->no_enabled_attr;
	strscpy(tgt->name, name, sizeof(tgt->name));
	if (ops->port_name_suffix) {
		tgt->port_name = kasprintf(GFP_KERNEL, "%s%s", name, ops->port_name_suffix);
		if (!tgt->port_name) {
			kfree(tgt);
			return NULL;
		}
	}
	tgt->port.protocol = ops->protocol;
	tgt->port.phys_version = ops->phys_version;
	tgt->port.transport_version = ops->transport_version;
	tgt->port.target_name = tgt->name;
	tgt->port.port_name = tgt->port_name;
	mutex_init(&tgt->lock);
	scst_group_init(&tgt->default_group, tgt);
	INIT_LIST_HEAD(&tgt->groups);
	INIT_LIST_HEAD(&tgt->sessions);
	refcount_set(&tgt->users, 1);
	init_completion(&tgt->users_gone);
	return tgt;
}

static void target_free(struct scst_target *tgt)
{
	kfree(rcu_dereference_protected(tgt->default_group.cpus, true));
	kfree(tgt->port_name);
	kfree(tgt->comment);
	kfree(tgt);
}

static int target_publish(struct scst_target *tgt)
{
	int err;

	guard(mutex)(&scst_registry_lock);
	tgt->driver = scst_registry_find_driver(tgt->ops);
	if (WARN_ON(!tgt->driver))
		return -EINVAL;
	if (find_target(tgt->driver, tgt->name))
		return -EEXIST;
	tgt->port.rel_tgt_id = scst_port_id_free();
	err = scst_sysfs_target_add(tgt);
	scoped_guard(mutex, &tgt->lock)
		tgt->dying = err;
	if (err)
		return err;
	list_add_tail(&tgt->entry, &tgt->driver->targets);
	hash_add(by_name, &tgt->name_node, scst_name_hash(tgt->name));
	scst_port_id_add(tgt);
	return 0;
}

struct scst_target *scst_target_register(const struct scst_target_ops *ops, const char *name,
					 const struct scst_target_limits *limits, void *priv)
{
	struct scst_target *tgt;
	int err;

	err = scst_name_check("target", name, SCST_NAME_LEN, SCST_NAME_SIGNS);
	if (!err && limits && !are_limits(limits))
		err = -EINVAL;
	if (err)
		return ERR_PTR(err);
	tgt = target_alloc(ops, name, priv);
	if (!tgt)
		return ERR_PTR(-ENOMEM);
	if (limits)
		set_limits(tgt, limits);
	err = target_publish(tgt);
	if (err) {
		scst_sysfs_target_del(tgt);
		target_free(tgt);
		return ERR_PTR(err);
	}
	return tgt;
}
EXPORT_SYMBOL_GPL(scst_target_register);

void scst_target_put(struct scst_target *tgt)
{
	if (refcount_dec_and_test(&tgt->users))
		complete(&tgt->users_gone);
}

/*
 * Once dying, nobody maps a LUN or starts a session here. The target stays in the registry until it
 * has no mapping left, so that a device which is being deleted finds what is mapped.
 */
void scst_target_unregister(struct scst_target *tgt)
{
	scoped_guard(mutex, &scst_registry_lock)
		scoped_guard(mutex, &tgt->lock)
			tgt->dying = true;
	scst_target_put(tgt);
	scst_tag(target_free);
	wait_for_completion(&tgt->users_gone);
	scst_sysfs_ini_groups_close(tgt);
	scst_groups_destroy(tgt);
	scst_mapping_clear(&tgt->default_group);
	scoped_guard(mutex, &scst_registry_lock) {
		list_del(&tgt->entry);
		hash_del(&tgt->name_node);
		scst_port_id_del(tgt);
	}
	scst_sysfs_target_del(tgt);
	target_free(tgt);
}
EXPORT_SYMBOL_GPL(scst_target_unregister);

void *scst_target_priv(const struct scst_target *tgt)
{
	return tgt->priv;
}
EXPORT_SYMBOL_GPL(scst_target_priv);

const char *scst_target_name(const struct scst_target *tgt)
{
	return tgt->name;
}
EXPORT_SYMBOL_GPL(scst_target_name);

bool scst_target_enabled(const struct scst_target *tgt)
{
	return READ_ONCE(tgt->enabled);
}
EXPORT_SYMBOL_GPL(scst_target_enabled);

u16 scst_target_phys_version(const struct scst_target *tgt)
{
	return READ_ONCE(tgt->port.phys_version);
}
EXPORT_SYMBOL_GPL(scst_target_phys_version);

u16 scst_target_transport_version(const struct scst_target *tgt)
{
	return READ_ONCE(tgt->port.transport_version);
}
EXPORT_SYMBOL_GPL(scst_target_transport_version);

void scst_target_set_phys_version(struct scst_target *tgt, u16 version)
{
	WRITE_ONCE(tgt->port.phys_version, version);
}
EXPORT_SYMBOL_GPL(scst_target_set_phys_version);

void scst_target_set_transport_version(struct scst_target *tgt, u16 version)
{
	WRITE_ONCE(tgt->port.transport_version, version);
}
EXPORT_SYMBOL_GPL(scst_target_set_transport_version);

struct scst_dir *scst_target_dir(struct scst_target *tgt)
{
	return &tgt->dir;
}
EXPORT_SYMBOL_GPL(scst_target_dir);

struct scst_dir *scst_driver_dir(const struct scst_target_ops *ops)
{
	guard(mutex)(&scst_registry_lock);
	return &scst_registry_find_driver(ops)->dir;
}
EXPORT_SYMBOL_GPL(scst_driver_dir);

bool scst_target_has_luns(struct scst_target *tgt, const char *initiator)
{
	bool has_luns;

	if (!scst_sessions_allowed())
		return false;
	scoped_guard(mutex, &tgt->lock)
		has_luns = !xa_empty(&scst_group_for(tgt, initiator)->mappings);
	if (!has_luns)
		scst_event_no_luns(tgt, initiator);
	return has_luns;
}
EXPORT_SYMBOL_GPL(scst_target_has_luns);

struct scst_target *scst_target_find(const struct scst_target_ops *ops, const char *name)
{
	struct scst_driver *drv;

	guard(mutex)(&scst_registry_lock);
	drv = scst_registry_find_driver(ops);
	return drv ? find_target(drv, name) : NULL;
}
EXPORT_SYMBOL_GPL(scst_target_find);
EXPORT_SYMBOL_GPL(scst_lun_decode);
