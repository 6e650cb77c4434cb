// SPDX-License-Identifier: GPL-2.0-only
#include "binval.h"

#include <ctype.h>
#include <sys/types.h>

static int hex_digit(unsigned char c)
{
	if (isdigit(c))
		return c - '0';
	return isxdigit(c) ? tolower(c) - 'a' + 10 : -1;
}

/* An odd number of digits lacks the leading zero. */
static ssize_t decode_hex(const char *text, uint8_t *out, size_t max)
{
	size_t digits = strlen(text), len = (digits + 1) / 2, odd = digits % 2;

	if (!digits || len > max)
		return -EINVAL;
	memset(out, 0, len);
	for (size_t i = 0; i < digits; i++) {
		int digit = hex_digit(text[i]);

		if (digit < 0)
			return -EINVAL;
		out[(i + odd) / 2] |= digit << ((i + odd) % 2 ? 0 : 4);
	}
	return len;
}

static int base64_digit(unsigned char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? at - digits : -1;
}

/* Strict (RFC 4648): whole groups of four, padded, and no bits behind the last byte. */
static ssize_t decode_base64(const char *text, uint8_t *out, size_t max)
{
	size_t chars = strlen(text), digits = strcspn(text, "="), len = digits * 3 / 4;
	uint32_t bits = 0;

	if (!digits || chars % 4 || chars - digits > 2 || len > max ||
	    strspn(text + digits, "=") != chars - digits)
		return -EINVAL;
	for (size_t i = 0, n = 0; i < digits; i++) {
		int digit = base64_digit(text[i]);

		if (digit < 0)
			return -EINVAL;
		bits = bits << 6 | digit;
		if (i % 4)
			out[n++] = bits >> (6 - 2 * (i % 4));
	}
	if (bits & ((1u << digits * 6 % 8) - 1))
		return -EINVAL;
	return len;
}

ssize_t binval_decode(const char *text, uint8_t *out, size_t max)
{
	const char *digits;

	if ((digits = startswith(text, "0x")) || (digits = startswith(text, "0X")))
		return decode_hex(digits, out, max);
	if ((digits = startswith(text, "0b")) || (digits = startswith(text, "0B")))
		return decode_base64(digits, out, max);
	return -EINVAL;
}

void binval_encode(const uint8_t *data, size_t len, char *out)
{
	*out++ = '0';
	*out++ = 'x';
	for (size_t i = 0; i < len; i++, out += 2)
		sprintf(out, "%02x", data[i]);
	*out = '\0';
}
