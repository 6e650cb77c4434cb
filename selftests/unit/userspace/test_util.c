// SPDX-License-Identifier: GPL-2.0-only
/* Numbers, names, paths, exit statuses. */
#include "unit.h"

#include "paths.h"
#include "printable.h"

static void number_accepts_decimal_and_hex(void **state)
{
	uint64_t value;

	assert_int_equal(scst_parse_u64("0", 0, 10, &value), 0);
	assert_int_equal(value, 0);
	assert_int_equal(scst_parse_u64("0x1F", 0, 255, &value), 0);
	assert_int_equal(value, 31);
	assert_int_equal(scst_parse_u64("18446744073709551615", 0, UINT64_MAX, &value), 0);
	assert_true(value == UINT64_MAX);
}

static void number_refuses_what_strtoull_takes(void **state)
{
	static const char *const bad[] = { "",	 " 1", "1 ", "-1",  "+1",
					   "1k", "0x", "x",  "1.0", "0x-1" };
	uint64_t value = 42;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(scst_parse_u64(bad[i], 0, UINT64_MAX, &value), -EINVAL);
	assert_int_equal(value, 42);
}

static void number_outside_its_range_is_refused(void **state)
{
	uint64_t value = 42;

	assert_int_equal(scst_parse_u64("11", 0, 10, &value), -ERANGE);
	assert_int_equal(scst_parse_u64("0", 1, 10, &value), -ERANGE);
	assert_int_equal(scst_parse_u64("18446744073709551616", 0, UINT64_MAX, &value), -ERANGE);
	assert_int_equal(value, 42);
}

static void signed_number_knows_its_ends(void **state)
{
	int64_t value;

	assert_int_equal(scst_parse_s64("-9223372036854775808", INT64_MIN, INT64_MAX, &value), 0);
	assert_true(value == INT64_MIN);
	assert_int_equal(scst_parse_s64("9223372036854775808", INT64_MIN, INT64_MAX, &value),
			 -ERANGE);
	assert_int_equal(scst_parse_s64("-129", -128, 127, &value), -ERANGE);
	assert_int_equal(scst_parse_s64("-", INT64_MIN, INT64_MAX, &value), -EINVAL);
	assert_int_equal(scst_parse_s64("--1", INT64_MIN, INT64_MAX, &value), -EINVAL);
}

static void name_may_not_leave_its_directory(void **state)
{
	static const char *const bad[] = { "", ".", "..", "a/b", "a.b", "a b", "a~", "\xc3\xa4" };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct scst_error err = {};

		assert_int_equal(scst_check_name(bad[i], &err), -EINVAL);
		assert_says(err, "letters");
	}
}

static void name_has_31_characters_at_most(void **state)
{
	struct scst_error err = {};

	assert_int_equal(scst_check_name("a234567890123456789012345678901", &err), 0);
	assert_int_equal(scst_check_name("a2345678901234567890123456789012", &err), -EINVAL);
	assert_says(err, "31");
}

static void pin_paths_follow_kind_name_and_map(void **state)
{
	const struct scst_paths paths = { .pins = "/p" };
	char path[PATH_MAX];

	assert_int_equal(scst_pin_path(&paths, SCST_PIN_POLICY, "a", "link", path), 0);
	assert_string_equal(path, "/p/policies/a/link");
	assert_int_equal(scst_pin_path(&paths, SCST_PIN_TRACER, "cmdlog", NULL, path), 0);
	assert_string_equal(path, "/p/tracers/cmdlog");
}

static void map_names_lose_what_bpffs_reserves(void **state)
{
	char name[64];

	assert_int_equal(scst_map_pin_name("lun_mask_rules", name, sizeof(name)), 0);
	assert_string_equal(name, "lun_mask_rules");
	assert_int_equal(scst_map_pin_name("lun_mask.rodata", name, sizeof(name)), 0);
	assert_string_equal(name, "rodata");
	assert_int_equal(scst_map_pin_name(".data.x.y", name, sizeof(name)), 0);
	assert_string_equal(name, "data_x_y");
	assert_int_equal(scst_map_pin_name("longer", name, 3), -ENAMETOOLONG);
}

static void exit_status_follows_errno(void **state)
{
	assert_int_equal(scst_exit_status(0), 0);
	assert_int_equal(scst_exit_status(-EIO), 1);
	assert_int_equal(scst_exit_status(-EINVAL), 2);
	assert_int_equal(scst_exit_status(-ENOENT), 3);
	assert_int_equal(scst_exit_status(-EOPNOTSUPP), 4);
	assert_int_equal(scst_exit_status(-EPERM), 5);
	assert_int_equal(scst_exit_status(-EEXIST), 6);
}

static void first_message_stands_and_gets_its_context(void **state)
{
	struct scst_error err = {};

	assert_int_equal(scst_fail(&err, -EINVAL, "size: %d", 7), -EINVAL);
	scst_fail(&err, -EIO, "later");
	scst_fail_in(&err, -EINVAL, "policy %s", "a");
	assert_string_equal(err.text, "policy a: size: 7");
}

static void a_dot_is_for_names_that_others_gave(void **state)
{
	struct scst_error err = {};

	assert_int_equal(scst_check_name("a.b", &err), -EINVAL);
	assert_int_equal(scst_check_attached_name("a.b", &err), 0);
	assert_int_equal(scst_check_attached_name("..", &err), -EINVAL);
	assert_int_equal(scst_check_attached_name("a/b", &err), -EINVAL);
	assert_int_equal(scst_check_attached_name("", &err), -EINVAL);
}

static void assert_printable(const char *text, const char *expected)
{
	char copy[64];

	strcpy(copy, text);
	scst_make_printable(copy, "\n");
	assert_string_equal(copy, expected);
}

static void text_of_strangers_is_fit_to_be_printed(void **state)
{
	assert_printable("iqn.2026-01.org.example:a b\n", "iqn.2026-01.org.example:a b\n");
	assert_printable("\x1b[2J\a\t\x7f", "?[2J???");
	/* UTF-8: a letter, the euro, a face */
	assert_printable("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
			 "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
	/* Latin-1, half a character, a byte too many, too long, a surrogate, too large */
	assert_printable("\xe4", "?");
	assert_printable("\xe2\x82", "??");
	assert_printable("\xa0z", "?z");
	assert_printable("\xc0\xaf\xe0\x80\xaf", "?????");
	assert_printable("\xed\xa0\x80", "???");
	assert_printable("\xf4\x90\x80\x80\xff", "?????");
	/* a control of the terminal in two bytes; what turns the line round */
	assert_printable("\xc2\x9b" "2J", "??2J");
	assert_printable("a\xe2\x80\xae" "b\xe2\x81\xa6", "a???b???");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(number_accepts_decimal_and_hex),
		cmocka_unit_test(number_refuses_what_strtoull_takes),
		cmocka_unit_test(number_outside_its_range_is_refused),
		cmocka_unit_test(signed_number_knows_its_ends),
		cmocka_unit_test(name_may_not_leave_its_directory),
		cmocka_unit_test(name_has_31_characters_at_most),
		cmocka_unit_test(pin_paths_follow_kind_name_and_map),
		cmocka_unit_test(map_names_lose_what_bpffs_reserves),
		cmocka_unit_test(exit_status_follows_errno),
		cmocka_unit_test(first_message_stands_and_gets_its_context),
		cmocka_unit_test(text_of_strangers_is_fit_to_be_printed),
		cmocka_unit_test(a_dot_is_for_names_that_others_gave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
