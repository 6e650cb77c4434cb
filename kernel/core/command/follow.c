// SPDX-License-Identifier: GPL-2.0
/*
 * Commands whose nexus is being killed while they wait: they have not begun, so they go where their
 * LUN leads now. That is how a replace and a change of groups are not noticed. One whose LUN leads
 * nowhere stays, and is drained where it is.
 */
#include <linux/cleanup.h>
#include <scst/handles.h>

#include "tasks/tasks.h"
#include "command.h"
#include "execute.h"

struct scst_nexus *scst_nexus_get_again(struct scst_session *sess, u16 lun)
{
	const struct scst_lun_table *luns = rcu_dereference(sess->luns);
	struct scst_nexus *nexus = NULL, *last;

	do {
		last = nexus;
		smp_rmb();	/* pairs with scst_nexus_kill() */
		nexus = lun < luns->nr ? rcu_dereference(luns->slot[lun]) : NULL;
		if (nexus && percpu_ref_tryget_live_rcu(&nexus->ref)) {
			SCST_SOMETIMES(got_again);
			return nexus;
		}
	} while (nexus && nexus != last);
	SCST_SOMETIMES(got_nothing);
	return NULL;
}

/*
 * Unlike at its arrival, the command may be marked meanwhile. The generation changes with the
 * nexus, so that who has looked at the command where it was does not mark it where it is.
 */
static u32 move_to(struct scst_cmd *cmd, struct scst_nexus *nexus, u32 gate)
{
	u32 flags = gate ? scst_gate_flags(nexus, gate) : 0;
	u32 state = READ_ONCE(cmd->state), new;

	scst_gate_leave(cmd, state);
	if (cmd->charged)
		scst_buffer_follow(cmd, nexus->dev);
	WRITE_ONCE(cmd->nexus, nexus);
	cmd->dev = nexus->dev;
	scst_tag(follow);
	do {
		new = state & ~(SCST_CMD_HELD | SCST_CMD_ORDERLY | SCST_CMD_LIMITED);
		new = (new | flags) + SCST_CMD_GENERATION;
	} while (!try_cmpxchg(&cmd->state, &state, new));
	return state;
}

bool scst_cmd_follow(struct scst_cmd *cmd, u32 *gate)
{
	struct scst_nexus *old = cmd->nexus, *nexus;
	u32 state;

	guard(rcu)();
	if (scst_cmd_aborted(cmd) || !percpu_ref_is_dying(&old->ref))
		return false;
	nexus = scst_nexus_get_again(cmd->sess, cmd->lun);
	if (!nexus) {
		SCST_SOMETIMES(follows_nowhere);
		return false;
	}
	SCST_SOMETIMES(followed);
	*gate = READ_ONCE(nexus->gate) | cmd->attr;
	state = move_to(cmd, nexus, *gate);
	if (state & SCST_CMD_WATCHED) {	/* whoever waits for the commands of @old */
		SCST_SOMETIMES(followed_watched);
		scst_watch_look();
	}
	scst_nexus_put(old);
	return true;
}
