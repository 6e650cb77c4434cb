// SPDX-License-Identifier: GPL-2.0-only
/*
 * What programs of others call, in their order and with their words, and what they make of the
 * answer: OpenStack's Cinder (volume/targets/scst.py), ClusterLabs' agents iSCSITarget and
 * iSCSILogicalUnit, SCST's own agent SCSTTarget, Cockpit's file sharing. The agents themselves run
 * in a guest (selftests/vm/agents.sh), and what others write to sysfs is in
 * selftests/userspace/callers.sh.
 */
#include "unit.h"

#include "runner.h"

#define IQN	"iqn.2010-10.org.openstack:volume-1"
#define GROUP	"iqn.1993-08.org.debian:01:1" IQN

static struct fake *fake;
static char *said;

static int begin(void **state)
{
	fake = fake_new();
	said = NULL;
	return 0;
}

static int end(void **state)
{
	free(said);
	fake_free(fake);
	return 0;
}

/* What it prints is in `said`. */
static int call(const char *words)
{
	_cleanup_run_ struct run run = run_admin(fake, words, "");

	free(said);
	said = TAKE_PTR(run.out);
	return run.status;
}

static void works(const char *words)
{
	if (call(words))
		fail_msg("scstadmin %s: %s", words, said);
}

static void wrote(const char *line)
{
	for (size_t i = 0; i < fake->log.nr; i++)
		if (streq(fake->log.list[i], line))
			return;
	fail_msg("nobody wrote '%s'", line);
}

/* ---- Cinder --------------------------------------------------------------------------------- */

/* The second word of the first line with rel_tgt_id: its number of the target. */
static void has_rel_tgt_id(const char *number)
{
	char *line = strstr(said, "rel_tgt_id"), *word;

	assert_non_null(line);
	strtok(line, " \n");
	word = strtok(NULL, " \n");
	assert_non_null(word);
	assert_string_equal(word, number);
}

static void create_volume(void)
{
	works("-noprompt -set_drv_attr iscsi -attributes enabled=1");
	works("-list_target");
	assert_null(strstr(said, IQN));
	works("-add_target " IQN " -driver iscsi");
	works("-enable_target " IQN " -driver iscsi");
	/* two blanks, of which the first is the value's */
	works("-noprompt -set_tgt_attr " IQN " -driver iscsi -attributes "
	      "'IncomingUser= joe secret123456'");
	works("-list_group");
	assert_null(strstr(said, GROUP));
	works("-add_group " GROUP " -driver iscsi -target " IQN);
	works("-add_init iqn.1993-08.org.debian:01:1 -driver iscsi -target " IQN
	      " -group " GROUP);
	works("-open_dev 1abc -handler vdisk_fileio -attributes filename=/dev/vg/volume-1");
	works("-add_lun 1 -driver iscsi -target " IQN " -device 1abc -group " GROUP);
	works("-write_config /dev/null");
}

static void cinder_creates_a_volume(void **state)
{
	create_volume();
	wrote("targets/iscsi/mgmt <- add_target_attribute " IQN " IncomingUser  joe secret123456");
	wrote("targets/iscsi/" IQN "/ini_groups/" GROUP "/luns/mgmt <- add 1abc 1");
	assert_string_equal(fake_read(fake, "targets/iscsi/" IQN "/enabled"), "1");
	assert_string_equal(fake_read(fake, "targets/iscsi/enabled"), "1");
}

static void cinder_finds_its_target(void **state)
{
	create_volume();
	fake_do(fake, "targets/iscsi/" IQN "/rel_tgt_id", "7");
	works("-list_target");
	assert_non_null(strstr(said, IQN));
	works("-list_tgt_attr " IQN " -driver iscsi");
	has_rel_tgt_id("7");
}

/* Behind "KEY" and a line of dashes the rows begin, in the order of their names. */
static void cinder_finds_its_user(void **state)
{
	char *from, *to;

	fake_do(fake, "targets/iscsi/mgmt", "add_target " IQN);
	fake_do(fake, "targets/iscsi/mgmt", "add_target_attribute " IQN
		" IncomingUser joe secret123456");
	works("-list_tgt_attr " IQN " -driver iscsi");
	from = strstr(said, "KEY");
	to = strstr(said, "Dynamic attributes");
	assert_true(from && to && from < to);
	from = strchr(strchr(from, '\n') + 1, '\n') + 1;
	assert_string_equal(strtok(from, " \t"), "IncomingUser");
	assert_string_equal(strtok(NULL, " "), "joe");
	assert_string_equal(strtok(NULL, " "), "secret123456");
}

/* Two lines behind the words it takes the first of each line for the number of a LUN. */
static void cinder_finds_its_luns(void **state)
{
	char *from, *to, *line, *end;

	create_volume();
	works("-open_dev 2abc -handler vdisk_fileio -attributes filename=/dev/vg/volume-2");
	works("-add_lun 2 -driver iscsi -target " IQN " -device 2abc -group " GROUP);
	works("-list_group " GROUP " -driver iscsi -target " IQN);
	from = strstr(said, "Assigned LUNs:") + strlen("Assigned LUNs:");
	to = strstr(from, "Assigned Initiators:");
	assert_non_null(to);
	*to = '\0';
	from += strspn(from, " \t\n");
	line = strchr(strchr(from, '\n') + 1, '\n') + 1;
	assert_int_equal(strtol(line, &end, 10), 1);
	assert_int_equal(*end, ' ');
	assert_int_equal(strtol(strchr(line, '\n') + 1, &end, 10), 2);
	assert_int_equal(*end, ' ');
}

