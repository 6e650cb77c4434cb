// SPDX-License-Identifier: GPL-2.0
/*
 * Attached policies: which there are, where they act, and how they come, change and go. The objects
 * and the other files are drawn in policy.h. Knows nothing of BPF, and of hooks only their rows.
 *
 * A policy has a slot, and its number is a bit in every nexus: set if the nexus is in scope. The
 * bits are right before the policy gets into a chain, so a command compares no names.
 * scst_policy_lock covers the list, scst_policy_attach_lock (outermost) chains and slots.
 *
 *	attach	list -> bits in nexuses -> chains -> keys
 *	detach	list -> chains -> a grace period -> held commands -> keys -> its callers -> slot
 *	update	both, with one change of the list and of the chains
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/slab.h>
#include <scst/handles.h>

#include "objects/objects.h"
#include "policy.h"

DECLARE_RWSEM(scst_policy_lock);
LIST_HEAD(scst_policies);			/* scst_policy_lock */
DEFINE_MUTEX(scst_policy_attach_lock);
static struct scst_policy __rcu *slots[SCST_POLICY_MAX];	/* scst_policy_attach_lock; RCU */
/* Set once, by scst_policy_init(). */
static const char *unavailable;
static const struct scst_policy_face *face;

const char *const scst_policy_scopes[SCST_SCOPE_MAX] = {
	[SCST_SCOPE_ALL]	= "all",
	[SCST_SCOPE_DRIVER]	= "driver",
	[SCST_SCOPE_TARGET]	= "target",
	[SCST_SCOPE_DEVICE]	= "device",
	[SCST_SCOPE_GROUP]	= "group",
};

/* Scope. */

/* "GROUP" on any target, or "TARGET/GROUP": the name of a group has no slash. */
static bool group_matches(const char *scope_name, const struct scst_group *group)
{
	const char *slash = strrchr(scope_name, '/');
	size_t len = slash ? slash - scope_name : 0;

	if (!slash)
		return !strcmp(scope_name, group->name);
	return !strcmp(slash + 1, group->name) && strlen(group->tgt->name) == len &&
	       !strncmp(scope_name, group->tgt->name, len);
}

bool scst_policy_in_scope(const struct scst_policy_ops *ops, const struct scst_target *tgt,
			  const struct scst_group *group, const struct scst_device *dev)
{
	switch ((enum scst_policy_scope)ops->scope) {
	case SCST_SCOPE_ALL:
		return true;
	case SCST_SCOPE_DRIVER:
		return !strcmp(ops->scope_name, tgt->ops->name);
	case SCST_SCOPE_TARGET:
		return !strcmp(ops->scope_name, tgt->name);
	case SCST_SCOPE_DEVICE:
		return dev && !strcmp(ops->scope_name, dev->name);
	case SCST_SCOPE_GROUP:
		scst_tag(policy_scope);
		SCST_SOMETIMES(policy_scope_group);
		SCST_SOMETIMES_IF(group && group->dying, policy_scope_group_goes);
		return group && group_matches(ops->scope_name, group);
	case SCST_SCOPE_MAX:
		break;
	}
	return false;
}

static bool nexus_in_scope(const struct scst_policy *policy, const struct scst_nexus *nexus)
{
	return nexus->dev && scst_policy_in_scope(policy->ops, nexus->sess->tgt,
						  nexus->sess->group, nexus->dev);
}

/* Which policies act on a nexus that is new, or whose session is in another group now. */
void scst_policy_scope_nexus(struct scst_nexus *nexus)
{
	struct scst_policy *policy;

	guard(rwsem_read)(&scst_policy_lock);
	list_for_each_entry(policy, &scst_policies, entry)
		assign_bit(policy->slot, &nexus->policies, nexus_in_scope(policy, nexus));
}

/* One session, for a policy that just got its slot: bits, and storage as if nobody had used it. */
static void scope_session(struct scst_session *sess, void *arg)
{
	const struct scst_policy *policy = arg;
	struct scst_nexus *nexus;

	memset(sess->storage[policy->slot], 0, sizeof(sess->storage[0]));
	list_for_each_entry(nexus, &sess->nexuses, sess_entry) {
		memset(nexus->storage[policy->slot], 0, sizeof(nexus->storage[0]));
		assign_bit(policy->slot, &nexus->policies, nexus_in_scope(policy, nexus));
	}
}

