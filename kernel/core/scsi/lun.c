// SPDX-License-Identifier: GPL-2.0
/*
 * The 8-byte LUN field (SAM-6 4.7). Our logical units live on the first level; a LUN that names a
 * deeper one is not ours, so bytes 2-7 (or those after an extended address) have to be zero.
 *
 *	byte 0, bits 7-6	what the rest says
 *	00b peripheral device	bus identifier (must be 0, ours), LUN in byte 1
 *	01b flat space		14-bit LUN
 *	10b logical unit	bus, target, LUN: together 14 bits, one number for SCST
 *	11b extended		length and method follow: the two flat ones can be ours
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include <scst/scst.h>

#include "answer.h"

enum {
	METHOD_PERIPHERAL	= 0x00,
	METHOD_FLAT		= 0x40,
	METHOD_LUN		= 0x80,
	METHOD_EXTENDED		= 0xc0,
	METHOD_MASK		= 0xc0,

	EXTENDED_FLAT		= 0xd2,		/* LENGTH 1, method 2: 24 bits	*/
	EXTENDED_LONG_FLAT	= 0xe2,		/* LENGTH 2, method 2: 40 bits	*/

	PERIPHERAL_MAX		= 0xff,
};

static int decode_extended(const u8 *lun)
{
	u64 addr = get_unaligned_be64(lun) & 0x00ffffffffffffffull;
	unsigned int below;

	if (lun[0] == EXTENDED_FLAT)
		below = 32;
	else if (lun[0] == EXTENDED_LONG_FLAT)
		below = 16;
	else
		return -1;	/* a well known logical unit (C1h), or nothing we know */

	if (addr & ((1ull << below) - 1))
		return -1;
	addr >>= below;
	return addr <= SCST_MAX_LUN ? (int)addr : -1;
}

int scst_lun_decode(const u8 *lun)
{
	u16 first = get_unaligned_be16(lun);

	if ((lun[0] & METHOD_MASK) == METHOD_EXTENDED)
		return decode_extended(lun);

	if (get_unaligned_be16(lun + 2) || get_unaligned_be32(lun + 4))
		return -1;
	if ((lun[0] & METHOD_MASK) == METHOD_PERIPHERAL)
		return first <= PERIPHERAL_MAX ? first : -1;
	return first & 0x3fff;
}

void scst_lun_encode(u16 lun, enum scst_addr_method method, u8 *out)
{
	/* Peripheral device addressing ends at 255; every initiator reads flat as well. */
	if (method == SCST_ADDR_PERIPHERAL && lun > PERIPHERAL_MAX)
		method = SCST_ADDR_FLAT;

	memset(out, 0, 8);
	put_unaligned_be16(lun & 0x3fff, out);
	switch (method) {
	case SCST_ADDR_PERIPHERAL:
		return;
	case SCST_ADDR_FLAT:
		out[0] |= METHOD_FLAT;
		return;
	case SCST_ADDR_LUN:
		out[0] |= METHOD_LUN;
		return;
	}
}
