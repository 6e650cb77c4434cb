// SPDX-License-Identifier: GPL-2.0-only
/* Values of keys: what they have to be, whether one is that, and whether two mean the same. */
#include "conf_keys.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <inttypes.h>

#define SECRET_MIN	12	/* RFC 7143 9.2.1: 96 bits */

static bool takes_nothing(const struct scst_key *key)
{
	return !(key->flags & SCST_KEY_NEEDED) && key->min == 0;
}

void scst_key_wants(const struct scst_key *key, char *out, size_t size)
{
	const char *or_nothing = takes_nothing(key) ? ", or \"\"" : "";

	switch (key->type) {
	case SCST_KEY_BOOL:
	case SCST_KEY_YES_NO:
		snprintf(out, size, "true or false");
		return;
	case SCST_KEY_FLAG:
		snprintf(out, size, "true, or not there");
		return;
	case SCST_KEY_NUMBER:
		snprintf(out, size, "a number from %" PRId64 " to %" PRId64, key->min, key->max);
		return;
	case SCST_KEY_HEX:
		snprintf(out, size, "\"0x\" and a hexadecimal number up to %" PRIx64, key->max);
		return;
	case SCST_KEY_DIGITS:
		if (key->choices)
			snprintf(out, size, "\"0x\" and %s hexadecimal digits", key->choices);
		else
			snprintf(out, size, "\"0x\" and up to %" PRId64 " hexadecimal digits",
				 key->max);
		return;
	case SCST_KEY_TEXT:
		snprintf(out, size, "a string of up to %" PRId64 " characters", key->max);
		return;
	case SCST_KEY_CHOICE:
		snprintf(out, size, "one of %s", key->choices);
		return;
	case SCST_KEY_PATH:
		snprintf(out, size, "an absolute path%s", or_nothing);
		return;
	case SCST_KEY_USER:
		snprintf(out, size, "NAME SECRET, with at least %d characters of the secret",
			 SECRET_MIN);
		return;
	case SCST_KEY_PORTAL:
		snprintf(out, size, "an address, or a pattern of one with * and ?; ! excludes");
		return;
	}
}

/* ---- one value ------------------------------------------------------------------------------ */

static bool is_choice(const char *choices, const char *value)
{
	size_t len = strlen(value);

	for (const char *at = choices; at; at = strchr(at, '|')) {
		at += *at == '|';
		if (strcspn(at, "|") == len && !strncasecmp(at, value, len))
			return true;
	}
	return false;
}

static bool is_number(const struct scst_key *key, const char *value)
{
	int64_t number;

	return !scst_parse_s64(value, key->min, key->max, &number);
}

/* 0x, and whole bytes. */
static bool is_digits(const struct scst_key *key, const char *value)
{
	const char *digits = startswith(value, "0x") ?: "?";
	size_t len = strlen(digits);
	char nr[24];

	snprintf(nr, sizeof(nr), "%zu", len);
	if (len > (size_t)key->max || len % 2 || (key->choices && !is_choice(key->choices, nr)))
		return false;
	return strspn(digits, "0123456789abcdefABCDEF") == len;
}

/* Its first digit says how long it is: SPC-5 table 491. */
static bool is_naa(const char *value)
{
	const char *digits = value + strlen("0x");

	return !*digits || (strlen(digits) == 32 ? *digits == '6' : !!strchr("235", *digits));
}

/* As targets/iscsi/extra.c takes it: one that the kernel refuses would be missed too late. */
static bool is_portal(const char *value)
{
	const char *pattern = value + (*value == '!');
	size_t len = strlen(pattern);
	char text[INET6_ADDRSTRLEN];
	struct in6_addr addr;

	if (len >= 2 && *pattern == '[' && pattern[len - 1] == ']') {
		pattern++;
		len -= 2;
	}
	if (!len || scst_format(text, sizeof(text), "%.*s", (int)len, pattern) ||
	    text[strspn(text, "0123456789abcdefABCDEF.:*?")])
		return false;
	if (strpbrk(text, "*?"))
		return !strchr(text, '.') || !strchr(text, ':');
	return inet_pton(strchr(text, ':') ? AF_INET6 : AF_INET, text, &addr) == 1;
}

/* Two words. */
static bool is_user(const char *value)
{
	size_t name = strcspn(value, " \t"), gap = strspn(value + name, " \t");
	const char *secret = value + name + gap;

	return name && gap && strlen(secret) >= SECRET_MIN && !strpbrk(secret, " \t");
}

