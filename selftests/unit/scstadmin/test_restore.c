// SPDX-License-Identifier: GPL-2.0-only
/* What is done of a file at boot if some of it cannot be, and what is loaded before. */
#include "unit.h"

#include <time.h>

#include "conf_parse.h"
#include "fake_scst.h"
#include "restore.h"

static struct fake *fake;
static char *log_text;
static size_t log_len;
static struct scst_restore r;
static struct scst_names loaded;

static int begin(void **state)
{
	fake = fake_new();
	r = (struct scst_restore){ .live = &fake->live };
	r.log = open_memstream(&log_text, &log_len);
	return 0;
}

static int end(void **state)
{
	fclose(r.log);
	free(log_text);
	log_text = NULL;
	scst_names_clear(&loaded);
	fake_free(fake);
	return 0;
}

static struct scst_conf *parsed(const char *text)
{
	_cleanup_(scst_names_clear) struct scst_names faults = {};
	struct scst_error err = {};
	struct scst_conf *conf;

	assert_int_equal(scst_conf_parse(text, "f", &conf, &faults, &err), 0);
	return conf;
}

static void restore(const char *text)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = parsed(text);
	struct scst_error err = {};

	r.failed = 0;
	rewind(r.log);
	assert_int_equal(scst_restore(&r, conf, &err), 0);
	fputc('\0', r.log);
	fflush(r.log);
}

static void is(const char *path, const char *value)
{
	const char *have = fake_read(fake, path);

	assert_non_null(have);
	assert_string_equal(have, value);
}

#define DISKS	"HANDLER vdisk_fileio {\n"					\
		"DEVICE good {\nfilename /srv/good\n}\n"			\
		"DEVICE lost {\nfilename /srv/lost\nusn 7\n}\n"			\
		"DEVICE also {\nfilename /srv/also\n}\n}\n"

#define TARGETS	"TARGET_DRIVER iscsi {\nenabled 1\n"				\
		"TARGET a {\nenabled 1\nIncomingUser \"joe secret123456\"\n"	\
		"LUN 0 good\nLUN 1 lost\n"					\
		"GROUP g {\nLUN 0 also\nLUN 1 lost\nINITIATOR iqn.x\n}\n}\n"	\
		"TARGET b {\nenabled 1\nLUN 0 also\n}\n}\n"

static void all_of_a_file_is_done(void **state)
{
	restore(DISKS TARGETS);
	assert_int_equal(r.failed, 0);
	assert_string_equal(log_text, "");
	is("targets/iscsi/a/enabled", "1");
	is("targets/iscsi/b/enabled", "1");
	is("targets/iscsi/enabled", "1");
	assert_true(fake_has(fake, "targets/iscsi/a/ini_groups/g/luns/1"));
}

static void once_more_changes_nothing(void **state)
{
	restore(DISKS TARGETS);
	scst_names_clear(&fake->log);
	restore(DISKS TARGETS);
	assert_int_equal(r.failed, 0);
	assert_int_equal(fake->log.nr, 0);
}

static void a_disk_that_is_missing_stops_no_other(void **state)
{
	fake->refuse = "add_device lost";
	fake->refuse_with = -ENOENT;
	restore(DISKS TARGETS);
	assert_string_equal(log_text,
			    "device lost of vdisk_fileio: No such file or directory\n");
	assert_int_equal(r.failed, 1);
	assert_true(fake_has(fake, "targets/iscsi/a/luns/0"));
	assert_false(fake_has(fake, "targets/iscsi/a/luns/1"));
	assert_true(fake_has(fake, "targets/iscsi/a/ini_groups/g/luns/0"));
	is("targets/iscsi/a/enabled", "1");
	is("targets/iscsi/b/enabled", "1");
}

/* Who has failed at something of access: refused is the first word that is written. */
static void keeps_a_closed(const char *refuse, const char *line, const char *waiting)
{
	char *text;

	fake->refuse = refuse;
	fake->refuse_with = -EINVAL;
	restore(DISKS TARGETS);
	assert_int_equal(asprintf(&text, "%s: Invalid argument\n%starget iscsi/a is not enabled: "
				  "more might get in than the file says\n", line, waiting) < 0, 0);
	assert_string_equal(log_text, text);
	free(text);
	is("targets/iscsi/a/enabled", "0");
	is("targets/iscsi/b/enabled", "1");
	is("targets/iscsi/enabled", "1");
}

