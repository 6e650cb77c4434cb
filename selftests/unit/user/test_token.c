// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file with a device's token: who reads it may take the device over.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inside.h"

static char dir[] = "/tmp/token-XXXXXX";
static char path[64], new[64];

static const uint8_t token[SCST_USER_TOKEN_LEN] = "0123456789abcde";

static int make_dir(void **state)
{
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/token", dir);
	snprintf(new, sizeof(new), "%s/token.new", dir);
	return 0;
}

static int drop_files(void **state)
{
	unlink(path);
	unlink(new);
	return 0;
}

static int drop_dir(void **state)
{
	return rmdir(dir);
}

static void write_file(const char *name, size_t len)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, len), 0);
	close(fd);
}

static void token_comes_back(void **state)
{
	uint8_t back[SCST_USER_TOKEN_LEN] = { 0 };

	assert_int_equal(scst_user_token_save(path, token), 0);
	assert_int_equal(scst_user_token_load(path, back), 0);
	assert_memory_equal(back, token, sizeof(back));
	assert_int_equal(access(new, F_OK), -1);
}

static void only_the_owner_reads_it(void **state)
{
	struct stat st;

	umask(0);
	assert_int_equal(scst_user_token_save(path, token), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

/* What somebody has put there for us to write into is not written. */
static void link_is_not_followed(void **state)
{
	uint8_t back[SCST_USER_TOKEN_LEN];
	struct stat st;

	assert_int_equal(symlink("/dev/null", new), 0);
	assert_int_equal(scst_user_token_save(path, token), 0);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(scst_user_token_load(path, back), 0);
}

/* Somebody who makes the file just when it has been removed. */
static bool somebody_is_faster;

int __real_unlink(const char *name);
int __wrap_unlink(const char *name);

int __wrap_unlink(const char *name)
{
	return somebody_is_faster ? 0 : __real_unlink(name);
}

static void file_of_somebody_else_is_not_taken(void **state)
{
	struct stat st;

	write_file(new, 100);
	somebody_is_faster = true;
	assert_int_equal(scst_user_token_save(path, token), -EEXIST);
	somebody_is_faster = false;
	assert_int_equal(stat(new, &st), 0);
	assert_int_equal(st.st_size, 100);
	assert_int_equal(access(path, F_OK), -1);
}

static void other_lengths_are_refused(void **state)
{
	uint8_t back[SCST_USER_TOKEN_LEN];

	assert_int_equal(scst_user_token_load(path, back), -ENOENT);
	write_file(path, 0);
	assert_int_equal(scst_user_token_load(path, back), -EINVAL);
	write_file(path, SCST_USER_TOKEN_LEN - 1);
	assert_int_equal(scst_user_token_load(path, back), -EINVAL);
	write_file(path, SCST_USER_TOKEN_LEN + 1);
	assert_int_equal(scst_user_token_load(path, back), -EINVAL);
}

static void old_token_stays_if_new_one_cannot_be_written(void **state)
{
	char longer[5000];

	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(scst_user_token_save(longer, token), -ENAMETOOLONG);
	assert_int_equal(scst_user_token_save("/nowhere/token", token), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(token_comes_back, drop_files),
		cmocka_unit_test_teardown(only_the_owner_reads_it, drop_files),
		cmocka_unit_test_teardown(link_is_not_followed, drop_files),
		cmocka_unit_test_teardown(file_of_somebody_else_is_not_taken, drop_files),
		cmocka_unit_test_teardown(other_lengths_are_refused, drop_files),
		cmocka_unit_test_teardown(old_token_stays_if_new_one_cannot_be_written, drop_files),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
