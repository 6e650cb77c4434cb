// SPDX-License-Identifier: GPL-2.0-only
/* The tables of -list_*, to the last blank: scripts cut them by columns and words. */
#include "unit.h"

#include "runner.h"

#define FRAME	"\nCollecting current configuration: done.\n\n"
#define HEAD	"\tAttribute     Value     Writable      KEY\n" \
		"\t-----------------------------------------\n"

static struct fake *fake;

static int begin(void **state)
{
	fake = fake_new();
	fake_do(fake, "handlers/vdisk_nullio/mgmt", "add_device nodev");
	fake_do(fake, "handlers/vdisk_fileio/mgmt",
		"add_device disk0 filename=/srv/disk;read_only=1");
	fake_do(fake, "handlers/vdisk_fileio/mgmt",
		"add_device disk1 filename=/srv/disk;nv_cache=1");
	fake_do(fake, "targets/scst_local/mgmt", "add_target local");
	fake_do(fake, "targets/scst_local/local/luns/mgmt", "add nodev 0");
	fake_do(fake, "targets/scst_local/local/ini_groups/mgmt", "create ig");
	fake_do(fake, "targets/scst_local/local/ini_groups/ig/initiators/mgmt", "add ini1");
	fake_do(fake, "targets/scst_local/local/ini_groups/ig/initiators/mgmt", "add ini2");
	fake_do(fake, "targets/scst_local/local/ini_groups/ig/luns/mgmt",
		"add disk0 0 read_only=1");
	fake_do(fake, "targets/scst_local/local/ini_groups/ig/luns/mgmt", "add disk1 10");
	fake_do(fake, "targets/scst_local/local/ini_groups/ig/luns/mgmt", "add disk1 9");
	return 0;
}

static int end(void **state)
{
	fake_free(fake);
	return 0;
}

static void lists(const char *words, int status, const char *out)
{
	_cleanup_run_ struct run run = run_admin(fake, words, "");
	_cleanup_free_ char *expected = NULL;

	assert_true(asprintf(&expected, FRAME "%s\nAll done.\n", out) > 0);
	assert_string_equal(run.out, expected);
	assert_int_equal(run.status, status);
}

static void handlers_and_devices(void **state)
{
	static const char table[] =
		"\tHandler          Device\n"
		"\t----------------------\n"
		"\tvcdrom          -    \n"
		"\tvdisk_fileio    disk0\n"
		"\t                disk1\n"
		"\tvdisk_nullio    nodev\n";

	lists("-list_handler", 0, "\tHandler\n\t------------\n\tvcdrom\n\tvdisk_fileio\n"
	      "\tvdisk_nullio\n");
	lists("-list_device", 0, table);
	lists("-list_handler vdisk_nullio", 0,
	      "\tHandler          Device\n\t----------------------\n\tvdisk_nullio    nodev\n");
	lists("-list_handler nobody", 0, "No such handler 'nobody' found.\n");
	lists("-list_device disk0", 0,
	      "\tAttribute     Value         Writable      KEY\n"
	      "\t---------------------------------------------\n"
	      "\tfilename      /srv/disk     Yes           Yes\n"
	      "\tread_only     1             No            Yes\n");
	lists("-list_device nobody", 1, "\n\nWARNING: Received the following error:\n\n"
	      "\tdeviceAttributes(): Device 'nobody' is not open\n\n");
}

static void drivers_and_targets(void **state)
{
	lists("-list_driver", 0, "\tDriver\n\t----------\n\tiscsi\n\tscst_local\n");
	lists("-list_target", 0, "\tDriver     Target\n\t----------------\n\tscst_local local\n");
	lists("-list_driver iscsi", 0, "\tDriver Target\n\t------\n");
	lists("-list_target nobody -driver iscsi", 0, "Driver/target 'iscsi/nobody' not found\n");
}

static void groups_with_luns_sorted_as_text(void **state)
{
	static const char group[] =
		"Assigned LUNs:\n\n\tLUN  Device\n\t----------\n\t0    disk0\n\t10   disk1\n"
		"\t9    disk1\n\nAssigned Initiators:\n\n\tInitiator\n\t----\n\tini1\n\tini2\n";
	_cleanup_free_ char *all = NULL;

	assert_true(asprintf(&all, "Driver: scst_local\nTarget: local\n\nAssigned LUNs:\n\n"
			     "\tLUN  Device\n\t----------\n\t0    nodev\n\nGroup: ig\n\n%s\n\n",
			     group) > 0);
	lists("-list_group", 0, all);
	lists("-list_target local -driver scst_local", 0, all);
	lists("-list_group ig -driver scst_local -target local", 0, group);
	lists("-list_group -target nobody", 0, "Target 'nobody' not found.\n");
	lists("-list_group -driver nobody", 0, "Driver 'nobody' not found.\n");
	lists("-list_group nobody -driver scst_local -target local", 1,
	      "\n\nWARNING: Received the following error:\n\n"
	      "\tinitiators(): Group 'nobody' does not exist\n\n");
}

static void an_empty_target_says_so(void **state)
{
	fake_do(fake, "targets/iscsi/mgmt", "add_target t");
	fake_do(fake, "targets/iscsi/t/ini_groups/mgmt", "create g");
	lists("-list_group -driver iscsi", 0, "Driver: iscsi\nTarget: t\n\n"
	      "Driver/target 'iscsi/t' has no associated LUNs.\n\nGroup: g\n\n"
	      "Group 'g' has no associated LUNs or initiators.\n\n\n");
}

