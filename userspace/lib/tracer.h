/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracers: BPF objects that observe. A pinned one goes on while its reader is away: what fits into
 * its ring waits there.
 */
#ifndef SCST_LIB_TRACER_H
#define SCST_LIB_TRACER_H

#include "pins.h"
#include "spec.h"

/* A tracer has a name, its object's, and options. Return: 0 or -EINVAL if @spec has more. */
int scst_tracer_check(const struct scst_spec *spec, struct scst_error *err);

/* The same, and that its object takes these options. Takes no privilege and changes nothing. */
int scst_tracer_check_object(const struct scst_paths *paths, const struct scst_spec *spec,
			     struct scst_error *err);

/* Loads, attaches and pins all programs of the object, or nothing. */
int scst_tracer_load(const struct scst_paths *paths, const struct scst_spec *spec,
		     struct scst_error *err);
int scst_tracer_unload(const struct scst_paths *paths, const char *name, struct scst_error *err);

/* Is what is pinned not what @spec says: other options, another build, not attached? */
int scst_tracer_differs(const struct scst_paths *paths, const struct scst_spec *spec,
			bool *differs, struct scst_error *err);

/* Makes it what @spec says; what it has counted goes. *@changed: it was not so before. */
int scst_tracer_update(const struct scst_paths *paths, const struct scst_spec *spec, bool *changed,
		       struct scst_error *err);

#endif
