// SPDX-License-Identifier: GPL-2.0
/*
 * Whether a target serves, and under which relative target port identifier: it names the port in
 * designators and persistent reservations, so two targets that serve never have the same one.
 * Targets that do not serve may, as in SCST.
 */
#include "sysfs/sysfs.h"
#include "objects.h"

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
	if (tgt->enabled && scst_port_id_serves(id, tgt)) {
		pr_warn_ratelimited("scst: target %s: rel_tgt_id %u is in use\n", tgt->name, id);
		return -EBADSLT;
	}
	scst_port_id_set(tgt, id);
	return 0;
}

/* May @tgt serve? scst_registry_lock held. */
static int check_id(struct scst_target *tgt)
{
	u16 id = tgt->port.rel_tgt_id ?: scst_port_id_free();

	if (!id)
		return -ENOSPC;
	if (scst_port_id_serves(id, tgt)) {
		pr_warn_ratelimited("scst: target %s cannot be enabled: rel_tgt_id %u is in use\n",
				    tgt->name, id);
		return -EBADSLT;
	}
	scst_port_id_set(tgt, id);
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
