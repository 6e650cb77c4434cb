// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands to opaque logical units: which row they have, and how long their data are. What a device
 * answers is in test_answers.c, what its sense says in test_told.c.
 */
#include <scst/scsi/opaque.h>

#include "fixture.h"

enum {
	DISK = 0x00, TAPE = 0x01, PROCESSOR = 0x03, CDROM = 0x05, MO = 0x07, CHANGER = 0x08,
	RAID = 0x0c,
};

static const struct scst_op *find(const u8 *cdb, u8 type)
{
	const struct scst_op *op = scst_opaque_find(cdb, type, SCST_DIR_IN);

	assert_non_null(op);
	return op;
}

/* Data-in that a unit of @type with blocks of @block bytes may send; -1: refused. */
static s64 len_of(const u8 *cdb, u8 type, u32 block, u32 expected)
{
	const struct scst_lu lu = { .type = type, .opaque = true, .block_size = block };
	const struct scst_op *op = find(cdb, type);
	struct scst_sense sense;
	struct scst_cdb params;
	u32 len;

	return scst_opaque_parse(op, &lu, cdb, expected, &params, &len, &sense) ? (s64)len : -1;
}

static void the_same_opcode_is_another_command_for_another_type(void **state)
{
	static const struct {
		u8 opcode, type, fmt, dir;
	} rows[] = {
		{ 0x08, DISK, SCST_FMT_LBA3_LEN1, SCST_DIR_IN },
		{ 0x08, TAPE, SCST_FMT_TAPE, SCST_DIR_IN },
		{ 0x08, PROCESSOR, SCST_FMT_ALLOC3_AT2, SCST_DIR_IN },
		{ 0x0a, TAPE, SCST_FMT_TAPE, SCST_DIR_OUT },
		{ 0x0a, PROCESSOR, SCST_FMT_ALLOC3_AT2, SCST_DIR_OUT },
		{ 0x2b, DISK, SCST_FMT_NONE, SCST_DIR_NONE },
		{ 0x2b, TAPE, SCST_FMT_NONE, SCST_DIR_NONE },
		{ 0xa5, CHANGER, SCST_FMT_NONE, SCST_DIR_NONE },
		{ 0xb8, CHANGER, SCST_FMT_ALLOC3_AT7, SCST_DIR_IN },
		{ 0xbe, CDROM, SCST_FMT_EXPECTED, SCST_DIR_IN },
		{ 0xbe, RAID, SCST_FMT_ALLOC4_AT6, SCST_DIR_IN },
		{ 0x28, CDROM, SCST_FMT_LBA4_LEN2, SCST_DIR_IN },
		{ 0x2a, CDROM, SCST_FMT_LBA4_LEN2, SCST_DIR_OUT },
		{ 0x2c, MO, SCST_FMT_NONE, SCST_DIR_NONE },
		{ 0x1a, TAPE, SCST_FMT_ALLOC1_AT4, SCST_DIR_IN },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct scst_op *op = find(CDB(rows[i].opcode), rows[i].type);

		if (op->opcode != rows[i].opcode || op->fmt != rows[i].fmt ||
		    op->dir != rows[i].dir)
			fail_msg("%02x of type %u: format %u, direction %u", rows[i].opcode,
				 rows[i].type, op->fmt, op->dir);
	}
}

/* Whatever opcode, action and type: there is a row, and it does not contradict itself. */
static void every_command_has_a_row(void **state)
{
	for (unsigned int i = 0; i < 256 * 32 * 32; i++) {
		u8 cdb[32] = { i / 1024, i / 32 % 32 }, type = i % 32;
		const struct scst_op *op = scst_opaque_find(cdb, type, SCST_DIR_OUT);

		assert_non_null(op);
		assert_true(!op->opcode || op->opcode == cdb[0]);
		assert_true(op->types & BIT(type));
		assert_true(!op->exec != !op->verb);
		assert_true(!(op->flags & SCST_OP_WRITES) || op->pr == SCST_PR_WRITE);
		assert_true(op->len == 0 || op->len == 6 || op->len == 10 || op->len == 12 ||
			    op->len == 16 || op->len == 32);
		assert_in_range(scst_opaque_time(op), 0, SCST_TIME_MAX - 1);
	}
}

