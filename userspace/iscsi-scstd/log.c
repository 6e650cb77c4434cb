// SPDX-License-Identifier: GPL-2.0-only
#include "log.h"

#include <stdarg.h>
#include <time.h>

#include "datagram.h"

#define NAME "iscsi-scstd"

static bool to_syslog, with_debug;
static struct datagram syslog_socket = DATAGRAM_NONE;

void log_open_syslog(void)
{
	datagram_open(&syslog_socket, "/dev/log");
}

void log_open(bool foreground, bool debug)
{
	with_debug = debug;
	to_syslog = !foreground;
}

/* As much of @text as fits. */
static void escape(const char *text, char *out, size_t size)
{
	size_t len = 0;

	for (; *text && len + sizeof("\\xff") <= size; text++) {
		unsigned char c = *text;

		len += sprintf(out + len, c >= ' ' && c < 0x7f ? "%c" : "\\x%02x", c);
	}
	out[len] = '\0';
}

/* RFC 3164, as syslog(3) does it. */
static void write_syslog(int priority, const char *text)
{
	const time_t now = time(NULL);
	char line[2200], when[32];
	struct tm tm;

	strftime(when, sizeof(when), "%h %e %T", localtime_r(&now, &tm));
	snprintf(line, sizeof(line), "<%d>%s " NAME "[%d]: %s", LOG_DAEMON | priority, when,
		 getpid(), text);
	datagram_send(&syslog_socket, line);
}

static void write_line(int priority, const char *raw)
{
	char text[2048];

	escape(raw, text, sizeof(text));
	if (to_syslog)
		write_syslog(priority, text);
	else if (getenv("JOURNAL_STREAM"))
		fprintf(stderr, "<%d>%s\n", priority, text);
	else
		fprintf(stderr, NAME ": %s\n", text);
}

static void _printf_(2, 0) write_formatted(int priority, const char *fmt, va_list ap)
{
	char text[1024];

	vsnprintf(text, sizeof(text), fmt, ap);
	write_line(priority, text);
}

void log_write(int priority, const char *fmt, ...)
{
	va_list ap;

	if (priority == LOG_DEBUG && !with_debug)
		return;
	va_start(ap, fmt);
	write_formatted(priority, fmt, ap);
	va_end(ap);
}

#define PEER_LINES	100	/* at once */
#define PEER_RATE	10	/* a second, in the long run */

/* Return: false if there were too many lately. */
static bool may_write(unsigned int *left_out)
{
	static unsigned int lines = PEER_LINES, lost;
	static time_t last;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	lines += now.tv_sec - last < PEER_LINES ? (now.tv_sec - last) * PEER_RATE : PEER_LINES;
	lines = lines < PEER_LINES ? lines : PEER_LINES;
	last = now.tv_sec;
	if (!lines) {
		lost++;
		return false;
	}
	lines--;
	*left_out = lost;
	lost = 0;
	return true;
}

void log_peer(int priority, const char *fmt, ...)
{
	unsigned int left_out;
	va_list ap;

	if (!may_write(&left_out))
		return;
	if (left_out)
		log_warn("%u messages about connections were left out", left_out);
	va_start(ap, fmt);
	write_formatted(priority, fmt, ap);
	va_end(ap);
}
