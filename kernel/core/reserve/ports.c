// SPDX-License-Identifier: GPL-2.0
/*
 * The target ports that PERSISTENT RESERVE OUT may speak of: every one there is, and those that map
 * a device.
 */
#include <linux/cleanup.h>
#include <linux/slab.h>

#include "reserve.h"

bool scst_pr_port_exists(u16 id)
{
	struct scst_driver *drv;
	struct scst_target *tgt;

	guard(mutex)(&scst_registry_lock);
	list_for_each_entry(drv, &scst_drivers, entry)
		list_for_each_entry(tgt, &drv->targets, entry)
			if (tgt->port.rel_tgt_id == id)
				return true;
	return false;
}

static bool target_maps(const struct scst_target *tgt, const struct scst_device *dev)
{
	const struct scst_mapping *map;

	lockdep_assert_held(&scst_registry_lock);
	list_for_each_entry(map, &dev->mappings, dev_entry)
		if (map->group->tgt == tgt)
			return true;
	return false;
}

int scst_pr_ports(const struct scst_device *dev, u16 **ports)
{
	struct scst_driver *drv;
	struct scst_target *tgt;
	unsigned int room = 0, nr = 0;

	guard(mutex)(&scst_registry_lock);
	list_for_each_entry(drv, &scst_drivers, entry)
		room += list_count_nodes(&drv->targets);
	*ports = kmalloc_array(max(room, 1u), sizeof(**ports), GFP_KERNEL);
	if (!*ports)
		return -ENOMEM;
	list_for_each_entry(drv, &scst_drivers, entry)
		list_for_each_entry(tgt, &drv->targets, entry)
			if (tgt->port.rel_tgt_id && target_maps(tgt, dev))
				(*ports)[nr++] = tgt->port.rel_tgt_id;
	return nr;
}
