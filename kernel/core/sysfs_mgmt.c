// SPDX-License-Identifier: GPL-2.0
/*
 * What mgmt files of drivers and handlers have in common: verbs that make and remove things by name.
 *
 * Two writers may say "add x" and "del x" at the same moment. While a verb works on a name it holds a
 * claim on it, and the other one gets -EBUSY: so a del finds a thing that is complete, and nobody else
 * takes it away; while other names need not wait for a removal that takes long. Whoever removes
 * things without mgmt is a module on its way out; it is kept from that while a claim is held.
 */
#include <linux/module.h>

#include "sysfs.h"

static DEFINE_MUTEX(claims_lock);
static LIST_HEAD(claims);		/* claims_lock; struct scst_claim.entry */

static bool claims_add(struct scst_claim *claim)
{
	struct scst_claim *other;

	guard(mutex)(&claims_lock);
	list_for_each_entry(other, &claims, entry)
		if (other->owner == claim->owner && !strcmp(other->name, claim->name))
			return false;
	list_add(&claim->entry, &claims);
	return true;
}

int scst_claim_take(struct scst_claim *claim, struct module *module, const void *owner,
		    const char *name)
{
	claim->module = module;
	claim->owner = owner;
	claim->name = name;
	if (!try_module_get(module))
		return -ENODEV;
	if (claims_add(claim))
		return 0;
	module_put(module);
	pr_warn_ratelimited("scst: %s is being added, deleted or switched by somebody else\n", name);
	return -EBUSY;
}

void scst_claim_drop(struct scst_claim *claim)
{
	scoped_guard(mutex, &claims_lock)
		list_del(&claim->entry);
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
	err = scst_claim_take(&claim, module, owner, name);
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
