// SPDX-License-Identifier: GPL-2.0-only
/*
 * A configuration that is declared: what is planned is what is done, nothing else is touched, and
 * what initiators use is not taken away.
 */
#include "declared.h"

static const char whole[] =
	"{ 'setup_id': '0x10', " NULLIO("{ 'name': 'd', 'blocksize': 4096, 'usn': '77' }, "
	DEV("e")) ", 'drivers': [ { 'name': 'iscsi', 'enabled': true, 'targets': [ "
	"{ 'name': 't', 'enabled': true, 'alias': 'x', 'IncomingUser': [ "
	"'joe secret123456' ], 'luns': [ " LUN(0, "d") " ], 'groups': [ { 'name': 'z', "
	"'luns': [ { 'lun': 0, 'device': 'e', 'read_only': true } ], "
	"'initiators': [ 'iqn.a' ] }, { 'name': 'a', 'initiators': [ '*' ] } ] } ] } ] }";

static void a_plan_is_in_the_order_that_survives(void **state)
{
	make_plan(whole, false, false);
	assert_int_equal(plan.refused.nr, 0);
	PLANNED("~ setup_id: 0x10",
		"+ device d of vdisk_nullio: blocksize=4096;",
		"~ usn of device d: 77",
		"+ device e of vdisk_nullio",
		"+ target iscsi/t",
		"~ alias of iscsi/t: x",
		"+ IncomingUser of iscsi/t: joe",
		"+ group z of iscsi/t",
		"+ group a of iscsi/t",
		"+ LUN 0 (e) of iscsi/t, group z: read_only=1;",
		"+ initiator iqn.a in group z of iscsi/t",
		"+ initiator * in group a of iscsi/t",
		"+ LUN 0 (d) of iscsi/t",
		"~ enabled of iscsi/t: 1",
		"~ enabled of driver iscsi: 1");
	assert_null(strstr(json_object_to_json_string(plan.json), "secret"));
}

static void what_is_planned_is_done_and_then_nothing(void **state)
{
	make_plan(whole, false, false);
	assert_int_equal(apply(whole, false), 0);
	is_as_planned();
	make_plan(whole, true, false);
	PLANNED();
	assert_int_equal(plan.extra, 0);
}

/* Another configuration of nearly everything: LUNs, devices, groups and users change places. */
static const char other[] =
	"{ " NULLIO("{ 'name': 'd', 'blocksize': 512, 'usn': '78' }, " DEV("f")) ", "
	ISCSI("{ 'name': 't', 'enabled': true, 'IncomingUser': [ 'joe another12345', "
	"'ann secret123456' ], 'luns': [ " LUN(1, "d") " ], 'groups': [ { 'name': 'a', "
	"'luns': [ " LUN(0, "f") " ], 'initiators': [ 'iqn.a' ] } ] }, "
	"{ 'name': 'u', 'luns': [ " LUN(0, "f") " ] }") " }";

static const char nearly_nothing[] = "{ " NULLIO(DEV("f")) ", " ISCSI("{ 'name': 't' }") " }";

static void also_with_what_goes(void **state)
{
	assert_int_equal(apply(whole, false), 0);
	make_plan(other, true, false);
	assert_int_equal(plan.refused.nr, 0);
	assert_int_equal(apply(other, true), 0);
	is_as_planned();
	make_plan(other, true, false);
	PLANNED();
	make_plan(nearly_nothing, true, false);
	assert_int_equal(apply(nearly_nothing, true), 0);
	is_as_planned();
	make_plan(whole, true, false);
	assert_int_equal(apply(whole, true), 0);
	is_as_planned();
}

