/* SPDX-License-Identifier: GPL-2.0-only */
/* Text from strangers, for terminals, JSON and labels of metrics. */
#ifndef SCST_LIB_PRINTABLE_H
#define SCST_LIB_PRINTABLE_H

#include "util.h"

/*
 * Every byte that does not belong to a printable character in UTF-8 becomes a '?', and so does what
 * turns the direction of writing round. Characters of @keep stay: "\n", or "".
 */
void scst_make_printable(char *text, const char *keep);

/* The first byte that belongs to no character of UTF-8; NULL: they all do. */
const char *scst_find_no_utf8(const char *text);

/* UTF-8, with \uXXXX for what is not ASCII, as JSON has it. NULL without memory. */
char *scst_escape_utf8(const char *text);

#endif
