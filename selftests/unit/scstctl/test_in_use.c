// SPDX-License-Identifier: GPL-2.0-only
/* What sessions lose by a change, and what only looks like it. */
#include "declared.h"

#include <sys/stat.h>

#include "initiator.h"

#define TARGET(luns, groups) \
	ISCSI("{ 'name': 't', 'luns': [ " luns " ], 'groups': [ " groups " ] }")
#define WITH(luns, groups)	"{ " NULLIO(DEV("d")) ", " TARGET(luns, groups) " }"
#define GROUP(name, who, luns) \
	"{ 'name': '" name "', 'initiators': [ " who " ], 'luns': [ " luns " ] }"

/* iqn.x is logged in and in @group, or in none. */
static void begin_with(const char *text, const char *group)
{
	end(NULL);
	begin(NULL);
	assert_int_equal(apply(text, false), 0);
	fake_add_session_of(fake, "iscsi", "t", group, "iqn.x");
}

static void is_allowed(const char *text)
{
	make_plan(text, false, false);
	assert_int_equal(plan.refused.nr, 0);
	assert_int_not_equal(plan.steps.nr, 0);
}

static void a_group_does_not_take_a_session_from_its_luns(void **state)
{
	begin_with(WITH(LUN(0, "d"), ""), NULL);
	make_plan(WITH(LUN(0, "d"), GROUP("h", "'iqn.x'", "")), false, false);
	is_refused("initiator iqn.x in group h of iscsi/t: iqn.x would see other LUNs");
	assert_true(plan.in_use);
	make_plan(WITH(LUN(0, "d"), GROUP("h", "'*'", "")), false, false);
	is_refused("initiator * in group h of iscsi/t: iqn.x would see other LUNs");
	make_plan(WITH(LUN(0, "d"), GROUP("h", "'!iqn.y'", "")), false, false);
	is_refused("initiator !iqn.y in group h of iscsi/t: iqn.x would see other LUNs");
	is_allowed(WITH(LUN(0, "d"), GROUP("h", "'iqn.y', 'iqn.x?', '!IQN.X'", "")));
}

static void who_sees_nothing_loses_nothing(void **state)
{
	begin_with(WITH("", ""), NULL);
	is_allowed(WITH("", GROUP("h", "'iqn.x'", LUN(0, "d"))));
}

/* A group behind the one that it is in gets nobody from there. */
static void the_first_group_that_matches_keeps_it(void **state)
{
	begin_with(WITH("", GROUP("g", "'*'", LUN(0, "d"))), "g");
	is_allowed(WITH("", GROUP("g", "'*'", LUN(0, "d")) ", " GROUP("h", "'iqn.x'", "")));
	begin_with(WITH("", GROUP("h", "", "") ", " GROUP("g", "'*'", LUN(0, "d"))), "g");
	make_plan(WITH("", GROUP("h", "'iqn.x'", "") ", " GROUP("g", "'*'", LUN(0, "d"))), false,
		  false);
	is_refused("initiator iqn.x in group h of iscsi/t: iqn.x would see other LUNs");
}

static void the_second_session_of_an_initiator_is_one_of_its(void **state)
{
	begin_with(WITH("", GROUP("g", "'iqn.y'", LUN(0, "d"))), NULL);
	fake_add_session_of(fake, "iscsi", "t", "g", "iqn.y_1");
	make_plan(WITH("", GROUP("g", "", LUN(0, "d"))), true, false);
	is_refused("initiator iqn.y in group g of iscsi/t: iqn.y_1 would see other LUNs");
}

#define DEVICE(keys)	"{ " NULLIO("{ 'name': 'd', " keys " }") " }"

/* As it is of the real handler. */
static void can_be_written(const char *attr)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", fake->root, attr);
	assert_int_equal(chmod(path, 0644), 0);
}


