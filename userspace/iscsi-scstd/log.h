/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the administrator should know: to stderr in the foreground, with priorities where systemd
 * puts it into the journal; to syslog as a daemon. Names in it may be anybody's: what is not
 * printable ASCII is written as \xNN.
 */
#ifndef ISCSID_LOG_H
#define ISCSID_LOG_H

#include <syslog.h>

#include "util.h"

/* Makes the socket for it, before the sandbox. */
void log_open_syslog(void);

/* @foreground: to stderr, else to syslog. @debug: LOG_DEBUG too. */
void log_open(bool foreground, bool debug);

/* @priority of syslog(3). */
void log_write(int priority, const char *fmt, ...) _printf_(2, 3);

/* What a stranger causes, who may cause any number of it: not more than somebody could read. */
void log_peer(int priority, const char *fmt, ...) _printf_(2, 3);

#define log_error(...)	log_write(LOG_ERR, __VA_ARGS__)
#define log_warn(...)	log_write(LOG_WARNING, __VA_ARGS__)
#define log_info(...)	log_write(LOG_INFO, __VA_ARGS__)
#define log_debug(...)	log_write(LOG_DEBUG, __VA_ARGS__)

#endif