static void what_nobody_knows_may_write(void **state)
{
	static const u8 opcodes[] = { 0x85, 0xa1, 0xb5, 0xc1, 0xd1, 0xff, 0x02 };

	for (unsigned int i = 0; i < ARRAY_SIZE(opcodes); i++) {
		const struct scst_op *op = scst_opaque_find(CDB(opcodes[i]), DISK, SCST_DIR_IN);

		assert_true(op->flags & SCST_OP_WRITES);
		assert_int_equal(op->pr, SCST_PR_WRITE);
		assert_int_equal(op->dir, SCST_DIR_IN);
		assert_int_equal(op->verb, SCST_VERB_CDB);
		assert_int_equal(len_of(CDB(opcodes[i]), DISK, 512, 777), 777);
	}
	assert_int_equal(scst_opaque_find(CDB(0xc1), DISK, SCST_DIR_NONE)->dir, SCST_DIR_NONE);
	assert_null(scst_opaque_find(CDB(0xc1), DISK, SCST_DIR_BIDI));
}

/* WRITE BUFFER and SEND DIAGNOSTIC can, though they are harmless for a disk of ours. */
static void a_read_only_lun_keeps_out_what_can_write(void **state)
{
	static const u8 types[] = { DISK, TAPE, PROCESSOR, CDROM, MO, CHANGER, RAID };

	for (unsigned int i = 0; i < ARRAY_SIZE(types); i++) {
		assert_true(find(CDB(0x3b), types[i])->flags & SCST_OP_WRITES);
		assert_true(find(CDB(0x1d), types[i])->flags & SCST_OP_WRITES);
		assert_true(find(CDB(0x85), types[i])->flags & SCST_OP_WRITES);
		assert_false(find(CDB(0x3c), types[i])->flags & SCST_OP_WRITES);
		assert_false(find(CDB(0x1a), types[i])->flags & SCST_OP_WRITES);
	}
	assert_true(find(CDB(0xa5), CHANGER)->flags & SCST_OP_WRITES);
	assert_false(find(CDB(0xb8), CHANGER)->flags & SCST_OP_WRITES);
	assert_false(find(CDB(0x01), TAPE)->flags & SCST_OP_WRITES);
}

static void what_acts_in_our_name_is_refused(void **state)
{
	static const struct {
		u8 cdb[2];
		enum scst_sense_id id;
	} rows[] = {
		{ { 0x18, 0x00 }, SCST_SENSE_INVALID_OPCODE },
		{ { 0x39, 0x00 }, SCST_SENSE_INVALID_OPCODE },
		{ { 0x3a, 0x00 }, SCST_SENSE_INVALID_OPCODE },
		{ { 0x5e, 0x04 }, SCST_SENSE_INVALID_FIELD_CDB },
		{ { 0x5f, 0x09 }, SCST_SENSE_INVALID_FIELD_CDB },
		{ { 0x83, 0x00 }, SCST_SENSE_INVALID_OPCODE },
		{ { 0x83, 0x10 }, SCST_SENSE_INVALID_OPCODE },
		{ { 0x84, 0x03 }, SCST_SENSE_INVALID_OPCODE },
		{ { 0x86, 0x00 }, SCST_SENSE_INVALID_OPCODE },
		{ { 0x87, 0x00 }, SCST_SENSE_INVALID_OPCODE },
		{ { 0x9f, 0x0e }, SCST_SENSE_INVALID_FIELD_CDB },
		{ { 0xa3, 0x0a }, SCST_SENSE_INVALID_FIELD_CDB },
		{ { 0xa3, 0x0e }, SCST_SENSE_INVALID_FIELD_CDB },
		{ { 0xa4, 0x0a }, SCST_SENSE_INVALID_FIELD_CDB },
		{ { 0xa4, 0x0b }, SCST_SENSE_INVALID_FIELD_CDB },
		{ { 0xa4, 0x0c }, SCST_SENSE_INVALID_FIELD_CDB },
	};
	const struct scst_lu lu = { .opaque = true, .block_size = 512 };

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		const u8 *cdb = CDB(rows[i].cdb[0], rows[i].cdb[1]);
		struct scst_sense sense;
		struct scst_cdb params;
		u32 len;

		assert_false(scst_opaque_parse(find(cdb, DISK), &lu, cdb, 0, &params, &len,
					       &sense));
		assert_int_equal(sense.id, rows[i].id);
	}
}

