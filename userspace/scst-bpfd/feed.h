/* SPDX-License-Identifier: GPL-2.0-only */
/* From the rings of pinned tracers and policies to the subscribers, and dumps into files. */
#ifndef BPFD_FEED_H
#define BPFD_FEED_H

#include "paths.h"
#include "server.h"

struct bpfd_feed;

/* Reads those rings that are there. @dumps: the directory of dumps. */
int bpfd_feed_start(struct event_base *base, const struct scst_paths *paths,
		    struct bpfd_server *server, const char *dumps, struct bpfd_feed **feed,
		    struct scst_error *err);
void bpfd_feed_stop(struct bpfd_feed *feed);
DEFINE_CLEANUP(struct bpfd_feed *, bpfd_feed_stop)

#endif
