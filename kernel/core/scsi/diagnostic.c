// SPDX-License-Identifier: GPL-2.0
/*
 * SEND DIAGNOSTIC and RECEIVE DIAGNOSTIC RESULTS, of SPC-5: the default self-test, which all others
 * are as well and which is over when it is answered, and the list of diagnostic pages, which has
 * itself only.
 */
#include <linux/kernel.h>

#include "respond.h"

enum {
	PCV		= 0x01,
	SELFTEST	= 0x04,
	CODE_SHIFT	= 5,
	/* short and extended, in the background or not */
	ABORT		= 4,
	CODES		= BIT(1) | BIT(2) | BIT(5) | BIT(6),

	PAGE_SUPPORTED	= 0x00,
};

/* Without PCV: the answer to the last SEND DIAGNOSTIC, of whose pages we know only this one. */
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

/*
 * SPC-5 table 285 has two reserved codes. Whatever list comes is taken, as SCST does: tools send
 * pages for enclosures, or bytes of a vendor, to every unit they find, and give up on one that
 * refuses. To abort a self-test (100b) is done where there never is one in the background.
 */
bool scst_send_diagnostic(const u8 *cdb, bool *self_test, struct scst_sense *sense)
{
	u8 code = cdb[1] >> CODE_SHIFT;

	if (code && code != ABORT && !(BIT(code) & CODES))
		return refuse_cdb(sense, 1, 7);
	*self_test = cdb[1] & SELFTEST || BIT(code) & CODES;
	return true;
}