static void reservations_and_luns_are_the_cores(void **state)
{
	static const u8 opcodes[] = { 0x16, 0x17, 0x56, 0x57, 0x5e, 0x5f, 0xa0 };

	for (unsigned int i = 0; i < ARRAY_SIZE(opcodes); i++)
		for (u8 type = 0; type < 16; type++) {
			const struct scst_op *op = find(CDB(opcodes[i]), type);

			assert_int_equal(op->opaque, SCST_OPAQUE_CORE);
			assert_true(op->exec);
		}
	assert_int_equal(find(CDB(0xa3, 0x0d), TAPE)->opaque, SCST_OPAQUE_CORE);
	assert_int_equal(len_of(CDB(0x5e, 0xe0, [7] = 1), DISK, 512, 256), -1); /* reserved bits */
	assert_int_equal(len_of(CDB(0x5e, 0, [7] = 1), DISK, 512, 256), 256);
}

static void blocks_have_any_size(void **state)
{
	assert_int_equal(len_of(CDB(0x28, [8] = 3), DISK, 520, 1), 3 * 520);
	assert_int_equal(len_of(CDB(0x08, [4] = 0), DISK, 512, 1), 256 * 512);
	assert_int_equal(len_of(CDB(0x28, [8] = 3), DISK, 0, 4711), 4711); /* nobody knows */
	assert_int_equal(len_of(CDB(0x28, [8] = 0), DISK, 0, 4711), 0);
	assert_int_equal(len_of(CDB(0x28, [7] = 0x80), DISK, 512, 0), SCST_OPAQUE_MAX);
	assert_int_equal(len_of(CDB(0x28, [7] = 0x80, 1), DISK, 512, 0), -1);
	assert_int_equal(len_of(CDB(0x88, [10] = 0xff, 0xff, 0xff, 0xff), DISK, 0xffffffff, 0), -1);
	assert_int_equal(len_of(CDB(0x2f, 0x00, [8] = 3), DISK, 512, 0), 0);
	assert_int_equal(len_of(CDB(0x2f, 0x02, [8] = 3), DISK, 512, 0), 3 * 512);
	assert_int_equal(len_of(CDB(0x2f, 0x06, [8] = 3), DISK, 512, 0), 512);
	assert_int_equal(len_of(CDB(0x93, 0x00, [13] = 3), DISK, 512, 0), 512);
	assert_int_equal(len_of(CDB(0x89, 0x00, [13] = 3), DISK, 512, 0), 6 * 512);
	assert_int_equal(len_of(CDB(0x28, 0x20, [8] = 3), DISK, 512, 0), -1); /* RDPROTECT */
	/* what is burnt raw */
	assert_int_equal(len_of(CDB(0x2a, [8] = 3), CDROM, 2048, 3 * 2352), 3 * 2352);
	assert_int_equal(len_of(CDB(0xaa, [9] = 3), CDROM, 2048, 3 * 2448), 3 * 2448);
	assert_int_equal(len_of(CDB(0x2a, [8] = 3), CDROM, 2048, 2352), 3 * 2048);
	assert_int_equal(len_of(CDB(0x2a, [8] = 3), CDROM, 2048, 4097), 3 * 2048);
	assert_int_equal(len_of(CDB(0x2a, [8] = 1), CDROM, 2048, 65536), 2048);
	assert_int_equal(len_of(CDB(0x2a, [8] = 0), CDROM, 2048, 2352), 0);
	assert_int_equal(len_of(CDB(0x28, [8] = 3), CDROM, 2048, 3 * 2352), 3 * 2048);
	assert_int_equal(len_of(CDB(0x2a, [8] = 3), DISK, 512, 3 * 520), 3 * 512);
}

