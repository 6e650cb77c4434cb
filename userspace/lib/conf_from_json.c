// SPDX-License-Identifier: GPL-2.0-only
/*
 * json-c parses; each key is looked up in conf_keys.h. Lines are found by going through the text
 * beside the tree, key by key, in the order of the document, which both have.
 */
#include "conf_check.h"
#include "conf_json.h"
#include "json_lines.h"
#include "conf_keys.h"

struct decoding {
	const char *file;
	const char *at;			/* in the text, behind the key that was read last */
	unsigned int line;
	struct scst_names *faults;
};

/* An object on its way, with its place in the whole and what decides which keys it has. */
struct object {
	struct scst_conf_place place;
	struct scst_conf *conf;
	const char *owner;
};

/* ---- lines ---------------------------------------------------------------------------------- */

static void next_key(struct decoding *d)
{
	const char *key = json_next_key(d->at) ?: d->at;

	for (; d->at < key; d->at++)
		d->line += *d->at == '\n';
	if (*d->at)
		d->at = json_string_end(d->at);
}

/* Keys in what is not looked at. */
static void skip_keys(struct decoding *d, struct json_object *value)
{
	for (unsigned int nr = json_count_keys(value); nr; nr--)
		next_key(d);
}

static int refuse(struct decoding *d, const struct object *obj, const char *key, const char *why)
{
	return scst_conf_fault(d->faults, d->file, d->line, &obj->place, key, why);
}

/* Its keys are not looked at. */
static int refuse_value(struct decoding *d, const struct object *obj, const char *key,
			struct json_object *value, const char *why)
{
	int err = refuse(d, obj, key, why);

	skip_keys(d, value);
	return err;
}

/* ---- values --------------------------------------------------------------------------------- */

static bool is_a(struct json_object *value, enum json_type type)
{
	return json_object_is_type(value, type);
}

/* The text of sysfs for a value of JSON; NULL: it is of another type. Until @value goes. */
static const char *text_of(const struct scst_key *key, struct json_object *value)
{
	switch (key->type) {
	case SCST_KEY_BOOL:
		if (!is_a(value, json_type_boolean))
			return NULL;
		return json_object_get_boolean(value) ? "1" : "0";
	case SCST_KEY_YES_NO:
		if (!is_a(value, json_type_boolean))
			return NULL;
		return json_object_get_boolean(value) ? "Yes" : "No";
	case SCST_KEY_FLAG:
		return is_a(value, json_type_boolean) && json_object_get_boolean(value) ? "" :
											  NULL;
	case SCST_KEY_NUMBER:
		return is_a(value, json_type_int) ? json_object_get_string(value) : NULL;
	case SCST_KEY_CHOICE:	/* of numbers, too */
		if (is_a(value, json_type_int))
			return json_object_get_string(value);
		break;
	case SCST_KEY_HEX:
	case SCST_KEY_DIGITS:
	case SCST_KEY_TEXT:
	case SCST_KEY_PATH:
	case SCST_KEY_USER:
	case SCST_KEY_PORTAL:
		break;
	}
	return is_a(value, json_type_string) ? json_object_get_string(value) : NULL;
}

/* json-c's strings can have a NUL within, which a text of sysfs cannot. */
static bool has_nul(struct json_object *value)
{
	return is_a(value, json_type_string) &&
	       strlen(json_object_get_string(value)) != (size_t)json_object_get_string_len(value);
}

/*
 * Each value once. The first makes the attribute, which nothing else in the object does: a key
 * stands there once, and "attributes" has none of those beside it.
 */
static int add_value(const struct object *obj, const char *name, const char *text,
		     unsigned int line, struct scst_set *seen)
{
	struct scst_conf *conf = obj->conf;
	struct scst_conf_attr *attr;

	if (scst_set_has(seen, text))
		return 0;
	attr = seen->root ? &conf->attrs[conf->nr_attrs - 1] : scst_conf_add_attr(conf, name, line);
	if (!attr || scst_set_add(seen, text))
		return -ENOMEM;
	return scst_names_add(&attr->values, text);
}

static int set_value(struct decoding *d, const struct object *obj, const struct scst_key *key,
		     struct json_object *value, struct scst_set *seen)
{
	const char *text = text_of(key, value);
	char wants[256], why[288];

	if (!text || has_nul(value)) {
		scst_key_wants(key, wants, sizeof(wants));
		snprintf(why, sizeof(why), "must be %s", wants);
		return refuse_value(d, obj, key->name, value, why);
	}
	if (key->type == SCST_KEY_FLAG)
		return scst_conf_set(obj->conf, key->name, NULL, d->line);
	return add_value(obj, key->name, text, d->line, seen);
}

