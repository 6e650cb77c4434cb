// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a program answers, as libscst-user gives it to the kernel: never what that refuses.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <limits.h>

#include "inside.h"

static int sound(enum scst_user_op op, uint16_t flags, uint32_t differs_at, int result)
{
	uint8_t sense[SCST_USER_SENSE_MAX] = { 0x70 };
	const struct scst_user_cmd cmd = {
		.op = op, .flags = flags, .len = 1024, .differs_at = differs_at, .sense = sense,
	};

	return scst_user_sound(&cmd, result);
}

static void what_compares_nothing_differs_nowhere(void **state)
{
	assert_int_equal(sound(SCST_USER_READ, 0, 0, -EILSEQ), -EIO);
	assert_int_equal(sound(SCST_USER_WRITE, 0, 0, -EILSEQ), -EIO);
	assert_int_equal(sound(SCST_USER_VERIFY, 0, 0, -EILSEQ), -EIO);
	assert_int_equal(sound(SCST_USER_VERIFY, SCST_USER_COMPARE, 1023, -EILSEQ), -EILSEQ);
	assert_int_equal(sound(SCST_USER_VERIFY, SCST_USER_COMPARE, 1024, -EILSEQ), -EIO);
	assert_int_equal(sound(SCST_USER_COMPARE_WRITE, 0, 511, -EILSEQ), -EILSEQ);
	assert_int_equal(sound(SCST_USER_COMPARE_WRITE, 0, 512, -EILSEQ), -EIO);
	assert_int_equal(sound(SCST_USER_VERIFY, SCST_USER_COMPARE | SCST_USER_SAME, 1 << 30,
			       -EILSEQ), -EILSEQ);
}

static void what_is_no_error_is_one(void **state)
{
	assert_int_equal(sound(SCST_USER_WRITE, 0, 0, 0), 0);
	assert_int_equal(sound(SCST_USER_WRITE, 0, 0, 2), -EIO);
	assert_int_equal(sound(SCST_USER_WRITE, 0, 0, -4095), -4095);
	assert_int_equal(sound(SCST_USER_WRITE, 0, 0, -4096), -EIO);
	assert_int_equal(sound(SCST_USER_WRITE, 0, 0, INT_MIN), -EIO);
	assert_int_equal(sound(SCST_USER_CDB, 0, 0, SCST_USER_STATUS(0x02, 18)), 18 << 8 | 2);
	assert_int_equal(sound(SCST_USER_CDB, 0, 0, -4096), -EIO);
}

static int check_with(uint8_t code, uint32_t sense_len)
{
	uint8_t sense[SCST_USER_SENSE_MAX + 1] = { code };
	const struct scst_user_cmd cmd = { .op = SCST_USER_CDB, .len = 1024, .sense = sense };

	return scst_user_sound(&cmd, SCST_USER_STATUS(0x02, sense_len));
}

static void what_is_no_status_is_a_failure(void **state)
{
	static const uint8_t good[] = { 0x00, 0x04, 0x08, 0x18, 0x28 };
	size_t i;

	for (i = 0; i < sizeof(good); i++)
		assert_int_equal(sound(SCST_USER_CDB, 0, 0, good[i]), good[i]);
	assert_int_equal(sound(SCST_USER_CDB, 0, 0, 1), -EIO);
	assert_int_equal(sound(SCST_USER_CDB, 0, 0, 0x30), -EIO);
	assert_int_equal(sound(SCST_USER_CDB, 0, 0, 0x40), -EIO);
	assert_int_equal(sound(SCST_USER_CDB, 0, 0, SCST_USER_STATUS(0x00, 18)), -EIO);
	assert_int_equal(sound(SCST_USER_CDB, 0, 0, INT_MAX), -EIO);
}

static void what_is_no_sense_is_a_failure(void **state)
{
	static const uint8_t good[] = { 0x70, 0xf0, 0x71, 0x72, 0x73, 0x7f };
	size_t i;

	for (i = 0; i < sizeof(good); i++)
		assert_int_equal(check_with(good[i], 18), SCST_USER_STATUS(0x02, 18));
	assert_int_equal(check_with(0x74, 18), -EIO);
	assert_int_equal(check_with(0, 18), -EIO);
	assert_int_equal(check_with(0x70, 0), -EIO);
	assert_int_equal(check_with(0x70, 2), -EIO);
	assert_int_equal(check_with(0x70, 3), SCST_USER_STATUS(0x02, 3));
	assert_int_equal(check_with(0x70, SCST_USER_SENSE_MAX + 1), -EIO);
}

static uint32_t moved(enum scst_user_op op, uint32_t says, int result)
{
	const struct scst_user_cmd cmd = { .op = op, .len = 1024, .moved = says };

	return scst_user_moved(&cmd, result);
}

static void no_more_is_moved_than_there_is_room_for(void **state)
{
	assert_int_equal(moved(SCST_USER_CDB, 1024, 0), 1024);
	assert_int_equal(moved(SCST_USER_CDB, 1025, 0), 1024);
	assert_int_equal(moved(SCST_USER_CDB, 5, SCST_USER_STATUS(0x02, 18)), 5);
	assert_int_equal(moved(SCST_USER_CDB, UINT32_MAX, SCST_USER_STATUS(0x02, 18)), 1024);
	assert_int_equal(moved(SCST_USER_CDB, 5, 0x04), 0);
	assert_int_equal(moved(SCST_USER_CDB, 5, 0x08), 0);
	assert_int_equal(moved(SCST_USER_CDB, 5, -EIO), 0);
	assert_int_equal(moved(SCST_USER_READ, 0, 0), 1024);
	assert_int_equal(moved(SCST_USER_READ, 0, -EIO), 0);
	assert_int_equal(moved(SCST_USER_WRITE, 7, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_compares_nothing_differs_nowhere),
		cmocka_unit_test(what_is_no_error_is_one),
		cmocka_unit_test(what_is_no_status_is_a_failure),
		cmocka_unit_test(what_is_no_sense_is_a_failure),
		cmocka_unit_test(no_more_is_moved_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
