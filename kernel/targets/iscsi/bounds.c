// SPDX-License-Identifier: GPL-2.0
/*
 * For how long commands may wait for their peer. Whoever waits for a command, a reset of another
 * initiator say, waits for that as well, and what a peer takes, or brings, now and then is no help.
 *
 *	an answer that others wait for				AWAITED_TIME
 *	any answer, and any write data that was asked for	PATIENCE times RspTimeout
 *
 * Time counts from the first time that iscsi_cmds_overdue() sees a command wait: commands that do
 * not wait for long have no stamp at all.
 */
#include <linux/jiffies.h>

#include "pdu.h"

#define AWAITED_TIME	8	/* seconds; with two looks at it, not more than 10 */
#define PATIENCE	4

/* Since @stamp, which is taken if it is not there. */
static bool is_over(unsigned long *stamp, u32 seconds)
{
	if (!*stamp)
		*stamp = jiffies | 1;
	return time_after_eq(jiffies, *stamp + seconds * HZ);
}

/* LIVE, so it is the slot's; with an answer that has not left, or in conn->waiting. */
static bool waits_for_peer(struct iscsi_cmd *ic)
{
	return scst_cmd_live(iscsi_to_scst(ic)) && (ic->answered || !list_empty(&ic->wait));
}

static bool is_awaited(struct iscsi_cmd *ic)
{
	return ic->answered && READ_ONCE(iscsi_to_scst(ic)->state) & SCST_CMD_WATCHED;
}

const char *iscsi_cmds_overdue(struct iscsi_conn *conn, u32 rsp_timeout)
{
	unsigned int slot;

	for (slot = 0; slot < conn->session->nr_slots; slot++) {
		struct iscsi_cmd *ic = iscsi_slot_cmd(conn, slot);

		if (!waits_for_peer(ic))
			continue;
		if (is_awaited(ic) && is_over(&ic->awaited, AWAITED_TIME))
			return "others wait for an answer that it does not take";
		if (is_over(&ic->seen, PATIENCE * rsp_timeout))
			return "a command has waited for it for too long";
	}
	return NULL;
}
