// SPDX-License-Identifier: GPL-2.0
/*
 * Sense data: the table of what we say, and its two formats on the wire, SPC-5 4.4.2 and 4.4.3,
 * both ways.
 */
#include <linux/unaligned.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include <scst/scst.h>
#include <scst/scsi/sense.h>

enum {
	FIXED_LEN	= 18,
	DESC_LEN	= 8,	/* header */
	DESC_INFO_LEN	= 12,
	DESC_SKS_LEN	= 8,
	DESC_FORWARD_LEN = 4,	/* without the sense */

	/* descriptors: SPC-5 table 29 */
	TYPE_INFO	= 0x00,
	TYPE_CMD_INFO	= 0x01,
	TYPE_SKS	= 0x02,
	TYPE_FORWARD	= 0x0c,

	RESPONSE_FIXED	= 0x70,
	RESPONSE_DESC	= 0x72,
	RESPONSE_DEFERRED = 0x01,
	RESPONSE_VENDOR	= 0x7f,
	INFO_VALID	= 0x80,

	SKS_VALID	= 0x80,
	SKS_IN_CDB	= 0x40,
	SKS_IN_SEGMENT	= 0x20,
	SKS_BIT_VALID	= 0x08,

	FORWARD_TRUNCATED = 0x80,
};

static_assert(SCST_SENSE_ENCODED_MAX == DESC_LEN + 2 * DESC_INFO_LEN + DESC_SKS_LEN,
	      "all descriptors");
static_assert(SCST_SENSE_ENCODED_MAX + DESC_FORWARD_LEN < SCST_SENSE_LEN,
	      "what is forwarded has room behind them");

static const struct scst_sense_row senses[] = {
#define SENSE(id, key, asc, ascq, name)	[SCST_SENSE_##id] = { key, asc, ascq, name },
	SCST_SENSES(SENSE)
#undef SENSE
};

const struct scst_sense_row *scst_sense_row(enum scst_sense_id id)
{
	return &senses[id < SCST_SENSE_MAX ? id : SCST_SENSE_INTERNAL_FAILURE];
}

enum scst_sense_id scst_sense_find(struct scst_sense_codes codes)
{
	const struct scst_sense_row *row;

	for (row = senses; row < senses + ARRAY_SIZE(senses); row++)
		if (row->key == codes.key && row->asc == codes.asc && row->ascq == codes.ascq)
			return row - senses;
	return SCST_SENSE_OTHER;
}

struct scst_sense_codes scst_sense_codes(const struct scst_sense *sense)
{
	const struct scst_sense_row *row = scst_sense_row(sense->id);

	if (sense->id == SCST_SENSE_OTHER)
		return sense->other;
	return (struct scst_sense_codes){ row->key, row->asc, row->ascq };
}

/* SENSE KEY SPECIFIC of ILLEGAL REQUEST and of COPY ABORTED: SPC-5 4.4.2.4.2, 4.4.2.4.5. */
static void put_field_pointer(const struct scst_sense *sense, u8 *sks)
{
	sks[0] = SKS_VALID;
	sks[0] |= sense->in_cdb ? SKS_IN_CDB : 0;
	sks[0] |= sense->in_segment ? SKS_IN_SEGMENT : 0;
	if (sense->bit >= 0)
		sks[0] |= SKS_BIT_VALID | (sense->bit & 7);
	put_unaligned_be16(sense->byte, sks + 1);
}

/* SENSE KEY SPECIFIC of NOT READY: SPC-5 4.4.2.4.4. */
static void put_sense_key_specific(const struct scst_sense *sense, u8 *sks)
{
	if (!sense->has_progress) {
		put_field_pointer(sense, sks);
		return;
	}
	sks[0] = SKS_VALID;
	put_unaligned_be16(sense->byte, sks + 1);
}

static unsigned int encode_fixed(const struct scst_sense *sense, struct scst_sense_codes codes,
				 u8 *out)
{
	out[0] = RESPONSE_FIXED | (sense->deferred ? RESPONSE_DEFERRED : 0);
	out[2] = codes.key;
	out[7] = FIXED_LEN - 8;
	out[12] = codes.asc;
	out[13] = codes.ascq;

	/* An LBA beyond 32 bits cannot be said here: VALID stays 0 (SPC-5 4.4.3). */
	if (sense->has_info && sense->info <= 0xffffffff) {
		out[0] |= INFO_VALID;
		put_unaligned_be32(sense->info, out + 3);
	}
	if (sense->has_cmd_info && sense->cmd_info <= 0xffffffff)
		put_unaligned_be32(sense->cmd_info, out + 8);
	if (sense->has_field || sense->has_progress)
		put_sense_key_specific(sense, out + 15);
	return FIXED_LEN;
}

/*
 * Behind the sense, status first; where that is, is in the first byte of COMMAND-SPECIFIC
 * INFORMATION if the device was the source of the copy, in the second if the destination (SPC-3
 * 6.3.3).
 */
static unsigned int forward_fixed(const struct scst_sense_forward *forward, u8 *out)
{
	unsigned int len = min_t(unsigned int, forward->len, SCST_SENSE_LEN - FIXED_LEN - 1);

	out[forward->source == SCST_FORWARD_FROM_SOURCE ? 8 : 9] = FIXED_LEN;
	out[FIXED_LEN] = forward->status;
	memcpy(out + FIXED_LEN + 1, forward->bytes, len);
	len += FIXED_LEN + 1;
	out[7] = len - 8;
	return len;
}

