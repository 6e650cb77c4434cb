// SPDX-License-Identifier: GPL-2.0
/*
 * PERSISTENT RESERVE OUT: gathers what the state machine has to know, has it work, makes the new
 * state durable, and then puts it in force. Nothing has changed until that, so that every failure
 * before leaves everything as it was.
 *
 * A device does its own one after the other, in a work of its own, since each may wait for a file
 * system. PREEMPT AND ABORT waits for the commands that it aborts, which holds up nobody: it is
 * watched for, and the next one's turn comes meanwhile. It goes when it is aborted itself, as two
 * hosts may preempt each other.
 */
#include <linux/cleanup.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <scst/handles.h>

#include "policy/policy.h"
#include "tasks/tasks.h"
#include "reserve.h"

#define LIST_MAX	SCST_PR_LIST_MAX

struct pr_out {
	struct list_head entry;		/* reserve->requests */
	struct scst_cmd *cmd;
	struct scst_watch watch;	/* for the commands that it aborts */
	struct scst_pr_request req;
	struct scst_pr_effects fx;
	struct scst_pr_version *old;	/* with fx.list, for whom to wait */
	u16 *ports;
	u8 *list;
};

static void refuse_list(struct scst_cmd *cmd, u16 byte)
{
	scst_cmd_fail_with(cmd, &(struct scst_sense){
		.id = SCST_SENSE_INVALID_FIELD_PARAM, .has_field = 1, .byte = byte, .bit = -1,
	});
}

static bool parse(struct pr_out *out)
{
	struct scst_cmd *cmd = out->cmd;
	struct scst_sense sense;

	if (!scst_pr_parse(cmd->cdb, out->list, cmd->xfer_len, &out->req, &sense)) {
		scst_cmd_fail_with(cmd, &sense);
		return false;
	}
	if (out->req.aptpl && cmd->dev->no_aptpl) {	/* as its capabilities say */
		refuse_list(cmd, out->req.action == SCST_PR_REGISTER_AND_MOVE ? 17 : 20);
		return false;
	}
	out->req.from = scst_pr_nexus_id(cmd->nexus);
	return true;
}

/* What the request says of target ports. */
static bool look_at_ports(struct pr_out *out)
{
	int nr;

	if (out->req.action == SCST_PR_REGISTER_AND_MOVE &&
	    !scst_pr_port_exists(out->req.move_port)) {
		refuse_list(out->cmd, 18);
		return false;
	}
	if (!out->req.all_tg_pt)
		return true;
	nr = scst_pr_ports(out->cmd->dev, &out->ports);
	if (nr < 0) {
		out->cmd->status = SAM_STAT_BUSY;
		return false;
	}
	out->req.ports = out->ports;
	out->req.nr_ports = nr;
	return true;
}

/* A policy can refuse, as if the reservation of another initiator did. */
static bool admit(struct pr_out *out)
{
	if (scst_policy_pr_out(out->cmd->nexus, &out->req) == SCST_PR_VERDICT_PASS)
		return true;
	out->cmd->status = SAM_STAT_RESERVATION_CONFLICT;
	return false;
}

/*
 * What takes the place of a lost state ends that for good, also if it need not survive itself: else
 * the file that cannot be read is found again. But then nothing is promised, and no file is needed.
 */
static int save(struct scst_device *dev, const struct scst_pr *old, const struct scst_pr *new)
{
	bool durable = scst_pr_durable(old, new);
	const char *path = dev->reserve->file->path;
	int err;

	lockdep_assert_held(&dev->reserve->lock);
	if (!durable && !old->lost)
		return 0;
	err = scst_tag_fails(pr_save) ? -ENOMEM : scst_pr_save(path, new, old->lost);
	SCST_SOMETIMES(pr_saved);
	SCST_SOMETIMES_IF(err, pr_not_saved);
	if (err)
		pr_err_ratelimited("scst: %s: cannot save reservations to %s: %pe\n",
				   dev->name, scst_printable(path).text, ERR_PTR(err));
	return durable ? err : 0;
}

