// SPDX-License-Identifier: GPL-2.0-only
/* Events that an administrator should find again, in the journal with a field for each member. */
#include "journal.h"

#include <ctype.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>

#include "log.h"
#include "util.h"

#define MAX_FIELDS	32

struct entry {
	struct iovec fields[MAX_FIELDS];
	int nr;
};

static void add_field(struct entry *entry, const char *prefix, const char *key, const char *value)
{
	char *text;
	int len;

	if (entry->nr == MAX_FIELDS)
		return;
	len = asprintf(&text, "%s%s=%s", prefix, key, value);
	if (len < 0)
		return;
	for (char *c = text; *c != '='; c++)	/* the journal takes no others */
		*c = toupper((unsigned char)*c);
	entry->fields[entry->nr++] = (struct iovec){ text, len };
}

void bpfd_journal(struct json_object *event)
{
	const char *line = json_object_to_json_string_ext(event, JSON_C_TO_STRING_PLAIN |
								 JSON_C_TO_STRING_NOSLASHESCAPE);
	struct entry entry = {};

	if (!getenv("JOURNAL_STREAM")) {
		log_warn("%s", line);
		return;
	}
	add_field(&entry, "", "MESSAGE", line);
	add_field(&entry, "", "PRIORITY", "4");		/* warning */
	add_field(&entry, "", "SYSLOG_IDENTIFIER", "scst-bpfd");
	json_object_object_foreach(event, key, value)
		add_field(&entry, "SCST_", key, json_object_get_string(value) ?: "");
	if (sd_journal_sendv(entry.fields, entry.nr) < 0)
		log_warn("%s", line);
	while (entry.nr)
		free(entry.fields[--entry.nr].iov_base);
}
