// SPDX-License-Identifier: GPL-2.0-only
/*
 * conf_keys.h as JSON schema (draft 2020-12), for editors. Which handler has which key is said in
 * the description: an editor that offers one too many is no harm, and the reader refuses it.
 */
#include "conf_json.h"
#include "conf_keys.h"

static struct json_object *string(const char *text)
{
	return json_object_new_string(text);
}

static void add(struct json_object *obj, const char *key, struct json_object *value)
{
	json_object_object_add(obj, key, value);
}

/* "of vdisk_blockio, vdisk_fileio" */
static void say_owners(const struct scst_key *key, FILE *out)
{
	const char *gap = " Of ";

	for (unsigned int bit = 1; key->only && scst_key_owner(bit); bit <<= 1)
		if (key->only & bit) {
			fprintf(out, "%s%s", gap, scst_key_owner(bit));
			gap = ", ";
		}
	if (key->only)
		fputc('.', out);
}

static struct json_object *description(const struct scst_key *key)
{
	char wants[256], text[512] = "";
	FILE *out = fmemopen(text, sizeof(text) - 1, "w");

	scst_key_wants(key, wants, sizeof(wants));
	if (out) {
		fprintf(out, "%s: %s.", key->help, wants);
		say_owners(key, out);
		fclose(out);
	}
	return string(text);
}

static struct json_object *choices(const char *list)
{
	struct json_object *all = json_object_new_array();
	int64_t number;

	for (const char *at = list; at; at = strchr(at, '|')) {
		char word[64];

		at += *at == '|';
		snprintf(word, sizeof(word), "%.*s", (int)strcspn(at, "|"), at);
		json_object_array_add(all, scst_parse_s64(word, INT64_MIN, INT64_MAX, &number) ?
					       string(word) : json_object_new_int64(number));
	}
	return all;
}

static void add_type(struct json_object *obj, const struct scst_key *key)
{
	switch (key->type) {
	case SCST_KEY_BOOL:
	case SCST_KEY_YES_NO:
		add(obj, "type", string("boolean"));
		return;
	case SCST_KEY_FLAG:
		add(obj, "const", json_object_new_boolean(true));
		return;
	case SCST_KEY_NUMBER:
		add(obj, "type", string("integer"));
		add(obj, "minimum", json_object_new_int64(key->min));
		add(obj, "maximum", json_object_new_int64(key->max));
		return;
	case SCST_KEY_HEX:
		add(obj, "pattern", string("^(0x[0-9a-fA-F]+|[0-9]+)$"));
		break;
	case SCST_KEY_DIGITS:
		add(obj, "pattern", string("^0x([0-9a-fA-F]{2})*$"));
		break;
	case SCST_KEY_CHOICE:
		add(obj, "enum", choices(key->choices));
		return;
	case SCST_KEY_PATH:
		add(obj, "pattern", string(key->flags & SCST_KEY_NEEDED ? "^/" : "^(/.*)?$"));
		break;
	case SCST_KEY_USER:
		add(obj, "pattern", string("^[^ \t=]+[ \t]+[^ \t]{12,}$"));
		break;
	case SCST_KEY_PORTAL:
		add(obj, "pattern", string("^!?\\[?[0-9a-fA-F.:*?]+\\]?$"));
		break;
	case SCST_KEY_TEXT:
		add(obj, "maxLength", json_object_new_int64(key->max));
		break;
	}
	add(obj, "type", string("string"));
}

static struct json_object *schema_of_key(const struct scst_key *key)
{
	struct json_object *obj = json_object_new_object(), *list;

	add_type(obj, key);
	if (!(key->flags & SCST_KEY_LIST)) {
		add(obj, "description", description(key));
		return obj;
	}
	list = json_object_new_object();
	add(list, "type", string("array"));
	add(list, "items", obj);
	add(list, "description", description(key));
	return list;
}

/* ---- objects -------------------------------------------------------------------------------- */

static struct json_object *schema_of_kind(const struct scst_kind_row *row);

