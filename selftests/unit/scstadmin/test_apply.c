// SPDX-License-Identifier: GPL-2.0-only
/* The differ and the order of an apply: what is written to a target that is empty, or is not. */
#include "unit.h"

#include "apply.h"
#include "conf_parse.h"
#include "fake_scst.h"

static struct fake *fake;
static struct scst_names notes;
static unsigned int steps;
static bool shown_only;

static int begin(void **state)
{
	fake = fake_new();
	steps = 0;
	shown_only = false;
	return 0;
}

static int end(void **state)
{
	fake_free(fake);
	scst_names_clear(&notes);
	return 0;
}

static int do_step(void *arg, const struct scst_step *step)
{
	steps++;
	return shown_only ? 0 : scst_apply_step(&fake->live, step, 0);
}

static int take_note(void *arg, enum scst_note note, const struct scst_step *about)
{
	char text[256] = "";
	FILE *out = fmemopen(text, sizeof(text), "w");

	fprintf(out, "%d ", note);
	scst_step_say(about, "%d%D%t%g%i%n", out);
	fclose(out);
	return scst_names_add(&notes, text);
}

static const struct scst_diff_ops ops = { .step = do_step, .note = take_note };

static int apply(const char *text, bool force)
{
	_cleanup_(scst_names_clear) struct scst_names faults = {};
	_cleanup_(scst_conf_freep) struct scst_conf *want = NULL;
	struct scst_error err = {};
	struct scst_diff diff = { .live = &fake->live, .force = force, .ops = &ops };
	int ret;

	assert_int_equal(scst_conf_parse(text, "f", &want, &faults, &err), 0);
	scst_names_clear(&fake->log);
	scst_names_clear(&notes);
	steps = 0;
	diff.want = want;
	ret = scst_apply(&diff, &err);
	scst_diff_clear(&diff);
	return ret;
}

static void wrote(const char *const *lines, size_t nr)
{
	for (size_t i = 0; i < nr && i < fake->log.nr; i++)
		assert_string_equal(fake->log.list[i], lines[i]);
	assert_int_equal(fake->log.nr, nr);
}

#define WROTE(...)							\
	do {								\
		static const char *const lines[] = { __VA_ARGS__ };	\
									\
		wrote(lines, ARRAY_SIZE(lines));			\
	} while (0)

static bool noted(enum scst_note note, const char *about)
{
	char text[256];

	snprintf(text, sizeof(text), "%d %s", note, about);
	return scst_names_has(&notes, text);
}

static const char whole[] =
	"threads 4\n"
	"HANDLER vdisk_fileio {\n\tDEVICE d {\n\t\tfilename /x\n\t\tusn 77\n\t}\n}\n"
	"TARGET_DRIVER iscsi {\n\tenabled 1\n\tTARGET t {\n\t\tenabled 1\n\t\talias x\n"
	"\t\tIncomingUser \"joe secret1234567\"\n\t\tLUN 0 d\n\t\tGROUP z {\n\t\t\tLUN 0 d {\n"
	"\t\t\t\tread_only 1\n\t\t\t}\n\t\t\tINITIATOR iqn.a\n\t\t\tio_grouping_type never\n"
	"\t\t}\n\t\tGROUP a {\n\t\t\tINITIATOR *\n\t\t}\n\t}\n}\n"
	"DEVICE_GROUP dg {\n\tDEVICE d\n\tTARGET_GROUP tg {\n\t\tgroup_id 1\n\t\tTARGET t\n"
	"\t\tTARGET far {\n\t\t\trel_tgt_id 9\n\t\t}\n\t}\n}\n";

