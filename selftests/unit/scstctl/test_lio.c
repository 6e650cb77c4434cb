// SPDX-License-Identifier: GPL-2.0-only
/*
 * saveconfig.json of targetcli: what comes of it, what is told, and that nothing is open afterwards
 * that was not before.
 */
#include "unit.h"

#include "conf_check.h"
#include "lio.h"
#include "quotes.h"

static struct scst_conf *conf;
static struct scst_names told, faults;
static struct scst_error err;

static int begin(void **state)
{
	err = (struct scst_error){};
	return 0;
}

static int end(void **state)
{
	if (conf)
		scst_conf_free(conf);
	conf = NULL;
	scst_names_clear(&told);
	scst_names_clear(&faults);
	return 0;
}

static int reads(const char *text)
{
	_cleanup_free_ char *json = quoted(text);

	end(NULL);
	return scst_lio_import(json, "f", &conf, &told, &err);
}

static void imports(const char *text)
{
	if (reads(text))
		fail_msg("%s", err.text);
	assert_int_equal(scst_conf_check(conf, "f", &faults), 0);
	if (faults.nr)
		fail_msg("%s", faults.list[0]);
}

static const struct scst_conf *find(const char *kinds, const char *a, const char *b, const char *c)
{
	const struct scst_conf *at = scst_conf_find(conf, *kinds == 'd' ? SCST_CONF_HANDLER :
						    SCST_CONF_DRIVER, a);

	at = scst_conf_find(at, *kinds == 'd' ? SCST_CONF_DEVICE : SCST_CONF_TARGET, b);
	return c ? scst_conf_find(at, SCST_CONF_GROUP, c) : at;
}

static void has(const struct scst_conf *at, const char *key, const char *value)
{
	const char *is = scst_conf_value(at, key);

	if (!value) {
		assert_null(is);
		return;
	}
	assert_non_null(is);
	assert_string_equal(is, value);
}

static bool is_told(const char *line)
{
	return scst_names_has(&told, line);
}

#define UUID	"8a1a4ad8-3d0c-4e8c-9cd2-0c0e1c1f9d11"
#define DISKS	"'storage_objects': [ { 'plugin': 'block', 'name': 'fast', " \
		"'dev': '/dev/vg/fast', " \
		"'wwn': '" UUID "', 'readonly': false, 'write_back': false, 'attributes': { " \
		"'block_size': 512, 'emulate_tpu': 1, 'emulate_model_alias': 1 } }, { 'plugin': " \
		"'fileio', 'name': 'slow', 'dev': '/srv/slow.img', 'size': 1048576, 'wwn': 'x', " \
		"'write_back': false, 'attributes': { 'block_size': 4096 } } ]"
#define LUNS	"'luns': [ { 'index': 0, 'storage_object': '/backstores/block/fast' }, " \
		"{ 'index': 1, 'storage_object': '/backstores/fileio/slow' } ]"
#define ACL	"{ 'node_wwn': 'iqn.a', 'chap_userid': 'joe', 'chap_password': 'secret123456', " \
		"'mapped_luns': [ { 'index': 5, 'tpg_lun': 1, 'write_protect': true } ] }"
#define PORTAL	"'portals': [ { 'ip_address': '0.0.0.0', 'port': 3260, 'iser': false } ]"
#define TARGET(attrs, more) \
	"'targets': [ { 'fabric': 'iscsi', 'wwn': 'iqn.t', 'tpgs': [ { 'tag': 1, 'enable': true, " \
	"'attributes': { " attrs " }, " LUNS ", " more " } ] } ]"

static void disks_keep_their_identity(void **state)
{
	imports("{ " DISKS " }");
	has(find("d", "vdisk_blockio", "fast", NULL), "filename", "/dev/vg/fast");
	has(find("d", "vdisk_blockio", "fast", NULL), "naa_id",
	    "0x60014058a1a4ad83d0c4e8c9cd20c0e1");
	has(find("d", "vdisk_blockio", "fast", NULL), "t10_vend_id", "LIO-ORG");
	has(find("d", "vdisk_blockio", "fast", NULL), "prod_id", "fast");
	has(find("d", "vdisk_blockio", "fast", NULL), "thin_provisioned", "1");
	has(find("d", "vdisk_fileio", "slow", NULL), "blocksize", "4096");
	has(find("d", "vdisk_fileio", "slow", NULL), "write_through", "1");
	assert_int_equal(told.nr, 0);
}

