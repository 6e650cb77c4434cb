// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which blocks a command may name, at both ends of the unit and at each limit of VPD page B0h.
 */
#include "fixture.h"

struct verdict {
	bool ok;
	struct scst_sense sense;
};

static struct verdict check(const struct scst_lu *lu, const u8 *cdb)
{
	struct scst_cdb params;
	const struct scst_op *op;
	struct verdict v = { 0 };
	bool unknown_sa;

	op = scst_op_find(cdb, &unknown_sa);
	assert_non_null(op);
	scst_cdb_parse(op, cdb, &params);
	v.ok = scst_cdb_check_range(op, lu, lu->nblocks, &params, &v.sense);
	return v;
}

static void assert_beyond(struct verdict v, u64 lba)
{
	assert_false(v.ok);
	assert_int_equal(v.sense.id, SCST_SENSE_LBA_OUT_OF_RANGE);
	assert_true(v.sense.has_info);
	assert_true(v.sense.info == lba);
}

static struct scst_lu small_disk(void)
{
	struct scst_lu lu = fixture_disk();

	lu.nblocks = 100;
	return lu;
}

static void last_block_is_inside_and_next_is_not(void **state)
{
	struct scst_lu lu = small_disk();

	assert_true(check(&lu, CDB(0x28, [5] = 99, [8] = 1)).ok);
	assert_true(check(&lu, CDB(0x28, [5] = 0, [8] = 100)).ok);
	assert_beyond(check(&lu, CDB(0x28, [5] = 99, [8] = 2)), 100);
	assert_beyond(check(&lu, CDB(0x28, [5] = 101, [8] = 1)), 101);
}

/* SBC-4 4.2.1: a transfer of nothing may begin just after the last block, not further. */
static void empty_transfer_may_begin_at_the_end(void **state)
{
	struct scst_lu lu = small_disk();

	assert_true(check(&lu, CDB(0x28, [5] = 100)).ok);
	assert_beyond(check(&lu, CDB(0x28, [5] = 101)), 101);
}

static void sum_that_overflows_is_outside(void **state)
{
	struct scst_lu lu = small_disk();

	assert_beyond(check(&lu, CDB(0x88, 0, 255, 255, 255, 255, 255, 255, 255, 255, [13] = 2)),
		      ~0ull);
	lu.nblocks = ~0ull;
	assert_beyond(check(&lu, CDB(0x88, 0, 255, 255, 255, 255, 255, 255, 255, 254, [13] = 2)),
		      ~0ull);
}

static void lba_status_needs_an_existing_block(void **state)
{
	struct scst_lu lu = small_disk();

	assert_true(check(&lu, CDB(0x9e, 0x12, [9] = 99, [13] = 24)).ok);
	assert_beyond(check(&lu, CDB(0x9e, 0x12, [9] = 100, [13] = 24)), 100);
}

static void assert_field(struct verdict v, unsigned int byte, int bit)
{
	assert_false(v.ok);
	assert_int_equal(v.sense.id, SCST_SENSE_INVALID_FIELD_CDB);
	assert_int_equal(v.sense.byte, byte);
	assert_int_equal(v.sense.bit, bit);
}

static void transfer_limit_points_at_the_length(void **state)
{
	struct scst_lu lu = small_disk();

	lu.max_trans_len = 16 * 512;
	assert_true(check(&lu, CDB(0x28, [8] = 16)).ok);
	assert_field(check(&lu, CDB(0x28, [8] = 17)), 7, -1);
	assert_field(check(&lu, CDB(0x88, [13] = 17)), 10, -1);
	assert_field(check(&lu, CDB(0xa8, [9] = 17)), 6, -1);
	assert_field(check(&lu, CDB(0x08, [4] = 17)), 4, -1);
	assert_true(check(&lu, CDB(0x2f, [8] = 17)).ok);
	assert_field(check(&lu, CDB(0x2f, 0x02, [8] = 17)), 7, -1);
}

/* Two buffers count: half of the limit is the most that can be compared and written. */
static void compare_and_write_counts_both_buffers(void **state)
{
	struct scst_lu lu = small_disk();

	lu.max_trans_len = 16 * 512;
	assert_true(check(&lu, CDB(0x89, [13] = 8)).ok);
	assert_field(check(&lu, CDB(0x89, [13] = 9)), 13, -1);
}

