// SPDX-License-Identifier: GPL-2.0-only
/* Lines of policies/ as JSON. */
#include "exit_json.h"

#include <limits.h>

#include "sysfs.h"

struct json_object *scst_json_value(const char *text)
{
	int64_t number;

	if (!scst_parse_s64(text, INT64_MIN, INT64_MAX, &number))
		return json_object_new_int64(number);
	return json_object_new_string(text);
}

void scst_json_pairs(struct json_object *obj, char *text)
{
	char *save = NULL, *rest = strstr(text, " text=");
	struct json_object *into = obj;

	if (rest) {
		*rest = '\0';
		json_object_object_add(obj, "text",
				       json_object_new_string(rest + strlen(" text=")));
	}
	for (char *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		char *end = word + strcspn(word, "=:");

		if (*end == '=') {
			*end = '\0';
			json_object_object_add(into, word, scst_json_value(end + 1));
		} else if (*end == ':' && !end[1]) {
			*end = '\0';
			into = json_object_new_object();
			json_object_object_add(obj, word, into);
		}
	}
}

/* The last line may lack its end. */
static char *reverse_lines(const char *text)
{
	size_t left = strlen(text);
	char *new = malloc(left + 2), *to = new;

	while (new && left) {
		const char *line = memrchr(text, '\n', left - 1);
		size_t at = line ? line + 1 - text : 0;

		to = mempcpy(to, text + at, left - at);
		if (to[-1] != '\n')
			*to++ = '\n';
		left = at;
	}
	if (new)
		*to = '\0';
	return new;
}

int scst_read_exits(const char *sysfs, char **exits)
{
	_cleanup_free_ char *text = NULL;
	char path[PATH_MAX], *turned;
	int ret;

	ret = scst_format(path, sizeof(path), "%s/policies/exits", sysfs) ?:
	      scst_sysfs_read(path, &text, NULL);
	if (ret)
		return ret;
	turned = reverse_lines(text);
	if (!turned)
		return -ENOMEM;
	*exits = turned;
	return 0;
}

struct json_object *scst_json_exit(const char *line)
{
	struct json_object *obj = json_object_new_object();
	_cleanup_free_ char *copy = strndup(line, strcspn(line, "\n"));
	char *rest = copy ? strchr(copy, ' ') : NULL;

	if (!rest)
		return obj;
	*rest++ = '\0';
	json_object_object_add(obj, "policy", json_object_new_string(copy));
	scst_json_pairs(obj, rest);
	return obj;
}
