/* SPDX-License-Identifier: GPL-2.0-only */
/* Where things stand in a JSON text, of which json-c keeps no positions: by counting keys. */
#ifndef BPFD_JSON_LINES_H
#define BPFD_JSON_LINES_H

#include <json-c/json.h>

/* The line in which @at is. */
unsigned int json_line_at(const char *text, const char *at);

/* Of @key in @obj, which is in @root, which @text was parsed to; 1 if it is not found. */
unsigned int json_line_of_key(const char *text, struct json_object *root,
			      const struct json_object *obj, const char *key);

/*
 * A key that one object in @text has twice, of which json-c keeps the last; in *@line the last key
 * of that name. NULL: there is none.
 */
const char *json_find_repeated(const char *text, struct json_object *root, unsigned int *line);

#endif
