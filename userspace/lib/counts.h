/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What counting tracers have counted: rows of numbers for each initiator, LUN and direction, with
 * the names behind them. The tracer is pinned and goes on; whoever reads keeps its maps open, so
 * that reading again needs no privilege.
 */
#ifndef SCST_LIB_COUNTS_H
#define SCST_LIB_COUNTS_H

#include <tracers/errors.h>
#include <tracers/latency.h>
#include <tracers/nexus.h>
#include <tracers/top.h>

#include "paths.h"

/* A counting tracer: a row says which map has what. */
enum scst_counter {
	SCST_COUNTER_LATENCY,
	SCST_COUNTER_TOP,
	SCST_COUNTER_ERRORS,
};

struct scst_counts;

/* -ENOENT: the tracer is not loaded. */
int scst_counts_open(const struct scst_paths *paths, enum scst_counter counter,
		     struct scst_counts **counts, struct scst_error *err);
void scst_counts_close(struct scst_counts *counts);
DEFINE_CLEANUP(struct scst_counts *, scst_counts_close)

struct scst_count_row {
	struct nexus_name name;
	unsigned int dir;		/* latency, top: enum scst_data_dir	*/
	struct error_key error;		/* errors: but for its name		*/
	union {				/* summed over CPUs and over logins	*/
		struct latency_histogram latency;
		struct top_count top;
		uint64_t errors;
	};
};

/*
 * A row for each initiator, target, device, LUN and direction or error, however often it logged in;
 * in this order. *@rows is freed by the caller; those of the @max that counted most. *@left_out:
 * how many there are besides.
 */
int scst_counts_read(struct scst_counts *counts, size_t max, struct scst_count_row **rows,
		     size_t *nr, size_t *left_out);

/* Commands that were not counted: there was no room for their row, or the tracer never saw them. */
uint64_t scst_counts_uncounted(const struct scst_counts *counts);

/* As qsort() wants it: rows of the same names, direction and error are equal. */
int scst_count_compare(const void *a, const void *b);

/* "none", "read", "write", "bidi" */
const char *scst_dir_name(unsigned int dir);

/* The upper end of a bucket of struct latency_histogram; UINT64_MAX for the last one. */
uint64_t scst_latency_bucket_ns(unsigned int bucket);
/* Below which @percent of all were, as the end of their bucket. 0: there are none. */
uint64_t scst_latency_percentile_ns(const struct latency_histogram *count, unsigned int percent);
uint64_t scst_latency_commands(const struct latency_histogram *count);

#endif
