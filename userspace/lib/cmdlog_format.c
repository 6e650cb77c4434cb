// SPDX-License-Identifier: GPL-2.0-only
/* A record of the command log as one line, or as JSON. */
#include "cmdlog.h"

#include <inttypes.h>
#include <time.h>

#define NS_PER_S	1000000000ull

static uint64_t now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

/* CLOCK_MONOTONIC to a date, by what the clocks differ now. */
static void format_time(uint64_t monotonic_ns, const char *fmt, char *out, size_t size)
{
	uint64_t real_ns = monotonic_ns + now_ns(CLOCK_REALTIME) - now_ns(CLOCK_MONOTONIC);
	time_t seconds = real_ns / NS_PER_S;
	char whole[64] = "";
	struct tm tm;

	if (gmtime_r(&seconds, &tm))
		strftime(whole, sizeof(whole), fmt, &tm);
	snprintf(out, size, "%s.%06" PRIu64, whole, (uint64_t)(real_ns % NS_PER_S / 1000));
}

void scst_event_time(uint64_t monotonic_ns, char *out, size_t size)
{
	format_time(monotonic_ns, "%Y-%m-%dT%H:%M:%S", out, size - 1);
	strcat(out, "Z");
}

static void format_hex(const uint8_t *bytes, size_t nr, char *out)
{
	for (size_t i = 0; i < nr; i++)
		sprintf(out + 2 * i, "%02x", bytes[i]);
}

/*
 * Names come from the other end of a wire: what a terminal or a JSON reader might stumble over is
 * shown as '?'.
 */
struct safe_name {
	char text[CMDLOG_NAME_LEN];
};

static struct safe_name safe_name(const char *name, size_t size)
{
	struct safe_name safe = {};

	for (size_t i = 0; i < size && i < sizeof(safe.text) - 1 && name[i]; i++)
		safe.text[i] = name[i] > ' ' && name[i] < 0x7f ? name[i] : '?';
	return safe;
}

struct json_object *scst_json_name(const char *name, size_t size)
{
	return json_object_new_string(safe_name(name, size).text);
}

struct json_object *scst_cmdlog_json(const struct cmdlog_event *event)
{
	struct json_object *obj = json_object_new_object();
	char time[96], cdb[2 * CMDLOG_CDB_LEN + 1], sense[16];

	if (!obj)
		return NULL;
	scst_event_time(event->time_ns, time, sizeof(time));
	format_hex(event->cdb, sizeof(event->cdb), cdb);
	snprintf(sense, sizeof(sense), "%x/%02x/%02x", event->key, event->asc, event->ascq);
	json_object_object_add(obj, "event", json_object_new_string("cmd"));
	json_object_object_add(obj, "time", json_object_new_string(time));
	json_object_object_add(obj, "time_ns", json_object_new_uint64(event->time_ns));
	json_object_object_add(obj, "initiator",
			       scst_json_name(event->initiator, sizeof(event->initiator)));
	json_object_object_add(obj, "target", scst_json_name(event->target, sizeof(event->target)));
	json_object_object_add(obj, "device", scst_json_name(event->device, sizeof(event->device)));
	json_object_object_add(obj, "lun", json_object_new_int(event->lun));
	json_object_object_add(obj, "tag", json_object_new_uint64(event->tag));
	json_object_object_add(obj, "opcode", json_object_new_int(event->opcode));
	json_object_object_add(obj, "cdb", json_object_new_string(cdb));
	json_object_object_add(obj, "lba", json_object_new_uint64(event->lba));
	json_object_object_add(obj, "bytes", json_object_new_uint64(event->len));
	json_object_object_add(obj, "status", json_object_new_int(event->status));
	json_object_object_add(obj, "sense", event->status ? json_object_new_string(sense) : NULL);
	json_object_object_add(obj, "aborted", json_object_new_boolean(event->aborted));
	json_object_object_add(obj, "latency_ns", json_object_new_uint64(event->latency_ns));
	return obj;
}

const char scst_cmdlog_heading[] =
	"TIME (UTC)       LATENCY us  LUN   OP   LBA          BYTES      STATUS SENSE    "
	"INITIATOR DEVICE";

void scst_cmdlog_print(const struct cmdlog_event *event, FILE *out)
{
	char time[96], sense[16] = "-";

	format_time(event->time_ns, "%H:%M:%S", time, sizeof(time));
	if (event->status)
		snprintf(sense, sizeof(sense), "%x/%02x/%02x", event->key, event->asc, event->ascq);
	fprintf(out, "%-16s %10.1f  %-5u 0x%02x %-12" PRIu64 " %-10u 0x%02x%s %-8s %s %s\n", time,
		event->latency_ns / 1000.0, event->lun, event->opcode, (uint64_t)event->lba,
		event->len, event->status, event->aborted ? "a " : "  ", sense,
		safe_name(event->initiator, sizeof(event->initiator)).text,
		event->device[0] ? safe_name(event->device, sizeof(event->device)).text : "-");
}
