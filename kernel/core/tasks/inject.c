// SPDX-License-Identifier: GPL-2.0
/*
 * What an administrator injects, to see whether his hosts can live with it: at a LUN, commands in a
 * range of blocks fail with a medium error, are late, or hang, once or always.
 *
 * It happens where a disk would be the one to fail: at the end of "state", behind a block and a
 * black hole, policies, unit attentions, reservations and write protection. That rules are about a
 * nexus is said in the word that "state" looks at anyway, so all others pay nothing. A command is
 * judged once, also if its LUN leads to another device meanwhile.
 *
 * One that is late or hangs is held as if a policy had delayed it (policy/admit.c), by a timer of
 * its own: it keeps nobody waiting but those who wait for commands, and task management, a LUN that
 * goes and a session that ends find it.
 */
#include <linux/cleanup.h>
#include <linux/slab.h>

#include "command/command.h"
#include "policy/policy.h"
#include "inject.h"

#define FOR_EVER	(KTIME_MAX / 2)	/* a hang: who releases it stops the timer */

static DEFINE_SPINLOCK(rules_lock);	/* inside dev->lock */
static LIST_HEAD(rules);
static u32 last_id;

static void used_up_work(struct work_struct *work);
static DECLARE_WORK(used_up, used_up_work);

/* Names, since what has them may come later, or go and come again. An empty one: any. */
static bool has_name(const char *wanted, const char *name)
{
	return !wanted[0] || !strcmp(wanted, name);
}

static bool is_about(const struct scst_inject *rule, const struct scst_nexus *nexus)
{
	const struct scst_session *sess = nexus->sess;

	guard(rcu)();			/* the session may move, and its old group go */
	return rule->left && (rule->lun == SCST_ANY_LUN || rule->lun == nexus->lun) &&
	       has_name(rule->target, sess->tgt->name) &&
	       has_name(rule->group, READ_ONCE(sess->group)->name);
}

static bool is_any_about(const struct scst_nexus *nexus)
{
	const struct scst_inject *rule;

	guard(spinlock_irqsave)(&rules_lock);
	list_for_each_entry(rule, &rules, entry)
		if (is_about(rule, nexus))
			return true;
	return false;
}

void scst_inject_update(struct scst_nexus *nexus)
{
	lockdep_assert_held(&nexus->dev->lock);
	WRITE_ONCE(nexus->injected, is_any_about(nexus));
}

void scst_inject_moved(struct scst_nexus *nexus)
{
	guard(spinlock_irq)(&nexus->dev->lock);
	scst_inject_update(nexus);
}

static void update_all(void)
{
	struct scst_device *dev;
	struct scst_nexus *nexus;

	guard(mutex)(&scst_registry_lock);
	list_for_each_entry(dev, &scst_devices, entry) {
		guard(spinlock_irq)(&dev->lock);
		list_for_each_entry(nexus, &dev->nexuses, dev_entry)
			scst_inject_update(nexus);
	}
}

static void used_up_work(struct work_struct *work)
{
	update_all();
}

/*
 * What moves no blocks has no medium to fail at, and goes on: a path is found good by it. UNMAP and
 * others have their blocks in their data: of a range they are not.
 */
static bool matches(const struct scst_inject *rule, const struct scst_cmd *cmd)
{
	const struct scst_cdb *params = &cmd->params;
	bool has_range = cmd->op->flags & SCST_OP_RANGE;

	if (!is_about(rule, cmd->nexus))
		return false;
	if (!rule->nblocks)
		return has_range || rule->kind != SCST_INJECT_MEDIUM;
	return has_range && params->lba < rule->lba + rule->nblocks &&
	       rule->lba < params->lba + max(params->nblocks, 1u);
}

/* What a rule does to a command; the rule may be gone by then. */
struct hit {
	enum scst_inject_kind kind;
	u32 rule;
	u32 ms;
	u64 lba;			/* the first that is bad */
};

