// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is not listed and goes for a while: a device that is made again, with what leads to it.
 * Whoever is killed in between has put it aside, and who changes something next makes it again
 * first; but nothing that is there is touched for it, and nothing else fails because of it.
 */
#include "declared.h"

#include <sys/wait.h>

#include "aside_file.h"
#include "recover.h"

static const char before[] =
	"{ " NULLIO("{ 'name': 'd', 'read_only': true, 'usn': '77' }, " DEV("e")) ", "
	"'device_groups': [ { 'name': 'dg', 'devices': [ 'd', 'e' ] } ], "
	ISCSI("{ 'name': 't', 'luns': [ { 'lun': 0, 'device': 'd', 'read_only': true }, "
	      LUN(1, "e") " ], 'groups': [ { 'name': 'g', 'initiators': [ 'iqn.a' ], "
	      "'luns': [ " LUN(3, "d")
	      " ] } ] }") " }";

static const char made_again[] = "{ " NULLIO("{ 'name': 'd', 'blocksize': 4096 }") " }";
static const char listed[] = "{ " NULLIO("{ 'name': 'd', 'blocksize': 4096 }") ", "
	ISCSI("{ 'name': 't', 'luns': [ " LUN(0, "d") " ] }") " }";
static const char of_another_handler[] =
	"{ 'handlers': [ { 'name': 'vdisk_fileio', 'devices': [ { 'name': 'd', 'filename': "
	"'/dev/null' } ] } ] }";

static const char other[] = "{ 'setup_id': '0x10' }";

static bool is_kept(void)
{
	return !access(aside_path, F_OK);
}

static const char *lost_path(unsigned int nr)
{
	static char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s.lost.%u", aside_path, nr);
	return path;
}

static bool is_lost(unsigned int nr)
{
	return !access(lost_path(nr), F_OK);
}

/* Return: what was said, until the next call. */
static const char *recover(void)
{
	static char said[4096];
	FILE *log = fmemopen(said, sizeof(said), "w");

	assert_non_null(log);
	said[0] = '\0';
	scst_names_clear(&fake->log);
	scst_recover(&fake->live, aside_path, log);
	fclose(log);
	return said;
}

static void begin_with(const char *text)
{
	end(NULL);
	begin(NULL);
	assert_int_equal(apply(text, false), 0);
	assert_false(is_kept());
}

/* Return: the steps that an apply of @text takes, and in *@is what there is then. */
static size_t whole_way(const char *text, char **is)
{
	begin_with(before);
	assert_int_equal(apply(text, false), 0);
	assert_false(is_kept());
	*is = fake_dump(fake);
	return done.nr;
}

static void cut_off(const char *text, size_t behind)
{
	begin_with(before);
	stop_behind = behind;
	apply(text, false);
	stop_behind = 0;
}

static void nothing_is_lost_of(const char *text)
{
	_cleanup_free_ char *expected = NULL;
	size_t nr = whole_way(text, &expected);

	assert_int_not_equal(nr, 0);
	for (size_t i = 1; i <= nr; i++) {
		_cleanup_free_ char *is = NULL;

		cut_off(text, i);
		recover();
		assert_false(is_kept());
		make_plan(text, false, false);
		assert_int_equal(plan.refused.nr, 0);
		assert_int_equal(apply(text, false), 0);
		is_as_planned();
		is = fake_dump(fake);
		assert_string_equal(is, expected);
		assert_false(is_lost(1));
	}
}

static void a_device_comes_back_with_all_it_had(void **state)
{
	nothing_is_lost_of(made_again);
	nothing_is_lost_of(listed);
	nothing_is_lost_of(of_another_handler);
}

/* ---- killed once more, while it comes back -------------------------------------------------- */

static size_t writes_left;

static int write_or_die(const struct scst_live *live, const char *path, const char *text)
{
	if (!writes_left--)
		_exit(0);
	return fake->live.write(&fake->live, path, text);
}

static void die_behind(size_t writes)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (!pid) {
		struct scst_live live = fake->live;

		writes_left = writes;
		live.write = write_or_die;
		scst_recover(&live, aside_path, stderr);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && !WEXITSTATUS(status));
}

