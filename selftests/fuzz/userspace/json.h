/* SPDX-License-Identifier: GPL-2.0-only */
/* What is sent as JSON must be JSON, and in UTF-8. */
#ifndef FUZZ_USERSPACE_JSON_H
#define FUZZ_USERSPACE_JSON_H

#include <json-c/json.h>

#include "input.h"
#include "printable.h"

/* JSON-C's own look takes no character of four bytes, and its strict mode none but ASCII's. */
static inline void must_be_utf8(const char *text, size_t len)
{
	_cleanup_free_ char *copy = strndup(text, len), *again = strndup(text, len);

	must(copy && again && strlen(copy) == len);
	scst_make_printable(copy, "");
	must(streq(copy, again));
}

static inline void must_be_json(const char *text, size_t len)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *obj;

	must_be_utf8(text, len);
	must(tokener);
	obj = json_tokener_parse_ex(tokener, text, len);
	must(json_tokener_get_error(tokener) == json_tokener_success);
	must(json_object_is_type(obj, json_type_object));
	json_object_put(obj);
	json_tokener_free(tokener);
}

#endif
