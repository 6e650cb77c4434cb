// SPDX-License-Identifier: GPL-2.0-only
/*
 * The grammar of mgmt files: what is a word, a parameter, a number, a name; and that what is
 * refused is named in the log. Each text is a copy on the heap of its own size, so that one byte
 * too far is found.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <scst/mgmt.h>
#include <scst/name.h>

char last_warning[512];
unsigned int warnings;

static char *text;		/* of the running test */

static char *copy(const char *string)
{
	free(text);
	text = strdup(string);
	return text;
}

static int setup(void **state)
{
	warnings = 0;
	last_warning[0] = '\0';
	return 0;
}

static int teardown(void **state)
{
	free(text);
	text = NULL;
	return 0;
}

static void assert_logged(const char *what)
{
	assert_int_equal(warnings, 1);
	if (!strstr(last_warning, what))
		fail_msg("logged \"%s\" without \"%s\"", last_warning, what);
}

/* words */

static void words_are_split_at_blanks(void **state)
{
	char *rest = copy(" \tadd  disk1\t0\n");

	assert_string_equal(scst_mgmt_word(&rest), "add");
	assert_string_equal(scst_mgmt_word(&rest), "disk1");
	assert_string_equal(scst_mgmt_word(&rest), "0");
	assert_null(scst_mgmt_word(&rest));
	assert_null(scst_mgmt_word(&rest));
}

static void key_ends_at_a_blank_or_an_equals_sign(void **state)
{
	static const char *const texts[] = { "user joe", "user=joe", " user = joe", "user= joe" };
	unsigned int i;
	char *rest;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		rest = copy(texts[i]);
		assert_string_equal(scst_mgmt_key(&rest), "user");
		assert_string_equal(scst_mgmt_word(&rest), "joe");
		assert_null(scst_mgmt_word(&rest));
	}
	rest = copy("user =joe");	/* a value may begin with one */
	assert_string_equal(scst_mgmt_key(&rest), "user");
	assert_string_equal(scst_mgmt_word(&rest), "=joe");
	rest = copy("user =");
	assert_string_equal(scst_mgmt_key(&rest), "user");
	assert_string_equal(scst_mgmt_word(&rest), "=");
	rest = copy("");
	assert_null(scst_mgmt_key(&rest));
}

static void empty_text_has_no_word(void **state)
{
	char *rest = copy("");

	assert_null(scst_mgmt_word(&rest));
}

static void exact_number_of_words_is_taken(void **state)
{
	char *words[2];

	assert_int_equal(scst_mgmt_words(copy("a bc "), 2, words), 0);
	assert_string_equal(words[0], "a");
	assert_string_equal(words[1], "bc");
	assert_int_equal(scst_mgmt_words(copy("  "), 0, NULL), 0);
	assert_int_equal(warnings, 0);
}

static void too_few_words_are_refused(void **state)
{
	char *words[2];

	assert_int_equal(scst_mgmt_words(copy("a"), 2, words), -EINVAL);
	assert_logged("2 word(s) expected, 1 given");
}

static void too_many_words_are_refused(void **state)
{
	char *words[1];

	assert_int_equal(scst_mgmt_words(copy("a b c"), 1, words), -EINVAL);
	assert_logged("\"b\"");
}

/* parameters */

static void assert_param(struct scst_params *params, const char *name, const char *value)
{
	char *got_name, *got_value;

	assert_int_equal(scst_params_next(params, &got_name, &got_value), 1);
	assert_string_equal(got_name, name);
	assert_string_equal(got_value, value);
}

static void assert_params_end(struct scst_params *params)
{
	char *name = "untouched", *value = "untouched";

	assert_int_equal(scst_params_next(params, &name, &value), 0);
	assert_string_equal(name, "untouched");
	assert_string_equal(value, "untouched");
}

static void parameters_are_split_at_semicolons(void **state)
{
	struct scst_params params = { copy("filename=/disk1; nv_cache=1;blocksize = 4096 ") };

	assert_param(&params, "filename", "/disk1");
	assert_param(&params, "nv_cache", "1");
	assert_param(&params, "blocksize", "4096");
	assert_params_end(&params);
	assert_params_end(&params);
}

static void empty_parameters_are_skipped(void **state)
{
	struct scst_params params = { copy(" ; a=1;; ;b=2;") };

	assert_param(&params, "a", "1");
	assert_param(&params, "b", "2");
	assert_params_end(&params);
}

static void no_parameters_is_the_end(void **state)
{
	struct scst_params empty = { copy("") }, none = { NULL };

	assert_params_end(&empty);
	assert_params_end(&none);
}

