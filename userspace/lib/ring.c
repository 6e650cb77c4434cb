// SPDX-License-Identifier: GPL-2.0-only
/* Pinned rings, and their records as JSON. */
#include "ring.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <policies/pr_dump.h>
#include <policies/ransom_guard.h>
#include <scst/scst.h>
#include <scst/verdict.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <tracers/sessions.h>
#include <tracers/slow.h>

#include "cmdlog.h"
#include "missed.h"
#include "pins.h"
#include "printable.h"

static void add_number(struct json_object *obj, const char *key, uint64_t value)
{
	json_object_object_add(obj, key, json_object_new_uint64(value));
}

static struct json_object *new_event(const char *event, uint64_t time_ns)
{
	struct json_object *obj = json_object_new_object();
	char time[96];

	scst_event_time(time_ns, time, sizeof(time));
	json_object_object_add(obj, "event", json_object_new_string(event));
	json_object_object_add(obj, "time", json_object_new_string(time));
	return obj;
}

#define add_name(obj, key, array) \
	json_object_object_add(obj, key, scst_json_name(array, sizeof(array)))

static const char *const slow_parts[] = {
#define WAIT(name) #name "_ns",
	SCST_WAITS_FOR(WAIT)
#undef WAIT
	[SLOW_RESPONSE]	= "response_ns",
	[SLOW_OTHER]	= "other_ns",
};

static struct json_object *json_slow(const void *data)
{
	const struct slow_event *event = data;
	struct json_object *obj = new_event("slow", event->time_ns);

	add_name(obj, "initiator", event->initiator);
	add_name(obj, "device", event->device);
	add_number(obj, "lun", event->lun);
	add_number(obj, "opcode", event->opcode);
	add_number(obj, "lba", event->lba);
	add_number(obj, "bytes", event->len);
	add_number(obj, "status", event->status);
	add_number(obj, "latency_ns", event->latency_ns);
	for (size_t i = 0; i < SLOW_PARTS; i++)
		add_number(obj, slow_parts[i], event->part_ns[i]);
	return obj;
}

static const char *const tmf_names[] = {
	[SCST_TMF_ABORT_TASK]	  = "abort_task",
	[SCST_TMF_ABORT_TASK_SET] = "abort_task_set",
	[SCST_TMF_CLEAR_ACA]	  = "clear_aca",
	[SCST_TMF_CLEAR_TASK_SET] = "clear_task_set",
	[SCST_TMF_LUN_RESET]	  = "lun_reset",
	[SCST_TMF_TARGET_RESET]	  = "target_reset",
};

static const char *const exit_names[SCST_EXIT_MAX] = {
	[SCST_EXIT_UNREG]	= "unreg",
	[SCST_EXIT_BAD_VERDICT]	= "bad_verdict",
	[SCST_EXIT_ERROR]	= "error",
	[SCST_EXIT_ADMIN]	= "admin",
	[SCST_EXIT_STALL]	= "stall",
};

static const char *name_of(const char *const *names, size_t nr, uint32_t i)
{
	return i < nr && names[i] ? names[i] : "?";
}

static void add_exit(struct json_object *obj, const struct sessions_event *event)
{
	const char *kind = name_of(exit_names, ARRAY_SIZE(exit_names), event->code);
	char text[sizeof(event->device) + 1];

	add_name(obj, "policy", event->initiator);
	json_object_object_add(obj, "kind", json_object_new_string(kind));
	json_object_object_add(obj, "code", json_object_new_int((int32_t)event->result));
	snprintf(text, sizeof(text), "%.*s", (int)sizeof(event->device), event->device);
	scst_make_printable(text, "");
	json_object_object_add(obj, "text", json_object_new_string(text));
}

static void add_tmf(struct json_object *obj, const struct sessions_event *event)
{
	const char *fn = name_of(tmf_names, ARRAY_SIZE(tmf_names), event->code);

	json_object_object_add(obj, "function", json_object_new_string(fn));
	add_number(obj, "lun", event->lun);
	add_number(obj, "result", event->result);
}

static void add_unit_attention(struct json_object *obj, const struct sessions_event *event)
{
	char sense[16];

	snprintf(sense, sizeof(sense), "6/%02x/%02x", event->code >> 8 & 0xff, event->code & 0xff);
	json_object_object_add(obj, "sense", json_object_new_string(sense));
	add_number(obj, "lun", event->lun);
	add_name(obj, "device", event->device);
}

