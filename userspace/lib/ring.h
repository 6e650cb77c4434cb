/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pinned rings: records that tracers and policies leave there, as JSON. Which ones there are, and
 * what their records say, is a table in ring.c.
 *
 * A ring has one reader, since two of them move one position on: so whoever opens one holds a
 * lease, a lock (flock) on the directory of its pins, and who comes second is refused.
 */
#ifndef SCST_LIB_RING_H
#define SCST_LIB_RING_H

#include <json-c/json.h>

#include "paths.h"

enum scst_ring_kind {
	SCST_RING_CMDLOG,		/* tracer cmdlog	*/
	SCST_RING_SLOW,			/* tracer slow		*/
	SCST_RING_SESSIONS,		/* tracer sessions	*/
	SCST_RING_RANSOM_GUARD,		/* policy ransom_guard	*/
	SCST_RING_PR_DUMP,		/* policy pr_dump: pieces	*/
	SCST_RING_KINDS,
};

struct scst_ring;

struct scst_ring_reader {
	/* @obj is the function's to keep. */
	void (*take)(struct json_object *obj, void *arg);
	/* May records be passed over, unread? NULL: no. */
	bool (*pass)(void *arg);
	void *arg;
};

/* -ENOENT: what fills it is not loaded. -EBUSY: somebody else reads it. */
int scst_ring_open(const struct scst_paths *paths, enum scst_ring_kind kind,
		   const struct scst_ring_reader *reader, struct scst_ring **ring,
		   struct scst_error *err);
void scst_ring_close(struct scst_ring *ring);
DEFINE_CLEANUP(struct scst_ring *, scst_ring_close)

/*
 * A record as it lies in a ring of this kind. Return: NULL, with *@ret: 0, it says nothing, or
 * -EPROTO, it is none.
 */
struct json_object *scst_ring_record(enum scst_ring_kind kind, const void *data, size_t size,
				     int *ret);

/* Is it still the one that is pinned? Not if what fills it was unloaded, or exchanged. */
bool scst_ring_is_current(const struct scst_ring *ring, const struct scst_paths *paths);

/* Becomes readable when there are records. */
int scst_ring_fd(const struct scst_ring *ring);
/* Hands out at most @max records. Return: how many, or -errno. */
int scst_ring_consume(struct scst_ring *ring, size_t max);
/* Waits for records, a second at most, and hands them out. Return: how many, or -errno. */
int scst_ring_wait(struct scst_ring *ring);
/* Records lost since the last call: the ring was full, or the tracer never saw them. */
uint64_t scst_ring_take_drops(struct scst_ring *ring);

#endif
