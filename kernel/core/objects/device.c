// SPDX-License-Identifier: GPL-2.0
/*
 * Devices: logical units, each belonging to a handler, with a name that is unique among all
 * handlers.
 */
#include <linux/crc32.h>
#include <linux/export.h>
#include <linux/hashtable.h>
#include <linux/slab.h>
#include <scst/tags.h>

#include "command/command.h"
#include "event/event.h"
#include "policy/policy.h"
#include "reserve/reserve.h"
#include "sysfs/sysfs.h"
#include "tasks/tasks.h"
#include "objects.h"

static DEFINE_HASHTABLE(by_name, SCST_HASH_BITS);	/* scst_registry_lock */
static DEFINE_HASHTABLE(by_usn, SCST_HASH_BITS);	/* likewise */

struct scst_device *scst_registry_find_device(const char *name)
{
	struct scst_device *dev;

	lockdep_assert_held(&scst_registry_lock);
	hash_for_each_possible(by_name, dev, name_node, scst_name_hash(name))
		if (!strcmp(dev->name, name))
			return dev;
	return NULL;
}

static u32 verb_mask(const struct scst_handler_ops *ops)
{
	u32 mask = 0;
	int verb;

	BUILD_BUG_ON(SCST_VERB_MAX > 32);
	for (verb = 0; verb < SCST_VERB_MAX; verb++)
		if (ops->verb[verb])
			mask |= BIT(verb);
	return mask;
}

/* By serial numbers initiators know which paths lead to one disk: no two disks have the same. */
static bool usn_is_taken(const struct scst_device *dev, const char *usn)
{
	const struct scst_device *other;

	lockdep_assert_held(&scst_registry_lock);
	if (!usn[0])
		return false;
	hash_for_each_possible(by_usn, other, usn_node, scst_name_hash(usn))
		if (other != dev && !strcmp(other->lu.usn, usn)) {
			pr_warn("scst: device %s: %s has the serial number %s\n", dev->name,
				other->name, usn);
			return true;
		}
	return false;
}

int scst_device_set_usn(struct scst_device *dev, const char *usn)
{
	guard(mutex)(&scst_registry_lock);
	if (usn_is_taken(dev, usn))
		return -EEXIST;
	scst_device_change_begin(dev);
	strscpy_pad(dev->lu.usn, usn);
	scst_device_change_end(dev, SCST_SENSE_INQUIRY_CHANGED);
	if (hash_hashed(&dev->usn_node)) {	/* or it is not registered yet */
		hash_del(&dev->usn_node);
		hash_add(by_usn, &dev->usn_node, scst_name_hash(usn));
	}
	return 0;
}
EXPORT_SYMBOL_GPL(scst_device_set_usn);

static int device_publish(struct scst_device *dev)
{
	int err;

	guard(mutex)(&scst_registry_lock);
	if (scst_registry_find_device(dev->name) || usn_is_taken(dev, dev->lu.usn))
		return -EEXIST;
	dev->handler = scst_registry_find_handler(dev->ops);
	if (WARN_ON(!dev->handler))
		return -EINVAL;
	err = scst_sysfs_device_add(dev) ?: scst_copy_manager_add(dev);
	if (err)
		return err;
	list_add_tail(&dev->entry, &scst_devices);
	hash_add(by_name, &dev->name_node, scst_name_hash(dev->name));
	if (!dev->lu.opaque)
		hash_add(by_usn, &dev->usn_node, scst_name_hash(dev->lu.usn));
	return 0;
}

static bool is_there(const char *name)
{
	guard(mutex)(&scst_registry_lock);
	return scst_registry_find_device(name);
}

int scst_device_register(struct scst_device *dev, const struct scst_handler_ops *ops)
{
	int err = scst_name_check("device", dev->name, sizeof(dev->name), SCST_NAME_SIGNS);

	if (err)
		return err;
	if (is_there(dev->name))	/* before its files are looked at; asked again at the end */
		return -EEXIST;
	dev->ops = ops;
	dev->lu.verbs = verb_mask(ops) & ~dev->lacks;
	dev->lu.opaque = ops->verb[SCST_VERB_CDB];
	INIT_HLIST_NODE(&dev->usn_node);
	dev->lu.mode_default = scst_mode_current(&dev->lu);
	if (!dev->lu.max_trans_len)
		dev->lu.max_trans_len = SCST_MAX_TRANS_LEN;
	dev->dying = false;
	spin_lock_init(&dev->lock);
	seqlock_init(&dev->lu_change);
	mutex_init(&dev->param_lock);
	INIT_LIST_HEAD(&dev->nexuses);
	INIT_LIST_HEAD(&dev->mappings);
	INIT_LIST_HEAD(&dev->copy_luns);
	scst_hold_init(dev);
	scst_admit_device_init(dev);
	dev->task_set = NULL;
	dev->max_cmds = SCST_DEV_CMDS_DEFAULT;
	refcount_set(&dev->users, 1);
	init_completion(&dev->users_gone);
	err = percpu_counter_init(&dev->mem, 0, GFP_KERNEL);
	if (err)
		return err;
	err = scst_stats_device_init(dev);
	if (err)
		goto out_mem;
	err = scst_threads_device_add(dev);
	if (err)
		goto out_stats;
	err = dev->lu.opaque ? 0 : scst_saved_restore(dev);
	if (err)
		goto out_threads;
	err = scst_reserve_init(dev);
	if (err)
		goto out_threads;
	err = device_publish(dev);
	if (!err) {
		scst_event_device_added(dev);
		return 0;
	}
	scst_sysfs_device_del(dev);
	scst_sysfs_device_forget(dev);
	scst_reserve_exit(dev);
out_threads:
	scst_threads_device_del(dev);
out_stats:
	kfree(dev->stats);
out_mem:
	percpu_counter_destroy(&dev->mem);
	return err;
}
EXPORT_SYMBOL_GPL(scst_device_register);

