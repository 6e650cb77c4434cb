// SPDX-License-Identifier: GPL-2.0
/*
 * What mgmt files of drivers and handlers have in common: verbs that do something to what a name
 * means.
 *
 * Two writers may say "add x" and "del x" at the same moment. A verb holds a claim on its name
 * while it works, and the other one waits: so a verb finds a thing that is complete, and nobody
 * takes it away meanwhile. Other names need not wait for a removal that takes long. Whoever
 * removes things without mgmt is a module on its way out; it is kept from that while a claim is
 * held.
 *
 * A claim may be waited for by writers of a mgmt file only. A file that belongs to the thing itself
 * goes when a holder deletes it, and that waits for its writers: they have to be turned away.
 */
#include <linux/module.h>

#include "sysfs.h"

static DEFINE_SPINLOCK(claims_lock);
static LIST_HEAD(claims);		/* claims_lock; struct scst_claim.entry */
static DECLARE_WAIT_QUEUE_HEAD(claims_wait);

static bool is_claimed(const void *owner, const char *name)
{
	const struct scst_claim *claim;

	lockdep_assert_held(&claims_lock);
	list_for_each_entry(claim, &claims, entry)
		if (claim->owner == owner && !strcmp(claim->name, name))
			return true;
	return false;
}

static bool claims_add(struct scst_claim *claim)
{
	bool added;

	spin_lock(&claims_lock);
	added = !is_claimed(claim->owner, claim->name);
	if (added)
		list_add(&claim->entry, &claims);
	spin_unlock(&claims_lock);
	return added;
}

static int claim_init(struct scst_claim *claim, struct module *module, const void *owner,
		      const char *name)
{
	claim->module = module;
	claim->owner = owner;
	claim->name = name;
	return try_module_get(module) ? 0 : -ENODEV;
}

int scst_claim_wait(struct scst_claim *claim, struct module *module, const void *owner,
		    const char *name)
{
	int err = claim_init(claim, module, owner, name);

	if (err)
		return err;
	err = wait_event_killable(claims_wait, claims_add(claim));
	if (err)
		module_put(module);
	return err ? -EINTR : 0;
}

int scst_claim_try(struct scst_claim *claim, struct module *module, const void *owner,
		   const char *name)
{
	int err = claim_init(claim, module, owner, name);

	if (err || claims_add(claim))
		return err;
	module_put(module);
	pr_warn_ratelimited("scst: %s is being added, deleted or changed by somebody else\n", name);
	return -EBUSY;
}

void scst_claim_drop(struct scst_claim *claim)
{
	spin_lock(&claims_lock);
	list_del(&claim->entry);
	spin_unlock(&claims_lock);
	wake_up_all(&claims_wait);
	module_put(claim->module);
}

int scst_mgmt_run_named(struct module *module, void *owner, char *args, scst_named_fn fn)
{
	const char *name = scst_mgmt_word(&args);
	struct scst_params params = { .rest = args };
	struct scst_claim claim;
	int err;

	if (!name) {
		pr_warn_ratelimited("scst: a name is missing\n");
		return -EINVAL;
	}
	err = scst_claim_wait(&claim, module, owner, name);
	if (err)
		return err;
	err = fn(owner, name, &params);
	scst_claim_drop(&claim);
	return err;
}

/* scstadmin looks for "The following parameters available:" */
ssize_t scst_mgmt_emit_params(char *buf, ssize_t at, const char *params)
{
	ssize_t start = at;

	if (!params)
		return 0;
	at += sysfs_emit_at(buf, at, "\nParameters are name=value pairs separated by ';'.\n\n");
	at += sysfs_emit_at(buf, at, "The following parameters available: %s\n", params);
	return at - start;
}
