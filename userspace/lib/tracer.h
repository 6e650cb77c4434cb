/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracers: BPF objects that observe. A pinned one goes on while its reader is away: what fits into
 * its ring waits there.
 */
#ifndef SCST_LIB_TRACER_H
#define SCST_LIB_TRACER_H

#include "pins.h"

struct scst_tracer_spec {
	const char *name;		/* of the object, and of its pins	*/
	const struct scst_option {
		const char *name;
		const char *value;
	} *options;
	size_t nr_options;
};

/* Loads, attaches and pins all programs of the object, or nothing. */
int scst_tracer_load(const struct scst_paths *paths, const struct scst_tracer_spec *spec,
		     struct scst_error *err);
int scst_tracer_unload(const struct scst_paths *paths, const char *name, struct scst_error *err);

/* Is what is pinned not what @spec says? */
int scst_tracer_differs(const struct scst_paths *paths, const struct scst_tracer_spec *spec,
			bool *differs, struct scst_error *err);

#endif
