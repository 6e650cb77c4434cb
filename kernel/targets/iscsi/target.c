// SPDX-License-Identifier: GPL-2.0
/*
 * iSCSI targets: how they are found, and how they come and go.
 */
#include <linux/cleanup.h>
#include <linux/hashtable.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/xarray.h>
#include <scst/hash.h>

#include "config.h"
#include "conn.h"
#include "session.h"

DEFINE_MUTEX(iscsi_targets_lock);
static DEFINE_XARRAY(targets);		/* iscsi_targets_lock; by tid, which is reserved before */
static DEFINE_HASHTABLE(by_name, SCST_HASH_BITS);	/* iscsi_targets_lock */
static atomic_t last_tid;		/* none is used twice */

struct iscsi_target *iscsi_target_lookup(const char *name, u32 tid)
{
	struct iscsi_target *target;
	unsigned long after = tid;

	lockdep_assert_held(&iscsi_targets_lock);
	if (!*name)
		return xa_find_after(&targets, &after, U32_MAX, XA_PRESENT);
	hash_for_each_possible(by_name, target, name_node, scst_name_hash(name))
		if (!strcmp(scst_target_name(target->tgt), name))
			return target;
	return NULL;
}

struct iscsi_target *iscsi_target_by_tid(u32 tid)
{
	lockdep_assert_held(&iscsi_targets_lock);
	return xa_load(&targets, tid);
}

struct iscsi_target *iscsi_target_get(u32 tid)
{
	struct iscsi_target *target;

	guard(mutex)(&iscsi_targets_lock);
	target = iscsi_target_by_tid(tid);
	if (target)
		refcount_inc(&target->users);
	return target;
}

void iscsi_target_put(struct iscsi_target *target)
{
	if (refcount_dec_and_test(&target->users))
		complete(&target->users_gone);
}

bool iscsi_target_serves(const struct iscsi_target *target)
{
	return iscsi_driver_enabled() && scst_target_enabled(target->tgt);
}

static struct iscsi_target *target_alloc(void)
{
	struct iscsi_target *target = kzalloc(sizeof(*target), GFP_KERNEL);

	if (!target)
		return NULL;
	target->tid = atomic_inc_return(&last_tid);
	mutex_init(&target->lock);
	INIT_LIST_HEAD(&target->sessions);
	refcount_set(&target->users, 1);
	init_completion(&target->users_gone);
	iscsi_extras_init(&target->extras);
	target->extras.of_target = true;
	iscsi_keys_init(target);
	return target;
}

static void target_publish(struct iscsi_target *target)
{
	scoped_guard(mutex, &iscsi_targets_lock) {
		xa_store(&targets, target->tid, target, GFP_KERNEL);	/* its place is reserved */
		hash_add(by_name, &target->name_node,
			 scst_name_hash(scst_target_name(target->tgt)));
	}
	iscsi_config_changed();
}

static int new_target(const struct scst_target_ops *ops, const char *name)
{
	struct iscsi_target *target = target_alloc();
	int err;

	if (!target)
		return -ENOMEM;
	err = xa_reserve(&targets, target->tid, GFP_KERNEL);
	if (err)
		goto out_free;
	target->tgt = scst_target_register(ops, name, NULL, target);
	if (IS_ERR(target->tgt)) {
		err = PTR_ERR(target->tgt);
		goto out_release;
	}
	target_publish(target);
	return 0;

out_release:
	xa_release(&targets, target->tid);
out_free:
	kfree(target);
	return err;
}

int iscsi_target_add(const struct scst_target_ops *ops, const char *name,
		     struct scst_params *params)
{
	int err = scst_params_end(params) ?:
		  scst_name_check("target", name, SCST_ISCSI_NAME_LEN, ISCSI_NAME_SIGNS);

	return err ?: new_target(ops, name);
}

int iscsi_target_del(struct scst_target *tgt)
{
	struct iscsi_target *target = scst_target_priv(tgt);

	scoped_guard(mutex, &iscsi_targets_lock) {
		if (!hash_hashed(&target->name_node))
			return -ENODEV;
		hash_del(&target->name_node);
		xa_erase(&targets, target->tid);
	}
	iscsi_config_changed();
	scoped_guard(mutex, &target->lock)
		target->dying = true;
	iscsi_sessions_close(target, NULL);
	iscsi_target_put(target);
	wait_for_completion(&target->users_gone);
	scst_target_unregister(tgt);
	iscsi_extras_free(&target->extras);
	kfree(target);
	return 0;
}

/* Whoever is logged in stays: a cluster disables a target to move it, and its initiators go on. */
int iscsi_target_enable(struct scst_target *tgt, bool enable)
{
	iscsi_config_changed();
	return 0;
}
