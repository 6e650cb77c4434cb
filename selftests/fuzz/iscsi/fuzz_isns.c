// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an iSNS server, or somebody who says that he is one, may send. Which initiators it tells of
 * is found out a second time, from the bytes as RFC 4171 describes them.
 */
#include "input.h"
#include "isns_msg.h"

/* Names, each with an end of line. No message is as long. */
static char told[1 << 17], read_again[1 << 17];

static int take_name(const char *name, void *arg)
{
	must(strlen(name) && strlen(name) < SCST_ISCSI_NAME_LEN);
	strcat(strcat(told, name), "\n");
	return 0;
}

static uint32_t word_at(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
}

/* Text up to its first zero, if it is fit to be a name. */
static bool is_name(const uint8_t *at, uint32_t len, char *name)
{
	uint32_t n;

	for (n = 0; n < len && at[n]; n++) {
		if (at[n] < 0x20 || n + 1 >= SCST_ISCSI_NAME_LEN)
			return false;
		name[n] = at[n];
	}
	name[n] = 0;
	return true;
}

/* Tag and length, four bytes each: 0 ends the key, 32 is a name, 33 the type of that node. */
static void second_reader(const uint8_t *at, size_t len)
{
	char name[SCST_ISCSI_NAME_LEN] = "";
	bool behind_key = false;

	while (len >= 8 && word_at(at + 4) % 4 == 0 && word_at(at + 4) <= len - 8) {
		uint32_t tag = word_at(at), size = word_at(at + 4);
		const uint8_t *value = at + 8;

		behind_key |= tag == 0;
		if (behind_key && tag == 32 && !is_name(value, size, name))
			name[0] = 0;
		if (behind_key && tag == 33 && name[0]) {
			if (size == 4 && value[3] & 2)
				strcat(strcat(read_again, name), "\n");
			name[0] = 0;
		}
		at += 8 + size;
		len -= 8 + size;
	}
}

static void check_initiators(const uint8_t *at, size_t len)
{
	told[0] = read_again[0] = 0;
	isns_each_initiator(at, len, take_name, NULL);
	second_reader(at, len);
	must(!strcmp(told, read_again));
}

/* The same bytes as PDUs of a message: flags, sequence, length, and so many bytes. */
static void fuzz_pieces(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	struct isns_gather gather = {};

	while (input.left) {
		uint8_t how = take_u8(&input);
		struct isns_header header = { .flags = how << 8, .sequence = how & 3 };
		size_t len = take_u8(&input);
		uint8_t *body = take_block(&input, &len);

		header.body_len = len;
		must(isns_gather(&gather, &header, body) <= 1);
		must(gather.len <= size);
		free(body);
	}
	isns_gather_free(&gather);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	size_t header_len = ISNS_HEADER_LEN, len = ISNS_BODY_MAX;
	uint8_t *pdu = take_block(&input, &header_len), *body = take_block(&input, &len);
	static struct isns_out out;
	struct isns_header header, again;
	const uint8_t *at = body;

	if (header_len == ISNS_HEADER_LEN)
		isns_parse_header(pdu, &header);
	else
		header = (struct isns_header){ .function = ISNS_ESI, .xid = 1 };
	header.body_len = len;
	if (!isns_answer(&header, body, &out)) {
		must(!isns_parse_header(out.pdu, &again));
		must(again.xid == header.xid && again.body_len == out.len - ISNS_HEADER_LEN);
	}
	if (isns_take_status(&at, &len) >= 0) {
		check_initiators(at, len);
		isns_find_period(at, len);
	}
	fuzz_pieces(body, header.body_len);
	free(pdu);
	free(body);
	return 0;
}