static void an_acl_is_a_group(void **state)
{
	const struct scst_conf *group, *lun;

	imports("{ " DISKS ", " TARGET("'authentication': 1, 'generate_node_acls': 0",
				       "'node_acls': [ " ACL " ], " PORTAL) " }");
	group = find("t", "iscsi", "iqn.t", "iqn.a");
	assert_non_null(group);
	assert_non_null(scst_conf_find(group, SCST_CONF_INITIATOR, "iqn.a"));
	lun = scst_conf_find(group, SCST_CONF_LUN, "5");
	assert_string_equal(scst_conf_device(lun), "slow");
	has(lun, "read_only", "1");
	assert_false(scst_conf_has(find("t", "iscsi", "iqn.t", NULL), SCST_CONF_LUN));
	has(find("t", "iscsi", "iqn.t", NULL), "IncomingUser", "joe secret123456");
	has(find("t", "iscsi", "iqn.t", NULL), "enabled", "1");
	has(scst_conf_find(conf, SCST_CONF_DRIVER, "iscsi"), "enabled", "1");
	assert_int_equal(told.nr, 0);
}

static void demo_mode_is_what_all_others_see(void **state)
{
	const struct scst_conf *target;

	imports("{ " DISKS ", " TARGET("'authentication': 0, 'generate_node_acls': 1",
				       PORTAL) " }");
	target = find("t", "iscsi", "iqn.t", NULL);
	has(scst_conf_find(target, SCST_CONF_LUN, "0"), "read_only", "1");
	imports("{ " DISKS ", " TARGET("'generate_node_acls': 1, 'demo_mode_write_protect': 0",
				       PORTAL) " }");
	target = find("t", "iscsi", "iqn.t", NULL);
	assert_non_null(scst_conf_find(target, SCST_CONF_LUN, "0"));
	has(scst_conf_find(target, SCST_CONF_LUN, "0"), "read_only", NULL);
}

/* Whoever demanded CHAP and cannot have it here is not open to everybody. */
static void without_its_users_a_target_is_not_enabled(void **state)
{
	imports("{ " DISKS ", " TARGET("'authentication': 1, 'generate_node_acls': 1",
				       PORTAL) " }");
	has(find("t", "iscsi", "iqn.t", NULL), "enabled", NULL);
	assert_true(is_told("f: target iqn.t is not enabled: it demands CHAP, and has no user"));
	imports("{ " DISKS ", " TARGET("'authentication': 1", "'node_acls': [ { "
		"'node_wwn': 'iqn.a', 'chap_userid': 'joe', 'chap_password': 'short' } ], "
		PORTAL) " }");
	has(find("t", "iscsi", "iqn.t", NULL), "enabled", NULL);
	assert_true(is_told("f: iqn.t: IncomingUser joe: must be NAME SECRET, with at least 12 "
			    "characters of the secret"));
	has(scst_conf_find(conf, SCST_CONF_DRIVER, "iscsi"), "enabled", NULL);
}

static void users_of_several_are_told(void **state)
{
	imports("{ " DISKS ", " TARGET("'authentication': 1", "'node_acls': [ " ACL ", { "
		"'node_wwn': 'iqn.b', 'chap_userid': 'ann', 'chap_password': 'secret123456' } ], "
		PORTAL) " }");
	has(find("t", "iscsi", "iqn.t", NULL), "enabled", "1");
	assert_true(is_told("f: target iqn.t: each of its users can log in as each of its "
			    "initiators"));
}

#define WITHOUT	"{ 'node_wwn': 'iqn.b', 'mapped_luns': [ ] }"
#define WITH(attrs)	"{ 'node_wwn': 'iqn.a', 'attributes': { " attrs " }, 'chap_userid': " \
			"'joe', 'chap_password': 'secret123456' }"
#define EACH_AS_EACH	"f: target iqn.t: each of its users can log in as each of its initiators"

