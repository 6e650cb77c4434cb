// SPDX-License-Identifier: GPL-2.0
/*
 * Finding the row of a command, and what follows from a row and a CDB: is it well formed, which
 * blocks or bytes does it name, does a logical unit carry it out.
 */
#include <linux/kernel.h>
#include <linux/compiler.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "op_table.h"
#include "respond.h"

#define FIELD8		0xffu
#define FIELD16		0xffffu
#define FIELD24		0xffffffu
#define FIELD32		0xffffffffu

/*
 * Eight, or four, bytes are read from where the field begins, or before it; the shift brings it
 * down and the mask cuts off what stands in front of it. No reading goes past the CDB, or past byte
 * 15 where that is shorter.
 */
const struct scst_cdb_layout scst_cdb_layouts[SCST_FMT_MAX] = {
	/*			lba at, shift, mask	   length at, shift, mask, if zero */
	[SCST_FMT_NONE]		= { .len_mask = 0 },
	[SCST_FMT_ALLOC1_AT4]	= { .len_at = 4,  .len_shift = 24, .len_mask = FIELD8 },
	[SCST_FMT_ALLOC2_AT3]	= { .len_at = 3,  .len_shift = 16, .len_mask = FIELD16 },
	[SCST_FMT_ALLOC2_AT7]	= { .len_at = 7,  .len_shift = 16, .len_mask = FIELD16 },
	[SCST_FMT_ALLOC4_AT5]	= { .len_at = 5,  .len_shift = 0,  .len_mask = FIELD32 },
	[SCST_FMT_ALLOC3_AT6]	= { .len_at = 6,  .len_shift = 8,  .len_mask = FIELD24 },
	[SCST_FMT_ALLOC4_AT6]	= { .len_at = 6,  .len_shift = 0,  .len_mask = FIELD32 },
	[SCST_FMT_ALLOC4_AT10]	= { .len_at = 10, .len_shift = 0,  .len_mask = FIELD32 },
	[SCST_FMT_FIXED8]	= { .len_if_zero = 8 },
	[SCST_FMT_LBA3_LEN1]	= { .lba_at = 1, .lba_shift = 40, .lba_mask = 0x1fffff,
				    .len_at = 4,  .len_shift = 24, .len_mask = FIELD8,
				    .len_if_zero = 256 },
	[SCST_FMT_LBA4_LEN2]	= { .lba_at = 2, .lba_shift = 32, .lba_mask = FIELD32,
				    .len_at = 7,  .len_shift = 16, .len_mask = FIELD16 },
	[SCST_FMT_LBA4_LEN4]	= { .lba_at = 2, .lba_shift = 32, .lba_mask = FIELD32,
				    .len_at = 6,  .len_shift = 0,  .len_mask = FIELD32 },
	[SCST_FMT_LBA8_LEN4]	= { .lba_at = 2, .lba_shift = 0,  .lba_mask = ~0ull,
				    .len_at = 10, .len_shift = 0,  .len_mask = FIELD32 },
	[SCST_FMT_LBA8_LEN1]	= { .lba_at = 2, .lba_shift = 0,  .lba_mask = ~0ull,
				    .len_at = 10, .len_shift = 0,  .len_mask = FIELD8 },
	[SCST_FMT_LBA8_LEN2]	= { .lba_at = 2, .lba_shift = 0,  .lba_mask = ~0ull,
				    .len_at = 12, .len_shift = 16, .len_mask = FIELD16 },
	[SCST_FMT_LBA8_ALLOC4]	= { .lba_at = 2, .lba_shift = 0,  .lba_mask = ~0ull,
				    .len_at = 10, .len_shift = 0,  .len_mask = FIELD32 },
	[SCST_FMT_LONG]		= { .lba_at = 12, .lba_shift = 0, .lba_mask = ~0ull,
				    .len_at = 28, .len_shift = 0,  .len_mask = FIELD32 },
	[SCST_FMT_ALLOC3_AT2]	= { .len_at = 2,  .len_shift = 8,  .len_mask = FIELD24 },
	[SCST_FMT_ALLOC3_AT7]	= { .len_at = 7,  .len_shift = 8,  .len_mask = FIELD24 },
	[SCST_FMT_ALLOC2_AT8]	= { .len_at = 8,  .len_shift = 16, .len_mask = FIELD16 },
	[SCST_FMT_ALLOC2_AT9]	= { .len_at = 9,  .len_shift = 16, .len_mask = FIELD16 },
	[SCST_FMT_FIXED6]	= { .len_if_zero = 6 },
	[SCST_FMT_FIXED20]	= { .len_if_zero = 20 },
	[SCST_FMT_FIXED32]	= { .len_if_zero = 32 },
	[SCST_FMT_TAPE]		= { .len_at = 2,  .len_shift = 8,  .len_mask = FIELD24 },
	[SCST_FMT_TAPE16]	= { .len_at = 12, .len_shift = 8,  .len_mask = FIELD24 },
	[SCST_FMT_EXPECTED]	= { .len_mask = 0 },
};

