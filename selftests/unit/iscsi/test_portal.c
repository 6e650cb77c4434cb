// SPDX-License-Identifier: GPL-2.0-only
/* Portals: written, read, allowed, hidden. */
#include "unit.h"

#include "fake_env.h"
#include "portal.h"

static const struct portal v4 = { "192.0.2.1", 3260 }, v6 = { "2001:db8::1", 3261 };
static struct fake fake;

static int begin(void **state)
{
	fake_init(&fake);
	return 0;
}

static void format_puts_ipv6_into_brackets(void **state)
{
	char text[PORTAL_TEXT_MAX];

	portal_format(&v4, text);
	assert_string_equal(text, "192.0.2.1:3260");
	portal_format(&v6, text);
	assert_string_equal(text, "[2001:db8::1]:3261");
}

static void parse_takes_addresses_with_port_or_without(void **state)
{
	static const struct {
		const char *text, *addr;
		uint16_t port;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1", 3260 },
		{ "192.0.2.1:1", "192.0.2.1", 1 },
		{ "2001:db8::1", "2001:db8::1", 3260 },
		{ "[2001:db8::1]", "2001:db8::1", 3260 },
		{ "[::]:65535", "::", 65535 },
		{ "2001:DB8:0:0::1", "2001:db8::1", 3260 },
		{ "[2001:0db8::0001]:1", "2001:db8::1", 1 },
	};
	struct portal portal;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(portal_parse(rows[i].text, 3260, &portal), 0);
		assert_string_equal(portal.addr, rows[i].addr);
		assert_int_equal(portal.port, rows[i].port);
	}
}

static void parse_refuses_anything_else(void **state)
{
	static const char *const bad[] = {
		"", "host", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:0x1",
		"192.0.2.256", "[::1",
		"[::1]x", "[192.0.2.1]", "::1:3260x", "192.0.2.1 ", "[]:1",
		"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc",
	};
	struct portal portal;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (portal_parse(bad[i], 3260, &portal) != -EINVAL)
			fail_msg("%s is taken", bad[i]);
}

/* Return: 1 allowed, 0 not. */
static int is_allowed(const char *patterns, const struct portal *portal)
{
	uint64_t allowed;
	char text[256];

	fake.nr_attrs = 0;
	strcpy(text, patterns);
	for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
		fake_add_attr(&fake, 1, SCST_ISCSI_ALLOWED_PORTAL, word);
	assert_int_equal(portal_allowed(&fake.env, 1, portal, 1, &allowed), 0);
	return allowed;
}

static void assert_allowed(const char *patterns, const struct portal *portal, int expected)
{
	if (is_allowed(patterns, portal) != expected)
		fail_msg("%s at %s", patterns, portal->addr);
}

static void patterns_allow_and_exclude(void **state)
{
	assert_allowed("", &v4, 1);
	assert_allowed("192.0.2.1", &v4, 1);
	assert_allowed("192.0.2.*", &v4, 1);
	assert_allowed("192.0.2.?", &v4, 1);
	assert_allowed("192.0.3.*", &v4, 0);
	assert_allowed("192.0.3.* 192.0.2.1", &v4, 1);
	assert_allowed("!192.0.2.*", &v4, 0);
	assert_allowed("!192.0.3.*", &v4, 1);
	assert_allowed("!192.0.3.* !192.0.2.1", &v4, 0);
	assert_allowed("192.* !192.0.2.1", &v4, 0);
	assert_allowed("192.* !192.0.2.1", &v6, 0);
	assert_allowed("2001:db8::*", &v6, 1);
	assert_allowed("[2001:db8::1]", &v6, 1);
	assert_allowed("[abc]*", &v6, 0);
}

static void the_unspecified_address_is_any_of_its_family(void **state)
{
	static const struct portal any4 = { "0.0.0.0", 3260 }, any6 = { "::", 3260 };

	assert_allowed("0.0.0.0", &v4, 1);
	assert_allowed("0.0.0.0", &v6, 0);
	assert_allowed("::", &v6, 1);
	assert_allowed("[0:0:0:0:0:0:0:0]", &v6, 1);
	assert_allowed("::", &v4, 0);
	assert_allowed("0.0.0.0 ::", &v6, 1);
	assert_allowed("!0.0.0.0", &v4, 0);
	assert_allowed("!0.0.0.0", &v6, 1);
	assert_allowed("0.0.0.0 !192.0.2.1", &v4, 0);
	assert_allowed("0.0.0.0", &any4, 1);
	assert_allowed("::", &any6, 1);
	assert_allowed("0.0.0.1", &v4, 0);
	assert_allowed("0.0.0.?", &v4, 0);
}

