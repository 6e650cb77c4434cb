// SPDX-License-Identifier: GPL-2.0
/*
 * The watchdog ejects a policy that it has found inside the same call for longer than its deadline.
 * It counts its own ticks, and not time, so that a machine that was stopped is no reason. It is an
 * interrupt, since the call may keep this very CPU from doing anything else.
 */
#include <linux/hrtimer.h>

#include "policy.h"

#define TICK_MS		250

static struct hrtimer watchdog;

/* Return: it takes too long. */
static bool watch_tick(struct scst_policy *policy, unsigned int ticks)
{
	if (ticks <= DIV_ROUND_UP(policy->deadline_ms, TICK_MS))
		return false;
	scst_policy_eject(policy, SCST_EXIT_STALL, policy->deadline_ms, "a hook does not return");
	return true;
}

static void watch_call(struct scst_policy_call *call)
{
	call->is_late = watch_tick(call->policy, ++call->ticks);
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

	scst_policy_each_call(watch_call);
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
