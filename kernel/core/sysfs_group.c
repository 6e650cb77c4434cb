// SPDX-License-Identifier: GPL-2.0
/*
 * What a group of LUNs says about the sessions that use it. A target's directory has these for its
 * default group.
 */
#include "gate.h"
#include "sysfs.h"

ssize_t scst_group_black_hole_show(struct scst_group *group, char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(group->black_hole));
}

static void set_black_hole(struct scst_session *sess, u8 hole)
{
	struct scst_nexus *nexus;

	list_for_each_entry(nexus, &sess->nexuses, sess_entry)
		scst_hold_set_black_hole(nexus, hole);
}

/* What was swallowed comes out again when it is switched off, unless it was aborted meanwhile. */
ssize_t scst_group_black_hole_store(struct scst_group *group, char *text)
{
	struct scst_session *sess;
	u64 hole;
	int err = scst_parse_u64(text, SCST_BLACK_HOLE_OFF, SCST_BLACK_HOLE_DATA_TMF, &hole);

	if (err)
		return err;
	guard(mutex)(&group->tgt->lock);
	WRITE_ONCE(group->black_hole, hole);
	list_for_each_entry(sess, &group->tgt->sessions, entry)
		if (sess->group == group)
			set_black_hole(sess, hole);
	return 0;
}
