// SPDX-License-Identifier: GPL-2.0-only
/* Reading a tree like SCST's, made of plain files. */
#include "unit.h"

#include <sys/stat.h>

#include "tree.h"
#include "tree_json.h"

static char top[] = "/tmp/scst-tree-XXXXXX";

static void run(const char *command)
{
	char line[2048];

	snprintf(line, sizeof(line), "cd %s && %s", top, command);
	assert_int_equal(system(line), 0);
}

static int make_tree(void **state)
{
	assert_non_null(mkdtemp(top));
	run("mkdir -p handlers/h devices/d0/exported devices/d10/exported devices/d2/exported");
	run("cd devices/d0; echo 64 >size_mb; printf '00012\\n[key]\\n' >usn; echo x >mgmt");
	run("echo secret >devices/d0/resync; chmod 200 devices/d0/resync");
	run("ln -s ../../handlers/h devices/d0/handler");
	run("mkdir -p targets/drv/t/luns/0 targets/drv/t/sessions/s");
	run("mkdir -p targets/drv/t/ini_groups/g/initiators");
	run("mkdir -p targets/drv/t/ini_groups/g/luns; echo usage >targets/drv/t/luns/mgmt");
	run("ln -s ../../../../../devices/d0 targets/drv/t/luns/0/device");
	run("ln -s ../../../targets/drv/t/luns/0 devices/d0/exported/export0");
	run("ln -s /nowhere devices/d0/dangling");
	run("echo 'iqn.*' >'targets/drv/t/ini_groups/g/initiators/iqn.*'");
	run("echo usage >targets/drv/t/ini_groups/g/initiators/mgmt");
	return 0;
}

static int remove_tree(void **state)
{
	run("rm -rf \"$PWD\"");
	return 0;
}

static struct scst_node *read_top(void)
{
	struct scst_node *root = NULL;
	struct scst_error err = {};

	assert_int_equal(scst_tree_read(top, &root, &err), 0);
	return root;
}

static void devices_come_in_the_order_of_their_numbers(void **state)
{
	_cleanup_(scst_tree_freep) struct scst_node *root = read_top();
	const struct scst_node *dev = scst_node_first(root, SCST_NODE_DEVICE);

	assert_string_equal(dev->name, "d0");
	dev = scst_node_next(root, dev);
	assert_string_equal(dev->name, "d2");
	dev = scst_node_next(root, dev);
	assert_string_equal(dev->name, "d10");
	assert_null(scst_node_next(root, dev));
}

static void attributes_lose_the_key_mark(void **state)
{
	_cleanup_(scst_tree_freep) struct scst_node *root = read_top();
	const struct scst_node *dev = scst_node_first(root, SCST_NODE_DEVICE);

	assert_string_equal(scst_node_attr(dev, "size_mb"), "64");
	assert_string_equal(scst_node_attr(dev, "usn"), "00012");
	assert_true(dev->attrs[dev->nr_attrs - 1].key);
}

static void mgmt_and_write_only_files_are_no_attributes(void **state)
{
	_cleanup_(scst_tree_freep) struct scst_node *root = read_top();
	const struct scst_node *dev = scst_node_first(root, SCST_NODE_DEVICE);

	assert_int_equal(dev->nr_attrs, 2);
	assert_null(scst_node_attr(dev, "mgmt"));
	assert_null(scst_node_attr(dev, "resync"));
}

static void links_are_paths_below_the_root(void **state)
{
	_cleanup_(scst_tree_freep) struct scst_node *root = read_top();
	const struct scst_node *dev = scst_node_first(root, SCST_NODE_DEVICE);

	assert_string_equal(scst_node_link(dev, "handler"), "h");
	assert_string_equal(scst_node_link(dev, "dangling"), "nowhere");
	assert_string_equal(scst_node_first(dev, SCST_NODE_EXPORT)->link, "targets/drv/t/luns/0");
}

