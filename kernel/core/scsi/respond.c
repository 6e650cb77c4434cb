// SPDX-License-Identifier: GPL-2.0
/*
 * Which function writes which answer, how long answers and parameter lists are at most, and the
 * answers that need no more than a few lines.
 */
#include <linux/kernel.h>

#include <scst/scst.h>

#include "op_table.h"
#include "pr.h"
#include "respond.h"

/* @respond is NULL for a command that brings a list, if anything. */
static const struct {
	scst_responder respond;
	u32 max;
} execs[SCST_EXEC_MAX] = {
	[SCST_EXEC_REQUEST_SENSE]	= { scst_respond_request_sense, SCST_REPLY_MAX },
	[SCST_EXEC_INQUIRY]		= { scst_respond_inquiry, SCST_REPLY_MAX },
	[SCST_EXEC_LOG_SENSE]		= { scst_respond_log_sense, SCST_REPLY_MAX },
	[SCST_EXEC_MODE_SENSE]		= { scst_respond_mode_sense, SCST_REPLY_MAX },
	[SCST_EXEC_READ_CAPACITY]	= { scst_respond_read_capacity, SCST_REPLY_MAX },
	[SCST_EXEC_REPORT_LUNS]		= { scst_respond_report_luns, 8 + 8 * (SCST_MAX_LUN + 1) },
	[SCST_EXEC_RSOC]		= { scst_respond_rsoc, 4 + 20 * SCST_OPS_MAX },
	[SCST_EXEC_RSTMF]		= { scst_respond_rstmf, SCST_REPLY_MAX },
	[SCST_EXEC_READ_TOC]		= { scst_respond_read_toc, SCST_REPLY_MAX },
	[SCST_EXEC_GET_CONFIGURATION]	= { scst_respond_get_configuration, SCST_REPLY_MAX },
	[SCST_EXEC_EVENT_STATUS]	= { scst_respond_event_status, SCST_REPLY_MAX },
	[SCST_EXEC_PR_IN]		= { scst_respond_pr_in, U16_MAX },
	[SCST_EXEC_REPORT_INFO]		= { scst_respond_info, SCST_REPLY_MAX },
	[SCST_EXEC_REPORT_TIMESTAMP]	= { scst_respond_timestamp, SCST_REPLY_MAX },
	[SCST_EXEC_READ_BUFFER]		= { scst_respond_read_buffer, SCST_BUFFER_SIZE },
	[SCST_EXEC_RECEIVE_DIAGNOSTIC]	= { scst_respond_diagnostic, SCST_REPLY_MAX },
	[SCST_EXEC_MODE_SELECT]		= { NULL, SCST_LIST_MAX },
	[SCST_EXEC_LOG_SELECT]		= { NULL, SCST_LIST_MAX },
	[SCST_EXEC_SEND_DIAGNOSTIC]	= { NULL, SCST_LIST_MAX },
	[SCST_EXEC_WRITE_BUFFER]	= { NULL, SCST_LIST_MAX },
	[SCST_EXEC_SET_INFO]		= { NULL, SCST_LIST_MAX },
	[SCST_EXEC_SET_TIMESTAMP]	= { NULL, SCST_LIST_MAX },
	[SCST_EXEC_PR_OUT]		= { NULL, SCST_PR_LIST_MAX },
};

u32 scst_data_max(const struct scst_op *op)
{
	if (op->exec)
		return execs[op->exec].max;
	if (op->verb == SCST_VERB_FORMAT)
		return SCST_FORMAT_LIST_MAX;
	return op->verb == SCST_VERB_LBA_STATUS ? SCST_LBA_STATUS_MAX : U16_MAX;	/* UNMAP */
}

bool scst_cdb_data_len(const struct scst_op *op, const struct scst_cdb *params, u32 *len,
		       struct scst_sense *sense)
{
	*len = min(params->len, scst_data_max(op));
	if (op->dir == SCST_DIR_OUT && *len < params->len)
		return refuse(sense, SCST_SENSE_PARAM_LIST_LENGTH);
	return true;
}

bool scst_respond(const struct scst_op *op, const struct scst_view *view, const u8 *cdb,
		  struct scst_reply *reply, struct scst_sense *sense)
{
	scst_responder respond = op->exec < SCST_EXEC_MAX ? execs[op->exec].respond : NULL;

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
	const struct scst_sense format = {
		.id = SCST_SENSE_FORMAT_IN_PROGRESS,
		.has_progress = 1,
		.byte = view->lu ? READ_ONCE(view->lu->progress) : 0,
	};
	const struct scst_sense *said = view->ua ? view->ua : &nothing;
	u8 buf[SCST_SENSE_ENCODED_MAX];
	unsigned int len;

	if (!view->lu)
		said = &no_lun;
	else if (!view->ua && view->formats)
		said = &format;
	len = scst_sense_encode(said, cdb[1] & 0x01, buf, sizeof(buf));
	reply_bytes(reply, buf, len);
	return true;
}
