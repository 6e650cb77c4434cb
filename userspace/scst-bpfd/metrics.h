/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Metrics for Prometheus and its kin: GET /metrics answers OpenMetrics text (metrics_text.h). What
 * tracers count is there if they are loaded.
 */
#ifndef BPFD_METRICS_H
#define BPFD_METRICS_H

#include "paths.h"
#include "server.h"

struct bpfd_metrics;

/* @listen: ADDRESS:PORT, as "127.0.0.1:9478" or "[::1]:9478". */
int bpfd_metrics_start(struct event_base *base, const struct scst_paths *paths,
		       const struct bpfd_server *server, const char *listen,
		       struct bpfd_metrics **metrics, struct scst_error *err);
void bpfd_metrics_stop(struct bpfd_metrics *metrics);
DEFINE_CLEANUP(struct bpfd_metrics *, bpfd_metrics_stop)

/* Opens the tracers that are loaded now; with the capabilities that this takes. */
void bpfd_metrics_open_tracers(struct bpfd_metrics *metrics);

#endif