/* Disks that this host shares are in no file, and may be what it runs from. */
static void shared_disks_are_not_pruned(void **state)
{
	static const char shared[] = "{ " NULLIO(DEV("d") ", " DEV("e")) ", 'drivers': [ { 'name': "
		"'scst_local', 'targets': [ { 'name': 'scst_share_tgt', 'luns': [ " LUN(0, "d")
		" ] }, { 'name': 'other', 'luns': [ " LUN(0, "e") " ] } ] } ] }";

	assert_int_equal(apply(shared, false), 0);
	make_plan("{}", true, true);
	PLANNED("- LUN 0 (e) of scst_local/other",
		"- device e of vdisk_nullio",
		"- target scst_local/other");
	make_plan("{}", false, false);
	assert_int_equal(plan.extra, 3);
}

/* A crash behind any step, and once more: the same end. */
static void every_beginning_can_be_gone_on_from(void **state)
{
	_cleanup_free_ char *expected = NULL;
	size_t nr;

	assert_int_equal(apply(whole, false), 0);
	assert_int_equal(apply(other, true), 0);
	nr = done.nr;
	expected = fake_dump(fake);
	for (size_t i = 1; i <= nr; i++) {
		_cleanup_free_ char *is = NULL;

		fake_free(fake);
		fake = fake_new();
		assert_int_equal(apply(whole, false), 0);
		stop_behind = i;
		apply(other, true);
		stop_behind = 0;
		assert_int_equal(apply(other, true), 0);
		is = fake_dump(fake);
		assert_string_equal(is, expected);
	}
}

static void what_is_not_listed_stays(void **state)
{
	_cleanup_free_ char *before = NULL, *after = NULL;
	static const char part[] = "{ " ISCSI("{ 'name': 't', 'alias': 'x' }") " }";

	assert_int_equal(apply(whole, false), 0);
	before = fake_dump(fake);
	make_plan(part, false, false);
	PLANNED();
	assert_int_not_equal(plan.extra, 0);
	assert_int_equal(apply(part, false), 0);
	after = fake_dump(fake);
	assert_string_equal(before, after);
}

static void of_a_listed_key_all_values_are(void **state)
{
	assert_int_equal(apply("{ " ISCSI("{ 'name': 't', 'IncomingUser': [ "
		"'joe secret123456', 'ann secret123456' ], 'allowed_portal': [ '1.2.3.4' ] }") " }",
		false), 0);
	make_plan("{ " ISCSI("{ 'name': 't', 'IncomingUser': [ 'joe secret123456' ] }") " }",
		  false, false);
	PLANNED("- IncomingUser of iscsi/t: ann");
}

/* Or nothing would keep others out, of a target that is enabled already. */
static void what_cannot_be_replaced_stays(void **state)
{
	static const char now[] = "{ " ISCSI("{ 'name': 't', 'enabled': true, "
		"'IncomingUser': [ 'joe secret123456' ], 'allowed_portal': [ '1.2.3.4' ] }") " }";
	static const char then[] = "{ " ISCSI("{ 'name': 't', 'enabled': true, "
		"'IncomingUser': [ 'ann secret123456' ], 'allowed_portal': [ '5.6.7.8' ] }") " }";

	assert_int_equal(apply(now, false), 0);
	fake->refuse = "add_target_attribute";
	fake->refuse_with = -EINVAL;
	assert_int_equal(apply(then, false), 2);
	assert_non_null(strstr(fake_read(fake, "targets/iscsi/t/IncomingUser"), "joe"));
	assert_non_null(strstr(fake_read(fake, "targets/iscsi/t/allowed_portal"), "1.2.3.4"));
	fake->refuse = NULL;
	assert_int_equal(apply(then, false), 0);
	assert_non_null(strstr(fake_read(fake, "targets/iscsi/t/IncomingUser1"), "ann"));
}

static void a_secret_changes_where_it_stands(void **state)
{
	assert_int_equal(apply("{ " ISCSI("{ 'name': 't', 'IncomingUser': [ "
		"'joe secret123456', 'ann secret123456' ] }") " }", false), 0);
	assert_int_equal(apply("{ " ISCSI("{ 'name': 't', 'IncomingUser': [ "
		"'joe secret123456', 'ann another12345' ] }") " }", false), 0);
	assert_int_equal(fake->log.nr, 1);
	assert_string_equal(fake->log.list[0],
			    "targets/iscsi/t/IncomingUser1 <- ann another12345");
}

