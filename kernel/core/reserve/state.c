// SPDX-License-Identifier: GPL-2.0
/*
 * Reservations in force, and what follows from them for each nexus: see reserve.h.
 */
#include <linux/cleanup.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <scst/sometimes.h>

#include "command/command.h"
#include "reserve.h"

struct scst_pr_version *scst_pr_version_alloc(unsigned int room)
{
	struct scst_pr_version *version;

	version = kvzalloc(sizeof(*version) + room * sizeof(version->pr.reg[0]), GFP_KERNEL);
	if (version)
		version->pr.room = room;
	return version;
}

static struct scst_pr_claim *claim_default(const struct scst_device *dev)
{
	char *path __free(kfree) = scst_pr_default_path(dev);
	struct scst_pr_claim *claim = path ? scst_pr_claim(path) : ERR_PTR(-ENOMEM);

	if (claim == ERR_PTR(-EEXIST))
		pr_err("scst: %s: another device has its reservations in %s\n", dev->name,
		       scst_printable(path).text);
	return claim;
}

int scst_reserve_init(struct scst_device *dev)
{
	struct scst_reserve *reserve __free(kfree) = kzalloc(sizeof(*reserve), GFP_KERNEL);
	struct scst_pr_version *first;

	if (!reserve)
		return -ENOMEM;
	reserve->file = claim_default(dev);
	if (IS_ERR(reserve->file))
		return PTR_ERR(reserve->file);
	first = scst_pr_load(dev, reserve->file->path);
	if (!first) {
		scst_pr_unclaim(reserve->file);
		return -ENOMEM;
	}
	RCU_INIT_POINTER(reserve->now, first);
	mutex_init(&reserve->lock);
	dev->reserve = no_free_ptr(reserve);
	scst_pr_requests_init(dev->reserve);
	scst_pr_offer_init(dev);
	return 0;
}

void scst_reserve_exit(struct scst_device *dev)
{
	struct scst_reserve *reserve = dev->reserve;
	struct scst_pr_version *last;

	if (!reserve)
		return;
	cancel_work_sync(&reserve->requests_work);	/* it ended the last command */
	scst_pr_offer_exit(reserve);
	last = rcu_dereference_protected(reserve->now, true);
	kvfree_rcu(last, rcu);
	scst_pr_unclaim(reserve->file);
	kfree(reserve);
	dev->reserve = NULL;
}

static const struct scst_pr *state(const struct scst_device *dev)
{
	return &rcu_dereference_protected(dev->reserve->now, lockdep_is_held(&dev->lock))->pr;
}

/* Does @nexus have the rights of whoever did RESERVE? */
bool scst_reserve_has(const struct scst_nexus *nexus)
{
	const struct scst_identity *owner = nexus->dev->reserve->spc2;

	return owner == nexus->identity ||
	       (owner && owner->port == nexus->identity->port &&
		scst_tid_equal(&owner->tid, &nexus->identity->tid));
}

static void set_spc2(struct scst_device *dev, struct scst_identity *owner)
{
	lockdep_assert_held(&dev->lock);
	if (owner)
		refcount_inc(&owner->users);
	if (dev->reserve->spc2)
		scst_identity_put(dev->reserve->spc2);
	WRITE_ONCE(dev->reserve->spc2, owner);
}

static void update(struct scst_nexus *nexus)
{
	const struct scst_reserve *reserve = nexus->dev->reserve;
	const struct scst_pr *pr = state(nexus->dev);
	struct scst_pr_nexus id = scst_pr_nexus_id(nexus);
	u8 denied = scst_pr_denied(pr, &id);

	lockdep_assert_held(&nexus->dev->lock);
	if (reserve->spc2 && !scst_reserve_has(nexus))
		denied |= SCST_PR_DENIED_BY_RESERVE;
	if (pr->lost)
		denied |= SCST_DENIED_AS_LOST;
	else if (pr->type != SCST_PR_NONE)
		denied |= SCST_RESERVED;
	WRITE_ONCE(nexus->denied, denied);
}

static void update_all(struct scst_device *dev)
{
	struct scst_nexus *nexus;

	list_for_each_entry(nexus, &dev->nexuses, dev_entry)
		update(nexus);
}

void scst_reserve_join(struct scst_nexus *nexus)
{
	lockdep_assert_held(&nexus->dev->lock);
	update(nexus);
}

/*
 * Another nexus of the same ports keeps it: of another session of theirs, or of this one, where the
 * device is at two LUNs. So with I_T NEXUS RESET such a device keeps it until the session goes.
 */
void scst_reserve_lose(struct scst_nexus *nexus)
{
	struct scst_nexus *other;

	lockdep_assert_held(&nexus->dev->lock);
	if (!scst_reserve_has(nexus))
		return;
	list_for_each_entry(other, &nexus->dev->nexuses, dev_entry)
		if (other != nexus && scst_reserve_has(other))
			return;
	SCST_SOMETIMES_IF(nexus->dev->reserve->spc2, spc2_lost);
	set_spc2(nexus->dev, NULL);
	update_all(nexus->dev);
}

