/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading the fields of standard_cdb.h. Bits of a CDB are counted from the most significant one of
 * byte 0, as tables of T10 have them.
 */
#ifndef _SCST_UNIT_STANDARD_FIELDS_H
#define _SCST_UNIT_STANDARD_FIELDS_H

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "standard_cdb.h"

struct field {
	unsigned int first, last;	/* bits, both inside */
	bool needed;
	const char *name;
};

/* "BYTE" or "BYTE.BIT"; a whole byte begins with bit 7 and ends with bit 0. */
static inline unsigned int parse_place(const char **text, unsigned int bit)
{
	char *end;
	unsigned long byte = strtoul(*text, &end, 10);

	assert(end != *text && byte < 32);
	if (*end == '.') {
		*text = end + 1;
		bit = strtoul(*text, &end, 10);
		assert(end != *text && bit < 8);
	}
	*text = end;
	return 8 * byte + 7 - bit;
}

/* Takes the next field off *@text. Return: false, there is none. */
static inline bool next_field(const char **text, struct field *field)
{
	const char *begin;

	*text += strspn(*text, "; ");
	if (!**text)
		return false;
	begin = *text;
	field->first = parse_place(text, 7);
	if (**text == '-')
		++*text;
	else
		*text = begin;
	field->last = parse_place(text, 0);
	assert(field->first <= field->last && **text == ' ');
	field->needed = *++*text == '=';
	field->name = *text + field->needed;
	*text += strcspn(*text, ";");
	return true;
}

static inline bool get_bit(const u8 *cdb, unsigned int bit)
{
	return cdb[bit / 8] & 0x80 >> bit % 8;
}

static inline bool is_lba(const struct field *field)
{
	return strstr(field->name, "LOGICAL BLOCK ADDRESS") == field->name ||
	       strstr(field->name, "STARTING LOGICAL BLOCK ADDRESS") == field->name;
}

#endif
