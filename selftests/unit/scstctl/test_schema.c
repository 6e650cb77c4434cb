// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does the JSON schema say what the reader does? Both come from one table: of each key values are
 * tried that are near what it takes, and what the reader takes the schema must take. The other way
 * round it holds where a schema can say all that there is to say. The validator has as much of JSON
 * schema as we write.
 */
#include "unit.h"

#include <regex.h>

#include "conf_check.h"
#include "conf_json.h"
#include "conf_keys.h"

/* ---- the validator -------------------------------------------------------------------------- */

static struct json_object *member(struct json_object *obj, const char *name)
{
	struct json_object *value = NULL;

	return json_object_object_get_ex(obj, name, &value) ? value : NULL;
}

static bool has_type(struct json_object *schema, struct json_object *value)
{
	struct json_object *type = member(schema, "type");
	const char *name = type ? json_object_get_string(type) : NULL;
	enum json_type is = json_object_get_type(value);

	return !name || (streq(name, "boolean") && is == json_type_boolean) ||
	       (streq(name, "integer") && is == json_type_int) ||
	       (streq(name, "string") && is == json_type_string) ||
	       (streq(name, "array") && is == json_type_array);
}

static bool is_one_of(struct json_object *list, struct json_object *value)
{
	for (size_t i = 0; i < json_object_array_length(list); i++)
		if (json_object_equal(json_object_array_get_idx(list, i), value))
			return true;
	return false;
}

static bool has_pattern(const char *pattern, const char *text)
{
	regex_t regex;
	bool fits;

	assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
	fits = !regexec(&regex, text, 0, NULL, 0);
	regfree(&regex);
	return fits;
}

static bool is_in_range(struct json_object *schema, struct json_object *value)
{
	struct json_object *min = member(schema, "minimum"), *max = member(schema, "maximum");
	struct json_object *longest = member(schema, "maxLength");

	return (!min || json_object_get_int64(value) >= json_object_get_int64(min)) &&
	       (!max || json_object_get_int64(value) <= json_object_get_int64(max)) &&
	       (!longest || json_object_get_string_len(value) <= json_object_get_int64(longest));
}

static bool fits(struct json_object *schema, struct json_object *value);

static bool fits_any(struct json_object *list, struct json_object *value)
{
	for (size_t i = 0; i < json_object_array_length(list); i++)
		if (fits(json_object_array_get_idx(list, i), value))
			return true;
	return false;
}

static bool fits(struct json_object *schema, struct json_object *value)
{
	struct json_object *constant = member(schema, "const"), *list = member(schema, "enum");
	struct json_object *pattern = member(schema, "pattern"), *items = member(schema, "items");

	if (member(schema, "anyOf"))
		return fits_any(member(schema, "anyOf"), value);
	if (!has_type(schema, value) || !is_in_range(schema, value) ||
	    (constant && !json_object_equal(constant, value)) || (list && !is_one_of(list, value)))
		return false;
	for (size_t i = 0; items && i < json_object_array_length(value); i++)
		if (!fits(items, json_object_array_get_idx(value, i)))
			return false;
	return !pattern ||
	       has_pattern(json_object_get_string(pattern), json_object_get_string(value));
}

/* ---- where a key stands --------------------------------------------------------------------- */

static struct json_object *properties_of(struct json_object *schema, enum scst_conf_kind kind)
{
	const struct scst_kind_row *row = scst_kinds;
	struct json_object *items;

	if (kind == SCST_CONF_ROOT)
		return member(schema, "properties");
	while (row->kind != kind)
		row++;
	items = member(member(properties_of(schema, row->parent), row->list), "items");
	if (row->by_name)
		items = json_object_array_get_idx(member(items, "anyOf"), 1);
	return member(items, "properties");
}

#define TARGETS	"\", \"targets\": [ { \"name\": \"t\", "