static void cinder_removes_a_volume(void **state)
{
	create_volume();
	works("-noprompt -rem_lun 1 -driver iscsi -target " IQN " -group " GROUP);
	works("-noprompt -close_dev 1abc -handler vdisk_fileio");
	works("-noprompt -rem_target " IQN " -driver iscsi");
	works("-list_target");
	assert_null(strstr(said, IQN));
	assert_false(fake_has(fake, "devices/1abc"));
}

/* ---- agents --------------------------------------------------------------------------------- */

/* In their order, over what an earlier start has left: only logged if it fails. */
static void start_target(void)
{
	call("-add_target t -driver iscsi");
	call("-add_tgt_attr t -driver iscsi -attributes allowed_portal=0.0.0.0");
	call("-add_group allowed -driver iscsi -target t");
	call("-add_init iqn.a -group allowed -driver iscsi -target t");
	call("-add_tgt_attr t -driver iscsi -attributes 'IncomingUser joe secret123456'");
	call("-enable_target t -driver iscsi");
}

static void start_lun(void)
{
	call("-open_dev vol -handler vdisk_fileio -attributes "
	     "filename=/dev/drbd0,nv_cache=0,write_through=1");
	call("-set_dev_attr vol -attributes usn=abcd1234 -force -noprompt");
	call("-set_dev_attr vol -attributes 't10_vend_id=LINSTOR iSCSI' -force -noprompt");
	call("-add_lun 1 -driver iscsi -target t -device vol -group allowed -force -noprompt");
	call("-add_lun 1 -driver iscsi -target t -device vol -force -noprompt");
}

static void an_agent_starts_what_is_half_there(void **state)
{
	start_target();
	start_lun();
	start_target();
	start_lun();
	assert_string_equal(fake_read(fake, "targets/iscsi/t/enabled"), "1");
	assert_string_equal(fake_read(fake, "targets/iscsi/t/IncomingUser"), "joe secret123456");
	assert_string_equal(fake_read(fake, "targets/iscsi/t/allowed_portal"), "0.0.0.0");
	assert_false(fake_has(fake, "targets/iscsi/t/IncomingUser1"));
	assert_string_equal(fake_read(fake, "devices/vol/t10_vend_id"), "LINSTOR iSCSI");
	assert_true(fake_has(fake, "targets/iscsi/t/luns/1"));
	assert_true(fake_has(fake, "targets/iscsi/t/ini_groups/allowed/luns/1"));
}

/* Base64, say. */
static void an_agent_has_a_secret_with_a_sign_in_it(void **state)
{
	call("-add_target t -driver iscsi");
	works("-add_tgt_attr t -driver iscsi -attributes 'IncomingUser joe c2VjcmV0MTIzNA=='");
	wrote("targets/iscsi/mgmt <- add_target_attribute t IncomingUser joe c2VjcmV0MTIzNA==");
	works("-rem_tgt_attr t -driver iscsi -attributes 'IncomingUser=joe c2VjcmV0MTIzNA==' "
	      "-noprompt");
	assert_false(fake_has(fake, "targets/iscsi/t/IncomingUser"));
	works("-set_tgt_attr t -driver iscsi -attributes 'comment= x' -noprompt");
	assert_string_equal(fake_read(fake, "targets/iscsi/t/comment"), " x");
}

/* The LUN of the group goes with the device. */
static void an_agent_stops(void **state)
{
	start_target();
	start_lun();
	works("-rem_lun 1 -driver iscsi -target t -force -noprompt");
	works("-close_dev vol -handler vdisk_fileio -force -noprompt");
	assert_false(fake_has(fake, "targets/iscsi/t/ini_groups/allowed/luns/1"));
	works("-disable_target t -driver iscsi -force -noprompt");
	works("-rem_target t -driver iscsi -force -noprompt");
	assert_false(fake_has(fake, "targets/iscsi/t"));
}

static void scsts_agent_clears_everything(void **state)
{
	start_target();
	start_lun();
	works("-force -noprompt -clear_config");
	assert_false(fake_has(fake, "targets/iscsi/t"));
	assert_false(fake_has(fake, "devices/vol"));
}

/* ---- Cockpit -------------------------------------------------------------------------------- */

static void cockpit_saves_and_applies(void **state)
{
	char file[] = "/tmp/scst.conf.XXXXXX", *words;

	assert_true(mkstemp(file) >= 0);
	start_target();
	start_lun();
	assert_true(asprintf(&words, "-write_config %s", file) > 0);
	works(words);
	free(words);
	assert_true(asprintf(&words, "-check_config %s", file) > 0);
	works(words);
	free(words);
	assert_true(asprintf(&words, "-config %s -force -noprompt", file) > 0);
	works(words);
	free(words);
	assert_non_null(strstr(said, "Done, 0 change(s) made."));
	unlink(file);
}

#define T(test)	cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(cinder_creates_a_volume),
		T(cinder_finds_its_target),
		T(cinder_finds_its_user),
		T(cinder_finds_its_luns),
		T(cinder_removes_a_volume),
		T(an_agent_starts_what_is_half_there),
		T(an_agent_has_a_secret_with_a_sign_in_it),
		T(an_agent_stops),
		T(scsts_agent_clears_everything),
		T(cockpit_saves_and_applies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
