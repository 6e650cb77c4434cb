// SPDX-License-Identifier: GPL-2.0-only
/*
 * READ CAPACITY, at the edges of what its fields can say.
 */
#include "fixture.h"

static struct answer capacity(const struct scst_lu *lu, bool sixteen)
{
	struct scst_view view = fixture_view(lu);

	return sixteen ? ask(&view, CDB(0x9e, 0x10, [13] = 32)) : ask(&view, CDB(0x25));
}

static void last_lba_not_number_of_blocks(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a = capacity(&lu, false);

	assert_true(a.ok);
	assert_int_equal(a.len, 8);
	assert_int_equal(get_unaligned_be32(a.data), lu.nblocks - 1);
	assert_int_equal(get_unaligned_be32(a.data + 4), 512);
	a = capacity(&lu, true);
	assert_true(a.ok);
	assert_int_equal(a.len, 32);
	assert_true(get_unaligned_be64(a.data) == lu.nblocks - 1);
	assert_int_equal(get_unaligned_be32(a.data + 8), 512);
}

static void large_disk_sends_to_the_long_form(void **state)
{
	const struct { u64 nblocks; u32 said; } rows[] = {
		{ 1, 0 }, { 0xffffffff, 0xfffffffe }, { 0x100000000ull, 0xffffffff },
		{ 0x100000001ull, 0xffffffff }, { 1ull << 48, 0xffffffff },
	};
	struct scst_lu lu = fixture_disk();

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		lu.nblocks = rows[i].nblocks;
		assert_int_equal(get_unaligned_be32(capacity(&lu, false).data), rows[i].said);
		assert_true(get_unaligned_be64(capacity(&lu, true).data) == lu.nblocks - 1);
	}
}

static void provisioning_and_physical_blocks(void **state)
{
	struct scst_lu lu = fixture_disk();

	assert_int_equal(capacity(&lu, true).data[13], 3);
	assert_int_equal(capacity(&lu, true).data[14], 0xc0);
	lu.unmap_zeroes = false;
	assert_int_equal(capacity(&lu, true).data[14], 0x80);
	lu.thin = false;
	lu.unmap_zeroes = true;
	assert_int_equal(capacity(&lu, true).data[14], 0x00);
}

static void no_medium_has_no_capacity(void **state)
{
	struct scst_lu lu = fixture_cdrom();
	struct answer a;

	lu.nblocks = 0;
	a = capacity(&lu, false);
	assert_false(a.ok);
	assert_int_equal(a.sense.id, SCST_SENSE_NO_MEDIUM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(last_lba_not_number_of_blocks),
		cmocka_unit_test(large_disk_sends_to_the_long_form),
		cmocka_unit_test(provisioning_and_physical_blocks),
		cmocka_unit_test(no_medium_has_no_capacity),
	};

	return cmocka_run_group_tests_name("capacity", tests, NULL, NULL);
}
