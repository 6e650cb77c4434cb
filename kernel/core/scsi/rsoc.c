// SPDX-License-Identifier: GPL-2.0
/*
 * REPORT SUPPORTED OPERATION CODES and TASK MANAGEMENT FUNCTIONS: SPC-5 6.34 and 6.35. The first is
 * a walk over the rows with the question that execution asks as well, scst_op_supported().
 */
#include <linux/kernel.h>
#include <linux/unaligned.h>

#include <scst/scst.h>

#include "op_table.h"
#include "respond.h"

enum reporting_options {
	REPORT_ALL,
	REPORT_OPCODE,			/* that has no service actions	*/
	REPORT_SERVICE_ACTION,
	REPORT_EITHER,
};

enum {
	RCTD			= 0x80,
	REPORTING_OPTIONS	= 0x07,

	/* all_commands descriptor, byte 5 */
	SERVACTV		= 0x01,
	CTDP			= 0x02,
	/* one_command format, byte 1 */
	ONE_CTDP		= 0x80,
	SUPPORT_NOT		= 0x01,
	SUPPORT_STANDARD	= 0x03,

	TIMEOUTS_LEN		= 12,
};

static void reply_timeouts(const struct scst_op *op, struct scst_reply *reply)
{
	const struct scst_op_cold *cold = &scst_ops_cold[op - scst_ops];

	reply_be16(reply, TIMEOUTS_LEN - 2);
	reply_be16(reply, 0);
	reply_be32(reply, cold->nominal_s);
	reply_be32(reply, cold->recommended_s);
}

void scst_reply_op(const struct scst_op *op, bool timeouts, struct scst_reply *reply)
{
	bool has_sa = op->sa != SCST_SA_NONE;

	reply_u8(reply, op->opcode);
	reply_u8(reply, 0);
	reply_be16(reply, has_sa ? op->sa : 0);
	reply_u8(reply, 0);
	reply_u8(reply, (has_sa ? SERVACTV : 0) | (timeouts ? CTDP : 0));
	reply_be16(reply, op->len);
	if (timeouts)
		reply_timeouts(op, reply);
}

static bool report_all(const struct scst_lu *lu, bool timeouts, struct scst_reply *reply)
{
	unsigned int i;

	reply_be32(reply, 0);
	for (i = 0; i < scst_ops_nr; i++)
		if (scst_op_supported(&scst_ops[i], lu))
			scst_reply_op(&scst_ops[i], timeouts, reply);
	reply_set_be32(reply, 0, reply->len - 4);
	return true;
}

static bool report_one(const struct scst_op *op, bool timeouts, struct scst_reply *reply)
{
	unsigned int i;

	if (!op) {
		reply_be16(reply, SUPPORT_NOT);
		reply_be16(reply, 0);
		return true;
	}
	reply_be16(reply, SUPPORT_STANDARD | (timeouts ? ONE_CTDP : 0));
	reply_be16(reply, op->len);
	for (i = 0; i < op->len; i++)
		reply_u8(reply, scst_op_usage(op, i));
	if (timeouts)
		reply_timeouts(op, reply);
	return true;
}

const struct scst_op *scst_op_find_supported(const struct scst_lu *lu, u8 opcode, u16 sa)
{
	unsigned int i;

	for (i = 0; i < scst_ops_nr; i++) {
		const struct scst_op *op = &scst_ops[i];

		if (op->opcode == opcode && (sa == SCST_SA_NONE || op->sa == sa) &&
		    scst_op_supported(op, lu))
			return op;
	}
	return NULL;
}

bool scst_respond_rsoc(const struct scst_view *view, const u8 *cdb,
		       struct scst_reply *reply, struct scst_sense *sense)
{
	const struct scst_op *any = scst_op_find_supported(view->lu, cdb[3], SCST_SA_NONE);
	bool has_actions = any && any->sa != SCST_SA_NONE;
	u16 sa = get_unaligned_be16(cdb + 4);
	bool timeouts = cdb[2] & RCTD;

	switch (cdb[2] & REPORTING_OPTIONS) {
	case REPORT_ALL:
		return report_all(view->lu, timeouts, reply);
	case REPORT_OPCODE:
		if (has_actions)
			return refuse_cdb(sense, 2, 2);
		return report_one(any, timeouts, reply);
	case REPORT_SERVICE_ACTION:
		if (any && !has_actions)
			return refuse_cdb(sense, 2, 2);
		return report_one(scst_op_find_supported(view->lu, cdb[3], sa), timeouts, reply);
	case REPORT_EITHER:
		if (!has_actions)
			return report_one(sa ? NULL : any, timeouts, reply);
		return report_one(scst_op_find_supported(view->lu, cdb[3], sa), timeouts, reply);
	}
	return refuse_cdb(sense, 2, 2);
}

/* The bit of TARGET RESET is obsolete. */
enum {
	REPD		= 0x80,

	ATS		= 0x80,
	ATSS		= 0x40,
	CACAS		= 0x20,
	CTSS		= 0x10,
	LURS		= 0x08,
	QTS		= 0x04,
	FUNCTIONS	= ATS | ATSS | CACAS | CTSS | LURS | QTS,

	QAES		= 0x04,
	QTSS		= 0x02,
	ITNRS		= 0x01,
	FUNCTIONS_1	= QAES | QTSS | ITNRS,

	TMFTMOV		= 0x01,		/* the time-outs below mean something */
	LONG_TIMEOUT	= 600,		/* in 100 ms */
	SHORT_TIMEOUT	= 100,
};

bool scst_respond_rstmf(const struct scst_view *view, const u8 *cdb,
			struct scst_reply *reply, struct scst_sense *sense)
{
	bool extended = cdb[2] & REPD;

	reply_u8(reply, FUNCTIONS);
	reply_u8(reply, FUNCTIONS_1);
	reply_u8(reply, 0);
	reply_u8(reply, extended ? 12 : 0);
	if (!extended)
		return true;

	reply_u8(reply, TMFTMOV);
	reply_u8(reply, 0);
	/* Which of them take the long time-out: all, as back ends end a command when they can. */
	reply_u8(reply, FUNCTIONS);
	reply_u8(reply, FUNCTIONS_1);
	reply_be32(reply, LONG_TIMEOUT);
	reply_be32(reply, SHORT_TIMEOUT);
	return true;
}
