/* SPDX-License-Identifier: GPL-2.0-only */
/* JSON in a C string is read more easily with ' for each ". */
#ifndef QUOTES_H
#define QUOTES_H

#include <stdlib.h>
#include <string.h>

static inline char *quoted(const char *text)
{
	char *copy = strdup(text);

	for (char *at = copy; (at = strchr(at, '\'')); )
		*at = '"';
	return copy;
}

#endif