/* What an ACL says of CHAP counts before what its portal group says. */
static void an_acl_may_demand_chap_itself(void **state)
{
	imports("{ " DISKS ", " TARGET("'authentication': 0", "'node_acls': [ "
		WITH("'authentication': 1") " ], " PORTAL) " }");
	has(find("t", "iscsi", "iqn.t", NULL), "IncomingUser", "joe secret123456");
	has(find("t", "iscsi", "iqn.t", NULL), "enabled", "1");
	assert_int_equal(told.nr, 0);
	imports("{ " DISKS ", " TARGET("'authentication': 1", "'node_acls': [ "
		WITH("'authentication': -1") " ], " PORTAL) " }");
	has(find("t", "iscsi", "iqn.t", NULL), "IncomingUser", "joe secret123456");
	imports("{ " DISKS ", " TARGET("'authentication': 1", "'node_acls': [ "
		WITH("'authentication': 0") " ], " PORTAL) " }");
	has(find("t", "iscsi", "iqn.t", NULL), "IncomingUser", NULL);
	has(find("t", "iscsi", "iqn.t", NULL), "enabled", "1");
	imports("{ " DISKS ", " TARGET("'authentication': 0", "'node_acls': [ { 'node_wwn': "
		"'iqn.a', 'attributes': { 'authentication': 1 } } ], " PORTAL) " }");
	has(find("t", "iscsi", "iqn.t", NULL), "enabled", NULL);
}

/* LIO's default, which a file may leave out. */
static void chap_is_demanded_where_nothing_is_said(void **state)
{
	imports("{ " DISKS ", " TARGET("", "'node_acls': [ " WITHOUT " ], " PORTAL) " }");
	has(find("t", "iscsi", "iqn.t", NULL), "enabled", NULL);
	assert_true(is_told("f: target iqn.t is not enabled: it demands CHAP, and has no user"));
	imports("{ " DISKS ", " TARGET("", PORTAL) " }");
	has(find("t", "iscsi", "iqn.t", NULL), "enabled", NULL);
}

/* Nobody could log in as iqn.b, or somebody could without a user of joe's. */
static void a_user_that_gets_in_as_others_is_told(void **state)
{
	imports("{ " DISKS ", " TARGET("'authentication': 1", "'node_acls': [ " WITH("") ", "
		WITHOUT " ], " PORTAL) " }");
	assert_true(is_told(EACH_AS_EACH));
	imports("{ " DISKS ", " TARGET("'authentication': 0, 'generate_node_acls': 1",
		"'node_acls': [ " WITH("'authentication': 1") " ], " PORTAL) " }");
	has(find("t", "iscsi", "iqn.t", NULL), "IncomingUser", "joe secret123456");
	assert_true(is_told(EACH_AS_EACH));
	assert_true(is_told("f: target iqn.t: CHAP is demanded of all, also of those who logged in "
			    "without"));
}

static void an_initiator_is_no_pattern(void **state)
{
	imports("{ " DISKS ", " TARGET("'authentication': 0", "'node_acls': [ { 'node_wwn': '*' }, "
		"{ 'node_wwn': '!iqn.x' } ], " PORTAL) " }");
	assert_false(scst_conf_has(find("t", "iscsi", "iqn.t", NULL), SCST_CONF_GROUP));
	assert_true(is_told("f: target iqn.t: an ACL is left out: * is no name of an initiator"));
}

static void a_portal_that_cannot_be_said_closes_its_target(void **state)
{
	imports("{ " DISKS ", " TARGET("'authentication': 0", "'portals': [ { 'ip_address': "
		"'fe80::1%eth0' }, { 'ip_address': '10.0.0.1' } ]") " }");
	has(find("t", "iscsi", "iqn.t", NULL), "enabled", NULL);
	assert_true(is_told("f: target iqn.t is not enabled: a portal of it is none that could be "
			    "here"));
}

static void blocks_keep_their_size(void **state)
{
	imports("{ 'storage_objects': [ { 'plugin': 'block', 'name': 'a', 'dev': '/dev/a', "
		"'attributes': { 'block_size': 4096 } }, { 'plugin': 'block', 'name': 'b', "
		"'dev': '/dev/b', 'attributes': { 'block_size': 512 } } ] }");
	has(find("d", "vdisk_blockio", "a", NULL), "blocksize", "4096");
	has(find("d", "vdisk_blockio", "b", NULL), "blocksize", NULL);
}

