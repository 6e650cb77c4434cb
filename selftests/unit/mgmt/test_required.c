// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of required policies: what a write makes of it, and that what is refused is named in the
 * log. Each text is a copy on the heap of its own size, so that one byte too far is found.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <linux/kernel.h>
#include <linux/printk.h>

#include "required_list.h"

char last_warning[512];
unsigned int warnings;

static struct scst_required_list list;		/* of the running test */

static int setup(void **state)
{
	memset(&list, 0, sizeof(list));
	warnings = 0;
	return 0;
}

static int edit(const char *string)
{
	char *text = strdup(string);
	int err = scst_required_edit(&list, text);

	free(text);
	return err;
}

static void assert_names(const char *names)
{
	char all[2048] = "";
	unsigned int i;

	for (i = 0; i < list.nr; i++) {
		strcat(all, i ? "," : "");
		strcat(all, list.names[i].text);
	}
	assert_string_equal(all, names);
}

static void a_list_takes_the_place_of_the_old_one(void **state)
{
	assert_int_equal(edit("a,b"), 0);
	assert_names("a,b");
	assert_int_equal(edit("  c\tb,,\nd , "), 0);
	assert_names("c,b,d");
	assert_int_equal(edit(""), 0);
	assert_names("");
}

static void plus_adds_and_minus_takes_away(void **state)
{
	assert_int_equal(edit("+a"), 0);
	assert_int_equal(edit("+b,a, c"), 0);
	assert_names("a,b,c");
	assert_int_equal(edit("-a,c"), 0);
	assert_names("b");
	assert_int_equal(edit("-b"), 0);
	assert_names("");
	assert_int_equal(edit("+"), 0);
	assert_int_equal(edit("-"), 0);
	assert_names("");
}

static void a_name_is_there_once(void **state)
{
	assert_int_equal(edit("a,b,a"), 0);
	assert_names("a,b");
}

static void what_is_known_of_a_name_stays(void **state)
{
	edit("a,b");
	list.names[0].state = SCST_REQUIRED_EJECTED;
	list.names[1].state = SCST_REQUIRED_IN_FORCE;
	edit("c,b");
	assert_int_equal(list.names[0].state, SCST_REQUIRED_NEW);
	assert_int_equal(list.names[1].state, SCST_REQUIRED_IN_FORCE);
	edit("-c");
	edit("+a");
	assert_int_equal(list.names[0].state, SCST_REQUIRED_IN_FORCE);
	assert_int_equal(list.names[1].state, SCST_REQUIRED_NEW);
}

static void what_can_be_no_name_is_refused(void **state)
{
	static const char *const bad[] = {
		"9", "_a", ".a", "a/b", "a;b", "a\x01", "\xc3\xa4", "a,+b", "a,-b", "+-a", "exits",
		"pr_dumps_lost", "required_policies", "waiting_for",
		"abcdefghijklmnopqrstuvwxyz123456", "good,9", "+good 9",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		warnings = 0;
		assert_int_equal(edit(bad[i]), -EINVAL);
		assert_int_equal(warnings, 1);
	}
	assert_non_null(strstr(last_warning, "\"9\" is no name of a policy"));
}

static void what_is_not_there_cannot_go(void **state)
{
	edit("a");
	assert_int_equal(edit("-b"), -ENOENT);
	assert_non_null(strstr(last_warning, "b is not required"));
}

static void there_are_as_many_as_can_be_attached(void **state)
{
	char name[16];
	int i;

	for (i = 0; i < SCST_POLICY_MAX; i++) {
		snprintf(name, sizeof(name), "+p%d", i);
		assert_int_equal(edit(name), 0);
	}
	assert_int_equal(edit("+p0"), 0);
	assert_int_equal(edit("+more"), -ENOSPC);
	assert_non_null(strstr(last_warning, "more than 32 names"));
}

static void longest_name_is_kept_whole(void **state)
{
	assert_int_equal(edit("abcdefghijklmnopqrstuvwxyz12345,b"), 0);
	assert_names("abcdefghijklmnopqrstuvwxyz12345,b");
}

#define TEST(fn) cmocka_unit_test_setup(fn, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_list_takes_the_place_of_the_old_one),
		TEST(plus_adds_and_minus_takes_away),
		TEST(a_name_is_there_once),
		TEST(what_is_known_of_a_name_stays),
		TEST(what_can_be_no_name_is_refused),
		TEST(what_is_not_there_cannot_go),
		TEST(there_are_as_many_as_can_be_attached),
		TEST(longest_name_is_kept_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