void scst_reserve_leave(struct scst_nexus *nexus)
{
	struct scst_pr_nexus id = scst_pr_nexus_id(nexus);

	lockdep_assert_held(&nexus->dev->lock);
	if (scst_pr_find(state(nexus->dev), &id) >= 0)
		scst_pr_offer(nexus->dev, SCST_PR_DUMP_SESSION);
	scst_reserve_lose(nexus);
}

void scst_reserve_reset(struct scst_device *dev)
{
	guard(spinlock_irqsave)(&dev->lock);
	set_spc2(dev, NULL);
	update_all(dev);
	scst_pr_offer(dev, SCST_PR_DUMP_RESET);
}

bool scst_reserve_is_spc2(struct scst_device *dev)
{
	return READ_ONCE(dev->reserve->spc2);
}

bool scst_reserve_begin_change(struct scst_device *dev)
{
	lockdep_assert_held(&dev->reserve->lock);
	guard(spinlock_irq)(&dev->lock);
	if (dev->reserve->spc2)
		return false;
	dev->reserve->changing = true;
	return true;
}

void scst_reserve_end_change(struct scst_device *dev)
{
	guard(spinlock_irq)(&dev->lock);
	dev->reserve->changing = false;
}

bool scst_pr_reg_is(const struct scst_pr_reg *reg, const struct scst_nexus *nexus)
{
	const struct scst_identity *identity = nexus->identity;

	return reg->port == identity->port && scst_tid_equal(&reg->tid, &identity->tid);
}

static void tell(struct scst_device *dev, const struct scst_pr_reg *reg, enum scst_sense_id ua)
{
	struct scst_nexus *nexus;

	list_for_each_entry(nexus, &dev->nexuses, dev_entry)
		if (scst_pr_reg_is(reg, nexus))
			scst_ua_queue(nexus, ua);
}

struct scst_pr_version *scst_reserve_commit(struct scst_device *dev, struct scst_pr_version *new,
					    const struct scst_pr_effects *fx)
{
	struct scst_pr_version *old = scst_pr_now(dev);
	unsigned int i;

	guard(spinlock_irq)(&dev->lock);
	rcu_assign_pointer(dev->reserve->now, new);
	dev->reserve->changes++;
	update_all(dev);
	for (i = 0; fx && i < fx->nr; i++)
		if (fx->list[i].ua != SCST_SENSE_NONE)
			tell(dev, &old->pr.reg[fx->list[i].reg], fx->list[i].ua);
	return old;
}

static void conflict(struct scst_cmd *cmd)
{
	cmd->status = SAM_STAT_RESERVATION_CONFLICT;
}

/* Return: what SPC-2 says is to be done; else it is done. dev->lock held. */
static bool is_spc2(struct scst_cmd *cmd)
{
	const struct scst_pr *pr = state(cmd->dev);
	struct scst_pr_nexus id = scst_pr_nexus_id(cmd->nexus);

	if (pr->lost) {
		scst_cmd_fail(cmd, SCST_SENSE_RESERVATION_LOST);
		return false;
	}
	switch (scst_pr_crh(pr, &id)) {
	case SCST_CRH_SPC2:
		return true;
	case SCST_CRH_CONFLICT:
		conflict(cmd);
		return false;
	case SCST_CRH_NOTHING:
		return false;
	}
	return false;
}

/* Whoever ends reservations has aborted commands before: one that comes late makes none. */
void scst_execute_reserve(struct scst_cmd *cmd)
{
	struct scst_reserve *reserve = cmd->dev->reserve;

	guard(spinlock_irqsave)(&cmd->dev->lock);
	if (scst_cmd_aborted(cmd))
		return;
	if (reserve->changing) {	/* and perhaps into a state that does not take it */
		SCST_SOMETIMES(spc2_busy);
		cmd->status = SAM_STAT_BUSY;
		return;
	}
	if (!is_spc2(cmd))
		return;
	if (reserve->spc2 && !scst_reserve_has(cmd->nexus)) {
		SCST_SOMETIMES(spc2_conflict);
		conflict(cmd);
		return;
	}
	set_spc2(cmd->dev, cmd->nexus->identity);
	cmd->nexus->loses_reserve = false;	/* that was another one */
	update_all(cmd->dev);
}

/*
 * Who did RESERVE may always end it, as nobody else can. By somebody who reserved nothing it is
 * GOOD, and nothing.
 */
void scst_execute_release(struct scst_cmd *cmd)
{
	guard(spinlock_irqsave)(&cmd->dev->lock);
	if (!scst_reserve_has(cmd->nexus)) {
		is_spc2(cmd);
		return;
	}
	set_spc2(cmd->dev, NULL);
	update_all(cmd->dev);
}
