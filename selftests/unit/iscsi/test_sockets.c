// SPDX-License-Identifier: GPL-2.0-only
/* Addresses, and what the kernel keeps of a stranger's connection. */
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

static int fd[2];

static int connect_them(void **state)
{
	union sockets_addr addr = { .v4 = { .sin_family = AF_INET,
					    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) } };
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t len = sizeof(addr.v4);

	assert_int_equal(bind(listener, &addr.any, len), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, &addr.any, &len), 0);
	fd[0] = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(fd[0], &addr.any, len), 0);
	fd[1] = accept(listener, NULL, NULL);
	assert_true(fd[1] >= 0);
	close(listener);
	return 0;
}

static int close_them(void **state)
{
	close(fd[0]);
	close(fd[1]);
	return 0;
}

static int option(int name)
{
	socklen_t len = sizeof(int);
	int value;

	assert_int_equal(getsockopt(fd[1], SOL_SOCKET, name, &value, &len), 0);
	return value;
}

static void stranger_has_small_buffers(void **state)
{
	struct sockets_buffers was;

	sockets_confine(fd[1], &was);
	assert_int_equal(option(SO_RCVBUF), 16384);
	assert_int_equal(option(SO_SNDBUF), 16384);
}

static void they_grow_by_themselves_afterwards(void **state)
{
	const int receive = option(SO_RCVBUF), locked = option(SO_BUF_LOCK);
	struct sockets_buffers was;

	sockets_confine(fd[1], &was);
	assert_int_not_equal(option(SO_BUF_LOCK), locked);
	sockets_set_free(fd[1], &was);
	assert_int_equal(option(SO_RCVBUF), receive);
	assert_true(option(SO_SNDBUF) > 16384);
	assert_int_equal(option(SO_BUF_LOCK), locked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_are_told_apart),
		cmocka_unit_test_setup_teardown(stranger_has_small_buffers, connect_them,
						close_them),
		cmocka_unit_test_setup_teardown(they_grow_by_themselves_afterwards, connect_them,
						close_them),
	};

	return cmocka_run_group_tests_name("sockets", tests, NULL, NULL);
}
