// SPDX-License-Identifier: GPL-2.0-only
/*
 * The configuration: json-c parses, tables of keys say what may stand where, and specs check their
 * own values, as for scstctl.
 */
#include "config.h"

#include <json-c/json.h>
#include <scst/verdict.h>

#include "json_lines.h"
#include "required.h"

#define QUEUE_KB_DEFAULT	1024
#define QUEUE_KB_MAX		(1024 * 1024)

struct parser {
	const char *path;
	const char *text;
	struct json_object *root;
	struct bpfd_config *config;
	struct scst_error *err;
};

/* What a value belongs to, for its handler and for messages. */
struct place {
	struct json_object *obj;
	const char *key;
	char name[256];			/* "policies[0].priority" */
	struct scst_spec *spec;		/* inside an entry of policies or tracers */
};

/* Puts file, line and key before the message there is. */
static int refuse_at(const struct parser *p, const struct place *place, int code)
{
	return scst_fail_in(p->err, code, "%s:%u: %s", p->path,
			    json_line_of_key(p->text, p->root, place->obj, place->key),
			    place->name);
}

static int refuse(const struct parser *p, const struct place *place, const char *why)
{
	scst_fail(p->err, -EINVAL, "%s", why);
	return refuse_at(p, place, -EINVAL);
}

/* The message there is becomes a fault, and what it is about is left out. Return: 0 or -ENOMEM. */
static int leave_out(struct parser *p, int code)
{
	int ret = code == -ENOMEM ? code : scst_names_add(&p->config->faults, p->err->text);

	*p->err = (struct scst_error){};
	return ret;
}

/* Objects */

struct key_row {
	const char *key;
	enum json_type type;
	int (*set)(struct parser *p, struct place *place, struct json_object *value);
};

static int set_key(struct parser *p, struct place *place, struct json_object *value,
		   const struct key_row *rows)
{
	char why[128];

	for (; rows->key; rows++) {
		if (!streq(rows->key, place->key))
			continue;
		if (json_object_is_type(value, rows->type))
			return rows->set(p, place, value);
		snprintf(why, sizeof(why), "must be of type %s", json_type_to_name(rows->type));
		return refuse(p, place, why);
	}
	return refuse(p, place, "unknown key");
}

/*
 * Every key of @obj by its row. An entry with a wrong key is wrong as a whole, for its caller to
 * leave out; of any other object the key is.
 */
static int read_object(struct parser *p, struct json_object *obj, const char *prefix,
		       struct scst_spec *spec, const struct key_row *rows)
{
	json_object_object_foreach(obj, key, value) {
		struct place place = { .obj = obj, .key = key, .spec = spec };
		int ret;

		snprintf(place.name, sizeof(place.name), "%s%s%s", prefix, *prefix ? "." : "", key);
		ret = set_key(p, &place, value, rows);
		if (ret && !spec)
			ret = leave_out(p, ret);
		if (ret)
			return ret;
	}
	return 0;
}

/* Policies and tracers */

static int set_spec(struct parser *p, struct place *place, const char *key, const char *value)
{
	int ret = scst_spec_set(place->spec, key, value, p->err);

	return ret ? refuse_at(p, place, ret) : 0;
}

static int set_text(struct parser *p, struct place *place, struct json_object *value)
{
	return set_spec(p, place, place->key, json_object_get_string(value));
}

static int set_nothing(struct parser *p _unused_, struct place *place _unused_,
		       struct json_object *value _unused_)
{
	return 0;	/* read before the others */
}

static bool all_strings(struct json_object *list)
{
	for (size_t i = 0; i < json_object_array_length(list); i++)
		if (!json_object_is_type(json_object_array_get_idx(list, i), json_type_string))
			return false;
	return true;
}

static int set_each(struct parser *p, struct place *place, struct json_object *value)
{
	int ret = 0;

	if (!all_strings(value))
		return refuse(p, place, "must be an array of strings");
	for (size_t i = 0; i < json_object_array_length(value) && !ret; i++)
		ret = set_text(p, place, json_object_array_get_idx(value, i));
	return ret;
}