static void what_objects_are_created_with(void **state)
{
	lists("-list_scst_attr", 0, HEAD "\t(none)\n");
	lists("-list_hnd_attr vcdrom", 0, HEAD "\t(none)\n\n"
	      "\tDevice CREATE attributes available\n\t----------------------------------\n"
	      "\tfilename\n");
	lists("-list_drv_attr iscsi", 1, HEAD "\t(none)\n\n\tDynamic attributes available\n"
	      "\t----------------------------\n\tIncomingUser\n\tOutgoingUser\n");
	lists("-list_drv_attr scst_local", 0, HEAD "\t(none)\n\n"
	      "\tTarget CREATE attributes available:\n\t-----------------------------------\n"
	      "\tsession_name\n");
	lists("-list_tgt_attr local -driver scst_local", 0, HEAD "\t(none)\n\n"
	      "\tLUN CREATE attributes available\n\t-------------------------------\n"
	      "\tread_only\n");
	lists("-list_grp_attr ig -driver scst_local -target local", 1, HEAD "\t(none)\n\n"
	      "\tLUN CREATE attributes available\n\t-------------------------------\n"
	      "\tread_only\n");
	lists("-list_lun_attr 10 -driver scst_local -target local -group ig", 0,
	      HEAD "\t(none)\n");
	lists("-list_lun_attr 0 -driver scst_local -target local -group ig", 0, HEAD
	      "\tread_only     1         No            Yes\n");
	lists("-list_init_attr ini1 -driver scst_local -target local -group ig", 0,
	      "Initiators do not (yet) have attributes.\n");
	lists("-list_lun_attr 7 -driver scst_local -target local", 1,
	      "\n\nWARNING: Received the following error:\n\n"
	      "\tlunAttributes(): LUN '7' does not exist\n\n");
}

static void nonkey_shows_everything(void **state)
{
	lists("-list_scst_attr -nonkey", 0,
	      "\tAttribute               Value               Writable      KEY\n"
	      "\t-------------------------------------------------------------\n"
	      "\tlast_sysfs_mgmt_res     0                   No            No \n"
	      "\tmeasure_latency         0                   Yes           No \n"
	      "\tsetup_id                0x0                 Yes           No \n"
	      "\tsuspend                 0                   Yes           No \n"
	      "\tthreads                 2                   Yes           No \n"
	      "\ttrace_level             mgmt                Yes           No \n"
	      "\t                        minor               Yes           No \n"
	      "\tversion                 3.11.0-bpf0.1.0     No            No \n"
	      "\n\tPossible trace levels:\n"
	      "\t  (use trace_level=\"add <level>\", none, all or default to set):\n"
	      "\t\tdebug, function, line, pid, minor, \n\t\tmgmt, \n");
}

static void sessions(void **state)
{
	fake_do(fake, "targets/iscsi/mgmt", "add_target t");
	fake_add_session(fake, "iscsi", "t", "iqn.\x1b[2J");
	lists("-list_sessions", 0, "Driver/Target: iscsi/t\n\n\tSession: iqn.?[2J\n\n"
	      "\tAttribute           Value        Writable      KEY\n"
	      "\t--------------------------------------------------\n"
	      "\tactive_commands     0            Yes           No \n"
	      "\tforce_close         <n/a>        Yes           No \n"
	      "\tinitiator_name      iqn.?[2J     Yes           No \n\n"
	      "Driver/Target: scst_local/local\n\n\t(no sessions)\n\n");
}

static void device_groups(void **state)
{
	fake_do(fake, "device_groups/mgmt", "create dgroup1");
	fake_do(fake, "device_groups/mgmt", "create dgroup2");
	fake_do(fake, "device_groups/dgroup1/devices/mgmt", "add disk0");
	fake_do(fake, "device_groups/dgroup1/target_groups/mgmt", "add tgroup1");
	fake_do(fake, "device_groups/dgroup1/target_groups/tgroup1/mgmt", "add local");
	fake_do(fake, "device_groups/dgroup1/target_groups/tgroup1/group_id", "256");
	lists("-list_dgrp", 0, "\tDevice Group\n\t------------\n\tdgroup1\n\n\tdgroup2\n\n");
	lists("-list_dgrp dgroup1", 0, "\tDevices\n\t-------\n\tdisk0\n\n\tTarget Groups\n"
	      "\t------------\n\ttgroup1\n");
	lists("-list_tgrp -dev_group dgroup1", 0, "\n\tTarget Groups\n\t------------\n"
	      "\ttgroup1\n");
	lists("-list_tgrp tgroup1 -dev_group dgroup1", 0, "\tTargets\n\t-------\n\tlocal\n");
	lists("-list_tgrp nobody -dev_group dgroup1", 0, "\tTargets\n\t-------\n");
	lists("-list_tgrp_attr tgroup1 -dev_group dgroup1", 0, HEAD
	      "\tgroup_id      256       Yes           Yes\n");
	lists("-list_ttgt_attr local -tgt_group tgroup1 -dev_group dgroup1", 0,
	      HEAD "\t(none)\n");
	lists("-list_dgrp_attr dgroup1", 0,
	      "No such device group 'dgroup1' found or device group as no attributes.\n");
}

static void lip_is_for_fibre_channel(void **state)
{
	lists("-issue_lip", 0, "\n-> Making requested changes.\n"
	      "\t-> Driver/target 'scst_local/local' has no 'host' attribute, ignoring.\n"
	      "\t-> Done.\n");
	lists("-issue_lip -no_lip", 0, "\n-> Making requested changes.\n\t-> Done.\n");
}

#define T(test)	cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(handlers_and_devices),
		T(drivers_and_targets),
		T(groups_with_luns_sorted_as_text),
		T(an_empty_target_says_so),
		T(what_objects_are_created_with),
		T(nonkey_shows_everything),
		T(sessions),
		T(device_groups),
		T(lip_is_for_fibre_channel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
