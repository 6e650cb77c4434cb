// SPDX-License-Identifier: GPL-2.0
/*
 * Sense data: the table of what can be said, and its two formats on the wire, SPC-5 4.4.2 and
 * 4.4.3.
 */
#include <linux/unaligned.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include <scst/scsi/sense.h>

enum {
	FIXED_LEN	= 18,
	DESC_LEN	= 8,	/* header */
	DESC_INFO_LEN	= 12,
	DESC_SKS_LEN	= 8,

	RESPONSE_FIXED	= 0x70,
	RESPONSE_DESC	= 0x72,
	FIXED_VALID	= 0x80,

	SKS_VALID	= 0x80,
	SKS_IN_CDB	= 0x40,
	SKS_BIT_VALID	= 0x08,
};

static const struct scst_sense_row senses[] = {
#define SENSE(id, key, asc, ascq, name)	[SCST_SENSE_##id] = { key, asc, ascq, name },
	SCST_SENSES(SENSE)
#undef SENSE
};

const struct scst_sense_row *scst_sense_row(enum scst_sense_id id)
{
	return &senses[id < SCST_SENSE_MAX ? id : SCST_SENSE_INTERNAL_FAILURE];
}

/* SENSE KEY SPECIFIC of ILLEGAL REQUEST: SPC-5 4.4.2.4.2. */
static void put_field_pointer(const struct scst_sense *sense, u8 *sks)
{
	sks[0] = SKS_VALID | (sense->in_cdb ? SKS_IN_CDB : 0);
	if (sense->bit >= 0)
		sks[0] |= SKS_BIT_VALID | (sense->bit & 7);
	put_unaligned_be16(sense->byte, sks + 1);
}

static unsigned int encode_fixed(const struct scst_sense *sense, const struct scst_sense_row *row,
				 u8 *out)
{
	out[0] = RESPONSE_FIXED;
	out[2] = row->key;
	out[7] = FIXED_LEN - 8;
	out[12] = row->asc;
	out[13] = row->ascq;

	/* An LBA beyond 32 bits cannot be said here: VALID stays 0 (SPC-5 4.4.3). */
	if (sense->has_info && sense->info <= 0xffffffff) {
		out[0] |= FIXED_VALID;
		put_unaligned_be32(sense->info, out + 3);
	}
	if (sense->has_field)
		put_field_pointer(sense, out + 15);
	return FIXED_LEN;
}

static unsigned int encode_descriptors(const struct scst_sense *sense,
				       const struct scst_sense_row *row, u8 *out)
{
	unsigned int len = DESC_LEN;

	out[0] = RESPONSE_DESC;
	out[1] = row->key;
	out[2] = row->asc;
	out[3] = row->ascq;

	if (sense->has_info) {
		out[len] = 0x00;			/* information */
		out[len + 1] = DESC_INFO_LEN - 2;
		out[len + 2] = 0x80;			/* VALID: always one */
		put_unaligned_be64(sense->info, out + len + 4);
		len += DESC_INFO_LEN;
	}
	if (sense->has_field) {
		out[len] = 0x02;			/* sense key specific */
		out[len + 1] = DESC_SKS_LEN - 2;
		put_field_pointer(sense, out + len + 4);
		len += DESC_SKS_LEN;
	}
	out[7] = len - DESC_LEN;
	return len;
}

unsigned int scst_sense_encode(const struct scst_sense *sense, bool descriptor_format,
			       u8 *buf, unsigned int size)
{
	const struct scst_sense_row *row = scst_sense_row(sense->id);
	u8 out[SCST_SENSE_ENCODED_MAX] = { 0 };
	unsigned int len;

	len = descriptor_format ? encode_descriptors(sense, row, out)
				: encode_fixed(sense, row, out);
	len = min(len, size);
	memcpy(buf, out, len);
	return len;
}