/* A configuration with an object of this kind: its owner stands in the first gap, a key behind. */
static const struct {
	const char *before, *between, *after;
} around[SCST_CONF_KINDS] = {
	[SCST_CONF_ROOT] = { "{ ", "", " }" },
	[SCST_CONF_HANDLER] = { "{ \"handlers\": [ { \"name\": \"", "\", ", " } ] }" },
	[SCST_CONF_DEVICE] = { "{ \"handlers\": [ { \"name\": \"",
			       "\", \"devices\": [ { \"name\": \"d\", ", " } ] } ] }" },
	[SCST_CONF_DRIVER] = { "{ \"drivers\": [ { \"name\": \"", "\", ", " } ] }" },
	[SCST_CONF_TARGET] = { "{ \"drivers\": [ { \"name\": \"", TARGETS, " } ] } ] }" },
	[SCST_CONF_GROUP] = { "{ \"drivers\": [ { \"name\": \"",
			      TARGETS "\"groups\": [ { \"name\": \"g\", ", " } ] } ] } ] }" },
	[SCST_CONF_LUN] = { "{ \"drivers\": [ { \"name\": \"",
			    TARGETS "\"luns\": [ { \"lun\": 0, \"device\": \"d\", ",
			    " } ] } ] } ] }" },
	[SCST_CONF_TARGET_GROUP] = { "{ \"device_groups\": [ { \"name\": \"dg\", "
				     "\"target_groups\": [ { \"name\": \"tg\", ", "",
				     " } ] } ] }" },
	[SCST_CONF_GROUP_TARGET] = { "{ \"device_groups\": [ { \"name\": \"dg\", "
				     "\"target_groups\": [ { \"name\": \"tg\", \"targets\": [ { "
				     "\"name\": \"t\", ", "", " } ] } ] } ] }" },
};

static const char *owner_of(const struct scst_key *key)
{
	if (key->only)
		return scst_key_owner(key->only & -key->only);
	switch ((int)key->kind) {
	case SCST_CONF_HANDLER:
	case SCST_CONF_DEVICE:
		return "vdisk_fileio";
	case SCST_CONF_DRIVER:
	case SCST_CONF_TARGET:
	case SCST_CONF_GROUP:
	case SCST_CONF_LUN:
		return "iscsi";
	}
	return "";
}

static bool reader_takes(const struct scst_key *key, const char *value)
{
	_cleanup_(scst_names_clear) struct scst_names faults = {};
	_cleanup_(scst_conf_freep) struct scst_conf *conf = NULL;
	_cleanup_free_ char *text = NULL;
	bool list = key->flags & SCST_KEY_LIST;
	struct scst_error err = {};

	assert_non_null(around[key->kind].after);
	assert_true(asprintf(&text, "%s%s%s\"%s\": %s%s%s%s", around[key->kind].before,
			     owner_of(key), around[key->kind].between, key->name, list ? "[ " : "",
			     value, list ? " ]" : "", around[key->kind].after) > 0);
	assert_int_equal(scst_conf_from_json(text, "f", &conf, &faults, &err), 0);
	assert_int_equal(scst_conf_check(conf, NULL, &faults), 0);
	return !faults.nr;
}

static bool schema_takes(struct json_object *schema, const struct scst_key *key, const char *value)
{
	struct json_object *of_key = member(properties_of(schema, key->kind), key->name);
	struct json_object *parsed = json_tokener_parse(value);
	bool takes;

	assert_non_null(of_key);
	if (key->flags & SCST_KEY_LIST)
		of_key = member(of_key, "items");
	takes = fits(of_key, parsed);
	json_object_put(parsed);
	return takes;
}

/* ---- values --------------------------------------------------------------------------------- */

static bool can_say_all(enum scst_key_type type)
{
	return type == SCST_KEY_BOOL || type == SCST_KEY_YES_NO || type == SCST_KEY_FLAG ||
	       type == SCST_KEY_NUMBER || type == SCST_KEY_CHOICE;
}

static unsigned int taken;

static void try(struct json_object *schema, const struct scst_key *key, const char *value)
{
	bool by_reader = reader_takes(key, value), by_schema = schema_takes(schema, key, value);

	taken += by_reader;
	if (by_reader && !by_schema)
		fail_msg("%s of %s: the schema refuses %s", key->name, owner_of(key), value);
	if (by_schema && !by_reader && can_say_all(key->type))
		fail_msg("%s of %s: the schema takes %s", key->name, owner_of(key), value);
}

