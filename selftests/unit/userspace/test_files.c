// SPDX-License-Identifier: GPL-2.0-only
/* Files that are read and replaced, and attributes that are written. */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sysfs.h"

static char top[] = "/tmp/scst-files-XXXXXX", path[64], temp[64], victim[64];

static int begin(void **state)
{
	strcpy(strrchr(top, '-'), "-XXXXXX");
	if (!mkdtemp(top))
		return -1;
	snprintf(path, sizeof(path), "%s/file", top);
	snprintf(temp, sizeof(temp), "%s/.file.new", top);
	snprintf(victim, sizeof(victim), "%s/victim", top);
	return 0;
}

static int end(void **state)
{
	unlink(path);
	unlink(temp);
	unlink(victim);
	return rmdir(top);
}

static void put(const char *name, const char *text, size_t len, mode_t mode)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, mode);

	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
}

#define assert_file(name, text)						\
	do {								\
		char *_text = NULL;					\
									\
		assert_int_equal(scst_read_file(name, &_text), 0);	\
		assert_string_equal(_text, text);			\
		free(_text);						\
	} while (0)

static void what_lies_there_is_not_written_into(void **state)
{
	put(victim, "precious", 8, 0644);
	assert_int_equal(link(victim, temp), 0);
	assert_int_equal(scst_replace_file(path, "secret", 6), 0);
	assert_file(victim, "precious");
	assert_file(path, "secret");
	assert_int_equal(access(temp, F_OK), -1);
}

/* Of one that was killed, say, before the umask was what it is. */
static void what_was_left_lends_nobody_its_mode(void **state)
{
	struct stat st;

	put(temp, "half", 4, 0666);
	assert_int_equal(scst_replace_file(path, "secret", 6), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void a_link_that_lies_there_leads_nowhere(void **state)
{
	assert_int_equal(symlink(victim, temp), 0);
	assert_int_equal(scst_replace_file(path, "secret", 6), 0);
	assert_file(path, "secret");
	assert_int_equal(access(victim, F_OK), -1);
}

/* A write of no bytes changes nothing in sysfs, and does not fail. */
static void nothing_is_a_line_for_an_attribute(void **state)
{
	put(path, "x", 1, 0600);
	assert_int_equal(scst_sysfs_write(path, ""), 0);
	assert_file(path, "\n");
	assert_int_equal(scst_sysfs_write(path, "y"), 0);
	assert_file(path, "y");
}

static void what_a_nul_would_hide_is_no_text(void **state)
{
	char *text = NULL;

	put(path, "a\0b", 3, 0600);
	assert_int_equal(scst_read_text(path, &text), -EILSEQ);
	assert_null(text);
	assert_non_null(strstr(scst_text_error(-EILSEQ), "NUL"));
	put(path, "ab", 2, 0600);
	assert_int_equal(scst_read_text(path, &text), 0);
	assert_string_equal(text, "ab");
	free(text);
	assert_int_equal(scst_read_text(temp, &text), -ENOENT);
	assert_string_equal(scst_text_error(-ENOENT), strerror(ENOENT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_lies_there_is_not_written_into, begin, end),
		cmocka_unit_test_setup_teardown(what_was_left_lends_nobody_its_mode, begin, end),
		cmocka_unit_test_setup_teardown(a_link_that_lies_there_leads_nowhere, begin, end),
		cmocka_unit_test_setup_teardown(nothing_is_a_line_for_an_attribute, begin, end),
		cmocka_unit_test_setup_teardown(what_a_nul_would_hide_is_no_text, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
