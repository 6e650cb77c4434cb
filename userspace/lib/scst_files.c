// SPDX-License-Identifier: GPL-2.0-only
#include <endian.h>
#include <inttypes.h>

#include "scst_files.h"

#define SIGNATURE	0xbbeeeeaaeebbdd77ull
#define TID_MAX		256
#define TID_ROOM	(TID_MAX + 16)	/* the digits may become more */
#define TID_MIN		24
#define TID_HEADER	4
#define TID_ISCSI_PORT	0x45
#define TID_SEPARATOR	",i,0x"

void scst_bytes_clear(struct scst_bytes *bytes)
{
	free(bytes->bytes);
	*bytes = (struct scst_bytes){};
}

static int put(struct scst_bytes *out, const void *bytes, size_t len)
{
	uint8_t *bigger = realloc(out->bytes, out->len + len);

	if (!bigger)
		return -ENOMEM;
	memcpy(bigger + out->len, bytes, len);
	out->bytes = bigger;
	out->len += len;
	return 0;
}

/* ---- reservations --------------------------------------------------------------------------- */

struct state {
	unsigned int type, scope;
	bool reserved;
};

/* Of all registrants none is the holder. */
static bool has_holder(const struct state *state)
{
	return state->reserved && state->type != 7 && state->type != 8;
}

static bool read_hex(const char *digits, uint8_t *out, unsigned int len)
{
	unsigned int byte;

	if (strlen(digits) != 2 * len)
		return false;
	for (unsigned int i = 0; i < len; i++) {
		if (sscanf(digits + 2 * i, "%2x", &byte) != 1)
			return false;
		out[i] = byte;
	}
	return true;
}

/* "NAME,i,0xISID" and a zero, in a TransportID: where the ISID begins. NULL: it names no port. */
static char *find_isid(uint8_t *tid, unsigned int len)
{
	char *digits = NULL;

	if (len <= TID_HEADER || tid[0] != TID_ISCSI_PORT || tid[len - 1])
		return NULL;
	for (char *at = (char *)tid + TID_HEADER; (at = strstr(at, TID_SEPARATOR)); at++)
		digits = at + strlen(TID_SEPARATOR);
	return digits;
}

/*
 * SCST prints the ISID, with two zero bytes in place of the TSIH behind it, as one number of its
 * host, without leading zeros. Return: bytes of the TransportID.
 */
static unsigned int name_as_scst(uint8_t tid[TID_ROOM], unsigned int len)
{
	char *digits = find_isid(tid, len), *end = (char *)tid + TID_ROOM;
	uint64_t sid;

	if (!digits)
		return len;
	sid = htobe64(strtoull(digits, NULL, 16) << 16);
	memset(digits, 0, end - digits);
	snprintf(digits, end - digits, "%" PRIx64, sid);
	len = ((digits - (char *)tid) + strlen(digits) + 1 + 3) & ~3u;
	len = len < TID_MIN ? TID_MIN : len;
	tid[2] = (len - TID_HEADER) >> 8;
	tid[3] = len - TID_HEADER;
	return len;
}

/* holder, TransportID, key (big endian), relative target port */
static int put_registrant(const char *line, const struct state *state, struct scst_bytes *out)
{
	unsigned int port, holder, len;
	char digits[2 * TID_MAX + 1];
	uint8_t tid[TID_ROOM] = {}, flag, key_bytes[8];
	unsigned long long key;
	uint16_t port_bytes;

	if (sscanf(line, "registrant %u %llx %u %u %512[0-9a-f]", &port, &key, &holder, &len,
		   digits) != 5 || port > UINT16_MAX || len > TID_MAX ||
	    !read_hex(digits, tid, len))
		return -EINVAL;
	len = name_as_scst(tid, len);
	flag = holder && has_holder(state);
	port_bytes = port;
	for (int i = 0; i < 8; i++)
		key_bytes[i] = key >> (56 - 8 * i);
	return put(out, &flag, 1) ?: put(out, tid, len) ?: put(out, key_bytes, 8) ?:
	       put(out, &port_bytes, 2);
}

static int put_header(const struct state *state, struct scst_bytes *out)
{
	const uint64_t words[2] = { SIGNATURE, 1 };
	const uint8_t bytes[4] = {
		true, state->reserved, state->reserved ? state->type : 0,
		state->reserved ? state->scope : 0,
	};

	return put(out, words, sizeof(words)) ?: put(out, bytes, sizeof(bytes));
}

/* The header comes with the first registrant: by then it is known what it says. */
static int put_line(const char *line, struct state *state, struct scst_bytes *out)
{
	unsigned int number;
	int err = 0;

	if (startswith(line, "registrant ")) {
		err = out->len ? 0 : put_header(state, out);
		return err ?: put_registrant(line, state, out);
	}
	if (sscanf(line, "reservation %x %x", &state->type, &state->scope) == 2) {
		state->reserved = true;
		return out->len ? -EINVAL : 0;
	}
	if (sscanf(line, "version %u", &number) == 1)
		return number == 1 ? 0 : -EINVAL;
	return sscanf(line, "generation %u", &number) == 1 ? 0 : -EINVAL;
}

