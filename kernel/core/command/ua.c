// SPDX-License-Identifier: GPL-2.0
/*
 * Unit attentions: a short queue per nexus, each condition at most once (SAM-6 5.14). Those with
 * precedence are told first, the rest oldest first. Nothing is allocated, so none is lost for want
 * of memory.
 *
 * The hot path looks at nexus->nr_ua without the lock: whoever queues a unit attention for
 * something it did orders itself against commands that come later by the initiator's own means.
 */
#include <linux/cleanup.h>

#include "command.h"
#include "scst_trace.h"

/*
 * SAM-6 table 50. Of these one at a time is pending: the highest says all that the lower ones
 * would. Others stay behind them; a reset does not tell that a registration was preempted.
 */
static unsigned int precedence(enum scst_sense_id id)
{
	if (id == SCST_SENSE_RESET)
		return 3;
	if (id == SCST_SENSE_NEXUS_LOSS)
		return 2;
	return id == SCST_SENSE_CLEARED_BY_OTHER;
}

static int ua_index(const struct scst_nexus *nexus, enum scst_sense_id id)
{
	unsigned int i;

	for (i = 0; i < nexus->nr_ua; i++)
		if (nexus->ua[i] == id)
			return i;
	return -1;
}

static void ua_remove(struct scst_nexus *nexus, unsigned int i)
{
	memmove(&nexus->ua[i], &nexus->ua[i + 1], nexus->nr_ua - i - 1);
	WRITE_ONCE(nexus->nr_ua, nexus->nr_ua - 1);
}

static void ua_insert(struct scst_nexus *nexus, unsigned int i, enum scst_sense_id id)
{
	memmove(&nexus->ua[i + 1], &nexus->ua[i], nexus->nr_ua - i);
	nexus->ua[i] = id;
	WRITE_ONCE(nexus->nr_ua, nexus->nr_ua + 1);
}

/* Return: false if what is pending says it already. */
static bool take_precedence(struct scst_nexus *nexus, enum scst_sense_id id)
{
	if (!nexus->nr_ua || !precedence(nexus->ua[0]))
		return true;
	if (precedence(nexus->ua[0]) > precedence(id))
		return false;
	ua_remove(nexus, 0);
	return true;
}

/*
 * A full queue makes room by dropping its youngest: the initiator learns from the oldest, which are
 * resets if there were any, that it has to look at everything again.
 */
void scst_ua_queue(struct scst_nexus *nexus, enum scst_sense_id id)
{
	guard(spinlock_irqsave)(&nexus->lock);
	if (ua_index(nexus, id) >= 0)
		return;
	if (precedence(id) && !take_precedence(nexus, id))
		return;
	if (nexus->nr_ua == SCST_UA_DEPTH)
		ua_remove(nexus, SCST_UA_DEPTH - 1);
	trace_scst_ua(nexus, id);
	ua_insert(nexus, precedence(id) ? 0 : nexus->nr_ua, id);
}

/* What came meanwhile and says more has replaced it. */
void scst_ua_give_back(struct scst_nexus *nexus, enum scst_sense_id id)
{
	bool behind;

	guard(spinlock_irqsave)(&nexus->lock);
	if (ua_index(nexus, id) >= 0 || nexus->nr_ua == SCST_UA_DEPTH)
		return;
	if (precedence(id) && !take_precedence(nexus, id))
		return;
	behind = nexus->nr_ua && precedence(nexus->ua[0]);
	ua_insert(nexus, behind, id);
}

static enum scst_sense_id ua_take(struct scst_nexus *nexus)
{
	enum scst_sense_id id;

	guard(spinlock_irqsave)(&nexus->lock);
	if (!nexus->nr_ua)
		return SCST_SENSE_NONE;
	id = nexus->ua[0];
	ua_remove(nexus, 0);
	return id;
}

/* SPC-5 5.12.3: told at one LUN is told at all of them. */
enum scst_sense_id scst_ua_take(struct scst_nexus *nexus)
{
	enum scst_sense_id id = ua_take(nexus);

	if (id == SCST_SENSE_LUNS_CHANGED)
		scst_ua_clear_session(nexus->sess, id);
	return id;
}

enum scst_sense_id scst_ua_peek(struct scst_nexus *nexus, unsigned int *nr)
{
	guard(spinlock_irqsave)(&nexus->lock);
	*nr = nexus->nr_ua;
	return nexus->nr_ua ? nexus->ua[0] : SCST_SENSE_NONE;
}

static void ua_clear(struct scst_nexus *nexus, enum scst_sense_id id)
{
	int i;

	guard(spinlock_irqsave)(&nexus->lock);
	i = ua_index(nexus, id);
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
			ua_clear(nexus, id);
	}
}

void scst_ua_queue_others(struct scst_device *dev, const struct scst_nexus *by,
			  enum scst_sense_id id)
{
	struct scst_nexus *nexus;

	guard(spinlock_irqsave)(&dev->lock);
	list_for_each_entry(nexus, &dev->nexuses, dev_entry)
		if (nexus != by)
			scst_ua_queue(nexus, id);
}