static void try_number(struct json_object *schema, const struct scst_key *key, int64_t number)
{
	char value[32];

	snprintf(value, sizeof(value), "%lld", (long long)number);
	try(schema, key, value);
}

static void try_length(struct json_object *schema, const struct scst_key *key, size_t length)
{
	_cleanup_free_ char *value = malloc(length + 3);

	memset(value, 'x', length + 2);
	value[0] = value[length + 1] = '"';
	value[length + 2] = '\0';
	if (key->type == SCST_KEY_PATH)
		value[1] = '/';
	try(schema, key, value);
}

static void try_choices(struct json_object *schema, const struct scst_key *key)
{
	char value[64];

	for (const char *at = key->choices; at; at = strchr(at, '|')) {
		at += *at == '|';
		snprintf(value, sizeof(value), "%.*s", (int)strcspn(at, "|"), at);
		if (value[strspn(value, "0123456789")])
			snprintf(value, sizeof(value), "\"%.*s\"", (int)strcspn(at, "|"), at);
		try(schema, key, value);
	}
}

static void the_schema_takes_what_the_reader_takes(void **state)
{
	static const char *const values[] = {
		"true", "false", "0", "1", "-1", "2", "\"\"", "\"x\"", "\"1\"", "\"/x\"", "\"/\"",
		"\"0x1f\"", "\"0x10\"", "\"1f\"", "\"0x1\"", "\"0x\"", "\"12\"", "\"Yes\"",
		"\"0x5000000000000001\"", "\"0x50000000000000015000000000000001\"",
		"\"joe secret123456\"", "\"joe  secret123456\"", "\"joe short\"", "\"joe\"",
		"\"1.2.3.4\"", "\"10.*\"", "\"!10.0.0.1\"", "\"[fe80::1]\"", "\"fe80::*\"", "\"*\"",
	};
	struct json_object *schema = scst_conf_schema();

	for (const struct scst_key *key = scst_keys; key->name; key++) {
		taken = 0;
		for (size_t i = 0; i < ARRAY_SIZE(values); i++)
			try(schema, key, values[i]);
		if (key->type == SCST_KEY_NUMBER) {
			for (int off = -1; off <= 1; off++) {
				try_number(schema, key, key->min + off);
				if (key->max < INT64_MAX)
					try_number(schema, key, key->max + off);
			}
		} else if (key->max > 1 && key->max < INT16_MAX) {
			try_length(schema, key, key->max);
			try_length(schema, key, key->max + 1);
		}
		if (key->type == SCST_KEY_CHOICE)
			try_choices(schema, key);
		if (!taken)
			fail_msg("%s of %s: no value was right", key->name, owner_of(key));
	}
	json_object_put(schema);
}

/* What the kernel has of real devices is little; what a virtual disk says of itself is theirs. */
static void real_devices_have_the_keys_that_the_kernel_has(void **state)
{
	static const char *const none[] = { "usn", "t10_vend_id", "prod_id", "prod_rev_lvl",
		"t10_dev_id", "vend_specific_id", "scsi_device_name", "naa_id", "eui64_id",
		"inq_vend_specific", "tst", "max_trans_len", "filename", "blocksize" };

	for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
		assert_null(scst_key_find(SCST_CONF_DEVICE, "dev_disk", none[i]));
		assert_null(scst_key_find(SCST_CONF_DEVICE, "dev_tape", none[i]));
	}
	assert_non_null(scst_key_find(SCST_CONF_DEVICE, "dev_disk", "cluster_mode"));
	assert_non_null(scst_key_find(SCST_CONF_DEVICE, "dev_disk_perf", "cluster_mode"));
	assert_null(scst_key_find(SCST_CONF_DEVICE, "dev_tape", "cluster_mode"));
	assert_non_null(scst_key_find(SCST_CONF_DEVICE, "vcdrom", "usn"));
	assert_non_null(scst_key_find(SCST_CONF_DEVICE, "of_somebody_else", "usn"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_devices_have_the_keys_that_the_kernel_has),
		cmocka_unit_test(the_schema_takes_what_the_reader_takes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
