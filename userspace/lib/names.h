/* SPDX-License-Identifier: GPL-2.0-only */
/* A list of strings that grows at its end. */
#ifndef SCST_LIB_NAMES_H
#define SCST_LIB_NAMES_H

#include "util.h"

struct scst_names {
	char **list;
	size_t nr;
};

void scst_names_clear(struct scst_names *names);
bool scst_names_has(const struct scst_names *names, const char *name);
int scst_names_add(struct scst_names *names, const char *name);

#endif
