// SPDX-License-Identifier: GPL-2.0
/*
 * Relative target port identifiers: which are taken, and who has them. All of it is
 * scst_registry_lock's.
 *
 * Targets that do not serve may have one and the same (target_enable.c), so the map of what is
 * taken says only whether anybody has one, and the table finds all who do.
 */
#include <linux/bitmap.h>
#include <linux/hashtable.h>

#include "objects.h"

static DEFINE_HASHTABLE(by_id, SCST_HASH_BITS);

static bool has_owner(u16 id)
{
	const struct scst_target *tgt;

	hash_for_each_possible(by_id, tgt, id_node, id)
		if (tgt->port.rel_tgt_id == id)
			return true;
	return false;
}

void scst_port_id_add(struct scst_target *tgt)
{
	u16 id = tgt->port.rel_tgt_id;

	lockdep_assert_held(&scst_registry_lock);
	hash_add(by_id, &tgt->id_node, id);
	__set_bit(id, scst_port_ids);
}

void scst_port_id_del(struct scst_target *tgt)
{
	u16 id = tgt->port.rel_tgt_id;

	lockdep_assert_held(&scst_registry_lock);
	hash_del(&tgt->id_node);
	__assign_bit(id, scst_port_ids, has_owner(id));
}

void scst_port_id_set(struct scst_target *tgt, u16 id)
{
	bool added = hash_hashed(&tgt->id_node);

	scst_port_id_del(tgt);
	WRITE_ONCE(tgt->port.rel_tgt_id, id);
	if (added)
		scst_port_id_add(tgt);
}

bool scst_port_id_serves(u16 id, const struct scst_target *except)
{
	const struct scst_target *tgt;

	lockdep_assert_held(&scst_registry_lock);
	hash_for_each_possible(by_id, tgt, id_node, id)
		if (tgt != except && tgt->enabled && tgt->port.rel_tgt_id == id)
			return true;
	return false;
}

u16 scst_port_id_free(void)
{
	unsigned long id = find_next_zero_bit(scst_port_ids, U16_MAX + 1, 1);

	lockdep_assert_held(&scst_registry_lock);
	return id <= U16_MAX ? id : 0;
}
