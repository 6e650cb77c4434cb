// SPDX-License-Identifier: GPL-2.0-only
/*
 * The text that root writes into mgmt files, any text: words, parameters, numbers. What the core
 * finds there is what a second implementation finds, which never changes the text; what is refused
 * is told.
 */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>
#include <linux/printk.h>
#include <scst/mgmt.h>

#define MAX_WORDS	8

char last_warning[512];
unsigned int warnings;

static void must(bool so)
{
	if (!so)
		abort();
}

/* A piece of the text as it came. */
struct piece {
	const char *at;
	size_t len;
};

static bool is_blank(char c)
{
	return c && strchr(" \t\n\v\f\r", c);
}

static struct piece trimmed(struct piece p)
{
	while (p.len && is_blank(*p.at))
		p.at++, p.len--;
	while (p.len && is_blank(p.at[p.len - 1]))
		p.len--;
	return p;
}

static bool is_one_word(struct piece p)
{
	for (size_t i = 0; i < p.len; i++)
		if (is_blank(p.at[i]))
			return false;
	return p.len;
}

static bool is_piece(const char *text, struct piece p)
{
	return strlen(text) == p.len && !memcmp(text, p.at, p.len);
}

/* Return: how many words there are; the first of them go to @words. */
static unsigned int split(const char *text, struct piece words[MAX_WORDS])
{
	unsigned int nr = 0;
	size_t len = 0;

	for (; *text; text += len) {
		while (is_blank(*text))
			text++;
		for (len = 0; text[len] && !is_blank(text[len]);)
			len++;
		if (len && nr < MAX_WORDS)
			words[nr] = (struct piece){ text, len };
		nr += len > 0;
	}
	return nr;
}

static void words(const char *text, char *copy, unsigned int want)
{
	struct piece expected[MAX_WORDS];
	char *got[MAX_WORDS];
	unsigned int nr = split(text, expected);

	warnings = 0;
	if (scst_mgmt_words(copy, want, got)) {
		must(nr != want && warnings == 1);
		return;
	}
	must(nr == want && !warnings);
	for (unsigned int i = 0; i < want; i++)
		must(is_piece(got[i], expected[i]));
}

/* Return: 1 it is name=value, 0 there is nothing, -1 it is neither. */
static int read_item(struct piece item, struct piece *name, struct piece *value)
{
	const char *equals;

	item = trimmed(item);
	if (!item.len)
		return 0;
	equals = memchr(item.at, '=', item.len);
	if (!equals)
		return -1;
	*name = trimmed((struct piece){ item.at, equals - item.at });
	*value = trimmed((struct piece){ equals + 1, item.at + item.len - equals - 1 });
	return is_one_word(*name) && is_one_word(*value) ? 1 : -1;
}

/* What scst_params_next() returns for what begins at *@text. */
static int next_param(const char **text, struct piece *name, struct piece *value)
{
	int found = 0;

	while (!found && *text) {
		size_t len = strcspn(*text, ";");

		found = read_item((struct piece){ *text, len }, name, value);
		*text = (*text)[len] ? *text + len + 1 : NULL;
	}
	return found;
}

static void params(const char *text, char *copy)
{
	struct scst_params params = { .rest = copy };
	struct piece name, value;
	char *got_name, *got_value;
	int found;

	warnings = 0;
	do {
		int got = scst_params_next(&params, &got_name, &got_value);

		found = next_param(&text, &name, &value);
		must(found < 0 ? got == -EINVAL && warnings == 1 : got == found && !warnings);
		if (found > 0)
			must(is_piece(got_name, name) && is_piece(got_value, value));
	} while (found > 0);
}

/* Digits of the base that the first ones tell; 010 is ten. Return: false, it is no number. */
static bool read_number(const char *text, u64 *out)
{
	static const char digits[] = "0123456789abcdef";
	unsigned int base = 10;
	u64 value = 0;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	}
	if (!*text)
		return false;
	for (; *text; text++) {
		const char *digit = strchr(digits, tolower((unsigned char)*text));

		if (!digit || (unsigned int)(digit - digits) >= base ||
		    value > (UINT64_MAX - (digit - digits)) / base)
			return false;
		value = value * base + (digit - digits);
	}
	*out = value;
	return true;
}

static void number(const char *text, u64 min, u64 max)
{
	u64 value = 0, got = 77;
	bool good = read_number(text, &value) && value >= min && value <= max;

	must(scst_parse_u64(text, min, max, &got) == (good ? 0 : -EINVAL));
	must(got == (good ? value : 77));
}

static char *text_of(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	must(text);
	memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text, *copy;
	uint8_t what;

	if (!size)
		return 0;
	what = *data;
	text = text_of(data + 1, size - 1);
	copy = strdup(text);
	must(copy);
	switch (what % 3) {
	case 0: words(text, copy, what / 3 % (MAX_WORDS + 1)); break;
	case 1: params(text, copy); break;
	case 2: number(text, what / 3, what & 0x80 ? UINT64_MAX : 1000); break;
	}
	free(copy);
	free(text);
	return 0;
}
