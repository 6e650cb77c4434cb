// SPDX-License-Identifier: GPL-2.0
/*
 * Attached policies: which have a say in what, calling them, checking what they answer, and
 * throwing out those that misbehave. Knows nothing of BPF. The objects, their life and the locks
 * are drawn in policy.h; the order with the core's locks is scst_target.lock > scst_policy_lock.
 *
 * A hook is a function here with three parts: the static key, the loop over the policies, and the
 * call of one policy, whose verdict is counted and checked before it is used. lun_access is asked
 * rarely and may sleep, so the list and a rwsem serve it. A hook of the command path will find its
 * policies through RCU pointers in the objects of its scope, set under scst_policy_attach_lock.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ctype.h>
#include <linux/jump_label.h>
#include <linux/slab.h>

#include "policy.h"

DECLARE_RWSEM(scst_policy_lock);
static DEFINE_MUTEX(scst_policy_attach_lock);
static LIST_HEAD(scst_policies);		/* scst_policy_lock */
static const char *unavailable;			/* set once, by scst_policy_init() */

/* Is there a policy, anywhere, that has this hook and holds? */
static DEFINE_STATIC_KEY_ARRAY_FALSE(scst_policy_keys, SCST_HOOK_MAX);

const struct scst_policy_hook_desc scst_policy_hooks[SCST_HOOK_MAX] = {
	[SCST_HOOK_LUN_ACCESS] = {
		.name		= "lun_access",
		.offset		= offsetof(struct scst_policy_ops, lun_access),
		.verdicts	= {
			[SCST_ACCESS_DEFAULT]	= "default",
			[SCST_ACCESS_READ_ONLY]	= "read_only",
			[SCST_ACCESS_HIDE]	= "hide",
		},
	},
};

const char *const scst_policy_scopes[SCST_SCOPE_MAX] = {
	[SCST_SCOPE_ALL]	= "all",
	[SCST_SCOPE_DRIVER]	= "driver",
	[SCST_SCOPE_TARGET]	= "target",
	[SCST_SCOPE_DEVICE]	= "device",
};

const char *const scst_policy_exit_kinds[SCST_EXIT_MAX] = {
	[SCST_EXIT_NONE]	= "none",
	[SCST_EXIT_UNREG]	= "unreg",
	[SCST_EXIT_BAD_VERDICT]	= "bad_verdict",
	[SCST_EXIT_ERROR]	= "error",
	[SCST_EXIT_ADMIN]	= "admin",
};

/* Exit records. */

static DEFINE_SPINLOCK(scst_policy_exits_lock);
static struct scst_policy_exit exits[SCST_POLICY_EXITS];	/* scst_policy_exits_lock; a ring */
static unsigned int nr_exits;		/* scst_policy_exits_lock; ever written */

static void copy_printable(char *to, const char *from, size_t size)
{
	ssize_t len = strscpy(to, from, size);
	size_t i;

	if (len < 0)
		len = size - 1;
	for (i = 0; i < len; i++)
		if (!isprint(to[i]))
			to[i] = '?';
}

/* Return: true for the first caller; a policy leaves once. */
static bool policy_record_exit(struct scst_policy *policy, enum scst_policy_exit_kind kind,
			       int code, const char *text)
{
	struct scst_policy_exit *exit = &policy->exit;
	unsigned int hook, verdict;

	guard(spinlock)(&scst_policy_exits_lock);
	if (exit->kind != SCST_EXIT_NONE)
		return false;
	exit->code = code;
	exit->time = ktime_get_real_seconds();
	strscpy(exit->name, policy->name, sizeof(exit->name));
	copy_printable(exit->text, text, sizeof(exit->text));
	exit->calls = atomic64_read(&policy->calls);
	for (hook = 0; hook < SCST_HOOK_MAX; hook++)
		for (verdict = 0; verdict < SCST_POLICY_MAX_VERDICTS; verdict++)
			exit->verdicts[hook][verdict] =
				atomic64_read(&policy->verdicts[hook][verdict]);
	smp_store_release(&exit->kind, kind);	/* pairs with state_show() */
	exits[nr_exits++ % SCST_POLICY_EXITS] = *exit;
	return true;
}

unsigned int scst_policy_copy_exits(struct scst_policy_exit *to, unsigned int nr)
{
	unsigned int i;

	guard(spinlock)(&scst_policy_exits_lock);
	nr = min3(nr, nr_exits, (unsigned int)SCST_POLICY_EXITS);
	for (i = 0; i < nr; i++)
		to[i] = exits[(nr_exits - nr + i) % SCST_POLICY_EXITS];
	return nr;
}

/* In force or not. */

static bool policy_ejected(const struct scst_policy *policy)
{
	return READ_ONCE(policy->exit.kind) != SCST_EXIT_NONE;
}

static bool policy_hides(const struct scst_policy_ops *ops)
{
	return ops->flags & SCST_POLICY_F_HIDE_ON_EJECT;
}

