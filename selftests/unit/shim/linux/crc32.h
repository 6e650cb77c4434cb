/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_CRC32_H
#define _SHIM_LINUX_CRC32_H

#include <linux/types.h>

/* A table, since fuzzers spend their time here. */
static inline u32 crc32c(u32 crc, const void *p, size_t len)
{
	static u32 table[256];
	const u8 *b = p;

	if (!table[255])
		for (u32 i = 0; i < 256; i++) {
			table[i] = i;
			for (int bit = 0; bit < 8; bit++)
				table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0x82f63b78 : 0);
		}
	while (len--)
		crc = crc >> 8 ^ table[(crc ^ *b++) & 0xff];
	return crc;
}

#endif