static void everything_is_there_before_anything_is_enabled(void **state)
{
	assert_int_equal(apply(whole, false), 0);
	WROTE("handlers/vdisk_fileio/mgmt <- add_device d filename=/x;",
	      "devices/d/usn <- 77",
	      "targets/iscsi/mgmt <- add_target t",
	      "targets/iscsi/t/alias <- x",
	      "targets/iscsi/mgmt <- add_target_attribute t IncomingUser joe secret1234567",
	      "targets/iscsi/t/ini_groups/mgmt <- create z",
	      "targets/iscsi/t/ini_groups/z/io_grouping_type <- never",
	      "targets/iscsi/t/ini_groups/mgmt <- create a",
	      "targets/iscsi/t/ini_groups/z/luns/mgmt <- add d 0 read_only=1;",
	      "targets/iscsi/t/ini_groups/z/initiators/mgmt <- add iqn.a",
	      "targets/iscsi/t/ini_groups/a/initiators/mgmt <- add *",
	      "targets/iscsi/t/luns/mgmt <- add d 0",
	      "device_groups/mgmt <- create dg",
	      "device_groups/dg/devices/mgmt <- add d",
	      "device_groups/dg/target_groups/mgmt <- add tg",
	      "device_groups/dg/target_groups/tg/mgmt <- add far",
	      "device_groups/dg/target_groups/tg/far/rel_tgt_id <- 9",
	      "device_groups/dg/target_groups/tg/mgmt <- add t",
	      "device_groups/dg/target_groups/tg/group_id <- 1",
	      "targets/iscsi/t/enabled <- 1",
	      "targets/iscsi/enabled <- 1",
	      "threads <- 4");
	assert_int_equal(notes.nr, 0);
}

static void a_second_time_there_is_nothing_to_do(void **state)
{
	assert_int_equal(apply(whole, false), 0);
	assert_int_equal(apply(whole, false), 0);
	assert_int_equal(fake->log.nr, 0);
	assert_int_equal(apply(whole, true), 0);
	assert_int_equal(fake->log.nr, 0);
}

/* A crash behind any step, and once more: the same end. */
static void every_beginning_can_be_gone_on_from(void **state)
{
	_cleanup_free_ char *expected = NULL;

	assert_int_equal(apply(whole, false), 0);
	expected = fake_dump(fake);
	for (size_t nr = fake->log.nr, i = 0; i < nr; i++) {
		_cleanup_free_ char *is = NULL;
		_cleanup_(scst_names_clear) struct scst_names log = fake->log;

		fake->log = (struct scst_names){};
		end(NULL);
		begin(NULL);
		for (size_t j = 0; j < i; j++) {
			char *text = strstr(log.list[j], " <- ");

			*text = '\0';
			fake_do(fake, log.list[j], text + 4);
			*text = ' ';
		}
		assert_int_equal(apply(whole, false), 0);
		is = fake_dump(fake);
		assert_string_equal(is, expected);
		scst_names_clear(&fake->log);
		for (size_t j = 0; j < nr; j++)
			scst_names_add(&fake->log, log.list[j]);
	}
}

static void nothing_is_removed_without_force(void **state)
{
	_cleanup_free_ char *before = NULL, *after = NULL;

	assert_int_equal(apply(whole, false), 0);
	before = fake_dump(fake);
	assert_int_equal(apply("TARGET_DRIVER iscsi {\n\tTARGET u\n}\n", false), 0);
	WROTE("targets/iscsi/mgmt <- add_target u");
	assert_true(noted(SCST_NOTE_DEVICE_EXTRA, "d"));
	assert_true(noted(SCST_NOTE_LUN_EXTRA, "discsit"));
	assert_true(noted(SCST_NOTE_GROUP_EXTRA, "iscsitz"));
	assert_true(noted(SCST_NOTE_TARGET_EXTRA, "iscsit"));
	assert_true(noted(SCST_NOTE_DEVICE_GROUP_EXTRA, ""));
	fake_do(fake, "targets/iscsi/mgmt", "del_target u");
	after = fake_dump(fake);
	assert_string_equal(before, after);
}

static void force_removes_from_the_outside_in(void **state)
{
	assert_int_equal(apply(whole, false), 0);
	assert_int_equal(apply("TARGET_DRIVER iscsi {\n\tTARGET u\n}\n", true), 0);
	WROTE("targets/iscsi/t/luns/mgmt <- del 0",
	      "targets/iscsi/t/ini_groups/z/luns/mgmt <- del 0",
	      "targets/iscsi/t/ini_groups/mgmt <- del z",
	      "targets/iscsi/t/ini_groups/mgmt <- del a",
	      "handlers/vdisk_fileio/mgmt <- del_device d",
	      "targets/iscsi/t/enabled <- 0",
	      "targets/iscsi/mgmt <- del_target t",
	      "targets/iscsi/mgmt <- add_target u",
	      "device_groups/mgmt <- del dg");
}

