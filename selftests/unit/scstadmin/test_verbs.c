// SPDX-License-Identifier: GPL-2.0-only
/* scstadmin's verbs: what is written, what is said, and the exit status. */
#include "unit.h"

#include <sys/stat.h>

#include "runner.h"

#define FRAME	"\nCollecting current configuration: done.\n\n"
#define CHANGES	FRAME "\n-> Making requested changes.\n"
#define PROMPT	"Performing this action may result in lost or corrupt data, " \
		"are you sure you wish to continue (y/[n]) ? "

static struct fake *fake;

/* A disk, and a target with it. */
static int begin(void **state)
{
	fake = fake_new();
	fake_do(fake, "handlers/vdisk_fileio/mgmt", "add_device disk1 filename=/srv/a");
	fake_do(fake, "handlers/vdisk_fileio/mgmt", "add_device disk2 filename=/srv/b");
	fake_do(fake, "targets/iscsi/mgmt", "add_target t");
	fake_do(fake, "targets/iscsi/t/luns/mgmt", "add disk1 0");
	fake_do(fake, "targets/iscsi/t/ini_groups/mgmt", "create g");
	return 0;
}

static int end(void **state)
{
	fake_free(fake);
	return 0;
}

static void says(const char *words, const char *input, int status, const char *out)
{
	_cleanup_run_ struct run run = run_admin(fake, words, input);

	assert_string_equal(run.out, out);
	assert_int_equal(run.status, status);
}

static void wrote(const char *line)
{
	assert_true(fake->log.nr > 0);
	assert_string_equal(fake->log.list[fake->log.nr - 1], line);
}

static void a_device_is_opened_with_its_parameters(void **state)
{
	says("-open_dev d -handler vdisk_fileio -attributes filename=/srv/c,read_only", "", 0,
	     CHANGES "\t-> Opening device 'd' using handler 'vdisk_fileio': done.\n\t-> Done.\n"
	     "\nAll done.\n");
	wrote("handlers/vdisk_fileio/mgmt <- add_device d filename=/srv/c;read_only=1;");
}

static void what_went_wrong_with_a_device_has_its_text(void **state)
{
	says("-open_dev disk1 -handler vdisk_fileio -attributes filename=/srv/c", "", 1,
	     CHANGES "\t-> Opening device 'disk1' using handler 'vdisk_fileio': done.\n"
	     "\n\nFATAL: Received the following error:\n\n\tDevice already exists.\n\n");
	says("-open_dev d -handler vdisk_fileio -attributes colour=red", "", 1,
	     CHANGES "\t-> Opening device 'd' using handler 'vdisk_fileio': done.\n"
	     "\n\nFATAL: Received the following error:\n\n\tBad attributes given for device.\n\n");
	says("-open_dev d -handler nobody", "", 1,
	     CHANGES "\t-> Opening device 'd' using handler 'nobody': done.\n"
	     "\n\nFATAL: Received the following error:\n\n\tNo such handler exists.\n\n");
	fake->refuse = "add_device";
	fake->refuse_with = -EINVAL;
	says("-open_dev d -handler vdisk_fileio", "", 1,
	     CHANGES "\t-> Opening device 'd' using handler 'vdisk_fileio': done.\n\n\n"
	     "FATAL: Received the following error:\n\n"
	     "\tFailed to open device. See \"dmesg\" for more information.\n\n");
}

static void what_the_kernel_said_is_on_stderr(void **state)
{
	_cleanup_run_ struct run run = {};
	char text[256];

	fake->refuse = "add_target_attribute";
	fake->refuse_with = -EBUSY;
	run = run_admin(fake, "-add_tgt_attr t -driver iscsi -attributes 'IncomingUser=a secret'",
			"");
	snprintf(text, sizeof(text), "%s/targets/iscsi/mgmt: %s\n", fake->root, strerror(EBUSY));
	assert_string_equal(run.err, text);
	assert_int_equal(run.status, 1);
}

static void cont_on_err_goes_on(void **state)
{
	says("-cont_on_err -open_dev d -handler nobody", "", 0,
	     CHANGES "\t-> Opening device 'd' using handler 'nobody': done.\n"
	     "No such handler exists.\n\t-> Done.\n\nAll done.\n");
}