static void without_its_users_a_target_stays_closed(void **state)
{
	keeps_a_closed("add_target_attribute", "IncomingUser of iscsi/a", "");
}

static void without_its_initiators_a_target_stays_closed(void **state)
{
	keeps_a_closed("add iqn.x", "initiator iqn.x in group g of iscsi/a",
		       "LUN 0 of iscsi/a waits until all initiators are where the file says\n"
		       "LUN 1 of iscsi/a waits until all initiators are where the file says\n");
}

/* What was not made out may have been its users. */
static void keeps_closed(const char *text, bool a, bool b)
{
	end(NULL);
	begin(NULL);
	restore(text);
	is("targets/iscsi/a/enabled", a ? "0" : "1");
	is("targets/iscsi/b/enabled", b ? "0" : "1");
	assert_int_equal(!!strstr(log_text, "target iscsi/a is not enabled: more"), a);
	assert_int_equal(!!strstr(log_text, "target iscsi/b is not enabled: more"), b);
}

#define A	"TARGET_DRIVER iscsi {\nenabled 1\nTARGET a {\nenabled 1\n"
#define B	"TARGET b {\nenabled 1\n"
#define USER	"IncomingUser \"joe secret123456\""

static void a_target_that_was_not_read_whole_stays_closed(void **state)
{
	keeps_closed(A USER "\n}\n" B "}\n}\n", false, false);
	keeps_closed(A USER " }\n" B "}\n}\n", true, false);
	keeps_closed(A "{\n" USER "\n}\n}\n" B "}\n}\n", true, false);
	keeps_closed(A "}\n" B "GROUP g {\nINITIATOR iqn.x }\n}\n}\n", false, true);
	keeps_closed(A "alias a b c d\n}\n" B "}\n}\n", true, false);
	keeps_closed(A USER "\n}\nTARGET a {\nenabled 1\n}\n" B "}\n}\n", true, false);
	keeps_closed(A USER "\n}\n}\n" A "}\n" B "}\n}\n", true, true);
	keeps_closed(A "}\n" B "}\n}\nthreads 4", false, false);
}

static void with_braces_that_do_not_match_all_stay_closed(void **state)
{
	keeps_closed(A "LUN 0 good {\n}\n}\n" B "}\n}\n}\n", true, true);
	keeps_closed(A "}\n" B "}\n", true, true);
}

static void a_user_under_another_name_keeps_it_closed(void **state)
{
	keeps_closed(A "incominguser \"joe secret123456\"\n}\n" B "}\n}\n", true, false);
	keeps_closed(A "}\n" B "IncomingUser1 \"joe secret123456\"\n}\n}\n", false, true);
	keeps_closed(A "colour red\n}\n" B "}\n}\n", false, false);
}

/* Of a template, say, whose variable was empty: not the wish that there be none. */
static void a_user_or_portal_without_a_value_keeps_it_closed(void **state)
{
	keeps_closed(A "IncomingUser\n}\n" B "}\n}\n", true, false);
	keeps_closed(A "}\n" B "allowed_portal\n}\n}\n", false, true);
}

/* Where it stays it may see more. */
static void an_initiator_in_another_group_keeps_it_closed(void **state)
{
	fake_do(fake, "targets/iscsi/mgmt", "add_target a");
	fake_do(fake, "targets/iscsi/a/ini_groups/mgmt", "create h");
	fake_do(fake, "targets/iscsi/a/ini_groups/h/initiators/mgmt", "add iqn.x");
	restore(DISKS TARGETS);
	is("targets/iscsi/a/enabled", "0");
	is("targets/iscsi/b/enabled", "1");
}

static void what_says_nothing_of_access_closes_nothing(void **state)
{
	fake->refuse = "of a test";
	fake->refuse_with = -EINVAL;
	restore("TARGET_DRIVER iscsi {\nTARGET a {\nenabled 1\nalias \"of a test\"\n}\n}\n");
	assert_string_equal(log_text, "alias of iscsi/a: Invalid argument\n");
	is("targets/iscsi/a/enabled", "1");
}

static void a_target_that_fails_is_told_once(void **state)
{
	fake->refuse = "add_target a";
	fake->refuse_with = -EINVAL;
	restore(DISKS TARGETS);
	assert_string_equal(log_text, "target iscsi/a: Invalid argument\n");
	assert_int_equal(r.failed, 1);
	is("targets/iscsi/b/enabled", "1");
}