static void a_list_or_an_answer_has_the_length_of_its_field(void **state)
{
	assert_int_equal(len_of(CDB(0x1a, [4] = 200), TAPE, 0, 10), 200);
	assert_int_equal(len_of(CDB(0x5a, [7] = 0xff, 0xff), DISK, 512, 10), 0xffff);
	assert_int_equal(len_of(CDB(0x4d, [7] = 1, 2), TAPE, 0, 10), 0x102);
	assert_int_equal(len_of(CDB(0xb8, [7] = 1, 2, 3), CHANGER, 0, 10), 0x10203);
	assert_int_equal(len_of(CDB(0x08, 0, 1, 2, 3), PROCESSOR, 0, 10), 0x10203);
	assert_int_equal(len_of(CDB(0xa3, 0x05, [6] = 0xff, 0xff, 0xff, 0xff), DISK, 512, 10),
			 SCST_OPAQUE_MAX);
	assert_int_equal(len_of(CDB(0xbb, [6] = 0xff, 0xff, 0xff, 0xff), RAID, 0, 10), -1);
	assert_int_equal(len_of(CDB(0x04, 0x10), DISK, 512, 44), 44);	/* with a list */
	assert_int_equal(len_of(CDB(0x04, 0x00), DISK, 512, 44), 0);
	assert_int_equal(len_of(CDB(0xbe), CDROM, 2048, 2352), 2352);
	assert_int_equal(len_of(CDB(0x34, 0x06), TAPE, 0, 1), 32);
	assert_int_equal(len_of(CDB(0x34, 0x00), TAPE, 0, 1), 20);
	assert_int_equal(len_of(CDB(0x34, 0x08, [8] = 28), TAPE, 0, 1), 28);
	assert_int_equal(len_of(CDB(0x05), TAPE, 0, 1), 6);
	assert_int_equal(len_of(CDB(0x05, 1), TAPE, 0, 1), 20);
	assert_int_equal(len_of(CDB(0x12, 0x01, 0x88, 0, 255), DISK, 512, 255), -1);
	assert_int_equal(len_of(CDB(0x12, 0x01, 0x83, 0, 255), DISK, 512, 255), 255);
}

static void tape_blocks_are_counted_or_measured(void **state)
{
	/* variable: bytes, whatever is expected */
	assert_int_equal(len_of(CDB(0x08, 0, 0, 0x28, 0), TAPE, 512, 10240), 10240);
	assert_int_equal(len_of(CDB(0x08, 0, 0, 0x28, 0), TAPE, 512, 100), 10240);
	assert_int_equal(len_of(CDB(0x08, 0, 0xff, 0xff, 0xff), TAPE, 0, 1), 0xffffff);
	/* fixed: the size may have changed behind us, and is any number */
	assert_int_equal(len_of(CDB(0x08, 1, 0, 0, 3), TAPE, 512, 3 * 1000), 3000);
	assert_int_equal(len_of(CDB(0x08, 1, 0, 0, 3), TAPE, 1000, 1024), 3000);
	assert_int_equal(len_of(CDB(0x08, 1, 0xff, 0xff, 0xff), TAPE, 0xffffff, 1024), -1);
	assert_int_equal(len_of(CDB(0x0a, 1, 0xff, 0xff, 0xff), TAPE, 512, 0), -1);
	assert_int_equal(len_of(CDB(0x0a, 1, 0, 0, 3), TAPE, 512, 0), 1536);
	assert_int_equal(len_of(CDB(0x08, 1, 0, 0, 3), TAPE, 0, 1024), 1024);
	assert_int_equal(len_of(CDB(0x08, 1, 0, 0, 0), TAPE, 512, 1024), 0);
	assert_int_equal(len_of(CDB(0x88, 1, [14] = 2), TAPE, 512, 2048), 2048);
	/* VERIFY moves data only if it compares */
	assert_int_equal(len_of(CDB(0x13, 0, 0, 0, 9), TAPE, 512, 9), 0);
	assert_int_equal(len_of(CDB(0x13, 2, 0, 0, 9), TAPE, 512, 9), 9);
}

static void a_cdb_is_as_long_as_its_group_says(void **state)
{
	assert_int_equal(scst_opaque_cdb_len(find(CDB(0x12), DISK), CDB(0x12), 16), 6);
	assert_int_equal(scst_opaque_cdb_len(find(CDB(0x28), DISK), CDB(0x28), 16), 10);
	assert_int_equal(scst_opaque_cdb_len(find(CDB(0xa8), DISK), CDB(0xa8), 16), 12);
	assert_int_equal(scst_opaque_cdb_len(find(CDB(0x88), DISK), CDB(0x88), 16), 16);
	assert_int_equal(scst_opaque_cdb_len(find(CDB(0xc1), DISK), CDB(0xc1), 12), 12);
	assert_int_equal(scst_opaque_cdb_len(find(CDB(0xc1), DISK), CDB(0xc1), 260), 0);
	assert_int_equal(scst_opaque_cdb_len(find(CDB(0xc1), DISK), CDB(0xc1), 5), 0);
	assert_int_equal(scst_opaque_cdb_len(find(CDB(0x7f), DISK), CDB(0x7f, [7] = 24), 32), 32);
	assert_int_equal(scst_opaque_cdb_len(find(CDB(0x7f), DISK), CDB(0x7f, [7] = 200), 32), 0);
}

