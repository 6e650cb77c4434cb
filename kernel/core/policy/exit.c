// SPDX-License-Identifier: GPL-2.0
/*
 * How policies leave: ejection, and the records of those that left, in a ring of the newest few.
 * A policy leaves once; only an update puts another one in its place.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "command/scst_trace.h"
#include "policy.h"

const char *const scst_policy_exit_kinds[SCST_EXIT_MAX] = {
	[SCST_EXIT_NONE]	= "none",
	[SCST_EXIT_UNREG]	= "unreg",
	[SCST_EXIT_BAD_VERDICT]	= "bad_verdict",
	[SCST_EXIT_ERROR]	= "error",
	[SCST_EXIT_ADMIN]	= "admin",
	[SCST_EXIT_STALL]	= "stall",
};

static DEFINE_RAW_SPINLOCK(scst_policy_exits_lock);
static struct scst_policy_exit exits[SCST_POLICY_EXITS];	/* scst_policy_exits_lock; a ring */
static unsigned int nr_exits;		/* scst_policy_exits_lock; ever written */

void scst_policy_sum_stats(const struct scst_policy_seat *seat, struct scst_policy_stats *sum)
{
	unsigned int hook, verdict;
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct scst_policy_stats *stats = per_cpu_ptr(seat->stats, cpu);

		sum->ignored += READ_ONCE(stats->ignored);
		for (hook = 0; hook < SCST_HOOK_MAX; hook++)
			for (verdict = 0; verdict < SCST_POLICY_MAX_VERDICTS; verdict++)
				sum->verdicts[hook][verdict] +=
					READ_ONCE(stats->verdicts[hook][verdict]);
	}
}

u64 scst_policy_calls(const struct scst_policy_stats *stats)
{
	u64 calls = stats->ignored;
	unsigned int hook, verdict;

	for (hook = 0; hook < SCST_HOOK_MAX; hook++)
		for (verdict = 0; verdict < SCST_POLICY_MAX_VERDICTS; verdict++)
			calls += stats->verdicts[hook][verdict];
	return calls;
}

static void fill_exit(struct scst_policy *policy, enum scst_policy_exit_kind kind, int code,
		      const char *text)
{
	struct scst_policy_exit *exit = &policy->exit;

	lockdep_assert_held(&scst_policy_exits_lock);
	exit->code = code;
	exit->time = ktime_get_real_seconds();
	exit->hooks = policy->hooks;
	strscpy(exit->name, policy->seat->name, sizeof(exit->name));
	strscpy(exit->text, scst_printable(text).text);
	scst_policy_sum_stats(policy->seat, &exit->stats);
	smp_store_release(&exit->kind, kind);	/* pairs with state_show() */
}

bool scst_policy_record_exit(struct scst_policy *policy, enum scst_policy_exit_kind kind, int code,
			     const char *text)
{
	bool told = false;

	scoped_guard(raw_spinlock_irqsave, &scst_policy_exits_lock) {
		if (policy->exit.kind != SCST_EXIT_NONE)
			return false;
		fill_exit(policy, kind, code, text);
		told = !policy->replaced;
		if (told)
			exits[nr_exits++ % SCST_POLICY_EXITS] = policy->exit;
	}
	if (told)
		trace_scst_policy_exit(&policy->exit);
	return told;
}

void scst_policy_replaced(struct scst_policy *policy)
{
	guard(raw_spinlock_irqsave)(&scst_policy_exits_lock);
	policy->replaced = true;
}

unsigned int scst_policy_copy_exits(struct scst_policy_exit *to, unsigned int nr)
{
	unsigned int i;

	guard(raw_spinlock_irqsave)(&scst_policy_exits_lock);
	nr = min3(nr, nr_exits, (unsigned int)SCST_POLICY_EXITS);
	for (i = 0; i < nr; i++)
		to[i] = exits[(nr_exits - 1 - i) % SCST_POLICY_EXITS];
	return nr;
}

/*
 * Callable from within a hook, under any lock and in any context: from now on nobody calls the
 * policy, and what needs sleeping is left to a work item.
 */
int scst_policy_eject(struct scst_policy *policy, enum scst_policy_exit_kind kind, int code,
		      const char *text)
{
	if (!scst_policy_record_exit(policy, kind, code, text))
		return -EALREADY;
	pr_warn("policy %s: ejected (%s, code %d): %s\n", policy->seat->name,
		scst_policy_exit_kinds[kind], code, policy->exit.text);
	queue_work(scst_admin_wq, &policy->ejected_work);
	return 0;
}
