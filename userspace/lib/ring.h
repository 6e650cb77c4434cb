/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rings other than the command log's: records that tracers and policies leave there, as JSON. Which
 * ones there are, and what their records say, is a table in ring.c.
 */
#ifndef SCST_LIB_RING_H
#define SCST_LIB_RING_H

#include <json-c/json.h>

#include "paths.h"

enum scst_ring_kind {
	SCST_RING_SLOW,			/* tracer slow		*/
	SCST_RING_SESSIONS,		/* tracer sessions	*/
	SCST_RING_RANSOM_GUARD,		/* policy ransom_guard	*/
	SCST_RING_PR_DUMP,		/* policy pr_dump: pieces	*/
	SCST_RING_KINDS,
};

struct scst_ring;

/* @obj is the function's to keep. */
typedef void (*scst_ring_fn)(struct json_object *obj, void *arg);

/* -ENOENT: what fills it is not loaded. */
int scst_ring_open(const struct scst_paths *paths, enum scst_ring_kind kind, scst_ring_fn fn,
		   void *arg, struct scst_ring **ring, struct scst_error *err);
void scst_ring_close(struct scst_ring *ring);
DEFINE_CLEANUP(struct scst_ring *, scst_ring_close)

/* Becomes readable when there are records. */
int scst_ring_fd(const struct scst_ring *ring);
/* Hands out at most @max records. */
int scst_ring_consume(struct scst_ring *ring, size_t max);
/* Waits for records, a second at most, and hands them out. Return: how many, or -errno. */
int scst_ring_wait(struct scst_ring *ring);
/* Records lost since the last call because the ring was full. */
uint64_t scst_ring_take_drops(struct scst_ring *ring);

#endif
