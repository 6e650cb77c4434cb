// SPDX-License-Identifier: GPL-2.0-only
/*
 * What FORMAT UNIT gives back, and what it writes, at the edges of granules (vdisk/granule.h): of
 * whatever the device keeps nothing may be left.
 */
#include "../../kernel/handlers/vdisk/granule.h"
#include "fixture.h"

#define KIB	1024ull
#define MIB	(1024 * KIB)
#define STEP	(32 * MIB)

static const struct vdisk_granules disks[] = {
	{ 0, 1 }, { 0, MIB }, { 512 * KIB, MIB }, { MIB, MIB }, { 1536 * KIB, MIB },
	{ STEP - KIB, 3 * MIB }, { STEP, MIB }, { STEP + KIB, MIB }, { 100 * MIB, MIB },
	{ 100 * MIB, 48 * MIB }, { 0xffffffffull << 9, 4 * MIB },
};

static bool is_boundary(const struct vdisk_granules *g, u64 pos)
{
	return pos >= g->first && !((pos - g->first) % g->size);
}

static void steps_go_on_and_cut_no_granule(void **state)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(disks); i++) {
		const struct vdisk_granules *g = &disks[i];

		for (u64 pos = 0, end; pos < 300 * MIB; pos = end) {
			end = vdisk_granule_step(g, pos, STEP);
			assert_true(end >= pos + STEP);
			assert_true(end < pos + STEP + g->size);
			assert_true(end < g->first || is_boundary(g, end));
		}
	}
}

/* A device may keep all that is not in a whole granule of its own. */
static void granules_are_whole(void **state)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(disks); i++) {
		const struct vdisk_granules *g = &disks[i];

		for (u64 pos = 0; pos < 300 * MIB; pos += 256 * KIB) {
			u64 from = vdisk_granule_from(g, pos), of = vdisk_granule_of(g, pos);

			assert_true(from >= pos && is_boundary(g, from));
			assert_true(from == g->first || from - pos < g->size);
			assert_true(pos < g->first ? !of : is_boundary(g, of));
			assert_true(of <= pos && (pos < g->first || pos - of < g->size));
		}
	}
}

/* By hand: granules of 1 MiB from 1.5 MiB on. */
static void what_is_before_the_first_is_of_none(void **state)
{
	const struct vdisk_granules g = { 1536 * KIB, MIB };

	assert_true(vdisk_granule_from(&g, 0) == 1536 * KIB);
	assert_true(vdisk_granule_from(&g, 1536 * KIB) == 1536 * KIB);
	assert_true(vdisk_granule_from(&g, 1537 * KIB) == 2560 * KIB);
	assert_true(vdisk_granule_of(&g, 1535 * KIB) == 0);
	assert_true(vdisk_granule_of(&g, 2559 * KIB) == 1536 * KIB);
	assert_true(vdisk_granule_of(&g, 2560 * KIB) == 2560 * KIB);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_go_on_and_cut_no_granule),
		cmocka_unit_test(granules_are_whole),
		cmocka_unit_test(what_is_before_the_first_is_of_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
