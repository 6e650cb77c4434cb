/* SPDX-License-Identifier: GPL-2.0-only */
/* Binary values in text, RFC 7143 6.1: 0x and hexadecimal digits, or 0b and base64. */
#ifndef ISCSID_BINVAL_H
#define ISCSID_BINVAL_H

#include "util.h"

/* Return: its length, or -EINVAL: neither of both, empty, or longer than @max. */
ssize_t binval_decode(const char *text, uint8_t *out, size_t max);

/* "0x..." of @len bytes; @out has room for BINVAL_HEX_LEN(@len). */
#define BINVAL_HEX_LEN(len)	(2 * (len) + 3)
void binval_encode(const uint8_t *data, size_t len, char *out);

#endif