/* Slots. */

struct scst_policy *scst_policy_find(u32 id)
{
	struct scst_policy *policy;
	unsigned int slot;

	for (slot = 0; slot < SCST_POLICY_MAX; slot++) {
		policy = rcu_dereference(slots[slot]);
		if (policy && policy->id == id)
			return policy;
	}
	return NULL;
}

static int slot_get(struct scst_policy *policy)
{
	static u32 tenancies;			/* scst_policy_attach_lock */
	unsigned int slot;

	lockdep_assert_held(&scst_policy_attach_lock);
	for (slot = 0; slot < SCST_POLICY_MAX; slot++) {
		if (rcu_access_pointer(slots[slot]))
			continue;
		policy->slot = slot;
		policy->tenancy = ++tenancies;
		rcu_assign_pointer(slots[slot], policy);
		return 0;
	}
	return -ENOSPC;
}

/* Who takes a slot later clears it by scope_session(), which waits for tgt->lock. */
void scst_policy_settle_storage(struct scst_session *sess, const struct scst_admission *admission)
{
	const struct scst_policy *policy;
	unsigned int slot;

	lockdep_assert_held(&sess->tgt->lock);
	guard(rcu)();
	for (slot = 0; slot < SCST_POLICY_MAX; slot++) {
		policy = rcu_dereference(slots[slot]);
		if (policy && policy->tenancy != admission->tenancy[slot])
			memset(sess->storage[slot], 0, sizeof(sess->storage[0]));
	}
}

void scst_policy_ejected_work(struct work_struct *work)
{
	struct scst_policy *policy = container_of(work, struct scst_policy, ejected_work);

	mutex_lock(&scst_policy_attach_lock);
	scst_policy_chains_sync();
	scst_admit_release_held_by(policy->id);
	scst_policy_keys_sync(policy);
	scst_required_tell();
	mutex_unlock(&scst_policy_attach_lock);
	scst_revalidate_all();
}

/* Attach, update, detach. */

static const char *find_bad_member(const struct scst_policy_ops *ops)
{
	if (!scst_policy_name_valid(ops->name))
		return "name: not letters, digits, _ - and . after a letter";
	if (ops->scope >= SCST_SCOPE_MAX)
		return "scope: unknown";
	if (ops->flags & ~SCST_POLICY_F_ALL)
		return "flags: unknown";
	if (strnlen(ops->scope_name, SCST_NAME_LEN) == SCST_NAME_LEN)
		return "scope_name: too long";
	if (ops->scope == SCST_SCOPE_ALL && ops->scope_name[0])
		return "scope_name: given, but scope is everything";
	if (ops->scope != SCST_SCOPE_ALL && !ops->scope_name[0])
		return "scope_name: missing";
	if (ops->deadline_ms > SCST_POLICY_DEADLINE_MAX_MS)
		return "deadline_ms: more than 10000";
	return NULL;
}

int scst_policy_check(const struct scst_policy_ops *ops)
{
	const char *bad = find_bad_member(ops);

	if (!bad)
		return 0;
	pr_warn("policy %.*s: %s\n", SCST_POLICY_NAME_LEN, ops->name, bad);
	return -EINVAL;
}

static struct scst_policy *find_ops(const struct scst_policy_ops *ops)
{
	struct scst_policy *policy;

	lockdep_assert_held(&scst_policy_attach_lock);
	list_for_each_entry(policy, &scst_policies, entry)
		if (policy->ops == ops)
			return policy;
	return NULL;
}

struct scst_policy *scst_policy_named(const char *name)
{
	struct scst_policy *policy;

	lockdep_assert(lockdep_is_held(&scst_policy_attach_lock) ||
		       lockdep_is_held(&scst_policy_lock));
	list_for_each_entry(policy, &scst_policies, entry)
		if (!strcmp(policy->seat->name, name))
			return policy;
	return NULL;
}

static void insert_by_priority(struct scst_policy *policy)
{
	struct scst_policy *other;

	lockdep_assert_held_write(&scst_policy_lock);
	list_for_each_entry(other, &scst_policies, entry)
		if (other->ops->priority > policy->ops->priority)
			break;
	list_add_tail(&policy->entry, &other->entry);
}