static void a_lun_gets_its_device_without_a_gap(void **state)
{
	static const char now[] = "{ " NULLIO(DEV("f")) ", "
		ISCSI("{ 'name': 't', 'luns': [ " LUN(0, "f") " ] }") " }";

	assert_int_equal(apply("{ " NULLIO(DEV("d")) ", "
			       ISCSI("{ 'name': 't', 'luns': [ " LUN(0, "d") " ] }") " }",
			       false), 0);
	make_plan(now, true, false);
	PLANNED("+ device f of vdisk_nullio",
		"~ LUN 0 (f) of iscsi/t",
		"- device d of vdisk_nullio");
	assert_int_equal(apply(now, true), 0);
	is_as_planned();
	assert_string_equal(fake->log.list[1], "targets/iscsi/t/luns/mgmt <- replace f 0");
}

/* A LUN that is read only since its device is has no such mark of its own. */
static void a_lun_that_is_not_read_only_is_compared_by_itself(void **state)
{
	static const char text[] = "{ " NULLIO("{ 'name': 'd', 'read_only': true }") ", "
		ISCSI("{ 'name': 't', 'luns': [ { 'lun': 0, 'device': 'd', "
		"'read_only': false } ] }") " }";

	assert_int_equal(apply(text, false), 0);
	make_plan(text, true, false);
	PLANNED();
}

static void the_copy_manager_keeps_what_it_took(void **state)
{
	static const char text[] = "{ " NULLIO(DEV("d")) " }";

	fake_add_copy_manager(fake);
	assert_int_equal(apply(text, false), 0);
	fake_do(fake, "targets/copy_manager/copy_manager_tgt/luns/mgmt", "add d 0");
	make_plan(text, true, false);
	PLANNED();
	make_plan("{ " NULLIO(DEV("d")) ", 'drivers': [ { 'name': 'copy_manager', 'targets': [ { "
		  "'name': 'copy_manager_tgt', 'luns': [ " LUN(4, "d") " ] } ] } ] }", true, false);
	PLANNED();
}

static void what_was_set_survives_being_made_again(void **state)
{
	static const char now[] = "{ " NULLIO("{ 'name': 'd', 'blocksize': 4096 }") " }";

	assert_int_equal(apply("{ " NULLIO("{ 'name': 'd', 'read_only': true, 'usn': '77' }") " }",
			       false), 0);
	make_plan(now, false, false);
	PLANNED("- device d of vdisk_nullio",
		"+ device d of vdisk_nullio: blocksize=4096;read_only=1;",
		"~ usn of device d: 77");
	assert_int_equal(apply(now, false), 0);
	is_as_planned();
	is("devices/d/usn", "77");
	is("devices/d/read_only", "1");
}

/* LUNs go with it, and its place in a device group, listed or not. */
static void a_device_that_is_made_again_has_its_luns(void **state)
{
	static const char now[] = "{ " NULLIO("{ 'name': 'd', 'blocksize': 4096 }") " }";

	assert_int_equal(apply("{ " NULLIO(DEV("d")) ", 'device_groups': [ { 'name': 'dg', "
			       "'devices': [ 'd' ] } ], " ISCSI("{ 'name': 't', 'luns': [ "
			       LUN(0, "d") " ], 'groups': [ { 'name': 'g', 'luns': [ { 'lun': 3, "
			       "'device': 'd', 'read_only': true } ] } ] }") " }", false), 0);
	make_plan(now, false, false);
	assert_int_equal(plan.refused.nr, 0);
	PLANNED("- device d of vdisk_nullio",
		"+ device d of vdisk_nullio: blocksize=4096;",
		"+ LUN 0 (d) of iscsi/t",
		"+ LUN 3 (d) of iscsi/t, group g: read_only=1;",
		"+ device d in device group dg");
	assert_int_equal(apply(now, false), 0);
	is_as_planned();
	is("targets/iscsi/t/ini_groups/g/luns/3/read_only", "1");
	make_plan(now, true, false);
	assert_int_equal(plan.refused.nr, 0);
}