static struct run run_config(const char *text, const char *options)
{
	char path[] = "/tmp/scst-conf-XXXXXX", words[128];
	int fd = mkstemp(path);
	struct run run;

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	snprintf(words, sizeof(words), "-config %s %s", path, options);
	run = run_admin(fake, words, "");
	unlink(path);
	return run;
}

/* The user that it should ask for could not be added: so it would let in everybody. */
static void cont_on_err_lets_nobody_in(void **state)
{
	_cleanup_run_ struct run run = {};

	fake->refuse = "add_target_attribute";
	fake->refuse_with = -EINVAL;
	run = run_config("HANDLER vdisk_fileio {\n\tDEVICE disk1\n}\n"
			 "TARGET_DRIVER iscsi {\n\tTARGET t {\n\t\tIncomingUser \"joe short\"\n"
			 "\t\tenabled 1\n\t}\n"
			 "\tTARGET u {\n\t\tenabled 1\n\t}\n}\n", "-cont_on_err");
	assert_string_equal(fake_read(fake, "targets/iscsi/t/enabled"), "0");
	assert_string_equal(fake_read(fake, "targets/iscsi/u/enabled"), "1");
	assert_non_null(strstr(run.err, "iscsi/t is not enabled"));
	assert_null(strstr(run.err, "iscsi/u"));
	assert_int_equal(run.status, 0);
}

/* It was guarded by a user that the file has no more; the new one is refused. */
static void cont_on_err_leaves_a_target_its_users(void **state)
{
	_cleanup_run_ struct run run = {};

	fake_do(fake, "targets/iscsi/mgmt", "add_target_attribute t IncomingUser joe secret123456");
	fake_do(fake, "targets/iscsi/mgmt", "add_attribute IncomingUser joe secret123456");
	fake_do(fake, "targets/iscsi/t/enabled", "1");
	fake->refuse = "add_";
	fake->refuse_with = -EINVAL;
	run = run_config("HANDLER vdisk_fileio {\n\tDEVICE disk1\n}\n"
			 "TARGET_DRIVER iscsi {\n\tIncomingUser \"ann short\"\n\tTARGET t {\n"
			 "\t\tIncomingUser \"ann short\"\n\t\tenabled 1\n\t}\n}\n",
			 "-cont_on_err -force -noprompt");
	assert_true(fake_has(fake, "targets/iscsi/t/IncomingUser"));
	assert_true(fake_has(fake, "targets/iscsi/IncomingUser"));
	assert_non_null(strstr(run.err, "iscsi/t keeps what it has"));
}

static void a_device_in_use_is_not_closed(void **state)
{
	says("-close_dev disk1 -handler vdisk_fileio -noprompt", "", 1,
	     CHANGES "Device 'disk1' is currently in use by the following:\n\n"
	     "\tDriver Target Group Lun \n"
	     "\t------ ------ ----- ----\n"
	     "\tiscsi  t            0   \n"
	     "\n\nFATAL: Received the following error:\n\n"
	     "\tDevice 'disk1' still in use, aborting. Use -force to override.\n\n");
	says("-close_dev disk1 -handler vdisk_fileio -noprompt -force", "", 0,
	     CHANGES "\t-> Closing device 'disk1' using handler 'vdisk_fileio': done.\n"
	     "\t-> Done.\n\nAll done.\n");
	assert_false(fake_has(fake, "targets/iscsi/t/luns/0"));
}

static void no_answer_is_a_no(void **state)
{
	says("-rem_target t -driver iscsi", "\n", 0,
	     FRAME PROMPT "Aborting action.\n\nAll done.\n");
	says("-rem_target t -driver iscsi", "yes please\n", 0,
	     FRAME PROMPT "Aborting action.\n\nAll done.\n");
	assert_int_equal(fake->log.nr, 0);
	says("-rem_target t -driver iscsi", "YES\n", 0,
	     FRAME PROMPT "\n-> Making requested changes.\n"
	     "\t-> Removing virtual target 't' from driver 'iscsi': done.\n"
	     "\t-> Done.\n\nAll done.\n");
	assert_false(fake_has(fake, "targets/iscsi/t"));
}

static void a_target_that_exists_is_code_41(void **state)
{
	says("-add_target t -driver iscsi", "", 41,
	     CHANGES "\t-> Creating target 't' for driver 'iscsi': done.\n\t-> Done.\n"
	     "\n\nWARNING: Received the following error:\n\n\tTarget already exists.\n\n"
	     "\nAll done.\n");
	says("-add_target t -driver nobody", "", 30,
	     CHANGES "\t-> Creating target 't' for driver 'nobody': done.\n\t-> Done.\n"
	     "\n\nWARNING: Received the following error:\n\n\tNo such driver exists.\n\n"
	     "\nAll done.\n");
}

