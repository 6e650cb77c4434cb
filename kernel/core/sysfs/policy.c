// SPDX-License-Identifier: GPL-2.0
/*
 * policies/: a directory for each attached policy, and the exit records of those that left.
 *
 *	policies/<name>/scope		"all", "driver iscsi", "target iqn...", "device disk1"
 *			priority flags	numbers of the ops
 *			deadline_ms	the same
 *			hooks		names of the hooks it has
 *			state		"active", or "ejected" and its exit record
 *			calls		of all hooks
 *			verdicts	for each hook it has: "lun_access default=2 hide=1 ..."
 *			eject		write a reason: takes it out of force
 *			revalidate	write anything: lun_access is asked again
 *	policies/exits			a line for each record, newest first
 *		required_policies	names with commas: see policy/required.c
 *		waiting_for		a line for each of them that is not in force
 *
 * A directory lives exactly as long as its policy is attached. It is removed under
 * scst_policy_attach_lock, which therefore nothing in it takes; policies/ itself is not. Who has
 * its seat may change while we look: RCU.
 */
#include <linux/cleanup.h>
#include <linux/slab.h>

#include "objects/objects.h"
#include "policy/policy.h"
#include "reserve/reserve.h"
#include "sysfs.h"

static struct scst_dir policies_dir;

static ssize_t emit_verdicts(char *buf, ssize_t at, unsigned int hook,
			     const u64 verdicts[SCST_POLICY_MAX_VERDICTS])
{
	const struct scst_policy_hook_desc *desc = &scst_policy_hooks[hook];
	ssize_t start = at;
	unsigned int i;

	for (i = 0; i < SCST_POLICY_MAX_VERDICTS && desc->verdicts[i]; i++)
		at += sysfs_emit_at(buf, at, " %s=%llu", desc->verdicts[i], verdicts[i]);
	return at - start;
}

/* One line, machine readable: the free text comes last. */
static ssize_t emit_exit(char *buf, ssize_t at, const struct scst_policy_exit *exit)
{
	ssize_t start = at;
	unsigned int hook;

	at += sysfs_emit_at(buf, at, "%s kind=%s code=%d time=%lld calls=%llu", exit->name,
			    scst_policy_exit_kinds[exit->kind], exit->code, exit->time,
			    scst_policy_calls(&exit->stats));
	for (hook = 0; hook < SCST_HOOK_MAX; hook++) {
		if (!(exit->hooks & BIT(hook)))
			continue;
		at += sysfs_emit_at(buf, at, " %s:", scst_policy_hooks[hook].name);
		at += emit_verdicts(buf, at, hook, exit->stats.verdicts[hook]);
	}
	at += sysfs_emit_at(buf, at, " text=%s\n", exit->text);
	return at - start;
}

static const struct scst_policy *holder(void *obj)
{
	struct scst_policy_seat *seat = obj;

	return rcu_dereference(seat->policy);
}

static ssize_t scope_show(void *obj, char *buf)
{
	const struct scst_policy_ops *ops;

	guard(rcu)();
	ops = holder(obj)->ops;
	if (ops->scope == SCST_SCOPE_ALL)
		return sysfs_emit(buf, "%s\n", scst_policy_scopes[ops->scope]);
	return sysfs_emit(buf, "%s %s\n", scst_policy_scopes[ops->scope], ops->scope_name);
}

static ssize_t priority_show(void *obj, char *buf)
{
	guard(rcu)();
	return sysfs_emit(buf, "%u\n", holder(obj)->ops->priority);
}

static ssize_t flags_show(void *obj, char *buf)
{
	guard(rcu)();
	return sysfs_emit(buf, "0x%x\n", holder(obj)->ops->flags);
}

static ssize_t hooks_show(void *obj, char *buf)
{
	unsigned int hook;
	ssize_t len = 0;

	guard(rcu)();
	for (hook = 0; hook < SCST_HOOK_MAX; hook++)
		if (holder(obj)->hooks & BIT(hook))
			len += sysfs_emit_at(buf, len, "%s\n", scst_policy_hooks[hook].name);
	return len;
}

static ssize_t state_show(void *obj, char *buf)
{
	const struct scst_policy *policy;
	ssize_t len;

	guard(rcu)();
	policy = holder(obj);
	if (smp_load_acquire(&policy->exit.kind) == SCST_EXIT_NONE)	/* fill_exit() */
		return sysfs_emit(buf, "active\n");
	len = sysfs_emit(buf, "ejected\n");
	return len + emit_exit(buf, len, &policy->exit);
}

static ssize_t calls_show(void *obj, char *buf)
{
	struct scst_policy_stats stats;

	scst_policy_sum_stats(obj, &stats);
	return sysfs_emit(buf, "%llu\n", scst_policy_calls(&stats));
}

static ssize_t deadline_ms_show(void *obj, char *buf)
{
	guard(rcu)();
	return sysfs_emit(buf, "%u\n", holder(obj)->deadline_ms);
}

