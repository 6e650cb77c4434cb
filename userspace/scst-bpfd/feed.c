// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the rings whenever they have records, a limited number each time, so that a flood of
 * commands leaves room for subscribers, signals and the watchdog. What one turn brings must fit
 * into the smallest queue of a subscriber, since queues are sent between turns. Once a second: what
 * the ring lost.
 */
#include "feed.h"

#include <inttypes.h>

#include "cmdlog.h"
#include "config.h"
#include "dumps.h"
#include "journal.h"
#include "log.h"
#include "pins.h"
#include "ring.h"

#define BATCH		48
#define TELL_EVERY	60	/* seconds between two lines in the log about losses */

/* A record as JSON: its names at their longest, and half a kilobyte for the rest. */
#define RECORD_JSON_MAX	(2 * CMDLOG_NAME_LEN + CMDLOG_DEV_NAME_LEN + 512)
_Static_assert(BATCH * RECORD_JSON_MAX <= BPFD_QUEUE_KB_MIN * 1024, "a turn fits into a queue");

struct bpfd_feed;

/* A ring beside the command log. */
struct source {
	struct bpfd_feed *feed;
	struct scst_ring *ring;
	struct event *readable;
};

struct bpfd_feed {
	struct bpfd_server *server;
	struct scst_cmdlog *log;	/* NULL: the tracer is not loaded */
	struct event *readable;
	struct source sources[SCST_RING_KINDS];
	struct bpfd_dumps *dumps;
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

/* Rare things are worth a line in the journal. */
static void log_alarm(struct json_object *obj)
{
	struct json_object *event = NULL;
	const char *name;

	json_object_object_get_ex(obj, "event", &event);
	name = json_object_get_string(event);
	if (streq(name, "policy_exit") || streq(name, "ransom_alarm"))
		bpfd_journal(obj);
}

static void on_event(struct json_object *obj, void *arg)
{
	struct source *source = arg;
	struct bpfd_feed *feed = source->feed;

	if (source == &feed->sources[SCST_RING_PR_DUMP])
		obj = bpfd_dumps_take(feed->dumps, obj);
	if (!obj)
		return;
	log_alarm(obj);
	if (bpfd_server_wanted(feed->server))
		bpfd_server_publish(feed->server,
				    json_object_to_json_string_ext(
					    obj, JSON_C_TO_STRING_PLAIN |
							 JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(obj);
}

static void on_source(evutil_socket_t fd _unused_, short what _unused_, void *arg)
{
	struct source *source = arg;

	scst_ring_consume(source->ring, BATCH);
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
	uint64_t lost = feed->log ? scst_cmdlog_take_drops(feed->log) : 0;
	char line[128];

	for (size_t i = 0; i < ARRAY_SIZE(feed->sources); i++)
		if (feed->sources[i].ring)
			lost += scst_ring_take_drops(feed->sources[i].ring);
	feed->lost += lost;
	bpfd_server_add_lost(feed->server, lost);
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
	bpfd_dumps_free(feed->dumps);
	for (size_t i = 0; i < ARRAY_SIZE(feed->sources); i++) {
		if (feed->sources[i].readable)
			event_free(feed->sources[i].readable);
		scst_ring_close(feed->sources[i].ring);
	}
	free(feed);
}

/* Those of what is loaded. */
static int open_sources(struct event_base *base, const struct scst_paths *paths,
			struct bpfd_feed *feed, struct scst_error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(feed->sources); i++) {
		struct source *source = &feed->sources[i];
		struct scst_error why = {};
		int ret = scst_ring_open(paths, i, on_event, source, &source->ring, &why);

		if (ret == -ENOENT)
			continue;
		if (ret)
			return scst_fail(err, ret, "%s", why.text);
		source->feed = feed;
		source->readable = event_new(base, scst_ring_fd(source->ring),
					     EV_READ | EV_PERSIST, on_source, source);
		if (!source->readable || event_add(source->readable, NULL))
			return scst_fail(err, -ENOMEM, "cannot watch a ring");
	}
	return 0;
}

static int open_log(struct event_base *base, const struct scst_paths *paths,
		    struct bpfd_feed *feed, struct scst_error *err)
{
	int ret;

	if (!scst_pins_exist(paths, SCST_PIN_TRACER, SCST_CMDLOG))
		return 0;
	ret = scst_cmdlog_open_pinned(paths, on_record, feed, &feed->log, err);
	if (ret)
		return ret;
	feed->readable = event_new(base, scst_cmdlog_fd(feed->log), EV_READ | EV_PERSIST,
				   on_readable, feed);
	if (!feed->readable || event_add(feed->readable, NULL))
		return scst_fail(err, -ENOMEM, "cannot watch the ring");
	return 0;
}

int bpfd_feed_start(struct event_base *base, const struct scst_paths *paths,
		    struct bpfd_server *server, const char *dumps, struct bpfd_feed **feed,
		    struct scst_error *err)
{
	_cleanup_(bpfd_feed_stopp) struct bpfd_feed *new = NULL;
	int ret;

	*feed = NULL;
	new = calloc(1, sizeof(*new));
	if (!new)
		return scst_fail(err, -ENOMEM, "out of memory");
	new->server = server;
	new->dumps = bpfd_dumps_new(dumps);
	if (!new->dumps)
		return scst_fail(err, -ENOMEM, "out of memory");
	ret = open_log(base, paths, new, err) ?: open_sources(base, paths, new, err);
	if (ret)
		return ret;
	new->tick = event_new(base, -1, EV_PERSIST, on_tick, new);
	if (!new->tick || event_add(new->tick, &(struct timeval){ .tv_sec = 1 }))
		return scst_fail(err, -ENOMEM, "cannot watch the rings");
	*feed = TAKE_PTR(new);
	return 0;
}
