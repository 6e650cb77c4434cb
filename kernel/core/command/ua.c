// SPDX-License-Identifier: GPL-2.0
/*
 * Unit attentions: a short queue per nexus, each condition at most once (SAM-6 5.14). Those with
 * precedence are told first, the rest oldest first. Nothing is allocated, so none is lost for want
 * of memory. What is queued is ASC and ASCQ: those that a device has told one initiator, which are
 * news for the others, need not be known to us.
 *
 * The hot path looks at nexus->nr_ua without the lock: whoever queues a unit attention for
 * something it did orders itself against commands that come later by the initiator's own means.
 */
#include <linux/cleanup.h>
#include <linux/export.h>
#include <scst/sometimes.h>

#include "command.h"
#include "scst_trace.h"

/*
 * SAM-6 table 50. Of these one at a time is pending: the highest says all that the lower ones
 * would. Others stay behind them; a reset does not tell that a registration was preempted.
 */
static unsigned int precedence(u16 ua)
{
	switch (ua) {
	case 0x2900:	/* power on, reset or bus device reset: as we say it */
	case 0x2901:	/* power on */
	case 0x2904:	/* device internal reset */
		return 5;
	case 0x2902:	/* SCSI bus reset */
		return 4;
	case 0x2903:	/* bus device reset function */
		return 3;
	case 0x2907:	/* I_T nexus loss */
		return 2;
	case 0x2f00:	/* commands cleared by another initiator */
	case 0x2f01:	/* ... by power loss notification */
	case 0x2f02:	/* ... by device server: not in the table, but a reset says as much */
		return 1;
	}
	return 0;
}

static u16 ua_of(enum scst_sense_id id)
{
	const struct scst_sense_row *row = scst_sense_row(id);

	return row->asc << 8 | row->ascq;
}

struct scst_sense scst_ua_sense(u16 ua)
{
	struct scst_sense sense = { .other = { UNIT_ATTENTION, ua >> 8, ua & 0xff } };

	sense.id = scst_sense_find(sense.other);
	return sense;
}

static int ua_index(const struct scst_nexus *nexus, u16 ua)
{
	unsigned int i;

	for (i = 0; i < nexus->nr_ua; i++)
		if (nexus->ua[i] == ua)
			return i;
	return -1;
}

static void ua_remove(struct scst_nexus *nexus, unsigned int i)
{
	lockdep_assert_held(&nexus->lock);
	memmove(&nexus->ua[i], &nexus->ua[i + 1], (nexus->nr_ua - i - 1) * sizeof(nexus->ua[0]));
	WRITE_ONCE(nexus->nr_ua, nexus->nr_ua - 1);
}

static void ua_insert(struct scst_nexus *nexus, unsigned int i, u16 ua)
{
	lockdep_assert_held(&nexus->lock);
	memmove(&nexus->ua[i + 1], &nexus->ua[i], (nexus->nr_ua - i) * sizeof(nexus->ua[0]));
	nexus->ua[i] = ua;
	WRITE_ONCE(nexus->nr_ua, nexus->nr_ua + 1);
}

/* Return: false if what is pending says it already. */
static bool take_precedence(struct scst_nexus *nexus, u16 ua)
{
	if (!nexus->nr_ua || !precedence(nexus->ua[0]))
		return true;
	if (precedence(nexus->ua[0]) > precedence(ua)) {
		SCST_SOMETIMES(ua_outranked);
		return false;
	}
	ua_remove(nexus, 0);
	return true;
}

/*
 * A full queue makes room by dropping its youngest: the initiator learns from the oldest, which are
 * resets if there were any, that it has to look at everything again. Return: false if what is
 * pending says it already.
 */
static bool make_room(struct scst_nexus *nexus, u16 ua)
{
	lockdep_assert_held(&nexus->lock);
	if (ua_index(nexus, ua) >= 0)
		return false;
	if (precedence(ua) && !take_precedence(nexus, ua))
		return false;
	if (nexus->nr_ua == SCST_UA_DEPTH) {
		SCST_SOMETIMES(ua_too_many);
		ua_remove(nexus, SCST_UA_DEPTH - 1);
	}
	return true;
}

static void ua_queue(struct scst_nexus *nexus, u16 ua)
{
	guard(spinlock_irqsave)(&nexus->lock);
	if (!make_room(nexus, ua))
		return;
	trace_scst_ua(nexus, ua);
	ua_insert(nexus, precedence(ua) ? 0 : nexus->nr_ua, ua);
}

