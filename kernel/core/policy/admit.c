// SPDX-License-Identifier: GPL-2.0
/*
 * The step "admit": what policies say of a command (the hook cmd_admit), and the commands that they
 * hold for a while; and those that an administrator's rule holds (tasks/inject.c), which are parked
 * at the same step.
 *
 * A held command is parked at its step, and the timer in its slot takes it on. No list has it: who
 * needs held commands to go on (task management, a nexus or policy that goes) walks the slots, and
 * whoever stops the timer owns the command. It goes on in a thread, since the timer's context is
 * no place for a back end, and who waits for milliseconds can wait for that.
 *
 * A command decides to be held within an RCU section, in which it also looks whether it may. So
 * those who release it forbid first (abort it, kill its nexus, hurry its session, take the policy
 * from the chain), wait for a grace period, and then find every command that was held all the same.
 */
#include "command/command.h"
#include "objects/objects.h"
#include "policy.h"

unsigned int scst_admit_rules;

/* The longest delay counts. Return: a delay, or what counts instead. */
static enum scst_admit weigh_delay(const struct scst_policy_link *link,
				   const struct scst_policy_call *call, struct scst_cmd *cmd)
{
	u64 deadline_ns = link->policy->deadline_ms * NSEC_PER_MSEC;

	if (!call->delay_ns)
		return scst_policy_no_verdict(link->policy, call->hook, SCST_ADMIT_DELAY,
					      "cmd_admit: a delay, but not how long");
	if (cmd->hold_ns >= min(call->delay_ns, deadline_ns))
		return SCST_ADMIT_DELAY;
	cmd->hold_ns = min(call->delay_ns, deadline_ns);
	cmd->hold_overdue = call->delay_ns > deadline_ns;
	cmd->held_by = link->policy->id;
	return SCST_ADMIT_DELAY;
}

static int link_cmd_admit(const struct scst_policy_link *link, struct scst_policy_call *call,
			  struct scst_cmd *cmd)
{
	int verdict;

	if (unlikely(scst_policy_ejected(link->policy)))
		return scst_policy_fallback(link->policy, SCST_HOOK_CMD_ADMIT);
	call->delay_ns = 0;
	call->sense = SCST_SENSE_ACCESS_DENIED;
	scst_policy_enter_atomic(call, link);
	verdict = link->ops->cmd_admit(cmd);
	scst_policy_leave_atomic(call);
	return scst_policy_accept(link->policy, SCST_HOOK_CMD_ADMIT, verdict, SCST_ADMIT_MAX);
}

/*
 * Every command pays for this. DELAY: cmd->hold_ns, held_by and hold_overdue say how; DENY: the
 * command has its sense.
 */
static enum scst_admit ask(struct scst_cmd *cmd)
{
	struct scst_policy_call call __uninitialized;
	enum scst_admit admit = SCST_ADMIT_PASS;
	const struct scst_policy_chain *chain;
	const struct scst_policy_link *link;
	unsigned long scope;
	int verdict;

	chain = rcu_dereference_sched(scst_policy_chains[SCST_HOOK_CMD_ADMIT]);
	if (unlikely(!chain))
		return SCST_ADMIT_PASS;
	call.hook = SCST_HOOK_CMD_ADMIT;
	call.subject = cmd;
	scope = READ_ONCE(cmd->nexus->policies);
	for (link = chain->links; link->policy; link++) {
		if (!(scope & BIT(link->slot)))
			continue;
		verdict = link_cmd_admit(link, &call, cmd);
		if (likely(verdict == SCST_ADMIT_PASS))
			continue;
		if (verdict == SCST_ADMIT_DELAY)
			verdict = weigh_delay(link, &call, cmd);
		if (verdict > SCST_ADMIT_DELAY) {
			cmd->hold_ns = 0;
			if (verdict == SCST_ADMIT_DENY)
				scst_cmd_fail(cmd, call.sense);
			return verdict;
		}
		admit = max(admit, (enum scst_admit)verdict);
	}
	return admit;
}

static enum hrtimer_restart hold_is_over(struct hrtimer *timer)
{
	struct scst_cmd *cmd = container_of(timer, struct scst_cmd, hold);
	struct scst_policy *policy;

	if (cmd->hold_overdue) {
		rcu_read_lock();
		policy = scst_policy_find(cmd->held_by);
		if (policy)
			scst_policy_eject(policy, SCST_EXIT_STALL, policy->deadline_ms,
					  "cmd_admit: a delay beyond the deadline");
		rcu_read_unlock();
	}
	scst_cmd_admitted(cmd);
	return HRTIMER_NORESTART;
}

void scst_admit_init(struct scst_cmd *cmd)
{
	hrtimer_setup(&cmd->hold, hold_is_over, CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT);
}

