// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where series of actions were, and for how long that is known (vdisk/regions.h): nobody may end
 * the lending of pages for a whole disk, or for ever.
 */
#include "../../kernel/handlers/vdisk/regions.h"
#include "fixture.h"

#define REGION	(1ull << VDISK_REGION_SHIFT)
#define KEEP	1000ul
#define BEGIN	(1000 * KEEP)

static struct vdisk_regions regions;

static void note(u64 pos, u64 len, unsigned long at)
{
	vdisk_regions_note(&regions, pos, len, BEGIN + at, KEEP);
}

static bool has(u64 pos, u64 len, unsigned long at)
{
	return vdisk_regions_has(&regions, pos, len, BEGIN + at, KEEP);
}

static int forget_all(void **state)
{
	regions = (struct vdisk_regions){};
	return 0;
}

static void what_touches_a_region_is_in_it(void **state)
{
	note(5 * REGION + 4096, 512, 0);
	assert_true(has(5 * REGION, REGION, 0));
	assert_true(has(5 * REGION, 512, 0));
	assert_true(has(4 * REGION, REGION + 1, 0));
	assert_true(has(6 * REGION - 1, 1, 0));
	assert_false(has(4 * REGION, REGION, 0));
	assert_false(has(6 * REGION, REGION, 0));
	assert_false(has(0, 0, 0));
	note(8 * REGION - 512, 1024, 0);
	assert_true(has(7 * REGION, 512, 0));
	assert_true(has(8 * REGION, 512, 0));
}

/* Hosts come back to their locks at any time. */
static void what_was_noted_is_kept_for_that_long(void **state)
{
	for (unsigned long at = 0; at < 5 * KEEP; at += KEEP / 10) {
		forget_all(state);
		note(9 * REGION, 512, 0);
		note(REGION, 512, at);
		for (unsigned long later = 0; later < KEEP; later += KEEP / 10) {
			note(9 * REGION, 512, at + later);
			assert_true(has(REGION, 512, at + later));
		}
	}
}

static void what_is_old_is_forgotten(void **state)
{
	note(REGION, 512, 0);
	assert_true(has(REGION, 512, 2 * KEEP - 1));
	assert_false(has(REGION, 512, 2 * KEEP));	/* though nobody notes anything */
	note(9 * REGION, 512, 2 * KEEP);
	assert_false(has(REGION, 512, 2 * KEEP));
	assert_true(has(9 * REGION, 512, 2 * KEEP));
}

static void who_was_everywhere_has_not_the_disk_for_ever(void **state)
{
	u64 region;

	for (region = 0; region < 40000; region++)
		note(region * REGION, 512, 0);
	assert_true(has(50000 * REGION, 512, 0));
	for (unsigned long at = 0; at < 4 * KEEP; at += KEEP / 2)
		note(9 * REGION, 512, at);
	for (region = 10; region < 100; region++)
		if (has(region * REGION, 512, 4 * KEEP - 1))
			fail_msg("region %llu", (unsigned long long)region);
	assert_true(has(9 * REGION, 512, 4 * KEEP - 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_touches_a_region_is_in_it, forget_all),
		cmocka_unit_test_setup(what_was_noted_is_kept_for_that_long, forget_all),
		cmocka_unit_test_setup(what_is_old_is_forgotten, forget_all),
		cmocka_unit_test_setup(who_was_everywhere_has_not_the_disk_for_ever, forget_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
