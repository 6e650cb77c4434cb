// SPDX-License-Identifier: GPL-2.0-only
#include "text.h"

#include <ctype.h>
#include <stdarg.h>

void text_in_reset(struct text_in *in)
{
	in->len = 0;
	in->nr_pairs = 0;
	in->buf[0] = '\0';
}

int text_in_append(struct text_in *in, const void *data, size_t len)
{
	if (len > TEXT_IN_MAX - in->len)
		return -E2BIG;
	if (len)
		memcpy(in->buf + in->len, data, len);
	in->len += len;
	in->buf[in->len] = '\0';	/* some forget the last one */
	return 0;
}

static bool is_key_char(unsigned char c)
{
	return isascii(c) && (isalnum(c) || strchr(".-+@_/#", c));
}

static bool is_key(const char *key, size_t len)
{
	if (!len || len > TEXT_KEY_MAX)
		return false;
	while (len--)
		if (!is_key_char(*key++))
			return false;
	return true;
}

bool text_is_value(const char *value)
{
	size_t len = 0;

	for (; value[len]; len++)
		if (iscntrl((unsigned char)value[len]))
			return false;
	return len <= TEXT_VALUE_MAX;
}

static int parse_pair(struct text_in *in, char *pair)
{
	char *equals = strchr(pair, '=');

	if (!equals || !is_key(pair, equals - pair) || !text_is_value(equals + 1))
		return -EINVAL;
	*equals = '\0';
	if (text_in_find(in, pair))
		return -EINVAL;
	if (in->nr_pairs == TEXT_PAIRS_MAX)
		return -E2BIG;
	in->pair[in->nr_pairs++] = (struct text_pair){ pair, equals + 1 };
	return 0;
}

/* NULs between pairs are padding. */
int text_in_parse(struct text_in *in)
{
	char *end = in->buf + in->len;
	int err = 0;

	for (char *at = in->buf, *next; at < end && !err; at = next) {
		next = at + strlen(at) + 1;
		if (*at)
			err = parse_pair(in, at);
	}
	return err;
}

const char *text_in_find(const struct text_in *in, const char *key)
{
	for (size_t i = 0; i < in->nr_pairs; i++)
		if (streq(in->pair[i].key, key))
			return in->pair[i].value;
	return NULL;
}

bool text_list_has(const char *list, const char *word)
{
	for (const char *at = list; *at; at += *at == ',') {
		size_t len = strcspn(at, ",");

		if (len == strlen(word) && !strncmp(at, word, len))
			return true;
		at += len;
	}
	return false;
}

/* What was taken makes room first. */
static void forget_sent(struct text_out *out)
{
	if (!out->sent)
		return;
	out->len -= out->sent;
	memmove(out->buf, out->buf + out->sent, out->len);
	out->sent = 0;
}

static bool reserve(struct text_out *out, size_t more)
{
	size_t size = out->size ?: 512;
	char *buf;

	if (size - out->len < more)
		forget_sent(out);
	if (more > out->max - out->len) {
		out->err = -E2BIG;
		return false;
	}
	while (size - out->len < more)
		size *= 2;
	if (size == out->size)
		return true;
	buf = realloc(out->buf, size);
	if (!buf) {
		out->err = -ENOMEM;
		return false;
	}
	out->buf = buf;
	out->size = size;
	return true;
}

void text_add(struct text_out *out, const char *key, const char *fmt, ...)
{
	size_t key_len = strlen(key);
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (out->err || len < 0 || !reserve(out, key_len + len + 2))
		return;
	memcpy(out->buf + out->len, key, key_len);
	out->buf[out->len + key_len] = '=';
	va_start(ap, fmt);
	vsnprintf(out->buf + out->len + key_len + 1, len + 1, fmt, ap);
	va_end(ap);
	out->len += key_len + len + 2;
}

void text_out_reset(struct text_out *out)
{
	out->len = 0;
	out->sent = 0;
	out->err = 0;
}

void text_out_free(struct text_out *out)
{
	free(out->buf);
	*out = (struct text_out){ .max = out->max };
}

size_t text_out_take(struct text_out *out, void *to, size_t most)
{
	size_t len = text_out_left(out);

	if (len > most)
		len = most;
	if (len)
		memcpy(to, out->buf + out->sent, len);
	out->sent += len;
	return len;
}