enum scst_step_result scst_admit_hold(struct scst_cmd *cmd, u64 ns)
{
	cmd->hold_ns = 0;
	if (scst_cmd_aborted(cmd))
		return SCST_FAIL;
	if (percpu_ref_is_dying(&cmd->nexus->ref) || READ_ONCE(cmd->sess->hurry))
		return SCST_NEXT;
	WRITE_ONCE(cmd->step, SCST_STEP_admit);
	hrtimer_start(&cmd->hold, ns_to_ktime(ns), HRTIMER_MODE_REL_SOFT);
	return SCST_WAIT;
}

static enum scst_step_result carry_out(struct scst_cmd *cmd, enum scst_admit verdict)
{
	switch (verdict) {
	case SCST_ADMIT_PASS:
		return SCST_NEXT;
	case SCST_ADMIT_DELAY:
		return scst_admit_hold(cmd, cmd->hold_ns);
	case SCST_ADMIT_BUSY:
		cmd->status = SAM_STAT_BUSY;
		return SCST_FAIL;
	case SCST_ADMIT_TASK_SET_FULL:
		cmd->status = SAM_STAT_TASK_SET_FULL;
		return SCST_FAIL;
	case SCST_ADMIT_DENY:
		return SCST_FAIL;
	case SCST_ADMIT_MAX:
		break;
	}
	return SCST_NEXT;
}

/* An RCU section that disables preemption, since calls of policies need that anyway. */
enum scst_step_result scst_admit(struct scst_cmd *cmd)
{
	enum scst_step_result result = SCST_NEXT;
	enum scst_admit verdict;

	rcu_read_lock_sched();
	verdict = ask(cmd);
	if (unlikely(verdict != SCST_ADMIT_PASS))
		result = carry_out(cmd, verdict);
	rcu_read_unlock_sched();
	return result;
}

/* Releasing. @wanted is asked without a lock: a wrong yes only shortens some command's delay. */

typedef bool (*held_fn)(const struct scst_cmd *cmd, unsigned long arg);

static void release(struct scst_session *sess, held_fn wanted, unsigned long arg)
{
	unsigned int i;

	for (i = 0; i < sess->nr_cmds; i++) {
		struct scst_cmd *cmd = sess->cmds + i * sess->cmd_size;

		if (READ_ONCE(cmd->step) == SCST_STEP_admit && wanted(cmd, arg) &&
		    hrtimer_cancel(&cmd->hold))
			scst_cmd_admitted(cmd);
	}
}

static bool is_of_nexus(const struct scst_cmd *cmd, unsigned long nexus)
{
	return (unsigned long)READ_ONCE(cmd->nexus) == nexus;
}

/*
 * No key and no rule: whoever took it away has released what was held
 * [update_releases_what_it_held, hang_lasts_until_it_is_deleted].
 */
static bool anything_holds(void)
{
	return static_key_enabled(&scst_policy_keys[SCST_HOOK_CMD_ADMIT]) ||
	       READ_ONCE(scst_admit_rules);
}

static bool is_aborted(const struct scst_cmd *cmd, unsigned long unused)
{
	return scst_cmd_aborted(cmd);
}

static void release_aborted(struct scst_nexus *nexus, void *unused)
{
	release(nexus->sess, is_aborted, 0);
}

/* A nexus stays with its device until its last command has left. */
static void admit_work(struct work_struct *work)
{
	struct scst_device *dev = container_of(work, struct scst_device, admit_work);

	synchronize_rcu();
	scst_nexuses_walk(dev, release_aborted, NULL);
}

/* In a work, since who aborts commands may be in the middle of completing another one. */
void scst_admit_kick(struct scst_device *dev)
{
	if (anything_holds())
		queue_work(scst_tmf_wq, &dev->admit_work);
}

void scst_admit_device_init(struct scst_device *dev)
{
	INIT_WORK(&dev->admit_work, admit_work);
}

void scst_admit_device_exit(struct scst_device *dev)
{
	cancel_work_sync(&dev->admit_work);
}

void scst_admit_release_dying(struct list_head *dead)
{
	struct scst_nexus *nexus;

	if (!anything_holds() || list_empty(dead))
		return;
	synchronize_rcu();
	list_for_each_entry(nexus, dead, sess_entry)
		release(nexus->sess, is_of_nexus, (unsigned long)nexus);
}

static bool is_any(const struct scst_cmd *cmd, unsigned long unused)
{
	return true;
}

void scst_session_hurry(struct scst_session *sess)
{
	WRITE_ONCE(sess->hurry, true);
	synchronize_rcu();
	release(sess, is_any, 0);
}
EXPORT_SYMBOL_GPL(scst_session_hurry);

static bool is_held_by(const struct scst_cmd *cmd, unsigned long id)
{
	return READ_ONCE(cmd->held_by) == id;
}

static void release_held_by(struct scst_session *sess, void *id)
{
	release(sess, is_held_by, (unsigned long)id);
}

void scst_admit_release_held_by(u32 id)
{
	scst_sessions_walk(release_held_by, (void *)(unsigned long)id);
}
