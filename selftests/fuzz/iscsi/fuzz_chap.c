// SPDX-License-Identifier: GPL-2.0-only
/* CHAP with any text in any state. Nobody finds the secret, so nobody may come through. */
#include "binval.h"
#include "chap.h"
#include "input.h"

static int get(void *arg, enum scst_iscsi_attr_kind kind, uint32_t index,
	       char text[SCST_ISCSI_TEXT_LEN])
{
	static const char *const users[] = { "joe 12charsecret", "joe2 12charsecret2" };

	if (kind == SCST_ISCSI_OUTGOING_USER && !index)
		return scst_format(text, SCST_ISCSI_TEXT_LEN, "jack 12charsecret1");
	if (kind != SCST_ISCSI_INCOMING_USER || index >= ARRAY_SIZE(users))
		return -ENOENT;
	return scst_format(text, SCST_ISCSI_TEXT_LEN, "%s", users[index]);
}

/* What is decoded is encoded to something that decodes to the same. */
static void binary_value(const char *text)
{
	uint8_t value[64], again[64];
	ssize_t len = binval_decode(text, value, sizeof(value));
	char hex[BINVAL_HEX_LEN(64)];

	if (len < 0)
		return;
	must(len && len <= (ssize_t)sizeof(value));
	binval_encode(value, len, hex);
	must(binval_decode(hex, again, sizeof(again)) == len && !memcmp(value, again, len));
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	must(!hash_init());
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct chap_algorithms all = CHAP_ALGORITHMS_DEFAULT;
	static const struct chap_users users = { get, NULL };
	struct text_out out = { .max = 32768 };
	struct input input = { data, size };
	const char *why = NULL;
	struct chap chap = {};
	static struct text_in in;

	while (!why && input.left) {
		size_t len = take_u8(&input) * 8;
		void *block = take_block(&input, &len);

		text_in_reset(&in);
		must(!text_in_append(&in, block, len));
		free(block);
		binary_value(in.buf);
		if (text_in_parse(&in))
			break;
		why = chap_receive(&chap, &all, &users, &in, &out);
		must(chap.state != CHAP_DONE);
		text_out_reset(&out);
	}
	text_out_free(&out);
	return 0;
}