/* A list without anything says that there should be nothing. */
static int set_key(struct decoding *d, const struct object *obj, const struct scst_key *key,
		   struct json_object *value)
{
	_cleanup_(scst_set_clear) struct scst_set seen = {};
	int err = 0;

	if (!(key->flags & SCST_KEY_LIST))
		return set_value(d, obj, key, value, &seen);
	if (!is_a(value, json_type_array))
		return refuse_value(d, obj, key->name, value, "must be an array of strings");
	if (!(key->flags & SCST_KEY_PARAM) && !json_object_array_length(value))
		err = scst_conf_set_none(obj->conf, key->name, d->line);
	for (size_t i = 0; i < json_object_array_length(value) && !err; i++)
		err = set_value(d, obj, key, json_object_array_get_idx(value, i), &seen);
	return err;
}

/* ---- what conf_keys.h has not ---------------------------------------------------------------- */

/* mgmt is no attribute: what is written there are verbs. */
static bool is_attr_name(const char *name)
{
	static const char characters[] = "abcdefghijklmnopqrstuvwxyz"
					 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";

	return *name && *name != '.' && !streq(name, "mgmt") && !name[strspn(name, characters)];
}

static int set_other_value(struct decoding *d, const struct object *obj, const char *name,
			   struct json_object *value, struct scst_set *seen)
{
	if (!is_a(value, json_type_string) || has_nul(value))
		return refuse_value(d, obj, name, value, "must be a string, or an array of them");
	if (strpbrk(json_object_get_string(value), "\n\r"))
		return refuse(d, obj, name, "must be one line");
	return add_value(obj, name, json_object_get_string(value), d->line, seen);
}

static int set_other(struct decoding *d, const struct object *obj, const char *name,
		     struct json_object *value)
{
	size_t nr = is_a(value, json_type_array) ? json_object_array_length(value) : 0;
	_cleanup_(scst_set_clear) struct scst_set seen = {};
	int err = 0;

	if (scst_key_find(obj->conf->kind, obj->owner, name))
		return refuse_value(d, obj, name, value, "stands beside \"attributes\", not in it");
	if (!is_attr_name(name))
		return refuse_value(d, obj, name, value, "is no name of an attribute");
	if (!nr)
		return set_other_value(d, obj, name, value, &seen);
	for (size_t i = 0; i < nr && !err; i++)
		err = set_other_value(d, obj, name, json_object_array_get_idx(value, i), &seen);
	return err;
}

static int set_others(struct decoding *d, const struct object *obj, struct json_object *value)
{
	int err = 0;

	if (!is_a(value, json_type_object))
		return refuse_value(d, obj, "attributes", value, "must be an object");
	json_object_object_foreach(value, name, text) {
		next_key(d);
		err = err ?: set_other(d, obj, name, text);
	}
	return err;
}

/* ---- objects -------------------------------------------------------------------------------- */

static int read_object(struct decoding *d, const struct object *obj, struct json_object *json);

static const char *name_key(enum scst_conf_kind kind)
{
	return kind == SCST_CONF_LUN ? "lun" : "name";
}

/* The name of an element of a list, or NULL. */
static const char *name_of(const struct scst_kind_row *row, struct json_object *json)
{
	struct json_object *name;

	if (row->by_name && is_a(json, json_type_string))
		return has_nul(json) ? NULL : json_object_get_string(json);
	if (!is_a(json, json_type_object) ||
	    !json_object_object_get_ex(json, name_key(row->kind), &name) || has_nul(name) ||
	    !is_a(name, row->kind == SCST_CONF_LUN ? json_type_int : json_type_string))
		return NULL;
	return json_object_get_string(name);
}

static int refuse_element(struct decoding *d, const struct object *in,
			  const struct scst_kind_row *row, struct json_object *json)
{
	char why[128];

	snprintf(why, sizeof(why), "each must be an object with \"%s\": %s%s",
		 name_key(row->kind), row->kind == SCST_CONF_LUN ? "a number" : "a string",
		 row->by_name ? ", or that string alone" : "");
	return refuse_value(d, in, row->list, json, why);
}

static int read_element(struct decoding *d, const struct object *in,
			const struct scst_kind_row *row, struct json_object *json)
{
	const char *name = name_of(row, json);
	struct object obj = { .owner = in->owner };

	if (!name)
		return refuse_element(d, in, row, json);
	obj.conf = scst_conf_add(in->conf, row->kind, name);
	if (!obj.conf)
		return -ENOMEM;
	if (row->kind == SCST_CONF_HANDLER || row->kind == SCST_CONF_DRIVER)
		obj.owner = obj.conf->name;
	obj.conf->line = d->line;
	obj.place = (struct scst_conf_place){ .in = &in->place, .conf = obj.conf };
	return is_a(json, json_type_object) ? read_object(d, &obj, json) : 0;
}

