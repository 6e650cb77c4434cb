// SPDX-License-Identifier: GPL-2.0-only
/*
 * The line of a key is found by counting how often the key stands before it, in the order of the
 * document, which json-c keeps. What stands in the text and not in the tree was repeated.
 */
#include "json_lines.h"

#include "util.h"

/* Counts keys like @key in the order of the document. Return: true at the one of @obj. */
static bool count_keys(struct json_object *node, const struct json_object *obj, const char *key,
		       unsigned int *count)
{
	if (json_object_is_type(node, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(node); i++)
			if (count_keys(json_object_array_get_idx(node, i), obj, key, count))
				return true;
		return false;
	}
	if (!json_object_is_type(node, json_type_object))
		return false;
	json_object_object_foreach(node, name, value) {
		if (streq(name, key)) {
			if (node == obj)
				return true;
			(*count)++;
		}
		if (count_keys(value, obj, key, count))
			return true;
	}
	return false;
}

unsigned int json_line_at(const char *text, const char *at)
{
	unsigned int line = 1;

	for (; text < at && *text; text++)
		line += *text == '\n';
	return line;
}

/* Behind the string that begins at @at. */
static const char *string_end(const char *at)
{
	for (at++; *at && *at != '"'; at++)
		if (*at == '\\' && at[1])
			at++;
	return *at ? at + 1 : at;
}

/* The next string at or behind @at that is a key: a colon follows. NULL: there is none. */
static const char *next_key(const char *at)
{
	while ((at = strchr(at, '"'))) {
		const char *end = string_end(at);

		if (end[strspn(end, " \t\r\n")] == ':')
			return at;
		at = end;
	}
	return NULL;
}

static bool is_key(const char *at, const char *key)
{
	size_t len = strlen(key);

	return !strncmp(at + 1, key, len) && at[1 + len] == '"';
}

unsigned int json_line_of_key(const char *text, struct json_object *root,
			      const struct json_object *obj, const char *key)
{
	unsigned int before = 0;

	count_keys(root, obj, key, &before);
	for (const char *at = text; (at = next_key(at)); at = string_end(at))
		if (is_key(at, key) && before-- == 0)
			return json_line_at(text, at);
	return 1;
}

/* ---- what json-c has forgotten -------------------------------------------------------------- */

static const char *key_with_more(const char *text, struct json_object *root,
				 struct json_object *node, unsigned int *line);

/* Does @key stand more often in the text than in the tree? */
static bool has_more(const char *text, struct json_object *root, const char *key,
		     unsigned int *line)
{
	unsigned int in_tree = 0, in_text = 0;
	const char *last = text;

	count_keys(root, NULL, key, &in_tree);
	for (const char *at = text; (at = next_key(at)); at = string_end(at)) {
		if (!is_key(at, key))
			continue;
		last = at;
		in_text++;
	}
	*line = json_line_at(text, last);
	return in_text > in_tree;
}

static const char *key_in_array(const char *text, struct json_object *root,
				struct json_object *array, unsigned int *line)
{
	const char *found = NULL;

	for (size_t i = 0; i < json_object_array_length(array) && !found; i++)
		found = key_with_more(text, root, json_object_array_get_idx(array, i), line);
	return found;
}

static const char *key_with_more(const char *text, struct json_object *root,
				 struct json_object *node, unsigned int *line)
{
	const char *found;

	if (json_object_is_type(node, json_type_array))
		return key_in_array(text, root, node, line);
	if (!json_object_is_type(node, json_type_object))
		return NULL;
	json_object_object_foreach(node, name, value) {
		if (has_more(text, root, name, line))
			return name;
		found = key_with_more(text, root, value, line);
		if (found)
			return found;
	}
	return NULL;
}

static unsigned int count_all(struct json_object *node)
{
	unsigned int nr = 0;

	if (json_object_is_type(node, json_type_array))
		for (size_t i = 0; i < json_object_array_length(node); i++)
			nr += count_all(json_object_array_get_idx(node, i));
	if (!json_object_is_type(node, json_type_object))
		return nr;
	json_object_object_foreach(node, name, value) {
		(void)name;
		nr += 1 + count_all(value);
	}
	return nr;
}

/* Most texts repeat nothing, which a count of all keys tells at once. */
const char *json_find_repeated(const char *text, struct json_object *root, unsigned int *line)
{
	unsigned int in_text = 0;

	for (const char *at = text; (at = next_key(at)); at = string_end(at))
		in_text++;
	*line = 1;
	if (in_text == count_all(root))
		return NULL;
	return key_with_more(text, root, root, line) ?: "a key";
}
