/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From the rings of pinned tracers and policies to the subscribers, and dumps into files. Rings
 * come, go and are exchanged, by whomever: bpfd_feed_refresh() opens what is there now and goes on
 * with what it reads already.
 */
#ifndef BPFD_FEED_H
#define BPFD_FEED_H

#include "paths.h"
#include "server.h"

struct bpfd_feed;

/* Reads nothing yet. @dumps: the directory of dumps. NULL: no memory. */
struct bpfd_feed *bpfd_feed_new(struct event_base *base, const struct scst_paths *paths,
				struct bpfd_server *server, const char *dumps);
void bpfd_feed_stop(struct bpfd_feed *feed);
DEFINE_CLEANUP(struct bpfd_feed *, bpfd_feed_stop)

void bpfd_feed_refresh(struct bpfd_feed *feed);
/* Return: 0 or -ENOMEM. */
int bpfd_feed_set_dumps(struct bpfd_feed *feed, const char *directory);

#endif
