// SPDX-License-Identifier: GPL-2.0-only
/*
 * LOG SENSE, called directly, so that the statistics can be chosen.
 */
#include "fixture.h"
#include "respond.h"

static const struct scst_log fixture_log = {
	.reads = 1, .writes = 2, .blocks_read = 3, .blocks_written = 4,
	.read_ns = 5, .write_ns = 6, .starts = 7,
};

static struct answer sense_with(const struct scst_lu *lu, const struct scst_log *log, u8 page,
				u8 subpage, u16 pointer, u32 size)
{
	const u8 cdb[16] = { 0x4d, 0, 0x40 | page, subpage, 0, pointer >> 8, pointer, 0xff, 0xff };
	struct scst_view view = fixture_view(lu);
	struct scst_reply reply = { .size = size };
	struct answer a = { 0 };

	view.log = log;
	reply.buf = malloc(size ? size : 1);
	assert_non_null(reply.buf);
	a.ok = scst_respond_log_sense(&view, cdb, &reply, &a.sense);
	a.len = reply.len;
	memcpy(a.data, reply.buf, size < a.len ? size : a.len);
	free(reply.buf);
	return a;
}

static struct answer log_sense(u8 page, u8 subpage, u16 pointer)
{
	struct scst_lu lu = fixture_disk();

	return sense_with(&lu, &fixture_log, page, subpage, pointer, 512);
}

/* The data of parameter @code, or NULL; fails if the page does not add up. */
static const u8 *parameter(const struct answer *a, u16 code, u8 len)
{
	const u8 *found = NULL;
	u32 at = 4;

	assert_true(a->ok);
	assert_int_equal(get_unaligned_be16(a->data + 2), a->len - 4);
	while (at < a->len) {
		if (get_unaligned_be16(a->data + at) == code) {
			assert_int_equal(a->data[at + 3], len);
			found = a->data + at + 4;
		}
		at += 4 + a->data[at + 3];
	}
	assert_int_equal(at, a->len);
	return found;
}

static void listed_pages_are_the_pages_that_answer(void **state)
{
	struct answer list = log_sense(0x00, 0, 0);

	assert_true(list.ok);
	for (unsigned int page = 0; page < 0x40; page++) {
		bool listed = memchr(list.data + 4, page, list.len - 4);
		struct answer a = log_sense(page, 0, 0);

		assert_int_equal(a.ok, listed);
		if (listed)
			assert_int_equal(a.data[0], 0x80 | page);
		else
			assert_refused_field(a, 2, 5);
	}
}

static void list_with_subpages_has_pairs(void **state)
{
	struct answer a = log_sense(0x00, 0xff, 0);

	assert_true(a.ok);
	assert_int_equal(a.data[0], 0xc0);
	assert_int_equal(a.data[1], 0xff);
	assert_int_equal(get_unaligned_be16(a.data + 2), a.len - 4);
	assert_memory_equal(a.data + 4, "\0\0\0\xff\x0c\0\x0d\0\x0e\0\x19\0\x2f\0", 14);
}

static void unknown_subpage_is_refused(void **state)
{
	struct answer a = log_sense(0x0d, 1, 0);

	assert_refused_field(a, 3, -1);
}

static void statistics_are_what_was_counted(void **state)
{
	struct answer a = log_sense(0x19, 0, 0);
	const u8 *p = parameter(&a, 1, 64);

	assert_non_null(p);
	assert_true(get_unaligned_be64(p) == 1);
	assert_true(get_unaligned_be64(p + 8) == 2);
	assert_true(get_unaligned_be64(p + 16) == 4);
	assert_true(get_unaligned_be64(p + 24) == 3);
	assert_true(get_unaligned_be64(p + 32) == 5);
	assert_true(get_unaligned_be64(p + 40) == 6);
	p = parameter(&a, 3, 8);
	assert_non_null(p);
	assert_int_equal(get_unaligned_be32(p), 9);
	assert_int_equal(get_unaligned_be32(p + 4), 1);
}

static void provisioning_counts_threshold_sets(void **state)
{
	struct answer a = log_sense(0x0c, 0, 0);

	assert_int_equal(get_unaligned_be32(parameter(&a, 1, 8)), 8);
	assert_int_equal(get_unaligned_be32(parameter(&a, 2, 8)), 9);
	/* SCOPE: the pool's, and this unit's */
	assert_int_equal(parameter(&a, 1, 8)[4], 2);
	assert_int_equal(parameter(&a, 2, 8)[4], 1);
}

static void provisioning_tells_only_what_is_known(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a;

	lu.lbp_used = SCST_LBP_UNKNOWN;
	a = sense_with(&lu, NULL, 0x0c, 0, 0, 512);
	assert_int_equal(get_unaligned_be32(parameter(&a, 1, 8)), 8);
	assert_null(parameter(&a, 2, 8));
}

static void provisioning_needs_a_back_end_that_knows(void **state)
{
	struct scst_lu lu = fixture_disk();

	lu.lbp_set_exp = 0;
	assert_false(sense_with(&lu, &fixture_log, 0x0c, 0, 0, 512).ok);
	lu.lbp_set_exp = 11;
	assert_true(sense_with(&lu, &fixture_log, 0x0c, 0, 0, 512).ok);
	lu.thin = false;
	assert_false(sense_with(&lu, &fixture_log, 0x0c, 0, 0, 512).ok);
}

