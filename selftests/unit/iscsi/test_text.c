// SPDX-License-Identifier: GPL-2.0-only
/* key=value text: what is taken apart, what is refused, what is cut into PDUs. */
#include "unit.h"

#include "text.h"

static struct text_in in;

static int parse(const char *data, size_t len)
{
	text_in_reset(&in);
	assert_int_equal(text_in_append(&in, data, len), 0);
	return text_in_parse(&in);
}

#define PARSE(text)	parse(text, sizeof(text) - 1)

static void pairs_are_found(void **state)
{
	assert_int_equal(PARSE("A=1\0B=two=2\0X-y.z_#@/+=\0"), 0);
	assert_int_equal(in.nr_pairs, 3);
	assert_string_equal(text_in_find(&in, "A"), "1");
	assert_string_equal(text_in_find(&in, "B"), "two=2");
	assert_string_equal(text_in_find(&in, "X-y.z_#@/+"), "");
	assert_null(text_in_find(&in, "C"));
}

static void padding_and_missing_end_are_taken(void **state)
{
	assert_int_equal(PARSE("\0\0A=1\0\0\0B=2"), 0);
	assert_int_equal(in.nr_pairs, 2);
	assert_string_equal(text_in_find(&in, "B"), "2");
	assert_int_equal(PARSE(""), 0);
	assert_int_equal(in.nr_pairs, 0);
}

static void pair_may_be_cut_anywhere(void **state)
{
	static const char text[] = "InitiatorName=iqn.x\0TargetName=y";

	for (size_t cut = 0; cut <= sizeof(text); cut++) {
		text_in_reset(&in);
		assert_int_equal(text_in_append(&in, text, cut), 0);
		assert_int_equal(text_in_append(&in, text + cut, sizeof(text) - cut), 0);
		assert_int_equal(text_in_parse(&in), 0);
		assert_string_equal(text_in_find(&in, "InitiatorName"), "iqn.x");
		assert_string_equal(text_in_find(&in, "TargetName"), "y");
	}
}

static void malformed_text_is_refused(void **state)
{
	char longest[TEXT_KEY_MAX + 4] = "";

	assert_int_equal(PARSE("A\0"), -EINVAL);
	assert_int_equal(PARSE("=1\0"), -EINVAL);
	assert_int_equal(PARSE("A b=1\0"), -EINVAL);
	assert_int_equal(PARSE("A=1\n\0"), -EINVAL);
	assert_int_equal(PARSE("A=1\0A=2\0"), -EINVAL);
	memset(longest, 'k', TEXT_KEY_MAX);
	longest[TEXT_KEY_MAX] = '=';
	assert_int_equal(parse(longest, TEXT_KEY_MAX + 1), 0);
	memset(longest, 'k', TEXT_KEY_MAX + 1);
	longest[TEXT_KEY_MAX + 1] = '=';
	assert_int_equal(parse(longest, TEXT_KEY_MAX + 2), -EINVAL);
}

static void length_has_limits(void **state)
{
	static char much[TEXT_IN_MAX];

	text_in_reset(&in);
	assert_int_equal(text_in_append(&in, much, sizeof(much)), 0);
	assert_int_equal(text_in_append(&in, much, 1), -E2BIG);
	memset(much, 'v', sizeof(much));
	memcpy(much, "A=", 2);
	assert_int_equal(parse(much, TEXT_VALUE_MAX + 2), 0);
	assert_int_equal(parse(much, TEXT_VALUE_MAX + 3), -EINVAL);
}

static void pairs_have_a_limit(void **state)
{
	char many[8 * (TEXT_PAIRS_MAX + 1)];
	size_t len = 0;

	for (int i = 0; i < TEXT_PAIRS_MAX; i++)
		len += sprintf(many + len, "k%d=", i) + 1;
	assert_int_equal(parse(many, len), 0);
	len += sprintf(many + len, "more=") + 1;
	assert_int_equal(parse(many, len), -E2BIG);
}

static void output_is_cut_and_lost_nowhere(void **state)
{
	struct text_out out = { .max = 100 };
	char got[100];

	text_add(&out, "A", "%d", 1);
	text_add(&out, "Name", "%s", "value");
	assert_int_equal(out.len, 4 + 11);
	assert_int_equal(text_out_take(&out, got, 6), 6);
	assert_int_equal(text_out_left(&out), 9);
	assert_int_equal(text_out_take(&out, got + 6, 50), 9);
	assert_memory_equal(got, "A=1\0Name=value", 15);
	text_out_free(&out);
}

static void output_beyond_its_limit_is_an_error(void **state)
{
	struct text_out out = { .max = 8 };

	text_add(&out, "A", "12345");
	assert_int_equal(out.err, 0);
	text_add(&out, "B", "%s", "");
	assert_int_equal(out.err, -E2BIG);
	assert_int_equal(out.len, 8);
	text_out_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_are_found),
		cmocka_unit_test(padding_and_missing_end_are_taken),
		cmocka_unit_test(pair_may_be_cut_anywhere),
		cmocka_unit_test(malformed_text_is_refused),
		cmocka_unit_test(length_has_limits),
		cmocka_unit_test(pairs_have_a_limit),
		cmocka_unit_test(output_is_cut_and_lost_nowhere),
		cmocka_unit_test(output_beyond_its_limit_is_an_error),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
