// SPDX-License-Identifier: GPL-2.0
/*
 * Unit attentions: a short queue per nexus, oldest first, each condition at most once (SAM-6 5.14).
 * Nothing is allocated, so none is lost for want of memory.
 *
 * The hot path looks at nexus->nr_ua without the lock: whoever queues a unit attention for
 * something it did orders itself against commands that come later by the initiator's own means.
 */
#include <linux/cleanup.h>

#include "scst_trace.h"

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

/*
 * A full queue makes room by dropping its youngest: the initiator learns from the oldest, which are
 * resets if there were any, that it has to look at everything again.
 */
void scst_ua_queue(struct scst_nexus *nexus, enum scst_sense_id id)
{
	guard(spinlock_irqsave)(&nexus->lock);
	if (ua_index(nexus, id) >= 0)
		return;
	if (nexus->nr_ua == SCST_UA_DEPTH)
		ua_remove(nexus, SCST_UA_DEPTH - 1);
	trace_scst_ua(nexus, id);
	nexus->ua[nexus->nr_ua] = id;
	WRITE_ONCE(nexus->nr_ua, nexus->nr_ua + 1);
}

enum scst_sense_id scst_ua_take(struct scst_nexus *nexus)
{
	enum scst_sense_id id;

	guard(spinlock_irqsave)(&nexus->lock);
	if (!nexus->nr_ua)
		return SCST_SENSE_NONE;
	id = nexus->ua[0];
	ua_remove(nexus, 0);
	return id;
}

void scst_ua_clear(struct scst_nexus *nexus, enum scst_sense_id id)
{
	int i;

	guard(spinlock_irqsave)(&nexus->lock);
	i = ua_index(nexus, id);
	if (i >= 0)
		ua_remove(nexus, i);
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

static bool report_aen(struct scst_session *sess, enum scst_aen event, u16 lun)
{
	const struct scst_target *tgt = sess->tgt;

	return tgt->ops->report_aen && !tgt->aen_disabled &&
	       tgt->ops->report_aen(sess, event, lun);
}

void scst_session_luns_changed(struct scst_session *sess)
{
	struct scst_nexus *nexus;

	lockdep_assert_held(&sess->tgt->lock);
	if (report_aen(sess, SCST_AEN_LUNS_CHANGED, 0))
		return;
	list_for_each_entry(nexus, &sess->nexuses, sess_entry)
		scst_ua_queue(nexus, SCST_SENSE_LUNS_CHANGED);
}

void scst_nexus_capacity_changed(struct scst_nexus *nexus)
{
	lockdep_assert_held(&nexus->sess->tgt->lock);
	if (!report_aen(nexus->sess, SCST_AEN_CAPACITY_CHANGED, nexus->lun))
		scst_ua_queue(nexus, SCST_SENSE_CAPACITY_CHANGED);
}