static void no_log_leaves_the_fixed_pages(void **state)
{
	struct scst_lu lu = fixture_disk();

	assert_false(sense_with(&lu, NULL, 0x19, 0, 0, 512).ok);
	assert_false(sense_with(&lu, NULL, 0x0e, 0, 0, 512).ok);
	assert_true(sense_with(&lu, NULL, 0x0d, 0, 0, 512).ok);
	assert_true(sense_with(&lu, NULL, 0x2f, 0, 0, 512).ok);
}

static void temperature_is_unknown(void **state)
{
	struct answer a = log_sense(0x0d, 0, 0);

	assert_int_equal(get_unaligned_be16(parameter(&a, 0, 2)), 0xff);
	assert_int_equal(get_unaligned_be16(parameter(&a, 1, 2)), 0xff);
}

static void start_stop_counts_starts(void **state)
{
	struct answer a = log_sense(0x0e, 0, 0);

	assert_memory_equal(parameter(&a, 1, 6), "      ", 6);
	assert_memory_equal(parameter(&a, 2, 6), "      ", 6);
	for (u16 code = 3; code <= 6; code++)
		assert_non_null(parameter(&a, code, 4));
	assert_int_equal(a.len, 4 + 2 * 10 + 4 * 8);
	assert_int_equal(get_unaligned_be32(parameter(&a, 4, 4)), 7);
}

static void parameter_pointer_skips_and_is_bounded(void **state)
{
	struct answer a = log_sense(0x0e, 0, 4);

	assert_null(parameter(&a, 3, 4));
	assert_non_null(parameter(&a, 4, 4));
	assert_non_null(parameter(&a, 6, 4));
	a = log_sense(0x0e, 0, 7);
	assert_refused_field(a, 5, -1);
	a = log_sense(0x00, 0, 1);
	assert_refused_field(a, 5, -1);
}

static void exceptions_page_has_no_exception(void **state)
{
	struct answer a = log_sense(0x2f, 0, 0);

	assert_memory_equal(parameter(&a, 0, 4), "\0\0\xff\0", 4);
}

static void every_size_gets_a_prefix(void **state)
{
	const u8 pages[] = { 0x00, 0x0c, 0x0d, 0x0e, 0x19, 0x2f };
	struct scst_lu lu = fixture_disk();

	for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++) {
		struct answer whole = log_sense(pages[i], 0, 0);

		for (u32 size = 0; size <= whole.len; size++) {
			struct answer a = sense_with(&lu, &fixture_log, pages[i], 0, 0, size);

			assert_int_equal(a.len, whole.len);
			assert_memory_equal(a.data, whole.data, size);
		}
	}
}

static bool log_select(const u8 *cdb, u32 len, bool *reset, struct scst_sense *sense)
{
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);

	view.log = &fixture_log;
	*reset = false;
	return scst_log_select(&view, cdb, len, reset, sense);
}

static void log_select_resets_the_statistics(void **state)
{
	struct scst_sense sense;
	bool reset;

	assert_true(log_select(CDB(0x4c, 0x02, 0x40), 0, &reset, &sense) && reset);
	assert_true(log_select(CDB(0x4c, 0x02, 0x59), 0, &reset, &sense) && reset);
	assert_true(log_select(CDB(0x4c, 0x00, 0xd9), 0, &reset, &sense) && reset);
	assert_true(log_select(CDB(0x4c, 0x00, 0x59), 0, &reset, &sense) && !reset);
	assert_true(log_select(CDB(0x4c, 0x02, 0x4d), 0, &reset, &sense) && !reset);
}

static void log_select_sets_no_value(void **state)
{
	struct scst_sense sense;
	bool reset;

	assert_false(log_select(CDB(0x4c, 0x00, 0x40), 8, &reset, &sense));
	assert_int_equal(sense.id, SCST_SENSE_INVALID_FIELD_PARAM);
	assert_int_equal(sense.byte, 0);
	assert_false(log_select(CDB(0x4c, 0x00, 0x40), 3, &reset, &sense));
	assert_int_equal(sense.id, SCST_SENSE_PARAM_LIST_LENGTH);
	assert_false(log_select(CDB(0x4c, 0x02, 0x40), 8, &reset, &sense));
	assert_int_equal(sense.byte, 1);
	assert_int_equal(sense.bit, 1);
	assert_false(log_select(CDB(0x4c, 0x02, 0x7e), 0, &reset, &sense));
	assert_int_equal(sense.byte, 2);
	assert_false(log_select(CDB(0x4c, 0x02, 0x59, 0x01), 0, &reset, &sense));
	assert_int_equal(sense.byte, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(listed_pages_are_the_pages_that_answer),
		cmocka_unit_test(list_with_subpages_has_pairs),
		cmocka_unit_test(unknown_subpage_is_refused),
		cmocka_unit_test(statistics_are_what_was_counted),
		cmocka_unit_test(provisioning_counts_threshold_sets),
		cmocka_unit_test(provisioning_tells_only_what_is_known),
		cmocka_unit_test(provisioning_needs_a_back_end_that_knows),
		cmocka_unit_test(no_log_leaves_the_fixed_pages),
		cmocka_unit_test(temperature_is_unknown),
		cmocka_unit_test(start_stop_counts_starts),
		cmocka_unit_test(parameter_pointer_skips_and_is_bounded),
		cmocka_unit_test(exceptions_page_has_no_exception),
		cmocka_unit_test(every_size_gets_a_prefix),
		cmocka_unit_test(log_select_resets_the_statistics),
		cmocka_unit_test(log_select_sets_no_value),
	};

	return cmocka_run_group_tests_name("log_sense", tests, NULL, NULL);
}
