// SPDX-License-Identifier: GPL-2.0-only
#include "slots.h"

#define BLOCK	4096u
#define HEADER	32u

enum {
	AT_SIGNATURE	= 0,
	AT_MAGIC	= 8,
	AT_CRC		= 12,
	AT_GENERATION	= 16,
	AT_LEN		= 24,
	AT_VERSION	= 28,
};

static uint64_t get_le(const uint8_t *bytes, unsigned int nr)
{
	uint64_t v = 0;

	while (nr--)
		v = v << 8 | bytes[nr];
	return v;
}

/* CRC-32C, bit by bit: these files are small, and read once. */
static uint32_t checksum(const uint8_t *bytes, size_t len)
{
	uint32_t crc = ~0u;

	while (len--) {
		crc ^= *bytes++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
	}
	return ~crc;
}

/* The blocks of a slot, every other one of the file, put together. Return: bytes. */
static size_t gather(const uint8_t *file, size_t size, unsigned int slot, uint8_t *image)
{
	size_t len = 0;

	for (size_t at = slot * BLOCK; at < size; at += 2 * BLOCK) {
		size_t n = size - at < BLOCK ? size - at : BLOCK;

		memcpy(image + len, file + at, n);
		len += n;
	}
	return len;
}

static bool is_whole(const uint8_t *image, size_t size, uint32_t magic)
{
	uint64_t len;

	if (size < HEADER || memcmp(image + AT_SIGNATURE, "SCSTSLOT", 8) ||
	    get_le(image + AT_MAGIC, 4) != magic || get_le(image + AT_VERSION, 4) != 1)
		return false;
	len = get_le(image + AT_LEN, 4);
	return len <= size - HEADER &&
	       checksum(image + AT_GENERATION, HEADER - AT_GENERATION + len) ==
		       get_le(image + AT_CRC, 4);
}

int scst_slots_read(const void *file, size_t size, uint32_t magic, void **data, size_t *len)
{
	uint64_t newest = 0;
	int err = -EBADMSG;

	for (unsigned int slot = 0; slot < 2; slot++) {
		uint8_t *image = calloc(1, size + 1);

		if (!image)
			return -ENOMEM;
		if (is_whole(image, gather(file, size, slot, image), magic) &&
		    (err || get_le(image + AT_GENERATION, 8) > newest)) {
			if (!err)
				free(*data);
			newest = get_le(image + AT_GENERATION, 8);
			*len = get_le(image + AT_LEN, 4);
			memmove(image, image + HEADER, *len);
			image[*len] = '\0';
			*data = TAKE_PTR(image);
			err = 0;
		}
		free(image);
	}
	return err;
}
