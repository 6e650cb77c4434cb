// SPDX-License-Identifier: GPL-2.0
/*
 * What users who are no administrators may have of devices, of memory that the kernel keeps for
 * their programs, and of commands at a time. Who is one was settled when the file was opened.
 */
#include <linux/list.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>

#include "user.h"

static struct user_amount limits = { .devices = 16, .mib = 256, .tags = 4096 };
module_param_named(max_devices, limits.devices, uint, 0644);
MODULE_PARM_DESC(max_devices, "devices of a user without CAP_SYS_ADMIN");
module_param_named(max_mib, limits.mib, uint, 0644);
MODULE_PARM_DESC(max_mib, "MiB of memory for the data of all devices of such a user");
module_param_named(max_cmds, limits.tags, uint, 0644);
MODULE_PARM_DESC(max_cmds, "commands that all programs of such a user may have at a time");

/* A user who has anything. */
struct user_share {
	struct list_head entry;		/* shares_lock: all */
	kuid_t uid;
	struct user_amount has;
};

static DEFINE_MUTEX(shares_lock);
static LIST_HEAD(shares);

/* Root of another user namespace has all capabilities there, and none here. */
bool user_is_admin(const struct cred *cred)
{
	return cred->user_ns == &init_user_ns && cap_raised(cred->cap_effective, CAP_SYS_ADMIN);
}

static struct user_share *find(kuid_t uid)
{
	struct user_share *share;

	lockdep_assert_held(&shares_lock);
	list_for_each_entry(share, &shares, entry)
		if (uid_eq(share->uid, uid))
			return share;
	return NULL;
}

static struct user_share *find_or_make(kuid_t uid)
{
	struct user_share *share = find(uid);

	if (share)
		return share;
	share = kzalloc(sizeof(*share), GFP_KERNEL_ACCOUNT);
	if (!share)
		return NULL;
	share->uid = uid;
	list_add(&share->entry, &shares);
	return share;
}

static void free_if_empty(struct user_share *share)
{
	lockdep_assert_held(&shares_lock);
	if (!user_amount_is_zero(&share->has))
		return;
	list_del(&share->entry);
	kfree(share);
}

int user_share_take(kuid_t uid, const struct user_amount *amount)
{
	struct user_share *share;

	guard(mutex)(&shares_lock);
	share = find_or_make(uid);
	if (!share)
		return -ENOMEM;
	if (user_amount_add(&share->has, amount, &limits))
		return 0;
	free_if_empty(share);
	return -EDQUOT;
}

void user_share_give(kuid_t uid, const struct user_amount *amount)
{
	struct user_share *share;

	guard(mutex)(&shares_lock);
	share = find(uid);
	if (WARN_ON(!share))
		return;
	user_amount_sub(&share->has, amount);
	free_if_empty(share);
}