int scst_files_pr(const char *text, struct scst_bytes *out, struct scst_error *err)
{
	_cleanup_free_ char *copy = strdup(text);
	_cleanup_bytes_ struct scst_bytes file = {};
	struct state state = {};
	char *rest = copy;
	int ret = copy ? 0 : -ENOMEM;

	for (char *line; !ret && (line = strsep(&rest, "\n")); )
		ret = *line ? put_line(line, &state, &file) : 0;
	if (ret)
		return scst_fail(err, ret, ret == -ENOMEM ? "out of memory" :
				 "not the text of reservations");
	*out = TAKE(file, (struct scst_bytes){});
	return 0;
}

/* ---- mode parameters ------------------------------------------------------------------------ */

/* clang-format off */
/* Where the standard has what SCST saves: page, byte, bit; and what SCST's disks begin with. */
static const struct {
	const char *name;
	uint8_t page, byte, bit, begins_with;
	bool inverted;			/* it saves the contrary */
} modes[] = {
	{ "TAS",	   0x0a, 5, 6, 0, false },
	{ "QERR",	   0x0a, 3, 1, 0, false },
	{ "TMF_ONLY",	   0x0a, 2, 4, 0, false },
	{ "SWP",	   0x0a, 4, 3, 0, false },
	{ "D_SENSE",	   0x0a, 2, 2, 0, false },
	{ "DPICZ",	   0x0a, 2, 3, 0, false },
	{ "QUEUE_ALG",	   0x0a, 3, 4, 1, false },
	{ "WRITE_THROUGH", 0x08, 2, 2, 0, true	},	/* WCE */
};
/* clang-format on */

enum { RECORD_VERSION = 1, ENTRY_HEADER = 3, KIND_MODE = 1, MODE_LEN = 5 };

/* In SCST's order; what a record does not have stays as it begins. */
struct values {
	const struct scst_files_device *device;
	uint8_t value[ARRAY_SIZE(modes)];
	unsigned int left_out;
};

/* WCE of what has no cache; TST, which is a parameter of the device in both. */
static bool says_nothing(const uint8_t *entry, const struct values *values)
{
	return entry[0] == 0x08 ? values->device->no_cache :
				  entry[0] == 0x0a && entry[2] == 2 && entry[3] == 5;
}

static void take_mode(const uint8_t *entry, struct values *values)
{
	if (says_nothing(entry, values))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		if (entry[0] != modes[i].page || entry[1] || entry[2] != modes[i].byte ||
		    entry[3] != modes[i].bit)
			continue;
		values->value[i] = modes[i].inverted ? !entry[4] : entry[4];
		return;
	}
	/* what SCST has no line for counts if it was set */
	values->left_out += entry[4] != 0;
}

/* Return: false: it is no record. */
static bool read_record(const uint8_t *record, size_t len, struct values *values)
{
	size_t at, entry_len;

	if (!len || record[0] != RECORD_VERSION)
		return false;
	for (at = 1; at < len; at += ENTRY_HEADER + entry_len) {
		if (len - at < ENTRY_HEADER)
			return false;
		entry_len = record[at + 1] << 8 | record[at + 2];
		if (entry_len > len - at - ENTRY_HEADER)
			return false;
		if (record[at] == KIND_MODE && entry_len == MODE_LEN)
			take_mode(record + at + ENTRY_HEADER, values);
		else
			values->left_out++;
	}
	return true;
}

static int put_values(const struct values *values, struct scst_bytes *out)
{
	char line[32];
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(modes) && !err; i++) {
		if (values->value[i] == modes[i].begins_with)
			continue;
		snprintf(line, sizeof(line), "%s=%u\n", modes[i].name, values->value[i]);
		err = put(out, line, strlen(line));
	}
	return err;
}

/* The first line says that the file is whole, and whose it is. */
int scst_files_mode(const struct scst_files_device *device, const uint8_t *record, size_t len,
		    struct scst_bytes *out, unsigned int *left_out, struct scst_error *err)
{
	_cleanup_bytes_ struct scst_bytes lines = {}, file = {};
	struct values values = { .device = device };

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		values.value[i] = modes[i].begins_with;
	if (!read_record(record, len, &values))
		return scst_fail(err, -EINVAL, "not a record of saved parameters");
	if (put_values(&values, &lines) ||
	    (lines.len && (put(&file, device->name, strlen(device->name)) || put(&file, "\n", 1) ||
			   put(&file, lines.bytes, lines.len))))
		return scst_fail(err, -ENOMEM, "out of memory");
	*left_out = values.left_out;
	*out = TAKE(file, (struct scst_bytes){});
	return 0;
}
