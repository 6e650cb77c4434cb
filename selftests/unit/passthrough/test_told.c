// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opaque logical units: what sense data say of what was moved and whose they are, and which
 * unit attentions others get of a command that went well.
 */
#include <scst/scsi/opaque.h>

#include "fixture.h"

enum { DISK = 0x00, TAPE = 0x01, CDROM = 0x05, CHANGER = 0x08 };

/* Fixed format: @bits is byte 2. */
static void fixed(u8 sense[18], u8 bits, s32 info)
{
	memset(sense, 0, 18);
	sense[0] = 0xf0;
	sense[2] = bits;
	sense[7] = 10;
	put_unaligned_be32(info, sense + 3);
}

/* Descriptor format: INFORMATION, then the descriptor of stream commands. */
static void descriptors(u8 sense[24], u8 bits, s32 info)
{
	memset(sense, 0, 24);
	sense[0] = 0x72;
	sense[7] = 16;
	sense[8] = 0x00;
	sense[9] = 10;
	sense[10] = 0x80;
	put_unaligned_be64((s64)info, sense + 12);
	sense[20] = 0x04;
	sense[21] = 2;
	sense[23] = bits;
}

static u32 moved(const u8 *cdb, u32 block, u32 len, u32 resid, u8 bits, s32 info)
{
	const struct scst_op *op = scst_opaque_find(cdb, TAPE, SCST_DIR_IN);
	u8 sense[24];
	u32 n, same;

	fixed(sense, bits, info);
	n = scst_opaque_moved(op, cdb, block, len, resid, sense, 18);
	descriptors(sense, bits, info);
	same = scst_opaque_moved(op, cdb, block, len, resid, sense, 24);
	assert_int_equal(n, same);
	return n;
}

static void a_tape_says_what_it_was_short_of(void **state)
{
	const u8 *variable = CDB(0x08, 0, 0, 0x40, 0), *blocks = CDB(0x08, 1, 0, 0, 10);

	/* ILI of a shorter block, of a longer one; a filemark */
	assert_int_equal(moved(variable, 512, 0x4000, 0, 0x20, 0x1000), 0x3000);
	assert_int_equal(moved(variable, 512, 0x4000, 0, 0x20, -0x1000), 0x4000);
	assert_int_equal(moved(variable, 512, 0x4000, 0, 0x80, 0x4000), 0);
	assert_int_equal(moved(blocks, 512, 5120, 0, 0x80, 7), 3 * 512);
	assert_int_equal(moved(blocks, 512, 10000, 0, 0x80, 7), 3 * 1000);
	assert_int_equal(moved(blocks, 512, 5120, 0, 0x40, 0), 5120);
	/* the transport knows better */
	assert_int_equal(moved(variable, 512, 0x4000, 0x800, 0x20, 0x1000), 0x3800);
	/* none of the bits: INFORMATION is something else */
	assert_int_equal(moved(variable, 512, 0x4000, 0, 0x00, 0x1000), 0x4000);
}

/* Of a READ of a disk that ended with that; of 512 bytes, of which @resid are left. */
static u32 moved_by_disk(u8 response, u8 key, u32 resid)
{
	const u8 *cdb = CDB(0x28, [8] = 1);
	const struct scst_op *op = scst_opaque_find(cdb, DISK, SCST_DIR_IN);
	u8 sense[18] = { response, [7] = 10 };

	sense[(response & 0x7f) < 0x72 ? 2 : 1] = key;
	return scst_opaque_moved(op, cdb, 512, 512, resid, sense, sizeof(sense));
}

static void what_failed_has_brought_nothing(void **state)
{
	const u8 *read = CDB(0x28, [8] = 1), *write = CDB(0x2a, [8] = 1);

	for (u8 key = 0; key < 16; key++) {
		u32 all = key < 2 ? 512 : 0;		/* NO SENSE, RECOVERED ERROR */

		assert_int_equal(moved_by_disk(0x70, key, 0), all);
		assert_int_equal(moved_by_disk(0xf0, key, 0), all);
		assert_int_equal(moved_by_disk(0x72, key, 0), all);
		assert_int_equal(moved_by_disk(0x71, key, 0), 0);	/* deferred */
		assert_int_equal(moved_by_disk(0x7f, key, 0), 0);	/* the vendor's */
		assert_int_equal(moved_by_disk(0x70, key, 500), 12);	/* its adapter knows */
	}
	assert_int_equal(moved_by_disk(0x00, 0, 0), 0);		/* no sense data */
	assert_int_equal(scst_opaque_moved(scst_opaque_find(read, DISK, SCST_DIR_IN), read, 512,
					   512, 0, NULL, 0), 512);	/* GOOD */
	assert_int_equal(scst_opaque_moved(scst_opaque_find(write, DISK, SCST_DIR_OUT), write, 512,
					   512, 0, CDB(0x70, [2] = 5, [7] = 10), 18), 512);
}

static void what_cannot_be_is_not_believed(void **state)
{
	const u8 *variable = CDB(0x08, 0, 0, 0x40, 0), *blocks = CDB(0x08, 1, 0, 0, 10);

	assert_int_equal(moved(variable, 512, 0x4000, 0, 0x20, 0x4001), 0x4000);
	assert_int_equal(moved(blocks, 512, 5120, 0, 0x80, 11), 5120);
	assert_int_equal(moved(blocks, 512, 5120, 0, 0x80, -1), 5120);
	assert_int_equal(moved(blocks, 512, 5120, 6000, 0, 0), 0);
	assert_int_equal(moved(CDB(0x0a, 0, 0, 0x40, 0), 512, 0x4000, 0, 0x40, 1), 0x4000);
}

