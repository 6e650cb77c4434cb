// SPDX-License-Identifier: GPL-2.0-only
/* The command line: how options are read, and what is asked for when one is missing. */
#include "unit.h"

#include "runner.h"

static struct fake *fake;

static int begin(void **state)
{
	fake = fake_new();
	return 0;
}

static int end(void **state)
{
	fake_free(fake);
	return 0;
}

static void says(const char *words, int status, const char *out, const char *err)
{
	_cleanup_run_ struct run run = run_admin(fake, words, "");

	assert_string_equal(run.out, out);
	assert_string_equal(run.err, err);
	assert_int_equal(run.status, status);
}

static void whatever_is_missing_is_asked_for(void **state)
{
	static const struct {
		const char *words, *asks;
	} rows[] = {
		{ "-clear_config", "-force with -clear_config" },
		{ "-list_tgrp", "-dev_group with -list_tgrp" },
		{ "-list_tgt_attr t", "-driver with -list_tgt_attr" },
		{ "-list_grp_attr g", "-driver, -target and group with -list_grp_attr" },
		{ "-list_lun_attr l", "-driver and -target with -list_lun_attr" },
		{ "-list_init_attr i", "-driver, -target and -group with -list_init_attr" },
		{ "-list_tgrp_attr tg", "-dev_group with -list_tgrp_attr" },
		{ "-list_ttgt_attr tt", "-dev_group and -tgt_group with -list_ttgt_attr" },
		{ "-set_scst_attr", "-attributes with -set_scst_attr" },
		{ "-set_hnd_attr h", "-attributes with -set_hnd_attr" },
		{ "-set_dev_attr d", "-attributes with -set_dev_attr" },
		{ "-set_dgrp_attr dg", "-attributes with -set_dgrp_attr" },
		{ "-set_tgrp_attr tg", "-dev_group and -attributes with -set_tgrp_attr" },
		{ "-set_drv_attr d", "-attributes with -set_drv_attr" },
		{ "-set_tgt_attr t", "-driver and -attributes with -set_tgt_attr" },
		{ "-set_lun_attr l",
		  "-driver -target -group and -attributes with -set_lun_attr" },
		{ "-set_init_attr i",
		  "-driver -target -group and -attributes with -set_init_attr" },
		{ "-add_drv_attr d", "-attributes with -add_drv_attr" },
		{ "-add_tgt_attr t", "-driver and -attributes with -add_tgt_attr" },
		{ "-rem_drv_attr d", "-attributes with -rem_drv_attr" },
		{ "-rem_tgt_attr t", "-driver and -attributes with -rem_tgt_attr" },
		{ "-open_dev d", "-handler with -open_dev/-close_dev" },
		{ "-close_dev d", "-handler with -open_dev/-close_dev" },
		{ "-add_target t", "-driver with -add_target" },
		{ "-rem_target t", "-driver with -rem_target" },
		{ "-add_group g", "-driver and -target with -add_group/-rem_group" },
		{ "-rem_group g", "-driver and -target with -add_group/-rem_group" },
		{ "-add_init i",
		  "-driver -target and -group with -add_init/-rem_init/-clear_inits" },
		{ "-rem_init i",
		  "-driver -target and -group with -add_init/-rem_init/-clear_inits" },
		{ "-clear_inits",
		  "-driver -target and -group with -add_init/-rem_init/-clear_inits" },
		{ "-move_init i", "-driver -target -group and -to with -move_init" },
		{ "-add_lun l", "-driver -target and -device with -add_lun/-replace_lun" },
		{ "-replace_lun l", "-driver -target and -device with -add_lun/-replace_lun" },
		{ "-rem_lun l", "-driver and -target with -rem_lun/-clear_luns" },
		{ "-clear_luns", "-driver and -target with -rem_lun/-clear_luns" },
		{ "-add_dgrp_dev dg", "-dev_group with -add_dgrp_dev/-rem_dgrp_dev" },
		{ "-rem_dgrp_dev dg", "-dev_group with -add_dgrp_dev/-rem_dgrp_dev" },
		{ "-add_tgrp tg", "-dev_group with -add_tgrp/-rem_tgrp" },
		{ "-rem_tgrp tg", "-dev_group with -add_tgrp/-rem_tgrp" },
		{ "-add_tgrp_tgt t",
		  "-dev_group and -tgt_group with -add_tgrp_tgt/-rem_tgrp_tgt" },
		{ "-rem_tgrp_tgt t",
		  "-dev_group and -tgt_group with -add_tgrp_tgt/-rem_tgrp_tgt" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[256];

		snprintf(text, sizeof(text), "Please specify %s.\n", rows[i].asks);
		says(rows[i].words, 1, text, "");
	}
}

static void one_change_at_a_time(void **state)
{
	static const char only[] = "Please specify only one non-query operation at a time.\n";

	/* -open_dev takes the word behind it, whatever it looks like */
	says("-open_dev -handler h -set_scst_attr", 1, only, "");
	says("-list_driver -add_target t -driver iscsi", 1, only, "");
	says("-write_config f -check_config g", 1, only, "");
}

static void names_are_cut_short_in_any_case(void **state)
{
	static const char list[] = "\nCollecting current configuration: done.\n\n"
				   "\tDriver\n\t----------\n\tiscsi\n\tscst_local\n\nAll done.\n";

	says("-list_driver", 0, list, "");
	says("--LIST_DRIVE", 0, list, "");
	says("-list_dri stray", 0, "\nCollecting current configuration: done.\n\n"
	     "No such driver 'stray' exists.\n\nAll done.\n", "");
	says("+list_driver= words -- -foo", 0, list, "");
	says("stray -list_driver -noprompt", 0, list, "");
	says("-list_dr", 1, "", "Option list_dr is ambiguous (list_driver, list_drv_attr)\n");
}

static void what_is_not_understood_is_said_on_stderr(void **state)
{
	says("-Foo", 1, "", "Unknown option: foo\n");
	says("-force=1 -list_driver", 1, "", "Option force does not take an argument\n");
	says("-write_config", 1, "", "Option write_config requires an argument\n");
	says("-open_dev=", 1, "", "Option open_dev requires an argument\n");
	says("-foo -bar", 1, "", "Unknown option: foo\nUnknown option: bar\n");
}

static void without_a_verb_nothing_is_done(void **state)
{
	says("", 1, "\nCollecting current configuration: done.\n\n"
	     "No valid operations specified.\n", "");
	says("-noprompt -force", 1, "\nCollecting current configuration: done.\n\n"
	     "No valid operations specified.\n", "");
}

static void options_of_other_scstadmins_are_taken(void **state)
{
	says("-preserve_cluster_mode -suspend 5 -timeout 10 -log_level debug -list_driver", 0,
	     "\nCollecting current configuration: done.\n\n"
	     "\tDriver\n\t----------\n\tiscsi\n\tscst_local\n\nAll done.\n", "");
}

static void help_needs_no_target(void **state)
{
	_cleanup_run_ struct run run = run_admin(fake, "-h", "");

	assert_int_equal(run.status, 0);
	assert_non_null(strstr(run.out, "SCST Configurator v3."));
	assert_non_null(strstr(run.out, "-replace_lun"));
}

static void lists_follow_one_another(void **state)
{
	says("-list_driver -list_handler", 0, "\nCollecting current configuration: done.\n\n"
	     "\tHandler\n\t------------\n\tvcdrom\n\tvdisk_fileio\n\tvdisk_nullio\n"
	     "\tDriver\n\t----------\n\tiscsi\n\tscst_local\n\nAll done.\n", "");
}

#define T(test)	cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(whatever_is_missing_is_asked_for),
		T(one_change_at_a_time),
		T(names_are_cut_short_in_any_case),
		T(what_is_not_understood_is_said_on_stderr),
		T(without_a_verb_nothing_is_done),
		T(options_of_other_scstadmins_are_taken),
		T(help_needs_no_target),
		T(lists_follow_one_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
