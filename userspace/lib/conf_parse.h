/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The grammar of scst.conf, as SCST's scstadmin reads it: lines, braces, and statements of up to
 * three words. What that program would lose without a word is lost here as well, since a file means
 * the same to both, but each loss is a line in @faults: "FILE:LINE: what".
 */
#ifndef SCST_LIB_CONF_PARSE_H
#define SCST_LIB_CONF_PARSE_H

#include "conf.h"
#include "error.h"

/*
 * Return: 0; -EINVAL: the grammar of SCST 1.x, which had other sections; -ENOMEM. A text without a
 * statement gives an empty root.
 */
int scst_conf_parse(const char *text, const char *file, struct scst_conf **conf,
		    struct scst_names *faults, struct scst_error *err);

/* Is @value read back as it is, once it has been written as scst_conf_quote() does? */
bool scst_conf_reads_back(const char *value);

#define SCST_CONF_QUOTED(len)	(2 * (len) + 3)	/* so much at most, with the NUL */

/*
 * A value as it is written: blanks between quotes, a backslash before '\' and '#'. Return: how long
 * it is now in @out.
 */
size_t scst_conf_quote(const char *value, char *out);

#endif
