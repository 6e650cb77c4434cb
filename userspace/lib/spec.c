// SPDX-License-Identifier: GPL-2.0-only
/* key=value, one row per key that does not belong to the BPF object. */
#include "spec.h"

#include "paths.h"

static const char *const scope_names[SCST_SCOPE_MAX] = {
	[SCST_SCOPE_ALL]	= "all",
	[SCST_SCOPE_DRIVER]	= "driver",
	[SCST_SCOPE_TARGET]	= "target",
	[SCST_SCOPE_DEVICE]	= "device",
	[SCST_SCOPE_GROUP]	= "group",
};

const char *scst_scope_name(uint32_t scope)
{
	return scope < SCST_SCOPE_MAX ? scope_names[scope] : NULL;
}

static const struct {
	const char *name;
	uint32_t flag;
} flag_names[] = {
	{ "hide_on_eject", SCST_POLICY_F_HIDE_ON_EJECT },
	{ "allow_reads", SCST_POLICY_F_ALLOW_READS },
};

static int set_name(struct scst_spec *spec, const char *value, struct scst_error *err)
{
	int ret = scst_check_name(value, err);

	return ret ?: scst_format(spec->name, sizeof(spec->name), "%s", value);
}

static int refuse_scope(const char *value, struct scst_error *err)
{
	return scst_fail(err, -EINVAL,
			 "scope: \"%s\" is none of all, driver:, target:, group: or device:NAME",
			 value);
}

static int set_scope(struct scst_spec *spec, const char *value, struct scst_error *err)
{
	const char *colon = strchrnul(value, ':');
	const char *name = *colon ? colon + 1 : "";

	for (unsigned int i = 0; i < SCST_SCOPE_MAX; i++) {
		const char *rest = startswith(value, scope_names[i]);

		if (!rest || rest != colon)
			continue;
		if ((i == SCST_SCOPE_ALL) == (*name != '\0') || (*colon && !*name))
			return refuse_scope(value, err);
		if (strlen(name) >= sizeof(spec->scope_name))
			return scst_fail(err, -ENAMETOOLONG,
					 "scope: the name is longer than %zu characters",
					 sizeof(spec->scope_name) - 1);
		spec->given |= SCST_GIVEN_SCOPE;
		spec->scope = i;
		strcpy(spec->scope_name, name);
		return 0;
	}
	return refuse_scope(value, err);
}

static int set_priority(struct scst_spec *spec, const char *value, struct scst_error *err)
{
	uint64_t number;

	if (scst_parse_u64(value, 0, UINT32_MAX, &number))
		return scst_fail(err, -EINVAL, "priority: \"%s\" is not a number from 0 to %u",
				 value, UINT32_MAX);
	spec->given |= SCST_GIVEN_PRIORITY;
	spec->priority = number;
	return 0;
}

static int find_flag(const char *name, size_t len, uint32_t *flag)
{
	for (size_t i = 0; i < ARRAY_SIZE(flag_names); i++) {
		if (strlen(flag_names[i].name) == len && !strncmp(flag_names[i].name, name, len)) {
			*flag = flag_names[i].flag;
			return 0;
		}
	}
	return -EINVAL;
}

static int set_flags(struct scst_spec *spec, const char *value, struct scst_error *err)
{
	uint32_t flags = 0, flag;

	for (const char *word = value; *word; word += *word == ',') {
		size_t len = strcspn(word, ",");

		if (find_flag(word, len, &flag))
			return scst_fail(err, -EINVAL, "flags: unknown flag \"%.*s\"", (int)len,
					 word);
		flags |= flag;
		word += len;
	}
	spec->given |= SCST_GIVEN_FLAGS;
	spec->flags = flags;
	return 0;
}

static int set_on_eject(struct scst_spec *spec, const char *value, struct scst_error *err)
{
	if (!streq(value, "open") && !streq(value, "closed"))
		return scst_fail(err, -EINVAL, "on_eject: \"%s\" is neither open nor closed",
				 value);
	spec->given |= SCST_GIVEN_ON_EJECT;
	spec->closed = streq(value, "closed");
	return 0;
}

