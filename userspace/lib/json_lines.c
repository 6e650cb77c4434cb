// SPDX-License-Identifier: GPL-2.0-only
/*
 * The line of a key is found by counting how often the key stands before it, in the order of the
 * document, which json-c keeps. What stands in the text and not in the tree was repeated.
 */
#include "json_lines.h"

#include "printable.h"

/* json-c's strict mode, up to 0.18, takes bytes of more than 7 bits for control characters. */
int json_parse_strict(const char *text, const char *path, struct json_object **root,
		      struct scst_error *err)
{
	const char *wrong = scst_find_no_utf8(text);
	_cleanup_free_ char *ascii = wrong ? NULL : scst_escape_utf8(text);
	struct json_tokener *tokener = ascii ? json_tokener_new() : NULL;
	enum json_tokener_error reason;
	struct json_object *obj;
	size_t end;

	if (wrong)
		return scst_fail(err, -EINVAL, "%s:%u: no JSON: invalid utf-8 string", path,
				 json_line_at(text, wrong));
	if (!tokener)
		return scst_fail(err, -ENOMEM, "out of memory");
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	obj = json_tokener_parse_ex(tokener, ascii, strlen(ascii) + 1);
	reason = json_tokener_get_error(tokener);
	end = json_tokener_get_parse_end(tokener);
	json_tokener_free(tokener);
	if (reason != json_tokener_success) {
		json_object_put(obj);
		return scst_fail(err, -EINVAL, "%s:%u: no JSON: %s", path,
				 json_line_at(ascii, ascii + end), json_tokener_error_desc(reason));
	}
	*root = obj;
	return 0;
}

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

const char *json_string_end(const char *at)
{
	for (at++; *at && *at != '"'; at++)
		if (*at == '\\' && at[1])
			at++;
	return *at ? at + 1 : at;
}

const char *json_next_key(const char *at)
{
	while ((at = strchr(at, '"'))) {
		const char *end = json_string_end(at);

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
	for (const char *at = text; (at = json_next_key(at)); at = json_string_end(at))
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
	for (const char *at = text; (at = json_next_key(at)); at = json_string_end(at)) {
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

unsigned int json_count_keys(struct json_object *node)
{
	unsigned int nr = 0;

	if (json_object_is_type(node, json_type_array))
		for (size_t i = 0; i < json_object_array_length(node); i++)
			nr += json_count_keys(json_object_array_get_idx(node, i));
	if (!json_object_is_type(node, json_type_object))
		return nr;
	json_object_object_foreach(node, name, value) {
		(void)name;
		nr += 1 + json_count_keys(value);
	}
	return nr;
}

/* Most texts repeat nothing, which a count of all keys tells at once. */
const char *json_find_repeated(const char *text, struct json_object *root, unsigned int *line)
{
	unsigned int in_text = 0;

	for (const char *at = text; (at = json_next_key(at)); at = json_string_end(at))
		in_text++;
	*line = 1;
	if (in_text == json_count_keys(root))
		return NULL;
	return key_with_more(text, root, root, line) ?: "a key";
}
