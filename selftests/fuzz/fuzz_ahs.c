// SPDX-License-Identifier: GPL-2.0-only
/*
 * The additional header segments of a SCSI Command PDU, as an initiator may send them. A second
 * reader goes by RFC 7143 11.2.2 and finds the same CDB, or that there is none.
 */
#include "fuzz_input.h"

#include "../../kernel/targets/iscsi/ahs.h"

struct cdb {
	bool good;
	size_t at;	/* of what comes after the 16 bytes of the header; 0: nothing does */
	size_t len;
};

/* One segment: two bytes of length, type, reserved or specific, and padding to four bytes. */
static size_t segment(const u8 *bytes, size_t at, size_t end, struct cdb *cdb)
{
	unsigned int code;
	size_t len;

	if (end - at < 4)
		return 0;
	len = bytes[at] * 256u + bytes[at + 1];
	code = bytes[at + 2] % 64u;	/* RFC 7143 11.2.2.1: of eight bits the last six */
	if (len == 0 || code == 0 || code > 2)
		return 0;
	if (code == 1) {
		if (cdb->at)
			return 0;
		cdb->at = at + 4;
		cdb->len = 16 + len - 1;
	}
	for (at += 3 + len; at % 4; at++)
		;
	return at <= end ? at : 0;
}

static struct cdb read_again(const u8 *bytes, size_t len)
{
	struct cdb cdb = { .len = 16 };
	size_t at = 0;

	while (at < len) {
		at = segment(bytes, at, len, &cdb);
		if (!at)
			return cdb;
	}
	cdb.good = cdb.len <= 260;
	return cdb;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/* TotalAHSLength counts words, up to 255. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size < 1020 ? size & ~3ul : 1020 };
	u8 *bytes = take_rest(&in);
	const struct cdb cdb = read_again(bytes, in.left);
	const u8 *rest = NULL;
	int len = iscsi_parse_ahs(bytes, in.left, &rest);

	must(cdb.good == (len >= 0));
	if (cdb.good) {
		must(len == (cdb.len < 32 ? (int)cdb.len : 32));
		must(len == 16 || rest == bytes + cdb.at);
		must(len == 16 || cdb.at + (len - 16) <= in.left);
	}
	free(bytes);
	return 0;
}