/* Does the policy have to be looked at when this hook is due? */
static bool policy_needs_key(const struct scst_policy *policy, enum scst_policy_hook hook)
{
	if (!policy->ops || !scst_policy_has(policy->ops, hook))
		return false;
	return !policy_ejected(policy) ||
	       (hook == SCST_HOOK_LUN_ACCESS && policy_hides(policy->ops));
}

/*
 * Static keys follow what the list says, and never the other way round: they are flipped
 * afterwards, without scst_policy_lock, because patching code waits for locks of the whole
 * machine.
 */
static void policy_sync_keys(struct scst_policy *policy)
{
	unsigned int hook;

	lockdep_assert_held(&scst_policy_attach_lock);
	for (hook = 0; hook < SCST_HOOK_MAX; hook++) {
		bool needs = policy_needs_key(policy, hook);

		if (needs == test_bit(hook, &policy->keys))
			continue;
		__change_bit(hook, &policy->keys);
		if (needs)
			static_branch_inc(&scst_policy_keys[hook]);
		else
			static_branch_dec(&scst_policy_keys[hook]);
	}
}

static void policy_ejected_work(struct work_struct *work)
{
	struct scst_policy *policy = container_of(work, struct scst_policy, ejected_work);

	mutex_lock(&scst_policy_attach_lock);
	policy_sync_keys(policy);
	mutex_unlock(&scst_policy_attach_lock);
	scst_revalidate_all();
}

/*
 * Callable from within a hook, under any lock: from now on nobody calls the policy, and what needs
 * sleeping is left to a work item.
 */
int scst_policy_eject(struct scst_policy *policy, enum scst_policy_exit_kind kind, int code,
		      const char *text)
{
	if (!policy_record_exit(policy, kind, code, text))
		return -EALREADY;
	pr_warn("policy %s: ejected (%s, code %d): %s\n", policy->name,
		scst_policy_exit_kinds[kind], code, policy->exit.text);
	queue_work(scst_wq, &policy->ejected_work);
	return 0;
}

/* Calls. */

/*
 * Who is inside which policy: how scst_bpf_error() knows its caller. Only hooks that may sleep, so
 * there are few and the task identifies the call.
 */
struct policy_call {
	struct list_head entry;
	struct task_struct *task;
	struct scst_policy *policy;
};

static DEFINE_SPINLOCK(policy_calls_lock);
static LIST_HEAD(policy_calls);			/* policy_calls_lock */

static void policy_enter(struct scst_policy *policy, struct policy_call *call)
{
	might_sleep();
	lockdep_assert_held(&scst_policy_lock);
	call->task = current;
	call->policy = policy;
	spin_lock(&policy_calls_lock);
	list_add(&call->entry, &policy_calls);
	spin_unlock(&policy_calls_lock);
	atomic64_inc(&policy->calls);
}

static void policy_leave(struct policy_call *call)
{
	spin_lock(&policy_calls_lock);
	list_del(&call->entry);
	spin_unlock(&policy_calls_lock);
}

struct scst_policy *scst_policy_current(void)
{
	struct policy_call *call;

	if (!in_task())		/* a timer's callback interrupts a task, and is not its call */
		return NULL;
	guard(spinlock)(&policy_calls_lock);
	list_for_each_entry(call, &policy_calls, entry)
		if (call->task == current)
			return call->policy;
	return NULL;
}

/* Return: true if @verdict counts; else the policy is, or already was, ejected. */
static bool policy_accept(struct scst_policy *policy, enum scst_policy_hook hook, int verdict,
			  int max)
{
	if (policy_ejected(policy))
		return false;
	if (verdict < 0 || verdict >= max) {
		scst_policy_eject(policy, SCST_EXIT_BAD_VERDICT, verdict,
				  scst_policy_hooks[hook].name);
		return false;
	}
	atomic64_inc(&policy->verdicts[hook][verdict]);
	return true;
}

static bool in_scope(const struct scst_policy_ops *ops, const struct scst_target *tgt,
		     const struct scst_device *dev)
{
	switch ((enum scst_policy_scope)ops->scope) {
	case SCST_SCOPE_ALL:
		return true;
	case SCST_SCOPE_DRIVER:
		return !strcmp(ops->scope_name, tgt->ops->name);
	case SCST_SCOPE_TARGET:
		return !strcmp(ops->scope_name, tgt->name);
	case SCST_SCOPE_DEVICE:
		return !strcmp(ops->scope_name, dev->name);
	case SCST_SCOPE_MAX:
		break;
	}
	return false;
}

static enum scst_access policy_lun_access(struct scst_policy *policy, struct scst_session *sess,
					  struct scst_device *dev, u16 lun, bool read_only)
{
	const struct scst_policy_ops *ops = policy->ops;
	struct policy_call call;
	int verdict;

	if (!ops->lun_access || !in_scope(ops, sess->tgt, dev))
		return SCST_ACCESS_DEFAULT;
	if (!policy_ejected(policy)) {
		policy_enter(policy, &call);
		verdict = ops->lun_access(sess, dev, lun, read_only);
		policy_leave(&call);
		if (policy_accept(policy, SCST_HOOK_LUN_ACCESS, verdict, SCST_ACCESS_MAX))
			return verdict;
	}
	return policy_hides(ops) ? SCST_ACCESS_HIDE : SCST_ACCESS_DEFAULT;
}