static bool is_of_type(const struct scst_key *key, const char *value)
{
	switch (key->type) {
	case SCST_KEY_BOOL:
		return streq(value, "0") || streq(value, "1");
	case SCST_KEY_YES_NO:
		return is_choice("Yes|No", value);
	case SCST_KEY_FLAG:
		return !*value;
	case SCST_KEY_NUMBER:
	case SCST_KEY_HEX:
		return is_number(key, value);
	case SCST_KEY_DIGITS:
		return is_digits(key, value);
	case SCST_KEY_TEXT:
		return strlen(value) <= (size_t)key->max;
	case SCST_KEY_CHOICE:
		return is_choice(key->choices, value);
	case SCST_KEY_PATH:
		if (strlen(value) > (size_t)key->max)
			return false;
		return *value == '/' || (!*value && takes_nothing(key));
	case SCST_KEY_USER:
		return strlen(value) <= (size_t)key->max && is_user(value);
	case SCST_KEY_PORTAL:
		return is_portal(value);
	}
	return false;
}

/* What is of its type and not right all the same; or NULL. */
static const char *find_flaw(const struct scst_key *key, const char *value)
{
	if (key->type == SCST_KEY_USER && value[strcspn(value, " \t=")] == '=')
		return "has a \"=\" in the name, which the kernel takes for its end";
	if (streq(key->name, "naa_id") && !is_naa(value))
		return "has to begin with 0x6 if it has 32 digits, else with 0x2, 0x3 or 0x5";
	return NULL;
}

static bool has_control(const char *value)
{
	for (; *value; value++)
		if (iscntrl((unsigned char)*value))
			return true;
	return false;
}

/* What is not LIVE has no other way into the kernel than between ';', as one word. */
static bool fits_params(const struct scst_key *key, const char *value)
{
	return !(key->flags & SCST_KEY_PARAM) || key->flags & SCST_KEY_LIVE ||
	       !strpbrk(value, "; \t");
}

const char *scst_key_refuses(const struct scst_key *key, const char *value)
{
	static char why[320];
	char wants[256];

	if (has_control(value))
		return "has a character that is none of a text";
	if (!fits_params(key, value))
		return "has a blank or a semicolon, with which nothing can be made";
	if (is_of_type(key, value))
		return find_flaw(key, value);
	scst_key_wants(key, wants, sizeof(wants));
	snprintf(why, sizeof(why), "must be %s", wants);
	return why;
}

/* ---- two values ----------------------------------------------------------------------------- */

static bool same_number(const char *a, const char *b)
{
	int64_t x, y;

	return !scst_parse_s64(a, INT64_MIN, INT64_MAX, &x) &&
	       !scst_parse_s64(b, INT64_MIN, INT64_MAX, &y) && x == y;
}

static size_t length_without_blanks(const char *text)
{
	size_t len = strlen(text);

	while (len && isspace((unsigned char)text[len - 1]))
		len--;
	return len;
}

static bool same_text(const char *a, const char *b)
{
	size_t len;

	a += strspn(a, " \t");
	b += strspn(b, " \t");
	len = length_without_blanks(a);
	return len == length_without_blanks(b) && !memcmp(a, b, len);
}

bool scst_key_is_listed(const struct scst_conf *conf, const char *name)
{
	const char *also = streq(name, "size") ? "size_mb" : streq(name, "size_mb") ? "size" : name;

	return scst_conf_attr(conf, name) || scst_conf_attr(conf, also);
}

bool scst_key_one_user(const char *a, const char *b)
{
	size_t len = strcspn(a, " \t");

	return strcspn(b, " \t") == len && !memcmp(a, b, len);
}

/* Of name and secret it does not count how far they are apart. */
static bool same_user(const char *a, const char *b)
{
	return scst_key_one_user(a, b) &&
	       same_text(a + strcspn(a, " \t"), b + strcspn(b, " \t"));
}

bool scst_key_same(const struct scst_key *key, const char *a, const char *b)
{
	if (!key)
		return same_text(a, b);
	switch (key->type) {
	case SCST_KEY_BOOL:
	case SCST_KEY_NUMBER:
	case SCST_KEY_HEX:
		return same_number(a, b) || streq(a, b);
	case SCST_KEY_YES_NO:
	case SCST_KEY_DIGITS:
	case SCST_KEY_CHOICE:
		return !strcasecmp(a, b);
	case SCST_KEY_USER:
		return same_user(a, b);
	case SCST_KEY_FLAG:
	case SCST_KEY_TEXT:
	case SCST_KEY_PATH:
	case SCST_KEY_PORTAL:
		return same_text(a, b);
	}
	return false;
}
