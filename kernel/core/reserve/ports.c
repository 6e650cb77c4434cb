// SPDX-License-Identifier: GPL-2.0
/*
 * The target ports that PERSISTENT RESERVE OUT may speak of: every one there is, and those that map
 * a device.
 */
#include <linux/bitmap.h>
#include <linux/cleanup.h>
#include <linux/slab.h>

#include "reserve.h"

/* 0 is no port, though a target that does not serve may have it. */
bool scst_pr_port_exists(u16 id)
{
	guard(mutex)(&scst_registry_lock);
	return id && test_bit(id, scst_port_ids);
}

/* A target has many mappings of @dev, if it has many groups. */
static void find_ports(const struct scst_device *dev, unsigned long *ids)
{
	const struct scst_mapping *map;

	guard(mutex)(&scst_registry_lock);
	list_for_each_entry(map, &dev->mappings, dev_entry)
		__set_bit(map->group->tgt->port.rel_tgt_id, ids);
	__clear_bit(0, ids);
}

int scst_pr_ports(const struct scst_device *dev, u16 **ports)
{
	unsigned long *ids = bitmap_zalloc(U16_MAX + 1, GFP_KERNEL), id;
	unsigned int room;
	int nr = 0;

	if (!ids)
		return -ENOMEM;
	find_ports(dev, ids);
	room = bitmap_weight(ids, U16_MAX + 1);
	*ports = kmalloc_array(max(room, 1u), sizeof(**ports), GFP_KERNEL);
	if (*ports)
		for_each_set_bit(id, ids, U16_MAX + 1)
			(*ports)[nr++] = id;
	bitmap_free(ids);
	return *ports ? nr : -ENOMEM;
}
