// SPDX-License-Identifier: GPL-2.0-only
/* Addresses. */
#include "unit.h"

#include <arpa/inet.h>

#include "sockets.h"

static void hosts_are_told_apart(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.1", "192.0.2.2", false },
		{ "2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true },
		{ "2001:db8:0:1::1", "2001:db8:0:2::1", false },
		{ "0.0.0.0", "::", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		union sockets_addr a, b;
		struct portal portal = {};

		strcpy(portal.addr, rows[i].a);
		sockets_from_portal(&portal, &a);
		strcpy(portal.addr, rows[i].b);
		sockets_from_portal(&portal, &b);
		assert_int_equal(sockets_is_same_host(&a, &b), rows[i].same);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_are_told_apart),
	};

	return cmocka_run_group_tests_name("sockets", tests, NULL, NULL);
}
