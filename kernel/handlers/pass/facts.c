// SPDX-License-Identifier: GPL-2.0
/*
 * What a device says of itself: facts.h.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "facts.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A number up to @max, without leading zeros, and @end behind it. */
static const char *parse_number(const char *text, u64 max, char end, u64 *out)
{
	u64 n = 0;

	if (!is_digit(*text) || (text[0] == '0' && is_digit(text[1])))
		return NULL;
	for (; is_digit(*text); text++) {
		u8 digit = *text - '0';

		if (n > (max - digit) / 10)
			return NULL;
		n = 10 * n + digit;
	}
	*out = n;
	return *text == end ? text + (end != '\0') : NULL;
}

bool pass_parse_address(const char *name, struct pass_address *out)
{
	u64 n[4];
	unsigned int i;

	for (i = 0; i < 3; i++) {
		name = parse_number(name, 0xffffffff, ':', &n[i]);
		if (!name)
			return false;
	}
	if (!parse_number(name, ~0ull, '\0', &n[3]))
		return false;
	*out = (struct pass_address){ .host = n[0], .channel = n[1], .id = n[2], .lun = n[3] };
	return true;
}

enum {
	PAGE_HEADER	= 4,
	ASSOCIATION	= 0x30,
	ID_TYPE		= 0x0f,
	T10_VENDOR	= 1,
	EUI64		= 2,
	NAA		= 3,
	SCSI_NAME	= 8,
	NR_ID_TYPES	= 16,

	VENDOR_AT	= 8,		/* of INQUIRY data: vendor, then product */
	VENDOR_PRODUCT	= 24,
	ID_BYTES_MAX	= 96,		/* in hexadecimal digits, and a prefix: PASS_IDENTITY_LEN */
};

/* The most reliable first. */
static const struct {
	u8 type;
	const char *prefix;
} id_types[] = {
	{ NAA,		"naa."	},
	{ EUI64,	"eui."	},
	{ SCSI_NAME,	"name."	},
	{ T10_VENDOR,	"t10."	},
};

static u32 page_len(const u8 *page, u32 len)
{
	if (len < PAGE_HEADER)
		return 0;
	return min_t(u32, len, PAGE_HEADER + get_unaligned_be16(page + 2));
}

static char *put_hex(char *out, const u8 *bytes, u32 len)
{
	static const char digits[] = "0123456789abcdef";

	while (len--) {
		*out++ = digits[*bytes >> 4];
		*out++ = digits[*bytes++ & 0x0f];
	}
	*out = '\0';
	return out;
}

/* The first of @type that names the logical unit, or NULL. */
static const u8 *find_id(const u8 *page, u32 len, u8 type)
{
	u32 at = PAGE_HEADER, n;

	for (; at + 4 <= len; at += n) {
		n = 4 + page[at + 3];
		if (at + n > len)
			return NULL;
		if (!(page[at + 1] & ASSOCIATION) && (page[at + 1] & ID_TYPE) == type && n > 4 &&
		    page[at + 3] <= ID_BYTES_MAX)
			return page + at;
	}
	return NULL;
}

static bool identity_of_page(const u8 *page, u32 len, char *out)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(id_types); i++) {
		const u8 *id = find_id(page, len, id_types[i].type);

		if (!id)
			continue;
		strcpy(out, id_types[i].prefix);
		put_hex(out + strlen(out), id + 4, id[3]);
		return true;
	}
	return false;
}

/* Without the blanks that fill it up: each kind of request may get another number of them. */
static void trim(const u8 **text, u32 *len)
{
	while (*len && (**text == ' ' || !**text)) {
		++*text;
		--*len;
	}
	while (*len && ((*text)[*len - 1] == ' ' || !(*text)[*len - 1]))
		--*len;
}

void pass_identity(const u8 *inquiry, u32 inquiry_len, const u8 *page_83, u32 len_83,
		   const u8 *page_80, u32 len_80, char out[PASS_IDENTITY_LEN])
{
	const u8 *serial = page_80 + PAGE_HEADER;
	u32 len = page_len(page_80, len_80);

	out[0] = '\0';
	if (identity_of_page(page_83, page_len(page_83, len_83), out))
		return;
	if (len <= PAGE_HEADER || inquiry_len < VENDOR_AT + VENDOR_PRODUCT)
		return;
	len -= PAGE_HEADER;
	trim(&serial, &len);
	if (!len || VENDOR_PRODUCT + len > ID_BYTES_MAX)
		return;
	strcpy(out, "serial.");
	out = put_hex(out + strlen(out), inquiry + VENDOR_AT, VENDOR_PRODUCT);
	put_hex(out, serial, len);
}

void pass_serial(const u8 *page_80, u32 len, char out[PASS_SERIAL_LEN])
{
	const u8 *serial = page_80 + PAGE_HEADER;

	len = page_len(page_80, len);
	len = len > PAGE_HEADER ? len - PAGE_HEADER : 0;
	trim(&serial, &len);
	len = min_t(u32, len, PASS_SERIAL_LEN - 1);
	if (len)
		memcpy(out, serial, len);
	out[len] = '\0';
}

u32 pass_capacity(const u8 *data, u32 len, bool is_long, u64 *nblocks)
{
	if (len < (is_long ? 12 : 8))
		return 0;
	*nblocks = is_long ? get_unaligned_be64(data) : get_unaligned_be32(data);
	++*nblocks;
	return get_unaligned_be32(data + (is_long ? 8 : 4));
}

enum {
	CONTROL_PAGE	= 0x0a,
	CONTROL_LEN	= 6,		/* of it we need no more */
	BLOCK_DESC_LEN	= 8,
	LONG_LBA	= 0x01,		/* in byte 4 of the header of MODE SENSE(10) */
	LONG_DESC_LEN	= 16,
};

static u32 block_size_of(const u8 *desc, u32 len, bool is_long)
{
	if (is_long)
		return len >= LONG_DESC_LEN ? get_unaligned_be32(desc + 12) : 0;
	return len >= BLOCK_DESC_LEN ? get_unaligned_be24(desc + 5) : 0;
}

static void read_control(const u8 *page, struct scst_mode *mode)
{
	mode->tst = page[2] >> 5;
	mode->tmf_only = !!(page[2] & 0x10);
	mode->d_sense = !!(page[2] & 0x04);
	mode->queue_alg = page[3] >> 4;
	mode->qerr = page[3] >> 1 & 0x03;
	mode->tas = !!(page[5] & 0x40);
}

bool pass_mode(const u8 *data, u32 len, bool is_10, u32 *block_size, struct scst_mode *mode)
{
	u32 header = is_10 ? 8 : 4, desc_len, n;

	*block_size = 0;
	if (len < header)
		return false;
	len = min_t(u32, len, is_10 ? 2 + get_unaligned_be16(data) : 1 + data[0]);
	desc_len = is_10 ? get_unaligned_be16(data + 6) : data[3];
	if (header + desc_len > len)
		return false;
	*block_size = block_size_of(data + header, desc_len, is_10 && data[4] & LONG_LBA);
	for (data += header + desc_len, len -= header + desc_len; len >= 2; data += n, len -= n) {
		n = 2 + data[1];
		if (n > len)
			return false;
		if ((data[0] & 0x7f) == CONTROL_PAGE && n >= CONTROL_LEN) {
			read_control(data, mode);
			return true;
		}
	}
	return false;
}
