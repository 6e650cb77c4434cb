// SPDX-License-Identifier: GPL-2.0-only
/* Keys in the order of conf_keys.h, so that two files of one configuration are the same. */
#include "conf_json.h"
#include "conf_keys.h"

struct encoding {
	bool secrets;
	bool failed;			/* out of memory somewhere */
};

/* @value is @obj's from here on. */
static void put(struct encoding *e, struct json_object *obj, const char *key,
		struct json_object *value)
{
	if (value && !json_object_object_add(obj, key, value))
		return;
	json_object_put(value);
	e->failed = true;
}

static struct json_object *new_list(struct encoding *e, struct json_object *obj, const char *key)
{
	struct json_object *list = json_object_new_array();

	put(e, obj, key, list);
	return e->failed ? NULL : list;
}

static void append(struct encoding *e, struct json_object *list, struct json_object *value)
{
	if (value && list && !json_object_array_add(list, value))
		return;
	json_object_put(value);
	e->failed = true;
}

/* ---- values --------------------------------------------------------------------------------- */

/* What is not of its type stays text: the reader says what is wrong with it. */
static struct json_object *value_of(const struct scst_key *key, const char *text)
{
	int64_t number;

	if (!key || scst_key_refuses(key, text))
		return json_object_new_string(text);
	switch (key->type) {
	case SCST_KEY_BOOL:
		return json_object_new_boolean(streq(text, "1"));
	case SCST_KEY_YES_NO:
		return json_object_new_boolean(!strcasecmp(text, "Yes"));
	case SCST_KEY_FLAG:
		return json_object_new_boolean(true);
	case SCST_KEY_NUMBER:
	case SCST_KEY_CHOICE:
		if (!scst_parse_s64(text, INT64_MIN, INT64_MAX, &number))
			return json_object_new_int64(number);
		break;
	case SCST_KEY_HEX:
	case SCST_KEY_DIGITS:
	case SCST_KEY_TEXT:
	case SCST_KEY_PATH:
	case SCST_KEY_USER:
	case SCST_KEY_PORTAL:
		break;
	}
	return json_object_new_string(text);
}

/* Of a user without his secret the name: no reader takes that, so nobody is let in by mistake. */
static struct json_object *element_of(const struct encoding *e, const struct scst_key *key,
				      const char *text)
{
	if (key->flags & SCST_KEY_SECRET && !e->secrets)
		return json_object_new_string_len(text, strcspn(text, " \t"));
	return value_of(key, text);
}

static void put_attr(struct encoding *e, struct json_object *obj, const struct scst_key *key,
		     const struct scst_conf_attr *attr)
{
	struct json_object *list;

	if (!(key->flags & SCST_KEY_LIST)) {
		put(e, obj, attr->name, value_of(key, attr->values.nr ? attr->values.list[0] : ""));
		return;
	}
	list = new_list(e, obj, attr->name);
	for (size_t i = 0; i < attr->values.nr; i++)
		append(e, list, element_of(e, key, attr->values.list[i]));
}

static void put_known(struct encoding *e, struct json_object *obj, const struct scst_conf *conf,
		      const char *owner)
{
	for (const struct scst_key *key = scst_keys; key->name; key++) {
		const struct scst_conf_attr *attr = key->kind != conf->kind ? NULL :
			scst_conf_attr(conf, key->name);

		if (attr && scst_key_find(conf->kind, owner, key->name) == key)
			put_attr(e, obj, key, attr);
	}
}

/* A string; of several values a list of them. */
static void put_other(struct encoding *e, struct json_object *others,
		      const struct scst_conf_attr *attr)
{
	struct json_object *list;

	if (attr->values.nr < 2) {
		put(e, others, attr->name,
		    json_object_new_string(attr->values.nr ? attr->values.list[0] : ""));
		return;
	}
	list = new_list(e, others, attr->name);
	for (size_t i = 0; i < attr->values.nr; i++)
		append(e, list, json_object_new_string(attr->values.list[i]));
}

static void put_others(struct encoding *e, struct json_object *obj, const struct scst_conf *conf,
		       const char *owner)
{
	struct json_object *others = NULL;

	for (size_t i = 0; i < conf->nr_attrs && !e->failed; i++) {
		const struct scst_conf_attr *attr = &conf->attrs[i];

		if (scst_key_find(conf->kind, owner, attr->name))
			continue;
		if (!others) {
			others = json_object_new_object();
			put(e, obj, "attributes", others);
		}
		if (!e->failed)
			put_other(e, others, attr);
	}
}

/* ---- objects -------------------------------------------------------------------------------- */

static struct json_object *object_of(struct encoding *e, const struct scst_kind_row *row,
				     const struct scst_conf *conf, const char *owner);

static void put_lists(struct encoding *e, struct json_object *obj, const struct scst_conf *conf,
		      const char *owner)
{
	for (const struct scst_kind_row *row = scst_kinds; row->list; row++) {
		struct json_object *list = NULL;
		struct scst_conf *child;

		if (row->parent != conf->kind)
			continue;
		scst_conf_for_each(child, conf, row->kind) {
			list = list ?: new_list(e, obj, row->list);
			append(e, list, object_of(e, row, child, owner));
		}
	}
}

static void put_name(struct encoding *e, struct json_object *obj, const struct scst_conf *conf)
{
	uint64_t lun;

	if (conf->kind == SCST_CONF_LUN && !scst_parse_u64(conf->name, 0, INT64_MAX, &lun)) {
		put(e, obj, "lun", json_object_new_int64(lun));
		put(e, obj, "device", json_object_new_string(scst_conf_device(conf) ?: ""));
	} else {
		put(e, obj, conf->kind == SCST_CONF_LUN ? "lun" : "name",
		    json_object_new_string(conf->name));
	}
}

static struct json_object *object_of(struct encoding *e, const struct scst_kind_row *row,
				     const struct scst_conf *conf, const char *owner)
{
	struct json_object *obj;

	if (row->by_name && !conf->nr_attrs)
		return json_object_new_string(conf->name);
	obj = json_object_new_object();
	if (!obj)
		return NULL;
	if (conf->kind == SCST_CONF_HANDLER || conf->kind == SCST_CONF_DRIVER)
		owner = conf->name;
	put_name(e, obj, conf);
	put_known(e, obj, conf, owner);
	put_others(e, obj, conf, owner);
	put_lists(e, obj, conf, owner);
	return obj;
}

struct json_object *scst_conf_to_json(const struct scst_conf *conf, bool secrets)
{
	const struct scst_conf *alua = scst_conf_find(conf, SCST_CONF_ALUA, "ALUA");
	struct json_object *root = json_object_new_object(), *attrs;
	struct encoding e = { .secrets = secrets };

	if (!root)
		return NULL;
	put_known(&e, root, conf, NULL);
	put_others(&e, root, conf, NULL);
	if (alua && alua->nr_attrs) {
		attrs = json_object_new_object();
		put(&e, root, "alua", attrs);
		if (!e.failed)
			put_others(&e, attrs, alua, NULL);
	}
	put_lists(&e, root, conf, NULL);
	if (!e.failed)
		return root;
	json_object_put(root);
	return NULL;
}
