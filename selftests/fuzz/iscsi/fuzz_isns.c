// SPDX-License-Identifier: GPL-2.0-only
/* What an iSNS server, or somebody who says that he is one, may send. */
#include "input.h"
#include "isns_msg.h"

static int take_name(const char *name, void *arg)
{
	must(strlen(name) && strlen(name) < SCST_ISCSI_NAME_LEN);
	return 0;
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
		isns_each_initiator(at, len, take_name, NULL);
		isns_find_period(at, len);
	}
	fuzz_pieces(body, header.body_len);
	free(pdu);
	free(body);
	return 0;
}