static ssize_t verdicts_show(void *obj, char *buf)
{
	struct scst_policy_stats stats;
	unsigned int hook;
	ssize_t len = 0;

	scst_policy_sum_stats(obj, &stats);
	guard(rcu)();
	for (hook = 0; hook < SCST_HOOK_MAX; hook++) {
		if (!(holder(obj)->hooks & BIT(hook)))
			continue;
		len += sysfs_emit_at(buf, len, "%s", scst_policy_hooks[hook].name);
		len += emit_verdicts(buf, len, hook, stats.verdicts[hook]);
		len += sysfs_emit_at(buf, len, "\n");
	}
	return len;
}

static ssize_t eject_store(void *obj, char *text)
{
	struct scst_policy_seat *seat = obj;

	guard(rcu)();
	return scst_policy_eject(rcu_dereference(seat->policy), SCST_EXIT_ADMIN, 0, text);
}

static ssize_t revalidate_store(void *obj, char *text)
{
	scst_revalidate_all();
	return 0;
}

static const struct scst_attr policy_attrs[] = {
	SCST_ATTR_RO(scope,	 scope_show),
	SCST_ATTR_RO(priority,	 priority_show),
	SCST_ATTR_RO(flags,	 flags_show),
	SCST_ATTR_RO(deadline_ms, deadline_ms_show),
	SCST_ATTR_RO(hooks,	 hooks_show),
	SCST_ATTR_RO(state,	 state_show),
	SCST_ATTR_RO(calls,	 calls_show),
	SCST_ATTR_RO(verdicts,	 verdicts_show),
	SCST_ATTR_WO(eject,	 eject_store),
	SCST_ATTR_WO(revalidate, revalidate_store),
	SCST_ATTR_END
};

/* A page may be too small for them: what is left out are the oldest, and whole records. */
static ssize_t exits_show(void *obj, char *buf)
{
	struct scst_policy_exit *exits;
	ssize_t len = 0, size;
	unsigned int nr, i;

	exits = kcalloc(SCST_POLICY_EXITS, sizeof(*exits), GFP_KERNEL);
	if (!exits)
		return -ENOMEM;
	nr = scst_policy_copy_exits(exits, SCST_POLICY_EXITS);
	for (i = 0; i < nr; i++) {
		size = emit_exit(buf, len, &exits[i]);
		if (!size || buf[len + size - 1] != '\n')
			break;
		len += size;
	}
	kfree(exits);
	return len;
}

static ssize_t pr_dumps_lost_show(void *obj, char *buf)
{
	return sysfs_emit(buf, "%lu\n", scst_pr_dumps_lost());
}

static ssize_t required_policies_show(void *obj, char *buf)
{
	bool written;
	struct scst_required_list *list __free(kfree) = scst_required_copy(&written);
	ssize_t len = 0;
	unsigned int i;

	if (!list)
		return -ENOMEM;
	for (i = 0; i < list->nr; i++)
		len += sysfs_emit_at(buf, len, "%s%s", i ? "," : "", list->names[i].text);
	return scst_attr_key(buf, len + sysfs_emit_at(buf, len, "\n"), written);
}

static ssize_t required_policies_store(void *obj, char *text)
{
	return scst_required_write(text);
}

static ssize_t waiting_for_show(void *obj, char *buf)
{
	bool written;
	struct scst_required_list *list __free(kfree) = scst_required_copy(&written);
	ssize_t len = 0;
	unsigned int i;

	if (!list)
		return -ENOMEM;
	for (i = 0; i < list->nr; i++)
		if (list->names[i].state != SCST_REQUIRED_IN_FORCE)
			len += sysfs_emit_at(buf, len, "%s %s\n", list->names[i].text,
					     list->names[i].state == SCST_REQUIRED_EJECTED ?
					     "ejected" : "not_loaded");
	return len;
}

static const struct scst_attr policies_attrs[] = {
	SCST_ATTR_RO(pr_dumps_lost, pr_dumps_lost_show),
	SCST_ATTR_RO(exits, exits_show),
	SCST_ATTR_RW(required_policies, required_policies_show, required_policies_store),
	SCST_ATTR_RO(waiting_for, waiting_for_show),
	SCST_ATTR_END
};

ssize_t scst_policy_available_show(void *obj, char *buf)
{
	const char *why_not = scst_policy_unavailable();

	return why_not ? sysfs_emit(buf, "0\n%s\n", why_not) : sysfs_emit(buf, "1\n");
}

static int policy_add(struct scst_policy_seat *seat)
{
	return scst_dir_add(&seat->dir, &policies_dir, seat, policy_attrs, seat->name);
}

static void policy_del(struct scst_policy_seat *seat)
{
	scst_dir_del(&seat->dir);
}

const struct scst_policy_face scst_sysfs_policy_face = { .add = policy_add, .del = policy_del };

int scst_sysfs_policies_add(struct scst_dir *root)
{
	return scst_dir_add(&policies_dir, root, NULL, policies_attrs, "policies");
}

void scst_sysfs_policies_del(void)
{
	scst_dir_del(&policies_dir);
}