static void a_target_goes_after_its_sessions(void **state)
{
	fake_add_session(fake, "iscsi", "t", "iqn.x");
	says("-rem_target t -driver iscsi -noprompt", "", 0,
	     CHANGES "\t-> Removing virtual target 't' from driver 'iscsi': done.\n\t-> Done.\n"
	     "\nAll done.\n");
	assert_string_equal(fake->log.list[0], "targets/iscsi/t/enabled <- 0");
	assert_string_equal(fake->log.list[1], "targets/iscsi/t/sessions/iqn.x/force_close <- 1");
	assert_string_equal(fake->log.list[2], "targets/iscsi/mgmt <- del_target t");
}

static void a_session_that_stays_keeps_its_target(void **state)
{
	fake_add_session(fake, "iscsi", "t", "iqn.x");
	fake->sessions_stay = true;
	says("-rem_target t -driver iscsi -noprompt", "", 54,
	     CHANGES "\t-> Removing virtual target 't' from driver 'iscsi': done.\n\t-> Done.\n"
	     "\n\nWARNING: Received the following error:\n\n\tFailed to remove target - "
	     "target has active sessions. See \"dmesg\" for more information.\n\n\nAll done.\n");
	assert_true(fake_has(fake, "targets/iscsi/t"));
}

static void luns_are_of_a_target_or_a_group(void **state)
{
	says("-add_lun 1 -driver iscsi -target t -device disk2 -attributes read_only=1", "", 0,
	     CHANGES "\t-> Adding device 'disk2' at LUN 1 to driver/target 'iscsi/t': done.\n"
	     "\t-> Done.\n\nAll done.\n");
	wrote("targets/iscsi/t/luns/mgmt <- add disk2 1 read_only=1;");
	says("-add_lun 0 -driver iscsi -target t -group g -device disk2", "", 0,
	     CHANGES "\t-> Adding device 'disk2' at LUN 0 to driver/target/group 'iscsi/t/g': "
	     "done.\n\t-> Done.\n\nAll done.\n");
	wrote("targets/iscsi/t/ini_groups/g/luns/mgmt <- add disk2 0");
	says("-rem_lun 0 -driver iscsi -target t -group g -noprompt", "", 0,
	     CHANGES "\t-> Removing LUN 0 from driver/target/group 'iscsi/t/g': done.\n"
	     "\t-> Done.\n\nAll done.\n");
	says("-rem_lun 5 -driver iscsi -target t -noprompt", "", 1,
	     CHANGES "\t-> Removing LUN 5 from driver/target 'iscsi/t': done.\n\n\n"
	     "FATAL: Received the following error:\n\n\tNo such LUN exists.\n\n");
}

static void replacing_needs_a_lun_and_another_device(void **state)
{
	says("-replace_lun 0 -driver iscsi -target t -device disk2 -noprompt", "", 0,
	     CHANGES "\t-> Replacing device at LUN 0 with device 'disk2' in driver/target/group "
	     "'iscsi/t/': done.\n\t-> Done.\n\nAll done.\n");
	wrote("targets/iscsi/t/luns/mgmt <- replace disk2 0");
	says("-replace_lun 0 -driver iscsi -target t -device disk2 -noprompt", "", 1,
	     CHANGES "\t-> Replacing device at LUN 0 with device 'disk2' in driver/target/group "
	     "'iscsi/t/': done.\n\n\nFATAL: Received the following error:\n\n"
	     "\tDevice already exists for LUN.\n\n");
	says("-replace_lun 7 -driver iscsi -target t -device disk2 -noprompt", "", 1,
	     CHANGES "\t-> Replacing device at LUN 7 with device 'disk2' in driver/target/group "
	     "'iscsi/t/': done.\n\n\nFATAL: Received the following error:\n\n"
	     "\tNo such LUN exists.\n\n");
}