static void aca_is_ours(void **state)
{
	u8 read[32] = { 0x28, 0x08, [9] = 0xc4 }, vendor[32] = { 0xc1, [5] = 0xff };

	scst_opaque_cdb(find(read, DISK), read);
	assert_int_equal(read[9], 0xc0);
	assert_int_equal(read[1], 0x08);
	scst_opaque_cdb(find(vendor, DISK), vendor);	/* nobody knows where its CONTROL is */
	assert_int_equal(vendor[5], 0xff);
	assert_false(scst_cdb_naca(find(vendor, DISK), vendor));
}

/* An ACA condition that the device has begun for us nobody could end. */
static void aca_of_what_nobody_knows_is_ours(void **state)
{
	static const struct {
		u8 opcode, control_at;
	} rows[] = { { 0x02, 5 }, { 0x49, 9 }, { 0xa5, 11 }, { 0x9d, 15 }, { 0x7f, 1 } };

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		u8 cdb[32];

		memset(cdb, 0xff, sizeof(cdb));
		cdb[0] = rows[i].opcode;
		assert_int_equal(find(cdb, DISK)->opcode, 0);
		scst_opaque_cdb(find(cdb, DISK), cdb);
		for (unsigned int at = 1; at < sizeof(cdb); at++)
			if (cdb[at] != (at == rows[i].control_at ? 0xfb : 0xff))
				fail_msg("byte %u of %02x is %02x", at, cdb[0], cdb[at]);
	}
}

static void a_piece_is_the_same_command_for_other_blocks(void **state)
{
	static const struct {
		u8 cdb[32], piece[32];
	} rows[] = {
		{ { 0x08, 0xe0, 0, 0, 0, 4 }, { 0x08, 0xf2, 0x34, 0x56, 0, 4 } },
		{ { 0x2a, 0x18, 9, 9, 9, 9, 5, 9, 9, 4 },
		  { 0x2a, 0x18, 0x00, 0x12, 0x34, 0x56, 5, 1, 0, 4 } },
		{ { 0xae, 0x12, 9, 9, 9, 9, 9, 9, 9, 9, 7, 4 },
		  { 0xae, 0x12, 0x00, 0x12, 0x34, 0x56, 0, 0, 1, 0, 7, 4 } },
		{ { 0x88, 0x08, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 7, 4 },
		  { 0x88, 0x08, 0, 0, 0, 0, 0, 0x12, 0x34, 0x56, 0, 0, 1, 0, 7, 4 } },
		{ { 0x7f, 4, [7] = 0x18, 0, 9, 8, [31] = 9 },
		  { 0x7f, 4, [7] = 0x18, 0, 9, 8, [17] = 0x12, 0x34, 0x56, [30] = 1 } },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		u8 cdb[32];

		memcpy(cdb, rows[i].cdb, sizeof(cdb));
		scst_opaque_piece(find(cdb, DISK), cdb, 0x123456, 256);
		assert_memory_equal(cdb, rows[i].piece, sizeof(cdb));
	}
}

static bool splits(const u8 *cdb)
{
	const struct scst_op *op = find(cdb, DISK);
	struct scst_cdb params;

	scst_cdb_parse(op, cdb, &params);
	return scst_opaque_splits(op, &params);
}

static void only_what_is_no_more_than_its_parts_is_split(void **state)
{
	assert_true(splits(CDB(0x28)));
	assert_true(splits(CDB(0x8a)));
	assert_true(splits(CDB(0x2e)));
	assert_true(splits(CDB(0x2f, 0x02)));
	assert_false(splits(CDB(0x2f, 0x06)));
	assert_false(splits(CDB(0x2f, 0x00)));
	assert_false(splits(CDB(0x89)));	/* COMPARE AND WRITE */
	assert_false(splits(CDB(0x93)));	/* WRITE SAME */
	assert_false(splits(CDB(0x9c)));	/* WRITE ATOMIC */
	assert_false(splits(CDB(0x8b)));	/* ORWRITE */
	assert_false(splits(CDB(0x42)));
	assert_false(splits(CDB(0xc1)));
}