/* Return: @new is the state now. */
static bool decide(struct pr_out *out, struct scst_pr_version *new)
{
	struct scst_cmd *cmd = out->cmd;
	const struct scst_pr *old = &out->old->pr;

	switch (scst_pr_out(old, &out->req, &new->pr, &out->fx)) {
	case SCST_PR_CONFLICT:
		SCST_SOMETIMES(pr_refused);
		cmd->status = SAM_STAT_RESERVATION_CONFLICT;
		return false;
	case SCST_PR_REFUSED:
		scst_cmd_fail_with(cmd, &out->fx.sense);
		return false;
	case SCST_PR_GOOD:
		break;
	}
	if (!out->fx.changed)
		return false;
	if (save(cmd->dev, old, &new->pr)) {
		scst_cmd_fail(cmd, SCST_SENSE_INTERNAL_FAILURE);
		return false;
	}
	scst_tag(pr_commit);
	scst_reserve_commit(cmd->dev, new, &out->fx);
	return true;
}

static bool is_preempted(const struct scst_nexus *nexus, const void *arg)
{
	const struct pr_out *out = arg;
	unsigned int i;

	for (i = 0; i < out->fx.nr; i++)
		if (out->fx.list[i].abort &&
		    scst_pr_reg_is(&out->old->pr.reg[out->fx.list[i].reg], nexus))
			return true;
	return false;
}

static bool aborts(const struct pr_out *out)
{
	return out->req.action == SCST_PR_PREEMPT_AND_ABORT;
}

/* Return: out->old is no longer the state, and the caller's. */
static bool change_state(struct pr_out *out)
{
	struct scst_device *dev = out->cmd->dev;
	struct scst_pr_version *new;

	lockdep_assert_held(&dev->reserve->lock);
	out->old = scst_pr_now(dev);
	out->fx.list = kvcalloc(max_t(unsigned int, out->old->pr.nr, 1),
				sizeof(out->fx.list[0]), GFP_KERNEL);
	new = scst_pr_version_alloc(scst_pr_room(&out->old->pr, &out->req));
	if (!out->fx.list || !new) {
		out->cmd->status = SAM_STAT_BUSY;
		kvfree(new);
		return false;
	}
	if (!decide(out, new)) {
		kvfree(new);
		return false;
	}
	if (aborts(out))
		scst_tmf_preempt(dev, is_preempted, out, out->cmd);
	return true;
}

/* Nobody gets a RESERVE in between, while the state is being saved. */
static bool change(struct pr_out *out)
{
	struct scst_device *dev = out->cmd->dev;
	bool changed;

	if (scst_cmd_aborted(out->cmd)) {
		SCST_SOMETIMES(pr_aborted);
		return false;
	}
	if (!scst_reserve_begin_change(dev)) {
		out->cmd->status = SAM_STAT_RESERVATION_CONFLICT;
		return false;
	}
	changed = change_state(out);
	scst_reserve_end_change(dev);
	return changed;
}

static u32 reason(const struct pr_out *out)
{
	switch (out->req.action) {
	case SCST_PR_CLEAR:
	case SCST_PR_PREEMPT:
	case SCST_PR_PREEMPT_AND_ABORT:
		return SCST_PR_DUMP_CHANGE | SCST_PR_DUMP_PREEMPT;
	}
	return SCST_PR_DUMP_CHANGE;
}

static void finish(struct pr_out *out)
{
	struct scst_cmd *cmd = out->cmd;

	if (out->old)
		kvfree_rcu(out->old, rcu);
	kvfree(out->fx.list);
	kfree(out->ports);
	kvfree(out->list);
	kfree(out);
	scst_cmd_exec_done_in_thread(cmd);
}

static void preempted_left(struct scst_watch *watch)
{
	finish(container_of(watch, struct pr_out, watch));
}