static void an_initiator_is_in_one_group(void **state)
{
	fake_do(fake, "targets/iscsi/t/ini_groups/mgmt", "create h");
	says("-add_init iqn.a -driver iscsi -target t -group g", "", 0,
	     CHANGES "\t-> Adding new initiator 'iqn.a' to driver/target/group 'iscsi/t/g': "
	     "done.\n\t-> Done.\n\nAll done.\n");
	says("-add_init iqn.a -driver iscsi -target t -group h", "", 0,
	     CHANGES "\t-> Initiator 'iqn.a' already belongs to group 'g' for driver/target "
	     "'iscsi/t', ignoring.\n\t-> Done.\n\nAll done.\n");
	says("-move_init iqn.a -driver iscsi -target t -group g -to h -noprompt", "", 0,
	     CHANGES "\t-> Moving initiator 'iqn.a' from group 'g' to group 'h': done.\n"
	     "\t-> Done.\n\nAll done.\n");
	wrote("targets/iscsi/t/ini_groups/g/initiators/mgmt <- move iqn.a h");
	says("-clear_inits -driver iscsi -target t -group h -noprompt", "", 0,
	     CHANGES "\t-> Removing all initiators driver/target/group 'iscsi/t/h': done.\n"
	     "\t-> Done.\n\nAll done.\n");
	assert_false(fake_has(fake, "targets/iscsi/t/ini_groups/h/initiators/iqn.a"));
}

static void an_initiator_in_two_groups_stops_everything(void **state)
{
	fake_do(fake, "targets/iscsi/t/ini_groups/mgmt", "create h");
	fake_do(fake, "targets/iscsi/t/ini_groups/g/initiators/mgmt", "add iqn.a");
	fake_do(fake, "targets/iscsi/t/ini_groups/h/initiators/mgmt", "add iqn.a");
	says("-list_driver", "", 1,
	     FRAME "\t-> FATAL: Initiator 'iqn.a' belongs to more than one groups for "
	     "driver/target 'iscsi/t', aborting. Use -force to override.\n");
	says("-list_driver -force", "", 0,
	     FRAME "\tDriver\n\t----------\n\tiscsi\n\tscst_local\n\nAll done.\n");
}

static void a_group_in_use_goes_with_force(void **state)
{
	fake_do(fake, "targets/iscsi/t/ini_groups/g/initiators/mgmt", "add iqn.a");
	says("-rem_group g -driver iscsi -target t -noprompt", "", 1,
	     CHANGES "Assigned LUNs:\n\n\t(none)\n\nAssigned Initiators:\n\n\tInitiator\n\t-----\n"
	     "\tiqn.a\n\n\nFATAL: Received the following error:\n\n"
	     "\tGroup is still in use, aborting. Use -force to override.\n\n");
	says("-rem_group g -driver iscsi -target t -noprompt -force", "", 0,
	     CHANGES "\t-> Removing group 'g' from driver/target 'iscsi/t': done.\n\t-> Done.\n"
	     "\nAll done.\n");
}

static void chap_of_a_cluster_agent_is_set(void **state)
{
	/* ocf:heartbeat:iSCSITarget writes no '=' */
	says("-add_tgt_attr t -driver iscsi -attributes 'IncomingUser joe secret123456'", "", 0,
	     CHANGES "\t-> Adding target attribute 'IncomingUser' with value "
	     "'joe secret123456' for driver/target 'iscsi/t': done.\n\t-> Done.\n\nAll done.\n");
	wrote("targets/iscsi/mgmt <- add_target_attribute t IncomingUser joe secret123456");
	says("-add_tgt_attr t -driver iscsi -attributes 'IncomingUser=joe secret123456'", "", 0,
	     CHANGES "\t-> Attribute/value 'IncomingUser/joe secret123456' already exists for "
	     "driver/target 'iscsi/t'.\n\t-> Done.\n\nAll done.\n");
	says("-rem_tgt_attr t -driver iscsi -attributes 'IncomingUser=joe secret123456' -noprompt",
	     "", 0, CHANGES "\t-> Removing dynamic attribute 'IncomingUser' with value "
	     "'joe secret123456' for driver/target 'iscsi/t': done.\n\t-> Done.\n\nAll done.\n");
	says("-rem_drv_attr iscsi -attributes 'IncomingUser=a b' -noprompt", "", 0,
	     CHANGES "\t-> Attribute/value 'IncomingUser/a b' doesn't exist for driver 'iscsi'.\n"
	     "\t-> Done.\n\nAll done.\n");
	says("-add_drv_attr iscsi -attributes colour=red", "", 1,
	     CHANGES "\t-> Adding driver attribute 'colour' with value 'red' for driver 'iscsi': "
	     "done.\n\n\nFATAL: Received the following error:\n\n"
	     "\tBad attributes given for driver.\n\n");
}

