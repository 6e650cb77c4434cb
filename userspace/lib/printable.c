// SPDX-License-Identifier: GPL-2.0-only
/* UTF-8, as strict as its definition (RFC 3629). */
#include "printable.h"

/* By the first byte: how many follow, its own bits, and the smallest character of that length. */
static const struct {
	uint8_t mask, lead;
	unsigned int more;
	uint32_t least;
} lengths[] = {
	{ 0x80, 0x00, 0, 0x0	 },
	{ 0xe0, 0xc0, 1, 0x80	 },
	{ 0xf0, 0xe0, 2, 0x800	 },
	{ 0xf8, 0xf0, 3, 0x10000 },
};

/* Return: how many bytes the character at @text has, 0 if there is none; *@code. */
static size_t decode(const char *text, uint32_t *code)
{
	const uint8_t *bytes = (const uint8_t *)text;

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		if ((bytes[0] & lengths[i].mask) != lengths[i].lead)
			continue;
		*code = bytes[0] & ~lengths[i].mask;
		for (unsigned int j = 1; j <= lengths[i].more; j++) {
			if ((bytes[j] & 0xc0) != 0x80)
				return 0;
			*code = *code << 6 | (bytes[j] & 0x3f);
		}
		return *code < lengths[i].least || *code > 0x10ffff ||
				       (*code >= 0xd800 && *code <= 0xdfff) ?
			       0 : lengths[i].more + 1;
	}
	return 0;
}

/* Controls, what changes the direction of writing, and what stands for no character. */
static const struct {
	uint32_t first, last;
} unprintable[] = {
	{ 0x0, 0x1f }, { 0x7f, 0x9f }, { 0x61c, 0x61c }, { 0x200b, 0x200f }, { 0x2028, 0x202e },
	{ 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },
};

static bool is_printable(uint32_t code)
{
	for (size_t i = 0; i < ARRAY_SIZE(unprintable); i++)
		if (code >= unprintable[i].first && code <= unprintable[i].last)
			return false;
	return true;
}

void scst_make_printable(char *text, const char *keep)
{
	while (*text) {
		uint32_t code;
		size_t len = decode(text, &code);

		if (len && (is_printable(code) || (len == 1 && strchr(keep, *text)))) {
			text += len;
			continue;
		}
		for (len = len ?: 1; len; len--)
			*text++ = '?';
	}
}

/* Most of a long text is ASCII. */
static bool is_ascii(char byte)
{
	return !(byte & 0x80);
}

const char *scst_find_no_utf8(const char *text)
{
	uint32_t code;
	size_t len;

	for (; *text; text += len) {
		len = is_ascii(*text) ? 1 : decode(text, &code);
		if (!len)
			return text;
	}
	return NULL;
}

/* What is beyond 16 bits is a pair of surrogates. */
static int put_escape(char *out, uint32_t code)
{
	if (code < 0x10000)
		return sprintf(out, "\\u%04x", code);
	return sprintf(out, "\\u%04x\\u%04x", 0xd800 + ((code - 0x10000) >> 10),
		       0xdc00 + (code & 0x3ff));
}

char *scst_escape_utf8(const char *text)
{
	char *out = malloc(3 * strlen(text) + 1), *end = out;
	uint32_t code;

	while (out && *text) {
		size_t len = is_ascii(*text) ? 1 : decode(text, &code);

		if (len > 1)
			end += put_escape(end, code);
		else
			*end++ = *text;
		text += len ?: 1;
	}
	if (out)
		*end = '\0';
	return out;
}
