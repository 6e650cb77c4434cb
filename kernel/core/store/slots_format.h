/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The format of a state file: two slots, of which one is good whatever happens while the other is
 * written. Pure; slots.c reads and writes the file.
 *
 * The file is a row of blocks of 4096 bytes. Slot 0 has the blocks 0, 2, 4, ..., slot 1 the blocks
 * 1, 3, 5, ...: each grows as it needs, and no block belongs to both, so that a torn write of one
 * cannot hurt the other. Put together, the blocks of a slot are (integers little endian)
 *
 *	 0  8  "SCSTSLOT"
 *	 8  4  what is stored here: the caller's magic number
 *	12  4  CRC-32C of everything from byte 16 to the end of the data
 *	16  8  generation: the slot with the higher one is in force
 *	24  4  length of the data, at most SCST_SLOT_DATA_MAX
 *	28  4  version of this format: 1
 *	32     data; what follows in the last block means nothing
 */
#ifndef _SCST_CORE_SLOTS_FORMAT_H
#define _SCST_CORE_SLOTS_FORMAT_H

#include <linux/types.h>

#define SCST_SLOT_BLOCK		4096u
#define SCST_SLOT_HEADER	32u
#define SCST_SLOT_DATA_MAX	(1u << 20)

/* No file of ours is longer. */
#define SCST_SLOTS_FILE_MAX	(2 * (SCST_SLOT_DATA_MAX + SCST_SLOT_BLOCK))

struct scst_slot {
	u64 generation;
	u32 len;		/* of the data behind the header */
};

/* Where block @i of @slot begins. */
static inline size_t scst_slot_offset(unsigned int slot, size_t i)
{
	return (2 * i + slot) * SCST_SLOT_BLOCK;
}

/* Fills the header at @image, which is followed by @len bytes of data. */
void scst_slot_seal(u8 *image, u32 magic, u64 generation, u32 len);

/* Are the @size bytes at @image a whole slot for @magic? Fills @out if so. */
bool scst_slot_check(const u8 *image, size_t size, u32 magic, struct scst_slot *out);

/* Lays the @size bytes of @image out as @slot of @file. Return: where in @file they end. */
size_t scst_slot_scatter(const u8 *image, size_t size, unsigned int slot, u8 *file);

/*
 * Puts @slot of the @size bytes long @file together at @image. Return: bytes, at most @size
 * [slots_length_is_bounded].
 */
size_t scst_slot_gather(const u8 *file, size_t size, unsigned int slot, u8 *image);

/*
 * The slot of @file that is in force. @image has room for @size bytes and gets that slot, data at
 * SCST_SLOT_HEADER. Return: 0 or 1 with @out filled, or -1: none is good.
 */
int scst_slots_newest(const u8 *file, size_t size, u32 magic, u8 *image, struct scst_slot *out);

#endif
