// SPDX-License-Identifier: GPL-2.0
/*
 * scst_dice: shakes schedules from inside. On each CPU a timer goes off at gaps that come from the
 * seed, at whatever instruction that CPU has come to. What runs there is held up, is asked to make
 * way, or loses the CPU to a thread of ours, which lowers or raises its priority until the next one
 * (Burckhardt et al., A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs, 2010).
 *
 *	seed		of all gaps and choices
 *	gap_us		between two, on average
 *	hold_us		for how long, at most
 */
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/smp.h>

static unsigned int seed;
module_param(seed, uint, 0444);
static unsigned int gap_us = 500;
module_param(gap_us, uint, 0444);
static unsigned int hold_us = 100;
module_param(hold_us, uint, 0444);

struct dice {
	struct hrtimer timer;
	struct rnd_state rnd;		/* the timer's */
	struct task_struct *thread;
	struct task_struct *victim;	/* from the timer, with a reference, to the thread */
	int nice;			/* of it from now on; the timer's while there is none */
	struct task_struct *last;	/* the thread's: who has another nice value now ... */
	int last_nice;			/* ... than this one */
};

static DEFINE_PER_CPU(struct dice, dices);

static ktime_t microseconds(u32 us)
{
	return ns_to_ktime((u64)us * NSEC_PER_USEC);
}

static u32 roll(struct dice *dice, u32 below)
{
	return prandom_u32_state(&dice->rnd) % below;
}

static void ask_to_make_way(void)
{
	set_tsk_need_resched(current);
	set_preempt_need_resched();
}

/* One at a time: the thread has not run yet if there is another. */
static void take_cpu_from(struct dice *dice, struct task_struct *task)
{
	if (is_idle_task(task) || task == dice->thread || smp_load_acquire(&dice->victim))
		return;
	dice->nice = roll(dice, 2) ? MAX_NICE : 0;
	get_task_struct(task);
	smp_store_release(&dice->victim, task);
	wake_up_process(dice->thread);
}

static enum hrtimer_restart tick(struct hrtimer *timer)
{
	struct dice *dice = container_of(timer, struct dice, timer);

	switch (roll(dice, 3)) {
	case 0:
		udelay(roll(dice, hold_us) + 1);
		break;
	case 1:
		ask_to_make_way();
		break;
	case 2:
		take_cpu_from(dice, current);
		break;
	}
	hrtimer_forward_now(timer, microseconds(1 + roll(dice, 2 * gap_us)));
	return HRTIMER_RESTART;
}

/* It is again as it was. */
static void let_go(struct dice *dice)
{
	if (!dice->last)
		return;
	set_user_nice(dice->last, dice->last_nice);
	put_task_struct(dice->last);
	dice->last = NULL;
}

static void shake(struct dice *dice, struct task_struct *victim, int nice)
{
	let_go(dice);
	dice->last = victim;
	dice->last_nice = task_nice(victim);
	set_user_nice(victim, nice);
	udelay(hold_us);
}

static int run(void *arg)
{
	struct dice *dice = arg;
	struct task_struct *victim;
	int nice;

	while (!kthread_should_stop()) {
		set_current_state(TASK_IDLE);
		victim = smp_load_acquire(&dice->victim);
		if (!victim && !kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
		if (!victim)
			continue;
		nice = dice->nice;
		smp_store_release(&dice->victim, NULL);
		shake(dice, victim, nice);
	}
	return 0;
}

static void start_timer(void *unused)
{
	struct dice *dice = this_cpu_ptr(&dices);

	hrtimer_start(&dice->timer, microseconds(gap_us), HRTIMER_MODE_REL_PINNED_HARD);
}

static void stop(struct dice *dice)
{
	if (!dice->thread)
		return;
	hrtimer_cancel(&dice->timer);
	kthread_stop(dice->thread);
	let_go(dice);
	if (dice->victim)
		put_task_struct(dice->victim);
}

static int start(struct dice *dice, unsigned int cpu)
{
	struct task_struct *thread = kthread_create_on_cpu(run, dice, cpu, "scst_dice/%u");

	if (IS_ERR(thread))
		return PTR_ERR(thread);
	dice->thread = thread;
	prandom_seed_state(&dice->rnd, (u64)seed << 8 | cpu);
	hrtimer_setup(&dice->timer, tick, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	sched_set_fifo(thread);
	wake_up_process(thread);
	return smp_call_function_single(cpu, start_timer, NULL, true);
}

static void dice_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		stop(per_cpu_ptr(&dices, cpu));
}

static int __init dice_init(void)
{
	int cpu, err = 0;

	if (!gap_us || !hold_us || gap_us > USEC_PER_SEC || hold_us > USEC_PER_MSEC)
		return -EINVAL;
	cpus_read_lock();
	for_each_online_cpu(cpu) {
		err = start(per_cpu_ptr(&dices, cpu), cpu);
		if (err)
			break;
	}
	cpus_read_unlock();
	if (err)
		dice_exit();
	return err;
}

module_init(dice_init);
module_exit(dice_exit);
MODULE_DESCRIPTION("Test: makes tasks lose their CPU when they do not expect it");
MODULE_LICENSE("GPL");
