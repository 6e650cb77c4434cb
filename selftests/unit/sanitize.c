// SPDX-License-Identifier: GPL-2.0-only
/*
 * What every program has that is built with SANITIZE=1: what ASan and UBSan find goes to the
 * kernel's log, too, where the check looks for reports. A daemon's standard error may be nowhere,
 * and one that has given up its rights can open no file any more; so this one is open from the
 * beginning.
 */
#include <errno.h>
#include <fcntl.h>
#include <sanitizer/asan_interface.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define OUT_OF_THE_WAY	200	/* of descriptors that a test or systemd passes on */
#define LINE		512	/* the kernel takes a little more */

static int kernel_log = -1;

/* What the libraries call, or would like to know. */
const char *__asan_default_options(void);
void __ubsan_on_report(void);
void __ubsan_get_current_report_data(const char **kind, const char **message, const char **file,
				     unsigned int *line, unsigned int *column, char **address);

static void say(const char *text, size_t len)
{
	char line[LINE];
	int n = snprintf(line, sizeof(line), "%s: %.*s\n", program_invocation_short_name, (int)len,
			 text);

	if (n > 0 && write(kernel_log, line, strlen(line)) < 0)
		kernel_log = -1;
}

static void report(const char *text)
{
	for (; *text; text += *text == '\n') {
		size_t len = strcspn(text, "\n");

		if (len)
			say(text, len);
		text += len;
	}
}

void __ubsan_on_report(void)
{
	const char *kind, *message, *file;
	unsigned int line, column;
	char *address, text[LINE];

	__ubsan_get_current_report_data(&kind, &message, &file, &line, &column, &address);
	snprintf(text, sizeof(text), "%s:%u: runtime error: %s", file, line, message);
	report(text);
}

/*
 * Leaks are for the unit tests: looking for them takes system calls that a sandbox forbids. What is
 * freed is kept from use for a while, but not much of it: tests measure the memory of a daemon.
 */
const char *__asan_default_options(void)
{
	return "detect_leaks=0:quarantine_size_mb=1";
}

static void __attribute__((constructor)) open_log(void)
{
	int log = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

	if (log < 0)
		return;
	kernel_log = fcntl(log, F_DUPFD_CLOEXEC, OUT_OF_THE_WAY);
	close(log);
	__asan_set_error_report_callback(report);
}
