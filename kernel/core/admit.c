// SPDX-License-Identifier: GPL-2.0
/*
 * The step "admit": commands that policies refuse, and those that they hold for a while.
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
#include "nexus.h"
#include "policy.h"

static enum hrtimer_restart hold_is_over(struct hrtimer *timer)
{
	struct scst_cmd *cmd = container_of(timer, struct scst_cmd, hold);
	struct scst_policy *policy;

	if (cmd->hold_overdue) {
		rcu_read_lock();
		policy = scst_policy_at(cmd->held_by);
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

static enum scst_step_result hold(struct scst_cmd *cmd, const struct scst_admission *adm)
{
	if (scst_cmd_aborted(cmd))
		return SCST_FAIL;
	if (percpu_ref_is_dying(&cmd->nexus->ref) || READ_ONCE(cmd->sess->hurry))
		return SCST_NEXT;
	cmd->held_by = adm->slot;
	cmd->hold_overdue = adm->overdue;
	WRITE_ONCE(cmd->step, SCST_STEP_admit);
	hrtimer_start(&cmd->hold, ns_to_ktime(adm->delay_ns), HRTIMER_MODE_REL_SOFT);
	return SCST_WAIT;
}

static enum scst_step_result carry_out(struct scst_cmd *cmd, const struct scst_admission *adm)
{
	switch (adm->verdict) {
	case SCST_ADMIT_PASS:
		return SCST_NEXT;
	case SCST_ADMIT_DELAY:
		return hold(cmd, adm);
	case SCST_ADMIT_BUSY:
		cmd->status = SAM_STAT_BUSY;
		return SCST_FAIL;
	case SCST_ADMIT_TASK_SET_FULL:
		cmd->status = SAM_STAT_TASK_SET_FULL;
		return SCST_FAIL;
	case SCST_ADMIT_DENY:
		scst_cmd_fail(cmd, adm->sense);
		return SCST_FAIL;
	case SCST_ADMIT_MAX:
		break;
	}
	return SCST_NEXT;
}

enum scst_step_result scst_admit(struct scst_cmd *cmd)
{
	enum scst_step_result result;
	struct scst_admission adm;

	rcu_read_lock();
	scst_policy_cmd_admit(cmd, READ_ONCE(cmd->nexus->policies), &adm);
	result = carry_out(cmd, &adm);
	rcu_read_unlock();
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

static bool is_aborted(const struct scst_cmd *cmd, unsigned long unused)
{
	return scst_cmd_aborted(cmd);
}

void scst_admit_release_aborted(struct scst_session *sess)
{
	release(sess, is_aborted, 0);
}

static bool is_of_nexus(const struct scst_cmd *cmd, unsigned long nexus)
{
	return (unsigned long)READ_ONCE(cmd->nexus) == nexus;
}

void scst_admit_release_dying(struct list_head *dead)
{
	struct scst_nexus *nexus;

	if (!static_key_enabled(&scst_policy_keys[SCST_HOOK_CMD_ADMIT]) || list_empty(dead))
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

static bool is_held_by(const struct scst_cmd *cmd, unsigned long slot)
{
	return READ_ONCE(cmd->held_by) == slot;
}

static void release_held_by(struct scst_session *sess, void *slot)
{
	release(sess, is_held_by, (unsigned long)slot);
}

void scst_admit_release_policy(unsigned int slot)
{
	scst_sessions_walk(release_held_by, (void *)(unsigned long)slot);
}
