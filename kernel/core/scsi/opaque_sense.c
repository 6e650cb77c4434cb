// SPDX-License-Identifier: GPL-2.0
/*
 * Opaque logical units: what sense data say of what was moved, and what those initiators are to
 * hear that did not do it: scst/scsi/opaque.h.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include <scst/scsi/opaque.h>
#include <scst/scst.h>

enum {
	KEY_NO_SENSE		= 0x0,
	KEY_RECOVERED		= 0x1,
	KEY_NOT_READY		= 0x2,
	KEY_UNIT_ATTENTION	= 0x6,

	FORMAT_FIXED		= 0x70,		/* bit 0: deferred */
	FORMAT_DESC		= 0x72,
	FORMAT_VENDOR		= 0x7f,

	/* byte 2 of the fixed format, byte 3 of the descriptor of stream commands */
	FILEMARK		= 0x80,
	EOM			= 0x40,
	ILI			= 0x20,
	MARKS			= FILEMARK | EOM | ILI,
	DESC_STREAM		= 0x04,
	DESC_AT			= 8,

	FIXED_BLOCKS		= 0x01,		/* in byte 1 of a tape's CDB */
};

/* FILEMARK, EOM and ILI of what a tape said. */
static u8 marks_of(const u8 *sense, unsigned int len)
{
	unsigned int at;

	if (len < DESC_AT)
		return 0;
	if ((sense[0] & 0x7e) == FORMAT_FIXED)
		return sense[2] & MARKS;
	len = min_t(unsigned int, len, DESC_AT + sense[7]);
	for (at = DESC_AT; at + 4 <= len; at += 2 + sense[at + 1])
		if (sense[at] == DESC_STREAM)
			return sense[at + 3] & MARKS;
	return 0;
}

/* What INFORMATION, the difference between what was asked for and what came, leaves of @len. */
static u32 moved_of(const u8 *cdb, u32 block_size, u32 count, u32 len, s32 info)
{
	s64 moved;

	if (!(cdb[1] & FIXED_BLOCKS))
		return info < 0 || info > (s64)len ? len : len - info;
	if (count && len % count == 0)
		block_size = len / count;
	moved = ((s64)count - info) * block_size;
	return moved < 0 || moved > len ? len : moved;
}

static bool is_tape(const struct scst_op *op)
{
	return op->fmt == SCST_FMT_TAPE || op->fmt == SCST_FMT_TAPE16;
}

/* Data came as well. Else "nothing is missing" is what an adapter says that does not know. */
static bool comes_with_data(const u8 *sense, const struct scst_sense *parsed)
{
	u8 key = scst_sense_codes(parsed).key;

	return (sense[0] & 0x7f) != FORMAT_VENDOR && !parsed->deferred &&
	       (key == KEY_NO_SENSE || key == KEY_RECOVERED);
}

u32 scst_opaque_moved(const struct scst_op *op, const u8 *cdb, u32 block_size, u32 len, u32 resid,
		      const u8 *sense, unsigned int sense_len)
{
	struct scst_sense parsed;
	u32 count;

	if (!sense || resid || op->dir != SCST_DIR_IN)
		return len - min_t(u32, resid, len);
	if (!scst_sense_parse(sense, sense_len, &parsed))
		return 0;
	if (!is_tape(op) || !marks_of(sense, sense_len))
		return comes_with_data(sense, &parsed) ? len : 0;
	if (!parsed.has_info)
		return len;
	count = get_unaligned_be24(op->fmt == SCST_FMT_TAPE ? cdb + 2 : cdb + 12);
	return moved_of(cdb, block_size, count, len, (s32)parsed.info);
}

bool scst_opaque_sense_is_of_unit(const u8 *sense, unsigned int len)
{
	struct scst_sense parsed;
	struct scst_sense_codes codes;

	if (!scst_sense_parse(sense, len, &parsed))
		return false;
	codes = scst_sense_codes(&parsed);
	if (parsed.deferred || codes.key == KEY_NOT_READY || codes.key == KEY_UNIT_ATTENTION)
		return true;
	return codes.key == KEY_NO_SENSE && !marks_of(sense, len) && !parsed.has_info;
}

