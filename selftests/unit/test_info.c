// SPDX-License-Identifier: GPL-2.0-only
/*
 * REPORT and SET IDENTIFYING INFORMATION, REPORT and SET TIMESTAMP. Not here: keeping the one in a
 * file (test_saved), and the clock of the other (core).
 */
#include "fixture.h"

#define REPORT(type)	CDB(0xa3, 0x05, [9] = 0xff, (type) << 1)
#define SET(type)	CDB(0xa4, 0x06, [9] = 0xff, (type) << 1)

static void assert_sense(struct scst_sense sense, enum scst_sense_id id, unsigned int byte, int bit)
{
	assert_int_equal(sense.id, id);
	assert_true(sense.has_field);
	assert_int_equal(sense.byte, byte);
	assert_int_equal(sense.bit, bit);
}

static void what_was_set_is_reported(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);
	struct scst_sense sense;
	struct answer a;

	assert_true(scst_set_info(SET(0), (const u8 *)"rack 7", 6, lu.info, &sense));
	assert_true(scst_set_info(SET(2), (const u8 *)"text", 5, lu.info, &sense));
	a = ask(&view, REPORT(0));
	assert_int_equal(a.len, 4 + 6);
	assert_int_equal(get_unaligned_be16(a.data + 2), 6);
	assert_memory_equal(a.data + 4, "rack 7", 6);
	a = ask(&view, REPORT(2));
	assert_int_equal(a.len, 4 + 5);
	assert_memory_equal(a.data + 4, "text", 5);
	assert_true(scst_set_info(SET(0), (const u8 *)"", 0, lu.info, &sense));
	assert_int_equal(ask(&view, REPORT(0)).len, 4);
}

static void types_are_listed_with_their_limits(void **state)
{
	static const u8 want[] = { 0, 0, 0, 8, 0x00, 0, 0, 64, 0x04, 0, 1, 0 };
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);
	struct answer a = ask(&view, REPORT(0x7f));

	assert_int_equal(a.len, sizeof(want));
	assert_memory_equal(a.data, want, sizeof(want));
}

static void unknown_type_is_refused(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);
	struct answer a = ask(&view, REPORT(0x01));
	struct scst_sense sense;

	assert_refused_field(a, 10, 7);
	assert_false(scst_set_info(SET(0x7f), (const u8 *)"", 0, lu.info, &sense));
	assert_sense(sense, SCST_SENSE_INVALID_FIELD_CDB, 10, 7);
}

static void too_much_or_unterminated_text_is_refused(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct scst_sense sense;
	u8 list[257] = { 0 };

	assert_true(scst_set_info(SET(0), list, 64, lu.info, &sense));
	assert_false(scst_set_info(SET(0), list, 65, lu.info, &sense));
	assert_sense(sense, SCST_SENSE_INVALID_FIELD_CDB, 6, -1);
	assert_int_equal(lu.info[SCST_INFO_DEVICE].len, 64);
	assert_true(scst_set_info(SET(2), list, 256, lu.info, &sense));
	assert_false(scst_set_info(SET(2), list, 257, lu.info, &sense));
	list[3] = 'x';
	assert_false(scst_set_info(SET(2), list, 4, lu.info, &sense));
	assert_sense(sense, SCST_SENSE_INVALID_FIELD_PARAM, 3, -1);
	assert_int_equal(lu.info[SCST_INFO_TEXT].len, 256);
}

static void timestamp_says_where_it_comes_from(void **state)
{
	static const u8 want[] = { 0, 10, 3, 0, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0, 0 };
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);
	struct answer a;

	view.timestamp = 0xff0123456789abull;	/* 48 bits of it */
	a = ask(&view, CDB(0xa3, 0x0f, [9] = 12));
	assert_int_equal(a.len, sizeof(want));
	assert_memory_equal(a.data, want, sizeof(want));
	view.timestamp_set = true;
	assert_int_equal(ask(&view, CDB(0xa3, 0x0f, [9] = 12)).data[2], 2);
}

/* SCSIP and TCMOS of the control extension page say that both kinds of origin happen. */
static void timestamp_agrees_with_the_control_extension_page(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);
	struct answer a = ask(&view, CDB(0x5a, 0x08, 0x0a, 0x01, [8] = 0xff));

	assert_int_equal(a.data[8 + 4] & 0x06, 0x06);
}

static void timestamp_list_has_one_length(void **state)
{
	static const u8 list[13] = { [4] = 1, 2, 3, 4, 5, 6 };
	struct scst_sense sense;
	u64 ms = 0;

	assert_true(scst_set_timestamp(list, 12, &ms, &sense));
	assert_true(ms == 0x010203040506ull);
	for (u32 len = 0; len <= sizeof(list); len++) {
		if (len == 12)
			continue;
		assert_false(scst_set_timestamp(list, len, &ms, &sense));
		assert_int_equal(sense.id, SCST_SENSE_PARAM_LIST_LENGTH);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_set_is_reported),
		cmocka_unit_test(types_are_listed_with_their_limits),
		cmocka_unit_test(unknown_type_is_refused),
		cmocka_unit_test(too_much_or_unterminated_text_is_refused),
		cmocka_unit_test(timestamp_says_where_it_comes_from),
		cmocka_unit_test(timestamp_agrees_with_the_control_extension_page),
		cmocka_unit_test(timestamp_list_has_one_length),
	};

	return cmocka_run_group_tests_name("info", tests, NULL, NULL);
}
