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
#include "exits.h"
#include "journal.h"
#include "log.h"
#include "ring.h"

#define BATCH		48
#define TELL_EVERY	60	/* seconds between two lines in the log about losses */
#define RETRY_EVERY	5	/* seconds, for a ring that somebody else reads, and for dumps */

/* A record as JSON: its names at their longest, and half a kilobyte for the rest. */
#define RECORD_JSON_MAX	(2 * CMDLOG_NAME_LEN + CMDLOG_DEV_NAME_LEN + 512)
_Static_assert(BATCH * RECORD_JSON_MAX <= BPFD_QUEUE_KB_MIN * 1024, "a turn fits into a queue");

struct source {
	struct bpfd_feed *feed;
	struct scst_ring *ring;		/* NULL: what fills it is not loaded, or it has a reader */
	struct event *readable;
	bool told;			/* that it has a reader */
};

struct bpfd_feed {
	struct event_base *base;
	const struct scst_paths *paths;
	struct bpfd_server *server;
	struct source sources[SCST_RING_KINDS];
	struct bpfd_dumps *dumps;
	struct bpfd_exits exits;
	struct event *tick;
	uint64_t lost;			/* not yet in the log */
	unsigned int ticks;		/* until the log may hear of them */
	unsigned int retry;		/* ticks until what failed is tried again */
};

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

static void publish(struct json_object *obj, void *arg)
{
	struct bpfd_feed *feed = arg;

	log_alarm(obj);
	if (bpfd_server_wanted(feed->server))
		bpfd_server_publish(feed->server,
				    json_object_to_json_string_ext(
					    obj, JSON_C_TO_STRING_PLAIN |
							 JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(obj);
}

static void on_event(struct json_object *obj, void *arg)
{
	struct source *source = arg;
	struct bpfd_feed *feed = source->feed;

	if (source == &feed->sources[SCST_RING_PR_DUMP])
		obj = bpfd_dumps_take(feed->dumps, obj);
	if (obj)
		publish(obj, feed);
}

/* Commands come by the thousand, and concern nobody but subscribers. */
static bool may_pass(void *arg)
{
	const struct source *source = arg;

	return !bpfd_server_wanted(source->feed->server);
}

static void on_readable(evutil_socket_t fd _unused_, short what _unused_, void *arg)
{
	struct source *source = arg;

	scst_ring_consume(source->ring, BATCH);
}

static void take_losses(struct bpfd_feed *feed, uint64_t lost)
{
	char line[128];

	if (!lost)
		return;
	feed->lost += lost;
	bpfd_server_add_lost(feed->server, lost);
	snprintf(line, sizeof(line),
		 "{\"event\":\"lost\",\"where\":\"ring\",\"count\":%" PRIu64 "}", lost);
	bpfd_server_publish(feed->server, line);
}

static void log_losses(struct bpfd_feed *feed)
{
	if (feed->ticks)
		feed->ticks--;
	if (!feed->lost || feed->ticks)
		return;
	log_warn("%" PRIu64 " records are missing in the events: the ring was full", feed->lost);
	feed->lost = 0;
	feed->ticks = TELL_EVERY;
}

static void close_source(struct source *source)
{
	if (source->readable)
		event_free(TAKE_PTR(source->readable));
	scst_ring_close(TAKE_PTR(source->ring));
}

/* What is in it still belongs to whoever was there then. */
static void drain(struct source *source)
{
	while (scst_ring_consume(source->ring, BATCH) == BATCH)
		;
	take_losses(source->feed, scst_ring_take_drops(source->ring));
}

static int watch(struct source *source)
{
	source->readable = event_new(source->feed->base, scst_ring_fd(source->ring),
				     EV_READ | EV_PERSIST, on_readable, source);
	return !source->readable || event_add(source->readable, NULL) ? -ENOMEM : 0;
}

static void open_source(struct source *source, enum scst_ring_kind kind)
{
	struct scst_ring_reader reader = { .take = on_event, .arg = source };
	struct scst_error err = {};
	int ret;

	if (kind == SCST_RING_CMDLOG || kind == SCST_RING_SLOW)
		reader.pass = may_pass;
	ret = scst_ring_open(source->feed->paths, kind, &reader, &source->ring, &err);
	if (!ret && watch(source)) {
		close_source(source);
		ret = scst_fail(&err, -ENOMEM, "cannot watch a ring: out of memory");
	}
	if (ret && ret != -ENOENT && !source->told)
		log_warn("%s; trying on", err.text);
	source->told = ret && ret != -ENOENT;
	if (source->told)
		source->feed->retry = RETRY_EVERY;
}

void bpfd_feed_refresh(struct bpfd_feed *feed)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(feed->sources); i++) {
		struct source *source = &feed->sources[i];

		if (source->ring && scst_ring_is_current(source->ring, feed->paths))
			continue;
		if (source->ring)
			drain(source);
		close_source(source);
		open_source(source, i);
	}
}

static void on_tick(evutil_socket_t fd _unused_, short what _unused_, void *arg)
{
	struct bpfd_feed *feed = arg;
	uint64_t lost = 0;

	for (size_t i = 0; i < ARRAY_SIZE(feed->sources); i++)
		if (feed->sources[i].ring)
			lost += scst_ring_take_drops(feed->sources[i].ring);
	take_losses(feed, lost);
	log_losses(feed);
	if (feed->retry && !--feed->retry)
		bpfd_feed_refresh(feed);
	bpfd_dumps_tick(feed->dumps);
	bpfd_exits_tick(&feed->exits, feed->sources[SCST_RING_SESSIONS].ring ? NULL : publish,
			feed);
}

int bpfd_feed_set_dumps(struct bpfd_feed *feed, const char *directory)
{
	return bpfd_dumps_set_directory(feed->dumps, directory);
}

void bpfd_feed_stop(struct bpfd_feed *feed)
{
	if (!feed)
		return;
	if (feed->tick)
		event_free(feed->tick);
	for (size_t i = 0; i < ARRAY_SIZE(feed->sources); i++)
		close_source(&feed->sources[i]);
	bpfd_dumps_free(feed->dumps);
	free(feed->exits.seen);
	free(feed);
}

struct bpfd_feed *bpfd_feed_new(struct event_base *base, const struct scst_paths *paths,
				struct bpfd_server *server, const char *dumps)
{
	_cleanup_(bpfd_feed_stopp) struct bpfd_feed *new = calloc(1, sizeof(*new));

	if (!new)
		return NULL;
	new->base = base;
	new->paths = paths;
	new->server = server;
	new->exits.sysfs = paths->sysfs;
	bpfd_exits_tick(&new->exits, NULL, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(new->sources); i++)
		new->sources[i].feed = new;
	new->dumps = bpfd_dumps_new(paths->sysfs, dumps);
	new->tick = event_new(base, -1, EV_PERSIST, on_tick, new);
	if (!new->dumps || !new->tick || event_add(new->tick, &(struct timeval){ .tv_sec = 1 }))
		return NULL;
	return TAKE_PTR(new);
}
