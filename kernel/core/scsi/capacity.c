// SPDX-License-Identifier: GPL-2.0
/*
 * READ CAPACITY(10) and (16): SBC-4 5.20 and 5.21.
 */
#include <linux/kernel.h>

#include "respond.h"

enum {
	OPCODE_READ_CAPACITY_10	= 0x25,

	LBPME			= 0x80,
	LBPRZ			= 0x40,
	READ_CAPACITY_16_LEN	= 32,
};

static void read_capacity_10(const struct scst_lu *lu, struct scst_reply *reply)
{
	/* All ones: ask READ CAPACITY(16). */
	reply_be32(reply, min_t(u64, lu->nblocks - 1, 0xffffffff));
	reply_be32(reply, 1u << lu->block_shift);
}

static void read_capacity_16(const struct scst_lu *lu, struct scst_reply *reply)
{
	u8 provisioning = 0;

	if (lu->thin)
		provisioning = LBPME | (lu->unmap_zeroes ? LBPRZ : 0);

	reply_be64(reply, lu->nblocks - 1);
	reply_be32(reply, 1u << lu->block_shift);
	reply_u8(reply, 0);				/* no protection information */
	reply_u8(reply, lu->lb_per_pb_exp & 0x0f);
	reply_be16(reply, provisioning << 8);		/* lowest aligned LBA: 0 */
	reply_zeros(reply, READ_CAPACITY_16_LEN - 16);
}

bool scst_respond_read_capacity(const struct scst_view *view, const u8 *cdb,
				struct scst_reply *reply, struct scst_sense *sense)
{
	if (!view->lu->nblocks)
		return refuse(sense, SCST_SENSE_NO_MEDIUM);

	if (cdb[0] == OPCODE_READ_CAPACITY_10)
		read_capacity_10(view->lu, reply);
	else
		read_capacity_16(view->lu, reply);
	return true;
}
