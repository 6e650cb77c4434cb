// SPDX-License-Identifier: GPL-2.0-only
/* Reading the running target, and the lock. */
#include "unit.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "fake_scst.h"
#include "lock.h"
#include "saved.h"

static struct fake *fake;
static struct scst_error err;

static int begin(void **state)
{
	err = (struct scst_error){};
	fake = fake_new();
	fake_do(fake, "handlers/vdisk_fileio/mgmt", "add_device d filename=/srv/a");
	fake_do(fake, "targets/iscsi/mgmt", "add_target t");
	fake_do(fake, "targets/iscsi/t/luns/mgmt", "add d 10");
	fake_do(fake, "targets/iscsi/t/luns/mgmt", "add d 9");
	fake_do(fake, "targets/iscsi/t/ini_groups/mgmt", "create z");
	fake_do(fake, "targets/iscsi/t/ini_groups/mgmt", "create a");
	fake_do(fake, "targets/iscsi/t/ini_groups/z/initiators/mgmt", "add iqn.*");
	fake_do(fake, "targets/iscsi/t/ini_groups/a/luns/mgmt", "add d 0");
	return 0;
}

static int end(void **state)
{
	fake_free(fake);
	return 0;
}

static struct scst_conf *look(unsigned int parts)
{
	struct scst_conf *conf = NULL;

	assert_int_equal(scst_live_read(&fake->live, parts, &conf, &err), 0);
	return conf;
}

static void the_tree_is_what_was_made(void **state)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = look(SCST_LIVE_ALL);
	const struct scst_conf *handler = scst_conf_find(conf, SCST_CONF_HANDLER, "vdisk_fileio");
	const struct scst_conf *driver = scst_conf_find(conf, SCST_CONF_DRIVER, "iscsi");
	const struct scst_conf *target = scst_conf_find(driver, SCST_CONF_TARGET, "t");

	assert_non_null(scst_conf_find(handler, SCST_CONF_DEVICE, "d"));
	assert_int_equal(target->nr_children, 4);
	assert_string_equal(target->children[0]->name, "9");
	assert_string_equal(scst_conf_device(target->children[0]), "d");
	assert_string_equal(target->children[1]->name, "10");
	/* as they were created: the first that matches counts */
	assert_string_equal(target->children[2]->name, "z");
	assert_string_equal(target->children[2]->children[0]->name, "iqn.*");
	assert_string_equal(target->children[3]->name, "a");
}

static void what_is_not_asked_for_is_not_read(void **state)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = look(SCST_LIVE_TARGETS);
	const struct scst_conf *driver = scst_conf_find(conf, SCST_CONF_DRIVER, "iscsi");

	assert_null(scst_conf_find(conf, SCST_CONF_HANDLER, "vdisk_fileio"));
	assert_int_equal(scst_conf_find(driver, SCST_CONF_TARGET, "t")->nr_children, 2);
}

static void a_directory_that_is_not_there_is_named(void **state)
{
	struct scst_conf *conf = NULL;
	struct scst_live nowhere = { .root = "/nonexistent" };

	assert_int_equal(scst_live_read(&nowhere, SCST_LIVE_ALL, &conf, &err), -ENOENT);
	assert_says(err, "'/nonexistent/handlers'");
}

static void attributes_know_key_mode_and_number(void **state)
{
	const struct scst_where at = { .driver = "iscsi", .target = "t" };
	_cleanup_live_attrs_ struct scst_live_attrs attrs = {};
	const struct scst_live_attr *attr;

	fake_do(fake, "targets/iscsi/mgmt", "add_target_attribute t IncomingUser a secret123456");
	fake_do(fake, "targets/iscsi/mgmt", "add_target_attribute t IncomingUser c secret654321");
	fake_do(fake, "targets/iscsi/t/comment", "hello");
	assert_int_equal(scst_live_attrs(&fake->live, SCST_CONF_TARGET, &at, &attrs, &err), 0);
	attr = scst_live_attr(&attrs, "IncomingUser");
	assert_int_equal(attr->nr_values, 2);
	assert_string_equal(attr->values[1].text, "c secret654321");
	assert_true(attr->key);
	assert_true(scst_live_attr_has(attr, "a secret123456"));
	assert_false(scst_live_attr_has(attr, "a"));
	assert_true(scst_live_attr(&attrs, "comment")->key);
	assert_false(scst_live_attr(&attrs, "rel_tgt_id")->key);
	assert_true(scst_live_attr(&attrs, "tid")->is_static);
	assert_null(scst_live_attr(&attrs, "luns"));
}

static void a_device_has_a_type_a_handler_and_what_is_only_written(void **state)
{
	_cleanup_live_attrs_ struct scst_live_attrs attrs = {};

	assert_int_equal(scst_live_attrs(&fake->live, SCST_CONF_DEVICE, &(struct scst_where){
					 .device = "d" }, &attrs, &err), 0);
	assert_string_equal(scst_live_value(&attrs, "type"), "0");
	assert_string_equal(scst_live_value(&attrs, "type_string"), "disk");
	assert_string_equal(scst_live_value(&attrs, "handler"), "vdisk_fileio");
	assert_null(scst_live_value(&attrs, "resync_size"));
	assert_false(scst_live_attr(&attrs, "resync_size")->is_static);
	assert_true(scst_live_attr(&attrs, "read_only")->is_static);
	assert_int_equal(scst_live_attr(&attrs, "size_mb")->nr_values, 1);
}

