// SPDX-License-Identifier: GPL-2.0
/*
 * SEND DIAGNOSTIC and RECEIVE DIAGNOSTIC RESULTS, of SPC-5: the default self-test, which all others
 * are as well and which is over when it is answered, and the list of diagnostic pages, which has
 * itself only.
 */
#include <linux/kernel.h>
#include <linux/unaligned.h>

#include "respond.h"

enum {
	PCV		= 0x01,
	PF		= 0x10,
	SELFTEST	= 0x04,
	CODE_SHIFT	= 5,
	/* short and extended, in the background or not */
	CODES		= BIT(1) | BIT(2) | BIT(5) | BIT(6),

	PAGE_SUPPORTED	= 0x00,
	HEADER_LEN	= 4,
};

/* Without PCV: the answer to the last SEND DIAGNOSTIC, which can only have asked for this page. */
bool scst_respond_diagnostic(const struct scst_view *view, const u8 *cdb,
			     struct scst_reply *reply, struct scst_sense *sense)
{
	if (cdb[1] & PCV && cdb[2] != PAGE_SUPPORTED)
		return refuse_cdb(sense, 2, -1);
	reply_u8(reply, PAGE_SUPPORTED);
	reply_u8(reply, 0);
	reply_be16(reply, 1);
	reply_u8(reply, PAGE_SUPPORTED);
	return true;
}

static bool check_page(const u8 *list, u32 len, struct scst_sense *sense)
{
	if (len < HEADER_LEN)
		return refuse(sense, SCST_SENSE_PARAM_LIST_LENGTH);
	if (list[0] != PAGE_SUPPORTED)
		return refuse_param(sense, 0, -1);
	if (get_unaligned_be16(list + 2))
		return refuse_param(sense, 2, -1);
	if (len > HEADER_LEN)
		return refuse(sense, SCST_SENSE_PARAM_LIST_LENGTH);
	return true;
}

/* SPC-5 table 285. There is never one under way that could be aborted (100b). */
static bool check_code(const u8 *cdb, struct scst_sense *sense)
{
	u8 code = cdb[1] >> CODE_SHIFT;

	if (code && (cdb[1] & SELFTEST || !(BIT(code) & CODES)))
		return refuse_cdb(sense, 1, 7);
	return true;
}

bool scst_send_diagnostic(const u8 *cdb, const u8 *list, u32 len, bool *self_test,
			  struct scst_sense *sense)
{
	if (!check_code(cdb, sense))
		return false;
	if (len && (cdb[1] & SELFTEST || cdb[1] >> CODE_SHIFT))
		return refuse_cdb(sense, 3, -1);
	if (len && !(cdb[1] & PF))		/* pages are all we know */
		return refuse_cdb(sense, 1, 4);
	if (len && !check_page(list, len, sense))
		return false;
	*self_test = cdb[1] & SELFTEST || cdb[1] >> CODE_SHIFT;
	return true;
}