static void a_device_that_differs_is_opened_anew_and_mapped_again(void **state)
{
	_cleanup_free_ char *changed = strdup(whole);

	assert_int_equal(apply(whole, false), 0);
	memcpy(strstr(changed, "/x"), "/y", 2);
	assert_int_equal(apply(changed, false), 0);
	assert_int_equal(fake->log.nr, 0);
	assert_true(noted(SCST_NOTE_DEVICE_DIFFERS, "d"));
	assert_true(noted(SCST_NOTE_DEVICE_KEPT, "d"));
	assert_int_equal(apply(changed, true), 0);
	WROTE("handlers/vdisk_fileio/mgmt <- del_device d",
	      "handlers/vdisk_fileio/mgmt <- add_device d filename=/y;",
	      "devices/d/usn <- 77",
	      "targets/iscsi/t/luns/mgmt <- add d 0",
	      "targets/iscsi/t/ini_groups/z/luns/mgmt <- add d 0 read_only=1;",
	      "device_groups/dg/devices/mgmt <- add d");
}

static void a_lun_that_differs_is_assigned_anew(void **state)
{
	_cleanup_free_ char *changed = strdup(whole);

	assert_int_equal(apply(whole, false), 0);
	memcpy(strstr(changed, "read_only 1"), "read_only 0", 11);
	assert_int_equal(apply(changed, false), 0);
	assert_int_equal(fake->log.nr, 0);
	assert_true(noted(SCST_NOTE_LUN_DIFFERS, "discsitz"));
	assert_int_equal(apply(changed, true), 0);
	WROTE("targets/iscsi/t/ini_groups/z/luns/mgmt <- del 0",
	      "targets/iscsi/t/ini_groups/z/luns/mgmt <- add d 0 read_only=0;");
}

static void an_initiator_moves_with_force(void **state)
{
	_cleanup_free_ char *changed = strdup(whole);

	assert_int_equal(apply(whole, false), 0);
	memcpy(strstr(changed, "INITIATOR iqn.a"), "INITIATOR *    ", 15);
	memcpy(strstr(strstr(changed, "GROUP a"), "INITIATOR *"), "INITIATOR q", 11);
	assert_int_equal(apply(changed, false), 0);
	WROTE("targets/iscsi/t/ini_groups/a/initiators/mgmt <- add q");
	assert_true(noted(SCST_NOTE_INITIATOR_EXTRA, "iscsitziqn.a"));
	assert_true(noted(SCST_NOTE_INITIATOR_MOVES, "iscsita*"));
	assert_int_equal(apply(changed, true), 0);
	WROTE("targets/iscsi/t/ini_groups/z/initiators/mgmt <- del iqn.a",
	      "targets/iscsi/t/ini_groups/a/initiators/mgmt <- move * z");
}

static void chap_is_never_off_in_between(void **state)
{
	_cleanup_free_ char *changed = strdup(whole);

	assert_int_equal(apply(whole, false), 0);
	memcpy(strstr(changed, "joe secret1234567"), "ann passwd1234567", 10);
	assert_int_equal(apply(changed, false), 0);
	WROTE("targets/iscsi/mgmt <- add_target_attribute t IncomingUser ann passwd1234567");
	assert_true(noted(SCST_NOTE_TARGET_ATTR_EXTRA, "iscsitIncomingUser"));
	fake_do(fake, "targets/iscsi/mgmt", "del_target_attribute t IncomingUser ann");
	assert_int_equal(apply(changed, true), 0);
	WROTE("targets/iscsi/mgmt <- add_target_attribute t IncomingUser ann passwd1234567",
	      "targets/iscsi/mgmt <- del_target_attribute t IncomingUser joe secret1234567");
}

/* The kernel knows a user once, and deletes him by his name: so he is written, not added. */
static void a_user_gets_another_secret_in_one_write(void **state)
{
	_cleanup_free_ char *changed = strdup(whole);

	assert_int_equal(apply(whole, false), 0);
	fake_do(fake, "targets/iscsi/mgmt",
		"add_target_attribute t IncomingUser joey secret1234567");
	memcpy(strstr(changed, "joe secret1234567"), "joey sesam", 10);
	assert_int_equal(apply(changed, false), -EEXIST);
	assert_int_equal(apply(changed, true), 0);
	WROTE("targets/iscsi/t/IncomingUser1 <- joey sesam1234567",
	      "targets/iscsi/mgmt <- del_target_attribute t IncomingUser joe secret1234567");
	memcpy(strstr(changed, "joey sesam"), "joe  other", 10);
	assert_int_equal(apply(changed, true), 0);
	WROTE("targets/iscsi/mgmt <- add_target_attribute t IncomingUser joe  other1234567",
	      "targets/iscsi/mgmt <- del_target_attribute t IncomingUser joey sesam1234567");
}