static void target_has_luns_groups_and_sessions(void **state)
{
	_cleanup_(scst_tree_freep) struct scst_node *root = read_top();
	const struct scst_node *target, *group;

	target = scst_node_first(scst_node_first(root, SCST_NODE_DRIVER), SCST_NODE_TARGET);
	assert_string_equal(target->name, "t");
	assert_string_equal(scst_node_link(scst_node_first(target, SCST_NODE_LUN), "device"), "d0");
	assert_string_equal(scst_node_first(target, SCST_NODE_SESSION)->name, "s");
	group = scst_node_first(target, SCST_NODE_GROUP);
	assert_string_equal(scst_node_first(group, SCST_NODE_INITIATOR)->name, "iqn.*");
	assert_null(scst_node_next(group, scst_node_first(group, SCST_NODE_INITIATOR)));
}

static void json_keeps_values_as_strings(void **state)
{
	_cleanup_(scst_tree_freep) struct scst_node *root = read_top();
	struct json_object *obj = scst_tree_json(root);
	const char *text = json_object_to_json_string_ext(obj, JSON_C_TO_STRING_PLAIN);

	assert_non_null(strstr(text, "\"usn\":\"00012\""));
	assert_non_null(strstr(text, "\"policies\":[]"));
	json_object_put(obj);
}

static void no_tree_says_what_to_do(void **state)
{
	struct scst_node *root = NULL;
	struct scst_error err = {};

	assert_int_equal(scst_tree_read("/nowhere/scst_tgt", &root, &err), -EOPNOTSUPP);
	assert_says(err, "modprobe scst");
	assert_null(root);
}

/* A scrape wants counters of sessions, and not the state of every device and LUN there is. */
static void a_part_has_what_is_asked_for_and_the_way_there(void **state)
{
	static const char *const attrs[] = { "reads", NULL };
	static const struct scst_tree_part part = { 1 << SCST_NODE_SESSION, attrs };
	_cleanup_(scst_tree_freep) struct scst_node *root = NULL;
	const struct scst_node *target, *session;
	struct scst_error err = {};

	run("echo 7 >targets/drv/t/sessions/s/reads; echo 8 >targets/drv/t/sessions/s/writes");
	run("echo 9 >targets/drv/t/reads");
	assert_int_equal(scst_tree_read_part(top, &part, &root, &err), 0);
	run("rm targets/drv/t/sessions/s/* targets/drv/t/reads");
	assert_int_equal(root->nr_children, 1);
	target = scst_node_first(scst_node_first(root, SCST_NODE_DRIVER), SCST_NODE_TARGET);
	assert_string_equal(target->name, "t");
	assert_int_equal(target->nr_attrs, 0);
	assert_int_equal(target->nr_children, 1);
	session = scst_node_first(target, SCST_NODE_SESSION);
	assert_int_equal(session->nr_attrs, 1);
	assert_string_equal(scst_node_attr(session, "reads"), "7");
}

static void names_and_values_are_fit_to_be_printed(void **state)
{
	_cleanup_(scst_tree_freep) struct scst_node *root = NULL;
	struct json_object *json, *parsed;
	const struct scst_node *node;
	const char *text;

	run("mkdir \"devices/$(printf 'd\\344')\" &&"
	    " printf 'a\\033[2Jb\\nsecond \\377' >\"devices/$(printf 'd\\344')/t\"");
	root = read_top();
	run("rm -r \"devices/$(printf 'd\\344')\"");
	scst_node_for_each(node, root, SCST_NODE_DEVICE)
		if (strchr(node->name, '?'))
			break;
	assert_non_null(node);
	assert_string_equal(node->name, "d?");
	assert_string_equal(scst_node_attr(node, "t"), "a?[2Jb\nsecond ?");
	json = scst_tree_json(root);
	text = json_object_to_json_string(json);
	parsed = json_tokener_parse(text);
	assert_non_null(parsed);
	for (; *text; text++)
		assert_true((unsigned char)*text < 0x80);
	json_object_put(parsed);
	json_object_put(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(devices_come_in_the_order_of_their_numbers),
		cmocka_unit_test(attributes_lose_the_key_mark),
		cmocka_unit_test(mgmt_and_write_only_files_are_no_attributes),
		cmocka_unit_test(links_are_paths_below_the_root),
		cmocka_unit_test(target_has_luns_groups_and_sessions),
		cmocka_unit_test(json_keeps_values_as_strings),
		cmocka_unit_test(no_tree_says_what_to_do),
		cmocka_unit_test(a_part_has_what_is_asked_for_and_the_way_there),
		cmocka_unit_test(names_and_values_are_fit_to_be_printed),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
