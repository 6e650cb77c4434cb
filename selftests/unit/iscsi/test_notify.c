// SPDX-License-Identifier: GPL-2.0-only
/* What systemd hears, through the socket that it names. */
#include "unit.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "notify.h"

static void assert_watchdog(const char *us, const char *pid, uint64_t expected)
{
	unsetenv("WATCHDOG_PID");
	setenv("WATCHDOG_USEC", us, 1);
	if (pid)
		setenv("WATCHDOG_PID", pid, 1);
	assert_int_equal(notify_watchdog_us(), expected);
}

static void watchdog_is_for_the_process_it_names(void **state)
{
	char own[16];

	snprintf(own, sizeof(own), "%d", getpid());
	assert_watchdog("30000000", NULL, 30000000);
	assert_watchdog("30000000", own, 30000000);
	assert_watchdog("30000000", "1", 0);
	assert_watchdog("30000000", "x", 0);
	assert_watchdog("0", NULL, 0);
	assert_watchdog("soon", NULL, 0);
	unsetenv("WATCHDOG_USEC");
	assert_int_equal(notify_watchdog_us(), 0);
}

static void systemd_is_told(void **state)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	char text[64] = "", path[64];

	notify("nobody hears");
	snprintf(path, sizeof(path), "@test_notify-%d", getpid());
	strcpy(addr.sun_path + 1, path + 1);
	assert_int_equal(bind(fd, (void *)&addr, offsetof(struct sockaddr_un, sun_path) +
						 strlen(path)), 0);
	setenv("NOTIFY_SOCKET", path, 1);
	notify_open();
	notify("RELOADING=1\nMONOTONIC_USEC=%d", 7);
	assert_true(recv(fd, text, sizeof(text), MSG_DONTWAIT) > 0);
	assert_string_equal(text, "RELOADING=1\nMONOTONIC_USEC=7");
	close(fd);
	notify("READY=1");	/* nobody there any more: no harm */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(watchdog_is_for_the_process_it_names),
		cmocka_unit_test(systemd_is_told),
	};

	return cmocka_run_group_tests_name("notify", tests, NULL, NULL);
}
