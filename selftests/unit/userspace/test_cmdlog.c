// SPDX-License-Identifier: GPL-2.0-only
/* Records of the command log as JSON and as a line. */
#include "unit.h"

#include "cmdlog.h"

static const struct cmdlog_event event = {
	.time_ns = 1, .latency_ns = 1500, .tag = UINT64_MAX, .lba = 8, .len = 4096, .lun = 3,
	.opcode = 0x28, .status = 2, .key = 5, .asc = 0x24, .ascq = 0, .cdb = { 0x28, 0, 0xff },
	.initiator = "host\x1b[31m\"\n", .target = "t", .device = "d0",
};

static void json_escapes_and_keeps_64_bits(void **state)
{
	struct json_object *obj = scst_cmdlog_json(&event);
	const char *text = json_object_to_json_string_ext(obj, JSON_C_TO_STRING_PLAIN);
	struct json_object *again = json_tokener_parse(text);

	assert_non_null(again);
	assert_non_null(strstr(text, "\"tag\":18446744073709551615"));
	assert_non_null(strstr(text, "\"sense\":\"5\\/24\\/00\""));
	assert_non_null(strstr(text, "\"cdb\":\"2800ff00"));
	assert_non_null(strstr(text, "\"initiator\":\"host?[31m\\\"?\""));
	json_object_put(again);
	json_object_put(obj);
}

static void names_without_an_end_are_cut(void **state)
{
	struct cmdlog_event full = event;
	struct json_object *obj;

	memset(full.initiator, 'x', sizeof(full.initiator));
	memset(full.device, 'y', sizeof(full.device));
	obj = scst_cmdlog_json(&full);
	assert_int_equal(json_object_get_string_len(json_object_object_get(obj, "initiator")), 255);
	assert_int_equal(json_object_get_string_len(json_object_object_get(obj, "device")), 64);
	json_object_put(obj);
}

static void line_shows_no_control_characters(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	scst_cmdlog_print(&event, out);
	fclose(out);
	assert_null(strchr(text, '\x1b'));
	assert_int_equal(strchr(text, '\n') - text, size - 1);
	assert_non_null(strstr(text, "5/24/00"));
	assert_non_null(strstr(text, " 1.5 "));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_escapes_and_keeps_64_bits),
		cmocka_unit_test(names_without_an_end_are_cut),
		cmocka_unit_test(line_shows_no_control_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