static void what_is_named_is_all_that_is_read(void **state)
{
	_cleanup_(scst_names_clear) struct scst_names names = {};
	_cleanup_live_attrs_ struct scst_live_attrs attrs = {};
	struct scst_where at = { .device = "d" };

	assert_int_equal(scst_names_add(&names, "size"), 0);
	assert_int_equal(scst_names_add(&names, "filename"), 0);
	assert_int_equal(scst_names_add(&names, "o_direct"), 0);
	assert_int_equal(scst_live_attrs_named(&fake->live, SCST_CONF_DEVICE, &at, &names, &attrs),
			 0);
	assert_int_equal(attrs.nr, 2);
	assert_string_equal(scst_live_value(&attrs, "filename"), "/srv/a");
	at.device = "e";
	assert_int_equal(scst_live_attrs_named(&fake->live, SCST_CONF_DEVICE, &at, &names, &attrs),
			 -ENOENT);
}

static void levels_of_tracing_are_a_list(void **state)
{
	_cleanup_live_attrs_ struct scst_live_attrs attrs = {};
	const struct scst_live_attr *attr;

	assert_int_equal(scst_live_attrs(&fake->live, SCST_CONF_ROOT, &(struct scst_where){},
					 &attrs, &err), 0);
	attr = scst_live_attr(&attrs, "trace_level");
	assert_string_equal(attr->values[0].text, "mgmt | minor");
	assert_int_equal(attr->levels.nr, 6);
	assert_string_equal(attr->levels.list[3], "pid");
}

static void sessions_of_scst_local_are_an_attribute(void **state)
{
	_cleanup_live_attrs_ struct scst_live_attrs attrs = {};
	const struct scst_where at = { .driver = "scst_local", .target = "l" };

	fake_do(fake, "targets/scst_local/mgmt", "add_target l session_name=a;session_name=b");
	assert_int_equal(scst_live_attrs(&fake->live, SCST_CONF_TARGET, &at, &attrs, &err), 0);
	assert_int_equal(scst_live_attr(&attrs, "session_name")->nr_values, 2);
	assert_true(scst_live_attr(&attrs, "session_name")->key);
}

static void saved_is_what_was_set_and_enabled(void **state)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	const struct scst_conf *device, *target, *driver;

	fake_do(fake, "devices/d/usn", "77");
	fake_do(fake, "devices/d/threads_num", "3");
	assert_int_equal(scst_saved_read(&fake->live, false, &conf, &err), 0);
	device = scst_conf_find(scst_conf_find(conf, SCST_CONF_HANDLER, "vdisk_fileio"),
				SCST_CONF_DEVICE, "d");
	assert_int_equal(device->nr_attrs, 3);
	assert_string_equal(scst_conf_value(device, "filename"), "/srv/a");
	assert_string_equal(scst_conf_value(device, "threads_num"), "3");
	driver = scst_conf_find(conf, SCST_CONF_DRIVER, "iscsi");
	assert_string_equal(scst_conf_value(driver, "enabled"), "0");
	target = scst_conf_find(driver, SCST_CONF_TARGET, "t");
	assert_int_equal(target->nr_attrs, 1);
	assert_string_equal(scst_conf_value(target, "enabled"), "0");
}

static void nonkey_saves_what_can_be_set_too(void **state)
{
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	const struct scst_conf *device;

	assert_int_equal(scst_saved_read(&fake->live, true, &conf, &err), 0);
	device = scst_conf_find(scst_conf_find(conf, SCST_CONF_HANDLER, "vdisk_fileio"),
				SCST_CONF_DEVICE, "d");
	assert_true(scst_conf_attr(device, "usn")->nonkey);
	assert_true(scst_conf_attr(device, "read_only")->nonkey);	/* a parameter */
	assert_false(scst_conf_attr(device, "filename")->nonkey);
	assert_null(scst_conf_attr(device, "size_mb"));		/* cannot be set */
	assert_null(scst_conf_attr(device, "type"));
	assert_null(scst_conf_attr(conf, "trace_level"));
}

static void the_lock_keeps_others_out(void **state)
{
	_cleanup_close_ int first = -EBADF;
	char path[128];

	snprintf(path, sizeof(path), "%s/lock", fake->root);
	first = scst_lock(path, 0, &err);
	assert_true(first >= 0);
	assert_int_equal(scst_lock(path, 0, &err), -EBUSY);
	assert_says(err, "another program");
	close(TAKE_FD(first));
	first = scst_lock(path, 0, &err);
	assert_true(first >= 0);
}

static void a_lock_that_is_no_file_is_refused(void **state)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/link", fake->root);
	assert_int_equal(symlink("/nonexistent/x", path), 0);
	assert_true(scst_lock(path, 0, &err) < 0);
	assert_says(err, "cannot lock");
}

static void a_path_does_not_leave_the_tree(void **state)
{
	char dir[PATH_MAX];

	assert_int_equal(scst_where_dir(SCST_CONF_DEVICE, &(struct scst_where){
					.device = ".." }, dir), -EINVAL);
	assert_int_equal(scst_where_dir(SCST_CONF_DEVICE, &(struct scst_where){
					.device = "a/b" }, dir), -EINVAL);
	assert_int_equal(scst_where_dir(SCST_CONF_LUN, &(struct scst_where){
					.driver = "d", .target = "t", .lun = "0" }, dir), 0);
	assert_string_equal(dir, "targets/d/t/luns/0");
}

#define T(test)	cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_tree_is_what_was_made),
		T(what_is_not_asked_for_is_not_read),
		T(a_directory_that_is_not_there_is_named),
		T(attributes_know_key_mode_and_number),
		T(a_device_has_a_type_a_handler_and_what_is_only_written),
		T(what_is_named_is_all_that_is_read),
		T(levels_of_tracing_are_a_list),
		T(sessions_of_scst_local_are_an_attribute),
		T(saved_is_what_was_set_and_enabled),
		T(nonkey_saves_what_can_be_set_too),
		T(the_lock_keeps_others_out),
		T(a_lock_that_is_no_file_is_refused),
		T(a_path_does_not_leave_the_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
