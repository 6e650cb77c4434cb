// SPDX-License-Identifier: GPL-2.0
/*
 * Marking commands that are under way: marks.h.
 */
#include <linux/cleanup.h>
#include <scst/handles.h>

#include "command.h"

static bool is_behind(const struct scst_cmd *cmd, const struct scst_tmf *tmf)
{
	const struct scst_target_ops *ops = cmd->sess->tgt->ops;

	return cmd->sess == tmf->sess && ops->is_behind && ops->is_behind(cmd, tmf);
}

bool scst_cmd_picked(const struct scst_cmd *cmd, u32 state, const struct scst_pick *pick)
{
	return (state & SCST_CMD_LIVE) && !(state & pick->without) &&
	       (!pick->nexus || READ_ONCE(cmd->nexus) == pick->nexus) &&
	       (pick->lun == SCST_ANY_LUN || cmd->lun == pick->lun) &&
	       (!pick->by_tag || cmd->tag == pick->tag) && cmd != pick->except &&
	       (!pick->tmf || !is_behind(cmd, pick->tmf));
}

bool scst_cmd_mark(struct scst_cmd *cmd, u32 *state, u32 set, u32 clear)
{
	return try_cmpxchg(&cmd->state, state, (*state & ~clear) | set);
}

/* Once more if it was another command by the time the mark was to be set. */
static bool mark_slot(struct scst_cmd *cmd, const struct scst_pick *pick, u32 set, u32 clear)
{
	u32 state = smp_load_acquire(&cmd->state);

	while (scst_cmd_picked(cmd, state, pick)) {
		scst_tag(mark);
		if (scst_cmd_mark(cmd, &state, set, clear))
			return true;
		SCST_SOMETIMES(mark_lost);
	}
	return false;
}

void scst_marks_tell(struct scst_session *sess)
{
	scst_tag(mark_told);
	non_block_start();
	if (sess->tgt->ops->cmds_aborted)
		sess->tgt->ops->cmds_aborted(sess);
	non_block_end();
	scst_watch_look();	/* a PREEMPT AND ABORT that waits itself may have been marked */
}

unsigned int scst_marks_set(struct scst_session *sess, const struct scst_pick *pick,
			    u32 set, u32 clear)
{
	unsigned int i, marked = 0;

	for (i = 0; i < sess->nr_cmds; i++)
		marked += mark_slot(scst_cmd_slot(sess, i), pick, set, clear);
	if (marked && set & SCST_CMD_ABORTED)
		scst_marks_tell(sess);
	return marked;
}

unsigned int scst_marks_count(const struct scst_session *sess, const struct scst_pick *pick,
			      unsigned int max)
{
	unsigned int i, nr = 0;

	for (i = 0; i < sess->nr_cmds && nr < max; i++) {
		struct scst_cmd *cmd = scst_cmd_slot(sess, i);

		nr += scst_cmd_picked(cmd, smp_load_acquire(&cmd->state), pick);
	}
	return nr;
}

/* A nexus stays in the list while it has a reference, and then until the lock is dropped. */
void scst_nexuses_walk(struct scst_device *dev, void (*fn)(struct scst_nexus *nexus, void *arg),
		       void *arg)
{
	struct scst_nexus *nexus;
	unsigned long flags;

	spin_lock_irqsave(&dev->lock, flags);
	list_for_each_entry(nexus, &dev->nexuses, dev_entry) {
		if (!percpu_ref_tryget(&nexus->ref))
			continue;
		spin_unlock_irqrestore(&dev->lock, flags);
		fn(nexus, arg);
		spin_lock_irqsave(&dev->lock, flags);
		scst_nexus_put(nexus);
	}
	spin_unlock_irqrestore(&dev->lock, flags);
}

struct marking {
	u32 without, set;
};

static void mark_nexus(struct scst_nexus *nexus, void *arg)
{
	const struct marking *marking = arg;
	const struct scst_pick pick = {
		.nexus = nexus, .lun = SCST_ANY_LUN, .without = marking->without,
	};

	scst_marks_set(nexus->sess, &pick, marking->set, 0);
}

void scst_marks_set_device(struct scst_device *dev, u32 without, u32 set)
{
	scst_nexuses_walk(dev, mark_nexus, &(struct marking){ without, set });
}

struct looking {
	u32 without;
	bool found;
};

static void look_at_nexus(struct scst_nexus *nexus, void *arg)
{
	struct looking *looking = arg;
	const struct scst_pick pick = {
		.nexus = nexus, .lun = SCST_ANY_LUN, .without = looking->without,
	};

	looking->found = looking->found || scst_marks_count(nexus->sess, &pick, 1);
}

bool scst_marks_any_device(struct scst_device *dev, u32 without)
{
	struct looking looking = { .without = without };

	scst_nexuses_walk(dev, look_at_nexus, &looking);
	return looking.found;
}