static void is_as_it_was(void)
{
	is("devices/d/blocksize", "4096");
	is("devices/d/read_only", "1");
	is("devices/d/usn", "77");
	is("targets/iscsi/t/luns/0/read_only", "1");
	assert_true(fake_has(fake, "targets/iscsi/t/ini_groups/g/luns/3"));
	assert_true(fake_has(fake, "device_groups/dg/devices/d"));
	assert_false(is_kept());
	assert_false(is_lost(1));
}

static void so_it_does_for_whom_it_does_not_concern(void **state)
{
	for (size_t writes = 0; writes < 5; writes++) {
		cut_off(made_again, 1);
		die_behind(writes);
		assert_true(is_kept());
		assert_int_equal(apply(other, false), 0);
		is_as_it_was();
	}
}

static void it_is_said(void **state)
{
	const char *said;

	cut_off(made_again, 1);
	said = startswith(recover(), aside_path);
	assert_non_null(said);
	assert_string_equal(said, ": an apply was cut off, and is finished first\n"
			    "it comes back: device d of vdisk_nullio\n"
			    "it comes back: usn of device d\n"
			    "it comes back: LUN 0 (d) of iscsi/t\n"
			    "it comes back: LUN 3 (d) of iscsi/t, group g\n"
			    "it comes back: device d in device group dg\n");
	assert_string_equal(recover(), "");
}

/* ---- who comes next ------------------------------------------------------------------------- */

static const char relisted[] = "{ " NULLIO("{ 'name': 'd', 'blocksize': 512, 'usn': '78' }") ", "
	ISCSI("{ 'name': 't', 'luns': [ { 'lun': 0, 'device': 'e', 'read_only': false } ] }") " }";

/* What is listed now is more than what was set then. */
static void who_lists_it_has_the_last_word(void **state)
{
	cut_off(made_again, 1);
	assert_int_equal(apply(relisted, false), 0);
	is("devices/d/blocksize", "512");
	is("devices/d/usn", "78");
	is("devices/d/read_only", "1");
	is("targets/iscsi/t/luns/0/read_only", "0");
	assert_true(fake_has(fake, "targets/iscsi/t/ini_groups/g/luns/3"));
}

static void so_has_who_is_cut_off_as_well(void **state)
{
	cut_off(made_again, 1);
	stop_behind = 1;
	apply(relisted, false);
	stop_behind = 0;
	assert_false(fake_has(fake, "devices/d"));
	assert_int_equal(apply(other, false), 0);
	is("devices/d/blocksize", "512");
	is("devices/d/usn", "78");
}

static void who_removes_the_rest_gets_none_of_it(void **state)
{
	cut_off(made_again, 1);
	assert_int_equal(apply("{ " NULLIO(DEV("e")) " }", true), 0);
	assert_false(fake_has(fake, "devices/d"));
	assert_false(is_kept());
}

/* ---- what is there, and what cannot be there ------------------------------------------------ */

static void is_not_touched(void)
{
	recover();
	assert_int_equal(fake->log.nr, 0);
	assert_false(is_kept());
	assert_true(is_lost(1));
}

/* Somebody opened it by hand meanwhile, as something else; or otherwise, and it is used. */
static void what_somebody_else_has_made_is_not_touched(void **state)
{
	cut_off(made_again, 1);
	fake_do(fake, "handlers/vdisk_fileio/mgmt", "add_device d filename=/x");
	is_not_touched();
	cut_off(made_again, 1);
	fake_do(fake, "handlers/vdisk_nullio/mgmt", "add_device d blocksize=512");
	fake_do(fake, "targets/iscsi/t/luns/mgmt", "add d 0");
	is_not_touched();
	is("devices/d/blocksize", "512");
}

/* Of both of its LUNs one has no place any more, and none is made for it. */
static void what_has_no_place_is_left_out(void **state)
{
	cut_off(made_again, 1);
	fake_do(fake, "targets/iscsi/t/ini_groups/mgmt", "del g");
	assert_int_equal(apply(other, false), 0);
	assert_false(fake_has(fake, "targets/iscsi/t/ini_groups/g"));
	assert_true(fake_has(fake, "targets/iscsi/t/luns/0"));
	assert_true(is_lost(1));
}

static void apply_lost(unsigned int nr)
{
	_cleanup_free_ char *text = NULL;

	assert_int_equal(scst_read_file(lost_path(nr), &text), 0);
	assert_int_equal(apply(text, false), 0);
}

