// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lines of dm-thin, as Documentation/admin-guide/device-mapper/thin-provisioning.rst has them: what
 * scst-thind makes of them. That device-mapper is asked for them is for kernel/thin_pool.sh.
 */
#include <sys/sysmacros.h>

#include "scst-thind/pool.h"
#include "unit.h"

static void pool_of_a_disk_is_where_its_table_says(void **state)
{
	dev_t dev = 0;

	assert_int_equal(pool_parse_thin_table("253:2 1", &dev), 0);
	assert_true(dev == makedev(253, 2));
	assert_int_equal(pool_parse_thin_table("254:300 77 253:9", &dev), 0);
	assert_true(dev == makedev(254, 300));
	assert_int_equal(pool_parse_thin_table("/dev/mapper/pool 1", &dev), -ENOENT);
	assert_int_equal(pool_parse_thin_table("", &dev), -ENOENT);
	assert_true(dev == makedev(254, 300));
}

static void mapped_sectors_are_bytes(void **state)
{
	assert_true(pool_parse_thin_status("1536 1535") == 1536 * 512);
	assert_true(pool_parse_thin_status("0 -") == 0);
	assert_true(pool_parse_thin_status("Fail") == POOL_UNKNOWN);
	assert_true(pool_parse_thin_status("-") == POOL_UNKNOWN);
	assert_true(pool_parse_thin_status("") == POOL_UNKNOWN);
}

static void block_size_is_the_third_word(void **state)
{
	uint64_t size = 1;

	assert_int_equal(pool_parse_table("253:0 253:1 384 0 1 skip_block_zeroing ", &size), 0);
	assert_true(size == 384 * 512);
	assert_int_equal(pool_parse_table("253:0 253:1 0 0", &size), -ENOENT);
	assert_int_equal(pool_parse_table("253:0 253:1", &size), -ENOENT);
	assert_int_equal(pool_parse_table("253:0 253:1 4294967296 0", &size), -ENOENT);
	assert_true(size == 384 * 512);
}

static void status_has_blocks_of_data_behind_those_of_metadata(void **state)
{
	struct pool pool = { .used = 7 };

	assert_int_equal(pool_parse_status("1 25/1024 8/490 - rw discard_passdown "
					   "queue_if_no_space - 1024", 65536, &pool), 0);
	assert_true(pool.total == 490 * 65536 && pool.available == 482 * 65536);
	assert_int_equal(pool_parse_status("0 9/9 490/490 - out_of_data_space", 65536, &pool), 0);
	assert_true(pool.total == 490 * 65536 && !pool.available);
	assert_true(pool.used == 7);
}

static void pool_that_does_not_say_is_none(void **state)
{
	static const char *const lines[] = {
		"Fail", "Error", "", "1", "1 25/1024", "1 25/1024 8", "1 25/1024 8/0 -",
		"1 25/1024 9/8 -", "1 25/1024 1/18446744073709551615 -",
	};
	struct pool pool = { .total = 5 };

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_int_equal(pool_parse_status(lines[i], 65536, &pool), -ENOENT);
	assert_true(pool.total == 5);
}

static void disk_that_goes_is_no_fault(void **state)
{
	assert_true(pool_is_none(-ENOENT));
	assert_true(pool_is_none(-ENODEV));
	assert_true(pool_is_none(-EOPNOTSUPP));
	assert_false(pool_is_none(-EACCES));
	assert_false(pool_is_none(-EROFS));
	assert_false(pool_is_none(-EINVAL));
	assert_false(pool_is_none(-EIO));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pool_of_a_disk_is_where_its_table_says),
		cmocka_unit_test(mapped_sectors_are_bytes),
		cmocka_unit_test(block_size_is_the_third_word),
		cmocka_unit_test(status_has_blocks_of_data_behind_those_of_metadata),
		cmocka_unit_test(pool_that_does_not_say_is_none),
		cmocka_unit_test(disk_that_goes_is_no_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