enum {
	MODE_CHANGED		= 0x2a01,
	LOG_CHANGED		= 0x2a02,
	CAPACITY_CHANGED	= 0x2a09,
	TIMESTAMP_CHANGED	= 0x2a10,
	ENCRYPTION_CHANGED	= 0x2a11,
	MEDIUM_CHANGED		= 0x2800,
	IMPORT_EXPORT		= 0x2801,
	MICROCODE_CHANGED	= 0x3f01,
	INQUIRY_CHANGED		= 0x3f03,
	INFO_CHANGED		= 0x3f05,
	CLEARED_BY_OTHER	= 0x2f00,
};

/*
 * The device knows one initiator, us, and does not tell that of what it did itself. A row holds for
 * the CDBs with one of @values in the bits @mask of byte @at; with @values 0 for those that have
 * any of these bits set.
 */
struct tells_row {
	u8 opcode;
	u8 at, mask;
	u32 values;			/* BIT(value) */
	u32 types;
	u16 tells[SCST_TELLS_MAX];
};

#define ALL_CDBS	.mask = 0

static const struct tells_row tells_rows[] = {
	{ 0x04, ALL_CDBS, .types = SCST_T_TAPE, .tells = { MEDIUM_CHANGED } },
	{ 0x04, ALL_CDBS, .types = SCST_T_BLOCK, .tells = { MEDIUM_CHANGED, CAPACITY_CHANGED } },
	{ 0x0b, ALL_CDBS, .types = SCST_T_TAPE, .tells = { MEDIUM_CHANGED } },
	{ 0x15, ALL_CDBS, .types = SCST_T_ALL, .tells = { MODE_CHANGED } },
	{ 0x55, ALL_CDBS, .types = SCST_T_ALL, .tells = { MODE_CHANGED } },
	{ 0x4c, ALL_CDBS, .types = SCST_T_ALL, .tells = { LOG_CHANGED } },
	{ 0x1b, 4, 0x02, .types = SCST_T_BLOCK, .tells = { MEDIUM_CHANGED } },
	{ 0x1b, ALL_CDBS, .types = SCST_T_TAPE, .tells = { MEDIUM_CHANGED } },
	{ 0x1b, ALL_CDBS, .types = SCST_T_CHANGER, .tells = { IMPORT_EXPORT } },
	/* modes 04h to 07h and 0Dh to 0Fh: microcode */
	{ 0x3b, 1, 0x1f, 0xe0f0, .types = SCST_T_ALL, .tells = { MICROCODE_CHANGED } },
	{ 0x48, ALL_CDBS, .types = SCST_T_DISK, .tells = { MEDIUM_CHANGED, CAPACITY_CHANGED } },
	{ 0xa4, 1, 0x1f, 1 << 0x06, .types = SCST_T_ALL, .tells = { INFO_CHANGED } },
	{ 0xa4, 1, 0x1f, 1 << 0x0f, .types = SCST_T_ALL, .tells = { TIMESTAMP_CHANGED } },
	{ 0xa6, ALL_CDBS, .types = SCST_T_CDROM, .tells = { MEDIUM_CHANGED } },
	{ 0xb5, ALL_CDBS, .types = SCST_T_TAPE, .tells = { ENCRYPTION_CHANGED } },
};

static bool tells(const struct tells_row *row, const u8 *cdb, u8 type)
{
	u8 value = cdb[row->at] & row->mask;

	if (row->opcode != cdb[0] || !(row->types & BIT(type & 0x1f)))
		return false;
	if (row->values)
		return row->values & BIT(value);
	return !row->mask || value;
}

void scst_opaque_tells(const u8 *cdb, u8 type, u16 out[SCST_TELLS_MAX])
{
	const struct tells_row *row;

	memset(out, 0, SCST_TELLS_MAX * sizeof(out[0]));
	for (row = tells_rows; row < tells_rows + ARRAY_SIZE(tells_rows); row++)
		if (tells(row, cdb, type)) {
			memcpy(out, row->tells, sizeof(row->tells));
			return;
		}
}

bool scst_opaque_ua_refreshes(u16 ua)
{
	switch (ua >> 8) {
	case 0x28:
	case 0x29:
		return true;
	}
	return ua == MODE_CHANGED || ua == CAPACITY_CHANGED || ua == CLEARED_BY_OTHER ||
	       ua == INQUIRY_CHANGED || ua == MICROCODE_CHANGED;
}
