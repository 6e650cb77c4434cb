/* SPDX-License-Identifier: GPL-2.0-only */
/* What a BPF program has to know to tell the time of day: bpf/clock.bpf.h. */
#ifndef SCST_LIB_CLOCK_H
#define SCST_LIB_CLOCK_H

#include <bpf/libbpf.h>

#include "paths.h"

/* Seconds by which CLOCK_TAI is ahead of CLOCK_REALTIME now. */
int64_t scst_clock_tai_offset(void);

/* Into an object that is open and not loaded; nothing, if it does not ask. */
void scst_clock_set(struct bpf_object *obj);

/* Into every policy that is pinned and asks. */
void scst_clock_write_pinned(const struct scst_paths *paths);

/*
 * A moment as seconds since 1970: such a number, or "+30s", "+5m", "+2h" from @now on. Return: 0 or
 * -EINVAL.
 */
int scst_clock_parse(const char *text, uint64_t now, uint64_t *seconds);

#endif
