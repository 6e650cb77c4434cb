/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The control socket and who listens on it. A client sends a JSON object in a line, {"cmd":"..."}:
 *
 *	subscribe	every event from now on, a JSON object in each line
 *	status		one line: events published, subscribers, losses, faults
 *	reload		only for root: the configuration is read and applied; one line: "ok", and if
 *			not, "text"
 *
 * Nobody can hold the daemon up: what a subscriber does not read waits up to a limit, then events
 * are left out and counted, and {"event":"lost","where":"subscriber","count":N} tells it. Requests
 * of one that does not read its answers wait.
 */
#ifndef BPFD_SERVER_H
#define BPFD_SERVER_H

#include <event2/event.h>

#include "error.h"
#include "names.h"

struct bpfd_server;

struct bpfd_server_options {
	size_t queue;			/* bytes waiting for one subscriber */
	int (*reload)(void *arg, struct scst_error *err);
	void *arg;			/* for reload */
	const struct scst_names *faults; /* for status: what is not as configured */
};

/* Serves nobody yet. NULL: no memory. */
struct bpfd_server *bpfd_server_new(struct event_base *base,
				    const struct bpfd_server_options *options);
void bpfd_server_stop(struct bpfd_server *server);
DEFINE_CLEANUP(struct bpfd_server *, bpfd_server_stop)

/* Is there another daemon that serves @path? */
bool bpfd_server_answers(const char *path);

/*
 * Makes the socket @path, in the place of one which nobody serves any more. @group: NULL: as the
 * process. If there is no such group the socket is there all the same, and that is said: -ENOENT.
 */
int bpfd_server_listen(struct bpfd_server *server, const char *path, const char *group,
		       struct scst_error *err);

/* stdout becomes a subscriber. */
int bpfd_server_print(struct bpfd_server *server, struct scst_error *err);

/* Is anybody listening? Who has an event need not format it for nobody. */
bool bpfd_server_wanted(const struct bpfd_server *server);
/* @line without its end. */
void bpfd_server_publish(struct bpfd_server *server, const char *line);

struct bpfd_server_counts {
	uint64_t published;
	uint64_t left_out;		/* for subscribers that were too slow */
	uint64_t lost;			/* before they got here: bpfd_server_add_lost() */
};

void bpfd_server_count(const struct bpfd_server *server, struct bpfd_server_counts *counts);
void bpfd_server_add_lost(struct bpfd_server *server, uint64_t lost);

#endif
