// SPDX-License-Identifier: GPL-2.0-only
/* Required policies: what is written into sysfs for a change, and what is read there. */
#include "unit.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "required.h"

static char top[] = "/tmp/test_required.XXXXXX";
static const struct scst_paths paths = { .sysfs = top };

static void attr(const char *name, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/policies/%s", top, name);
}

static void put(const char *name, const char *text)
{
	char path[PATH_MAX];
	FILE *f;

	attr(name, path);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void assert_holds(const char *name, const char *text)
{
	char path[PATH_MAX], buf[4096];
	size_t len;
	FILE *f;

	attr(name, path);
	f = fopen(path, "r");
	assert_non_null(f);
	len = fread(buf, 1, sizeof(buf) - 1, f);
	fclose(f);
	buf[len] = '\0';
	assert_string_equal(buf, text);
}

static int make_tree(void **state)
{
	char command[PATH_MAX];

	if (!mkdtemp(top))
		return -1;
	snprintf(command, sizeof(command), "mkdir %s/policies", top);
	return system(command);
}

static int remove_tree(void **state)
{
	char command[PATH_MAX];

	snprintf(command, sizeof(command), "rm -r %s", top);
	return system(command);
}

static int written(enum scst_require how, char **list, size_t nr, struct scst_error *err)
{
	const struct scst_names names = { .list = list, .nr = nr };

	put("required_policies", "");
	return scst_required_write(&paths, how, &names, err);
}

static void a_change_is_one_write(void **state)
{
	char *names[] = { "lun_mask", "my.policy" };
	struct scst_error err = {};

	assert_int_equal(written(SCST_REQUIRE_ALL, names, 2, &err), 0);
	assert_holds("required_policies", "lun_mask,my.policy\n");
	assert_int_equal(written(SCST_REQUIRE_MORE, names, 2, &err), 0);
	assert_holds("required_policies", "+lun_mask,my.policy\n");
	assert_int_equal(written(SCST_REQUIRE_LESS, names, 1, &err), 0);
	assert_holds("required_policies", "-lun_mask\n");
	assert_int_equal(written(SCST_REQUIRE_ALL, names, 0, &err), 0);
	assert_holds("required_policies", "\n");
}

static void what_can_be_no_name_is_not_written(void **state)
{
	static const char *const bad[] = {
		"", "9", "-a", "_a", ".a", "a b", "a,b", "a/b", "a\nb", "exits", "waiting_for",
		"required_policies", "pr_dumps_lost", "abcdefghijklmnopqrstuvwxyz123456",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char *names[] = { "good", (char *)bad[i] };
		struct scst_error err = {};

		assert_int_equal(written(SCST_REQUIRE_MORE, names, 2, &err), -EINVAL);
		assert_says(err, "bad name");
		assert_holds("required_policies", "");
	}
}

static void longest_name_is_good(void **state)
{
	struct scst_error err = {};

	assert_int_equal(scst_required_check_name("abcdefghijklmnopqrstuvwxyz12345", &err), 0);
}

static void more_than_a_page_is_not_written(void **state)
{
	char *names[1000];
	struct scst_error err = {};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		names[i] = "policy";
	assert_int_equal(written(SCST_REQUIRE_ALL, names, ARRAY_SIZE(names), &err), -ENOSPC);
	assert_holds("required_policies", "");
}

static void names_are_read_without_the_mark(void **state)
{
	_cleanup_(scst_names_clear) struct scst_names names = {};
	_cleanup_(scst_names_clear) struct scst_names none = {};
	struct scst_error err = {};
	bool key = true;

	put("required_policies", "a,b\n");
	assert_int_equal(scst_required_read(&paths, &names, &key, &err), 0);
	assert_false(key);
	assert_int_equal(names.nr, 2);
	assert_string_equal(names.list[1], "b");
	assert_true(scst_required_has(&paths, "a"));
	assert_false(scst_required_has(&paths, "a,b"));
	put("required_policies", "\n[key]\n");
	assert_int_equal(scst_required_read(&paths, &none, &key, &err), 0);
	assert_true(key);
	assert_int_equal(none.nr, 0);
}

static void waiting_is_read_by_line(void **state)
{
	_cleanup_(scst_names_clear) struct scst_names lines = {};
	struct scst_error err = {};

	put("waiting_for", "a not_loaded\nb ejected\n");
	assert_int_equal(scst_required_waiting(&paths, &lines, &err), 0);
	assert_int_equal(lines.nr, 2);
	assert_string_equal(lines.list[1], "b ejected");
}

static void no_module_is_said(void **state)
{
	const struct scst_paths nowhere = { .sysfs = "/nonexistent" };
	struct scst_names names = {};
	struct scst_error err = {};

	assert_int_equal(scst_required_read(&nowhere, &names, NULL, &err), -EOPNOTSUPP);
	assert_says(err, "modprobe scst");
	assert_int_equal(scst_required_write(&nowhere, SCST_REQUIRE_ALL, &names, &err),
			 -EOPNOTSUPP);
	assert_false(scst_required_has(&nowhere, "a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_is_one_write),
		cmocka_unit_test(what_can_be_no_name_is_not_written),
		cmocka_unit_test(longest_name_is_good),
		cmocka_unit_test(more_than_a_page_is_not_written),
		cmocka_unit_test(names_are_read_without_the_mark),
		cmocka_unit_test(waiting_is_read_by_line),
		cmocka_unit_test(no_module_is_said),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
