// SPDX-License-Identifier: GPL-2.0-only
/* What becomes of lines that strangers have a hand in. */
#include "unit.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "log.h"

static int saved, file;

static int begin(void **state)
{
	file = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	assert_true(file >= 0);
	saved = dup(2);
	dup2(file, 2);
	log_open(true, false);
	return 0;
}

static int end(void **state)
{
	fflush(stderr);
	dup2(saved, 2);
	close(saved);
	close(file);
	return 0;
}

/* All that was written so far. */
static const char *written(void)
{
	static char text[1 << 20];
	ssize_t len;

	fflush(stderr);
	len = pread(file, text, sizeof(text) - 1, 0);
	text[len < 0 ? 0 : len] = '\0';
	return text;
}

static void names_do_nothing_to_a_terminal(void **state)
{
	log_warn("%s", "iqn.x:\x1b[2J\ttab\nline\x9b\xc3\xa9\x7f end");
	assert_string_equal(written(), "iscsi-scstd: iqn.x:\\x1b[2J\\x09tab\\x0aline\\x9b\\xc3\\xa9"
				       "\\x7f end\n");
}

static void long_lines_are_cut(void **state)
{
	char text[4000];

	memset(text, 0xff, sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	log_warn("%s", text);
	assert_true(strlen(written()) < 2100);
}

static size_t lines(void)
{
	size_t nr = 0;

	for (const char *at = written(); (at = strchr(at, '\n')); at++)
		nr++;
	return nr;
}

static void strangers_do_not_fill_the_log(void **state)
{
	for (int i = 0; i < 100000; i++)
		log_peer(LOG_WARNING, "192.0.2.1:%d: refused", i);
	assert_true(lines() >= 100);
	assert_true(lines() < 5000);	/* however long that took */
	log_warn("ours are written all the same");
	assert_non_null(strstr(written(), "ours are written"));
}

int main(void)
{
#define TEST(name)	cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(names_do_nothing_to_a_terminal),
		TEST(long_lines_are_cut),
		TEST(strangers_do_not_fill_the_log),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