void scst_device_put(struct scst_device *dev)
{
	if (refcount_dec_and_test(&dev->users))
		complete(&dev->users_gone);
}

int scst_device_unregister(struct scst_device *dev)
{
	scoped_guard(mutex, &scst_registry_lock) {
		if (dev->dying)
			return -ENODEV;
		dev->dying = true;
		scst_copy_manager_del(dev);
	}
	scst_tag(device_unmap);
	scst_device_unmap_all(dev);
	scst_device_put(dev);
	wait_for_completion(&dev->users_gone);
	scst_tag(device_free);
	scst_pr_dump(dev);
	scst_pr_offer_last(dev);
	scst_sysfs_device_del(dev);
	/* Nobody writes its files any more, and so begins what these end. */
	scst_hold_exit(dev);
	scst_admit_device_exit(dev);
	scst_sysfs_device_forget(dev);
	scst_order_free(dev->task_set);
	scst_threads_device_del(dev);
	scoped_guard(mutex, &scst_registry_lock) {
		list_del(&dev->entry);
		hash_del(&dev->name_node);
		if (hash_hashed(&dev->usn_node))
			hash_del(&dev->usn_node);
	}
	kfree(dev->stats);
	WARN_ON(percpu_counter_sum(&dev->mem));
	percpu_counter_destroy(&dev->mem);
	scst_reserve_exit(dev);
	return 0;
}
EXPORT_SYMBOL_GPL(scst_device_unregister);

#define REVISION	"3110"

void scst_device_identify(struct scst_device *dev, const char *vendor)
{
	struct scst_lu *lu = &dev->lu;
	u64 id = (u64)scst_setup_id() << 32 | crc32c(0, dev->name, strlen(dev->name) + 1);

	strscpy(lu->vendor, vendor);
	strscpy(lu->product, dev->name);
	strscpy(lu->revision, REVISION);
	snprintf(lu->usn, sizeof(lu->usn), "%llx", id);
	if (!lu->t10_dev_id[0])
		snprintf(lu->t10_dev_id, sizeof(lu->t10_dev_id), "%llx-%s", id, dev->name);
}
EXPORT_SYMBOL_GPL(scst_device_identify);

struct scst_device *scst_device_find(const struct scst_handler_ops *ops, const char *name)
{
	struct scst_device *dev;

	guard(mutex)(&scst_registry_lock);
	dev = scst_registry_find_device(name);
	return dev && dev->ops == ops ? dev : NULL;
}
EXPORT_SYMBOL_GPL(scst_device_find);

/*
 * The nexuses of a device belong to sessions of several targets, each with its own lock: so they
 * are found by way of the mappings.
 */
void scst_device_set_capacity(struct scst_device *dev, u64 nblocks)
{
	struct scst_mapping *map;
	struct scst_nexus *nexus;

	guard(mutex)(&scst_registry_lock);
	WRITE_ONCE(dev->lu.nblocks, nblocks);
	list_for_each_entry(map, &dev->mappings, dev_entry) {
		guard(mutex)(&map->group->tgt->lock);
		list_for_each_entry(nexus, &map->nexuses, map_entry)
			scst_nexus_capacity_changed(nexus);
	}
}
EXPORT_SYMBOL_GPL(scst_device_set_capacity);

void scst_device_set_lacks(struct scst_device *dev, u32 lacks)
{
	dev->lacks = lacks;
	WRITE_ONCE(dev->lu.verbs, verb_mask(dev->ops) & ~lacks);
}
EXPORT_SYMBOL_GPL(scst_device_set_lacks);

void scst_device_set_ready(struct scst_device *dev, enum scst_sense_id not_ready)
{
	WRITE_ONCE(dev->not_ready, not_ready);
}
EXPORT_SYMBOL_GPL(scst_device_set_ready);

