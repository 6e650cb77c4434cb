// SPDX-License-Identifier: GPL-2.0
/*
 * TransportIDs, SPC-5 7.6.4: how each protocol names an initiator port.
 *
 * A table says which bytes of the 24 mean something; the others become 0, so that what an initiator
 * leaves in reserved fields does not make another port of it. iSCSI's are names, of any length.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "pr.h"

enum {
	PROTOCOL_FCP	= 0x0,
	PROTOCOL_SPI	= 0x1,
	PROTOCOL_SBP	= 0x3,
	PROTOCOL_SRP	= 0x4,
	PROTOCOL_ISCSI	= 0x5,
	PROTOCOL_SAS	= 0x6,
	PROTOCOL_SOP	= 0xa,

	TID_LEN		= 24,
	PROTOCOL_MASK	= 0x0f,
	FORMAT_MASK	= 0xc0,

	ISCSI_HEADER	= 4,
	ISCSI_MIN	= 20,		/* ADDITIONAL LENGTH, of which it is a multiple of 4 */
	ISCSI_NAME_MAX	= SCST_TID_MAX - ISCSI_HEADER - 1,
	ISID_DIGITS	= 12,
	ISCSI_NAME	= 0x00,		/* the initiator device, or ... */
	ISCSI_PORT	= 0x40,		/* ... with ",i,0x" and the ISID: the port */
};

static const char iscsi_separator[] = ",i,0x";

/* Where the identifier is. SPI has a second field, the port it is relative to. */
static const struct tid_row {
	u8 at, len;
	u8 at2, len2;
} tid_rows[16] = {
	[PROTOCOL_FCP]	= { .at = 8, .len = 8 },	/* N_Port_Name			*/
	[PROTOCOL_SPI]	= { .at = 2, .len = 2, .at2 = 6, .len2 = 2 },	/* address, relative port */
	[PROTOCOL_SBP]	= { .at = 8, .len = 8 },	/* EUI-64			*/
	[PROTOCOL_SRP]	= { .at = 8, .len = 16 },	/* initiator port identifier	*/
	[PROTOCOL_SAS]	= { .at = 4, .len = 8 },	/* SAS address			*/
	[PROTOCOL_SOP]	= { .at = 2, .len = 2 },	/* routing ID			*/
};

