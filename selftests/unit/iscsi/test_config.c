// SPDX-License-Identifier: GPL-2.0-only
/* /etc/iscsi-scstd.conf: what it may say, and what it is told when it says anything else. */
#include "unit.h"

#include "config.h"

static struct config config;

static void assert_takes(const char *text)
{
	struct scst_error err = {};

	if (config_parse(text, "conf", &config, &err))
		fail_msg("%s: %s", text, err.text);
}

static void assert_refuses(const char *text, const char *why)
{
	struct config before = config;
	struct scst_error err = {};

	assert_int_equal(config_parse(text, "conf", &config, &err), -EINVAL);
	assert_says(err, why);
	assert_memory_equal(&before, &config, sizeof(config));
}

static void nothing_is_the_default(void **state)
{
	struct scst_error err = {};

	assert_takes("");
	assert_memory_equal(&config, &config_default, sizeof(config));
	assert_takes("# only\n\n   \t# comments\n;;\n");
	assert_memory_equal(&config, &config_default, sizeof(config));
	assert_int_equal(config_read("/nonexistent", false, &config, &err), 0);
	assert_memory_equal(&config, &config_default, sizeof(config));
	assert_int_equal(config_read("/nonexistent", true, &config, &err), -ENOENT);
	assert_says(err, "/nonexistent");
}

static void settings_are_read(void **state)
{
	assert_takes("LoginTimeout 5 # seconds\nmaxlogins\t7; MaxLoginsPerAddress 3\r\n"
		     "MaxDiscoverySessions 4\n"
		     "CHAPAlgorithms sha256,SHA3-256");
	assert_int_equal(config.login_timeout, 5);
	assert_int_equal(config.max_logins, 7);
	assert_int_equal(config.max_logins_per_address, 3);
	assert_int_equal(config.max_discovery_sessions, 4);
	assert_int_equal(config.algorithms.nr, 2);
	assert_int_equal(config.algorithms.id[0], HASH_SHA256);
	assert_int_equal(config.algorithms.id[1], HASH_SHA3_256);
}

static void mistakes_are_named_with_their_line(void **state)
{
	assert_refuses("LoginTimeout 5\nLoginTimeout 0", "conf:2: LoginTimeout: \"0\"");
	assert_refuses("LoginTimeout", "conf:1: LoginTimeout: one value");
	assert_refuses("LoginTimeout 5 6", "one value");
	assert_refuses("MaxLogins 1e3", "no number from 1 to 65535");
	assert_refuses("CHAPAlgorithms MD4", "no list of");
	assert_refuses("\n\nColour red", "conf:3: Colour: no such setting");
}

static void what_belongs_into_sysfs_is_said(void **state)
{
	assert_refuses("Target iqn.2026-01.org.example:a", "Target is set in sysfs");
	assert_refuses("incominguser joe", "IncomingUser is set in sysfs");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_the_default),
		cmocka_unit_test(settings_are_read),
		cmocka_unit_test(mistakes_are_named_with_their_line),
		cmocka_unit_test(what_belongs_into_sysfs_is_said),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