/* Whoever comes next tells that once, and what he does himself does not fail. */
static void what_cannot_come_back_is_kept_for_a_person(void **state)
{
	begin_with(before);
	fake->refuse = "add_device d";
	fake->refuse_with = -ENOENT;
	assert_int_not_equal(apply(made_again, false), 0);
	assert_true(is_kept());
	make_plan(other, false, false);
	assert_int_equal(plan.refused.nr, 0);
	assert_int_equal(apply(other, false), 0);
	assert_false(is_kept());
	assert_true(is_lost(1));
	assert_string_equal(recover(), "");
	fake->refuse = NULL;
	apply_lost(1);
	is("devices/d/blocksize", "4096");
	is("devices/d/usn", "77");
	assert_true(fake_has(fake, "targets/iscsi/t/ini_groups/g/luns/3"));
}

/* What the first one kept is still there. */
static void so_is_what_a_second_one_loses(void **state)
{
	_cleanup_free_ char *first = NULL, *again = NULL;

	cut_off(made_again, 1);
	fake->refuse = "add_device d";
	fake->refuse_with = -ENOENT;
	assert_non_null(strstr(recover(), "device d of vdisk_nullio: No such file"));
	assert_int_equal(scst_read_file(lost_path(1), &first), 0);
	fake->refuse = NULL;
	apply_lost(1);
	stop_behind = 1;
	apply(relisted, false);
	stop_behind = 0;
	fake->refuse = "add_device d";
	assert_non_null(strstr(recover(), lost_path(2)));
	assert_int_equal(scst_read_file(lost_path(1), &again), 0);
	assert_string_equal(first, again);
}

/* ---- the file ------------------------------------------------------------------------------- */

static void write_text(const char *text)
{
	FILE *file = fopen(aside_path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void what_was_put_aside_in_another_life_is_removed(void **state)
{
	write_text("# 0\nHANDLER vdisk_nullio {\n\tDEVICE d\n}\n");
	assert_string_equal(recover(), "");
	assert_false(fake_has(fake, "devices/d"));
	assert_false(is_kept());
	assert_false(is_lost(1));
}

/* Nor does it keep anybody from anything. */
static void what_cannot_be_made_out_is_kept_for_a_person(void **state)
{
	_cleanup_free_ char *text = NULL;

	cut_off(made_again, 1);
	assert_int_equal(scst_read_file(aside_path, &text), 0);
	*strrchr(text, '}') = '\0';
	write_text(text);
	assert_int_equal(apply(other, false), 0);
	assert_false(is_kept());
	assert_true(is_lost(1));
	assert_false(fake_has(fake, "devices/d"));
}

/* sysfs has bytes, not characters. */
static void values_come_back_byte_for_byte(void **state)
{
	begin_with(before);
	fake_do(fake, "devices/d/prod_id", "abc\xe9 #1");
	stop_behind = 1;
	apply(made_again, false);
	stop_behind = 0;
	assert_int_equal(apply(other, false), 0);
	is("devices/d/prod_id", "abc\xe9 #1");
}

/* Nothing is put aside, and it is done all the same. */
static void what_no_file_can_say_goes_without(void **state)
{
	begin_with(before);
	fake_do(fake, "devices/d/prod_id", "a{b");
	assert_int_equal(apply(made_again, false), 0);
	is("devices/d/prod_id", "a{b");
	stop_behind = 1;
	apply(relisted, false);
	assert_false(is_kept());
}

/* Then nothing goes. */
static void what_cannot_be_put_aside_stays(void **state)
{
	_cleanup_free_ char *is = NULL, *was = NULL;

	begin_with(before);
	was = fake_dump(fake);
	strcpy(aside_path, "/nowhere/aside");
	apply(made_again, false);
	is = fake_dump(fake);
	assert_string_equal(is, was);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_device_comes_back_with_all_it_had),
		T(so_it_does_for_whom_it_does_not_concern),
		T(it_is_said),
		T(who_lists_it_has_the_last_word),
		T(so_has_who_is_cut_off_as_well),
		T(who_removes_the_rest_gets_none_of_it),
		T(what_somebody_else_has_made_is_not_touched),
		T(what_has_no_place_is_left_out),
		T(what_cannot_come_back_is_kept_for_a_person),
		T(so_is_what_a_second_one_loses),
		T(what_was_put_aside_in_another_life_is_removed),
		T(what_cannot_be_made_out_is_kept_for_a_person),
		T(values_come_back_byte_for_byte),
		T(what_no_file_can_say_goes_without),
		T(what_cannot_be_put_aside_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