/* All of it holds: bits, chains and keys. From here on it is one of those that are required. */
static void put_in_force(struct scst_policy *policy)
{
	scoped_guard(rwsem_write, &scst_policy_lock) {
		if (!policy->in_force)
			scst_required_came(policy->seat->name);
		policy->in_force = true;
	}
	scst_required_tell();
}

static int attach_locked(struct scst_policy *policy)
{
	int err;

	lockdep_assert_held(&scst_policy_attach_lock);
	if (scst_policy_named(policy->seat->name))
		return -EEXIST;
	err = slot_get(policy);
	if (err)
		return err;
	err = face->add(policy->seat);
	if (err) {
		RCU_INIT_POINTER(slots[policy->slot], NULL);
		synchronize_rcu();	/* scst_policy_find() */
		return err;
	}
	down_write(&scst_policy_lock);
	insert_by_priority(policy);
	up_write(&scst_policy_lock);
	scst_sessions_walk(scope_session, policy);
	scst_policy_chains_sync();
	scst_policy_keys_sync(policy);
	scst_policy_watchdog_start();
	put_in_force(policy);
	return 0;
}

static void seat_free(struct scst_policy_seat *seat)
{
	free_percpu(seat->stats);
	kfree(seat);
}

static struct scst_policy_seat *seat_alloc(const char *name)
{
	struct scst_policy_seat *seat = kzalloc(sizeof(*seat), GFP_KERNEL);

	if (!seat)
		return NULL;
	seat->stats = alloc_percpu(struct scst_policy_stats);
	if (!seat->stats) {
		kfree(seat);
		return NULL;
	}
	strscpy(seat->name, name, sizeof(seat->name));
	return seat;
}

static u32 hooks_of(const struct scst_policy_ops *ops)
{
	unsigned int hook;
	u32 hooks = 0;

	for (hook = 0; hook < SCST_HOOK_MAX; hook++)
		if (scst_policy_has(ops, hook))
			hooks |= BIT(hook);
	return hooks;
}

static struct scst_policy *policy_alloc(const struct scst_policy_ops *ops)
{
	static atomic_t ids;
	struct scst_policy *policy = kzalloc(sizeof(*policy), GFP_KERNEL);

	if (!policy)
		return NULL;
	if (init_srcu_struct(&policy->srcu)) {
		kfree(policy);
		return NULL;
	}
	policy->ops = ops;
	policy->id = atomic_inc_return(&ids);
	policy->deadline_ms = ops->deadline_ms ?: SCST_POLICY_DEADLINE_MS;
	policy->hooks = hooks_of(ops);
	INIT_LIST_HEAD(&policy->entry);
	INIT_WORK(&policy->ejected_work, scst_policy_ejected_work);
	return policy;
}

static void policy_free(struct scst_policy *policy)
{
	cleanup_srcu_struct(&policy->srcu);
	kfree(policy);
}

static void take_seat(struct scst_policy *policy, struct scst_policy_seat *seat)
{
	policy->seat = seat;
	policy->stats = seat->stats;
	rcu_assign_pointer(seat->policy, policy);
}

int scst_policy_attach(const struct scst_policy_ops *ops)
{
	struct scst_policy *policy = policy_alloc(ops);
	struct scst_policy_seat *seat = seat_alloc(ops->name);
	int err = -ENOMEM;

	if (policy && seat) {
		take_seat(policy, seat);
		mutex_lock(&scst_policy_attach_lock);
		err = attach_locked(policy);
		mutex_unlock(&scst_policy_attach_lock);
	}
	if (err) {
		if (policy)
			policy_free(policy);
		if (seat)
			seat_free(seat);
		return err;
	}
	pr_info("policy %s: attached\n", ops->name);
	scst_revalidate_all();
	return 0;
}

static bool same_scope(const struct scst_policy_ops *a, const struct scst_policy_ops *b)
{
	return a->scope == b->scope && !strcmp(a->scope_name, b->scope_name);
}

/*
 * The bits of the old slot say where the old policy acts until nobody asks it any more. So another
 * scope takes another slot, with storage that is empty.
 */
static int update_slot(struct scst_policy *policy, const struct scst_policy *old)
{
	if (!same_scope(policy->ops, old->ops))
		return slot_get(policy);
	policy->slot = old->slot;
	policy->tenancy = old->tenancy;
	rcu_assign_pointer(slots[policy->slot], policy);
	return 0;
}

