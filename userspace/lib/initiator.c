// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's glob_match(): not fnmatch(3), for which brackets are more than characters. */
#include "initiator.h"

#include <ctype.h>

static bool is_same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* No recursion: the last '*' takes more. */
static bool glob_match(const char *pattern, const char *name)
{
	const char *star = NULL, *retry = NULL;

	while (*name) {
		if (*pattern == '*') {
			star = pattern++;
			retry = name;
		} else if (*pattern == '?' || is_same(*pattern, *name)) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star + 1;
			name = ++retry;
		} else {
			return false;
		}
	}
	return !pattern[strspn(pattern, "*")];
}

bool scst_initiator_matches(const char *pattern, const char *name)
{
	if (*pattern == '!')
		return !scst_initiator_matches(pattern + 1, name);
	return glob_match(pattern, name);
}
