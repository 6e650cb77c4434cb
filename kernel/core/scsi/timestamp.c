// SPDX-License-Identifier: GPL-2.0
/*
 * REPORT and SET TIMESTAMP, of SPC-5. The clock is the caller's.
 */
#include <linux/kernel.h>
#include <linux/unaligned.h>

#include "respond.h"

enum {
	ORIGIN_SET	= 0x02,		/* by SET TIMESTAMP			*/
	ORIGIN_OTHER	= 0x03,		/* TCMOS of mode page 0Ah/01h		*/

	LIST_LEN	= 12,
};

bool scst_respond_timestamp(const struct scst_view *view, const u8 *cdb,
			    struct scst_reply *reply, struct scst_sense *sense)
{
	reply_be16(reply, LIST_LEN - 2);
	reply_u8(reply, view->timestamp_set ? ORIGIN_SET : ORIGIN_OTHER);
	reply_u8(reply, 0);
	reply_be16(reply, view->timestamp >> 32);
	reply_be32(reply, view->timestamp);
	reply_be16(reply, 0);
	return true;
}

bool scst_set_timestamp(const u8 *list, u32 len, u64 *ms, struct scst_sense *sense)
{
	if (len != LIST_LEN)
		return refuse(sense, SCST_SENSE_PARAM_LIST_LENGTH);
	*ms = (u64)get_unaligned_be16(list + 4) << 32 | get_unaligned_be32(list + 6);
	return true;
}
