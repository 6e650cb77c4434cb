// SPDX-License-Identifier: GPL-2.0
/*
 * One call of one policy: who is inside, what the answer counts, and the watchdog.
 *
 * A kfunc must know the policy that calls it, and BPF does not say. A hook that may sleep belongs
 * to its task: there are few at a time, on a list. One that may not belongs to its CPU, and to its
 * level there (task, softirq, hardirq, NMI), since an interrupt may bring commands of its own.
 *
 * The watchdog ejects a policy that it has found inside the same call for longer than its deadline.
 * It counts its own ticks, and not time, so that a machine that was stopped is no reason.
 */
#include <linux/preempt.h>
#include <linux/workqueue.h>

#include "policy.h"

#define TICK_MS		250
#define NR_LEVELS	4		/* of interrupt_context_level() */

static void watchdog_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(watchdog, watchdog_work);

/* Hooks that may sleep. */

static DEFINE_SPINLOCK(calls_lock);
static LIST_HEAD(calls);			/* calls_lock; struct scst_policy_call.entry */

void scst_policy_enter(struct scst_policy_call *call, struct scst_policy *policy)
{
	might_sleep();
	lockdep_assert_held(&scst_policy_lock);
	call->policy = policy;
	call->slot = policy->slot;
	call->task = current;
	call->ticks = 0;
	spin_lock(&calls_lock);
	list_add(&call->entry, &calls);
	spin_unlock(&calls_lock);
}

void scst_policy_leave(struct scst_policy_call *call)
{
	spin_lock(&calls_lock);
	list_del(&call->entry);
	spin_unlock(&calls_lock);
}

static struct scst_policy_call *find_call_of_task(void)
{
	struct scst_policy_call *call;

	guard(spinlock)(&calls_lock);
	list_for_each_entry(call, &calls, entry)
		if (call->task == current)
			return call;
	return NULL;
}

/* Hooks that may not. */

struct cpu_call {
	struct scst_policy_call *call;		/* only this CPU reads it, at this level */
	unsigned int slot;			/* for the watchdog */
	unsigned int seq;			/* odd: inside */
	unsigned int seen_seq, seen_ticks;	/* the watchdog's */
};

static DEFINE_PER_CPU(struct cpu_call [NR_LEVELS], cpu_calls);

/* The slot is written before the call is seen to be inside: pairs with watch_cpu(). */
void scst_policy_enter_atomic(struct scst_policy_call *call, struct scst_policy *policy,
			      unsigned int slot)
{
	struct cpu_call *cpu;

	preempt_disable();
	cpu = this_cpu_ptr(&cpu_calls[interrupt_context_level()]);
	call->policy = policy;
	call->slot = slot;
	WRITE_ONCE(cpu->slot, slot);
	cpu->call = call;
	smp_store_release(&cpu->seq, cpu->seq + 1);
}

void scst_policy_leave_atomic(struct scst_policy_call *call)
{
	struct cpu_call *cpu = this_cpu_ptr(&cpu_calls[interrupt_context_level()]);

	cpu->call = NULL;
	WRITE_ONCE(cpu->seq, cpu->seq + 1);
	preempt_enable();
}

/* The callback of a timer interrupts calls, and is none. */
struct scst_policy_call *scst_policy_current(void)
{
	struct scst_policy_call *call;

	preempt_disable();
	call = this_cpu_read(cpu_calls[interrupt_context_level()].call);
	preempt_enable();
	if (call || !in_task())
		return call;
	return find_call_of_task();
}

int scst_policy_accept(struct scst_policy *policy, enum scst_policy_hook hook, int verdict)
{
	const struct scst_policy_hook_desc *desc = &scst_policy_hooks[hook];

	this_cpu_inc(policy->stats->calls);
	if (unlikely(scst_policy_ejected(policy)))
		return -1;
	if (unlikely(verdict < 0 || verdict >= SCST_POLICY_MAX_VERDICTS ||
		     !desc->verdicts[verdict])) {
		scst_policy_eject(policy, SCST_EXIT_BAD_VERDICT, verdict, desc->name);
		return -1;
	}
	this_cpu_inc(policy->stats->verdicts[hook][verdict]);
	return verdict;
}

/* The watchdog. */

static void watch_tick(struct scst_policy *policy, unsigned int ticks)
{
	if (ticks > DIV_ROUND_UP(policy->deadline_ms, TICK_MS))
		scst_policy_eject(policy, SCST_EXIT_STALL, policy->deadline_ms,
				  "a hook does not return");
}

static void watch_tasks(void)
{
	struct scst_policy_call *call;

	guard(spinlock)(&calls_lock);
	list_for_each_entry(call, &calls, entry)
		watch_tick(call->policy, ++call->ticks);
}

static void watch_cpu(struct cpu_call *cpu)
{
	unsigned int seq = smp_load_acquire(&cpu->seq);
	struct scst_policy *policy;

	if (!(seq & 1) || seq != cpu->seen_seq) {
		cpu->seen_seq = seq;
		cpu->seen_ticks = 0;
		return;
	}
	policy = scst_policy_at(READ_ONCE(cpu->slot));
	if (policy)
		watch_tick(policy, ++cpu->seen_ticks);
}

static void watchdog_work(struct work_struct *work)
{
	unsigned int level;
	int cpu;

	watch_tasks();
	rcu_read_lock();
	for_each_possible_cpu(cpu)
		for (level = 0; level < NR_LEVELS; level++)
			watch_cpu(per_cpu_ptr(&cpu_calls[level], cpu));
	rcu_read_unlock();
	schedule_delayed_work(&watchdog, msecs_to_jiffies(TICK_MS));
}

void scst_policy_watchdog_start(void)
{
	schedule_delayed_work(&watchdog, msecs_to_jiffies(TICK_MS));
}

void scst_policy_watchdog_stop(void)
{
	cancel_delayed_work_sync(&watchdog);
}
