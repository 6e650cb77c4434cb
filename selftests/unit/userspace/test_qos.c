// SPDX-License-Identifier: GPL-2.0-only
/* The arithmetic of the policy qos. What it does with commands is tried in a guest. */
#include "unit.h"

#include <policies/qos_math.h>

static void a_part_is_by_weight(void **state)
{
	assert_int_equal(qos_part(80, 100, 400), 20);
	assert_int_equal(qos_part(80, 300, 400), 60);
	assert_int_equal(qos_part(80, 100, 100), 80);
	assert_int_equal(qos_part(0, 100, 400), 0);
}

/*
 * 51 initiators of equal weight share 50 commands a second; or a small one stands
 * beside a large.
 */
static void a_part_that_rounds_to_nothing_is_a_limit(void **state)
{
	assert_int_equal(qos_part(50, 100, 5100), 1);
	assert_int_equal(qos_part(1000, 1, 1000000), 1);
	assert_int_equal(qos_lower(0, qos_part(50, 100, 5100)), 1);
	assert_int_equal(qos_lower(700, qos_part(50, 100, 5100)), 1);
}

static void a_part_of_much_does_not_wrap(void **state)
{
	/* 100 GB/s, by weights up to 2^32 - 1 */
	const uint64_t shared = 100000000000, all = 3 * 4294967295ULL;

	assert_in_range(qos_part(shared, 4294967295ULL, all), shared / 3 - shared / 1000000,
			shared / 3 + 1);
	assert_int_equal(qos_part(UINT64_MAX, 1, 1), UINT64_MAX);
}

static void the_lower_limit_counts(void **state)
{
	assert_int_equal(qos_lower(0, 0), 0);
	assert_int_equal(qos_lower(5, 0), 5);
	assert_int_equal(qos_lower(0, 5), 5);
	assert_int_equal(qos_lower(5, 3), 3);
	assert_int_equal(qos_lower(3, 5), 3);
}

static void who_comes_before_its_turn_waits(void **state)
{
	assert_int_equal(qos_wait(100, 100, 0), 0);
	assert_int_equal(qos_wait(90, 100, 0), 0);
	assert_int_equal(qos_wait(130, 100, 0), 30);
	assert_int_equal(qos_wait(130, 100, 10), 20);
	assert_int_equal(qos_wait(130, 100, 30), 0);
	assert_int_equal(qos_wait(0, 100, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_part_is_by_weight),
		cmocka_unit_test(a_part_that_rounds_to_nothing_is_a_limit),
		cmocka_unit_test(a_part_of_much_does_not_wrap),
		cmocka_unit_test(the_lower_limit_counts),
		cmocka_unit_test(who_comes_before_its_turn_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
