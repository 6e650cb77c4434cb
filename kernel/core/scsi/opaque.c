// SPDX-License-Identifier: GPL-2.0
/*
 * Commands to opaque logical units: scst/scsi/opaque.h. The rows of op_rows.h hold for them as far
 * as their type has them, but not what is reserved there: the device judges that. opaque_rows.h has
 * the rest; and what stands nowhere is passed all the same, as a command that may write.
 */
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/stddef.h>
#include <linux/unaligned.h>
#include <scst/scsi/opaque.h>
#include <scst/scst.h>

#include "op_table.h"
#include "respond.h"

struct opaque_row {
	struct scst_op op;
	u8 time;				/* enum scst_opaque_time */
};

static_assert(offsetof(struct opaque_row, op) == 0, "a row is its op first");

/* Groups 0-7 of SPC-5 table 24; 0: variable, or the vendor's. */
#define LEN_OF(code)	((code) < 0x20 ? 6 : (code) < 0x60 ? 10 : (code) < 0x80 ? 0 :	\
			 (code) < 0xa0 ? 16 : (code) < 0xc0 ? 12 : 0)

#define ROW(code, action, type, direction, format, class, secs, bits, verb_id, what)		\
	{ .op = { .opcode = code, .len = LEN_OF(code), .sa = action, .dir = direction,		\
		  .fmt = format, .pr = class, .verb = verb_id, .opaque = what,			\
		  .alua = SCST_ALUA_ACTIVE, .flags = (bits) | SCST_OP_NO_MEDIUM,		\
		  .types = type, .usage = { code } },						\
	  .time = secs },
