/* SPDX-License-Identifier: GPL-2.0-only */
/* From the ring of the pinned command log to the subscribers. */
#ifndef BPFD_FEED_H
#define BPFD_FEED_H

#include "paths.h"
#include "server.h"

struct bpfd_feed;

/* Without a pinned cmdlog there is nothing to feed: *@feed is NULL then. */
int bpfd_feed_start(struct event_base *base, const struct scst_paths *paths,
		    struct bpfd_server *server, struct bpfd_feed **feed, struct scst_error *err);
void bpfd_feed_stop(struct bpfd_feed *feed);
DEFINE_CLEANUP(struct bpfd_feed *, bpfd_feed_stop)

#endif
