// SPDX-License-Identifier: GPL-2.0-only
/*
 * The line of a key is found by counting how often the key stands before it, in the order of the
 * document, which json-c keeps. What stands in the text and not in the tree was repeated.
 */
#include "json_lines.h"

#include <search.h>

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

/* ---- what json-c has forgotten -------------------------------------------------------------- */

/* A key between its quotes: how much more often it stands in the text than in the tree. */
struct key {
	const char *name;
	size_t len;
	long more;
	const char *last;		/* in the text */
};

static int by_name(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	return x->len != y->len ? (x->len < y->len ? -1 : 1) : memcmp(x->name, y->name, x->len);
}

static struct key *find_key(void *const *keys, const char *name, size_t len)
{
	const struct key key = { .name = name, .len = len };
	struct key **found = tfind(&key, keys, by_name);

	return found ? *found : NULL;
}

static struct key *reach_key(void **keys, const char *name, size_t len)
{
	struct key *key = find_key(keys, name, len);

	if (key)
		return key;
	key = calloc(1, sizeof(*key));
	if (!key)
		return NULL;
	*key = (struct key){ .name = name, .len = len };
	if (tsearch(key, keys, by_name))
		return key;
	free(key);
	return NULL;
}

/* Return: 0 or -ENOMEM. */
static int add_text(void **keys, const char *text)
{
	const char *end;

	for (const char *at = text; (at = json_next_key(at)); at = end) {
		struct key *key;

		end = json_string_end(at);
		key = reach_key(keys, at + 1, end - at - 2);
		if (!key)
			return -ENOMEM;
		key->more++;
		key->last = at;
	}
	return 0;
}

static void subtract_tree(void *const *keys, struct json_object *node)
{
	if (json_object_is_type(node, json_type_array))
		for (size_t i = 0; i < json_object_array_length(node); i++)
			subtract_tree(keys, json_object_array_get_idx(node, i));
	if (!json_object_is_type(node, json_type_object))
		return;
	json_object_object_foreach(node, name, value) {
		struct key *key = find_key(keys, name, strlen(name));

		if (key)
			key->more--;
		subtract_tree(keys, value);
	}
}

/* The first of @node that stands more often in the text; its name is the tree's. */
static const char *key_with_more(void *const *keys, struct json_object *node, const char **last)
{
	const char *found = NULL;

	if (json_object_is_type(node, json_type_array))
		for (size_t i = 0; i < json_object_array_length(node) && !found; i++)
			found = key_with_more(keys, json_object_array_get_idx(node, i), last);
	if (found || !json_object_is_type(node, json_type_object))
		return found;
	json_object_object_foreach(node, name, value) {
		struct key *key = find_key(keys, name, strlen(name));

		if (key && key->more > 0) {
			*last = key->last;
			return name;
		}
		found = key_with_more(keys, value, last);
		if (found)
			return found;
	}
	return NULL;
}

/* Most texts repeat nothing, which a count of all keys tells at once. */
const char *json_find_repeated(const char *text, struct json_object *root, unsigned int *line)
{
	unsigned int in_text = 0;
	const char *found = NULL, *last = text;
	void *keys = NULL;

	for (const char *at = text; (at = json_next_key(at)); at = json_string_end(at))
		in_text++;
	*line = 1;
	if (in_text == json_count_keys(root))
		return NULL;
	if (!add_text(&keys, text)) {
		subtract_tree(&keys, root);
		found = key_with_more(&keys, root, &last);
	}
	tdestroy(keys, free);
	*line = json_line_at(text, last);
	return found ?: "a key";
}