static void setting_counts_what_changed(void **state)
{
	says("-set_dev_attr disk1 -attributes usn=77,t10_vend_id=LINSTOR,size=5,usn=78 -noprompt",
	     "", 0, CHANGES
	     "\t-> Setting device attribute 'usn' to value '77' for device 'disk1': done.\n"
	     "\t-> Setting device attribute 'usn' to value '78' for device 'disk1': done.\n"
	     "\t-> Setting device attribute 't10_vend_id' to value 'LINSTOR' for device 'disk1': "
	     "done.\n"
	     "\t-> WARNING: Device 'disk1' lacks the settable attribute 'size', ignoring.\n\n"
	     "\t-> Done, 3 change(s) made.\n\nAll done.\n");
	says("-set_dev_attr disk1 -attributes t10_vend_id=LINSTOR -noprompt", "", 0,
	     CHANGES "\t-> Attribute 't10_vend_id' already set to value 'LINSTOR', ignoring.\n"
	     "\t-> Done, 0 change(s) made.\n\nAll done.\n");
	says("-set_scst_attr -attributes threads=4 -noprompt", "", 0,
	     CHANGES "\t-> Setting SCST attribute 'threads' to value '4': done.\n"
	     "\t-> Done, 1 change(s) made.\n\nAll done.\n");
	says("-set_dev_attr nobody -attributes usn=1 -noprompt", "", 0,
	     CHANGES "\n\nWARNING: Received the following error:\n\n"
	     "\tdeviceAttributes(): Device 'nobody' is not open\n\n"
	     "\t-> Done, 0 change(s) made.\n\nAll done.\n");
}

static void enabling_is_said_in_its_own_words(void **state)
{
	says("-enable_target t -driver iscsi", "", 0,
	     CHANGES "\t-> Enabling driver/target 'iscsi/t': done.\n\t-> Done.\n\nAll done.\n");
	assert_string_equal(fake_read(fake, "targets/iscsi/t/enabled"), "1");
	says("-noprompt -set_drv_attr iscsi -attributes enabled=1", "", 0,
	     CHANGES "\t-> Enabling driver 'iscsi': done.\n\t-> Done, 1 change(s) made.\n"
	     "\nAll done.\n");
	/* nothing of what else is there: agents have it in their log */
	fake_do(fake, "targets/iscsi/mgmt", "add_target_attribute t IncomingUser joe secret123456");
	says("-disable_target t -driver iscsi -force -noprompt", "", 0,
	     CHANGES "\t-> Disabling driver/target 'iscsi/t': done.\n\t-> Done.\n\nAll done.\n");
}

static void resync_is_a_write(void **state)
{
	says("-resync_dev disk1", "", 0,
	     CHANGES "\t-> Setting device attribute 'resync_size' to value '1' for device "
	     "'disk1': done.\n\t-> Done.\n\nAll done.\n");
	wrote("devices/disk1/resync_size <- 1");
}