/*
 * What all commands of 32 bytes have after byte 15: the end of the LBA, tags and the like that mean
 * nothing without protection information, the length.
 */
static const u8 long_usage[16] = { [0] = 0xff, 0xff, 0xff, 0xff, [12] = 0xff, 0xff, 0xff, 0xff };

enum {
	/* in byte 1, or byte 10 */
	FUA		= 0x08,
	UNMAP		= 0x08,
	NDOB		= 0x01,
	BYTCHK		= 0x06,

	START		= 0x01,		/* in byte 4 */
	LOEJ		= 0x02,
	PREVENT		= 0x01,

	FMTDATA		= 0x10,		/* FORMAT UNIT, in byte 1 */
	LONGLIST	= 0x20,

	BYTCHK_NONE	= 0x00,
	BYTCHK_ALL	= 0x02,
	BYTCHK_RESERVED	= 0x04,
	BYTCHK_ONE	= 0x06,

	ODD_DATA	= SCST_OP_BYTCHK | SCST_OP_ONE_BLOCK | SCST_OP_TWO_BUFFERS | SCST_OP_LONG,
};

u16 scst_op_bits_at(const struct scst_op *op)
{
	return op->flags & SCST_OP_LONG ? 10 : 1;
}

/* SBC-4 tables 158 (VERIFY) and 188 (WRITE SAME). WRITE AND VERIFY moves all blocks in any case. */
static void parse_odd_data(const struct scst_op *op, const u8 *cdb, struct scst_cdb *out)
{
	u8 bits = cdb[scst_op_bits_at(op)];
	u8 bytchk = bits & BYTCHK;

	if (op->flags & SCST_OP_FUA && bits & FUA)
		out->how |= SCST_HOW_FUA;
	if (op->flags & SCST_OP_TWO_BUFFERS)
		out->data_blocks = 2 * out->nblocks;
	if (op->flags & SCST_OP_ONE_BLOCK)
		out->data_blocks = bits & NDOB ? 0 : 1;
	if (op->flags & SCST_OP_UNMAP_BIT && bits & UNMAP)
		out->how |= SCST_HOW_UNMAP;
	if (!(op->flags & SCST_OP_BYTCHK) || bytchk == BYTCHK_NONE)
		return;

	out->how |= SCST_HOW_COMPARE | (bytchk == BYTCHK_ONE ? SCST_HOW_SAME : 0);
	if (!(op->flags & SCST_OP_MEDIUM_DATA))
		out->data_blocks = bytchk == BYTCHK_ONE ? !!out->nblocks : out->nblocks;
}

static u32 parse_load_bits(const u8 *cdb)
{
	return (cdb[4] & START ? SCST_HOW_START : 0) |
	       (cdb[4] & LOEJ ? SCST_HOW_LOAD_EJECT : 0);
}

static u32 parse_list_bits(const u8 *cdb)
{
	return (cdb[1] & FMTDATA ? SCST_HOW_LIST : 0) |
	       (cdb[1] & LONGLIST ? SCST_HOW_LONG_LIST : 0);
}

void scst_cdb_parse(const struct scst_op *op, const u8 *cdb, struct scst_cdb *out)
{
	const struct scst_cdb_layout *at = &scst_cdb_layouts[op->fmt];
	u32 count = (get_unaligned_be32(cdb + at->len_at) >> at->len_shift) & at->len_mask;

	if (unlikely(!count))
		count = at->len_if_zero;

	out->lba = (get_unaligned_be64(cdb + at->lba_at) >> at->lba_shift) & at->lba_mask;
	out->how = op->flags & SCST_OP_FUA && cdb[1] & FUA ? SCST_HOW_FUA : 0;
	if (unlikely(!(op->flags & (SCST_OP_MEDIUM_DATA | SCST_OP_RANGE)))) {
		out->nblocks = 0;
		out->data_blocks = 0;
		out->len = count;
		if (op->verb == SCST_VERB_START_STOP)
			out->how |= parse_load_bits(cdb);
		if (op->verb == SCST_VERB_PREVENT && cdb[4] & PREVENT)
			out->how |= SCST_HOW_PREVENT;
		if (op->flags & SCST_OP_LIST_AS_SENT)
			out->how |= parse_list_bits(cdb);
		return;
	}
	out->nblocks = count;
	out->data_blocks = op->flags & SCST_OP_MEDIUM_DATA ? count : 0;
	out->len = 0;
	if (unlikely(op->flags & ODD_DATA))
		parse_odd_data(op, cdb, out);
}

u16 scst_cdb_service_action(const u8 *cdb)
{
	return cdb[0] == OPCODE_LONG ? get_unaligned_be16(cdb + LONG_SA_AT) : cdb[1] & 0x1f;
}

