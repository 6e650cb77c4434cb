/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ISCSI_AHS_H
#define ISCSI_AHS_H

#include <linux/types.h>

enum {
	ISCSI_AHS_CDB_IN_HEADER	= 16,
	ISCSI_AHS_CDB_TAKEN	= 32,	/* of the longest command there is: no use for more */
};

/*
 * The additional header segments of a SCSI Command PDU. Return: the length of the CDB, as far as
 * it is taken; *@cdb_rest, which is NULL before, is the part that the header has no room for, if
 * it has none for all. -1: they are malformed.
 */
int iscsi_parse_ahs(const u8 *ahs, u32 len, const u8 **cdb_rest);

#endif
