/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * OpenMetrics text. Who scrapes keeps a time series for each initiator and LUN that he ever saw,
 * so of each kind there are 500 rows at most; scst_metrics_left_out says how many more there are.
 */
#ifndef BPFD_METRICS_TEXT_H
#define BPFD_METRICS_TEXT_H

#include <event2/buffer.h>

#include "config.h"
#include "counts.h"
#include "server.h"

/* Where it comes from. */
struct bpfd_readings {
	const char *sysfs;
	const struct bpfd_server *server;
	struct bpfd_config *const *config; /* NULL: none; the one there is now	*/
	struct scst_counts *latency;	/* NULL: the tracer is not loaded */
	struct scst_counts *errors;
};

void bpfd_metrics_text(const struct bpfd_readings *from, struct evbuffer *out);

#endif
