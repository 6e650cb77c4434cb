// SPDX-License-Identifier: GPL-2.0
/*
 * Whether a target serves, and under which relative target port identifier: it names the port in
 * designators and persistent reservations, so two targets that serve never have the same one.
 * Targets that do not serve may, as in SCST.
 */
#include "sysfs/sysfs.h"
#include "objects.h"

static bool id_serves(u16 id, const struct scst_target *except)
{
	struct scst_driver *drv;
	struct scst_target *tgt;

	lockdep_assert_held(&scst_registry_lock);
	list_for_each_entry(drv, &scst_drivers, entry)
		list_for_each_entry(tgt, &drv->targets, entry)
			if (tgt != except && tgt->enabled && tgt->port.rel_tgt_id == id)
				return true;
	return false;
}

static u16 free_id(void)
{
	unsigned int id;

	for (id = 1; id <= U16_MAX; id++)
		if (!scst_rel_tgt_id_used(id, NULL))
			return id;
	return 0;
}

int scst_target_set_rel_tgt_id(struct scst_target *tgt, u16 id)
{
	guard(mutex)(&scst_registry_lock);
	if (tgt->dying)
		return -ENODEV;
	if (tgt->enabled && !id) {
		pr_warn_ratelimited("scst: target %s is enabled: its rel_tgt_id cannot be 0\n",
				    tgt->name);
		return -EINVAL;
	}
	if (tgt->enabled && id_serves(id, tgt)) {
		pr_warn_ratelimited("scst: target %s: rel_tgt_id %u is in use\n", tgt->name, id);
		return -EBADSLT;
	}
	WRITE_ONCE(tgt->port.rel_tgt_id, id);
	return 0;
}

/* May @tgt serve? scst_registry_lock held. */
static int check_id(struct scst_target *tgt)
{
	u16 id = tgt->port.rel_tgt_id ?: free_id();

	if (!id)
		return -ENOSPC;
	if (id_serves(id, tgt)) {
		pr_warn_ratelimited("scst: target %s cannot be enabled: rel_tgt_id %u is in use\n",
				    tgt->name, id);
		return -EBADSLT;
	}
	WRITE_ONCE(tgt->port.rel_tgt_id, id);
	return 0;
}

static int set_flag(struct scst_target *tgt, bool enabled)
{
	int err;

	guard(mutex)(&scst_registry_lock);
	if (tgt->dying)
		return -ENODEV;
	err = enabled ? check_id(tgt) : 0;
	if (!err)
		WRITE_ONCE(tgt->enabled, enabled);
	return err;
}

/*
 * The flag goes first in both directions: sessions that come because the driver enables are
 * welcome, and while it disables none comes any more. Going back to enabled may fail: then
 * somebody took the identifier meanwhile.
 */
static int switch_target(struct scst_target *tgt, bool enable)
{
	int err;

	if (tgt->enabled == enable)
		return 0;
	err = set_flag(tgt, enable);
	if (err || !tgt->ops->enable)
		return err;
	scst_assert_unlocked();
	err = tgt->ops->enable(tgt, enable);
	if (err)
		set_flag(tgt, !enable);
	return err;
}

/* The claim keeps out other writers, and del_target. */
int scst_target_enable(struct scst_target *tgt, bool enable)
{
	struct scst_claim claim;
	int err = scst_claim_try(&claim, tgt->ops->owner, tgt->ops, tgt->name);

	if (err)
		return err;
	err = switch_target(tgt, enable);
	if (err)
		pr_warn_ratelimited("scst: target %s: cannot %s: %pe\n", tgt->name,
				    enable ? "enable" : "disable", ERR_PTR(err));
	scst_claim_drop(&claim);
	return err;
}
