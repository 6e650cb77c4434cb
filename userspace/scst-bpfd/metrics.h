/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Metrics for Prometheus and its kin: GET /metrics answers OpenMetrics text (metrics_text.h). What
 * tracers count is there if they are loaded.
 */
#ifndef BPFD_METRICS_H
#define BPFD_METRICS_H

#include "metrics_text.h"
#include "paths.h"

struct bpfd_metrics;

/*
 * At @listen, ADDRESS:PORT as "127.0.0.1:9478" or "[::1]:9478". An address that is not there yet,
 * or a port that somebody else has, is tried again and again. NULL: no memory.
 */
struct bpfd_metrics *bpfd_metrics_start(struct event_base *base, const struct bpfd_readings *from,
					const struct scst_paths *paths, const char *listen);
void bpfd_metrics_stop(struct bpfd_metrics *metrics);
DEFINE_CLEANUP(struct bpfd_metrics *, bpfd_metrics_stop)

/* Opens the tracers that are loaded now. */
void bpfd_metrics_open_tracers(struct bpfd_metrics *metrics);

#endif
