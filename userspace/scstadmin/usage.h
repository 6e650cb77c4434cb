/* SPDX-License-Identifier: GPL-2.0-only */
/* What -help prints. */
#ifndef SCSTADMIN_USAGE_H
#define SCSTADMIN_USAGE_H

#include <stdio.h>

void usage_print(FILE *out, const char *title);

#endif
