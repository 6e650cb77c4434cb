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

/*
 * The same, made at most once a second, however many ask for it and however slowly they read: all
 * of them share one text.
 */
struct bpfd_metrics_cache {
	struct bpfd_metrics_page *page;	/* NULL: none yet */
	uint64_t made_ms;
};

/* Return: 0, with the text appended to @out, or -ENOMEM. */
int bpfd_metrics_add(struct bpfd_metrics_cache *cache, const struct bpfd_readings *from,
		     uint64_t now_ms, struct evbuffer *out);
void bpfd_metrics_cache_clear(struct bpfd_metrics_cache *cache);

#endif
