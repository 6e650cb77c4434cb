// SPDX-License-Identifier: GPL-2.0-only
#include "log.h"

#include <stdarg.h>

#define NAME "iscsi-scstd"

static bool to_syslog, with_debug;

void log_open(bool foreground, bool debug)
{
	with_debug = debug;
	to_syslog = !foreground;
	if (to_syslog)
		openlog(NAME, LOG_PID, LOG_DAEMON);
}

void log_write(int priority, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (priority == LOG_DEBUG && !with_debug)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (to_syslog)
		syslog(priority, "%s", text);
	else if (getenv("JOURNAL_STREAM"))
		fprintf(stderr, "<%d>%s\n", priority, text);
	else
		fprintf(stderr, NAME ": %s\n", text);
}