/* What is pasted is no macro of the kernel's, as READ is. */
#define PASS(code, action, type, direction, format, class, secs, bits)				\
	ROW(code, action, type, SCST_DIR_##direction, SCST_FMT_##format, SCST_PR_##class,	\
	    SCST_TIME_##secs, bits, SCST_VERB_CDB, SCST_OPAQUE_PASS)
#define REFUSE(code, action)									\
	ROW(code, action, SCST_T_ALL, SCST_DIR_NONE, SCST_FMT_NONE, SCST_PR_WRITE,		\
	    SCST_TIME_SHORT, 0, SCST_VERB_CDB, SCST_OPAQUE_REFUSE)
#define PREVENT(type)										\
	ROW(0x1e, SCST_SA_NONE, type, SCST_DIR_NONE, SCST_FMT_NONE, SCST_PR_WRITE,		\
	    SCST_TIME_SHORT, 0, SCST_VERB_PREVENT, SCST_OPAQUE_PASS)

static const struct opaque_row rows[] = {
#include "opaque_rows.h"
};

#define UNKNOWN(direction)									\
	{ .sa = SCST_SA_NONE, .dir = SCST_DIR_##direction, .fmt = SCST_FMT_EXPECTED,		\
	  .pr = SCST_PR_WRITE, .verb = SCST_VERB_CDB, .opaque = SCST_OPAQUE_PASS,		\
	  .alua = SCST_ALUA_ACTIVE, .flags = SCST_OP_WRITES | SCST_OP_NO_MEDIUM,		\
	  .types = SCST_T_ALL }

static const struct scst_op unknown[] = {
	[SCST_DIR_NONE]	= UNKNOWN(NONE),
	[SCST_DIR_IN]	= UNKNOWN(IN),
	[SCST_DIR_OUT]	= UNKNOWN(OUT),
};

enum {
	FIXED		= 0x01,		/* of tapes, byte 1: blocks of one size */
	BYTCMP		= 0x02,		/* ... VERIFY: with data */
	PROTECT		= 0xe0,
	EVPD		= 0x01,
	VPD_PORTS	= 0x88,
	VPD_COPY	= 0x8f,
	READ_ELEMENT_STATUS = 0xb8,
	CURDATA		= 0x02,		/* its byte 6 */
	CDB_MIN		= 6,
	CD_BLOCK_MAX	= 2448,		/* with subchannels */
};

/* The first row of @opcode, or of what comes behind it. */
static const struct opaque_row *first_row(u8 opcode)
{
	unsigned int low = 0, high = ARRAY_SIZE(rows);

	while (low < high) {
		unsigned int mid = (low + high) / 2;

		if (rows[mid].op.opcode < opcode)
			low = mid + 1;
		else
			high = mid;
	}
	return &rows[low];
}

/* READ ELEMENT STATUS with CURDATA moves nothing: that has the row behind the other. */
static bool looks_only(const u8 *cdb)
{
	return cdb[0] == READ_ELEMENT_STATUS && cdb[6] & CURDATA;
}

static const struct opaque_row *find_row(const u8 *cdb, u8 type)
{
	const struct opaque_row *row = first_row(cdb[0]), *end = rows + ARRAY_SIZE(rows);
	u16 sa = cdb[1] & 0x1f;

	for (; row < end && row->op.opcode == cdb[0]; row++)
		if (row->op.types & BIT(type & 0x1f) &&
		    (row->op.sa == SCST_SA_NONE || row->op.sa == sa))
			return row + looks_only(cdb);
	return NULL;
}

/* Of a disk of ours they change nothing that a read-only LUN has to protect. */
static bool may_do_more(const struct scst_op *op)
{
	return op->exec == SCST_EXEC_SEND_DIAGNOSTIC || op->exec == SCST_EXEC_WRITE_BUFFER;
}

const struct scst_op *scst_opaque_find(const u8 *cdb, u8 type, u8 dir)
{
	const struct opaque_row *row;
	const struct scst_op *op;
	bool unknown_sa;

	op = scst_op_find(cdb, &unknown_sa);
	if (likely(op) && likely(op->types & BIT(type & 0x1f)) && !may_do_more(op))
		return op;
	row = find_row(cdb, type);
	if (row)
		return &row->op;
	return dir < ARRAY_SIZE(unknown) ? &unknown[dir] : NULL;
}

enum scst_opaque_time scst_opaque_time(const struct scst_op *op)
{
	const struct opaque_row *row = (const struct opaque_row *)op;
	u16 seconds;

	if (row >= rows && row < rows + ARRAY_SIZE(rows))
		return row->time;
	if (op < scst_ops || op >= scst_ops + scst_ops_nr)
		return SCST_TIME_LONG;		/* nobody knows what it is */
	seconds = scst_ops_cold[op - scst_ops].recommended_s;
	if (seconds > 60)
		return SCST_TIME_LONG;
	return seconds > 10 ? SCST_TIME_REGULAR : SCST_TIME_SHORT;
}

static bool refuse_length(const struct scst_op *op, struct scst_sense *sense)
{
	return refuse_cdb(sense, scst_op_length_field(op).byte, -1);
}

/* MMC-6: what is burnt has blocks of 2048 to 2448 bytes, depending on a mode page. */
static bool is_burnt_raw(const struct scst_op *op, const struct scst_lu *lu, u32 blocks,
			 u32 expected)
{
	return BIT(lu->type & 0x1f) & SCST_T_CDROM && op->dir == SCST_DIR_OUT && blocks &&
	       expected % blocks == 0 && expected / blocks > READ_ONCE(lu->block_size) &&
	       expected / blocks <= CD_BLOCK_MAX;
}

static bool blocks_len(const struct scst_op *op, const struct scst_lu *lu, u32 blocks, u32 expected,
		       u32 *len, struct scst_sense *sense)
{
	u32 size = READ_ONCE(lu->block_size);
	u64 bytes = (u64)blocks * size;

	if (!size || is_burnt_raw(op, lu, blocks, expected))
		bytes = blocks ? expected : 0;
	if (bytes > SCST_OPAQUE_MAX)
		return refuse_length(op, sense);
	*len = bytes;
	return true;
}

/*
 * With FIXED the length counts blocks, whose size another host may have changed: whatever of it
 * makes the initiator's buffer whole blocks is believed. No block is shifted: a size is any number.
 */
static u64 tape_len(const struct scst_lu *lu, const u8 *cdb, u32 count, u32 expected)
{
	u32 size = READ_ONCE(lu->block_size);

	if (!(cdb[1] & FIXED) || !count)
		return count;
	if (!size || (expected && expected % count == 0))
		return expected;
	return (u64)count * size;
}

static bool is_tape_verify(const u8 *cdb)
{
	return cdb[0] == 0x13 || cdb[0] == 0x8f;
}

/* Bytes that are no blocks: a list, or what there is room for. */
static bool bytes_len(const struct scst_op *op, u32 bytes, u32 *len, struct scst_sense *sense)
{
	*len = min_t(u32, bytes, SCST_OPAQUE_MAX);
	return op->dir != SCST_DIR_OUT || *len == bytes ? true : refuse_length(op, sense);
}

/* What is told of our ports, and of our copy manager, is not the device's to say. */
static bool is_refused_page(const struct scst_op *op, const u8 *cdb)
{
	return op->exec == SCST_EXEC_INQUIRY && cdb[1] & EVPD &&
	       (cdb[2] == VPD_PORTS || cdb[2] == VPD_COPY);
}

static bool parse_len(const struct scst_op *op, const struct scst_lu *lu, const u8 *cdb,
		      u32 expected, struct scst_cdb *params, u32 *len, struct scst_sense *sense)
{
	u64 bytes;

	if (op->fmt == SCST_FMT_TAPE || op->fmt == SCST_FMT_TAPE16) {
		bytes = is_tape_verify(cdb) && !(cdb[1] & BYTCMP) ? 0 :
			tape_len(lu, cdb, params->nblocks, expected);
		*len = bytes;
		return bytes <= SCST_OPAQUE_MAX ? true : refuse_length(op, sense);
	}
	if (op->fmt == SCST_FMT_EXPECTED || params->how & SCST_HOW_LIST)
		return bytes_len(op, expected, len, sense);
	if (op->flags & (SCST_OP_MEDIUM_DATA | SCST_OP_RANGE))
		return blocks_len(op, lu, params->data_blocks, expected, len, sense);
	return bytes_len(op, params->len, len, sense);
}

/* Whole, or of others that are known the one service action. */
static bool refuse_command(const struct scst_op *op, const u8 *cdb, struct scst_sense *sense)
{
	bool unknown_sa;

	scst_op_find(cdb, &unknown_sa);
	if (op->sa != SCST_SA_NONE || unknown_sa)
		return refuse_cdb(sense, 1, 4);
	return refuse(sense, SCST_SENSE_INVALID_OPCODE);
}

bool scst_opaque_parse(const struct scst_op *op, const struct scst_lu *lu, const u8 *cdb,
		       u32 expected, struct scst_cdb *params, u32 *len, struct scst_sense *sense)
{
	u16 bits_at = scst_op_bits_at(op);
	struct scst_field bad;

	if (op->opaque == SCST_OPAQUE_REFUSE)
		return refuse_command(op, cdb, sense);
	if (op->flags & SCST_OP_PROTECT && cdb[bits_at] & PROTECT)
		return refuse_cdb(sense, bits_at, 7);
	if (is_refused_page(op, cdb))
		return refuse_cdb(sense, 2, -1);
	scst_cdb_parse(op, cdb, params);
	if (op->opaque == SCST_OPAQUE_PASS)
		return parse_len(op, lu, cdb, expected, params, len, sense);
	if (!scst_cdb_check(op, cdb, &bad))
		return refuse_cdb(sense, bad.byte, bad.bit);
	return scst_cdb_data_len(op, params, len, sense);
}

struct scst_field scst_opaque_length_field(const struct scst_op *op)
{
	return scst_op_length_field(op);
}

unsigned int scst_opaque_cdb_len(const struct scst_op *op, const u8 *cdb, unsigned int len)
{
	if (cdb[0] == OPCODE_LONG)
		len = LONG_SA_AT + cdb[LONG_MORE_AT];
	else if (LEN_OF(cdb[0]))
		len = LEN_OF(cdb[0]);
	return len >= CDB_MIN && len <= SCST_OPAQUE_CDB ? len : 0;
}

/*
 * Also of what nobody knows, as far as its length is known; a vendor's has no CONTROL we know of.
 */
void scst_opaque_cdb(const struct scst_op *op, u8 *cdb)
{
	if (likely(op->len))
		scst_cdb_clear_naca(op, cdb);
	else if (cdb[0] == OPCODE_LONG)
		cdb[LONG_CONTROL_AT] &= ~NACA;
	else if (LEN_OF(cdb[0]))
		cdb[LEN_OF(cdb[0]) - 1] &= ~NACA;
}

/* Every piece names a first block of its own, which its CDB may have no room for. */
static bool has_room_for_last(const struct scst_op *op, const struct scst_cdb *params)
{
	return max(params->nblocks, 1u) - 1 <= scst_cdb_layouts[op->fmt].lba_mask - params->lba;
}

bool scst_opaque_splits(const struct scst_op *op, const struct scst_cdb *params)
{
	if (!has_room_for_last(op, params))
		return false;
	switch ((enum scst_verb)op->verb) {
	case SCST_VERB_READ:
	case SCST_VERB_WRITE:
	case SCST_VERB_WRITE_VERIFY:
		return true;
	case SCST_VERB_VERIFY:
		return params->how & SCST_HOW_COMPARE && !(params->how & SCST_HOW_SAME);
	default:
		return false;
	}
}

void scst_opaque_piece(const struct scst_op *op, u8 *cdb, u64 lba, u32 nblocks)
{
	scst_cdb_set_range(op, cdb, lba, nblocks);
}
