// SPDX-License-Identifier: GPL-2.0-only
/* What sysfs says, with names of strangers in it: fit to be printed, and as JSON. */
#include "exit_json.h"
#include "json.h"
#include "printable.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = strndup((const char *)data, size), *again = NULL;
	struct json_object *obj;
	const char *json;

	must(text);
	scst_make_printable(text, "\n\t");
	again = strdup(text);
	must(again);
	scst_make_printable(again, "\n\t");
	must(streq(text, again));
	for (const char *c = text; *c; c++)
		must((unsigned char)*c >= ' ' || *c == '\n' || *c == '\t');
	obj = scst_json_exit(text);
	must(obj);
	json = json_object_to_json_string_ext(obj, JSON_C_TO_STRING_PLAIN);
	must_be_json(json, strlen(json));
	json_object_put(obj);
	return 0;
}
