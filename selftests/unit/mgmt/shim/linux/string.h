/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_MGMT_STRING_H
#define _SHIM_MGMT_STRING_H

#include <ctype.h>
#include <string.h>
#include <strings.h>

static inline char *skip_spaces(const char *text)
{
	while (isspace(*text))
		text++;
	return (char *)text;
}

static inline char *strim(char *text)
{
	size_t len = strlen(text);

	while (len && isspace(text[len - 1]))
		text[--len] = '\0';
	return skip_spaces(text);
}

#endif