/* INFORMATION and COMMAND-SPECIFIC INFORMATION look the same but for VALID, which is always 1. */
static unsigned int put_u64(u8 type, u8 valid, u64 value, u8 *desc)
{
	desc[0] = type;
	desc[1] = DESC_INFO_LEN - 2;
	desc[2] = valid;
	put_unaligned_be64(value, desc + 4);
	return DESC_INFO_LEN;
}

static unsigned int encode_descriptors(const struct scst_sense *sense,
				       struct scst_sense_codes codes, u8 *out)
{
	unsigned int len = DESC_LEN;

	out[0] = RESPONSE_DESC | (sense->deferred ? RESPONSE_DEFERRED : 0);
	out[1] = codes.key;
	out[2] = codes.asc;
	out[3] = codes.ascq;

	if (sense->has_info)
		len += put_u64(TYPE_INFO, INFO_VALID, sense->info, out + len);
	if (sense->has_cmd_info)
		len += put_u64(TYPE_CMD_INFO, 0, sense->cmd_info, out + len);
	if (sense->has_field || sense->has_progress) {
		out[len] = TYPE_SKS;
		out[len + 1] = DESC_SKS_LEN - 2;
		put_sense_key_specific(sense, out + len + 4);
		len += DESC_SKS_LEN;
	}
	out[7] = len - DESC_LEN;
	return len;
}

static unsigned int forward_descriptor(const struct scst_sense_forward *forward, u8 *out,
				       unsigned int at)
{
	unsigned int room = SCST_SENSE_LEN - at - DESC_FORWARD_LEN;
	unsigned int len = min_t(unsigned int, forward->len, room);
	u8 *desc = out + at;

	desc[0] = TYPE_FORWARD;
	desc[1] = DESC_FORWARD_LEN - 2 + len;
	desc[2] = forward->source | (len < forward->len ? FORWARD_TRUNCATED : 0);
	desc[3] = forward->status;
	memcpy(desc + DESC_FORWARD_LEN, forward->bytes, len);
	len += at + DESC_FORWARD_LEN;
	out[7] = len - DESC_LEN;
	return len;
}

unsigned int scst_sense_encode_forward(const struct scst_sense *sense,
				       const struct scst_sense_forward *forward,
				       bool descriptor_format, u8 *buf, unsigned int size)
{
	struct scst_sense_codes codes = scst_sense_codes(sense);
	u8 out[SCST_SENSE_LEN] = { 0 };
	unsigned int len;

	len = descriptor_format ? encode_descriptors(sense, codes, out)
				: encode_fixed(sense, codes, out);
	if (forward)
		len = descriptor_format ? forward_descriptor(forward, out, len)
					: forward_fixed(forward, out);
	len = min(len, size);
	memcpy(buf, out, len);
	return len;
}

unsigned int scst_sense_encode(const struct scst_sense *sense, bool descriptor_format,
			       u8 *buf, unsigned int size)
{
	return scst_sense_encode_forward(sense, NULL, descriptor_format, buf, size);
}

static void parse_fixed(const u8 *bytes, unsigned int len, struct scst_sense *sense)
{
	sense->other.key = bytes[2] & 0x0f;
	sense->other.asc = len > 12 ? bytes[12] : 0;
	sense->other.ascq = len > 13 ? bytes[13] : 0;
	sense->has_info = bytes[0] & INFO_VALID && len >= 7;
	if (sense->has_info)
		sense->info = get_unaligned_be32(bytes + 3);
}

static void parse_descriptors(const u8 *bytes, unsigned int len, struct scst_sense *sense)
{
	const u8 *desc;
	unsigned int at;

	sense->other.key = bytes[1] & 0x0f;
	sense->other.asc = len > 2 ? bytes[2] : 0;
	sense->other.ascq = len > 3 ? bytes[3] : 0;
	for (at = DESC_LEN; at + DESC_INFO_LEN <= len; at += 2 + desc[1]) {
		desc = bytes + at;
		if (desc[0] != TYPE_INFO || desc[1] < DESC_INFO_LEN - 2 || !(desc[2] & INFO_VALID))
			continue;
		sense->has_info = true;
		sense->info = get_unaligned_be64(desc + 4);
		return;
	}
}

/* The additional length may be less than what came, or more. */
bool scst_sense_parse(const u8 *bytes, unsigned int len, struct scst_sense *sense)
{
	struct scst_sense parsed = { 0 };

	if (len >= 8)
		len = min_t(unsigned int, len, 8 + bytes[7]);
	if (len < 3)
		return false;
	switch (bytes[0] & 0x7f) {
	case RESPONSE_FIXED:
	case RESPONSE_FIXED | RESPONSE_DEFERRED:
		parse_fixed(bytes, len, &parsed);
		break;
	case RESPONSE_DESC:
	case RESPONSE_DESC | RESPONSE_DEFERRED:
		parse_descriptors(bytes, len, &parsed);
		break;
	case RESPONSE_VENDOR:		/* sense data, but in a format of its own */
		*sense = parsed;
		return true;
	default:
		return false;
	}
	parsed.deferred = bytes[0] & RESPONSE_DEFERRED;
	parsed.id = scst_sense_find(parsed.other);
	*sense = parsed;
	return true;
}