static int set_flags(struct parser *p, struct place *place, struct json_object *value)
{
	char flags[256] = "";
	size_t len = 0;

	if (!all_strings(value))
		return refuse(p, place, "must be an array of strings");
	for (size_t i = 0; i < json_object_array_length(value) && len < sizeof(flags); i++)
		len += snprintf(flags + len, sizeof(flags) - len, "%s%s", i ? "," : "",
				json_object_get_string(json_object_array_get_idx(value, i)));
	return set_spec(p, place, place->key, flags);
}

static bool is_scalar(struct json_object *value)
{
	return json_object_is_type(value, json_type_int) ||
	       json_object_is_type(value, json_type_string) ||
	       json_object_is_type(value, json_type_boolean);
}

static int set_options(struct parser *p, struct place *place, struct json_object *value)
{
	json_object_object_foreach(value, option, setting) {
		struct place inner = { .obj = value, .key = option, .spec = place->spec };
		int ret;

		snprintf(inner.name, sizeof(inner.name), "%.*s.%s", 128, place->name, option);
		if (!is_scalar(setting))
			return refuse(p, &inner, "must be a number, a string, true or false");
		ret = scst_spec_add_option(place->spec, option, json_object_get_string(setting),
					   p->err);
		if (ret)
			return refuse_at(p, &inner, ret);
	}
	return 0;
}

static const struct key_row policy_keys[] = {
	{ "object",	json_type_string,	set_nothing	},
	{ "name",	json_type_string,	set_text	},
	{ "scope",	json_type_string,	set_text	},
	{ "priority",	json_type_int,		set_text	},
	{ "flags",	json_type_array,	set_flags	},
	{ "on_eject",	json_type_string,	set_text	},
	{ "mask",	json_type_array,	set_each	},
	{ "rules",	json_type_array,	set_each	},
	{ "deadline_ms", json_type_int,		set_text	},
	{ "options",	json_type_object,	set_options	},
	{}
};

static const struct key_row tracer_keys[] = {
	{ "object",	json_type_string,	set_nothing	},
	{ "options",	json_type_object,	set_options	},
	{}
};

const struct scst_spec *bpfd_specs_find(const struct bpfd_specs *specs, const char *name)
{
	for (size_t i = 0; i < specs->nr; i++)
		if (streq(specs->list[i]->name, name))
			return specs->list[i];
	return NULL;
}

/* Takes @spec over. */
static int add_spec(struct bpfd_specs *specs, struct scst_spec *spec)
{
	struct scst_spec **bigger = reallocarray(specs->list, specs->nr + 1, sizeof(*bigger));

	if (!bigger) {
		scst_spec_free(spec);
		return -ENOMEM;
	}
	specs->list = bigger;
	specs->list[specs->nr++] = spec;
	return 0;
}

static int read_entry(struct parser *p, struct place *place, struct json_object *entry,
		      const struct key_row *rows, struct bpfd_specs *specs)
{
	_cleanup_(scst_spec_freep) struct scst_spec *spec = NULL;
	struct json_object *object;
	int ret;

	if (!json_object_is_type(entry, json_type_object))
		return refuse(p, place, "must be an object");
	if (!json_object_object_get_ex(entry, "object", &object) ||
	    !json_object_is_type(object, json_type_string))
		return refuse(p, place, "\"object\" is missing: the name of the BPF object");
	ret = scst_spec_new(json_object_get_string(object), &spec, p->err);
	if (ret)
		return refuse_at(p, place, ret);
	ret = read_object(p, entry, place->name, spec, rows);
	if (ret)
		return ret;
	if (bpfd_specs_find(specs, spec->name))
		return refuse(p, place, "there is an entry of this name before");
	return add_spec(specs, TAKE_PTR(spec));
}

static int read_entries(struct parser *p, const struct place *list, struct json_object *value,
			const struct key_row *rows, struct bpfd_specs *specs)
{
	int ret = 0;

	for (size_t i = 0; i < json_object_array_length(value) && !ret; i++) {
		struct json_object *entry = json_object_array_get_idx(value, i);
		struct place place = { .obj = list->obj, .key = list->key };

		snprintf(place.name, sizeof(place.name), "%s[%zu]", list->key, i);
		ret = read_entry(p, &place, entry, rows, specs);
		if (ret)
			ret = leave_out(p, ret);
	}
	return ret;
}