static void what_is_there_stays(void **state)
{
	restore(DISKS TARGETS);
	restore("HANDLER vdisk_fileio {\nDEVICE good {\nfilename /srv/other\n}\n}\n"
		"TARGET_DRIVER iscsi {\nTARGET a {\nenabled 1\nLUN 0 good\n}\n}\n");
	assert_non_null(strstr(log_text, "device also is not in the file: it stays\n"));
	assert_non_null(strstr(log_text, "target iscsi/b is not in the file: it stays\n"));
	assert_non_null(strstr(log_text, "an IncomingUser of iscsi/a is not in the file: "
			       "it stays\n"));
	assert_non_null(strstr(log_text, "device good was opened otherwise than the file says: "
			       "it stays so\n"));
	assert_int_equal(r.failed, 1);
	is("devices/good/filename", "/srv/good");
	assert_true(fake_has(fake, "targets/iscsi/b"));
}

static void of_two_devices_at_a_lun_none_is_taken(void **state)
{
	restore(DISKS "TARGET_DRIVER iscsi {\nTARGET a {\n"
		"LUN 3 good\nLUN 3 also\nLUN 4 also\n}\n}\n");
	assert_string_equal(log_text,
			    "two devices at LUN 3 of iscsi/a: none of them is taken\n");
	assert_false(fake_has(fake, "targets/iscsi/a/luns/3"));
	assert_true(fake_has(fake, "targets/iscsi/a/luns/4"));
}

static void a_driver_that_is_not_there_stops_no_other(void **state)
{
	restore(DISKS "TARGET_DRIVER copy_manager {\nTARGET copy_manager_tgt {\n}\n}\n"
		"TARGET_DRIVER ib_srpt {\nTARGET x {\n}\n}\n" TARGETS);
	assert_string_equal(log_text, "there is no driver ib_srpt\n");
	assert_int_equal(r.failed, 1);
	is("targets/iscsi/a/enabled", "1");
}

/* Each device that is added is a LUN of the copy manager as well, before anybody says so. */
static int (*write_to_fake)(const struct scst_live *live, const char *path, const char *text);
static unsigned int taken;

static int write_and_take(const struct scst_live *live, const char *path, const char *text)
{
	char device[32], take[64];
	int err = write_to_fake(live, path, text);

	if (err || sscanf(text, "add_device %31s", device) != 1)
		return err;
	snprintf(take, sizeof(take), "add %s %u", device, taken++);
	return write_to_fake(live, "targets/copy_manager/copy_manager_tgt/luns/mgmt", take);
}

/* Every file that SCST wrote lists them. */
static void what_the_copy_manager_took_is_no_fault(void **state)
{
	fake_add_copy_manager(fake);
	taken = 0;
	write_to_fake = fake->live.write;
	fake->live.write = write_and_take;
	restore(DISKS "TARGET_DRIVER copy_manager {\nTARGET copy_manager_tgt {\n"
		"LUN 0 good\nLUN 1 lost\nLUN 7 also\n}\n}\n" TARGETS);
	assert_string_equal(log_text, "");
	assert_int_equal(r.failed, 0);
	assert_true(fake_has(fake, "targets/copy_manager/copy_manager_tgt/luns/7"));
	is("targets/iscsi/a/enabled", "1");
}

/* ---- modules -------------------------------------------------------------------------------- */

static const char *not_there;

static int modprobe(const char *module)
{
	assert_int_equal(scst_names_add(&loaded, module), 0);
	return not_there && streq(module, not_there) ? -ENOENT : 0;
}

static int load(const char *text, const char *missing)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = parsed(text);
	struct scst_error err = {};
	int ret;

	not_there = missing;
	ret = scst_restore_modules(&r, conf, modprobe, &err);
	fputc('\0', r.log);
	fflush(r.log);
	return ret;
}

static void the_modules_of_a_file_are_loaded(void **state)
{
	assert_int_equal(load("HANDLER vdisk_fileio {\n}\nHANDLER vcdrom {\n}\n"
			      "TARGET_DRIVER ib_srpt {\n}\nTARGET_DRIVER iscsi {\n}\n", NULL), 0);
	assert_int_equal(loaded.nr, 4);
	assert_string_equal(loaded.list[0], "scst");
	assert_true(scst_names_has(&loaded, "scst_vdisk"));
	assert_true(scst_names_has(&loaded, "iscsi_scst"));
	assert_true(scst_names_has(&loaded, "scst_srpt"));	/* Linux's ib_srpt is LIO's */
}

