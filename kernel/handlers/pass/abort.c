// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that nobody wants any more, and media that may go.
 *
 * What a module can do about a command that is at a device is to say that its time is over: then
 * the host adapter is asked to abort it, and failing that, the mid-layer's error handler resets the
 * unit, the target, the bus. Some adapters do not let themselves be asked (docs/pass-through.md).
 * Requests that the mid-layer has put back are not found while they wait there: so it is looked
 * again until nothing of ours is left, or for a while; and then now and then, as long as there are
 * some: their time may have been begun anew.
 */
#include <linux/blkdev.h>

#include "pass.h"

#define LOOK_AGAIN	(HZ / 10)
#define LOOK_FOR	(60 * HZ)
#define LOOK_LATER	(10 * HZ)

void pass_cmds_aborted(struct scst_device *dev)
{
	struct pass_dev *pd = to_pass(dev);

	WRITE_ONCE(pd->abort_until, jiffies + LOOK_FOR);
	mod_delayed_work(pass_wq, &pd->abort, 0);
	mod_delayed_work(pass_wq, &pd->kick, 0);
}

struct aborting {
	const struct pass_dev *pd;
	bool found;
};

/*
 * The request stays one while it is looked at, its command does so for a grace period
 * [hung_command_is_aborted].
 */
static bool abort_one(struct request *rq, void *arg)
{
	struct aborting *a = arg;
	const struct scst_cmd *cmd = pass_cmd_of(a->pd, rq);

	if (cmd && scst_cmd_aborted(cmd)) {
		a->found = true;
		blk_abort_request(rq);
	}
	return true;
}

void pass_abort_work(struct work_struct *work)
{
	struct pass_dev *pd = container_of(to_delayed_work(work), struct pass_dev, abort);
	struct aborting a = { .pd = pd };

	if (!pass_enter(pd))
		return;
	scoped_guard(rcu)
		blk_mq_tagset_busy_iter(&pd->sdev->host->tag_set, abort_one, &a);
	pass_leave(pd);
	if (!atomic_read(&pd->in_flight))
		return;
	if (time_before(jiffies, READ_ONCE(pd->abort_until)))
		queue_delayed_work(pass_wq, &pd->abort, LOOK_AGAIN);
	else if (a.found)
		queue_delayed_work(pass_wq, &pd->abort, LOOK_LATER);
}

void pass_removal_allowed(struct scst_device *dev)
{
	queue_work(pass_slow_wq, &to_pass(dev)->prevent);
}

/*
 * The device has one PREVENT, our initiators have one each: it is told of the first, and when the
 * last of them lets go.
 */
enum scst_exec_result pass_prevent(struct scst_cmd *cmd)
{
	bool prevents = cmd->params.how & SCST_HOW_PREVENT;

	if (prevents && READ_ONCE(to_pass(cmd->dev)->prevented)) {
		scst_cmd_prevent_removal(cmd, true);
		pass_removal_allowed(cmd->dev);		/* the last of the others, by now? */
		return SCST_EXEC_DONE;
	}
	if (!prevents) {
		scst_cmd_prevent_removal(cmd, false);
		if (scst_device_removal_prevented(cmd->dev))
			return SCST_EXEC_DONE;
	}
	return pass_submit(cmd);
}

/* What the device was told last, and what is wanted of it now. */
void pass_prevent_work(struct work_struct *work)
{
	struct pass_dev *pd = container_of(work, struct pass_dev, prevent);
	bool wanted = scst_device_removal_prevented(&pd->dev);
	const u8 cdb[16] = { 0x1e, [4] = wanted };

	if (wanted != READ_ONCE(pd->prevented) && pass_order(pd, cdb))
		WRITE_ONCE(pd->prevented, wanted);
}
