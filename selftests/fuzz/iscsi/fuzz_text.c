// SPDX-License-Identifier: GPL-2.0-only
/* key=value text cut in two anywhere, negotiated key by key; patterns and addresses of portals. */
#include "input.h"
#include "keys.h"
#include "portal.h"

static void must_be_sound(const struct text_in *in)
{
	must(in->nr_pairs <= TEXT_PAIRS_MAX);
	for (size_t i = 0; i < in->nr_pairs; i++) {
		const char *key = in->pair[i].key, *value = in->pair[i].value;

		must(key >= in->buf && value + strlen(value) <= in->buf + in->len);
		must(strlen(key) && strlen(key) <= TEXT_KEY_MAX && strlen(value) <= TEXT_VALUE_MAX);
		must(text_in_find(in, key) == value);
	}
}

static void negotiate(const struct text_in *in, bool discovery)
{
	static const uint32_t ours[] = {
#define KEY(name, type, rfc, ours, least, most, seen) ours,
		SCST_ISCSI_KEYS(KEY)
#undef KEY
	};
	struct text_out out = { .max = 1 << 20 };
	struct keys keys;

	keys_init(&keys, discovery ? NULL : ours);
	for (size_t i = 0; i < in->nr_pairs; i++) {
		enum keys_result result = keys_receive(&keys, in->pair[i].key, in->pair[i].value,
						       &out);

		must((result == KEYS_UNKNOWN) == !keys_know(in->pair[i].key));
		keys_offer(&keys, &out);
	}
	keys_declare(&keys, &out);
	keys_finish(&keys);
	must(!out.err);
	text_out_free(&out);
}

/* A second implementation of a word of a list, for the one portal that is looked for there. */
static bool is_ours(const char *word, size_t len)
{
	static const char addr[] = "192.0.2.1";
	size_t at = strlen(addr);

	if (len < at || memcmp(word, addr, at))
		return false;
	if (at == len)
		return true;
	if (word[at] != ':' || len == at + 1 || word[len - 1] != '1')
		return false;
	while (++at < len - 1)
		if (word[at] != '0')
			return false;
	return true;
}

static bool has_ours(const char *list)
{
	size_t len;

	for (; *list; list += len) {
		list += strspn(list, " \t");
		len = strcspn(list, " \t");
		if (is_ours(list, len))
			return true;
	}
	return false;
}

static void take_portal(const char *text)
{
	char again[PORTAL_TEXT_MAX];
	struct portal portal, copy;

	must(portal_is_listed(text, &(struct portal){ "192.0.2.1", 1 }) == has_ours(text));
	if (portal_parse(text, 3260, &portal))
		return;
	portal_format(&portal, again);
	must(!portal_parse(again, 1, &copy));
	must(streq(portal.addr, copy.addr) && portal.port == copy.port);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	uint8_t how = take_u8(&input);
	size_t first = take_u8(&input) * 8, second = TEXT_IN_MAX;
	void *a = take_block(&input, &first), *b = take_block(&input, &second);
	static struct text_in in;

	text_in_reset(&in);
	if (!text_in_append(&in, a, first) && !text_in_append(&in, b, second)) {
		take_portal(in.buf);
		if (!text_in_parse(&in))
			negotiate(&in, how & 1);
		must_be_sound(&in);
	}
	free(a);
	free(b);
	return 0;
}
