// SPDX-License-Identifier: GPL-2.0-only
/* The tree of a configuration: which child is found, of two of one name and behind changes, too. */
#include "unit.h"

#include "conf.h"

static struct scst_conf *parent;

static int begin(void **state)
{
	parent = scst_conf_new(SCST_CONF_HANDLER, "h");
	return !parent;
}

static int end(void **state)
{
	scst_conf_free(parent);
	return 0;
}

static struct scst_conf *device(const char *name)
{
	return scst_conf_find(parent, SCST_CONF_DEVICE, name);
}

static void the_first_of_two_is_found(void **state)
{
	struct scst_conf *first = scst_conf_add(parent, SCST_CONF_DEVICE, "d");
	struct scst_conf *second = scst_conf_add(parent, SCST_CONF_DEVICE, "d");

	assert_ptr_equal(device("d"), first);
	scst_conf_sort(parent, scst_conf_by_name);
	assert_ptr_equal(device("d"), first);
	scst_conf_drop(parent, first);
	assert_ptr_equal(device("d"), second);
	scst_conf_drop(parent, second);
	assert_null(device("d"));
}

static void dropping_the_second_leaves_the_first(void **state)
{
	struct scst_conf *first = scst_conf_add(parent, SCST_CONF_DEVICE, "d");

	scst_conf_drop(parent, scst_conf_add(parent, SCST_CONF_DEVICE, "d"));
	assert_ptr_equal(device("d"), first);
}

static void kinds_have_names_of_their_own(void **state)
{
	struct scst_conf *group = scst_conf_add(parent, SCST_CONF_GROUP, "0");

	scst_conf_add(parent, SCST_CONF_LUN, "0");
	assert_ptr_equal(scst_conf_find(parent, SCST_CONF_GROUP, "0"), group);
	assert_null(device("0"));
	assert_null(scst_conf_find(NULL, SCST_CONF_GROUP, "0"));
}

static void by_its_new_name_it_is_found(void **state)
{
	struct scst_conf *one = scst_conf_add(parent, SCST_CONF_DEVICE, "/dev/d");

	assert_int_equal(scst_conf_rename(parent, one, "d"), 0);
	assert_ptr_equal(device("d"), one);
	assert_null(device("/dev/d"));
}

static void each_of_many_is_found(void **state)
{
	char name[16];

	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "d%d", 7 * i % 1000);
		assert_non_null(scst_conf_add(parent, SCST_CONF_DEVICE, name));
	}
	for (size_t i = 0; i < parent->nr_children; i += 2)
		scst_conf_drop(parent, parent->children[i / 2]);
	for (int i = 0; i < 1000; i++) {
		struct scst_conf *found;

		snprintf(name, sizeof(name), "d%d", i);
		found = device(name);
		assert_true(!found || streq(found->name, name));
	}
	for (size_t i = 0; i < parent->nr_children; i++)
		assert_ptr_equal(device(parent->children[i]->name), parent->children[i]);
}

#define T(test)	cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_first_of_two_is_found),
		T(dropping_the_second_leaves_the_first),
		T(kinds_have_names_of_their_own),
		T(by_its_new_name_it_is_found),
		T(each_of_many_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