void scst_device_change_begin(struct scst_device *dev)
{
	write_seqlock_irq(&dev->lu_change);
}
EXPORT_SYMBOL_GPL(scst_device_change_begin);

void scst_device_change_end(struct scst_device *dev, enum scst_sense_id id)
{
	write_sequnlock_irq(&dev->lu_change);
	scst_device_tell(dev, id);
}
EXPORT_SYMBOL_GPL(scst_device_change_end);

static bool is_going(struct scst_nexus *nexus)
{
	return READ_ONCE(nexus->sess->hurry) || percpu_ref_is_dying(&nexus->ref);
}

bool scst_cmd_abandoned(const struct scst_cmd *cmd)
{
	return scst_cmd_aborted(cmd) || is_going(cmd->nexus);
}
EXPORT_SYMBOL_GPL(scst_cmd_abandoned);

static bool lun_leads_nowhere(const struct scst_cmd *cmd)
{
	struct scst_nexus *nexus;

	guard(rcu)();
	nexus = scst_nexus_get_again(cmd->sess, cmd->lun);
	if (nexus)
		scst_nexus_put(nexus);
	return !nexus;
}

bool scst_cmd_unwanted(const struct scst_cmd *cmd)
{
	if (scst_cmd_aborted(cmd) || READ_ONCE(cmd->sess->hurry) || READ_ONCE(cmd->dev->dying))
		return true;
	return percpu_ref_is_dying(&cmd->nexus->ref) && lun_leads_nowhere(cmd);
}
EXPORT_SYMBOL_GPL(scst_cmd_unwanted);

/* Who is gone does not, however long its commands take to leave, here or at another LUN. */
static bool prevents_removal(struct scst_nexus *nexus)
{
	return READ_ONCE(nexus->prevents_removal) && !is_going(nexus);
}

bool scst_device_removal_prevented(struct scst_device *dev)
{
	struct scst_nexus *nexus;

	guard(spinlock_irqsave)(&dev->lock);
	list_for_each_entry(nexus, &dev->nexuses, dev_entry)
		if (prevents_removal(nexus))
			return true;
	return false;
}
EXPORT_SYMBOL_GPL(scst_device_removal_prevented);

void scst_device_tell(struct scst_device *dev, enum scst_sense_id id)
{
	scst_ua_queue_others(dev, NULL, id);
}
EXPORT_SYMBOL_GPL(scst_device_tell);

static void end_commands(struct scst_nexus *nexus, void *unused)
{
	scst_tmf_abort_foreign(nexus, NULL, NULL, true);
}

/*
 * The attention first, with all else that is over after a reset: what becomes LIVE after the grace
 * period meets it at "state", and what was LIVE before has a mark.
 */
void scst_device_power_on(struct scst_device *dev, u16 ua)
{
	scst_lu_reset(dev);
	if (ua)
		scst_ua_queue_all(dev, ua);	/* takes the place of the reset */
	synchronize_rcu();
	scst_nexuses_walk(dev, end_commands, NULL);
	scoped_guard(spinlock_irq, &dev->lock)
		scst_order_reset_aca(dev, NULL);
	scst_tmf_kick(dev);
}
EXPORT_SYMBOL_GPL(scst_device_power_on);

void scst_device_tell_of(struct scst_device *dev, u16 ua)
{
	scst_ua_queue_all(dev, ua);
}
EXPORT_SYMBOL_GPL(scst_device_tell_of);

/* Pure functions that handlers use. */
EXPORT_SYMBOL_GPL(scst_format_check);
EXPORT_SYMBOL_GPL(scst_unmap_check);
EXPORT_SYMBOL_GPL(scst_unmap_extent);
EXPORT_SYMBOL_GPL(scst_reply_lba_status);
EXPORT_SYMBOL_GPL(scst_cdb_check_range);
EXPORT_SYMBOL_GPL(scst_sense_row);
EXPORT_SYMBOL_GPL(scst_sense_parse);
EXPORT_SYMBOL_GPL(scst_tid_parse);
EXPORT_SYMBOL_GPL(scst_sense_find);
EXPORT_SYMBOL_GPL(scst_opaque_time);
EXPORT_SYMBOL_GPL(scst_opaque_length_field);
EXPORT_SYMBOL_GPL(scst_opaque_cdb_len);
EXPORT_SYMBOL_GPL(scst_opaque_cdb);
EXPORT_SYMBOL_GPL(scst_opaque_splits);
EXPORT_SYMBOL_GPL(scst_opaque_piece);
EXPORT_SYMBOL_GPL(scst_opaque_tells);
EXPORT_SYMBOL_GPL(scst_opaque_ua_refreshes);
EXPORT_SYMBOL_GPL(scst_opaque_moved);
EXPORT_SYMBOL_GPL(scst_opaque_answer);
EXPORT_SYMBOL_GPL(scst_opaque_ask_whole);
EXPORT_SYMBOL_GPL(scst_opaque_whole);
