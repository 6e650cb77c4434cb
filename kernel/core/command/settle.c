// SPDX-License-Identifier: GPL-2.0
/*
 * Waiting for commands that nobody has counted: a handler that changes what its verbs read (the
 * back end goes, writes have to wait) writes the change, and then waits here for the verbs that
 * began without having seen it. Verbs pay nothing for it: no count, no barrier.
 *
 *	verb: cmd->step = execute; reads the handler's word		(no barrier)
 *	here: the handler's word is written; grace period; reads cmd->step
 *
 * A grace period is a full barrier on every CPU. A verb that read the old word did so before its
 * CPU's barrier, so the step it stored before that is seen here; every other one sees the new word.
 */
#include <linux/delay.h>
#include <linux/export.h>
#include <linux/minmax.h>
#include <scst/handles.h>

#include "command.h"
#include "steps.h"

/* Between two looks: most verbs end at once, and a device that hangs is not asked all the time. */
#define SHORTEST_US	20u
#define LONGEST_US	10000u

struct settling {
	const struct scst_nexus *nexus;
	bool (*matters)(const struct scst_cmd *cmd, const void *arg);
	const void *arg;
};

bool scst_cmd_is_at_verb(const struct scst_cmd *cmd)
{
	u8 step = READ_ONCE(cmd->step);

	return step == SCST_STEP_execute || step == SCST_STEP_RUNNING;
}

/*
 * The slot may live again while it is looked at: then the command that was here has left, whatever
 * @matters made of the mixture. One that is marked meanwhile, as aborted or watched, has not.
 */
static bool is_still_there(const struct scst_cmd *cmd, u32 first_state, const struct settling *s)
{
	u32 state = smp_load_acquire(&cmd->state);

	return !((state ^ first_state) & -SCST_CMD_GENERATION) &&
	       READ_ONCE(cmd->nexus) == s->nexus && scst_cmd_is_at_verb(cmd) &&
	       s->matters(cmd, s->arg);
}

static void settle_nexus(const struct settling *s)
{
	const struct scst_session *sess = s->nexus->sess;
	unsigned long since = jiffies;
	unsigned int i, us = SHORTEST_US;

	scst_tag(settle);
	for (i = 0; i < sess->nr_cmds; i++) {
		const struct scst_cmd *cmd = sess->cmds + i * sess->cmd_size;
		u32 state = smp_load_acquire(&cmd->state);

		while (state & SCST_CMD_LIVE && is_still_there(cmd, state, s)) {
			SCST_SOMETIMES(settle_waits);
			usleep_range(us, 3 * us);
			us = min(2 * us, LONGEST_US);
			scst_tell_if_stuck(cmd, &since);
		}
	}
}

/*
 * A nexus is kept by a reference while its commands are waited for, without the lock. It stays on
 * the list then, and after the reference is dropped until the lock is.
 */
void scst_device_settle(struct scst_device *dev,
			bool (*matters)(const struct scst_cmd *cmd, const void *arg),
			const void *arg)
{
	struct settling s = { .matters = matters, .arg = arg };
	struct scst_nexus *nexus;

	synchronize_rcu_expedited();
	spin_lock_irq(&dev->lock);
	list_for_each_entry(nexus, &dev->nexuses, dev_entry) {
		if (!percpu_ref_tryget(&nexus->ref))
			continue;
		spin_unlock_irq(&dev->lock);
		s.nexus = nexus;
		settle_nexus(&s);
		spin_lock_irq(&dev->lock);
		scst_nexus_put(nexus);
	}
	spin_unlock_irq(&dev->lock);
}
EXPORT_SYMBOL_GPL(scst_device_settle);
