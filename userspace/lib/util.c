// SPDX-License-Identifier: GPL-2.0-only
/* What of util.h is not inline: strict formatting and strict numbers. */
#include "util.h"

#include <ctype.h>
#include <stdarg.h>

int scst_format(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return len >= 0 && (size_t)len < size ? 0 : -ENAMETOOLONG;
}

/* strtoull() takes blanks, signs and octal: none of them is a number here. */
static int number_base(const char *digits)
{
	if (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X'))
		return isxdigit((unsigned char)digits[2]) ? 16 : -EINVAL;
	return isdigit((unsigned char)digits[0]) ? 10 : -EINVAL;
}

int scst_parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	int base = number_base(text);
	unsigned long long value;
	char *end;

	if (base < 0)
		return base;
	errno = 0;
	value = strtoull(text, &end, base);
	if (*end)
		return -EINVAL;
	if (errno || value < min || value > max)
		return -ERANGE;
	*out = value;
	return 0;
}

int scst_parse_s64(const char *text, int64_t min, int64_t max, int64_t *out)
{
	bool negative = text[0] == '-';
	uint64_t magnitude;
	int64_t value;
	int err;

	err = scst_parse_u64(text + negative, 0, (uint64_t)INT64_MAX + negative, &magnitude);
	if (err)
		return err;
	value = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
	if (value < min || value > max)
		return -ERANGE;
	*out = value;
	return 0;
}
