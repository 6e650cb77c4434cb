// SPDX-License-Identifier: GPL-2.0
/*
 * Marking commands that are under way: marks.h.
 */
#include "command.h"

DECLARE_WAIT_QUEUE_HEAD(scst_marks_wait);

void scst_marks_left(void)
{
	wake_up_all(&scst_marks_wait);
}

/* Pairs with the release in step_lookup(): a LIVE command has its LUN, its tag and its nexus. */
static bool picked(const struct scst_cmd *cmd, u32 state, const struct scst_pick *pick)
{
	return (state & SCST_CMD_LIVE) && !(state & pick->without) &&
	       (pick->lun == SCST_ANY_LUN || cmd->lun == pick->lun) &&
	       (!pick->by_tag || cmd->tag == pick->tag) && cmd != pick->except;
}

static struct scst_cmd *cmd_slot(const struct scst_session *sess, unsigned int i)
{
	return sess->cmds + i * sess->cmd_size;
}

bool scst_cmd_mark(struct scst_cmd *cmd, u32 *state, u32 set, u32 clear)
{
	return try_cmpxchg(&cmd->state, state, (*state & ~clear) | set);
}

/* Once more if it was another command by the time the mark was to be set. */
static bool mark_slot(struct scst_cmd *cmd, const struct scst_pick *pick, u32 set, u32 clear)
{
	u32 state = smp_load_acquire(&cmd->state);

	while (picked(cmd, state, pick))
		if (scst_cmd_mark(cmd, &state, set, clear))
			return true;
	return false;
}

unsigned int scst_marks_set(struct scst_session *sess, const struct scst_pick *pick,
			    u32 set, u32 clear)
{
	unsigned int i, marked = 0;

	for (i = 0; i < sess->nr_cmds; i++)
		marked += mark_slot(cmd_slot(sess, i), pick, set, clear);
	if (marked && set & SCST_CMD_ABORTED && sess->tgt->ops->cmds_aborted)
		sess->tgt->ops->cmds_aborted(sess);
	return marked;
}

bool scst_marks_remain(const struct scst_session *sess, const struct scst_pick *pick)
{
	unsigned int i;

	for (i = 0; i < sess->nr_cmds; i++) {
		struct scst_cmd *cmd = cmd_slot(sess, i);
		u32 state = smp_load_acquire(&cmd->state);

		if ((state & SCST_CMD_WATCHED) && picked(cmd, state, pick))
			return true;
	}
	return false;
}

unsigned int scst_marks_count(const struct scst_session *sess, const struct scst_pick *pick,
			      unsigned int max)
{
	unsigned int i, nr = 0;

	for (i = 0; i < sess->nr_cmds && nr < max; i++) {
		struct scst_cmd *cmd = cmd_slot(sess, i);

		nr += picked(cmd, smp_load_acquire(&cmd->state), pick);
	}
	return nr;
}

unsigned int scst_marks_set_device(struct scst_device *dev, u32 without, u32 set)
{
	struct scst_nexus *nexus;
	unsigned int marked = 0;

	guard(spinlock_irqsave)(&dev->lock);
	list_for_each_entry(nexus, &dev->nexuses, dev_entry) {
		const struct scst_pick pick = { .lun = nexus->lun, .without = without };

		marked += scst_marks_set(nexus->sess, &pick, set, 0);
	}
	return marked;
}

bool scst_marks_remain_device(struct scst_device *dev, u32 without)
{
	struct scst_nexus *nexus;

	guard(spinlock_irqsave)(&dev->lock);
	list_for_each_entry(nexus, &dev->nexuses, dev_entry) {
		const struct scst_pick pick = { .lun = nexus->lun, .without = without };

		if (scst_marks_remain(nexus->sess, &pick))
			return true;
	}
	return false;
}

bool scst_marks_any_device(struct scst_device *dev, u32 without)
{
	struct scst_nexus *nexus;

	guard(spinlock_irqsave)(&dev->lock);
	list_for_each_entry(nexus, &dev->nexuses, dev_entry) {
		const struct scst_pick pick = { .lun = nexus->lun, .without = without };

		if (scst_marks_count(nexus->sess, &pick, 1))
			return true;
	}
	return false;
}
