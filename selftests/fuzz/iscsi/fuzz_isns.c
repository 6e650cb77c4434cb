// SPDX-License-Identifier: GPL-2.0-only
/* What an iSNS server, or somebody who says that he is one, may send. */
#include "input.h"
#include "isns_msg.h"

static int take_name(const char *name, void *arg)
{
	must(strlen(name) && strlen(name) < SCST_ISCSI_NAME_LEN);
	return 0;
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
	free(pdu);
	free(body);
	return 0;
}