static void device_groups_have_their_verbs(void **state)
{
	says("-add_dgrp dg", "", 0, CHANGES "\t-> Adding new device group 'dg': done.\n"
	     "\t-> Done.\n\nAll done.\n");
	says("-add_dgrp_dev disk1 -dev_group dg", "", 0,
	     CHANGES "\t-> Adding new device group/device 'dg/disk1': done.\n\t-> Done.\n"
	     "\nAll done.\n");
	says("-add_tgrp tg -dev_group dg", "", 0,
	     CHANGES "\t-> Adding new target group 'tg' to device group 'dg': done.\n\t-> Done.\n"
	     "\nAll done.\n");
	says("-add_tgrp_tgt t -dev_group dg -tgt_group tg", "", 0,
	     CHANGES "\t-> Adding new target group/target 'tg/t' to device group 'dg': done.\n"
	     "\t-> Done.\n\nAll done.\n");
	says("-set_tgrp_attr tg -dev_group dg -attributes group_id=256 -noprompt", "", 0,
	     CHANGES "\t-> Setting Target Group attribute 'group_id' to value '256' for target "
	     "group 'dg/tg': done.\n\t-> Done, 1 change(s) made.\n\nAll done.\n");
	says("-rem_dgrp_dev disk1 -dev_group dg", "", 1,
	     CHANGES "\n\tTargets\n\t-------\n\tt\n\n\nFATAL: Received the following error:\n\n"
	     "\tDevice may still be in use, aborting. Use -force to override.\n\n");
	says("-rem_tgrp tg -dev_group dg", "", 1,
	     CHANGES "\n\tTargets\n\t-------\n\tt\n\n\nFATAL: Received the following error:\n\n"
	     "\tTarget group is still in use, aborting. Use -force to override.\n\n");
	says("-rem_tgrp_tgt t -dev_group dg -tgt_group tg", "", 0,
	     CHANGES "\t-> Removing target group/target 'tg/t' from device group 'dg': done.\n"
	     "\t-> Done.\n\nAll done.\n");
	says("-rem_dgrp dg", "", 1,
	     CHANGES "\n\tDevices\n\t-------\n\tdisk1\n\n\tTarget Groups\n\t------------\n\ttg\n"
	     "\n\nFATAL: Received the following error:\n\n"
	     "\tDevice group is still in use, aborting. Use -force to override.\n\n");
	says("-add_dgrp_dev nobody -dev_group dg", "", 1,
	     CHANGES "\t-> Adding new device group/device 'dg/nobody': done.\n\n\n"
	     "FATAL: Received the following error:\n\n\tNo such device exists.\n\n");
}

static void everything_can_be_cleared(void **state)
{
	fake_do(fake, "targets/iscsi/mgmt", "add_attribute IncomingUser joe secret123456");
	fake_do(fake, "targets/iscsi/enabled", "1");
	says("-clear_config -force -noprompt", "", 0,
	     FRAME "-> Clearing running configuration.\n"
	     "\t-> Removing all initiators driver/target/group 'iscsi/t/g': done.\n"
	     "\t-> Removing all LUNs from driver/target/group 'iscsi/t/g': done.\n"
	     "\t-> Removing group 'g' from driver/target 'iscsi/t': done.\n"
	     "\t-> Removing all LUNs from driver/target 'iscsi/t': done.\n"
	     "\t-> Removing virtual target 't' from driver 'iscsi': done.\n"
	     "\t-> Removing all dynamic attributes from driver 'iscsi': done.\n"
	     "\t-> Removing all dynamic attributes from driver 'scst_local': done.\n"
	     "\t-> Closing device 'disk1' using handler 'vdisk_fileio': done.\n"
	     "\t-> Closing device 'disk2' using handler 'vdisk_fileio': done.\n"
	     "\t-> Disabling driver 'iscsi': done.\n"
	     "\t-> Configuration cleared.\n\nAll done.\n");
	assert_false(fake_has(fake, "targets/iscsi/IncomingUser"));
}

static void debug_writes_nothing(void **state)
{
	_cleanup_run_ struct run run = run_admin(fake, "-debug -add_group h -driver iscsi "
						 "-target t", "");

	assert_non_null(strstr(run.out, "/targets/iscsi/t/ini_groups/mgmt -> create h\n"));
	assert_non_null(strstr(run.out, "DBG("));
	assert_int_equal(fake->log.nr, 0);
}

static void debug_waits_for_nobody(void **state)
{
	_cleanup_run_ struct run run = {};

	fake_add_session(fake, "iscsi", "t", "iqn.x");
	run = run_admin(fake, "-debug -rem_target t -driver iscsi -noprompt", "");
	assert_non_null(strstr(run.out, "/targets/iscsi/t/sessions/iqn.x/force_close -> 1\n"));
	assert_non_null(strstr(run.out, "/targets/iscsi/mgmt -> del_target t\n"));
	assert_int_equal(run.status, 0);
	assert_int_equal(fake->log.nr, 0);
}

static void without_a_module_there_is_nothing_to_say(void **state)
{
	_cleanup_run_ struct run run = {};
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/version", fake->root);
	assert_int_equal(unlink(path), 0);
	run = run_admin(fake, "-list_device", "");
	assert_int_equal(run.status, ENOENT);
	assert_string_equal(run.out, "");
	assert_string_equal(run.err, "Failed to obtain SCST version information. Are the SCST "
			    "modules loaded?\n");
}

