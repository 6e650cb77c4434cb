// SPDX-License-Identifier: GPL-2.0
/*
 * I_T_L nexuses: one per session and mapping, from the moment both exist.
 *
 * A nexus that its initiator may see is published in the session's LUN table; a hidden one exists,
 * keeps its unit attentions and waits to be published again. What an initiator may see is judged
 * here, by asking the policies, and nowhere else: a command finds the answer in the table.
 *
 *	create --judge--> published <--judge--> hidden
 *	                      |                   |
 *	                      +------- kill ------+---> (drained) ---> destroy
 */
#include <linux/export.h>
#include <linux/slab.h>
#include <scst/handles.h>

#include "command/command.h"
#include "policy/policy.h"
#include "reserve/reserve.h"
#include "tasks/inject.h"
#include "tasks/tasks.h"
#include "objects.h"

static atomic64_t nexus_ids;

static void nexus_drained(struct percpu_ref *ref)
{
	struct scst_nexus *nexus = container_of(ref, struct scst_nexus, ref);

	complete_all(&nexus->drained);
}

static struct scst_nexus *nexus_alloc(struct scst_session *sess, struct scst_device *dev)
{
	struct scst_nexus *nexus = NULL;

	if (!scst_tag_fails(nexus_alloc))
		nexus = kzalloc(sizeof(*nexus), GFP_KERNEL);
	if (!nexus)
		return ERR_PTR(-ENOMEM);
	nexus->sess = sess;
	nexus->id = atomic64_inc_return(&nexus_ids);
	nexus->dev = dev;
	nexus->policies = dev ? BIT(SCST_POLICY_GATE_SLOT) : 0;
	nexus->access = SCST_ACCESS_HIDE;
	nexus->identity = sess->identity;
	refcount_inc(&nexus->identity->users);
	if (percpu_ref_init(&nexus->ref, nexus_drained, 0, GFP_KERNEL))
		goto out_free;
	if (scst_stats_attach(nexus))
		goto out_ref;
	spin_lock_init(&nexus->lock);
	init_completion(&nexus->drained);
	INIT_LIST_HEAD(&nexus->map_entry);
	INIT_LIST_HEAD(&nexus->dev_entry);
	INIT_LIST_HEAD(&nexus->sess_entry);
	refcount_inc(&sess->users);
	return nexus;

out_ref:
	percpu_ref_exit(&nexus->ref);
out_free:
	scst_identity_put(nexus->identity);
	kfree(nexus);
	return ERR_PTR(-ENOMEM);
}

/* Makes room for LUNs below @nr. Readers see the old table or the new one, both complete. */
static int lun_table_grow(struct scst_session *sess, unsigned int nr)
{
	struct scst_lun_table *old, *new;

	old = rcu_dereference_protected(sess->luns, lockdep_is_held(&sess->tgt->lock));
	if (old && old->nr >= nr)
		return 0;
	nr = max(roundup_pow_of_two(nr), 8);
	new = scst_tag_fails(lun_table_alloc) ? NULL :
	      kvzalloc(struct_size(new, slot, nr), GFP_KERNEL);
	if (!new)
		return -ENOMEM;
	new->nr = nr;
	if (old)
		memcpy(new->slot, old->slot, old->nr * sizeof(old->slot[0]));
	rcu_assign_pointer(sess->luns, new);
	if (old)
		kvfree_rcu(old, rcu);
	return 0;
}

/* The first nexus of a session: the one without a device; makes the empty LUN table as well. */
struct scst_nexus *scst_nexus_create_no_lun(struct scst_session *sess)
{
	int err = lun_table_grow(sess, 1);

	return err ? ERR_PTR(err) : nexus_alloc(sess, NULL);
}

static struct scst_nexus __rcu **lun_slot(struct scst_nexus *nexus)
{
	struct scst_session *sess = nexus->sess;
	struct scst_lun_table *luns;

	luns = rcu_dereference_protected(sess->luns, lockdep_is_held(&sess->tgt->lock));
	return &luns->slot[nexus->lun];
}

/*
 * While required policies are not in force it gets stricter at most; a new one is hidden
 * [verdicts_get_no_looser_while_one_is_ejected].
 */
static enum scst_access ask_policies(const struct scst_nexus *nexus, bool read_only)
{
	u32 since = scst_required_since();
	enum scst_access access;

	if (!nexus->sess->admitted)
		return SCST_ACCESS_HIDE;
	access = scst_policy_lun_access(nexus->sess, nexus->dev, nexus->lun, read_only);
	return scst_required_hold(since) ? access : max(access, (enum scst_access)nexus->access);
}