static struct json_object *schema_of_others(void)
{
	struct json_object *obj = json_object_new_object(), *inner = json_object_new_object();
	struct json_object *types = json_object_new_array();

	json_object_array_add(types, string("string"));
	json_object_array_add(types, string("array"));
	add(inner, "type", types);
	add(obj, "type", string("object"));
	add(obj, "additionalProperties", inner);
	add(obj, "description", string("attributes that this version does not know"));
	return obj;
}

/* Two keys of one name are of different handlers, and each has values that the other has not. */
static void add_key(struct json_object *properties, const struct scst_key *key)
{
	struct json_object *schema = schema_of_key(key), *other, *either, *list;

	if (json_object_object_get_ex(properties, key->name, &other)) {
		list = json_object_new_array();
		json_object_array_add(list, json_object_get(other));
		json_object_array_add(list, schema);
		either = json_object_new_object();
		add(either, "anyOf", list);
		schema = either;
	}
	add(properties, key->name, schema);
}

static void add_keys(struct json_object *properties, enum scst_conf_kind kind)
{
	for (const struct scst_key *key = scst_keys; key->name; key++)
		if (key->kind == kind)
			add_key(properties, key);
	add(properties, "attributes", schema_of_others());
}

static void add_lists(struct json_object *properties, enum scst_conf_kind kind)
{
	for (const struct scst_kind_row *row = scst_kinds; row->list; row++) {
		struct json_object *list;

		if (row->parent != kind)
			continue;
		list = json_object_new_object();
		add(list, "type", string("array"));
		add(list, "items", schema_of_kind(row));
		add(properties, row->list, list);
	}
}

static struct json_object *schema_of_object(enum scst_conf_kind kind,
					    struct json_object *properties)
{
	struct json_object *obj = json_object_new_object();

	add_keys(properties, kind);
	add_lists(properties, kind);
	add(obj, "type", string("object"));
	add(obj, "properties", properties);
	add(obj, "additionalProperties", json_object_new_boolean(false));
	return obj;
}

static struct json_object *name_schema(const struct scst_kind_row *row)
{
	struct json_object *name = json_object_new_object();

	if (row->kind == SCST_CONF_LUN) {
		add(name, "type", string("integer"));
		add(name, "minimum", json_object_new_int(0));
		add(name, "maximum", json_object_new_int(16383));
	} else {
		add(name, "type", string("string"));
		add(name, "maxLength", json_object_new_int(row->max));
	}
	return name;
}

static void require(struct json_object *obj, const char *a, const char *b)
{
	struct json_object *list = json_object_new_array();

	json_object_array_add(list, string(a));
	if (b)
		json_object_array_add(list, string(b));
	add(obj, "required", list);
}

static struct json_object *schema_of_kind(const struct scst_kind_row *row)
{
	struct json_object *properties = json_object_new_object(), *obj, *either, *list;
	bool lun = row->kind == SCST_CONF_LUN;

	add(properties, lun ? "lun" : "name", name_schema(row));
	if (lun)
		add(properties, "device", schema_of_key(&(struct scst_key){
			.type = SCST_KEY_TEXT, .max = 63, .help = "what it maps" }));
	obj = schema_of_object(row->kind, properties);
	require(obj, lun ? "lun" : "name", lun ? "device" : NULL);
	add(obj, "description", string(row->help));
	if (!row->by_name)
		return obj;
	either = json_object_new_object();
	list = json_object_new_array();
	json_object_array_add(list, name_schema(row));
	json_object_array_add(list, obj);
	add(either, "anyOf", list);
	return either;
}

struct json_object *scst_conf_schema(void)
{
	struct json_object *properties = json_object_new_object(), *root;
	struct json_object *text = json_object_new_object();

	add(text, "type", string("string"));
	add(properties, "$schema", text);
	add(properties, "alua", schema_of_object(SCST_CONF_ALUA, json_object_new_object()));
	root = schema_of_object(SCST_CONF_ROOT, properties);
	add(root, "$schema", string("https://json-schema.org/draft/2020-12/schema"));
	add(root, "title", string("scst.json: a configuration of SCSI targets"));
	return root;
}