/* One of LIO ends where it was told to, here where the file does. */
static void a_file_of_another_size_is_told(void **state)
{
	char path[] = "/tmp/scst-lio-XXXXXX", text[256];
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, 8192), 0);
	for (int size = 4096; size <= 8192; size += 4096) {
		snprintf(text, sizeof(text), "{ 'storage_objects': [ { 'plugin': 'fileio', 'name': "
			 "'d', 'dev': '%s', 'size': %d } ] }", path, size);
		imports(text);
		assert_int_equal(told.nr, size == 4096 ? 1 : 0);
	}
	close(fd);
	unlink(path);
}

/* Of 16 bytes of a product the last may be half of a character. */
static void a_product_is_ascii(void **state)
{
	imports("{ 'storage_objects': [ { 'plugin': 'block', 'name': 'fifteen-letters\u00fc', "
		"'dev': '/dev/a' } ] }");
	has(find("d", "vdisk_blockio", "fifteen-letters__", NULL), "prod_id", "fifteen-letters_");
}

static void portals_are_patterns(void **state)
{
	imports("{ " DISKS ", " TARGET("", "'portals': [ { 'ip_address': '[fe80::1]', "
		"'port': 3261 }, "
		"{ 'ip_address': '10.0.0.1', 'port': 3260 } ]") " }");
	assert_true(scst_names_has(&scst_conf_attr(find("t", "iscsi", "iqn.t", NULL),
						   "allowed_portal")->values, "fe80::1"));
	assert_true(is_told("f: target iqn.t: port 3261 is one of iscsi-scstd, for all targets "
			    "(its option -p)"));
	imports("{ " DISKS ", " TARGET("", "'portals': [ ]") " }");
	has(find("t", "iscsi", "iqn.t", NULL), "enabled", NULL);
}

static void what_has_no_counterpart_is_told(void **state)
{
	imports("{ 'storage_objects': [ { 'plugin': 'pscsi', 'name': 'p' }, { 'plugin': 'ramdisk', "
		"'name': 'r' }, { } ], 'targets': [ { 'fabric': 'loopback', 'wwn': 'naa.5' } ] }");
	assert_true(is_told("f: storage object p: there is nothing like pscsi here"));
	assert_true(is_told("f: storage object r: what is in memory does not move"));
	assert_true(is_told("f: a storage object without a name is left out"));
	assert_true(is_told("f: target naa.5 of loopback is left out: only those of iscsi move"));
	imports("{ 'storage_objects': [ ], " TARGET("", PORTAL ", 'node_acls': [ " ACL " ]") " }");
	assert_true(is_told("f: target iqn.t: LUN 5: /backstores/fileio/slow is not there"));
}

static void two_objects_of_one_name_are_two_devices(void **state)
{
	imports("{ 'storage_objects': [ { 'plugin': 'block', 'name': 'd', 'dev': '/dev/a' }, "
		"{ 'plugin': 'fileio', 'name': 'd', 'dev': '/b' } ] }");
	assert_non_null(find("d", "vdisk_blockio", "d", NULL));
	assert_non_null(find("d", "vdisk_fileio", "fileio_d", NULL));
}

static void another_file_is_refused(void **state)
{
	assert_int_equal(reads("{ 'handlers': [ ] }"), -EINVAL);
	assert_says(err, "f: no list \"storage_objects\"");
	err = (struct scst_error){};
	assert_int_equal(reads("{ 'storage_objects': [ }"), -EINVAL);
	assert_says(err, "f:1: no JSON");
}

#define T(test)	cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(disks_keep_their_identity),
		T(an_acl_is_a_group),
		T(demo_mode_is_what_all_others_see),
		T(without_its_users_a_target_is_not_enabled),
		T(users_of_several_are_told),
		T(an_acl_may_demand_chap_itself),
		T(chap_is_demanded_where_nothing_is_said),
		T(a_user_that_gets_in_as_others_is_told),
		T(an_initiator_is_no_pattern),
		T(a_portal_that_cannot_be_said_closes_its_target),
		T(blocks_keep_their_size),
		T(a_file_of_another_size_is_told),
		T(a_product_is_ascii),
		T(portals_are_patterns),
		T(what_has_no_counterpart_is_told),
		T(two_objects_of_one_name_are_two_devices),
		T(another_file_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
