// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is not listed and goes for a while: a device that is made again, with what leads to it, and
 * LUNs that go until initiators have changed their groups. Whoever is killed in between has put it
 * aside, and the next apply has it again, whatever it lists; unless it removes what it does not.
 */
#include "declared.h"

#include "aside_file.h"

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
static const char regrouped[] = "{ " ISCSI("{ 'name': 't', 'luns': [ " LUN(0, "e") " ], "
	"'groups': [ { 'name': 'g', 'initiators': [ 'iqn.a', 'iqn.b' ] } ] }") " }";
static const char of_another_handler[] =
	"{ 'handlers': [ { 'name': 'vdisk_fileio', 'devices': [ { 'name': 'd', 'filename': "
	"'/dev/null' } ] } ] }";

static bool is_kept(void)
{
	return !access(aside_path, F_OK);
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
		make_plan(text, false, false);
		assert_int_equal(plan.refused.nr, 0);
		assert_int_equal(apply(text, false), 0);
		is_as_planned();
		is = fake_dump(fake);
		assert_string_equal(is, expected);
		assert_false(is_kept());
	}
}

static void a_device_comes_back_with_all_it_had(void **state)
{
	nothing_is_lost_of(made_again);
	nothing_is_lost_of(listed);
	nothing_is_lost_of(of_another_handler);
}

static void a_lun_that_waits_for_others_comes_back_as_it_was(void **state)
{
	nothing_is_lost_of(regrouped);
}

/* It was cut off twice, and then something else was asked for. */
static void so_it_does_for_whom_it_does_not_concern(void **state)
{
	static const char other[] = "{ 'setup_id': '0x10' }";
	_cleanup_free_ char *expected = NULL;
	size_t nr = whole_way(made_again, &expected);

	for (size_t i = 1; i < nr; i++) {
		cut_off(made_again, i);
		stop_behind = 2;
		apply(other, false);
		stop_behind = 0;
		assert_int_equal(apply(other, false), 0);
		assert_false(is_kept());
		is("devices/d/blocksize", "4096");
		is("devices/d/read_only", "1");
		is("targets/iscsi/t/luns/0/read_only", "1");
		assert_true(fake_has(fake, "targets/iscsi/t/ini_groups/g/luns/3"));
		assert_true(fake_has(fake, "device_groups/dg/devices/d"));
	}
}

static void the_plan_shows_what_comes_back(void **state)
{
	cut_off(made_again, 1);
	make_plan("{ " ISCSI("{ 'name': 't', 'luns': [ " LUN(0, "d") " ] }") " }", false, false);
	PLANNED("+ device d of vdisk_nullio: blocksize=4096;read_only=1;",
		"~ usn of device d: 77",
		"+ LUN 3 (d) of iscsi/t, group g",
		"+ device d in device group dg",
		"+ LUN 0 (d) of iscsi/t: read_only=1;");
}

/* What is listed now is more than what was set then. */
static void who_lists_it_has_the_last_word(void **state)
{
	cut_off(made_again, 1);
	assert_int_equal(apply("{ " NULLIO("{ 'name': 'd', 'blocksize': 512, 'usn': '78' }") ", "
			       ISCSI("{ 'name': 't', 'luns': [ { 'lun': 0, 'device': 'e', "
				     "'read_only': false } ] }") " }", false), 0);
	is("devices/d/blocksize", "512");
	is("devices/d/usn", "78");
	is("devices/d/read_only", "1");
	is("targets/iscsi/t/luns/0/read_only", "0");
	assert_true(fake_has(fake, "targets/iscsi/t/ini_groups/g/luns/3"));
}

static void who_removes_the_rest_gets_none_of_it(void **state)
{
	cut_off(made_again, 1);
	assert_int_equal(apply("{ " NULLIO(DEV("e")) " }", true), 0);
	assert_false(fake_has(fake, "devices/d"));
	assert_false(is_kept());
}

/* Nor could it be made as it was: it waits until it can. */
static void what_could_not_come_back_is_kept(void **state)
{
	begin_with(before);
	fake->refuse = "add_device d";
	fake->refuse_with = -EINVAL;
	assert_int_not_equal(apply(made_again, false), 0);
	assert_true(is_kept());
	assert_int_not_equal(apply(made_again, false), 0);
	assert_true(is_kept());
	fake->refuse = NULL;
	assert_int_equal(apply(made_again, false), 0);
	assert_true(fake_has(fake, "targets/iscsi/t/ini_groups/g/luns/3"));
	assert_false(is_kept());
}

/* Somebody opened it by hand meanwhile, as something else. */
static void what_somebody_else_has_made_is_not_touched(void **state)
{
	cut_off(made_again, 1);
	fake_do(fake, "handlers/vdisk_fileio/mgmt", "add_device d filename=/x");
	make_plan("{ 'setup_id': '0x0' }", false, false);
	PLANNED();
	assert_int_equal(apply("{ 'setup_id': '0x0' }", false), 0);
	assert_false(is_kept());
}

/* ---- the file ------------------------------------------------------------------------------- */

static void write_text(const char *text)
{
	FILE *file = fopen(aside_path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void what_was_put_aside_in_another_life_is_nothing(void **state)
{
	struct scst_error err = {};
	struct scst_conf *back;

	cut_off(made_again, 1);
	assert_int_equal(scst_aside_read(aside_path, &fake->live, &back, &err), 0);
	assert_non_null(back);
	scst_conf_free(back);
	write_text("0\n{ \"handlers\": [ { \"name\": \"vdisk_nullio\", \"devices\": [ { \"name\": "
		   "\"d\" } ] } ] }\n");
	assert_int_equal(scst_aside_read(aside_path, &fake->live, &back, &err), 0);
	assert_null(back);
}

static void what_cannot_be_made_out_is_said(void **state)
{
	struct scst_error err = {};
	struct scst_conf *back;
	char *text, *end;

	cut_off(made_again, 1);
	assert_int_equal(scst_read_file(aside_path, &text), 0);
	end = strchr(text, '\n') + 5;
	*end = '\0';
	write_text(text);
	free(text);
	assert_int_equal(scst_aside_read(aside_path, &fake->live, &back, &err), -EINVAL);
	assert_non_null(strstr(err.text, "remove it"));
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
		T(a_lun_that_waits_for_others_comes_back_as_it_was),
		T(so_it_does_for_whom_it_does_not_concern),
		T(the_plan_shows_what_comes_back),
		T(who_lists_it_has_the_last_word),
		T(who_removes_the_rest_gets_none_of_it),
		T(what_could_not_come_back_is_kept),
		T(what_somebody_else_has_made_is_not_touched),
		T(what_was_put_aside_in_another_life_is_nothing),
		T(what_cannot_be_made_out_is_said),
		T(what_cannot_be_put_aside_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
