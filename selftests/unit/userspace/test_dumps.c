// SPDX-License-Identifier: GPL-2.0-only
/* Dumps of persistent reservations, from pieces to files. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dumps.h"

static char top[] = "/tmp/scst-dumps-XXXXXX";
static char directory[64], asked[64];
static struct bpfd_dumps *dumps;

static int run(const char *command)
{
	char line[256];

	snprintf(line, sizeof(line), "cd %s && %s", top, command);
	return system(line);
}

static int make_top(void **state)
{
	if (!mkdtemp(top))
		return -1;
	snprintf(directory, sizeof(directory), "%s/dumps", top);
	snprintf(asked, sizeof(asked), "%s/devices/d0/dump_prs", top);
	return 0;
}

static int remove_top(void **state)
{
	return run("rm -rf ../${PWD##*/}");
}

/* A device that can be asked, and nobody has asked it. */
static int begin(void **state)
{
	dumps = bpfd_dumps_new(top, directory);
	return !dumps ||
	       run("rm -rf dumps devices && mkdir -p devices/d0 && : >devices/d0/dump_prs");
}

static int end(void **state)
{
	bpfd_dumps_free(dumps);
	return 0;
}

static struct json_object *take(uint64_t id, size_t len, size_t offset, const char *text)
{
	struct json_object *piece = json_object_new_object();

	json_object_object_add(piece, "event", json_object_new_string("pr_dump"));
	json_object_object_add(piece, "device", json_object_new_string("d0"));
	json_object_object_add(piece, "serial", json_object_new_string("SN:1"));
	json_object_object_add(piece, "reasons", json_object_new_int(2));
	json_object_object_add(piece, "id", json_object_new_uint64(id));
	json_object_object_add(piece, "bytes", json_object_new_uint64(len));
	json_object_object_add(piece, "offset", json_object_new_uint64(offset));
	json_object_object_add(piece, "text", json_object_new_string(text));
	return bpfd_dumps_take(dumps, piece);
}

static void assert_written(const char *text)
{
	char path[128], found[64] = "";
	FILE *file;

	snprintf(path, sizeof(path), "%s/SN_1", directory);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_true(fread(found, 1, sizeof(found) - 1, file) > 0);
	fclose(file);
	assert_string_equal(found, text);
}

static bool is_asked(void)
{
	struct stat st;

	assert_int_equal(stat(asked, &st), 0);
	return st.st_size;
}

static void assert_event(struct json_object *event, bool failed)
{
	assert_non_null(event);
	assert_int_equal(json_object_object_get_ex(event, "error", NULL), failed);
	assert_false(json_object_object_get_ex(event, "text", NULL));
	json_object_put(event);
}

static void pieces_make_a_file(void **state)
{
	assert_null(take(1, 6, 0, "abc"));
	assert_event(take(1, 6, 3, "def"), false);
	assert_written("abcdef");
	assert_event(take(2, 3, 0, "new"), false);
	assert_written("new");
	assert_false(is_asked());
}

/* The daemon before took it, and was killed before it had written the file. */
static void a_lost_beginning_is_asked_for_again(void **state)
{
	assert_null(take(7, 9, 3, "def"));
	assert_true(is_asked());
	assert_int_equal(truncate(asked, 0), 0);
	assert_null(take(7, 9, 6, "ghi"));
	assert_false(is_asked());	/* once is enough */
	assert_event(take(8, 3, 0, "all"), false);
	assert_written("all");
}

static void tick_until_it_is_tried_again(void)
{
	for (int i = 0; i < 10; i++)
		bpfd_dumps_tick(dumps);
}

static void what_cannot_be_written_is_tried_again(void **state)
{
	assert_int_equal(run(": >dumps"), 0);		/* no directory */
	assert_event(take(1, 3, 0, "old"), true);
	assert_event(take(2, 3, 0, "abc"), true);
	tick_until_it_is_tried_again();
	assert_int_equal(run("rm dumps"), 0);
	tick_until_it_is_tried_again();
	assert_written("abc");
	assert_int_equal(run("rm -r dumps"), 0);
	tick_until_it_is_tried_again();			/* and not once more */
	assert_int_not_equal(access(directory, F_OK), 0);
}

static void a_newer_one_takes_the_place_of_what_waits(void **state)
{
	assert_int_equal(run(": >dumps"), 0);
	assert_event(take(1, 3, 0, "old"), true);
	assert_int_equal(run("rm dumps"), 0);
	assert_event(take(2, 3, 0, "new"), false);
	tick_until_it_is_tried_again();
	assert_written("new");
}

static void sizes_that_lie_are_refused(void **state)
{
	assert_null(take(1, 2, 0, "abc"));
	assert_null(take(2, SIZE_MAX, 0, "abc"));
	assert_null(take(3, 4, 2, "ab"));
	assert_int_not_equal(access(directory, F_OK), 0);
}

#define DUMPS_TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DUMPS_TEST(pieces_make_a_file),
		DUMPS_TEST(a_lost_beginning_is_asked_for_again),
		DUMPS_TEST(what_cannot_be_written_is_tried_again),
		DUMPS_TEST(a_newer_one_takes_the_place_of_what_waits),
		DUMPS_TEST(sizes_that_lie_are_refused),
	};

	return cmocka_run_group_tests(tests, make_top, remove_top);
}
