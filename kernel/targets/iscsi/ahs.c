// SPDX-License-Identifier: GPL-2.0
/*
 * Additional header segments (RFC 7143 11.2.2): a CDB longer than the header has room for, and how
 * much a bidirectional command reads, which is refused elsewhere. No kernel in here: a fuzzer reads
 * the same bytes.
 */
#include <linux/kernel.h>
#include <linux/unaligned.h>

#include "ahs.h"

enum { AHS_CDB = 1, AHS_READ_LENGTH = 2 };

/* What each begins with: the length of the rest, the type, and the first byte of the rest. */
enum { AHS_LENGTH = 0, AHS_TYPE = 2, AHS_SPECIFIC = 4 };

/* Bits 0 and 1 of the type are reserved; RFC 7143 counts from the left. */
enum { AHS_CODE = 0x3f };

/* 260 is the longest CDB that SPC knows. */
enum { CDB_MAX = 260, CDB_REST_MAX = CDB_MAX - ISCSI_AHS_CDB_IN_HEADER };

int iscsi_parse_ahs(const u8 *ahs, u32 len, const u8 **cdb_rest)
{
	u32 rest = 0;

	while (len) {
		u32 specific = len >= 4 ? get_unaligned_be16(ahs + AHS_LENGTH) : 0;
		u32 total = ALIGN(3 + specific, 4);

		if (!specific || total > len)
			return -1;
		switch (ahs[AHS_TYPE] & AHS_CODE) {
		case AHS_CDB:
			if (*cdb_rest)
				return -1;
			rest = specific - 1;
			*cdb_rest = ahs + AHS_SPECIFIC;
			break;
		case AHS_READ_LENGTH:
			break;
		default:
			return -1;
		}
		ahs += total;
		len -= total;
	}
	if (rest > CDB_REST_MAX)
		return -1;
	return min(ISCSI_AHS_CDB_IN_HEADER + rest, (u32)ISCSI_AHS_CDB_TAKEN);
}
