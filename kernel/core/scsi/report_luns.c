// SPDX-License-Identifier: GPL-2.0
/*
 * REPORT LUNS: SPC-5 6.32. There are no well known logical units here and no conglomerates, so each
 * SELECT REPORT value asks either for all that the nexus may see or for nothing.
 *
 * An allocation length below 16 was an error up to SPC-3; since SPC-4 it truncates like any other.
 */
#include <linux/kernel.h>

#include "respond.h"

enum select_report {
	SELECT_ADDRESSED	= 0x00,	/* all but well known ones			*/
	SELECT_WELL_KNOWN	= 0x01,
	SELECT_ALL		= 0x02,
	SELECT_ADMINISTRATIVE	= 0x10,	/* ... logical units of conglomerates		*/
	SELECT_NOT_SUBSIDIARY	= 0x11,	/* those, and all which are in no conglomerate	*/
	SELECT_SUBSIDIARY	= 0x12,	/* the conglomerate of the addressed LU		*/
	SELECT_MAX,
};

enum answer {
	RESERVED,
	NOTHING,
	EVERYTHING,
};

static const u8 answers[SELECT_MAX] = {
	[SELECT_ADDRESSED]	= EVERYTHING,
	[SELECT_WELL_KNOWN]	= NOTHING,
	[SELECT_ALL]		= EVERYTHING,
	[SELECT_ADMINISTRATIVE]	= NOTHING,
	[SELECT_NOT_SUBSIDIARY]	= EVERYTHING,
	[SELECT_SUBSIDIARY]	= NOTHING,
};

static void reply_lun(const struct scst_view *view, u16 lun, struct scst_reply *reply)
{
	u8 field[8];

	scst_lun_encode(lun, view->addr_method, field);
	reply_bytes(reply, field, sizeof(field));
}

bool scst_respond_report_luns(const struct scst_view *view, const u8 *cdb,
			      struct scst_reply *reply, struct scst_sense *sense)
{
	u8 select = cdb[2];
	unsigned int i;

	if (select >= SELECT_MAX || answers[select] == RESERVED)
		return refuse_cdb(sense, 2, -1);

	reply_zeros(reply, 8);
	if (answers[select] == EVERYTHING)
		for (i = 0; i < view->nr_luns; i++)
			reply_lun(view, view->luns[i], reply);

	/* With 02h an empty inventory has at least the default one: LUN 0 (SPC-5 6.32). */
	if (select == SELECT_ALL && !view->nr_luns)
		reply_lun(view, 0, reply);

	reply_set_be32(reply, 0, reply->len - 8);
	return true;
}
