// SPDX-License-Identifier: GPL-2.0-only
/* What a reload unloads, and when it unloads nothing. */
#include "unit.h"

#include "scst-bpfd/apply.h"
#include "fake_policies.h"

static const struct scst_paths paths = { .sysfs = "/nonexistent", .pins = "/nonexistent" };
static struct scst_names faults;

static int end(void **state)
{
	scst_names_clear(&fake_in_force);
	scst_names_clear(&faults);
	fake_broken = NULL;
	return 0;
}

static int reload(const char *text)
{
	_cleanup_(bpfd_config_freep) struct bpfd_config *config = NULL;
	struct scst_error err = {};

	assert_int_equal(bpfd_config_parse(text, "f", &config, &err), 0);
	assert_int_equal(config->faults.nr, 0);
	return bpfd_apply_reload(&paths, config, &faults);
}

static void in_force(const char *names)
{
	char text[256] = "";

	for (size_t i = 0; i < fake_in_force.nr; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s ",
			 fake_in_force.list[i]);
	assert_string_equal(text, names);
}

static void what_is_no_longer_named_goes(void **state)
{
	assert_int_equal(reload("{\"policies\":[{\"object\":\"old\"},{\"object\":\"other\"}]}"), 0);
	in_force("old other ");
	assert_int_equal(reload("{\"policies\":[{\"object\":\"new\"},{\"object\":\"other\"}]}"), 0);
	in_force("other new ");
}

/* The old one keeps people out; without it, and without the new one, everybody would be let in. */
static void nothing_goes_while_what_takes_its_place_is_not_in_force(void **state)
{
	assert_int_equal(reload("{\"policies\":[{\"object\":\"old\"}]}"), 0);
	fake_broken = "new";
	assert_int_equal(reload("{\"policies\":[{\"object\":\"new\"}]}"), -EIO);
	in_force("old ");
	assert_int_equal(faults.nr, 2);
	assert_string_equal(faults.list[0], "policy new: broken");
	assert_non_null(strstr(faults.list[1], "policy old is not configured, and stays"));
}

static void nothing_goes_while_one_of_the_others_could_not_be_updated(void **state)
{
	assert_int_equal(reload("{\"policies\":[{\"object\":\"old\"},{\"object\":\"other\"}]}"), 0);
	fake_broken = "other";
	assert_int_equal(reload("{\"policies\":[{\"object\":\"other\"}]}"), -EIO);
	in_force("old other ");
}

/* The kernel is not there, so the list is not written: it may be the old one that is required. */
static void nothing_goes_if_what_is_required_could_not_be_said(void **state)
{
	assert_int_equal(reload("{\"policies\":[{\"object\":\"old\"}]}"), 0);
	assert_int_equal(reload("{\"required_policies\":[\"new\"],"
				"\"policies\":[{\"object\":\"new\"}]}"), -EOPNOTSUPP);
	in_force("old new ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(what_is_no_longer_named_goes, end),
		cmocka_unit_test_teardown(nothing_goes_while_what_takes_its_place_is_not_in_force,
					  end),
		cmocka_unit_test_teardown(nothing_goes_while_one_of_the_others_could_not_be_updated,
					  end),
		cmocka_unit_test_teardown(nothing_goes_if_what_is_required_could_not_be_said, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
