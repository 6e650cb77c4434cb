// SPDX-License-Identifier: GPL-2.0-only
/* Records of rings: a program of another build may have left anything there. */
#include "json.h"
#include "ring.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	enum scst_ring_kind kind = take_u8(&input) % SCST_RING_KINDS;
	/* often as long as a record is: the rest is like its last byte */
	size_t len = take_u8(&input) % 2 ? 8192 : input.left, have = len;
	struct json_object *obj;
	const char *text;
	uint8_t *record;
	int ret;

	record = take_block(&input, &have);
	if (have < len) {
		record = realloc(record, len);
		must(record);
		memset(record + have, have ? record[have - 1] : 0, len - have);
	}
	obj = scst_ring_record(kind, record, len, &ret);
	must(ret == 0 || (ret == -EPROTO && !obj));
	if (obj) {
		text = json_object_to_json_string_ext(obj, JSON_C_TO_STRING_PLAIN |
								   JSON_C_TO_STRING_NOSLASHESCAPE);
		must(!strchr(text, '\n'));
		must_be_json(text, strlen(text));
		must(json_object_object_get_ex(obj, "event", NULL));
	}
	json_object_put(obj);
	free(record);
	return 0;
}