static int read_list(struct decoding *d, const struct object *obj,
		     const struct scst_kind_row *row, struct json_object *list)
{
	int err = 0;

	if (!is_a(list, json_type_array))
		return refuse_value(d, obj, row->list, list, "must be an array");
	for (size_t i = 0; i < json_object_array_length(list) && !err; i++)
		err = read_element(d, obj, row, json_object_array_get_idx(list, i));
	return err;
}

/* The attributes of device_groups/, which are an object of their own. */
static int read_alua(struct decoding *d, const struct object *root, struct json_object *json)
{
	struct object obj = { .conf = scst_conf_add(root->conf, SCST_CONF_ALUA, "ALUA") };

	if (!obj.conf)
		return -ENOMEM;
	if (!is_a(json, json_type_object))
		return refuse_value(d, root, "alua", json, "must be an object");
	obj.conf->line = d->line;
	obj.place = (struct scst_conf_place){ .in = &root->place, .conf = obj.conf };
	return read_object(d, &obj, json);
}

static int read_device_of_lun(struct decoding *d, const struct object *obj,
			      struct json_object *value)
{
	if (!is_a(value, json_type_string) || has_nul(value))
		return refuse_value(d, obj, "device", value, "must be the name of a device");
	return scst_names_add(&obj->conf->devices, json_object_get_string(value));
}

static int unknown_key(struct decoding *d, const struct object *obj, const char *name,
		       struct json_object *value)
{
	char why[160];

	if (scst_key_find(obj->conf->kind, NULL, name))
		snprintf(why, sizeof(why), "%s has no such key", obj->owner ?: "");
	else
		snprintf(why, sizeof(why), "unknown key");
	return refuse_value(d, obj, name, value, why);
}

static int read_member(struct decoding *d, const struct object *obj, const char *name,
		       struct json_object *value)
{
	enum scst_conf_kind kind = obj->conf->kind;
	const struct scst_kind_row *row = scst_kind_of_list(kind, name);
	const struct scst_key *key = scst_key_find(kind, obj->owner, name);

	if (kind == SCST_CONF_ROOT ? streq(name, "$schema") : streq(name, name_key(kind))) {
		obj->conf->line = kind == SCST_CONF_ROOT ? 1 : d->line;
		skip_keys(d, value);
		return 0;
	}
	if (kind == SCST_CONF_LUN && streq(name, "device"))
		return read_device_of_lun(d, obj, value);
	if (kind == SCST_CONF_ROOT && streq(name, "alua"))
		return read_alua(d, obj, value);
	if (streq(name, "attributes"))
		return set_others(d, obj, value);
	if (row)
		return read_list(d, obj, row, value);
	return key ? set_key(d, obj, key, value) : unknown_key(d, obj, name, value);
}

static int read_object(struct decoding *d, const struct object *obj, struct json_object *json)
{
	int err = 0;

	json_object_object_foreach(json, name, value) {
		next_key(d);
		err = err ?: read_member(d, obj, name, value);
	}
	return err;
}

/* ---- the text ------------------------------------------------------------------------------- */

/* json-c keeps the last of two keys of one name, and nobody would see that the first is lost. */
static int refuse_repeated(const char *text, const char *file, struct json_object *json,
			   struct scst_error *err)
{
	unsigned int line;
	const char *key = json_find_repeated(text, json, &line);

	return key ? scst_fail(err, -EINVAL, "%s:%u: %s: stands there twice", file, line, key) : 0;
}

static int read_root(struct decoding *d, struct json_object *json, struct scst_conf **conf)
{
	_cleanup_(scst_conf_freep) struct scst_conf *root = scst_conf_new(SCST_CONF_ROOT, "");
	struct object obj = { .place.conf = root, .conf = root };
	int err = root ? read_object(d, &obj, json) : -ENOMEM;

	if (err)
		return err;
	root->line = 1;
	scst_conf_sort(root, scst_conf_by_number);
	*conf = TAKE_PTR(root);
	return 0;
}

int scst_conf_from_json(const char *text, const char *file, struct scst_conf **conf,
			struct scst_names *faults, struct scst_error *err)
{
	struct decoding d = { .file = file, .at = text, .line = 1, .faults = faults };
	struct json_object *json = NULL;
	int ret = json_parse_strict(text, file, &json, err);

	if (ret)
		return ret;
	if (!json_object_is_type(json, json_type_object))
		ret = scst_fail(err, -EINVAL, "%s:1: must be a JSON object", file);
	ret = ret ?: refuse_repeated(text, file, json, err);
	ret = ret ?: read_root(&d, json, conf);
	json_object_put(json);
	return ret == -ENOMEM ? scst_fail(err, ret, "out of memory") : ret;
}