void scst_ua_queue(struct scst_nexus *nexus, enum scst_sense_id id)
{
	ua_queue(nexus, ua_of(id));
}

/* What came meanwhile and says more has replaced it. */
void scst_ua_give_back(struct scst_nexus *nexus, u16 ua)
{
	bool behind;

	guard(spinlock_irqsave)(&nexus->lock);
	if (!make_room(nexus, ua))
		return;
	behind = nexus->nr_ua && precedence(nexus->ua[0]);
	ua_insert(nexus, behind, ua);
}

void scst_ua_untold(const struct scst_cmd *cmd)
{
	u16 ua = scst_cmd_told_ua(cmd);

	if (cmd->dev && ua) {
		SCST_SOMETIMES(ua_untold);
		scst_ua_give_back(cmd->nexus, ua);
	}
}

static u16 ua_take(struct scst_nexus *nexus)
{
	u16 ua;

	guard(spinlock_irqsave)(&nexus->lock);
	if (!nexus->nr_ua)
		return 0;
	SCST_SOMETIMES(ua_told);
	ua = nexus->ua[0];
	ua_remove(nexus, 0);
	return ua;
}

/* SPC-5 5.12.3: told at one LUN is told at all of them. */
u16 scst_ua_take(struct scst_nexus *nexus)
{
	u16 ua = ua_take(nexus);

	if (ua == ua_of(SCST_SENSE_LUNS_CHANGED))
		scst_ua_clear_session(nexus->sess, SCST_SENSE_LUNS_CHANGED);
	return ua;
}

bool scst_ua_refuses(struct scst_cmd *cmd)
{
	struct scst_sense sense;
	u16 ua;

	if (!READ_ONCE(cmd->nexus->nr_ua) || (cmd->op->flags & SCST_OP_SKIP_UA))
		return false;
	ua = scst_ua_take(cmd->nexus);
	if (!ua)
		return false;
	sense = scst_ua_sense(ua);
	scst_cmd_fail_with(cmd, &sense);
	return true;
}

u16 scst_ua_peek(struct scst_nexus *nexus, unsigned int *nr)
{
	guard(spinlock_irqsave)(&nexus->lock);
	*nr = nexus->nr_ua;
	return nexus->nr_ua ? nexus->ua[0] : 0;
}

static void ua_clear(struct scst_nexus *nexus, u16 ua)
{
	int i;

	guard(spinlock_irqsave)(&nexus->lock);
	i = ua_index(nexus, ua);
	if (i >= 0)
		ua_remove(nexus, i);
}

void scst_ua_clear_session(struct scst_session *sess, enum scst_sense_id id)
{
	const struct scst_lun_table *luns;
	struct scst_nexus *nexus;
	unsigned int lun;

	guard(rcu)();
	luns = rcu_dereference(sess->luns);
	for (lun = 0; lun < luns->nr; lun++) {
		nexus = rcu_dereference(luns->slot[lun]);
		if (nexus && READ_ONCE(nexus->nr_ua))
			ua_clear(nexus, ua_of(id));
	}
}

static void queue_others(struct scst_device *dev, const struct scst_nexus *by, u16 ua)
{
	struct scst_nexus *nexus;

	guard(spinlock_irqsave)(&dev->lock);
	list_for_each_entry(nexus, &dev->nexuses, dev_entry)
		if (nexus != by)
			ua_queue(nexus, ua);
}

void scst_ua_queue_others(struct scst_device *dev, const struct scst_nexus *by,
			  enum scst_sense_id id)
{
	queue_others(dev, by, ua_of(id));
}

void scst_ua_queue_all(struct scst_device *dev, u16 ua)
{
	queue_others(dev, NULL, ua);
}

void scst_cmd_tell_others_of(struct scst_cmd *cmd, u16 ua)
{
	queue_others(cmd->dev, cmd->nexus, ua);
}
EXPORT_SYMBOL_GPL(scst_cmd_tell_others_of);

void scst_cmd_tell_others(struct scst_cmd *cmd)
{
	u16 ua = scst_cmd_ua(cmd);

	if (ua)
		queue_others(cmd->dev, cmd->nexus, ua);
}
EXPORT_SYMBOL_GPL(scst_cmd_tell_others);