static void value_may_contain_equals(void **state)
{
	struct scst_params params = { copy("filename=/a=b") };

	assert_param(&params, "filename", "/a=b");
}

static const struct {
	const char *text;
	const char *logged;
} malformed[] = {
	{ "read_only", "\"read_only\" is not name=value" },
	{ "read_only 1", "\"read_only 1\" is not name=value" },
	{ "=1", "\"\" is not name=value" },
	{ " = ", "\"\" is not name=value" },
	{ "a b=1", "\"a b\" is not name=value" },
	{ "a=", "value of parameter \"a\"" },
	{ "a= ;b=1", "value of parameter \"a\"" },
	{ "a=1 b=2", "value of parameter \"a\"" },
	{ "a=1\nb", "value of parameter \"a\"" },
};

static void malformed_parameters_are_refused(void **state)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(malformed); i++) {
		struct scst_params params = { copy(malformed[i].text) };
		char *name = "untouched", *value = "untouched";

		setup(state);
		assert_int_equal(scst_params_next(&params, &name, &value), -EINVAL);
		assert_string_equal(name, "untouched");
		assert_string_equal(value, "untouched");
		assert_logged(malformed[i].logged);
	}
}

/* A value may be a secret: the log names the parameter. */
static void refused_value_is_not_logged(void **state)
{
	struct scst_params params = { copy("password=open sesame") };
	char *name, *value;

	assert_int_equal(scst_params_next(&params, &name, &value), -EINVAL);
	assert_null(strstr(last_warning, "open"));
}

static void parameters_where_none_belong_are_refused(void **state)
{
	assert_int_equal(scst_params_end(&(struct scst_params){ copy(" ; ") }), 0);
	assert_int_equal(scst_params_end(&(struct scst_params){ copy(" x=1") }), -EINVAL);
	assert_logged("\"x=1\"");
}

/* verbs */

static int run_first(void *obj, char *args)
{
	*(const char **)obj = args;
	return 0;
}

static int run_second(void *obj, char *args)
{
	return -EBUSY;
}

static const struct scst_mgmt_verb verbs[] = {
	{ "add", run_first },
	{ "replace_no_ua", run_second },
	{ }
};

static void verb_gets_its_arguments(void **state)
{
	const char *args = NULL;

	assert_int_equal(scst_mgmt_run(verbs, &args, copy("add disk1 0")), 0);
	assert_string_equal(args, "disk1 0");
}

static void verbs_ignore_case(void **state)
{
	assert_int_equal(scst_mgmt_run(verbs, NULL, copy("Replace_No_UA")), -EBUSY);
	assert_ptr_equal(scst_mgmt_find(verbs, "ADD"), &verbs[0]);
}

static void unknown_verbs_are_refused(void **state)
{
	static const char *const unknown[] = { "ad", "adds", "replace", "add;", "" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(unknown); i++) {
		setup(state);
		assert_int_equal(scst_mgmt_run(verbs, NULL, copy(unknown[i])), -EINVAL);
		assert_logged(unknown[i]);
	}
}

/* numbers */

static void booleans_are_zero_and_one(void **state)
{
	static const char *const wrong[] = { "", "2", "00", "1 ", "yes", "-1", "true" };
	bool value = false;
	size_t i;

	assert_int_equal(scst_parse_bool("1", &value), 0);
	assert_true(value);
	assert_int_equal(scst_parse_bool("0", &value), 0);
	assert_false(value);
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		value = true;
		assert_int_equal(scst_parse_bool(wrong[i], &value), -EINVAL);
		assert_true(value);
	}
}

static u64 parsed(const char *string)
{
	u64 value = 0;

	assert_int_equal(scst_parse_u64(string, 0, UINT64_MAX, &value), 0);
	return value;
}

static void numbers_are_decimal_or_hexadecimal(void **state)
{
	assert_int_equal(parsed("0"), 0);
	assert_int_equal(parsed("010"), 10);
	assert_int_equal(parsed("0x1F"), 31);
	assert_int_equal(parsed("0X1f"), 31);
	assert_int_equal(parsed("18446744073709551615"), UINT64_MAX);
	assert_int_equal(parsed("0xffffffffffffffff"), UINT64_MAX);
}

static void what_is_no_number_is_refused(void **state)
{
	static const char *const wrong[] = { "", " 1", "1 ", "-1", "+1", "1a", "x1", "0x",
					     "18446744073709551616", "1.0" };
	u64 value = 7;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(scst_parse_u64(wrong[i], 0, UINT64_MAX, &value), -EINVAL);
	assert_int_equal(value, 7);
}