/* What is behind 1 GiB, or 2 TiB, its CDB cannot name: pieces there would be somewhere else. */
static void no_piece_lies_behind_what_the_cdb_can_name(void **state)
{
	assert_true(splits(CDB(0x0a, 0x1f, 0xff, 0x00, 0)));		/* the last 256 blocks */
	assert_false(splits(CDB(0x0a, 0x1f, 0xff, 0x01, 0)));
	assert_false(splits(CDB(0x08, 0x1f, 0xff, 0xf0, 0)));
	assert_true(splits(CDB(0x08, 0x1f, 0xff, 0xf0, 16)));
	assert_false(splits(CDB(0x08, 0x1f, 0xff, 0xf0, 17)));
	assert_true(splits(CDB(0x2a, 0, 0xff, 0xff, 0xff, 0xf0, 0, 0, 16)));
	assert_false(splits(CDB(0x2a, 0, 0xff, 0xff, 0xff, 0xf0, 0, 0, 17)));
	assert_false(splits(CDB(0xa8, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)));
	assert_false(splits(CDB(0x2f, 0x02, 0xff, 0xff, 0xff, 0xff, 0, 0, 2)));
	assert_true(splits(CDB(0x88, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 2)));
	assert_false(splits(CDB(0x88, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				[13] = 2)));
}

static void time_is_by_what_a_command_does(void **state)
{
	assert_int_equal(scst_opaque_time(find(CDB(0x00), DISK)), SCST_TIME_SHORT);
	assert_int_equal(scst_opaque_time(find(CDB(0x28), DISK)), SCST_TIME_REGULAR);
	assert_int_equal(scst_opaque_time(find(CDB(0x04), DISK)), SCST_TIME_LONG);
	assert_int_equal(scst_opaque_time(find(CDB(0x01), TAPE)), SCST_TIME_LONG);
	assert_int_equal(scst_opaque_time(find(CDB(0xb8), CHANGER)), SCST_TIME_LONG);
	assert_int_equal(scst_opaque_time(find(CDB(0xc1), DISK)), SCST_TIME_LONG);
}

static void who_only_looks_needs_no_right(void **state)
{
	assert_int_equal(find(CDB(0xb8, [6] = 0), CHANGER)->pr, SCST_PR_READ);
	assert_int_equal(find(CDB(0xb8, [6] = 2), CHANGER)->pr, SCST_PR_ALWAYS);
	assert_int_equal(find(CDB(0xb8, [6] = 2), CHANGER)->opcode, 0xb8);
	assert_int_equal(find(CDB(0xb8, [6] = 2), DISK)->opcode, 0);
}

static void who_allows_removal_needs_no_right(void **state)
{
	const struct scst_op *op = find(CDB(0x1e), CHANGER);

	assert_int_equal(op->verb, SCST_VERB_PREVENT);
	assert_int_equal(op->pr, SCST_PR_WRITE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_opcode_is_another_command_for_another_type),
		cmocka_unit_test(every_command_has_a_row),
		cmocka_unit_test(what_nobody_knows_may_write),
		cmocka_unit_test(a_read_only_lun_keeps_out_what_can_write),
		cmocka_unit_test(what_acts_in_our_name_is_refused),
		cmocka_unit_test(reservations_and_luns_are_the_cores),
		cmocka_unit_test(blocks_have_any_size),
		cmocka_unit_test(a_list_or_an_answer_has_the_length_of_its_field),
		cmocka_unit_test(tape_blocks_are_counted_or_measured),
		cmocka_unit_test(a_cdb_is_as_long_as_its_group_says),
		cmocka_unit_test(aca_is_ours),
		cmocka_unit_test(aca_of_what_nobody_knows_is_ours),
		cmocka_unit_test(a_piece_is_the_same_command_for_other_blocks),
		cmocka_unit_test(only_what_is_no_more_than_its_parts_is_split),
		cmocka_unit_test(no_piece_lies_behind_what_the_cdb_can_name),
		cmocka_unit_test(time_is_by_what_a_command_does),
		cmocka_unit_test(who_only_looks_needs_no_right),
		cmocka_unit_test(who_allows_removal_needs_no_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