static void exclusion_holds_however_it_is_written(void **state)
{
	static const char *const all[] = {
		"!2001:DB8::1", "!2001:db8:0:0:0:0:0:1", "!2001:0db8::0001", "![2001:DB8::1]",
		"!2001:DB8::*", "![2001:db8::*]", "!2001:db8:0:*", "!*:1", "!????:db8:*",
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		assert_allowed(all[i], &v6, 0);
		assert_allowed(all[i], &v4, 1);
	}
}

/* Older kernels took them; what was to be kept away stays away, and everything else, too. */
static void exclusion_that_cannot_fit_forbids_all(void **state)
{
	static const char *const bad[] = {
		"!192.168.[12].*", "!192.0.2.256", "!fe80:0::0:*", "!2001:0db8:*", "!host*",
		"!0.0.0.0/0",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_allowed(bad[i], &v4, 0);
		assert_allowed(bad[i] + 1, &v4, 0);
	}
}

static void several_portals_are_asked_about_at_once(void **state)
{
	const struct portal portal[] = { v4, v6, { "192.0.2.2", 3260 } };
	uint64_t allowed;

	fake_add_attr(&fake, 1, SCST_ISCSI_ALLOWED_PORTAL, "192.0.2.*");
	fake_add_attr(&fake, 1, SCST_ISCSI_ALLOWED_PORTAL, "!192.0.2.2");
	assert_int_equal(portal_allowed(&fake.env, 1, portal, 3, &allowed), 0);
	assert_int_equal(allowed, 1);
	fake.nr_attrs = 0;
	assert_int_equal(portal_allowed(&fake.env, 1, portal, 3, &allowed), 0);
	assert_int_equal(allowed, 7);
}

static void errors_are_no_permission(void **state)
{
	uint64_t allowed;

	fake.err = -EIO;
	assert_int_equal(portal_allowed(&fake.env, 1, &v4, 1, &allowed), -EIO);
}

static void list_holds_whole_addresses(void **state)
{
	assert_true(portal_is_listed("10.0.0.1 192.0.2.1", &v4));
	assert_true(portal_is_listed("2001:db8::1", &v6));
	assert_true(portal_is_listed("10.0.0.1\t2001:DB8:0::1", &v6));
	assert_true(portal_is_listed("[2001:db8::1]", &v6));
	assert_true(portal_is_listed("[2001:db8::1]:3261", &v6));
	assert_false(portal_is_listed("[2001:db8::1]:3260", &v6));
	assert_false(portal_is_listed("192.0.2.10 92.0.2.1", &v4));
	assert_false(portal_is_listed("", &v4));
}

static void masking_may_know_the_portal(void **state)
{
	char name[SCST_ISCSI_TEXT_LEN];

	assert_int_equal(portal_initiator_name(&fake.target[0], &v4, "iqn.x", name), 0);
	assert_string_equal(name, "iqn.x");
	fake.target[0].per_portal_acl = 1;
	assert_int_equal(portal_initiator_name(&fake.target[0], &v6, "iqn.x", name), 0);
	assert_string_equal(name, "iqn.x#2001:db8::1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(format_puts_ipv6_into_brackets),
		cmocka_unit_test(parse_takes_addresses_with_port_or_without),
		cmocka_unit_test(parse_refuses_anything_else),
		cmocka_unit_test_setup(patterns_allow_and_exclude, begin),
		cmocka_unit_test_setup(the_unspecified_address_is_any_of_its_family, begin),
		cmocka_unit_test_setup(exclusion_holds_however_it_is_written, begin),
		cmocka_unit_test_setup(exclusion_that_cannot_fit_forbids_all, begin),
		cmocka_unit_test_setup(several_portals_are_asked_about_at_once, begin),
		cmocka_unit_test_setup(errors_are_no_permission, begin),
		cmocka_unit_test(list_holds_whole_addresses),
		cmocka_unit_test_setup(masking_may_know_the_portal, begin),
	};

	return cmocka_run_group_tests_name("portal", tests, NULL, NULL);
}
