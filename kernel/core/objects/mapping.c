// SPDX-License-Identifier: GPL-2.0
/*
 * LUN maps: which device stands at which LUN of a group.
 *
 * Adding makes a nexus in every session that uses the group. Removing has two halves: detach, under
 * the locks, after which no initiator reaches the mapping; and free, without locks, which waits for
 * the commands that are under way. In between a mapping is on the list of whoever removes it.
 */
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <scst/handles.h>

#include "sysfs/sysfs.h"
#include "objects.h"

bool scst_async_lun_replace;
module_param_named(async_lun_replace, scst_async_lun_replace, bool, 0644);
MODULE_PARM_DESC(async_lun_replace, "luns/mgmt: replace does not wait for the old one's commands");

struct scst_mapping *scst_mapping_find(struct scst_group *group, u16 lun)
{
	lockdep_assert_held(&group->tgt->lock);
	return xa_load(&group->mappings, lun);
}

static void sessions_luns_changed(struct scst_group *group)
{
	struct scst_session *sess;

	list_for_each_entry(sess, &group->tgt->sessions, entry)
		if (sess->group == group)
			scst_session_luns_changed(sess);
}

/* On failure some exist; the caller kills them. */
static int create_nexuses(struct scst_mapping *map, enum scst_sense_id ua)
{
	struct scst_session *sess;
	struct scst_nexus *nexus;

	list_for_each_entry(sess, &map->group->tgt->sessions, entry) {
		if (sess->group != map->group)
			continue;
		nexus = scst_nexus_create(sess, map, ua);
		if (IS_ERR(nexus))
			return PTR_ERR(nexus);
	}
	return 0;
}

/* What a removal carries out of the locks. */
struct removal {
	struct list_head mappings;
	struct list_head nexuses;
};

#define REMOVAL_INIT(r) { LIST_HEAD_INIT((r).mappings), LIST_HEAD_INIT((r).nexuses) }

static void kill_nexuses(struct scst_mapping *map, struct removal *removal)
{
	struct scst_nexus *nexus, *next;

	list_for_each_entry_safe(nexus, next, &map->nexuses, map_entry)
		scst_nexus_kill(nexus, &removal->nexuses);
}

static void detach(struct scst_mapping *map, struct removal *removal)
{
	lockdep_assert_held(&scst_registry_lock);
	kill_nexuses(map, removal);
	xa_erase(&map->group->mappings, map->lun);
	list_del(&map->dev_entry);
	list_add_tail(&map->entry, &removal->mappings);
}

static void finish_removal(struct removal *removal)
{
	struct scst_mapping *map, *next;

	scst_tag(mapping_free);
	list_for_each_entry(map, &removal->mappings, entry)
		scst_sysfs_mapping_del(map);	/* no-op for the shell that replace() leaves */
	scst_nexuses_destroy(&removal->nexuses);
	list_for_each_entry_safe(map, next, &removal->mappings, entry) {
		scst_device_put(map->dev);
		kfree(map);
	}
}

static struct scst_mapping *mapping_alloc(struct scst_group *group, struct scst_device *dev,
					  u16 lun, bool read_only)
{
	struct scst_mapping *map = NULL;

	if (!scst_tag_fails(mapping_alloc))
		map = kzalloc(sizeof(*map), GFP_KERNEL);
	if (!map)
		return NULL;
	map->group = group;
	map->dev = dev;
	map->lun = lun;
	map->read_only = read_only;
	INIT_LIST_HEAD(&map->nexuses);
	refcount_inc(&dev->users);
	return map;
}

static int insert(struct scst_mapping *map)
{
	struct scst_group *group = map->group;
	int err = xa_insert(&group->mappings, map->lun, map, GFP_KERNEL);

	if (err)
		return err;
	err = scst_sysfs_mapping_add(map);
	if (err)
		xa_erase(&group->mappings, map->lun);
	else
		list_add_tail(&map->dev_entry, &map->dev->mappings);
	return err;
}

