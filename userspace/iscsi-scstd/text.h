/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * key=value text, RFC 7143 clause 6.1: what came, put together from the PDUs of a sequence, and
 * what goes out, cut into PDUs that the peer can take.
 */
#ifndef ISCSID_TEXT_H
#define ISCSID_TEXT_H

#include "util.h"

/*
 * The RFC asks for 8192 bytes in a sequence. The other limits are its own: 63 for a key's name
 * (6.1), and of values only CHAP's (1024 bytes, written as hexadecimal) are longer than 255.
 */
#define TEXT_IN_MAX	16384
#define TEXT_KEY_MAX	63
#define TEXT_VALUE_MAX	2100

#define TEXT_PAIRS_MAX	128

struct text_pair {
	const char *key;
	const char *value;
};

struct text_in {
	size_t len;
	size_t nr_pairs;		/* after text_in_parse(): they point into buf */
	struct text_pair pair[TEXT_PAIRS_MAX];
	char buf[TEXT_IN_MAX + 1];
};

void text_in_reset(struct text_in *in);

/* Return: 0, or -E2BIG: the sequence is longer than anybody needs. */
int text_in_append(struct text_in *in, const void *data, size_t len);

/*
 * The sequence is complete. Return: 0; -E2BIG; or -EINVAL: no '=', a key with characters that keys
 * do not have, something too long, or a key twice.
 */
int text_in_parse(struct text_in *in);

/* The value, or NULL. */
const char *text_in_find(const struct text_in *in, const char *key);

/* Values are UTF-8, and nobody needs control characters in them; they have a longest length. */
bool text_is_value(const char *value);

/* Is @word one of the list @list, which commas separate? */
bool text_list_has(const char *list, const char *word);

/*
 * Grows up to @max, a power of two; what was taken does not count. A failure (too long, no memory)
 * is remembered in @err and adds nothing more.
 */
struct text_out {
	char *buf;
	size_t len;
	size_t size;
	size_t max;
	size_t sent;
	int err;
};

void text_add(struct text_out *out, const char *key, const char *fmt, ...) _printf_(3, 4);
void text_out_reset(struct text_out *out);	/* empty again, memory kept */
void text_out_free(struct text_out *out);

static inline size_t text_out_left(const struct text_out *out)
{
	return out->len - out->sent;
}

/* Up to @most bytes of what is left, taken. */
size_t text_out_take(struct text_out *out, void *to, size_t most);

#endif