static void numbers_out_of_range_are_refused(void **state)
{
	u64 value = 7;

	assert_int_equal(scst_parse_u64("0", 1, 16383, &value), -EINVAL);
	assert_int_equal(scst_parse_u64("16384", 1, 16383, &value), -EINVAL);
	assert_int_equal(value, 7);
	assert_int_equal(scst_parse_u64("1", 1, 16383, &value), 0);
	assert_int_equal(scst_parse_u64("16383", 1, 16383, &value), 0);
	assert_int_equal(value, 16383);
}

/* names */

static bool is_among(int byte, const char *signs)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= 'a' && byte <= 'z') || strchr(signs, byte);
}

static void each_byte_is_taken_or_refused(const char *signs)
{
	char name[] = "a?b", hex[8];
	int byte;

	for (byte = 1; byte < 256; byte++) {
		setup(NULL);
		name[1] = byte;
		if (is_among(byte, signs)) {
			assert_int_equal(scst_name_check("device", name, sizeof(name), signs), 0);
			assert_int_equal(warnings, 0);
			continue;
		}
		assert_int_equal(scst_name_check("device", name, sizeof(name), signs), -EINVAL);
		snprintf(hex, sizeof(hex), "0x%02x", byte);
		assert_logged(hex);
		assert_logged("device");
	}
}

static void names_are_letters_digits_and_few_signs(void **state)
{
	static const char harmful[] = " \t\n\"'`$;&|<>(){}\\/~^!*?[]\x7f\x80\xa0\xe9\xff";
	const char *c;

	each_byte_is_taken_or_refused(SCST_NAME_SIGNS);
	each_byte_is_taken_or_refused(SCST_PATTERN_SIGNS);
	for (c = harmful; *c; c++)
		assert_false(is_among((unsigned char)*c, SCST_NAME_SIGNS));
	for (c = harmful; *c; c++)
		assert_int_equal(is_among((unsigned char)*c, SCST_PATTERN_SIGNS),
				 !!strchr("*?[]!", *c));
}

static void names_that_mean_something_else_are_refused(void **state)
{
	static const char *const wrong[] = { "", ".", "..", "#", "#1", "/", "a/b" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(scst_name_check("device", wrong[i], 64, SCST_NAME_SIGNS), -EINVAL);
	assert_int_equal(scst_name_check("device", "...", 64, SCST_NAME_SIGNS), 0);
	assert_int_equal(scst_name_check("device", "iqn.x#::1%eth0", 64, SCST_NAME_SIGNS), 0);
}

static void names_fit_their_room(void **state)
{
	assert_int_equal(scst_name_check("group", "abc", 4, SCST_NAME_SIGNS), 0);
	assert_int_equal(scst_name_check("group", "abcd", 4, SCST_NAME_SIGNS), -ENAMETOOLONG);
	assert_logged("at most 3");
}

static void what_is_logged_is_printable_ascii(void **state)
{
	char bytes[256], longer[1000];
	int byte;

	for (byte = 1; byte < 256; byte++)
		bytes[byte - 1] = byte;
	bytes[255] = '\0';
	for (byte = 1; byte < 256; byte++)
		assert_int_equal(scst_printable(bytes).text[byte - 1],
				 byte >= 0x20 && byte <= 0x7e ? byte : '?');
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(strlen(scst_printable(longer).text), SCST_NAME_LEN - 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(words_are_split_at_blanks),
		TEST(key_ends_at_a_blank_or_an_equals_sign),
		TEST(empty_text_has_no_word),
		TEST(exact_number_of_words_is_taken),
		TEST(too_few_words_are_refused),
		TEST(too_many_words_are_refused),
		TEST(parameters_are_split_at_semicolons),
		TEST(empty_parameters_are_skipped),
		TEST(no_parameters_is_the_end),
		TEST(value_may_contain_equals),
		TEST(malformed_parameters_are_refused),
		TEST(refused_value_is_not_logged),
		TEST(parameters_where_none_belong_are_refused),
		TEST(verb_gets_its_arguments),
		TEST(verbs_ignore_case),
		TEST(unknown_verbs_are_refused),
		TEST(booleans_are_zero_and_one),
		TEST(numbers_are_decimal_or_hexadecimal),
		TEST(what_is_no_number_is_refused),
		TEST(numbers_out_of_range_are_refused),
		TEST(names_are_letters_digits_and_few_signs),
		TEST(names_that_mean_something_else_are_refused),
		TEST(names_fit_their_room),
		TEST(what_is_logged_is_printable_ascii),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