/* Return: false, it waits for the commands that it aborted. */
static bool carry_out(struct pr_out *out)
{
	struct scst_device *dev = out->cmd->dev;
	bool changed;

	scoped_guard(mutex, &dev->reserve->lock)
		changed = change(out);
	if (!changed) {
		out->old = NULL;
		return true;
	}
	scst_pr_offer(dev, reason(out));
	if (!aborts(out))
		return true;
	out->watch = (struct scst_watch){
		.dev = dev, .hit = is_preempted, .arg = out,
		.pick = { .lun = SCST_ANY_LUN, .except = out->cmd },
		.unless = out->cmd, .over = preempted_left,
	};
	SCST_SOMETIMES(pr_aborts);
	scst_tmf_preempt_wait(&out->watch);
	return false;
}

static struct pr_out *next_request(struct scst_reserve *reserve)
{
	struct pr_out *out;

	guard(spinlock_irq)(&reserve->requests_lock);
	out = list_first_entry_or_null(&reserve->requests, struct pr_out, entry);
	if (out)
		list_del(&out->entry);
	return out;
}

static void requests_work(struct work_struct *work)
{
	struct scst_reserve *reserve = container_of(work, struct scst_reserve, requests_work);
	unsigned int noio = memalloc_noio_save();
	struct pr_out *out;

	while ((out = next_request(reserve)))
		if (!parse(out) || !look_at_ports(out) || !admit(out) || carry_out(out))
			finish(out);
	memalloc_noio_restore(noio);
}

void scst_pr_requests_init(struct scst_reserve *reserve)
{
	spin_lock_init(&reserve->requests_lock);
	INIT_LIST_HEAD(&reserve->requests);
	INIT_WORK(&reserve->requests_work, requests_work);
}

static void queue_request(struct pr_out *out)
{
	struct scst_reserve *reserve = out->cmd->dev->reserve;

	scoped_guard(spinlock_irq, &reserve->requests_lock)
		list_add_tail(&out->entry, &reserve->requests);
	queue_work(scst_file_wq, &reserve->requests_work);
}

enum scst_exec_result scst_execute_pr_out(struct scst_cmd *cmd)
{
	struct pr_out *out;

	if (!cmd->may_sleep)
		return SCST_EXEC_THREAD;
	if (cmd->xfer_len > LIST_MAX) {
		scst_cmd_fail(cmd, SCST_SENSE_PARAM_LIST_LENGTH);
		return SCST_EXEC_DONE;
	}
	out = scst_tag_fails(pr_alloc) ? NULL : kzalloc(sizeof(*out), GFP_KERNEL);
	if (out)
		out->list = kvzalloc(max(cmd->xfer_len, 1u), GFP_KERNEL);
	if (!out || !out->list) {
		kfree(out);
		cmd->status = SAM_STAT_BUSY;
		return SCST_EXEC_DONE;
	}
	if (cmd->xfer_len)
		sg_copy_to_buffer(cmd->sg, cmd->sg_cnt, out->list, cmd->xfer_len);
	out->cmd = cmd;
	queue_request(out);
	return SCST_EXEC_PENDING;
}

static bool is_exported(struct scst_device *dev)
{
	return refcount_read(&dev->users) > 1;
}

static int set_state(struct scst_device *dev, struct scst_pr_version *new)
{
	const struct scst_pr *old;
	int err;

	guard(mutex)(&dev->reserve->lock);
	if (is_exported(dev))
		return -EBUSY;
	old = &scst_pr_now(dev)->pr;
	new->pr.aptpl = old->aptpl;
	err = save(dev, old, &new->pr);
	if (err)
		return err;
	new = scst_reserve_commit(dev, new, NULL);
	kvfree_rcu(new, rcu);
	return 0;
}

int scst_reserve_set_text(struct scst_device *dev, const char *text, size_t len)
{
	int room = scst_pr_scan_room(text, len);
	struct scst_pr_version *new;
	unsigned int line;
	int err;

	if (room < 0)
		return -E2BIG;
	new = scst_pr_version_alloc(room);
	if (!new)
		return -ENOMEM;
	line = scst_pr_scan(text, len, &new->pr);
	if (line)
		pr_warn_ratelimited("scst: %s: pr_state: line %u is wrong\n", dev->name, line);
	err = line ? -EINVAL : set_state(dev, new);
	if (err)
		kvfree(new);
	else
		scst_pr_offer(dev, SCST_PR_DUMP_CHANGE);
	return err;
}