bool scst_nexus_judge(struct scst_nexus *nexus)
{
	struct scst_nexus __rcu **slot = lun_slot(nexus);
	bool read_only = nexus->map->read_only || nexus->dev->lu.read_only;
	bool was_visible = rcu_access_pointer(*slot) == nexus;
	bool visible;

	lockdep_assert_held(&nexus->sess->tgt->lock);
	nexus->access = ask_policies(nexus, read_only);
	WRITE_ONCE(nexus->read_only, read_only || nexus->access == SCST_ACCESS_READ_ONLY);
	visible = nexus->access != SCST_ACCESS_HIDE;
	if (visible != was_visible)
		rcu_assign_pointer(*slot, visible ? nexus : NULL);
	return visible != was_visible;
}

struct scst_nexus *scst_nexus_create(struct scst_session *sess, struct scst_mapping *map,
				     enum scst_sense_id ua)
{
	struct scst_device *dev = map->dev;
	struct scst_nexus *nexus;
	int err;

	lockdep_assert_held(&sess->tgt->lock);
	err = lun_table_grow(sess, map->lun + 1);
	if (err)
		return ERR_PTR(err);
	nexus = nexus_alloc(sess, dev);
	if (IS_ERR(nexus))
		return nexus;
	nexus->map = map;
	nexus->lun = map->lun;
	nexus->black_hole = map->group->black_hole;
	refcount_inc(&dev->users);
	list_add_tail(&nexus->sess_entry, &sess->nexuses);
	list_add_tail(&nexus->map_entry, &map->nexuses);
	spin_lock_irq(&dev->lock);
	list_add_tail(&nexus->dev_entry, &dev->nexuses);
	scst_gate_update(nexus);
	scst_inject_update(nexus);
	scst_reserve_join(nexus);
	spin_unlock_irq(&dev->lock);
	scst_policy_scope_nexus(nexus);
	if (ua != SCST_SENSE_NONE)
		scst_ua_queue(nexus, ua);
	if (scst_threads_nexus_add(nexus))
		pr_warn("scst: target %s: LUN %u of %s has no threads of its own\n",
			sess->tgt->name, nexus->lun, sess->initiator);
	return nexus;
}

/* What waits for a turn or a permission goes on now, since somebody waits for it. */
static void nexus_gone(struct scst_nexus *nexus)
{
	guard(spinlock_irq)(&nexus->dev->lock);
	scst_order_reset_aca(nexus->dev, nexus);
	scst_gate_kick(nexus->dev);
}

void scst_nexus_kill(struct scst_nexus *nexus, struct list_head *dead)
{
	lockdep_assert_held(&nexus->sess->tgt->lock);
	if (nexus->map) {
		struct scst_nexus __rcu **slot = lun_slot(nexus);

		if (rcu_access_pointer(*slot) == nexus)
			RCU_INIT_POINTER(*slot, NULL);
		list_del_init(&nexus->map_entry);
		nexus->map = NULL;
	}
	list_move_tail(&nexus->sess_entry, dead);
	scst_tag(nexus_kill);
	smp_wmb();	/* pairs with scst_nexus_get_again(): what took its place is there */
	percpu_ref_kill(&nexus->ref);
	if (nexus->dev)
		nexus_gone(nexus);
}

static void nexus_free(struct rcu_head *rcu)
{
	struct scst_nexus *nexus = container_of(rcu, struct scst_nexus, rcu);

	percpu_ref_exit(&nexus->ref);
	scst_identity_put(nexus->identity);
	kfree(nexus);
}

/*
 * Marks commands that keep @nexus, and those behind it in @dead: a transport whose peer does not
 * take its answers gives it up sooner if somebody waits for them.
 */
static void mark_waited_for(struct scst_nexus *nexus, struct list_head *dead)
{
	list_for_each_entry_from(nexus, dead, sess_entry) {
		const struct scst_pick pick = { .nexus = nexus, .lun = SCST_ANY_LUN };

		scst_marks_set(nexus->sess, &pick, SCST_CMD_WATCHED, 0);
	}
}

/* One of those that keep @nexus. */
static void tell_if_kept(const struct scst_nexus *nexus, unsigned long *since)
{
	const struct scst_pick pick = { .nexus = nexus, .lun = SCST_ANY_LUN };
	const struct scst_session *sess = nexus->sess;
	unsigned int i;

	for (i = 0; i < sess->nr_cmds; i++) {
		const struct scst_cmd *cmd = scst_cmd_slot(sess, i);

		if (scst_cmd_picked(cmd, smp_load_acquire(&cmd->state), &pick)) {
			scst_tell_if_stuck(cmd, since);
			return;
		}
	}
}

