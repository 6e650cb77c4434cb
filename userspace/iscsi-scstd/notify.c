// SPDX-License-Identifier: GPL-2.0-only
#include "notify.h"

#include <stdarg.h>

#include "datagram.h"

static struct datagram systemd = DATAGRAM_NONE;

void notify_open(void)
{
	const char *path = getenv("NOTIFY_SOCKET");

	if (path)
		datagram_open(&systemd, path);
}

void notify(const char *fmt, ...)
{
	char text[256];
	va_list ap;

	if (systemd.fd < 0)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	datagram_send(&systemd, text);
}

/* WATCHDOG_PID says whom it is about: the variables are inherited. */
uint64_t notify_watchdog_us(void)
{
	const char *us = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	uint64_t value;

	if (pid && (scst_parse_u64(pid, 1, INT32_MAX, &value) || value != (uint64_t)getpid()))
		return 0;
	return us && !scst_parse_u64(us, 1, UINT64_MAX, &value) ? value : 0;
}