static int set_policies(struct parser *p, struct place *place, struct json_object *value)
{
	return read_entries(p, place, value, policy_keys, &p->config->policies);
}

static int set_tracers(struct parser *p, struct place *place, struct json_object *value)
{
	return read_entries(p, place, value, tracer_keys, &p->config->tracers);
}

/* Events */

static int replace_string(char **string, struct json_object *value)
{
	char *copy = strdup(json_object_get_string(value));

	if (!copy)
		return -ENOMEM;
	free(*string);
	*string = copy;
	return 0;
}

static int set_socket(struct parser *p, struct place *place, struct json_object *value)
{
	if (json_object_get_string(value)[0] != '/')
		return refuse(p, place, "must be an absolute path");
	if (json_object_get_string_len(value) > 100)
		return refuse(p, place, "is longer than a socket's path can be");
	return replace_string(&p->config->socket, value);
}

static int set_group(struct parser *p, struct place *place _unused_, struct json_object *value)
{
	return replace_string(&p->config->group, value);
}

static int set_queue(struct parser *p, struct place *place, struct json_object *value)
{
	int64_t kb = json_object_get_int64(value);

	if (kb < BPFD_QUEUE_KB_MIN || kb > QUEUE_KB_MAX)
		return refuse(p, place, "must be from 64 to 1048576");
	p->config->queue_kb = kb;
	return 0;
}

static int set_print(struct parser *p, struct place *place _unused_, struct json_object *value)
{
	p->config->print = json_object_get_boolean(value);
	return 0;
}

static const struct key_row events_keys[] = {
	{ "socket",	json_type_string,	set_socket	},
	{ "group",	json_type_string,	set_group	},
	{ "queue_kb",	json_type_int,		set_queue	},
	{ "print",	json_type_boolean,	set_print	},
	{}
};

static int set_events(struct parser *p, struct place *place, struct json_object *value)
{
	return read_object(p, value, place->name, NULL, events_keys);
}

/* Metrics */

int bpfd_config_parse_listen(const char *listen, char *address, size_t size, uint16_t *port)
{
	const char *colon = strrchr(listen, ':');
	size_t len = colon ? colon - listen : 0;
	uint64_t number;

	if (!len || scst_parse_u64(colon + 1, 1, UINT16_MAX, &number))
		return -EINVAL;
	if (listen[0] == '[' && listen[len - 1] == ']') {
		listen++;
		len -= 2;
	} else if (memchr(listen, ':', len)) {
		return -EINVAL;
	}
	if (scst_format(address, size, "%.*s", (int)len, listen))
		return -EINVAL;
	*port = number;
	return 0;
}

static int set_listen(struct parser *p, struct place *place, struct json_object *value)
{
	char address[64];
	uint16_t port;

	if (bpfd_config_parse_listen(json_object_get_string(value), address, sizeof(address),
				      &port))
		return refuse(p, place, "must be ADDRESS:PORT, as 127.0.0.1:9478 or [::1]:9478");
	return replace_string(&p->config->listen, value);
}

static const struct key_row metrics_keys[] = {
	{ "listen",	json_type_string,	set_listen	},
	{}
};

static int set_metrics(struct parser *p, struct place *place, struct json_object *value)
{
	return read_object(p, value, place->name, NULL, metrics_keys);
}

/* Dumps of persistent reservations */

static int set_directory(struct parser *p, struct place *place, struct json_object *value)
{
	if (json_object_get_string(value)[0] != '/')
		return refuse(p, place, "must be an absolute path");
	return replace_string(&p->config->dumps, value);
}

static const struct key_row dumps_keys[] = {
	{ "directory",	json_type_string,	set_directory	},
	{}
};

static int set_dumps(struct parser *p, struct place *place, struct json_object *value)
{
	return read_object(p, value, place->name, NULL, dumps_keys);
}

/* Required policies */

