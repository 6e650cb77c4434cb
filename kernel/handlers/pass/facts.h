/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a device says of itself, read with distrust: its lengths may lie. All pure
 * (selftests/unit/passthrough).
 */
#ifndef _PASS_FACTS_H
#define _PASS_FACTS_H

#include <linux/types.h>
#include <scst/scsi/lu.h>

struct pass_address {
	u32 host, channel, id;
	u64 lun;
};

/*
 * H:C:I:L, digits only, and each number as it is printed: a name of one device is no other's.
 * Return: false, it is none.
 */
bool pass_parse_address(const char *name, struct pass_address *out);

/*
 * By which a device is known when it comes back, wherever that is: the best designator of page 83h
 * that is of the logical unit, else vendor, product and serial number. A name that can be a file's.
 * Empty: nobody could tell it from another one.
 */
#define PASS_IDENTITY_LEN	224
void pass_identity(const u8 *inquiry, u32 inquiry_len, const u8 *page_83, u32 len_83,
		   const u8 *page_80, u32 len_80, char out[PASS_IDENTITY_LEN]);

/* The serial number of page 80h, without what surrounds it; empty: there is none. */
#define PASS_SERIAL_LEN		253
void pass_serial(const u8 *page_80, u32 len, char out[PASS_SERIAL_LEN]);

/* READ CAPACITY(10) or (16). Return: the block size, or 0. */
u32 pass_capacity(const u8 *data, u32 len, bool is_long, u64 *nblocks);

/*
 * MODE SENSE(10) with page 0Ah, or (6): block size (0: variable, or not said), and what of the
 * control page the core has to know. Return: false, there is no such page.
 */
bool pass_mode(const u8 *data, u32 len, bool is_10, u32 *block_size, struct scst_mode *mode);

#endif