static void a_name_cannot_leave_its_directory(void **state)
{
	says("-add_target ../../handlers -driver iscsi", "", 42,
	     CHANGES "\t-> Creating target '../../handlers' for driver 'iscsi': done.\n"
	     "\t-> Done.\n\n\nWARNING: Received the following error:\n\n"
	     "\tFailed to add target. See \"dmesg\" for more information.\n\n\nAll done.\n");
	says("-add_group g -driver ../handlers -target t", "", 1,
	     CHANGES "\t-> Adding new group 'g' to driver/target '../handlers/t': done.\n\n\n"
	     "FATAL: Received the following error:\n\n\tNo such driver exists.\n\n");
	says("-set_dev_attr disk1 -attributes ../disk2/usn=3 -noprompt", "", 0,
	     CHANGES "\t-> WARNING: Device 'disk1' lacks the settable attribute '../disk2/usn', "
	     "ignoring.\n\n\t-> Done, 0 change(s) made.\n\nAll done.\n");
}

/* What a NUL hides is not asked for: with -force it would go. */
static void nothing_goes_because_of_a_nul(void **state)
{
	static const char text[] =
		"HANDLER vdisk_fileio {\n\tDEVICE disk1\n\0\n\tDEVICE disk2\n}\n";
	char path[] = "/tmp/scst-conf-XXXXXX", words[128];
	_cleanup_run_ struct run run = {};
	int fd = mkstemp(path);

	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
	snprintf(words, sizeof(words), "-config %s -force -noprompt", path);
	run = run_admin(fake, words, "");
	unlink(path);
	assert_non_null(strstr(run.out, "': there is a NUL byte in it: that is no text\n"));
	assert_int_equal(run.status, 1);
	assert_true(fake_has(fake, "devices/disk2"));
	assert_true(fake_has(fake, "targets/iscsi/t/luns/0"));
}

/* Whoever changes something finds the whole, and SCST's words are the same. */
static void what_was_cut_off_is_finished_first(void **state)
{
	_cleanup_run_ struct run run = {};
	char path[128];
	struct stat st;
	FILE *file;

	snprintf(path, sizeof(path), "%s.aside", fake->root);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(stat(fake->root, &st), 0);
	fprintf(file, "# %ju\nHANDLER vdisk_nullio {\nDEVICE d {\nusn 77\n}\n}\n"
		"TARGET_DRIVER iscsi {\nTARGET t {\nLUN 7 d\n}\n}\n", (uintmax_t)st.st_ino);
	fclose(file);
	run = run_admin(fake, "-list_handler", "");
	assert_false(fake_has(fake, "devices/d"));	/* who only looks changes nothing */
	says("-rem_lun 7 -driver iscsi -target t -noprompt -force", "", 0,
	     CHANGES "\t-> Removing LUN 7 from driver/target 'iscsi/t': done.\n\t-> Done.\n"
	     "\nAll done.\n");
	assert_string_equal(fake_read(fake, "devices/d/usn"), "77");
	assert_false(fake_has(fake, "targets/iscsi/t/luns/7"));
	assert_int_equal(access(path, F_OK), -1);
}

#define T(test)	cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_device_is_opened_with_its_parameters),
		T(what_went_wrong_with_a_device_has_its_text),
		T(what_the_kernel_said_is_on_stderr),
		T(cont_on_err_goes_on),
		T(cont_on_err_lets_nobody_in),
		T(cont_on_err_leaves_a_target_its_users),
		T(a_device_in_use_is_not_closed),
		T(no_answer_is_a_no),
		T(a_target_that_exists_is_code_41),
		T(a_target_goes_after_its_sessions),
		T(a_session_that_stays_keeps_its_target),
		T(luns_are_of_a_target_or_a_group),
		T(replacing_needs_a_lun_and_another_device),
		T(an_initiator_is_in_one_group),
		T(an_initiator_in_two_groups_stops_everything),
		T(a_group_in_use_goes_with_force),
		T(chap_of_a_cluster_agent_is_set),
		T(setting_counts_what_changed),
		T(enabling_is_said_in_its_own_words),
		T(resync_is_a_write),
		T(device_groups_have_their_verbs),
		T(everything_can_be_cleared),
		T(debug_writes_nothing),
		T(debug_waits_for_nobody),
		T(without_a_module_there_is_nothing_to_say),
		T(a_name_cannot_leave_its_directory),
		T(nothing_goes_because_of_a_nul),
		T(what_was_cut_off_is_finished_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