static int add_required(struct parser *p, struct json_object *value)
{
	const char *name = json_object_get_string(value);

	if (!json_object_is_type(value, json_type_string))
		return scst_fail(p->err, -EINVAL, "must be a string");
	if (p->config->required.nr == SCST_POLICY_MAX)
		return scst_fail(p->err, -EINVAL, "more than %d names", SCST_POLICY_MAX);
	return scst_required_check_name(name, p->err) ?:
	       scst_names_add(&p->config->required, name);
}

/* A name that can be none is left out, and the others are required. */
static int set_required(struct parser *p, struct place *list, struct json_object *value)
{
	int ret = 0;

	p->config->requires = true;
	for (size_t i = 0; i < json_object_array_length(value) && !ret; i++) {
		struct place place = { .obj = list->obj, .key = list->key };

		snprintf(place.name, sizeof(place.name), "%s[%zu]", list->key, i);
		ret = add_required(p, json_object_array_get_idx(value, i));
		if (ret)
			ret = leave_out(p, refuse_at(p, &place, ret));
	}
	return ret;
}

static const struct key_row top_keys[] = {
	{ "required_policies", json_type_array,	set_required	},
	{ "policies",	json_type_array,	set_policies	},
	{ "tracers",	json_type_array,	set_tracers	},
	{ "events",	json_type_object,	set_events	},
	{ "metrics",	json_type_object,	set_metrics	},
	{ "pr_dumps",	json_type_object,	set_dumps	},
	{}
};

/* The whole */

static void free_specs(struct bpfd_specs *specs)
{
	for (size_t i = 0; i < specs->nr; i++)
		scst_spec_free(specs->list[i]);
	free(specs->list);
}

void bpfd_config_free(struct bpfd_config *config)
{
	if (!config)
		return;
	free_specs(&config->policies);
	free_specs(&config->tracers);
	scst_names_clear(&config->required);
	free(config->socket);
	free(config->group);
	free(config->listen);
	free(config->dumps);
	scst_names_clear(&config->faults);
	free(config);
}

static struct bpfd_config *new_config(void)
{
	struct bpfd_config *config = calloc(1, sizeof(*config));

	if (!config)
		return NULL;
	config->queue_kb = QUEUE_KB_DEFAULT;
	config->socket = strdup(BPFD_SOCKET);
	config->dumps = strdup(BPFD_DUMPS);
	if (config->socket && config->dumps)
		return config;
	bpfd_config_free(config);
	return NULL;
}

/* json-c forgets the first of them, with all that stood there, and says nothing. */
static int refuse_repeated(struct parser *p)
{
	unsigned int line;
	const char *key = json_find_repeated(p->text, p->root, &line);

	if (!key)
		return 0;
	scst_fail(p->err, -EINVAL, "%s:%u: %s: stands there twice; the last one is taken", p->path,
		  line, key);
	return leave_out(p, -EINVAL);
}

int bpfd_config_parse(const char *text, const char *path, struct bpfd_config **config,
		      struct scst_error *err)
{
	_cleanup_(bpfd_config_freep) struct bpfd_config *new = new_config();
	struct parser p = { .path = path, .text = text, .config = new, .err = err };
	int ret;

	if (!new)
		return scst_fail(err, -ENOMEM, "out of memory");
	ret = json_parse_strict(text, path, &p.root, err);
	if (ret)
		return ret;
	if (json_object_is_type(p.root, json_type_object))
		ret = refuse_repeated(&p) ?: read_object(&p, p.root, "", NULL, top_keys);
	else
		ret = scst_fail(err, -EINVAL, "%s:1: must be a JSON object", path);
	json_object_put(p.root);
	if (ret)
		return ret;
	*config = TAKE_PTR(new);
	return 0;
}

int bpfd_config_check(const struct bpfd_config *config, struct scst_error *err)
{
	return config->faults.nr ? scst_fail(err, -EINVAL, "%s", config->faults.list[0]) : 0;
}

int bpfd_config_read(const char *path, struct bpfd_config **config, struct scst_error *err)
{
	_cleanup_free_ char *text = NULL;
	int ret;

	ret = scst_read_text(path, &text);
	if (ret)
		return scst_fail(err, ret, "cannot read %s: %s", path, scst_text_error(ret));
	return bpfd_config_parse(text, path, config, err);
}
