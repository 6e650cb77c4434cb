/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The part of nexuses that every command runs through.
 */
#ifndef _SCST_NEXUS_H
#define _SCST_NEXUS_H

#include "tasks/gate.h"

static inline struct scst_nexus *__scst_nexus_get(struct scst_session *sess, u16 lun)
{
	const struct scst_lun_table *luns = rcu_dereference(sess->luns);
	struct scst_nexus *nexus = NULL;

	if (likely(lun < luns->nr))
		nexus = rcu_dereference(luns->slot[lun]);
	if (unlikely(!nexus) || unlikely(!percpu_ref_tryget_live_rcu(&nexus->ref))) {
		nexus = sess->no_lun;
		percpu_ref_get(&nexus->ref);
	}
	return nexus;
}

/*
 * LUN -> nexus, with a reference. A LUN that is not mapped, is hidden from this initiator or is
 * being removed gives the session's no_lun nexus, which has no device.
 */
static inline struct scst_nexus *scst_nexus_get(struct scst_session *sess, u16 lun)
{
	guard(rcu)();
	return __scst_nexus_get(sess, lun);
}

/*
 * The same for a command, which becomes LIVE here; gate.h says why in one RCU section. Task
 * management that sees LIVE sees the nexus, the tag and the LUN: pairs with picked() in marks.c.
 * Return: not 0, it has to pass the gate.
 */
static inline u32 scst_nexus_enter(struct scst_cmd *cmd)
{
	struct scst_nexus *nexus;
	u32 gate, state;

	guard(rcu)();
	nexus = __scst_nexus_get(cmd->sess, cmd->lun);
	cmd->nexus = nexus;
	gate = READ_ONCE(nexus->gate) | cmd->attr;
	state = cmd->state | SCST_CMD_LIVE;
	if (unlikely(gate))
		state |= scst_gate_flags(nexus, gate);
	smp_store_release(&cmd->state, state);
	return gate;
}

static inline void scst_nexus_put(struct scst_nexus *nexus)
{
	percpu_ref_put(&nexus->ref);
}

#endif