static void sense_of_any_length_is_read_no_further(void **state)
{
	const u8 *cdb = CDB(0x08, 0, 0, 0x40, 0);
	const struct scst_op *op = scst_opaque_find(cdb, TAPE, SCST_DIR_IN);
	u8 sense[24];

	descriptors(sense, 0x20, 0x1000);
	for (unsigned int len = 0; len <= sizeof(sense); len++) {
		u8 *exact = malloc(len ? len : 1);

		memcpy(exact, sense, len);
		assert_in_range(scst_opaque_moved(op, cdb, 512, 0x4000, 0, exact, len), 0, 0x4000);
		scst_opaque_sense_is_of_unit(exact, len);
		free(exact);
	}
	sense[21] = 0xff;	/* a descriptor that says it is longer */
	assert_in_range(scst_opaque_moved(op, cdb, 512, 0x4000, 0, sense, 24), 0, 0x4000);
}

static bool is_of_unit(u8 response, u8 key, u8 marks, bool info)
{
	u8 sense[18] = { response | (info ? 0x80 : 0), [2] = key | marks, [7] = 10 };

	return scst_opaque_sense_is_of_unit(sense, sizeof(sense));
}

static void sense_of_a_command_is_for_nobody_else(void **state)
{
	assert_true(is_of_unit(0x70, 0x0, 0, false));	/* progress, power states, nothing */
	assert_true(is_of_unit(0x70, 0x2, 0, false));
	assert_true(is_of_unit(0x70, 0x6, 0, false));
	assert_true(is_of_unit(0x71, 0x3, 0, true));	/* deferred: the next one has to hear it */
	for (u8 key = 0; key < 16; key++)
		if (key != 0 && key != 2 && key != 6)
			assert_false(is_of_unit(0x70, key, 0, false));
	assert_false(is_of_unit(0x70, 0x0, 0x80, false));
	assert_false(is_of_unit(0x70, 0x0, 0, true));
	assert_false(scst_opaque_sense_is_of_unit(CDB(0x00), 18));
}

static void assert_tells(const u8 *cdb, u8 type, u16 first, u16 second)
{
	u16 tells[SCST_TELLS_MAX];

	scst_opaque_tells(cdb, type, tells);
	if (tells[0] != first || tells[1] != second)
		fail_msg("%02x of type %u tells %04x %04x", cdb[0], type, tells[0], tells[1]);
}

static void others_hear_of_what_one_did(void **state)
{
	assert_tells(CDB(0x15), TAPE, 0x2a01, 0);
	assert_tells(CDB(0x55), DISK, 0x2a01, 0);
	assert_tells(CDB(0x4c), DISK, 0x2a02, 0);
	assert_tells(CDB(0x1b, [4] = 1), DISK, 0, 0);
	assert_tells(CDB(0x1b, [4] = 2), CDROM, 0x2800, 0);
	assert_tells(CDB(0x1b, [4] = 0), TAPE, 0x2800, 0);
	assert_tells(CDB(0x1b), CHANGER, 0x2801, 0);
	assert_tells(CDB(0x04), DISK, 0x2800, 0x2a09);
	assert_tells(CDB(0x04), TAPE, 0x2800, 0);
	assert_tells(CDB(0x48), DISK, 0x2800, 0x2a09);
	assert_tells(CDB(0x48), CDROM, 0, 0);		/* PLAY AUDIO there */
	assert_tells(CDB(0x3b, 0x05), DISK, 0x3f01, 0);
	assert_tells(CDB(0x3b, 0x0e), DISK, 0x3f01, 0);
	assert_tells(CDB(0x3b, 0x02), DISK, 0, 0);
	assert_tells(CDB(0x3b, 0x0a), DISK, 0, 0);
	assert_tells(CDB(0xa4, 0x06), DISK, 0x3f05, 0);
	assert_tells(CDB(0xa4, 0x0f), TAPE, 0x2a10, 0);
	assert_tells(CDB(0xb5), TAPE, 0x2a11, 0);
	assert_tells(CDB(0xb5), DISK, 0, 0);
	assert_tells(CDB(0x28), DISK, 0, 0);
	assert_tells(CDB(0x2a), DISK, 0, 0);
}

static void what_may_have_changed_is_read_anew(void **state)
{
	static const u16 yes[] = { 0x2800, 0x2900, 0x2904, 0x2a01, 0x2a09, 0x2f00, 0x3f03 };
	static const u16 no[] = { 0x2a02, 0x2a03, 0x2a05, 0x2a06, 0x3f0e, 0x3f05, 0x5a01 };

	for (unsigned int i = 0; i < ARRAY_SIZE(yes); i++)
		assert_true(scst_opaque_ua_refreshes(yes[i]));
	for (unsigned int i = 0; i < ARRAY_SIZE(no); i++)
		assert_false(scst_opaque_ua_refreshes(no[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tape_says_what_it_was_short_of),
		cmocka_unit_test(what_failed_has_brought_nothing),
		cmocka_unit_test(what_cannot_be_is_not_believed),
		cmocka_unit_test(sense_of_any_length_is_read_no_further),
		cmocka_unit_test(sense_of_a_command_is_for_nobody_else),
		cmocka_unit_test(others_hear_of_what_one_did),
		cmocka_unit_test(what_may_have_changed_is_read_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
