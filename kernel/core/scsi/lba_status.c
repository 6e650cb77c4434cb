// SPDX-License-Identifier: GPL-2.0
/*
 * The data-in of GET LBA STATUS(16): SBC-4 5.8. The handler knows the extents, this file their
 * form.
 */
#include <linux/kernel.h>

#include "reply.h"

enum {
	HEADER_LEN	= 8,
};

void scst_reply_lba_status(struct scst_reply *reply, const struct scst_extent *extents,
			   unsigned int nr)
{
	unsigned int i;

	reply->len = 0;
	reply_zeros(reply, HEADER_LEN);
	for (i = 0; i < nr; i++) {
		reply_be64(reply, extents[i].lba);
		reply_be32(reply, extents[i].nblocks);
		reply_u8(reply, extents[i].status);
		reply_zeros(reply, 3);
	}
	/* PARAMETER DATA LENGTH begins to count after itself. */
	reply_set_be32(reply, 0, reply->len - 4);
}