/*
 * percpu_ref_kill() has waited for a grace period by the time the reference is drained, so no
 * lookup holds a bare pointer any more. Who finds the nexus by a command's slot (tasks/tmf.c) may:
 * it tries to get a reference, for which the memory stays a grace period longer.
 */
static void nexus_destroy(struct scst_nexus *nexus)
{
	struct scst_device *dev = nexus->dev;

	scst_tag(nexus_destroy);
	list_del(&nexus->sess_entry);
	scst_stats_detach(nexus);
	kvfree(nexus->buffer);
	if (dev) {
		scst_nexus_allow_removal(nexus);
		spin_lock_irq(&dev->lock);
		scst_order_reset_aca(dev, nexus);	/* in a set that was made since then */
		list_del(&nexus->dev_entry);
		scst_reserve_leave(nexus);
		spin_unlock_irq(&dev->lock);
		scst_order_free(nexus->task_set);
		scst_threads_nexus_del(nexus);
		scst_device_put(dev);
	}
	scst_session_put(nexus->sess);
	call_rcu(&nexus->rcu, nexus_free);
}

bool scst_nexuses_drained(struct list_head *dead)
{
	struct scst_nexus *nexus;

	scst_admit_release_dying(dead);
	list_for_each_entry(nexus, dead, sess_entry)
		if (!completion_done(&nexus->drained)) {
			mark_waited_for(nexus, dead);
			return false;
		}
	return true;
}

/*
 * The one without a device goes last: a task management function, which keeps another one, finds it
 * where a LUN was [session_goes_while_a_target_reset_waits].
 */
static bool may_go(struct scst_nexus *nexus, const struct list_head *dead)
{
	return completion_done(&nexus->drained) && (nexus->dev || list_is_singular(dead));
}

static void destroy_drained(struct list_head *dead)
{
	struct scst_nexus *nexus, *next;

	list_for_each_entry_safe(nexus, next, dead, sess_entry)
		if (may_go(nexus, dead))
			nexus_destroy(nexus);
}

/* In the order in which they are drained: what a hung disk keeps is not what others have. */
void scst_nexuses_destroy(struct list_head *dead)
{
	unsigned long since = jiffies;
	struct scst_nexus *nexus;

	scst_assert_unlocked();
	scst_admit_release_dying(dead);
	for (destroy_drained(dead); !list_empty(dead); destroy_drained(dead)) {
		nexus = list_first_entry(dead, struct scst_nexus, sess_entry);
		if (wait_for_completion_timeout(&nexus->drained, HZ))
			continue;
		SCST_SOMETIMES(nexus_is_kept);
		mark_waited_for(nexus, dead);
		tell_if_kept(nexus, &since);
	}
}

void scst_sessions_walk(void (*fn)(struct scst_session *sess, void *arg), void *arg)
{
	struct scst_driver *drv;
	struct scst_target *tgt;
	struct scst_session *sess;

	mutex_lock(&scst_registry_lock);
	list_for_each_entry(drv, &scst_drivers, entry) {
		list_for_each_entry(tgt, &drv->targets, entry) {
			mutex_lock(&tgt->lock);
			list_for_each_entry(sess, &tgt->sessions, entry)
				fn(sess, arg);
			mutex_unlock(&tgt->lock);
		}
	}
	mutex_unlock(&scst_registry_lock);
}

/* The initiator is told at once of everything that changed for it. */
static void session_revalidate(struct scst_session *sess, void *dead)
{
	struct scst_nexus *nexus;
	bool changed = false;

	if (!sess->admitted)
		scst_session_admit_late(sess, dead);
	list_for_each_entry(nexus, &sess->nexuses, sess_entry)
		changed |= scst_nexus_judge(nexus);
	if (changed)
		scst_session_luns_changed(sess);
}

static void revalidate_work(struct work_struct *work)
{
	LIST_HEAD(dead);

	scst_sessions_walk(session_revalidate, &dead);
	scst_nexuses_destroy(&dead);
}

static DECLARE_WORK(scst_revalidate_work, revalidate_work);

void scst_revalidate_all(void)
{
	queue_work(scst_admin_wq, &scst_revalidate_work);
}

/*
 * What handlers keep at a nexus.
 */

void scst_cmd_prevent_removal(struct scst_cmd *cmd, bool prevent)
{
	WRITE_ONCE(cmd->nexus->prevents_removal, prevent);
}
EXPORT_SYMBOL_GPL(scst_cmd_prevent_removal);

u32 *scst_cmd_note(const struct scst_cmd *cmd)
{
	return &cmd->nexus->note;
}
EXPORT_SYMBOL_GPL(scst_cmd_note);