static void a_disk_that_is_seen_is_not_closed_or_cut(void **state)
{
	begin_with("{ 'handlers': [ { 'name': 'vdisk_fileio', 'devices': [ { 'name': 'd', "
		   "'filename': '/dev/null' } ] } ], " TARGET(LUN(0, "d"), "") " }", NULL);
	make_plan("{ 'handlers': [ { 'name': 'vdisk_fileio', 'devices': [ { 'name': 'd', "
		  "'filename': '/dev/null', 'active': false } ] } ] }", false, false);
	is_refused("active of device d: iqn.x sees it as LUN 0 of iscsi/t");
	make_plan("{ 'handlers': [ { 'name': 'vdisk_fileio', 'devices': [ { 'name': 'd', "
		  "'filename': '/dev/null', 'usn': '5' } ] } ] }", false, false);
	assert_int_equal(plan.refused.nr, 0);
	begin_with(WITH(LUN(0, "d"), ""), NULL);
	can_be_written("devices/d/size");
	make_plan(DEVICE("'size': 4096"), false, false);
	is_refused("size of device d: iqn.x sees it as LUN 0 of iscsi/t");
	is_allowed(DEVICE("'size': 4194304"));
}

static void a_medium_that_is_seen_stays(void **state)
{
#define DRIVE(file)	"{ 'handlers': [ { 'name': 'vcdrom', 'devices': [ { 'name': 'd', " \
			"'filename': '" file "' } ] } ], " TARGET(LUN(0, "d"), "") " }"
	begin_with(DRIVE("/dev/null"), NULL);
	made_with("vcdrom", "read_only");
	make_plan(DRIVE(""), false, false);
	is_refused("filename of device d: iqn.x sees it as LUN 0 of iscsi/t");
	begin_with(DRIVE(""), NULL);
	made_with("vcdrom", "read_only");
	is_allowed(DRIVE("/dev/null"));
}

#define LOCAL(names)	"{ 'drivers': [ { 'name': 'scst_local', 'targets': [ { 'name': 'l', " \
			"'session_name': [ " names " ] } ] } ] }"

/* They are compared, and one that goes takes the disks of this host. */
static void sessions_of_scst_local_are_as_listed(void **state)
{
	assert_int_equal(apply(LOCAL("'a', 'b'"), false), 0);
	make_plan(LOCAL("'b', 'a'"), true, false);
	PLANNED();
	make_plan(LOCAL("'a', 'b', 'c'"), false, false);
	assert_int_equal(plan.refused.nr, 0);
	PLANNED("+ session c of scst_local/l");
	make_plan(LOCAL("'c', 'b'"), false, false);
	is_refused("session a of scst_local/l: a is logged in");
	PLANNED("+ session c of scst_local/l", "- session a of scst_local/l");
	assert_int_equal(apply(LOCAL("'c', 'b'"), false), 0);
	is_as_planned();
	make_plan(LOCAL("'c', 'b'"), true, false);
	PLANNED();
}

/* As the kernel has it. */
static void patterns_match(void **state)
{
	assert_true(scst_initiator_matches("iqn.A*:?", "iqn.abc:x"));
	assert_true(scst_initiator_matches("*", ""));
	assert_true(scst_initiator_matches("*b*c", "abcbc"));
	assert_false(scst_initiator_matches("?", ""));
	assert_false(scst_initiator_matches("a*", "ba"));
	assert_false(scst_initiator_matches("[ab]", "a"));
	assert_true(scst_initiator_matches("[ab]", "[ab]"));
	assert_true(scst_initiator_matches("!a*", "ba"));
	assert_false(scst_initiator_matches("!!a", "b"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_group_does_not_take_a_session_from_its_luns),
		T(who_sees_nothing_loses_nothing),
		T(the_first_group_that_matches_keeps_it),
		T(the_second_session_of_an_initiator_is_one_of_its),
		T(a_disk_that_is_seen_is_not_closed_or_cut),
		T(a_medium_that_is_seen_stays),
		T(sessions_of_scst_local_are_as_listed),
		T(patterns_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