static const struct {
	const char *event;
	void (*add)(struct json_object *obj, const struct sessions_event *event);
} session_events[] = {
	[SESSIONS_LOGIN]	  = { "login",		NULL			},
	[SESSIONS_LOGOUT]	  = { "logout",		NULL			},
	[SESSIONS_UNIT_ATTENTION] = { "unit_attention",	add_unit_attention	},
	[SESSIONS_TMF]		  = { "tmf",		add_tmf			},
	[SESSIONS_POLICY_EXIT]	  = { "policy_exit",	add_exit		},
};

static struct json_object *json_session(const void *data)
{
	const struct sessions_event *event = data;
	struct json_object *obj;

	if (event->what >= ARRAY_SIZE(session_events))
		return NULL;
	obj = new_event(session_events[event->what].event, event->time_ns);
	if (event->what != SESSIONS_POLICY_EXIT) {
		add_name(obj, "initiator", event->initiator);
		add_name(obj, "target", event->target);
	}
	if (session_events[event->what].add)
		session_events[event->what].add(obj, event);
	return obj;
}

static struct json_object *json_ransom(const void *data)
{
	const struct ransom_guard_event *event = data;
	struct json_object *obj = new_event("ransom_alarm", event->time_ns);

	add_name(obj, "initiator", event->initiator);
	add_name(obj, "device", event->device);
	add_number(obj, "lun", event->lun);
	add_number(obj, "overwrites", event->overwrites);
	add_number(obj, "written", event->written);
	json_object_object_add(obj, "throttled", json_object_new_boolean(event->throttled));
	return obj;
}

/* One piece; scst-bpfd puts them together. */
static struct json_object *json_pr_dump(const void *data)
{
	const struct pr_dump_event *event = data;
	char text[sizeof(event->text) + 1];
	struct json_object *obj;

	if (event->size > sizeof(event->text))
		return NULL;
	obj = new_event("pr_dump", event->time_ns);
	add_name(obj, "device", event->device);
	add_name(obj, "serial", event->serial);
	add_number(obj, "reasons", event->reasons);
	add_number(obj, "id", event->id);
	add_number(obj, "bytes", event->len);
	add_number(obj, "offset", event->offset);
	memcpy(text, event->text, event->size);
	text[event->size] = '\0';
	scst_make_printable(text, "\n\t");
	json_object_object_add(obj, "text", json_object_new_string(text));
	return obj;
}

static struct json_object *json_cmdlog(const void *data)
{
	return scst_cmdlog_json(data);
}

static const struct ring_row {
	enum scst_pin_kind pin;
	const char *name;
	const char *events;
	const char *drops;
	size_t size;
	struct json_object *(*json)(const void *data);
} rows[SCST_RING_KINDS] = {
	[SCST_RING_CMDLOG] = { SCST_PIN_TRACER, "cmdlog", "cmdlog_events", "cmdlog_drops",
			       sizeof(struct cmdlog_event), json_cmdlog },
	[SCST_RING_SLOW] = { SCST_PIN_TRACER, "slow", "slow_events", "slow_drops",
			     sizeof(struct slow_event), json_slow },
	[SCST_RING_SESSIONS] = { SCST_PIN_TRACER, "sessions", "sessions_events", "sessions_drops",
				 sizeof(struct sessions_event), json_session },
	[SCST_RING_RANSOM_GUARD] = { SCST_PIN_POLICY, "ransom_guard", "ransom_guard_events",
				     "ransom_guard_drops", sizeof(struct ransom_guard_event),
				     json_ransom },
	/* loses nothing: what has no room is offered again, and counted by the core in the end */
	[SCST_RING_PR_DUMP] = { SCST_PIN_POLICY, "pr_dump", "pr_dump_events", NULL,
				sizeof(struct pr_dump_event), json_pr_dump },
};

struct scst_ring {
	const struct ring_row *row;
	struct scst_ring_reader reader;
	struct ring_buffer *ring;
	uint32_t id;			/* of the map */
	int lease;
	int drops_fd;
	struct scst_missed missed;
	uint64_t drops;			/* told so far; the first to come tells all */
};

void scst_ring_close(struct scst_ring *ring)
{
	if (!ring)
		return;
	ring_buffer__free(ring->ring);
	scst_missed_close(&ring->missed);
	closep(&ring->drops_fd);
	closep(&ring->lease);
	free(ring);
}

struct json_object *scst_ring_record(enum scst_ring_kind kind, const void *data, size_t size,
				     int *ret)
{
	*ret = size < rows[kind].size ? -EPROTO : 0;
	return *ret ? NULL : rows[kind].json(data);
}

