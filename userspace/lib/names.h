/* SPDX-License-Identifier: GPL-2.0-only */
/* A list of strings that grows at its end; and a set of strings. */
#ifndef SCST_LIB_NAMES_H
#define SCST_LIB_NAMES_H

#include <stdarg.h>

#include "util.h"

struct scst_names {
	char **list;
	size_t nr;
};

void scst_names_clear(struct scst_names *names);
bool scst_names_has(const struct scst_names *names, const char *name);
int scst_names_add(struct scst_names *names, const char *name);

/* Return: 0 or -ENOMEM. */
int scst_names_addf(struct scst_names *names, const char *fmt, ...) _printf_(2, 3);
int scst_names_vaddf(struct scst_names *names, const char *fmt, va_list ap) _printf_(2, 0);

/* Strings, each of them once; one of ten thousand is found without a look at all of them. */
struct scst_set {
	void *root;			/* tsearch(3) */
};

void scst_set_clear(struct scst_set *set);
bool scst_set_has(const struct scst_set *set, const char *name);
/* Return: 0, also if it is there already; or -ENOMEM. */
int scst_set_add(struct scst_set *set, const char *name);

#endif
