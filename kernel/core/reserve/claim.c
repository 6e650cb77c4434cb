// SPDX-License-Identifier: GPL-2.0
/*
 * Whose a file of reservations is: no two devices have one, or each would take the other's
 * registrations for its own, and write over them.
 */
#include <linux/cleanup.h>
#include <linux/hashtable.h>
#include <linux/slab.h>
#include <scst/hash.h>

#include "reserve.h"

static DEFINE_HASHTABLE(claims, 10);
static DEFINE_MUTEX(claims_lock);

static bool is_claimed(const char *path)
{
	const struct scst_pr_claim *claim;

	hash_for_each_possible(claims, claim, node, scst_name_hash(path))
		if (!strcmp(claim->path, path))
			return true;
	return false;
}

struct scst_pr_claim *scst_pr_claim(const char *path)
{
	struct scst_pr_claim *claim;

	claim = kmalloc(struct_size(claim, path, strlen(path) + 1), GFP_KERNEL);
	if (!claim)
		return ERR_PTR(-ENOMEM);
	strcpy(claim->path, path);
	guard(mutex)(&claims_lock);
	if (is_claimed(path)) {
		kfree(claim);
		return ERR_PTR(-EEXIST);
	}
	hash_add(claims, &claim->node, scst_name_hash(path));
	return claim;
}

void scst_pr_unclaim(struct scst_pr_claim *claim)
{
	scoped_guard(mutex, &claims_lock)
		hash_del(&claim->node);
	kfree(claim);
}