/* No command meets @policy any more, and none waits for it, when this returns. */
static void retire(struct scst_policy *policy)
{
	scst_policy_chains_sync();
	scst_admit_release_held_by(policy->id);
	scst_policy_keys_sync(policy);
}

/*
 * The rest of the end of @policy, which is retired. Its callers may take long, and until then its
 * slot is not another one's: they may write into its storage.
 */
static void policy_end(struct scst_policy *policy)
{
	synchronize_srcu(&policy->srcu);
	mutex_lock(&scst_policy_attach_lock);
	if (rcu_access_pointer(slots[policy->slot]) == policy)
		RCU_INIT_POINTER(slots[policy->slot], NULL);
	mutex_unlock(&scst_policy_attach_lock);
	synchronize_rcu();	/* scst_policy_find(), the watchdog, who reads its directory */
	cancel_work_sync(&policy->ejected_work);
	policy_free(policy);
}

static int update_locked(struct scst_policy *policy, struct scst_policy *old)
{
	int err;

	if (scst_policy_is_stuck(old)) {
		pr_warn("policy %s: no update: a hook of it does not return; unload it\n",
			old->seat->name);
		return -EBUSY;
	}
	err = update_slot(policy, old);
	if (err)
		return err;
	down_write(&scst_policy_lock);
	scst_policy_replaced(old);
	policy->in_force = !scst_policy_ejected(old);
	take_seat(policy, old->seat);
	list_del_init(&old->entry);
	insert_by_priority(policy);
	up_write(&scst_policy_lock);
	if (policy->slot != old->slot)
		scst_sessions_walk(scope_session, policy);
	scst_policy_keys_sync(policy);
	retire(old);
	put_in_force(policy);
	return 0;
}

int scst_policy_update(const struct scst_policy_ops *ops, const struct scst_policy_ops *old_ops)
{
	struct scst_policy *policy = policy_alloc(ops), *old;
	int err = -EINVAL;

	if (!policy)
		return -ENOMEM;
	mutex_lock(&scst_policy_attach_lock);
	old = find_ops(old_ops);
	if (old && !strcmp(old->seat->name, ops->name))
		err = update_locked(policy, old);
	mutex_unlock(&scst_policy_attach_lock);
	if (err) {
		policy_free(policy);
		return err;
	}
	policy_end(old);
	pr_info("policy %s: updated\n", ops->name);
	scst_revalidate_all();
	return 0;
}

static void detach_locked(struct scst_policy *policy)
{
	lockdep_assert_held(&scst_policy_attach_lock);
	/* The directory goes before the name is free for the next policy. */
	face->del(policy->seat);
	down_write(&scst_policy_lock);
	list_del_init(&policy->entry);
	up_write(&scst_policy_lock);
	retire(policy);
	scst_required_tell();
	if (list_empty(&scst_policies))
		scst_policy_watchdog_stop();
}

void scst_policy_detach(const struct scst_policy_ops *ops)
{
	struct scst_policy_seat *seat;
	struct scst_policy *policy;

	mutex_lock(&scst_policy_attach_lock);
	policy = find_ops(ops);
	if (!WARN_ON(!policy))
		detach_locked(policy);
	mutex_unlock(&scst_policy_attach_lock);
	if (!policy)
		return;
	seat = policy->seat;
	scst_policy_record_exit(policy, SCST_EXIT_UNREG, 0, "unloaded");
	scst_revalidate_all();
	policy_end(policy);
	pr_info("policy %s: detached\n", seat->name);
	seat_free(seat);
}

/* Module. */

const char *scst_policy_unavailable(void)
{
	return unavailable;
}

/* A target without policies is a target, unless some are required. */
int scst_policy_init(const struct scst_policy_face *shown)
{
	BUILD_BUG_ON(SCST_POLICY_MAX > SCST_POLICY_GATE_SLOT);
	scst_policy_watchdog_init();
	face = shown;
	unavailable = scst_policy_bpf_init();
	if (unavailable)
		pr_info("no policies: %s\n", unavailable);
	return scst_required_init();
}

/* An attached policy holds a reference on the module, so there is none. */
void scst_policy_exit(void)
{
	WARN_ON(!list_empty(&scst_policies));
}