/* Return: false, it is spared. */
static bool is_hit(const struct scst_cmd *cmd, struct hit *hit)
{
	struct scst_inject *rule;

	guard(spinlock_irqsave)(&rules_lock);
	list_for_each_entry(rule, &rules, entry) {
		if (!matches(rule, cmd))
			continue;
		rule->done++;
		if (rule->left != SCST_INJECT_ALWAYS && !--rule->left)
			queue_work(scst_admin_wq, &used_up);
		*hit = (struct hit){ rule->kind, rule->id, rule->ms,
				     max(cmd->params.lba, rule->nblocks ? rule->lba : 0) };
		return true;
	}
	return false;
}

static enum scst_step_result fail_medium(struct scst_cmd *cmd, u64 lba)
{
	scst_cmd_fail_with(cmd, &(struct scst_sense){
		.id = cmd->op->flags & SCST_OP_WRITES ? SCST_SENSE_WRITE_FAULT :
							SCST_SENSE_READ_ERROR,
		.has_info = 1, .info = lba,
	});
	return SCST_FAIL;
}

/* Whoever deletes the rule waits for this RCU section: by then the command is held, or spared. */
enum scst_step_result scst_inject(struct scst_cmd *cmd)
{
	struct hit hit;

	guard(rcu)();
	if (cmd->waited & SCST_WAITED_INJECTED || !is_hit(cmd, &hit))
		return SCST_NEXT;
	if (hit.kind == SCST_INJECT_MEDIUM)
		return fail_medium(cmd, hit.lba);
	cmd->waited |= SCST_WAITED_INJECTED;
	cmd->held_by = hit.rule | SCST_HELD_BY_RULE;
	cmd->hold_overdue = false;
	return scst_admit_hold(cmd, hit.kind == SCST_INJECT_DELAY ? hit.ms * (u64)NSEC_PER_MSEC :
								    FOR_EVER);
}

/* The command may go on and end meanwhile. */
struct scst_inject_holder scst_inject_holder(const struct scst_cmd *cmd)
{
	struct scst_inject_holder holder = { };
	u32 held_by = READ_ONCE(cmd->held_by);

	if (READ_ONCE(cmd->step) == SCST_STEP_admit && held_by & SCST_HELD_BY_RULE)
		snprintf(holder.text, sizeof(holder.text), " inject=%lu",
			 held_by & ~SCST_HELD_BY_RULE);
	return holder;
}

/* A rule counts until it holds nothing: who looks for what is held asks this first. */
static void count(int change)
{
	guard(spinlock_irq)(&rules_lock);
	WRITE_ONCE(scst_admit_rules, scst_admit_rules + change);
}

u32 scst_inject_add(const struct scst_inject *what)
{
	struct scst_inject *rule = kmemdup(what, sizeof(*what), GFP_KERNEL);
	u32 id;

	if (!rule)
		return 0;
	scoped_guard(spinlock_irq, &rules_lock) {
		id = rule->id = last_id = last_id % (SCST_HELD_BY_RULE - 1) + 1;
		list_add_tail(&rule->entry, &rules);
	}
	count(1);
	update_all();
	return id;
}

static void take(u32 id, struct list_head *gone)
{
	struct scst_inject *rule, *next;

	guard(spinlock_irq)(&rules_lock);
	list_for_each_entry_safe(rule, next, &rules, entry) {
		if (id && rule->id != id)
			continue;
		list_move_tail(&rule->entry, gone);
	}
}

bool scst_inject_del(u32 id)
{
	struct scst_inject *rule, *next;
	LIST_HEAD(gone);

	take(id, &gone);
	if (list_empty(&gone))
		return false;
	update_all();
	synchronize_rcu();
	list_for_each_entry_safe(rule, next, &gone, entry) {
		scst_admit_release_held_by(rule->id | SCST_HELD_BY_RULE);
		kfree(rule);
		count(-1);
	}
	return true;
}

void scst_inject_walk(void (*fn)(const struct scst_inject *rule, void *arg), void *arg)
{
	const struct scst_inject *rule;

	guard(spinlock_irq)(&rules_lock);
	list_for_each_entry(rule, &rules, entry)
		fn(rule, arg);
}

/* Nobody has a device any more, and commands neither. */
void scst_inject_exit(void)
{
	scst_inject_del(0);
	cancel_work_sync(&used_up);
}
