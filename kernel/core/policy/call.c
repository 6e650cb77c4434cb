// SPDX-License-Identifier: GPL-2.0
/*
 * One call of one policy: who is inside, and what the answer counts.
 *
 * A kfunc must know the policy that calls it, and BPF does not say. A hook that may sleep belongs
 * to its task: there are few at a time, on a list. One that may not belongs to its CPU, where calls
 * nest, since an interrupt may bring commands of its own. An interrupt that runs something else of
 * BPF (a timer's callback) is told from the call which it found running by the level it is on.
 */
#include <linux/preempt.h>

#include "policy.h"

/* Hooks that are sleepable programs, or may be. */

static DEFINE_RAW_SPINLOCK(calls_lock);
static LIST_HEAD(calls);			/* calls_lock; struct scst_policy_call.entry */

void scst_policy_enter(struct scst_policy_call *call, struct scst_policy *policy)
{
	might_sleep();
	lockdep_assert(srcu_read_lock_held(&policy->srcu));
	call->policy = policy;
	call->slot = policy->slot;
	call->task = current;
	call->pulse = (struct scst_policy_pulse){ };
	call->is_late = false;
	guard(raw_spinlock_irqsave)(&calls_lock);
	list_add(&call->entry, &calls);
}

void scst_policy_leave(struct scst_policy_call *call)
{
	guard(raw_spinlock_irqsave)(&calls_lock);
	list_del(&call->entry);
}

void scst_policy_each_call(void (*look)(struct scst_policy_call *call))
{
	struct scst_policy_call *call;

	guard(raw_spinlock_irqsave)(&calls_lock);
	list_for_each_entry(call, &calls, entry)
		look(call);
}

bool scst_policy_is_stuck(struct scst_policy *policy)
{
	struct scst_policy_call *call;

	guard(raw_spinlock_irqsave)(&calls_lock);
	list_for_each_entry(call, &calls, entry)
		if (call->policy == policy && call->is_late)
			return true;
	return false;
}

static bool was_asked(const struct scst_policy_round *round, u32 id)
{
	unsigned int i;

	for (i = 0; i < min_t(unsigned int, round->nr, ARRAY_SIZE(round->asked)); i++)
		if (round->asked[i] == id)
			return true;
	return false;
}

void scst_policy_round_end(struct scst_policy_round *round)
{
	if (round->policy)
		srcu_read_unlock(&round->policy->srcu, round->srcu_index);
	round->policy = NULL;
}

struct scst_policy *scst_policy_next(struct scst_policy_round *round)
{
	struct scst_policy *policy;

	scst_policy_round_end(round);
	guard(rwsem_read)(&scst_policy_lock);
	list_for_each_entry(policy, &scst_policies, entry) {
		if (!(policy->hooks & BIT(round->hook)) || was_asked(round, policy->id))
			continue;
		round->asked[round->nr++ % ARRAY_SIZE(round->asked)] = policy->id;
		round->srcu_index = srcu_read_lock(&policy->srcu);
		round->policy = policy;
		return policy;
	}
	return NULL;
}

static struct scst_policy_call *find_call_of_task(void)
{
	struct scst_policy_call *call;

	guard(raw_spinlock_irqsave)(&calls_lock);
	list_for_each_entry(call, &calls, entry)
		if (call->task == current)
			return call;
	return NULL;
}

/* Hooks that may not. */

DEFINE_PER_CPU(struct scst_policy_cpu, scst_policy_cpu);

/* The callback of a timer interrupts calls, and is none. */
struct scst_policy_call *scst_policy_current(void)
{
	struct scst_policy_call *call;

	preempt_disable();
	call = __this_cpu_read(scst_policy_cpu.call);
	if (call && call->level != irq_count())
		call = NULL;
	preempt_enable();
	if (call || !in_task())
		return call;
	return find_call_of_task();
}

/* Verdicts. */

int scst_policy_fallback(const struct scst_policy *policy, enum scst_policy_hook hook)
{
	u32 flags = policy->ops->flags;

	if (flags & SCST_POLICY_F_CLOSED_ON_EJECT ||
	    (hook == SCST_HOOK_LUN_ACCESS && flags & SCST_POLICY_F_HIDE_ON_EJECT))
		return scst_policy_hooks[hook].closed;
	return 0;
}

int scst_policy_no_verdict(struct scst_policy *policy, enum scst_policy_hook hook, int verdict,
			   const char *text)
{
	scst_policy_eject(policy, SCST_EXIT_BAD_VERDICT, verdict, text);
	return scst_policy_fallback(policy, hook);
}

int scst_policy_ignore(struct scst_policy *policy, enum scst_policy_hook hook, int verdict)
{
	this_cpu_inc(policy->stats->ignored);
	return scst_policy_no_verdict(policy, hook, verdict, scst_policy_hooks[hook].name);
}