/* Of a listed LUN, too, what is not listed of it. */
static void a_lun_of_a_device_that_is_made_again_stays_read_only(void **state)
{
	static const char now[] = "{ " NULLIO("{ 'name': 'd', 'blocksize': 4096 }") ", "
		ISCSI("{ 'name': 't', 'luns': [ " LUN(0, "d") " ] }") " }";

	assert_int_equal(apply("{ " NULLIO(DEV("d")) ", " ISCSI("{ 'name': 't', 'luns': [ { "
			       "'lun': 0, 'device': 'd', 'read_only': true } ] }") " }", false), 0);
	assert_int_equal(apply(now, false), 0);
	is("targets/iscsi/t/luns/0/read_only", "1");
	make_plan(now, false, false);
	PLANNED();
}

static void a_device_that_cannot_be_made_so_is_as_it_was(void **state)
{
	assert_int_equal(apply("{ " NULLIO("{ 'name': 'd', 'read_only': true, 'usn': '77' }") ", "
			       ISCSI("{ 'name': 't', 'luns': [ " LUN(0, "d") " ] }") " }",
			       false), 0);
	fake->refuse = "add_device d blocksize=4096";
	fake->refuse_with = -EINVAL;
	assert_int_equal(apply("{ " NULLIO("{ 'name': 'd', 'blocksize': 4096 }") " }", false), 1);
	is("devices/d/blocksize", "512");
	is("devices/d/read_only", "1");
	is("devices/d/usn", "77");
	assert_true(fake_has(fake, "targets/iscsi/t/luns/0"));
}

/* In scst.conf a LUN may be written as any number is. */
static void a_lun_is_a_number(void **state)
{
	static const char text[] = "HANDLER vdisk_nullio {\nDEVICE d {\n}\n}\n"
		"TARGET_DRIVER iscsi {\nTARGET t {\nLUN 0x0 d\nLUN 010 d\n}\n}\n";

	assert_int_equal(apply(text, false), 0);
	assert_true(fake_has(fake, "targets/iscsi/t/luns/0"));
	assert_true(fake_has(fake, "targets/iscsi/t/luns/10"));
	make_plan(text, true, false);
	PLANNED();
}

/* size and size_mb are one thing: what is listed of it counts, and not what is kept. */
static void a_listed_size_is_not_overwritten_by_the_old_one(void **state)
{
	static const char now[] =
		"{ " NULLIO("{ 'name': 'd', 'blocksize': 4096, 'size_mb': 128 }") " }";

	made_with("vdisk_nullio", "blocksize, size, size_mb");
	assert_int_equal(apply("{ " NULLIO("{ 'name': 'd', 'size': 67108864 }") " }", false), 0);
	make_plan(now, false, false);
	PLANNED("- device d of vdisk_nullio",
		"+ device d of vdisk_nullio: blocksize=4096;size_mb=128;");
	assert_int_equal(apply(now, false), 0);
	is("devices/d/size", "134217728");
}

static void a_driver_that_is_not_listed_loses_its_targets(void **state)
{
	assert_int_equal(apply("{ " ISCSI("{ 'name': 't' }") " }", false), 0);
	make_plan("{ 'threads': 2 }", false, false);
	PLANNED();
	make_plan("{ 'threads': 2 }", true, false);
	PLANNED("- target iscsi/t");
}

static void a_lun_stays_read_only_with_another_device(void **state)
{
	assert_int_equal(apply("{ " NULLIO(DEV("d") ", " DEV("e")) ", "
			       ISCSI("{ 'name': 't', 'luns': [ { 'lun': 0, 'device': 'd', "
				     "'read_only': true } ] }") " }", false), 0);
	make_plan("{ " ISCSI("{ 'name': 't', 'luns': [ " LUN(0, "e") " ] }") " }", false, false);
	PLANNED("~ LUN 0 (e) of iscsi/t: read_only=1;");
}

