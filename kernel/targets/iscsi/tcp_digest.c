// SPDX-License-Identifier: GPL-2.0
/*
 * Digests of headers and data (RFC 7143 13.1).
 */
#include <linux/crc32c.h>
#include <linux/scatterlist.h>

#include "tcp.h"

u32 iscsi_crc(const void *buf, size_t len)
{
	return ~crc32c(~0, buf, len);
}

u32 iscsi_crc_sg(struct scatterlist *sg, u32 off, u32 len, u32 pad)
{
	static const u8 zeros[3];
	u32 crc = ~0;

	for (; len; sg = sg_next(sg), off = 0) {
		u32 part = min(len, sg->length - off);

		crc = crc32c(crc, sg_virt(sg) + off, part);
		len -= part;
	}
	return ~crc32c(crc, zeros, pad);
}
