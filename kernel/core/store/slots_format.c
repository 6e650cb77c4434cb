// SPDX-License-Identifier: GPL-2.0
/*
 * Slots of a state file, as bytes: see slots_format.h.
 */
#include <linux/crc32.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "slots_format.h"

enum {
	AT_SIGNATURE	= 0,
	AT_MAGIC	= 8,
	AT_CRC		= 12,
	AT_GENERATION	= 16,
	AT_LEN		= 24,
	AT_VERSION	= 28,

	VERSION		= 1,
};

#define SIGNATURE	"SCSTSLOT"
#define SIGNATURE_LEN	8

static u32 checksum(const u8 *image, u32 len)
{
	return ~crc32c(~0u, image + AT_GENERATION, SCST_SLOT_HEADER - AT_GENERATION + len);
}

void scst_slot_seal(u8 *image, u32 magic, u64 generation, u32 len)
{
	memcpy(image + AT_SIGNATURE, SIGNATURE, SIGNATURE_LEN);
	put_unaligned_le32(magic, image + AT_MAGIC);
	put_unaligned_le64(generation, image + AT_GENERATION);
	put_unaligned_le32(len, image + AT_LEN);
	put_unaligned_le32(VERSION, image + AT_VERSION);
	put_unaligned_le32(checksum(image, len), image + AT_CRC);
}

bool scst_slot_check(const u8 *image, size_t size, u32 magic, struct scst_slot *out)
{
	u32 len;

	if (size < SCST_SLOT_HEADER || memcmp(image, SIGNATURE, SIGNATURE_LEN))
		return false;
	len = get_unaligned_le32(image + AT_LEN);
	if (get_unaligned_le32(image + AT_MAGIC) != magic ||
	    get_unaligned_le32(image + AT_VERSION) != VERSION ||
	    len > SCST_SLOT_DATA_MAX || len > size - SCST_SLOT_HEADER ||
	    get_unaligned_le32(image + AT_CRC) != checksum(image, len))
		return false;
	out->generation = get_unaligned_le64(image + AT_GENERATION);
	out->len = len;
	return true;
}

size_t scst_slot_scatter(const u8 *image, size_t size, unsigned int slot, u8 *file)
{
	size_t i, n, at = 0;

	for (i = 0; size; i++) {
		n = min_t(size_t, size, SCST_SLOT_BLOCK);
		at = scst_slot_offset(slot, i);
		memcpy(file + at, image, n);
		at += n;
		image += n;
		size -= n;
	}
	return at;
}

size_t scst_slot_gather(const u8 *file, size_t size, unsigned int slot, u8 *image)
{
	size_t i, at, n, len = 0;

	for (i = 0; (at = scst_slot_offset(slot, i)) < size; i++) {
		n = min_t(size_t, size - at, SCST_SLOT_BLOCK);
		memcpy(image + len, file + at, n);
		len += n;
	}
	return len;
}

int scst_slots_newest(const u8 *file, size_t size, u32 magic, u8 *image, struct scst_slot *out)
{
	struct scst_slot slot;
	unsigned int i;
	int newest = -1;
	size_t len;

	for (i = 0; i < 2; i++) {
		len = scst_slot_gather(file, size, i, image);
		if (!scst_slot_check(image, len, magic, &slot))
			continue;
		if (newest >= 0 && slot.generation <= out->generation)
			continue;
		newest = i;
		*out = slot;
	}
	if (newest == 0)
		scst_slot_gather(file, size, 0, image);
	return newest;
}