/* ---- what is refused ------------------------------------------------------------------------ */

#define MAPPED	"{ " NULLIO(DEV("d")) ", " \
		ISCSI("{ 'name': 't', 'luns': [ " LUN(0, "d") " ], 'groups': [ { 'name': 'g', " \
		"'luns': [ " LUN(3, "d") " ] } ] }") " }"

static void used_by(const char *group)
{
	assert_int_equal(apply(MAPPED, false), 0);
	fake_add_session_of(fake, "iscsi", "t", group, "iqn.x");
}

static void a_lun_that_is_seen_stays(void **state)
{
	used_by(NULL);
	make_plan("{ " NULLIO(DEV("d")) ", " ISCSI("{ 'name': 't', 'groups': [ { 'name': 'g' "
		  "} ] }") " }", true, false);
	is_refused("LUN 0 (d) of iscsi/t: iqn.x sees it");
	assert_true(plan.in_use);
	make_plan("{ " NULLIO(DEV("d")) ", " ISCSI("{ 'name': 't', 'groups': [ { 'name': 'g' "
		  "} ] }") " }", true, true);
	assert_int_equal(plan.refused.nr, 0);
}

static void a_lun_that_is_seen_keeps_its_device(void **state)
{
	used_by("g");
	make_plan("{ " NULLIO(DEV("d") ", " DEV("e")) ", " ISCSI("{ 'name': 't', 'luns': [ "
		  LUN(0, "e") " ], 'groups': [ { 'name': 'g', 'luns': [ " LUN(3, "e")
		  " ] } ] }") " }", false, false);
	is_refused("LUN 3 (e) of iscsi/t, group g: iqn.x sees another device there");
}

static void a_device_that_is_seen_stays_open(void **state)
{
	used_by("g");
	make_plan("{ " NULLIO("{ 'name': 'd', 'blocksize': 4096 }") ", "
		  ISCSI("{ 'name': 't', 'luns': [ " LUN(0, "d") " ], 'groups': [ { "
		  "'name': 'g', 'luns': [ " LUN(3, "d") " ] } ] }") " }", false, false);
	is_refused("device d of vdisk_nullio: iqn.x sees it as LUN 3 of iscsi/t");
}

#define GROUPS(a, b)							\
	"{ " ISCSI("{ 'name': 't', 'groups': [ { 'name': 'a', 'initiators': [ " a " ] }, " \
		   "{ 'name': 'b', 'initiators': [ " b " ] } ] }") " }"

static void an_initiator_keeps_its_group(void **state)
{
	assert_int_equal(apply(GROUPS("'iqn.x', 'iqn.y'", ""), false), 0);
	fake_add_session_of(fake, "iscsi", "t", "a", "iqn.x");
	make_plan(GROUPS("'iqn.x'", "'iqn.y'"), true, false);
	assert_int_equal(plan.refused.nr, 0);
	PLANNED("~ initiator iqn.y from group a to b of iscsi/t");
	make_plan(GROUPS("'iqn.y'", "'iqn.x'"), false, false);
	is_refused("initiator iqn.x from group a to b of iscsi/t: iqn.x would see other LUNs");
	make_plan(GROUPS("'iqn.y'", ""), true, false);
	is_refused("initiator iqn.x in group a of iscsi/t: iqn.x would see other LUNs");
	assert_true(plan.in_use);
}

static void a_target_with_sessions_stays(void **state)
{
	assert_int_equal(apply("{ " ISCSI("{ 'name': 't' }") " }", false), 0);
	fake_add_session_of(fake, "iscsi", "t", NULL, "iqn.x");
	make_plan("{ 'drivers': [ { 'name': 'iscsi' } ] }", true, false);
	is_refused("target iscsi/t: iqn.x is logged in");
}