struct scst_field scst_op_sa_field(u8 opcode)
{
	if (opcode == OPCODE_LONG)
		return (struct scst_field) { .byte = LONG_SA_AT, .bit = -1 };
	return (struct scst_field) { .byte = 1, .bit = 4 };
}

static unsigned int control_at(const struct scst_op *op)
{
	return op->flags & SCST_OP_LONG ? LONG_CONTROL_AT : op->len - 1;
}

bool scst_cdb_naca(const struct scst_op *op, const u8 *cdb)
{
	return op->len && cdb[control_at(op)] & NACA;
}

void scst_cdb_clear_naca(const struct scst_op *op, u8 *cdb)
{
	if (op->len)
		cdb[control_at(op)] &= ~NACA;
}

void scst_cdb_set_range(const struct scst_op *op, u8 *cdb, u64 lba, u32 count)
{
	const struct scst_cdb_layout *at = &scst_cdb_layouts[op->fmt];
	u64 where = get_unaligned_be64(cdb + at->lba_at) & ~(at->lba_mask << at->lba_shift);
	u32 length;

	put_unaligned_be64(where | (lba & at->lba_mask) << at->lba_shift, cdb + at->lba_at);
	length = get_unaligned_be32(cdb + at->len_at) & ~(at->len_mask << at->len_shift);
	put_unaligned_be32(length | (count & at->len_mask) << at->len_shift, cdb + at->len_at);
}

u8 scst_op_usage(const struct scst_op *op, unsigned int i)
{
	if (i == control_at(op))
		return op->usage[i] | NACA;
	return i < sizeof(op->usage) ? op->usage[i] : long_usage[i - sizeof(op->usage)];
}

/* Rows of one opcode stand together: a walk over its few service actions. */
static const struct scst_op *find_service_action(const struct scst_op *op, const u8 *cdb)
{
	const struct scst_op *end = scst_ops + scst_ops_nr;
	u16 sa = scst_cdb_service_action(cdb);

	for (; op < end && op->opcode == cdb[0]; op++)
		if (op->sa == sa)
			return op;
	return NULL;
}

const struct scst_op *scst_op_find(const u8 *cdb, bool *unknown_sa)
{
	unsigned int first = scst_ops_first[cdb[0]];
	const struct scst_op *op;

	*unknown_sa = false;
	if (unlikely(!first))
		return NULL;

	op = &scst_ops[first - 1];
	if (likely(op->sa == SCST_SA_NONE))
		return op;

	op = find_service_action(op, cdb);
	*unknown_sa = !op;
	return op;
}

/* Values that no mask can tell: BYTCHK 10b is reserved, and a CDB of 32 bytes has 24 more. */
static bool check_values(const struct scst_op *op, const u8 *cdb, struct scst_field *bad)
{
	u16 bits_at = scst_op_bits_at(op);

	if (op->flags & SCST_OP_LONG && cdb[LONG_MORE_AT] != op->len - LONG_SA_AT) {
		*bad = (struct scst_field) { .byte = LONG_MORE_AT, .bit = -1 };
		return false;
	}
	if (op->flags & SCST_OP_BYTCHK && (cdb[bits_at] & BYTCHK) == BYTCHK_RESERVED) {
		*bad = (struct scst_field) { .byte = bits_at, .bit = 2 };
		return false;
	}
	return true;
}

/* The leftmost reserved bit that is set, in the first byte that has one. */
static bool find_reserved_bit(const struct scst_op *op, const u8 *cdb, struct scst_field *bad)
{
	unsigned int i, len = max_t(unsigned int, op->len, sizeof(op->usage));

	for (i = 0; i < len; i++) {
		u8 set = cdb[i] & ~scst_op_usage(op, i);

		if (i == 1 && op->flags & SCST_OP_OLD_LUN)
			set &= 0x1f;
		if (!set)
			continue;
		bad->byte = i;
		bad->bit = leftmost_bit(set);
		return true;
	}
	return false;
}

static bool check_slowly(const struct scst_op *op, const u8 *cdb, struct scst_field *bad)
{
	return !find_reserved_bit(op, cdb, bad) && check_values(op, cdb, bad);
}

bool scst_cdb_check(const struct scst_op *op, const u8 *cdb, struct scst_field *bad)
{
	u64 used[2], set[2];

	memcpy(used, op->usage, sizeof(used));
	memcpy(set, cdb, sizeof(set));
	if (likely(!((set[0] & ~used[0]) | (set[1] & ~used[1]))) &&
	    likely(!(op->flags & (SCST_OP_BYTCHK | SCST_OP_LONG))))
		return true;
	return check_slowly(op, cdb, bad);
}

bool scst_op_supported(const struct scst_op *op, const struct scst_lu *lu)
{
	unsigned int type;

	if (!lu)
		return op->flags & SCST_OP_NO_LUN;

	type = lu->dummy ? 0x1f : lu->type & 0x1f;
	if (!(op->types & BIT(type)))
		return false;
	return op->exec || lu->verbs & BIT(op->verb);
}
