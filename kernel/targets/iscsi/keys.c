// SPDX-License-Identifier: GPL-2.0
/*
 * The numbers of a target as text: the keys that are negotiated (uapi/scst/iscsi.h has the table)
 * and its settings, which hold at once. ":default:" puts the default back.
 */
#include <linux/cleanup.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "config.h"

enum key_format { FORMAT_NUMBER, FORMAT_BOOL, FORMAT_DIGEST };

#define FORMAT_OR	FORMAT_BOOL
#define FORMAT_AND	FORMAT_BOOL
#define FORMAT_MIN	FORMAT_NUMBER
#define FORMAT_MAX	FORMAT_NUMBER
#define FORMAT_DECLARE	FORMAT_NUMBER
#define FORMAT_LOCAL	FORMAT_NUMBER

struct number {
	const char *name;
	enum key_format format;
	u32 def, min, max;
};

static const struct number keys[] = {
#define KEY(_name, _type, _rfc, _def, _min, _max, _seen) \
	[SCST_ISCSI_##_name] = { #_name, FORMAT_##_type, _def, _min, _max },
	SCST_ISCSI_KEYS(KEY)
#undef KEY
};

static const struct number settings[] = {
#define SETTING(_name, _def, _min, _max) \
	[SCST_ISCSI_##_name] = { #_name, FORMAT_NUMBER, _def, _min, _max },
	SCST_ISCSI_SETTINGS(SETTING)
#undef SETTING
};

/* Preferred first. */
static const struct {
	const char *name;
	u32 bit;
} digests[] = {
	{ "CRC32C", SCST_ISCSI_DIGEST_CRC32C },
	{ "None", SCST_ISCSI_DIGEST_NONE },
};

static ssize_t emit_digests(u32 value, char *buf)
{
	ssize_t len = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(digests); i++)
		if (value & digests[i].bit)
			len += sysfs_emit_at(buf, len, "%s%s", len ? "," : "", digests[i].name);
	return len + sysfs_emit_at(buf, len, "\n");
}

static ssize_t emit(const struct number *number, u32 value, char *buf)
{
	switch (number->format) {
	case FORMAT_NUMBER:
		return sysfs_emit(buf, "%u\n", value);
	case FORMAT_BOOL:
		return sysfs_emit(buf, "%s\n", value ? "Yes" : "No");
	case FORMAT_DIGEST:
		return emit_digests(value, buf);
	}
	return -EIO;
}

ssize_t iscsi_key_emit(enum scst_iscsi_key key, u32 value, char *buf)
{
	return emit(&keys[key], value, buf);
}

static int parse_digests(char *text, u32 *value)
{
	u32 bits = 0;
	unsigned int i;
	char *word;

	while ((word = strsep(&text, ","))) {
		word = strim(word);
		for (i = 0; i < ARRAY_SIZE(digests); i++)
			if (!strcasecmp(word, digests[i].name))
				break;
		if (i == ARRAY_SIZE(digests))
			return -EINVAL;
		bits |= digests[i].bit;
	}
	*value = bits;
	return 0;
}

static int parse_number(const struct number *number, const char *text, u32 *value)
{
	u64 parsed;

	if (scst_parse_u64(text, number->min, number->max, &parsed)) {
		pr_warn_ratelimited("iscsi-scst: %s is a number from %u to %u, not \"%s\"\n",
				    number->name, number->min, number->max,
				    scst_printable(text).text);
		return -EINVAL;
	}
	*value = parsed;
	return 0;
}

static int parse_yes_no(const char *text, u32 *value)
{
	if (!strcasecmp(text, "Yes"))
		*value = 1;
	else if (!strcasecmp(text, "No"))
		*value = 0;
	else
		return -EINVAL;
	return 0;
}

static int parse(const struct number *number, char *text, u32 *value)
{
	if (!strcmp(text, ":default:")) {
		*value = number->def;
		return 0;
	}
	switch (number->format) {
	case FORMAT_NUMBER:
		return parse_number(number, text, value);
	case FORMAT_BOOL:
		return parse_yes_no(text, value);
	case FORMAT_DIGEST:
		return parse_digests(text, value);
	}
	return -EINVAL;
}

static ssize_t show(const struct number *number, const u32 *member, char *buf)
{
	u32 value = READ_ONCE(*member);

	return scst_attr_key(buf, emit(number, value, buf), value != number->def);
}

ssize_t iscsi_key_show(const struct iscsi_target *target, enum scst_iscsi_key key, char *buf)
{
	return show(&keys[key], &target->key[key], buf);
}

ssize_t iscsi_setting_show(const struct iscsi_target *target, enum scst_iscsi_setting setting,
			   char *buf)
{
	return show(&settings[setting], &target->setting[setting], buf);
}

static int store(const struct number *number, u32 *member, char *text)
{
	u32 value;
	int err = parse(number, text, &value);

	if (err)
		return err;
	WRITE_ONCE(*member, value);
	iscsi_config_changed();
	return 0;
}

int iscsi_key_store(struct iscsi_target *target, enum scst_iscsi_key key, char *text)
{
	return store(&keys[key], &target->key[key], text);
}

int iscsi_setting_store(struct iscsi_target *target, enum scst_iscsi_setting setting, char *text)
{
	return store(&settings[setting], &target->setting[setting], text);
}

void iscsi_keys_init(struct iscsi_target *target)
{
	unsigned int i;

	for (i = 0; i < SCST_ISCSI_KEY_MAX; i++)
		target->key[i] = keys[i].def;
	for (i = 0; i < SCST_ISCSI_SETTING_MAX; i++)
		target->setting[i] = settings[i].def;
}

/* As negotiated: a digest is one, and not a set. */
bool iscsi_keys_valid(const u32 *key)
{
	unsigned int i;

	for (i = 0; i < SCST_ISCSI_KEY_MAX; i++) {
		u32 max = keys[i].format == FORMAT_DIGEST ? SCST_ISCSI_DIGEST_CRC32C : keys[i].max;

		if (key[i] < keys[i].min || key[i] > max) {
			pr_warn_ratelimited("iscsi-scst: %s=%u cannot have been negotiated\n",
					    keys[i].name, key[i]);
			return false;
		}
	}
	return true;
}
