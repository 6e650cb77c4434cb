// SPDX-License-Identifier: GPL-2.0
/*
 * The watchdog ejects a policy that it has found inside the same call for longer than its deadline.
 * It counts its own ticks, and not time, so that a machine that was stopped is no reason; and only
 * those in which whoever is inside has run, or sleeps: a virtual CPU that its host has taken away,
 * and a task that gets no CPU, are no fault of the policy. It is an interrupt, since the call may
 * keep this very CPU from doing anything else.
 */
#include <linux/hrtimer.h>
#include <linux/kernel_stat.h>
#include <linux/sched.h>

#include "policy.h"

#define TICK_MS		250

static struct hrtimer watchdog;

/* Time is accounted by the timer interrupt, which does not come where interrupts are off. */
#define STILL_TICKS	10	/* ... so many of those without it count as one */

static bool counts(struct scst_policy_pulse *pulse, u64 ran, bool sleeps)
{
	bool still = pulse->ran == ran && !sleeps;

	pulse->ran = ran;
	return !still || ++pulse->still % STILL_TICKS == 0;
}

/* Return: it takes too long. */
static bool watch_tick(struct scst_policy *policy, struct scst_policy_pulse *pulse, u64 ran,
		       bool sleeps)
{
	if (!counts(pulse, ran, sleeps) ||
	    ++pulse->ticks <= DIV_ROUND_UP(policy->deadline_ms, TICK_MS))
		return false;
	scst_policy_eject(policy, SCST_EXIT_STALL, policy->deadline_ms, "a hook does not return");
	return true;
}

static void watch_call(struct scst_policy_call *call)
{
	const struct task_struct *task = call->task;

	if (watch_tick(call->policy, &call->pulse, READ_ONCE(task->se.sum_exec_runtime),
		       READ_ONCE(task->__state) != TASK_RUNNING))
		call->is_late = true;
}

/* In nanoseconds: all but what its host took away. */
static u64 cpu_time(unsigned int cpu)
{
	const u64 *stat = kcpustat_cpu(cpu).cpustat;
	u64 time = 0;
	int i;

	for (i = 0; i < NR_STATS; i++)
		if (i != CPUTIME_STEAL)
			time += READ_ONCE(stat[i]);
	return time;
}

/*
 * Read while the CPU goes on. A call that an interrupt's own calls hide now and then is found a
 * little later.
 */
static void watch_cpu(struct scst_policy_cpu *cpu, u64 ran)
{
	struct scst_policy *policy = READ_ONCE(cpu->policy);
	unsigned long since;

	smp_rmb();	/* scst_policy_cpu_set(): the time is not older than the policy */
	since = READ_ONCE(cpu->since);
	if (!policy || since != cpu->seen) {
		cpu->seen = since;
		cpu->pulse = (struct scst_policy_pulse){ .ran = ran };
		return;
	}
	watch_tick(policy, &cpu->pulse, ran, false);
}

static enum hrtimer_restart watch(struct hrtimer *timer)
{
	int cpu;

	scst_policy_each_call(watch_call);
	rcu_read_lock();
	for_each_possible_cpu(cpu)
		watch_cpu(per_cpu_ptr(&scst_policy_cpu, cpu), cpu_time(cpu));
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
