/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The part of nexuses that every command runs through.
 */
#ifndef _SCST_NEXUS_H
#define _SCST_NEXUS_H

#include "core.h"

/*
 * LUN -> nexus, with a reference for the command. A LUN that is not mapped, is hidden from this
 * initiator or is being removed gives the session's no_lun nexus, which has no device.
 */
static inline struct scst_nexus *scst_nexus_get(struct scst_session *sess, u16 lun)
{
	const struct scst_lun_table *luns;
	struct scst_nexus *nexus = NULL;

	rcu_read_lock();
	luns = rcu_dereference(sess->luns);
	if (likely(lun < luns->nr))
		nexus = rcu_dereference(luns->slot[lun]);
	if (unlikely(!nexus) || unlikely(!percpu_ref_tryget_live_rcu(&nexus->ref))) {
		nexus = sess->no_lun;
		percpu_ref_get(&nexus->ref);
	}
	rcu_read_unlock();
	return nexus;
}

static inline void scst_nexus_put(struct scst_nexus *nexus)
{
	percpu_ref_put(&nexus->ref);
}

#endif
