// SPDX-License-Identifier: GPL-2.0-only
/* Frames around what is said, and the question before what may hurt. */
#include <stdarg.h>

#include "admin.h"

void admin_say(struct admin *admin, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(admin->out, fmt, ap);
	va_end(ap);
	fflush(admin->out);
}

static void frame(struct admin *admin, const char *kind, const char *fmt, va_list ap)
{
	fprintf(admin->out, "\n\n%s: Received the following error:\n\n\t", kind);
	vfprintf(admin->out, fmt, ap);
	fprintf(admin->out, "\n\n");
	fflush(admin->out);
}

static int end_with(struct admin *admin, const char *fmt, va_list ap)
{
	frame(admin, "FATAL", fmt, ap);
	return -ECANCELED;
}

int admin_fatal(struct admin *admin, const char *fmt, ...)
{
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = end_with(admin, fmt, ap);
	va_end(ap);
	return ret;
}

int admin_fatal_unless_told(struct admin *admin, const char *fmt, ...)
{
	va_list ap;
	int ret = 0;

	va_start(ap, fmt);
	if (!admin_has(admin, OPT_CONT_ON_ERR)) {
		ret = end_with(admin, fmt, ap);
	} else {
		vfprintf(admin->out, fmt, ap);
		fputc('\n', admin->out);
	}
	va_end(ap);
	return ret;
}

void admin_warn(struct admin *admin, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	frame(admin, "WARNING", fmt, ap);
	va_end(ap);
}

void admin_warn_code(struct admin *admin, enum admin_code code)
{
	const char *text = admin_code_text(code);

	if (text)
		admin_warn(admin, "%s", text);
}

/* An answer that does not come is a no. */
bool admin_prompt(struct admin *admin)
{
	_cleanup_free_ char *answer = NULL;
	size_t size = 0;
	ssize_t len;

	if (admin_has(admin, OPT_NOPROMPT))
		return true;
	admin_say(admin, "Performing this action may result in lost or corrupt data, "
		  "are you sure you wish to continue (y/[n]) ? ");
	len = getline(&answer, &size, admin->in);
	if (len > 0 && answer[len - 1] == '\n')
		answer[len - 1] = '\0';
	if (len > 0 && (!strcasecmp(answer, "y") || !strcasecmp(answer, "yes")))
		return true;
	admin_say(admin, "Aborting action.\n");
	return false;
}

void admin_dashes(struct admin *admin, size_t nr)
{
	while (nr--)
		fputc('-', admin->out);
}