static void a_module_that_is_missing_stops_no_other(void **state)
{
	assert_int_equal(load("TARGET_DRIVER ib_srpt {\n}\nTARGET_DRIVER iscsi {\n}\n",
			      "scst_srpt"), 0);
	assert_int_equal(r.failed, 1);
	assert_string_equal(log_text,
			    "cannot load module scst_srpt: No such file or directory\n");
	assert_true(scst_names_has(&loaded, "iscsi_scst"));
}

static void without_scst_nothing_is_loaded(void **state)
{
	assert_int_equal(load("TARGET_DRIVER iscsi {\n}\n", "scst"), -EOPNOTSUPP);
	assert_int_equal(loaded.nr, 1);
}

/* ---- groups --------------------------------------------------------------------------------- */

#define GROUPS(groups)	"HANDLER vdisk_nullio {\nDEVICE secret\n}\n"	\
			"TARGET_DRIVER iscsi {\nTARGET t {\n" groups "}\n}\n"

/* Nobody is moved or thrown out here: who stays in a group must not see what is for others. */
static void a_group_gets_no_luns_while_a_stranger_is_in_it(void **state)
{
	restore(GROUPS("GROUP g1 {\nINITIATOR iqn.a\n}\n"));
	restore(GROUPS("GROUP g1 {\nLUN 5 secret\nINITIATOR iqn.b\n}\n"
		       "GROUP g2 {\nINITIATOR iqn.a\n}\n"));
	assert_int_equal(r.failed, 1);
	assert_false(fake_has(fake, "targets/iscsi/t/ini_groups/g1/luns/5"));
	assert_non_null(strstr(log_text, "LUN 5 of iscsi/t waits until all initiators are where "
			       "the file says"));
}

/* The first that matches counts, and a group that is new comes last. */
static void nor_does_one_that_matches_before_it_should(void **state)
{
	restore(GROUPS("GROUP g1 {\nINITIATOR iqn.*\n}\n"));
	restore(GROUPS("GROUP g2 {\nINITIATOR iqn.a\n}\n"
		       "GROUP g1 {\nLUN 5 secret\nINITIATOR iqn.*\n}\n"));
	assert_int_equal(r.failed, 1);
	assert_false(fake_has(fake, "targets/iscsi/t/ini_groups/g1/luns/5"));
}

/* ---- disks that come late ------------------------------------------------------------------- */

static bool waits_for(const char *text)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = parsed(text);
	struct timespec before, now;

	clock_gettime(CLOCK_MONOTONIC, &before);
	scst_restore_wait(conf, 1);
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 10 + now.tv_nsec / 100000000 >=
	       before.tv_sec * 10 + before.tv_nsec / 100000000 + 10;
}

static void what_comes_late_is_waited_for(void **state)
{
	char path[PATH_MAX];

	assert_true(waits_for("HANDLER dev_disk {\nDEVICE 77:0:0:0\n}\n"));
	assert_true(waits_for("HANDLER vdisk_blockio {\nDEVICE d {\n"
			      "filename /dev/nowhere\n}\n}\n"));
	assert_false(scst_restore_disk("dev_user", &(struct scst_conf){ .name = "d" }, path));
}

#define T(test)	cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(all_of_a_file_is_done),
		T(once_more_changes_nothing),
		T(a_disk_that_is_missing_stops_no_other),
		T(without_its_users_a_target_stays_closed),
		T(without_its_initiators_a_target_stays_closed),
		T(a_target_that_was_not_read_whole_stays_closed),
		T(with_braces_that_do_not_match_all_stay_closed),
		T(a_user_or_portal_without_a_value_keeps_it_closed),
		T(a_user_under_another_name_keeps_it_closed),
		T(an_initiator_in_another_group_keeps_it_closed),
		T(what_says_nothing_of_access_closes_nothing),
		T(a_target_that_fails_is_told_once),
		T(what_is_there_stays),
		T(of_two_devices_at_a_lun_none_is_taken),
		T(a_driver_that_is_not_there_stops_no_other),
		T(what_the_copy_manager_took_is_no_fault),
		T(the_modules_of_a_file_are_loaded),
		T(a_module_that_is_missing_stops_no_other),
		T(without_scst_nothing_is_loaded),
		T(a_group_gets_no_luns_while_a_stranger_is_in_it),
		T(nor_does_one_that_matches_before_it_should),
		T(what_comes_late_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
