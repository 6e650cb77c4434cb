/* SPDX-License-Identifier: GPL-2.0-only */
/* What systemd is told, if it started us: sd_notify(3) with a socket of our own (datagram.h). */
#ifndef ISCSID_NOTIFY_H
#define ISCSID_NOTIFY_H

#include "util.h"

/* Before the sandbox. */
void notify_open(void);

void notify(const char *fmt, ...) _printf_(1, 2);

/* How often, in microseconds, it wants to hear WATCHDOG=1; 0: never. */
uint64_t notify_watchdog_us(void);

#endif