static void what_is_not_there_is_told_before(void **state)
{
	make_plan("{ " ISCSI("{ 'name': 't', 'luns': [ " LUN(7, "d") " ] }") " }", false, false);
	is_refused("LUN 7 of t: there is no device d");
	assert_false(plan.in_use);
	make_plan("{ 'handlers': [ { 'name': 'vdisk_fileio', 'devices': [ { 'name': 'd', "
		  "'filename': '/nowhere/x' } ] } ] }", false, false);
	is_refused("device d: filename: /nowhere/x: No such file or directory");
	make_plan("{ 'handlers': [ { 'name': 'dev_disk', 'devices': [ " DEV("77:0:0:0") " ] } ] }",
		  false, false);
	is_refused("device 77:0:0:0: /sys/class/scsi_device/77:0:0:0: No such file or directory");
	make_plan("{ 'handlers': [ { 'name': 'dev_what' } ] }", false, false);
	is_refused("there is no handler dev_what");
	make_plan("{ 'attributes': { 'new_thing': '1' } }", false, false);
	is_refused("new_thing: there is no such attribute");
}

static void a_module_that_is_not_loaded_is_told(void **state)
{
	make_plan("{ 'drivers': [ { 'name': 'ib_srpt', 'targets': [ { 'name': 't' } ] } ] }",
		  false, false);
	assert_int_equal(plan.refused.nr, 0);
	assert_int_equal(plan.modules.nr, 1);
	assert_string_equal(plan.modules.list[0], "scst_srpt");
}

static void a_device_can_change_its_handler(void **state)
{
	static const char now[] = "{ " NULLIO("{ 'name': 'd', 'usn': '5' }") " }";

	assert_int_equal(apply("{ 'handlers': [ { 'name': 'vcdrom', 'devices': [ { 'name': "
			       "'d' } ] } ] }", false), 0);
	make_plan(now, false, false);
	PLANNED("- device d of vcdrom", "+ device d of vdisk_nullio", "~ usn of device d: 5");
	assert_int_equal(apply(now, false), 0);
	is_as_planned();
	is("devices/d/usn", "5");
}

static void a_user_that_cannot_be_removed_keeps_a_target_closed(void **state)
{
	assert_int_equal(apply("{ " ISCSI("{ 'name': 't', 'IncomingUser': [ "
		"'joe secret123456' ] }") " }", false), 0);
	fake->refuse = "del_target_attribute";
	fake->refuse_with = -EIO;
	assert_int_equal(apply("{ " ISCSI("{ 'name': 't', 'enabled': true, 'IncomingUser': "
		"[ ] }") " }", false), 1);
	is("targets/iscsi/t/enabled", "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_plan_is_in_the_order_that_survives),
		T(what_is_planned_is_done_and_then_nothing),
		T(also_with_what_goes),
		T(shared_disks_are_not_pruned),
		T(every_beginning_can_be_gone_on_from),
		T(what_is_not_listed_stays),
		T(of_a_listed_key_all_values_are),
		T(what_cannot_be_replaced_stays),
		T(a_secret_changes_where_it_stands),
		T(a_lun_gets_its_device_without_a_gap),
		T(a_lun_that_is_not_read_only_is_compared_by_itself),
		T(the_copy_manager_keeps_what_it_took),
		T(what_was_set_survives_being_made_again),
		T(a_lun_is_a_number),
		T(a_device_that_is_made_again_has_its_luns),
		T(a_lun_of_a_device_that_is_made_again_stays_read_only),
		T(a_device_that_cannot_be_made_so_is_as_it_was),
		T(a_listed_size_is_not_overwritten_by_the_old_one),
		T(a_driver_that_is_not_listed_loses_its_targets),
		T(a_lun_stays_read_only_with_another_device),
		T(a_lun_that_is_seen_stays),
		T(a_lun_that_is_seen_keeps_its_device),
		T(a_device_that_is_seen_stays_open),
		T(an_initiator_keeps_its_group),
		T(a_target_with_sessions_stays),
		T(what_is_not_there_is_told_before),
		T(a_module_that_is_not_loaded_is_told),
		T(a_device_can_change_its_handler),
		T(a_user_that_cannot_be_removed_keeps_a_target_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
