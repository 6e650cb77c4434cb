// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the ring whenever it has records, a limited number each time, so that a flood of commands
 * leaves room for subscribers, signals and the watchdog. What one turn brings must fit into the
 * smallest queue of a subscriber, since queues are sent between turns. Once a second: what the ring
 * lost.
 */
#include "feed.h"

#include <inttypes.h>

#include "cmdlog.h"
#include "config.h"
#include "log.h"
#include "pins.h"

#define BATCH		48
#define TELL_EVERY	60	/* seconds between two lines in the log about losses */

/* A record as JSON: its names at their longest, and half a kilobyte for the rest. */
#define RECORD_JSON_MAX	(2 * CMDLOG_NAME_LEN + CMDLOG_DEV_NAME_LEN + 512)
_Static_assert(BATCH * RECORD_JSON_MAX <= BPFD_QUEUE_KB_MIN * 1024, "a turn fits into a queue");

struct bpfd_feed {
	struct bpfd_server *server;
	struct scst_cmdlog *log;
	struct event *readable;
	struct event *tick;
	uint64_t lost;			/* not yet in the log */
	unsigned int ticks;		/* until the log may hear of them */
};

static int on_record(const struct cmdlog_event *record, void *arg)
{
	struct bpfd_feed *feed = arg;
	struct json_object *obj;

	if (!bpfd_server_wanted(feed->server))
		return 0;
	obj = scst_cmdlog_json(record);
	if (!obj)
		return 0;
	bpfd_server_publish(feed->server,
			    json_object_to_json_string_ext(obj, JSON_C_TO_STRING_PLAIN |
								JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(obj);
	return 0;
}

static void on_readable(evutil_socket_t fd _unused_, short what _unused_, void *arg)
{
	struct bpfd_feed *feed = arg;

	scst_cmdlog_consume(feed->log, BATCH);
}

static void log_losses(struct bpfd_feed *feed)
{
	if (feed->ticks)
		feed->ticks--;
	if (!feed->lost || feed->ticks)
		return;
	log_warn("%" PRIu64 " commands are missing in the events: the ring was full", feed->lost);
	feed->lost = 0;
	feed->ticks = TELL_EVERY;
}

static void on_tick(evutil_socket_t fd _unused_, short what _unused_, void *arg)
{
	struct bpfd_feed *feed = arg;
	uint64_t lost = scst_cmdlog_take_drops(feed->log);
	char line[128];

	feed->lost += lost;
	if (lost) {
		snprintf(line, sizeof(line),
			 "{\"event\":\"lost\",\"where\":\"ring\",\"count\":%" PRIu64 "}", lost);
		bpfd_server_publish(feed->server, line);
	}
	log_losses(feed);
}

void bpfd_feed_stop(struct bpfd_feed *feed)
{
	if (!feed)
		return;
	if (feed->readable)
		event_free(feed->readable);
	if (feed->tick)
		event_free(feed->tick);
	scst_cmdlog_close(feed->log);
	free(feed);
}

int bpfd_feed_start(struct event_base *base, const struct scst_paths *paths,
		    struct bpfd_server *server, struct bpfd_feed **feed, struct scst_error *err)
{
	_cleanup_(bpfd_feed_stopp) struct bpfd_feed *new = NULL;
	int ret;

	*feed = NULL;
	if (!scst_pins_exist(paths, SCST_PIN_TRACER, SCST_CMDLOG))
		return 0;
	new = calloc(1, sizeof(*new));
	if (!new)
		return scst_fail(err, -ENOMEM, "out of memory");
	new->server = server;
	ret = scst_cmdlog_open_pinned(paths, on_record, new, &new->log, err);
	if (ret)
		return ret;
	new->readable =
		event_new(base, scst_cmdlog_fd(new->log), EV_READ | EV_PERSIST, on_readable, new);
	new->tick = event_new(base, -1, EV_PERSIST, on_tick, new);
	if (!new->readable || !new->tick || event_add(new->readable, NULL) ||
	    event_add(new->tick, &(struct timeval){ .tv_sec = 1 }))
		return scst_fail(err, -ENOMEM, "cannot watch the ring");
	*feed = TAKE_PTR(new);
	return 0;
}
