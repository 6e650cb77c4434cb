// SPDX-License-Identifier: GPL-2.0-only
/* Patterns of the policies' rules. That groups agree is tried in a guest. */
#include "unit.h"

#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define SIZE	256

static bool matches(const char *pattern, const char *text)
{
	char p[SIZE] = "", t[SIZE] = "";
	struct glob_at at;
	int done;

	strncpy(p, pattern, SIZE - 1);
	strncpy(t, text, SIZE - 1);
	glob_begin(&at, 0, SIZE);
	for (int i = 0; i < GLOB_STEPS; i++) {
		done = glob_step(p, t, SIZE, &at);
		if (done >= 0)
			return done;
	}
	fail_msg("no end: \"%s\", \"%s\"", pattern, text);
	return false;
}

/* What is meant, said simply. */
static bool should_match(const char *pattern, const char *text)
{
	if (*pattern == '*')
		return should_match(pattern + 1, text) ||
		       (*text && should_match(pattern, text + 1));
	if (!*text || !*pattern)
		return *text == *pattern;
	return (*pattern == '?' || *pattern == *text) && should_match(pattern + 1, text + 1);
}

static void what_stands_behind_a_star_counts(void **state)
{
	assert_true(matches("iqn.a:*-backup", "iqn.a:x-backup"));
	assert_false(matches("iqn.a:*-backup", "iqn.a:anything"));
	assert_true(matches("iqn.a:*", "iqn.a:"));
	assert_true(matches("*", ""));
	assert_true(matches("*-*-*", "a-b-c-d"));
	assert_false(matches("*-*-*", "a-b"));
}

static void a_question_mark_is_one_character(void **state)
{
	assert_true(matches("web-?", "web-1"));
	assert_false(matches("web-?", "web-"));
	assert_false(matches("web-?", "web-12"));
	assert_true(matches("??*", "ab"));
}

static void a_text_without_a_pattern_is_itself(void **state)
{
	assert_true(matches("web", "web"));
	assert_false(matches("web", "we"));
	assert_false(matches("web", "webb"));
	assert_false(matches("", "w"));
	assert_true(matches("", ""));
}

static void all_short_ones_are_as_they_should(void **state)
{
	static const char letters[] = "ab*?";
	char pattern[6], text[6];

	for (unsigned int i = 0; i < 4 * 4 * 4 * 4 * 4; i++) {
		for (unsigned int at = 0, left = i; at < 5; at++, left /= 4)
			pattern[at] = letters[left % 4];
		pattern[5] = '\0';
		for (unsigned int j = 0; j < 6 * 2 * 2 * 2 * 2 * 2; j++) {
			for (unsigned int at = 0; at < 5; at++)
				text[at] = j & 1 << at ? 'a' : 'b';
			text[j >> 5] = '\0';
			if (matches(pattern, text) != should_match(pattern, text))
				fail_msg("\"%s\" and \"%s\"", pattern, text);
		}
	}
}

static void the_worst_comes_to_an_end(void **state)
{
	char pattern[SIZE] = "*", text[SIZE];

	memset(text, 'a', SIZE - 1);
	text[SIZE - 1] = '\0';
	for (unsigned int len = 1; len < SIZE - 2; len++) {
		memset(pattern + 1, 'a', len - 1);
		strcpy(pattern + len, "b");
		assert_false(matches(pattern, text));
	}
	for (unsigned int i = 0; i < SIZE - 2; i += 2)
		memcpy(pattern + i, "*a", 2);
	strcpy(pattern + SIZE - 2, "b");
	assert_false(matches(pattern, text));
}

/* Not what scstctl writes, but bpftool can. */
static void what_has_no_end_does_not_match(void **state)
{
	char full[SIZE];
	struct glob_at at;
	int done = -1;

	memset(full, 'a', SIZE);
	glob_begin(&at, 0, SIZE);
	for (int i = 0; i < GLOB_STEPS && done < 0; i++)
		done = glob_step(full, full, SIZE, &at);
	assert_int_equal(done, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_stands_behind_a_star_counts),
		cmocka_unit_test(a_question_mark_is_one_character),
		cmocka_unit_test(a_text_without_a_pattern_is_itself),
		cmocka_unit_test(all_short_ones_are_as_they_should),
		cmocka_unit_test(the_worst_comes_to_an_end),
		cmocka_unit_test(what_has_no_end_does_not_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
