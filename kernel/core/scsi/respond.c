// SPDX-License-Identifier: GPL-2.0
/*
 * Which function writes which answer, and the answers that need no more than a few lines.
 */
#include <linux/kernel.h>

#include "respond.h"

static const scst_responder responders[SCST_EXEC_MAX] = {
	[SCST_EXEC_REQUEST_SENSE]	= scst_respond_request_sense,
	[SCST_EXEC_INQUIRY]		= scst_respond_inquiry,
	[SCST_EXEC_LOG_SENSE]		= scst_respond_log_sense,
	[SCST_EXEC_MODE_SENSE]		= scst_respond_mode_sense,
	[SCST_EXEC_READ_CAPACITY]	= scst_respond_read_capacity,
	[SCST_EXEC_REPORT_LUNS]		= scst_respond_report_luns,
	[SCST_EXEC_RSOC]		= scst_respond_rsoc,
	[SCST_EXEC_RSTMF]		= scst_respond_rstmf,
	[SCST_EXEC_READ_TOC]		= scst_respond_read_toc,
	[SCST_EXEC_GET_CONFIGURATION]	= scst_respond_get_configuration,
	[SCST_EXEC_EVENT_STATUS]	= scst_respond_event_status,
	[SCST_EXEC_PR_IN]		= scst_respond_pr_in,
	[SCST_EXEC_REPORT_INFO]		= scst_respond_info,
	[SCST_EXEC_REPORT_TIMESTAMP]	= scst_respond_timestamp,
	[SCST_EXEC_READ_BUFFER]		= scst_respond_read_buffer,
	[SCST_EXEC_RECEIVE_DIAGNOSTIC]	= scst_respond_diagnostic,
};

bool scst_respond(const struct scst_op *op, const struct scst_view *view, const u8 *cdb,
		  struct scst_reply *reply, struct scst_sense *sense)
{
	scst_responder respond = op->exec < SCST_EXEC_MAX ? responders[op->exec] : NULL;

	reply->len = 0;
	if (!view->lu && !(op->flags & SCST_OP_NO_LUN))
		return refuse(sense, SCST_SENSE_LUN_NOT_SUPPORTED);
	if (!respond)
		return refuse(sense, SCST_SENSE_INTERNAL_FAILURE);
	return respond(view, cdb, reply, sense);
}

/*
 * The sense data is data here, and the status is GOOD, even when it says that the logical unit does
 * not exist (SPC-5 6.39). DESC chooses the format, whatever D_SENSE says.
 */
bool scst_respond_request_sense(const struct scst_view *view, const u8 *cdb,
				struct scst_reply *reply, struct scst_sense *sense)
{
	static const struct scst_sense no_lun = { .id = SCST_SENSE_LUN_NOT_SUPPORTED };
	static const struct scst_sense nothing = { .id = SCST_SENSE_NONE };
	const struct scst_sense *said = view->ua ? view->ua : &nothing;
	u8 buf[SCST_SENSE_ENCODED_MAX];
	unsigned int len;

	if (!view->lu)
		said = &no_lun;
	len = scst_sense_encode(said, cdb[1] & 0x01, buf, sizeof(buf));
	reply_bytes(reply, buf, len);
	return true;
}
