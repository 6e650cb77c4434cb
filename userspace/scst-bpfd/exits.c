// SPDX-License-Identifier: GPL-2.0-only
/* Lines of policies/exits that were not there before. */
#include "exits.h"

#include <time.h>

#include "exit_json.h"
#include "util.h"

/* How often @line, which ends with its line, stands in @text before @end. */
static unsigned int count(const char *text, const char *end, const char *line)
{
	size_t len = strcspn(line, "\n");
	unsigned int nr = 0;

	while (text < end) {
		size_t this = strcspn(text, "\n");

		nr += this == len && !strncmp(text, line, len);
		text += this + (text[this] == '\n');
	}
	return nr;
}

static struct json_object *event_of(const char *line)
{
	struct json_object *event = scst_json_exit(line), *time = NULL;
	char text[64] = "";
	struct tm tm;
	time_t when;

	json_object_object_add(event, "event", json_object_new_string("policy_exit"));
	if (!json_object_object_get_ex(event, "time", &time))
		return event;
	when = json_object_get_int64(time);
	if (gmtime_r(&when, &tm) && strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		json_object_object_add(event, "time", json_object_new_string(text));
	return event;
}

void bpfd_exits_tick(struct bpfd_exits *exits, void (*fn)(struct json_object *event, void *arg),
		     void *arg)
{
	_cleanup_free_ char *now = NULL;

	if (scst_read_exits(exits->sysfs, &now))
		return;
	for (const char *line = now; exits->seen && fn && *line;) {
		const char *next = line + strcspn(line, "\n");
		const char *seen = exits->seen;

		if (count(now, next, line) > count(seen, seen + strlen(seen), line))
			fn(event_of(line), arg);
		line = next + (*next == '\n');
	}
	free(exits->seen);
	exits->seen = TAKE_PTR(now);
}
