/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading the command log (bpf/tracers/cmdlog.bpf.c) from an instance of our own, with filters,
 * that vanishes with us; the one that is pinned is a ring (ring.h). And its records as text.
 */
#ifndef SCST_LIB_CMDLOG_H
#define SCST_LIB_CMDLOG_H

#include <json-c/json.h>
#include <tracers/cmdlog.h>

#include "paths.h"

struct scst_cmdlog;

/* Called for each record. Return: 0, or not 0 to stop reading for now. */
typedef int (*scst_cmdlog_fn)(const struct cmdlog_event *event, void *arg);

struct scst_cmdlog_filter {
	const char *initiator;		/* NULL: all	*/
	int lun;			/* -1: all	*/
	int opcode;			/* -1: all	*/
	uint64_t min_latency_ns;
	bool only_failed;
};

int scst_cmdlog_open_private(const struct scst_paths *paths,
			     const struct scst_cmdlog_filter *filter, scst_cmdlog_fn fn, void *arg,
			     struct scst_cmdlog **log, struct scst_error *err);
void scst_cmdlog_close(struct scst_cmdlog *log);
DEFINE_CLEANUP(struct scst_cmdlog *, scst_cmdlog_close)

/* Becomes readable when there are records. */
int scst_cmdlog_fd(const struct scst_cmdlog *log);
/* Hands out at most @max records. Return: how many, what @fn returned if negative, or -errno. */
int scst_cmdlog_consume(struct scst_cmdlog *log, size_t max);
/* Records lost since the last call because the ring was full. */
uint64_t scst_cmdlog_take_drops(struct scst_cmdlog *log);

/* CLOCK_MONOTONIC as "2026-01-01T00:00:00.000000Z". */
void scst_event_time(uint64_t monotonic_ns, char *out, size_t size);
/* A name as JSON, without what a reader might stumble over. */
struct json_object *scst_json_name(const char *name, size_t size);

/* NULL: out of memory. */
struct json_object *scst_cmdlog_json(const struct cmdlog_event *event);
/* One line, aligned under scst_cmdlog_heading. */
void scst_cmdlog_print(const struct cmdlog_event *event, FILE *out);
extern const char scst_cmdlog_heading[];

#endif
