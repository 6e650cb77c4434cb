/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Options: the `const volatile` variables of a BPF object. Set before loading, frozen from then on,
 * pinned as `rodata`, and so readable as long as the object is loaded.
 */
#ifndef SCST_LIB_OPTIONS_H
#define SCST_LIB_OPTIONS_H

#include <bpf/libbpf.h>

#include "paths.h"

#define SCST_OPTIONS_PIN	"rodata"

/* @obj is open and not loaded. */
int scst_options_set(struct bpf_object *obj, const char *name, const char *value,
		     struct scst_error *err);

/*
 * Sizes the maps of @obj, which is open and not loaded, by the options that say so
 * (SCST_ENTRIES).
 */
int scst_options_size_maps(struct bpf_object *obj, struct scst_error *err);

/* Is every option that is a delay (SCST_DELAY in bpf/scst.bpf.h) within @deadline_ms? */
int scst_options_check_delays(const struct bpf_object *obj, uint32_t deadline_ms,
			      struct scst_error *err);

/* Calls @each for the options of what is pinned as @name, until it returns non-zero. */
int scst_options_each(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name,
		      int (*each)(const char *option, const char *value, void *arg), void *arg,
		      struct scst_error *err);

/* Does what is pinned as @name have other options than @obj, which is open and not loaded? */
int scst_options_differ(const struct scst_paths *paths, enum scst_pin_kind kind, const char *name,
			const struct bpf_object *obj, bool *differ, struct scst_error *err);

#endif
