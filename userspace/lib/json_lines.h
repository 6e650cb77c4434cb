/* SPDX-License-Identifier: GPL-2.0-only */
/* JSON that a person wrote: what json-c does not do. It keeps no positions, for one. */
#ifndef SCST_LIB_JSON_LINES_H
#define SCST_LIB_JSON_LINES_H

#include <json-c/json.h>

#include "error.h"

/* No comments, no trailing commas, nothing behind its end. Return: 0, -EINVAL or -ENOMEM. */
int json_parse_strict(const char *text, const char *path, struct json_object **root,
		      struct scst_error *err);

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

/*
 * For who goes through a text beside what it was parsed to, in the same order: the next key at or
 * behind @at, at its first quote, or NULL; the end of a string; how many keys @node has, and all
 * below it.
 */
const char *json_next_key(const char *at);
const char *json_string_end(const char *at);
unsigned int json_count_keys(struct json_object *node);

#endif