static void no_limit_still_ends_at_4_gib(void **state)
{
	struct scst_lu lu = small_disk();

	lu.nblocks = 1ull << 40;
	lu.max_trans_len = 0;
	assert_true(check(&lu, CDB(0x88, [10] = 0x00, 0x7f, 0xff, 0xff)).ok);
	assert_field(check(&lu, CDB(0x88, [10] = 0x00, 0x80, 0x00, 0x00)), 10, -1);
}

static void write_same_keeps_its_limits(void **state)
{
	struct scst_lu lu = fixture_disk();

	assert_true(check(&lu, CDB(0x93, [12] = 0x80, 0x00)).ok);
	assert_field(check(&lu, CDB(0x93, [12] = 0x80, 0x01)), 10, -1);
	assert_field(check(&lu, CDB(0x93)), 10, -1);
	assert_field(check(&lu, CDB(0x41)), 7, -1);
	lu.max_write_same = 0;
	assert_true(check(&lu, CDB(0x93, [12] = 0x80, 0x01)).ok);
}

static void unmap_bit_needs_a_thin_unit(void **state)
{
	struct scst_lu lu = fixture_disk();

	assert_true(check(&lu, CDB(0x41, 0x08, [8] = 1)).ok);
	lu.thin = false;
	assert_field(check(&lu, CDB(0x41, 0x08, [8] = 1)), 1, 3);
	assert_true(check(&lu, CDB(0x41, 0x00, [8] = 1)).ok);
	lu.thin = true;
	lu.verbs &= ~BIT(SCST_VERB_UNMAP);
	assert_field(check(&lu, CDB(0x93, 0x08, [13] = 1)), 1, 3);
}

static void atomic_write_keeps_its_limits(void **state)
{
	struct scst_lu lu = fixture_disk();

	lu.atomic_max = 16;
	assert_true(check(&lu, CDB(0x9c, [9] = 8, [13] = 16)).ok);
	assert_true(check(&lu, CDB(0x9c, [9] = 8, [13] = 0)).ok);
	assert_field(check(&lu, CDB(0x9c, [9] = 8, [13] = 24)), 12, -1);
	assert_field(check(&lu, CDB(0x9c, [9] = 9, [13] = 8)), 2, -1);
	assert_field(check(&lu, CDB(0x9c, [9] = 8, [13] = 7)), 12, -1);
	lu.atomic_align = 0;
	assert_true(check(&lu, CDB(0x9c, [9] = 9, [13] = 7)).ok);
	lu.max_trans_len = 12 * 512;
	assert_true(check(&lu, CDB(0x9c, [13] = 12)).ok);
	assert_field(check(&lu, CDB(0x9c, [13] = 13)), 12, -1);
}

/* ... and so does its longer form, whose fields are elsewhere. */
static void long_atomic_write_keeps_the_same_limits(void **state)
{
	struct scst_lu lu = fixture_disk();

	lu.atomic_max = 16;
	assert_true(check(&lu, CDB(0x7f, [7] = 0x18, 0, 0x0f, [19] = 8, [31] = 16)).ok);
	assert_field(check(&lu, CDB(0x7f, [7] = 0x18, 0, 0x0f, [19] = 8, [31] = 24)), 28, -1);
	assert_field(check(&lu, CDB(0x7f, [7] = 0x18, 0, 0x0f, [19] = 9, [31] = 8)), 12, -1);
	assert_field(check(&lu, CDB(0x7f, [7] = 0x18, 0, 0x0f, [19] = 8, [31] = 7)), 28, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(last_block_is_inside_and_next_is_not),
		cmocka_unit_test(empty_transfer_may_begin_at_the_end),
		cmocka_unit_test(sum_that_overflows_is_outside),
		cmocka_unit_test(lba_status_needs_an_existing_block),
		cmocka_unit_test(transfer_limit_points_at_the_length),
		cmocka_unit_test(compare_and_write_counts_both_buffers),
		cmocka_unit_test(no_limit_still_ends_at_4_gib),
		cmocka_unit_test(write_same_keeps_its_limits),
		cmocka_unit_test(unmap_bit_needs_a_thin_unit),
		cmocka_unit_test(atomic_write_keeps_its_limits),
		cmocka_unit_test(long_atomic_write_keeps_the_same_limits),
	};

	return cmocka_run_group_tests_name("range", tests, NULL, NULL);
}
