// SPDX-License-Identifier: GPL-2.0
/*
 * What an initiator should look at because it changed: told by the transport's own means where it
 * has some, else by a unit attention.
 */
#include "command/command.h"
#include "objects.h"

static bool report_aen(struct scst_session *sess, enum scst_aen event, u16 lun)
{
	const struct scst_target *tgt = sess->tgt;

	might_sleep();
	lockdep_assert_held(&tgt->lock);
	return tgt->ops->report_aen && !tgt->aen_disabled &&
	       tgt->ops->report_aen(sess, event, lun);
}

void scst_session_luns_changed(struct scst_session *sess)
{
	struct scst_nexus *nexus;

	if (report_aen(sess, SCST_AEN_LUNS_CHANGED, 0))
		return;
	list_for_each_entry(nexus, &sess->nexuses, sess_entry)
		scst_ua_queue(nexus, SCST_SENSE_LUNS_CHANGED);
}

void scst_nexus_capacity_changed(struct scst_nexus *nexus)
{
	if (!report_aen(nexus->sess, SCST_AEN_CAPACITY_CHANGED, nexus->lun))
		scst_ua_queue(nexus, SCST_SENSE_CAPACITY_CHANGED);
}