static void of_who_the_target_is_there_is_one(void **state)
{
	static const char who[] =
		"TARGET_DRIVER iscsi {\n\tOutgoingUser \"me %s12345678\"\n\tTARGET t {\n"
		"\t\tOutgoingUser \"%s %s12345678\"\n\t}\n}\n";
	char text[256];

	snprintf(text, sizeof(text), who, "older", "a", "older");
	assert_int_equal(apply(text, false), 0);
	snprintf(text, sizeof(text), who, "newer", "b", "newer");
	assert_int_equal(apply(text, true), 0);
	WROTE("targets/iscsi/OutgoingUser <- me newer12345678",
	      "targets/iscsi/t/OutgoingUser <- b newer12345678");
	assert_int_equal(apply(text, true), 0);
	assert_int_equal(fake->log.nr, 0);
}

static void a_target_without_enabled_is_disabled_with_force(void **state)
{
	static const char silent[] = "TARGET_DRIVER iscsi {\n\tTARGET t\n}\n";

	fake_do(fake, "targets/iscsi/mgmt", "add_target t");
	fake_do(fake, "targets/iscsi/t/enabled", "1");
	assert_int_equal(apply(silent, false), 0);
	assert_int_equal(fake->log.nr, 0);
	assert_true(noted(SCST_NOTE_ENABLED_EXTRA, "iscsit"));
	assert_int_equal(apply(silent, true), 0);
	WROTE("targets/iscsi/t/enabled <- 0");
	assert_int_equal(apply(silent, false), 0);
	assert_int_equal(notes.nr, 0);
}

static void hardware_is_neither_made_nor_removed(void **state)
{
	fake_add_hardware(fake, "fc", "50:01");
	assert_int_equal(apply("TARGET_DRIVER fc {\n\tTARGET 50:02\n}\n", true), 0);
	assert_true(noted(SCST_NOTE_TARGET_EXTRA, "fc50:01"));
	assert_true(noted(SCST_NOTE_NO_TARGET, "fc50:02"));
	assert_int_equal(apply("TARGET_DRIVER iscsi {\n\tTARGET x {\n\t\tHW_TARGET\n\t}\n}\n",
			       false), 0);
	assert_true(noted(SCST_NOTE_NO_HARDWARE, "iscsix"));
	assert_int_equal(apply("TARGET_DRIVER none {\n}\n", false), 0);
	assert_true(noted(SCST_NOTE_NO_DRIVER, "none"));
}

static void an_attribute_nobody_knows_is_told(void **state)
{
	assert_int_equal(apply("colour red\nHANDLER vdisk_fileio {\n\tDEVICE d {\n\t\tfilename /x\n"
			       "\t\tsmell 1\n\t}\n}\n", false), 0);
	assert_true(noted(SCST_NOTE_NO_ATTR, "colour"));
	assert_true(noted(SCST_NOTE_NO_ATTR, "dsmell"));
}

static void a_step_that_fails_ends_it(void **state)
{
	fake->refuse = "add d 0";
	fake->refuse_with = -EBUSY;
	assert_int_equal(apply(whole, false), -EBUSY);
	assert_string_equal(fake->log.list[fake->log.nr - 1],
			    "targets/iscsi/t/ini_groups/z/luns/mgmt <- add d 0 read_only=1;");
	assert_string_equal(fake_read(fake, "targets/iscsi/t/enabled"), "0");
}

static void steps_can_be_shown_instead(void **state)
{
	shown_only = true;
	assert_int_equal(apply(whole, false), 0);
	assert_int_equal(fake->log.nr, 0);
	assert_int_equal(steps, 22);
}

#define T(test)	cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(everything_is_there_before_anything_is_enabled),
		T(a_second_time_there_is_nothing_to_do),
		T(every_beginning_can_be_gone_on_from),
		T(nothing_is_removed_without_force),
		T(force_removes_from_the_outside_in),
		T(a_device_that_differs_is_opened_anew_and_mapped_again),
		T(a_lun_that_differs_is_assigned_anew),
		T(an_initiator_moves_with_force),
		T(chap_is_never_off_in_between),
		T(a_user_gets_another_secret_in_one_write),
		T(of_who_the_target_is_there_is_one),
		T(a_target_without_enabled_is_disabled_with_force),
		T(hardware_is_neither_made_nor_removed),
		T(an_attribute_nobody_knows_is_told),
		T(a_step_that_fails_ends_it),
		T(steps_can_be_shown_instead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