/* Both locks held. On failure what was begun is in @removal. */
static int attach(struct scst_group *group, const char *dev_name, u16 lun, bool read_only,
		  struct removal *removal)
{
	struct scst_device *dev = scst_registry_find_device(dev_name);
	struct scst_mapping *map;
	struct scst_nexus *nexus;
	int err;

	lockdep_assert_held(&scst_registry_lock);
	lockdep_assert_held(&group->tgt->lock);
	if (!dev || dev->dying)
		return -EINVAL;
	map = mapping_alloc(group, dev, lun, read_only);
	if (!map)
		return -ENOMEM;
	err = insert(map);
	if (err) {
		scst_device_put(dev);
		kfree(map);
		return err;
	}
	err = create_nexuses(map, SCST_SENSE_RESET);
	if (err) {
		detach(map, removal);
		return err;
	}
	list_for_each_entry(nexus, &map->nexuses, map_entry)
		scst_nexus_judge(nexus);
	return 0;
}

int scst_mapping_add(struct scst_group *group, const char *dev_name, u16 lun, bool read_only)
{
	struct removal removal = REMOVAL_INIT(removal);
	int err;

	mutex_lock(&scst_registry_lock);
	mutex_lock(&group->tgt->lock);
	if (group->tgt->dying || group->dying)
		err = -ENODEV;
	else if (scst_mapping_find(group, lun))
		err = -EEXIST;
	else
		err = attach(group, dev_name, lun, read_only, &removal);
	if (!err)
		sessions_luns_changed(group);
	mutex_unlock(&group->tgt->lock);
	mutex_unlock(&scst_registry_lock);
	finish_removal(&removal);
	return err;
}

int scst_mapping_del(struct scst_group *group, u16 lun)
{
	struct removal removal = REMOVAL_INIT(removal);
	struct scst_mapping *map;

	mutex_lock(&scst_registry_lock);
	mutex_lock(&group->tgt->lock);
	map = scst_mapping_find(group, lun);
	if (map) {
		detach(map, &removal);
		sessions_luns_changed(group);
	}
	mutex_unlock(&group->tgt->lock);
	mutex_unlock(&scst_registry_lock);
	finish_removal(&removal);
	return map ? 0 : -EINVAL;
}

int scst_mapping_clear(struct scst_group *group)
{
	struct removal removal = REMOVAL_INIT(removal);
	struct scst_mapping *map;
	unsigned long lun;

	mutex_lock(&scst_registry_lock);
	mutex_lock(&group->tgt->lock);
	xa_for_each(&group->mappings, lun, map)
		detach(map, &removal);
	sessions_luns_changed(group);
	mutex_unlock(&group->tgt->lock);
	mutex_unlock(&scst_registry_lock);
	finish_removal(&removal);
	return 0;
}

/*
 * The new nexuses are complete before the first old one goes: either every session has the new
 * device at this LUN, or nothing has changed.
 */
static int replace(struct scst_mapping *map, struct scst_device *dev, bool read_only,
		   enum scst_sense_id ua, struct removal *removal)
{
	struct scst_mapping *new = mapping_alloc(map->group, dev, map->lun, read_only);
	struct scst_nexus *nexus, *next;
	int err;

	if (!new)
		return -ENOMEM;
	err = create_nexuses(new, ua);
	if (!err)
		err = scst_sysfs_mapping_relink(map, new);
	list_add_tail(&new->entry, &removal->mappings);
	if (err) {
		kill_nexuses(new, removal);
		return err;
	}
	/* A new one takes the place of an old one in one step: no command finds none. */
	list_for_each_entry(nexus, &new->nexuses, map_entry)
		scst_nexus_judge(nexus);
	scst_tag(mapping_replace);
	kill_nexuses(map, removal);
	SCST_SOMETIMES(replaced);
	swap(map->dev, new->dev);
	list_move_tail(&map->dev_entry, &dev->mappings);
	map->read_only = read_only;
	list_for_each_entry_safe(nexus, next, &new->nexuses, map_entry) {
		nexus->map = map;
		list_move_tail(&nexus->map_entry, &map->nexuses);
	}
	return 0;
}