static int add_rule(struct scst_spec *spec, const char *value, struct scst_error *err)
{
	struct scst_rule rule;
	int ret;

	ret = scst_rule_parse(value, &rule, err);
	if (ret)
		return ret;
	if (scst_rules_find(&spec->rules, &rule))
		return scst_fail(err, -EINVAL,
				 "mask \"%s\": there is a rule for this initiator and LUN", value);
	if (scst_rules_add(&spec->rules, &rule))
		return scst_fail(err, -ENOMEM, "out of memory");
	return 0;
}

static int set_deadline(struct scst_spec *spec, const char *value, struct scst_error *err)
{
	uint64_t number;

	if (scst_parse_u64(value, 1, SCST_POLICY_DEADLINE_MAX_MS, &number))
		return scst_fail(err, -EINVAL, "deadline_ms: \"%s\" is not a number from 1 to %d",
				 value, SCST_POLICY_DEADLINE_MAX_MS);
	spec->given |= SCST_GIVEN_DEADLINE;
	spec->deadline_ms = number;
	return 0;
}

/* What it says is checked when the map is there whose members it names. */
static int add_list_rule(struct scst_spec *spec, const char *value, struct scst_error *err)
{
	char **bigger = reallocarray(spec->list, spec->nr_list + 1, sizeof(*bigger));
	char *copy = strdup(value);

	if (bigger)
		spec->list = bigger;
	if (!bigger || !copy) {
		free(copy);
		return scst_fail(err, -ENOMEM, "out of memory");
	}
	spec->list[spec->nr_list++] = copy;
	return 0;
}

int scst_spec_add_option(struct scst_spec *spec, const char *key, const char *value,
			 struct scst_error *err)
{
	_cleanup_free_ char *name = strdup(key), *text = strdup(value);
	struct scst_spec_option *bigger;

	for (size_t i = 0; i < spec->nr_options; i++)
		if (streq(spec->options[i].name, key))
			return scst_fail(err, -EINVAL, "%s: given twice", key);
	bigger = reallocarray(spec->options, spec->nr_options + 1, sizeof(*bigger));
	if (bigger)
		spec->options = bigger;
	if (!name || !text || !bigger)
		return scst_fail(err, -ENOMEM, "out of memory");
	spec->options[spec->nr_options++] =
		(struct scst_spec_option){ TAKE_PTR(name), TAKE_PTR(text) };
	return 0;
}

static const struct {
	const char *key;
	int (*set)(struct scst_spec *spec, const char *value, struct scst_error *err);
} keys[] = {
	{ "name",	set_name	},
	{ "scope",	set_scope	},
	{ "priority",	set_priority	},
	{ "flags",	set_flags	},
	{ "on_eject",	set_on_eject	},
	{ "mask",	add_rule	},
	{ "rule",	add_list_rule	},
	{ "rules",	add_list_rule	},
	{ "deadline_ms", set_deadline	},
};

int scst_spec_set(struct scst_spec *spec, const char *key, const char *value,
		  struct scst_error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (streq(keys[i].key, key))
			return keys[i].set(spec, value, err);
	return scst_spec_add_option(spec, key, value, err);
}

int scst_spec_set_arg(struct scst_spec *spec, const char *arg, struct scst_error *err)
{
	_cleanup_free_ char *copy = strdup(arg);
	char *value;

	if (!copy)
		return scst_fail(err, -ENOMEM, "out of memory");
	value = strchr(copy, '=');
	if (!value || value == copy)
		return scst_fail(err, -EINVAL, "\"%s\" is not key=value", arg);
	*value++ = '\0';
	return scst_spec_set(spec, copy, value, err);
}

void scst_spec_free(struct scst_spec *spec)
{
	if (!spec)
		return;
	for (size_t i = 0; i < spec->nr_options; i++) {
		free(spec->options[i].name);
		free(spec->options[i].value);
	}
	free(spec->options);
	for (size_t i = 0; i < spec->nr_list; i++)
		free(spec->list[i]);
	free(spec->list);
	scst_rules_clear(&spec->rules);
	free(spec);
}

int scst_spec_new(const char *object, struct scst_spec **spec, struct scst_error *err)
{
	_cleanup_(scst_spec_freep) struct scst_spec *new = calloc(1, sizeof(*new));
	int ret;

	if (!new)
		return scst_fail(err, -ENOMEM, "out of memory");
	ret = scst_check_name(object, err);
	if (ret)
		return ret;
	strcpy(new->object, object);
	strcpy(new->name, object);
	*spec = TAKE_PTR(new);
	return 0;
}
