// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a CD-ROM drive answers, with and without a medium.
 */
#include "fixture.h"

static struct scst_lu cd;

static struct answer ask_drive(bool has_medium, const u8 *cdb)
{
	struct scst_view view;

	cd = fixture_cdrom();
	view = fixture_view(&cd);
	view.has_medium = has_medium;
	return ask(&view, cdb);
}

#define assert_answer(a, ...) do {						\
	const u8 want[] = { __VA_ARGS__ };					\
	assert_true((a).ok);							\
	assert_int_equal((a).len, sizeof(want));				\
	assert_memory_equal((a).data, want, sizeof(want));			\
} while (0)

static void toc_is_one_track_and_lead_out(void **state)
{
	assert_answer(ask_drive(true, CDB(0x43, [8] = 0xff)),
		      0, 18, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0, 0, 0x14, 0xaa, 0, 0, 5, 0x14, 0);
	assert_answer(ask_drive(true, CDB(0x43, [6] = 0xaa, [8] = 0xff)),
		      0, 10, 1, 1, 0, 0x14, 0xaa, 0, 0, 5, 0x14, 0);
}

/* 332800 blocks and two seconds: 73:59:25. */
static void toc_counts_in_minutes_if_asked(void **state)
{
	assert_answer(ask_drive(true, CDB(0x43, 0x02, [6] = 0xaa, [8] = 0xff)),
		      0, 10, 1, 1, 0, 0x14, 0xaa, 0, 0, 73, 59, 25);
}

static void toc_has_one_session(void **state)
{
	assert_answer(ask_drive(true, CDB(0x43, 0, 1, [8] = 0xff)),
		      0, 10, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0);
}

static void toc_refuses_what_is_not_there(void **state)
{
	assert_false(ask_drive(true, CDB(0x43, 0, 2, [8] = 0xff)).ok);
	assert_false(ask_drive(true, CDB(0x43, [6] = 2, [8] = 0xff)).ok);
}

static void profile_follows_the_medium(void **state)
{
	struct answer a = ask_drive(false, CDB(0x46, [8] = 0xff));

	assert_true(a.ok);
	assert_int_equal(a.data[7], 0);
	a = ask_drive(true, CDB(0x46, [8] = 0xff));
	assert_int_equal(a.data[7], 0x08);
	assert_int_equal(a.data[3], a.len - 4);
}

static void only_current_features_if_asked(void **state)
{
	struct answer a = ask_drive(true, CDB(0x46, 1, [8] = 0xff));
	u32 at;

	assert_true(a.ok);
	for (at = 8; at < a.len; at += 4 + a.data[at + 3])
		assert_true(a.data[at + 2] & 1);
	assert_int_equal(at, a.len);
}

static void one_feature_if_asked(void **state)
{
	assert_answer(ask_drive(true, CDB(0x46, 2, 0, 0x10, [8] = 0xff)),
		      0, 0, 0, 16, 0, 0, 0, 8, 0, 0x10, 1, 8, 0, 0, 8, 0, 0, 1, 0, 0);
	assert_answer(ask_drive(true, CDB(0x46, 2, 0x77, 0x10, [8] = 0xff)),
		      0, 0, 0, 4, 0, 0, 0, 8);
	assert_false(ask_drive(true, CDB(0x46, 3, [8] = 0xff)).ok);
}

static void media_status_is_polled(void **state)
{
	assert_answer(ask_drive(true, CDB(0x4a, 1, [4] = 0x10, [8] = 8)),
		      0, 6, 4, 0x10, 0, 2, 0, 0);
	assert_answer(ask_drive(false, CDB(0x4a, 1, [4] = 0x10, [8] = 8)),
		      0, 6, 4, 0x10, 0, 0, 0, 0);
	assert_answer(ask_drive(true, CDB(0x4a, 1, [4] = 0x02, [8] = 8)), 0, 2, 0x80, 0x10);
	assert_false(ask_drive(true, CDB(0x4a, 0, [4] = 0x10, [8] = 8)).ok);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(toc_is_one_track_and_lead_out),
		cmocka_unit_test(toc_counts_in_minutes_if_asked),
		cmocka_unit_test(toc_has_one_session),
		cmocka_unit_test(toc_refuses_what_is_not_there),
		cmocka_unit_test(profile_follows_the_medium),
		cmocka_unit_test(only_current_features_if_asked),
		cmocka_unit_test(one_feature_if_asked),
		cmocka_unit_test(media_status_is_polled),
	};

	return cmocka_run_group_tests_name("mmc", tests, NULL, NULL);
}