#define LOOK_EVERY	(HZ / 20)

static atomic_t nr_async_removals;
static DECLARE_WAIT_QUEUE_HEAD(async_removals_done);

/*
 * A removal that goes on when the writer has gone: old devices may take long to answer. It looks
 * from time to time and does not wait, as it would wait on a queue that others need.
 */
struct async_removal {
	struct delayed_work work;
	struct removal removal;
};

static void async_removal_work(struct work_struct *work)
{
	struct async_removal *async = container_of(to_delayed_work(work), struct async_removal,
						   work);

	if (!scst_nexuses_drained(&async->removal.nexuses)) {
		SCST_SOMETIMES(replaced_behind);
		queue_delayed_work(scst_file_wq, &async->work, LOOK_EVERY);
		return;
	}
	finish_removal(&async->removal);
	kfree(async);
	if (atomic_dec_and_test(&nr_async_removals))
		wake_up_all(&async_removals_done);
}

int scst_mappings_settle(void)
{
	return wait_event_killable(async_removals_done, !atomic_read(&nr_async_removals)) ?
	       -EINTR : 0;
}

/* In the background if that is wanted, and if there is memory for it. */
static void finish_replace(struct removal *removal)
{
	struct async_removal *async = NULL;

	if (READ_ONCE(scst_async_lun_replace))
		async = kmalloc(sizeof(*async), GFP_KERNEL);
	if (!async) {
		finish_removal(removal);
		return;
	}
	INIT_DELAYED_WORK(&async->work, async_removal_work);
	INIT_LIST_HEAD(&async->removal.mappings);
	INIT_LIST_HEAD(&async->removal.nexuses);
	list_splice(&removal->mappings, &async->removal.mappings);
	list_splice(&removal->nexuses, &async->removal.nexuses);
	atomic_inc(&nr_async_removals);
	queue_delayed_work(scst_file_wq, &async->work, 0);
}

/* Both locks held. A LUN where nothing is gets the device, too. */
static int put_at(struct scst_group *group, const char *dev_name, u16 lun, bool read_only,
		  enum scst_sense_id ua, struct removal *removal)
{
	struct scst_mapping *map = scst_mapping_find(group, lun);
	struct scst_device *dev = scst_registry_find_device(dev_name);

	if (group->tgt->dying || group->dying)
		return -ENODEV;
	if (!map)
		return attach(group, dev_name, lun, read_only, removal);
	if (!dev || dev->dying)
		return -EINVAL;
	return replace(map, dev, read_only, ua, removal);
}

int scst_mapping_replace(struct scst_group *group, const char *dev_name, u16 lun, bool read_only,
			 bool tell)
{
	enum scst_sense_id ua = tell ? SCST_SENSE_INQUIRY_CHANGED : SCST_SENSE_NONE;
	struct removal removal = REMOVAL_INIT(removal);
	int err;

	mutex_lock(&scst_registry_lock);
	mutex_lock(&group->tgt->lock);
	err = put_at(group, dev_name, lun, read_only, ua, &removal);
	if (!err && tell)
		sessions_luns_changed(group);
	mutex_unlock(&group->tgt->lock);
	mutex_unlock(&scst_registry_lock);
	finish_replace(&removal);
	return err;
}

/* @dev is dying: no mapping comes. One that another caller is removing holds dev->users. */
void scst_device_unmap_all(struct scst_device *dev)
{
	struct removal removal = REMOVAL_INIT(removal);
	struct scst_mapping *map, *next;

	mutex_lock(&scst_registry_lock);
	list_for_each_entry_safe(map, next, &dev->mappings, dev_entry) {
		guard(mutex)(&map->group->tgt->lock);
		SCST_SOMETIMES(device_unmapped);
		detach(map, &removal);
		sessions_luns_changed(map->group);
	}
	mutex_unlock(&scst_registry_lock);
	finish_removal(&removal);
}
