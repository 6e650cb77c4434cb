/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events that a tracer never saw: a program that comes while it runs on the same CPU already, as in
 * an interrupt, is passed over by the kernel, which counts that.
 */
#ifndef SCST_LIB_MISSED_H
#define SCST_LIB_MISSED_H

#include "paths.h"

#define SCST_PIN_PROG	"~prog_"	/* before the name of a tracer's program */

struct scst_missed {
	int fds[8];
	size_t nr;
};

/* Without a program that is pinned: none. */
void scst_missed_open(const struct scst_paths *paths, const char *tracer,
		      struct scst_missed *missed);
void scst_missed_close(struct scst_missed *missed);
/* How many since it was loaded. */
uint64_t scst_missed_count(const struct scst_missed *missed);

#endif