static char to_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static int hex_value(char c)
{
	c = to_lower(c);
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static unsigned int parse_fixed(const u8 *bytes, u32 len, struct scst_tid *out)
{
	const struct tid_row *row = &tid_rows[bytes[0] & PROTOCOL_MASK];

	if (len < TID_LEN || !row->len || bytes[0] & FORMAT_MASK)
		return 0;
	memset(out, 0, sizeof(*out));
	out->len = TID_LEN;
	out->bytes[0] = bytes[0] & PROTOCOL_MASK;
	memcpy(out->bytes + row->at, bytes + row->at, row->len);
	memcpy(out->bytes + row->at2, bytes + row->at2, row->len2);
	return TID_LEN;
}

/* 1 to @max hexadecimal digits up to the end. */
static bool scan_number(const char *s, unsigned int max, u64 *v)
{
	unsigned int n;

	for (*v = 0, n = 0; s[n]; n++) {
		if (hex_value(s[n]) < 0)
			return false;
		*v = *v << 4 | hex_value(s[n]);
	}
	return n >= 1 && n <= max;
}

/* Behind the last separator: what comes before it may look like anything. NULL: there is none. */
static char *find_digits(const char *name)
{
	char *separator = NULL, *next;

	for (next = strstr(name, iscsi_separator); next; next = strstr(next + 1, iscsi_separator))
		separator = next;
	return separator && separator != name ? separator + sizeof(iscsi_separator) - 1 : NULL;
}

static bool is_port_name(const char *name)
{
	const char *digits = find_digits(name);
	u64 isid;

	return digits && scan_number(digits, ISID_DIGITS, &isid);
}

static bool is_iscsi_name(u8 format, const char *name)
{
	unsigned int i;

	for (i = 0; name[i]; i++)
		if (name[i] <= ' ' || name[i] == 0x7f)
			return false;
	return i && (format == ISCSI_NAME || format == ISCSI_PORT) &&
	       is_port_name(name) == (format == ISCSI_PORT);
}

/* Names differ in no letter's case: they are judged and kept in lower case. The rest is zeros. */
static void to_lower_name(const char *from, char name[ISCSI_NAME_MAX + 1])
{
	unsigned int i;

	for (i = 0; i < ISCSI_NAME_MAX && from[i]; i++)
		name[i] = to_lower(from[i]);
	memset(name + i, 0, ISCSI_NAME_MAX + 1 - i);
}

static void put_iscsi(struct scst_tid *out, u8 format, const char *name)
{
	unsigned int len = strlen(name);
	unsigned int additional = max_t(unsigned int, (len + 1 + 3) & ~3u, ISCSI_MIN);

	memset(out, 0, sizeof(*out));
	out->len = ISCSI_HEADER + additional;
	out->bytes[0] = format | PROTOCOL_ISCSI;
	put_unaligned_be16(additional, out->bytes + 2);
	memcpy(out->bytes + ISCSI_HEADER, name, len);
}

/* Return: bytes of the TransportID, or 0. */
static unsigned int read_name(const u8 *bytes, u32 len, char name[ISCSI_NAME_MAX + 1])
{
	unsigned int additional;

	if (len < ISCSI_HEADER)
		return 0;
	additional = get_unaligned_be16(bytes + 2);
	if (additional % 4 || additional < ISCSI_MIN || additional > ISCSI_NAME_MAX + 1 ||
	    additional > len - ISCSI_HEADER)
		return 0;
	if (bytes[ISCSI_HEADER + additional - 1])
		return 0;
	to_lower_name((const char *)bytes + ISCSI_HEADER, name);
	return ISCSI_HEADER + additional;
}

static unsigned int parse_iscsi(const u8 *bytes, u32 len, struct scst_tid *out)
{
	char name[ISCSI_NAME_MAX + 1];
	unsigned int n = read_name(bytes, len, name);

	if (!n || !is_iscsi_name(bytes[0] & FORMAT_MASK, name))
		return 0;
	put_iscsi(out, bytes[0] & FORMAT_MASK, name);
	return n;
}

unsigned int scst_tid_parse(const u8 *bytes, u32 len, struct scst_tid *out)
{
	if (!len)
		return 0;
	if ((bytes[0] & PROTOCOL_MASK) == PROTOCOL_ISCSI)
		return parse_iscsi(bytes, len, out);
	return parse_fixed(bytes, len, out);
}

/*
 * SCST prints the ISID, with two zero bytes in place of the TSIH behind it, as one number of its
 * host, without leading zeros: on a little-endian one the bytes come in the contrary order.
 */
static bool set_isid(char name[ISCSI_NAME_MAX + 1], bool little)
{
	char *digits = find_digits(name);
	unsigned int i;
	u8 sid[8];
	u64 v;

	if (!digits || digits + ISID_DIGITS > name + ISCSI_NAME_MAX ||
	    !scan_number(digits, 2 * sizeof(sid), &v))
		return false;
	if (little)
		put_unaligned_le64(v, sid);
	else
		put_unaligned_be64(v, sid);
	for (i = 0; i < ISID_DIGITS; i++)
		digits[i] = "0123456789abcdef"[sid[i / 2] >> (i % 2 ? 0 : 4) & 0xf];
	digits[ISID_DIGITS] = '\0';
	return !sid[6] && !sid[7];
}

unsigned int scst_tid_parse_scst(const u8 *bytes, u32 len, bool little, struct scst_tid *out)
{
	char name[ISCSI_NAME_MAX + 1];
	unsigned int n;

	if (!len || bytes[0] != (ISCSI_PORT | PROTOCOL_ISCSI))
		return scst_tid_parse(bytes, len, out);
	n = read_name(bytes, len, name);
	if (!n || !set_isid(name, little) || !is_iscsi_name(ISCSI_PORT, name))
		return 0;
	put_iscsi(out, ISCSI_PORT, name);
	return n;
}

/* @n bytes written as hexadecimal digits: 50:01:..., 0x5001..., naa.5001... */
static bool scan_hex(const char *name, u8 *out, unsigned int n)
{
	unsigned int digits = 0;

	if (!strncmp(name, "naa.", 4))
		name += 4;
	if (!strncmp(name, "0x", 2))
		name += 2;
	for (; *name; name++) {
		int v = hex_value(*name);

		if (*name == ':')
			continue;
		if (v < 0 || digits == 2 * n)
			return false;
		out[digits / 2] = out[digits / 2] << 4 | v;
		digits++;
	}
	return digits == 2 * n;
}

/* FNV-1a, so that a name is the same port after a reboot. */
static u64 hash_name(const char *name, u64 h)
{
	for (; *name; name++)
		h = (h ^ (u8)*name) * 0x100000001b3ull;
	return h;
}

/* A name that is no number becomes one: NAA 3h, locally assigned, with a hash. */
static void make_id(const char *name, u8 *id, unsigned int n)
{
	u8 hashed[16];

	put_unaligned_be64((hash_name(name, 0xcbf29ce484222325ull) & ~0ull >> 4) | 0x3ull << 60,
			   hashed);
	put_unaligned_be64(hash_name(name, 0x9ae16a3b2f90404full), hashed + 8);
	memcpy(id, hashed, n);
}

void scst_tid_make(u8 protocol, const char *name, struct scst_tid *out)
{
	const struct tid_row *row = &tid_rows[protocol & PROTOCOL_MASK];
	u8 id[16] = { 0 };

	if (protocol == PROTOCOL_ISCSI) {
		char lower[ISCSI_NAME_MAX + 1];

		to_lower_name(name, lower);
		put_iscsi(out, is_port_name(lower) ? ISCSI_PORT : ISCSI_NAME, lower);
		return;
	}
	if (!row->len) {
		protocol = PROTOCOL_SAS;
		row = &tid_rows[PROTOCOL_SAS];
	}
	if (!scan_hex(name, id, row->len))
		make_id(name, id, row->len);
	memset(out, 0, sizeof(*out));
	out->len = TID_LEN;
	out->bytes[0] = protocol;
	memcpy(out->bytes + row->at, id, row->len);
}

bool scst_tid_equal(const struct scst_tid *a, const struct scst_tid *b)
{
	return a->len == b->len && !memcmp(a->bytes, b->bytes, a->len);
}