static int take_record(void *ctx, void *data, size_t size)
{
	struct scst_ring *ring = ctx;
	struct json_object *obj;
	int ret;

	if (ring->reader.pass && ring->reader.pass(ring->reader.arg))
		return 0;
	obj = scst_ring_record(ring->row - rows, data, size, &ret);
	if (obj)
		ring->reader.take(obj, ring->reader.arg);
	return ret;
}

/* The directory must be the one whose ring is read then: it may be exchanged at any moment. */
static bool is_same_directory(int fd, const char *path)
{
	struct stat held, there;

	return !fstat(fd, &held) && !stat(path, &there) && held.st_ino == there.st_ino &&
	       held.st_dev == there.st_dev;
}

static int take_lease(const struct scst_paths *paths, const struct ring_row *row, int *lease,
		      struct scst_error *err)
{
	_cleanup_close_ int fd = -EBADF;
	char path[PATH_MAX];
	int ret = scst_pin_path(paths, row->pin, row->name, NULL, path);

	if (ret)
		return scst_fail(err, ret, "name %s is too long", row->name);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return scst_fail(err, -ENOENT, "%s %s is not loaded", scst_pin_kind_noun(row->pin),
				 row->name);
	if (fd < 0)
		return scst_fail(err, -errno, "cannot open %s: %s", path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) || !is_same_directory(fd, path))
		return scst_fail(err, -EBUSY,
				 "the ring of %s has a reader; if that is scst-bpfd: "
				 "scstctl events", row->name);
	*lease = TAKE_FD(fd);
	return 0;
}

static uint32_t map_id(int fd)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);

	return bpf_map_get_info_by_fd(fd, &info, &len) ? 0 : info.id;
}

int scst_ring_open(const struct scst_paths *paths, enum scst_ring_kind kind,
		   const struct scst_ring_reader *reader, struct scst_ring **ring,
		   struct scst_error *err)
{
	_cleanup_(scst_ring_closep) struct scst_ring *new = calloc(1, sizeof(*new));
	const struct ring_row *row = &rows[kind];
	_cleanup_close_ int fd = -EBADF;
	int ret;

	if (!new)
		return scst_fail(err, -ENOMEM, "out of memory");
	*new = (struct scst_ring){
		.row = row,
		.reader = *reader,
		.lease = -EBADF,
		.drops_fd = -EBADF,
	};
	ret = take_lease(paths, row, &new->lease, err);
	if (ret)
		return ret;
	fd = scst_pins_open(paths, row->pin, row->name, row->events);
	if (fd < 0)
		return scst_fail(err, fd, "%s %s has no ring", scst_pin_kind_noun(row->pin),
				 row->name);
	new->id = map_id(fd);
	if (row->drops)
		new->drops_fd = scst_pins_open(paths, row->pin, row->name, row->drops);
	if (row->pin == SCST_PIN_TRACER)
		scst_missed_open(paths, row->name, &new->missed);
	new->ring = ring_buffer__new(fd, take_record, new, NULL);
	if (!new->ring)
		return scst_fail(err, -errno, "cannot map the ring of %s: %s", row->name,
				 strerror(errno));
	*ring = TAKE_PTR(new);
	return 0;
}

bool scst_ring_is_current(const struct scst_ring *ring, const struct scst_paths *paths)
{
	_cleanup_close_ int fd =
		scst_pins_open(paths, ring->row->pin, ring->row->name, ring->row->events);

	return fd >= 0 && map_id(fd) == ring->id;
}

int scst_ring_fd(const struct scst_ring *ring)
{
	return ring_buffer__epoll_fd(ring->ring);
}

int scst_ring_consume(struct scst_ring *ring, size_t max)
{
	return ring_buffer__consume_n(ring->ring, max);
}

int scst_ring_wait(struct scst_ring *ring)
{
	int ret = ring_buffer__poll(ring->ring, 1000);

	return ret == -EINTR ? 0 : ret;
}

/* 0 if nobody counts. */
static uint64_t read_drops(const struct scst_ring *ring)
{
	int cpus = libbpf_num_possible_cpus();
	_cleanup_free_ uint64_t *values = cpus > 0 ? calloc(cpus, sizeof(*values)) : NULL;
	uint64_t sum = 0;
	uint32_t key = 0;

	if (!values || ring->drops_fd < 0 || bpf_map_lookup_elem(ring->drops_fd, &key, values))
		return 0;
	for (int i = 0; i < cpus; i++)
		sum += values[i];
	return sum;
}

uint64_t scst_ring_take_drops(struct scst_ring *ring)
{
	uint64_t sum = read_drops(ring) + scst_missed_count(&ring->missed);
	uint64_t lost = sum > ring->drops ? sum - ring->drops : 0;

	ring->drops += lost;
	return lost;
}
