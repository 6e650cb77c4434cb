// SPDX-License-Identifier: GPL-2.0-only
/*
 * The record of saved parameters: what was saved comes back, what a unit does not take keeps its
 * default, and what is no record changes nothing. Not here: the file around it (slots).
 */
#include "fixture.h"
#include "reply.h"
#include "saved.h"

struct record {
	u8 data[SCST_SAVED_MAX];
	u32 len;
};

static const struct scst_mode other = { .tst = 1, .d_sense = 1, .qerr = 3, .swp = 1, .tas = 1 };

static struct record encode(const struct scst_lu *lu, const struct scst_mode *mode)
{
	const struct scst_saved saved = { .mode = *mode };
	struct record r = { .len = 0 };
	struct scst_reply out = { .buf = r.data, .size = sizeof(r.data) };

	scst_saved_encode(lu, &saved, &out);
	assert_in_range(out.len, 2, SCST_SAVED_MAX);
	r.len = out.len;
	return r;
}

/* From a heap block of just the size. Return: how many values were dropped, -1 if refused. */
static int decode(const struct scst_lu *lu, const struct record *r, struct scst_saved *out)
{
	u8 *data = malloc(r->len ? r->len : 1);
	unsigned int dropped = 0;
	bool ok;

	assert_non_null(data);
	memcpy(data, r->data, r->len);
	ok = scst_saved_decode(lu, data, r->len, out, &dropped);
	free(data);
	return ok ? (int)dropped : -1;
}

static void what_was_saved_comes_back(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct record r = encode(&lu, &other);
	struct scst_saved saved;

	assert_int_equal(decode(&lu, &r, &saved), 0);
	assert_memory_equal(&saved.mode, &other, sizeof(other));
}

static void each_field_has_one_entry(void **state)
{
	struct scst_lu lu = fixture_disk(), cd = fixture_cdrom();

	assert_int_equal(encode(&lu, &other).len, 1 + 9 * 8);
	assert_int_equal(encode(&cd, &other).len, 1 + 8 * 8);	/* no caching page */
}

static void identifying_information_comes_back(void **state)
{
	struct scst_saved saved = { .mode = other, .info = { { .len = 64 }, { .len = 256 } } };
	struct scst_lu lu = fixture_disk();
	struct record r = { .len = 0 };
	struct scst_reply out = { .buf = r.data, .size = sizeof(r.data) };
	struct scst_saved again;

	memset(saved.info[SCST_INFO_DEVICE].bytes, 0xff, 64);
	memset(saved.info[SCST_INFO_TEXT].bytes, 'x', 255);
	scst_saved_encode(&lu, &saved, &out);
	assert_in_range(out.len, 1 + 9 * 8 + 4 + 64 + 4 + 256, SCST_SAVED_MAX);
	r.len = out.len;
	assert_int_equal(decode(&lu, &r, &again), 0);
	assert_memory_equal(&again, &saved, sizeof(saved));
	r.data[r.len - 1] = 'x';		/* no NUL at the end */
	assert_int_equal(decode(&lu, &r, &again), 1);
	assert_int_equal(again.info[SCST_INFO_TEXT].len, 0);
}

static void value_that_is_fixed_now_keeps_its_default(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct record r = encode(&lu, &other);
	struct scst_saved saved;

	lu.mode_changeable.tas = 0;
	assert_int_equal(decode(&lu, &r, &saved), 1);
	assert_int_equal(saved.mode.tas, 0);
	assert_int_equal(saved.mode.swp, 1);
}

/* Each byte of the record, with every value: no illegal value gets through. */
static void no_damage_makes_an_illegal_value(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct record good = encode(&lu, &other);

	for (u32 at = 0; at < good.len; at++)
		for (unsigned int v = 0; v < 256; v++) {
			struct record r = good;
			struct scst_saved saved = { .mode.tst = 1 };

			r.data[at] = v;
			if (decode(&lu, &r, &saved) < 0)
				continue;
			assert_int_equal(saved.mode.tst, 1);
			assert_true(saved.mode.qerr <= 3 && saved.mode.qerr != 2);
			assert_true(saved.mode.queue_alg <= 1 && saved.mode.d_sense <= 1);
		}
}

static void unknown_entries_are_passed_over(void **state)
{
	static const u8 tail[] = { 0x77, 0, 2, 1, 2, 1, 0, 5, 0x3e, 0, 2, 0, 1, 2, 0, 0 };
	struct scst_lu lu = fixture_disk();
	struct record r = encode(&lu, &other);
	struct scst_saved saved;

	memcpy(r.data + r.len, tail, sizeof(tail));
	r.len += sizeof(tail);
	assert_int_equal(decode(&lu, &r, &saved), 3);
	assert_memory_equal(&saved.mode, &other, sizeof(other));
}

static void cut_record_is_refused(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct record whole = encode(&lu, &other);

	for (u32 len = 0; len < whole.len; len++) {
		struct scst_saved saved = { .mode.tst = 0xee };
		struct record r = whole;

		r.len = len;
		if ((len - 1) % 8 == 0)		/* between two entries: a record with fewer */
			continue;
		assert_int_equal(decode(&lu, &r, &saved), -1);
		assert_int_equal(saved.mode.tst, 0xee);
	}
}

static void other_version_is_refused(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct record r = encode(&lu, &other);
	struct scst_saved saved;

	r.data[0] = 2;
	assert_int_equal(decode(&lu, &r, &saved), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_saved_comes_back),
		cmocka_unit_test(each_field_has_one_entry),
		cmocka_unit_test(identifying_information_comes_back),
		cmocka_unit_test(value_that_is_fixed_now_keeps_its_default),
		cmocka_unit_test(no_damage_makes_an_illegal_value),
		cmocka_unit_test(unknown_entries_are_passed_over),
		cmocka_unit_test(cut_record_is_refused),
		cmocka_unit_test(other_version_is_refused),
	};

	return cmocka_run_group_tests_name("saved", tests, NULL, NULL);
}
