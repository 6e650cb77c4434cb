// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which patterns of addresses are refused because they can fit none. Both directions are tried with
 * patterns made by chance: one made of an address is never refused, and one that is refused fits
 * none of many addresses.
 */
#include "unit.h"

#include <arpa/inet.h>

#include "pattern.h"

#define ROUNDS 20000

static void addresses_are_taken_in_any_form(void **state)
{
	static const struct {
		const char *text, *canonical;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1" },
		{ "2001:DB8:0:0:0::1", "2001:db8::1" },
		{ "[::1]", "::1" },
		{ "0:0:0:0:0:0:0:0", "::" },
	};
	struct pattern pattern;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(pattern_parse(rows[i].text, &pattern), 0);
		assert_string_equal(pattern.text, rows[i].canonical);
	}
}

static void wildcards_may_stand_anywhere(void **state)
{
	static const char *const good[] = {
		"*", "**", "1*", "*1", "*.*", "*:*", "192.*", "192.0.2.?", "?.?.?.?", "1?2?3?4",
		"*.255", "fe80:*", "FE80::*", "*::", "*::*", "::*", ":*", "*:",
		"2001:db8:*:1", "*:0:0:1",
		"1:2:3:4:5:6:7:*", "a*", "[fe80::*]", "0.*", "3??.*", "*::1:0:2",
	};
	struct pattern pattern;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		if (pattern_parse(good[i], &pattern))
			fail_msg("%s is refused", good[i]);
}

static void what_can_fit_nothing_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "[]", "192.168.[12].*", "[abc]*", "host*", "192.0.2.1 *", "192.0.2.*\t", "?",
		"256.*", "01.*", "*.00", "1.2.3.4.*", "1.2.3.4.5*", ".*.", "1..*", "*a.1",
		"12345*:", "fe80:::*", "1::2::*", "0db8:*", "2001:0db8:*", "*:0::*", "::0:*",
		"1:2:3:4:5:6:7:8:*", "1:2:3:4:5:6:7::*", "g*", "*/24", "fe80::*%eth0",
		"*:*.*", "\xe9*", "192.0.2.1x", "!*",
		"*1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb*",
	};
	struct pattern pattern;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (pattern_parse(bad[i], &pattern) != -EINVAL)
			fail_msg("%s is taken", bad[i]);
}

static void random_portal(struct portal *portal)
{
	const bool v6 = rand() % 2;
	uint8_t bytes[16];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = rand() % 3 ? 0 : rand() % 2 ? rand() % 4 : rand();
	bytes[0] |= 0x20;	/* no mapped IPv4 address, which is no portal */
	inet_ntop(v6 ? AF_INET6 : AF_INET, bytes, portal->addr, sizeof(portal->addr));
}

/* Some characters become '?', some pieces '*'. */
static void blur(const char *text, char *out)
{
	while (*text) {
		int what = rand() % 8;

		if (what > 1) {
			*out++ = *text++;
			continue;
		}
		*out++ = what ? '*' : '?';
		for (int skip = what ? rand() % 5 : 1; skip && *text; skip--)
			text++;
	}
	*out = '\0';
}

static void pattern_of_an_address_fits_it(void **state)
{
	for (int i = 0; i < ROUNDS; i++) {
		char text[2 * INET6_ADDRSTRLEN];
		struct pattern pattern;
		struct portal portal;

		random_portal(&portal);
		blur(portal.addr, text);
		if (pattern_parse(text, &pattern) || !pattern_fits(&pattern, &portal))
			fail_msg("%s does not fit %s", text, portal.addr);
	}
}

static void refused_pattern_fits_no_address(void **state)
{
	static const char letters[] = "012a.:*?";
	int refused = 0;

	for (int i = 0; i < ROUNDS; i++) {
		struct pattern pattern, unused;
		struct portal portal;
		int len = 1 + rand() % 10;

		for (int j = 0; j < len; j++)
			pattern.text[j] = letters[rand() % 8];
		pattern.text[len] = '\0';
		if (!pattern_parse(pattern.text, &unused))
			continue;
		refused++;
		for (int j = 0; j < 20; j++) {
			random_portal(&portal);
			if (strpbrk(pattern.text, "*?") && pattern_fits(&pattern, &portal))
				fail_msg("%s was refused, fits %s", pattern.text, portal.addr);
		}
	}
	assert_true(refused > ROUNDS / 10 && refused < ROUNDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_taken_in_any_form),
		cmocka_unit_test(wildcards_may_stand_anywhere),
		cmocka_unit_test(what_can_fit_nothing_is_refused),
		cmocka_unit_test(pattern_of_an_address_fits_it),
		cmocka_unit_test(refused_pattern_fits_no_address),
	};

	return cmocka_run_group_tests_name("pattern", tests, NULL, NULL);
}