enum scst_access scst_policy_lun_access(struct scst_session *sess, struct scst_device *dev, u16 lun,
					bool read_only)
{
	enum scst_access access = SCST_ACCESS_DEFAULT;
	struct scst_policy *policy;

	if (!static_branch_unlikely(&scst_policy_keys[SCST_HOOK_LUN_ACCESS]))
		return SCST_ACCESS_DEFAULT;
	guard(rwsem_read)(&scst_policy_lock);
	list_for_each_entry(policy, &scst_policies, entry)
		access = max(access, policy_lun_access(policy, sess, dev, lun, read_only));
	return access;
}

/* Attach, update, detach. */

/* A directory name that neither hides nor hits a file of policies/. */
static bool name_valid(const char *name)
{
	size_t len = strnlen(name, SCST_POLICY_NAME_LEN);
	size_t i;

	if (len == SCST_POLICY_NAME_LEN || !isalpha(name[0]) || !strcmp(name, "exits"))
		return false;
	for (i = 0; i < len; i++)
		if (!isalnum(name[i]) && !strchr("_-.", name[i]))
			return false;
	return true;
}

static const char *find_bad_member(const struct scst_policy_ops *ops)
{
	if (!name_valid(ops->name))
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

static struct scst_policy *find_name(const char *name)
{
	struct scst_policy *policy;

	lockdep_assert_held(&scst_policy_attach_lock);
	list_for_each_entry(policy, &scst_policies, entry)
		if (!strcmp(policy->name, name))
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

static int attach_locked(struct scst_policy *policy)
{
	int err;

	lockdep_assert_held(&scst_policy_attach_lock);
	if (find_name(policy->name))
		return -EEXIST;
	err = scst_sysfs_policy_add(policy);
	if (err)
		return err;
	down_write(&scst_policy_lock);
	insert_by_priority(policy);
	up_write(&scst_policy_lock);
	policy_sync_keys(policy);
	return 0;
}

int scst_policy_attach(const struct scst_policy_ops *ops)
{
	struct scst_policy *policy = kzalloc(sizeof(*policy), GFP_KERNEL);
	int err;

	if (!policy)
		return -ENOMEM;
	policy->ops = ops;
	strscpy(policy->name, ops->name, sizeof(policy->name));
	INIT_WORK(&policy->ejected_work, policy_ejected_work);

	mutex_lock(&scst_policy_attach_lock);
	err = attach_locked(policy);
	mutex_unlock(&scst_policy_attach_lock);
	if (err) {
		kfree(policy);
		return err;
	}
	pr_info("policy %s: attached\n", ops->name);
	scst_revalidate_all();
	return 0;
}

int scst_policy_update(const struct scst_policy_ops *ops, const struct scst_policy_ops *old)
{
	struct scst_policy *policy;

	mutex_lock(&scst_policy_attach_lock);
	policy = find_ops(old);
	if (!policy || strcmp(policy->name, ops->name)) {
		mutex_unlock(&scst_policy_attach_lock);
		return -EINVAL;
	}
	down_write(&scst_policy_lock);
	policy->ops = ops;
	list_del(&policy->entry);
	insert_by_priority(policy);
	spin_lock(&scst_policy_exits_lock);
	WRITE_ONCE(policy->exit.kind, SCST_EXIT_NONE);
	spin_unlock(&scst_policy_exits_lock);
	up_write(&scst_policy_lock);
	policy_sync_keys(policy);
	mutex_unlock(&scst_policy_attach_lock);

	pr_info("policy %s: updated\n", ops->name);
	scst_revalidate_all();
	return 0;
}

void scst_policy_detach(const struct scst_policy_ops *ops)
{
	struct scst_policy *policy;

	mutex_lock(&scst_policy_attach_lock);
	policy = find_ops(ops);
	if (WARN_ON(!policy)) {
		mutex_unlock(&scst_policy_attach_lock);
		return;
	}
	/* The directory goes before the name is free for the next policy. */
	scst_sysfs_policy_del(policy);
	down_write(&scst_policy_lock);
	list_del(&policy->entry);
	policy->ops = NULL;
	up_write(&scst_policy_lock);
	policy_sync_keys(policy);
	mutex_unlock(&scst_policy_attach_lock);

	policy_record_exit(policy, SCST_EXIT_UNREG, 0, "unloaded");
	pr_info("policy %s: detached\n", policy->name);
	cancel_work_sync(&policy->ejected_work);
	kfree(policy);
	scst_revalidate_all();
}

/* Module. */

const char *scst_policy_unavailable(void)
{
	return unavailable;
}

/* Never fails: a target without policies is a target. */
int scst_policy_init(void)
{
	BUILD_BUG_ON(SCST_ACCESS_MAX > SCST_POLICY_MAX_VERDICTS);
	unavailable = scst_policy_bpf_init();
	if (unavailable)
		pr_info("no policies: %s\n", unavailable);
	return 0;
}

/* An attached policy holds a reference on the module, so there is none. */
void scst_policy_exit(void)
{
	WARN_ON(!list_empty(&scst_policies));
}
