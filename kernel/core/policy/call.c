// SPDX-License-Identifier: GPL-2.0
/*
 * One call of one policy: who is inside, what the answer counts, and the watchdog.
 *
 * A kfunc must know the policy that calls it, and BPF does not say. A hook that may sleep belongs
 * to its task: there are few at a time, on a list. One that may not belongs to its CPU, where calls
 * nest, since an interrupt may bring commands of its own. An interrupt that runs something else of
 * BPF (a timer's callback) is told from the call which it found running by the level it is on.
 *
 * The watchdog ejects a policy that it has found inside the same call for longer than its deadline.
 * It counts its own ticks, and not time, so that a machine that was stopped is no reason. It is an
 * interrupt, since the call may keep this very CPU from doing anything else.
 */
#include <linux/hrtimer.h>
#include <linux/preempt.h>

#include "policy.h"

#define TICK_MS		250

static struct hrtimer watchdog;

/* Hooks that may sleep. */

static DEFINE_RAW_SPINLOCK(calls_lock);
static LIST_HEAD(calls);			/* calls_lock; struct scst_policy_call.entry */

void scst_policy_enter(struct scst_policy_call *call, struct scst_policy *policy)
{
	might_sleep();
	lockdep_assert_held(&scst_policy_lock);
	call->policy = policy;
	call->slot = policy->slot;
	call->task = current;
	call->ticks = 0;
	guard(raw_spinlock_irqsave)(&calls_lock);
	list_add(&call->entry, &calls);
}

void scst_policy_leave(struct scst_policy_call *call)
{
	guard(raw_spinlock_irqsave)(&calls_lock);
	list_del(&call->entry);
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

int scst_policy_ignore(struct scst_policy *policy, enum scst_policy_hook hook, int verdict)
{
	this_cpu_inc(policy->stats->ignored);
	scst_policy_eject(policy, SCST_EXIT_BAD_VERDICT, verdict, scst_policy_hooks[hook].name);
	return -1;
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

	guard(raw_spinlock_irqsave)(&calls_lock);
	list_for_each_entry(call, &calls, entry)
		watch_tick(call->policy, ++call->ticks);
}

/*
 * Read while the CPU goes on. A call that an interrupt's own calls hide now and then is found a
 * little later.
 */
static void watch_cpu(struct scst_policy_cpu *cpu)
{
	struct scst_policy *policy = READ_ONCE(cpu->policy);
	unsigned long since;

	smp_rmb();	/* scst_policy_cpu_set(): the time is not older than the policy */
	since = READ_ONCE(cpu->since);
	if (!policy || since != cpu->seen) {
		cpu->seen = since;
		cpu->ticks = 0;
		return;
	}
	watch_tick(policy, ++cpu->ticks);
}

static enum hrtimer_restart watch(struct hrtimer *timer)
{
	int cpu;

	watch_tasks();
	rcu_read_lock();
	for_each_possible_cpu(cpu)
		watch_cpu(per_cpu_ptr(&scst_policy_cpu, cpu));
	rcu_read_unlock();
	hrtimer_forward_now(timer, ms_to_ktime(TICK_MS));
	return HRTIMER_RESTART;
}

void scst_policy_watchdog_init(void)
{
	hrtimer_setup(&watchdog, watch, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
}

void scst_policy_watchdog_start(void)
{
	if (!hrtimer_active(&watchdog))
		hrtimer_start(&watchdog, ms_to_ktime(TICK_MS), HRTIMER_MODE_REL_HARD);
}

void scst_policy_watchdog_stop(void)
{
	hrtimer_cancel(&watchdog);
}
