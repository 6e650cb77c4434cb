// SPDX-License-Identifier: GPL-2.0-only
/* iSNSP messages: built as RFC 4171 draws them, read with suspicion. */
#include "unit.h"

#include "isns_msg.h"

static struct isns_out out;
static char names[512];

static int collect(const char *name, void *arg)
{
	strcat(names, name);
	strcat(names, " ");
	return 0;
}

static void message_looks_like_the_rfcs(void **state)
{
	static const uint8_t expected[] = {
		0, 1, 0, 1, 0, 28, 0x9c, 0, 0, 7, 0, 0,	/* version, function, length, flags, xid */
		0, 0, 0, 32, 0, 0, 0, 8, 'i', 'q', 'n', '.', 'x', 0, 0, 0,
		0, 0, 0, 33, 0, 0, 0, 4, 0, 0, 0, 1,
	};

	isns_begin(&out, ISNS_REGISTER, ISNS_FROM_CLIENT | ISNS_REPLACE, 7);
	isns_add_string(&out, ISNS_NAME, "iqn.x");
	isns_add_u32(&out, ISNS_NODE_TYPE, ISNS_NODE_TARGET);
	assert_int_equal(isns_finish(&out), 0);
	assert_int_equal(out.len, sizeof(expected));
	assert_memory_equal(out.pdu, expected, sizeof(expected));
}

static void addresses_are_ipv6(void **state)
{
	static const uint8_t v4[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1 };
	static const uint8_t v6[] = { 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 };

	isns_begin(&out, ISNS_REGISTER, 0, 1);
	isns_add_portal(&out, ISNS_PORTAL_IP, ISNS_PORTAL_PORT,
			&(struct portal){ "192.0.2.1", 3260 });
	isns_add_portal(&out, ISNS_PORTAL_IP, ISNS_PORTAL_PORT,
			&(struct portal){ "2001:db8::1", 3260 });
	assert_memory_equal(out.pdu + 20, v4, 16);
	assert_memory_equal(out.pdu + 44, "\0\0\x0c\xbc", 4);
	assert_memory_equal(out.pdu + 56, v6, 16);
}

static void what_does_not_fit_is_an_error(void **state)
{
	static uint8_t much[ISNS_BODY_MAX];

	isns_begin(&out, ISNS_REGISTER, 0, 1);
	isns_add(&out, ISNS_ALIAS, much, sizeof(much) - 8);
	assert_int_equal(isns_finish(&out), 0);
	isns_add_u32(&out, ISNS_NODE_TYPE, 1);
	assert_int_equal(isns_finish(&out), -EMSGSIZE);
}

static void header_is_checked(void **state)
{
	static const struct {
		uint8_t pdu[ISNS_HEADER_LEN];
		int ret;
	} rows[] = {
		{ { 0, 1, 0x80, 1, 0, 8, 0x4c, 0, 0, 7 }, 0 },
		{ { 0, 2, 0x80, 1, 0, 8, 0x4c, 0, 0, 7 }, -EPROTO },
		{ { 0, 1, 0x80, 1, 0, 7, 0x4c, 0, 0, 7 }, -EPROTO },
		{ { 0, 1, 0x80, 1, 0, 8, 0x44, 0, 0, 7 }, 0 },
		{ { 0, 1, 0x80, 1, 0, 8, 0x6c, 0, 0, 7 }, -EOPNOTSUPP },
		{ { 0, 1, 0x80, 1, 0, 8, 0x48, 0, 0, 7, 0, 1 }, 0 },
	};
	static const bool whole[] = { true, true, true, false, true, false };
	struct isns_header header;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(isns_parse_header(rows[i].pdu, &header), rows[i].ret);
		assert_int_equal(isns_is_whole(&header), whole[i]);
	}
	isns_parse_header(rows[0].pdu, &header);
	assert_int_equal(header.function, ISNS_REGISTER | ISNS_RESPONSE);
	assert_int_equal(header.xid, 7);
	assert_int_equal(header.body_len, 8);
}

static void cut_attributes_are_errors(void **state)
{
	static const uint8_t cut[] = { 0, 0, 0, 32, 0, 0, 0, 8, 'i', 'q', 'n', 0 };
	static const uint8_t odd[] = { 0, 0, 0, 32, 0, 0, 0, 3, 'i', 'q', 'n', 0 };
	const uint8_t *at = cut;
	struct isns_attr attr;
	size_t left = sizeof(cut);

	assert_int_equal(isns_next(&at, &left, &attr), -EPROTO);
	at = odd;
	left = sizeof(odd);
	assert_int_equal(isns_next(&at, &left, &attr), -EPROTO);
	left = 7;
	assert_int_equal(isns_next(&at, &left, &attr), -EPROTO);
	left = 0;
	assert_int_equal(isns_next(&at, &left, &attr), 0);
}

/* As a server answers: key, delimiter, nodes. */
static void initiators_are_found(void **state)
{
	isns_begin(&out, ISNS_QUERY | ISNS_RESPONSE, ISNS_FROM_SERVER, 1);
	isns_add_u32(&out, ISNS_NODE_TYPE, ISNS_NODE_INITIATOR);
	isns_add(&out, ISNS_DELIMITER, NULL, 0);
	isns_add_string(&out, ISNS_NAME, "iqn.a");
	isns_add_u32(&out, ISNS_NODE_TYPE, ISNS_NODE_INITIATOR);
	isns_add_string(&out, ISNS_NAME, "iqn.target");
	isns_add_u32(&out, ISNS_NODE_TYPE, ISNS_NODE_TARGET);
	isns_add_string(&out, ISNS_NAME, "iqn.both");
	isns_add_u32(&out, ISNS_NODE_TYPE, ISNS_NODE_INITIATOR | ISNS_NODE_TARGET);
	isns_finish(&out);
	names[0] = '\0';
	assert_int_equal(isns_each_initiator(out.pdu + 12, out.len - 12, collect, NULL), 0);
	assert_string_equal(names, "iqn.a iqn.both ");
}

/* Who registered them is not known: the others shall not suffer for it. */
static void names_that_are_none_are_left_out(void **state)
{
	char longest[SCST_ISCSI_NAME_LEN + 1];

	memset(longest, 'n', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	for (int i = 0; i < 2; i++) {
		isns_begin(&out, ISNS_QUERY | ISNS_RESPONSE, ISNS_FROM_SERVER, 1);
		isns_add(&out, ISNS_DELIMITER, NULL, 0);
		isns_add_string(&out, ISNS_NAME, i ? longest : "iqn\nx");
		isns_add_u32(&out, ISNS_NODE_TYPE, ISNS_NODE_INITIATOR);
		isns_add_string(&out, ISNS_NAME, "iqn.next");
		isns_add_u32(&out, ISNS_NODE_TYPE, ISNS_NODE_INITIATOR);
		names[0] = '\0';
		assert_int_equal(isns_each_initiator(out.pdu + 12, out.len - 12, collect, NULL),
				 0);
		assert_string_equal(names, "iqn.next ");
	}
}

/* PDU by PDU: a letter for each byte of a body. Return: what the last one returned. */
static int gather_all(struct isns_gather *gather, const struct isns_header *headers,
		      const char *const *bodies, size_t nr)
{
	int ret = 0;

	for (size_t i = 0; i < nr && ret >= 0; i++) {
		struct isns_header header = headers[i];

		header.body_len = strlen(bodies[i]);
		ret = isns_gather(gather, &header, (const uint8_t *)bodies[i]);
		assert_true(ret < 0 || ret == (i == nr - 1));
	}
	return ret;
}

static void message_in_pieces_is_put_together(void **state)
{
	static const struct isns_header headers[] = {
		{ .flags = ISNS_FIRST }, { .sequence = 1 }, { .sequence = 2, .flags = ISNS_LAST },
	};
	static const struct isns_header one = { .flags = ISNS_FIRST | ISNS_LAST };
	static const char *const bodies[] = { "abc", "", "defg" };
	struct isns_gather gather = {};

	for (int i = 0; i < 2; i++) {
		assert_int_equal(gather_all(&gather, headers, bodies, 3), 1);
		assert_int_equal(gather.len, 7);
		assert_memory_equal(gather.body, "abcdefg", 7);
	}
	assert_int_equal(gather_all(&gather, &one, bodies, 1), 1);
	assert_int_equal(gather.len, 3);
	isns_gather_free(&gather);
	assert_int_equal(gather_all(&gather, &one, (const char *const[]){ "" }, 1), 1);
	isns_gather_free(&gather);
}

static void pieces_that_do_not_fit_are_errors(void **state)
{
	static const struct isns_header no_first[] = { { .sequence = 0, .flags = ISNS_LAST } };
	static const struct isns_header gap[] = { { .flags = ISNS_FIRST }, { .sequence = 2 } };
	static const struct isns_header twice[] = { { .flags = ISNS_FIRST }, { .sequence = 0 } };
	static const char *const bodies[] = { "abc", "def" };
	struct isns_gather gather = {};

	assert_int_equal(gather_all(&gather, no_first, bodies, 1), -EPROTO);
	assert_int_equal(gather_all(&gather, gap, bodies, 2), -EPROTO);
	assert_int_equal(gather_all(&gather, twice, bodies, 2), -EPROTO);
	isns_gather_free(&gather);
}

static void pieces_have_an_end(void **state)
{
	static const uint8_t body[ISNS_BODY_MAX];
	struct isns_gather gather = {};
	struct isns_header header = { .flags = ISNS_FIRST, .body_len = sizeof(body) };
	int ret;

	while (!(ret = isns_gather(&gather, &header, body))) {
		header.flags = 0;
		header.sequence++;
	}
	assert_int_equal(ret, -E2BIG);
	assert_true(gather.len > ISNS_MESSAGE_MAX - ISNS_BODY_MAX);
	isns_gather_free(&gather);
}

static void status_comes_first(void **state)
{
	const uint8_t body[] = { 0, 0, 0, 9, 1 }, odd[] = { 0xff, 0xff, 0xff, 0xff };
	const uint8_t *at = body;
	size_t left = sizeof(body);

	assert_int_equal(isns_take_status(&at, &left), 9);
	assert_int_equal(left, 1);
	assert_int_equal(isns_take_status(&at, &left), -EPROTO);
	at = odd;
	left = 4;
	assert_int_equal(isns_take_status(&at, &left), -EPROTO);
}

static void period_is_found(void **state)
{
	isns_begin(&out, ISNS_REGISTER | ISNS_RESPONSE, ISNS_FROM_SERVER, 1);
	isns_add_string(&out, ISNS_ENTITY, "host");
	isns_add_u32(&out, ISNS_PERIOD, 600);
	assert_int_equal(isns_find_period(out.pdu + 12, out.len - 12), 600);
	assert_int_equal(isns_find_period(out.pdu + 12, 0), 0);
}

static void scn_is_answered_with_its_destination(void **state)
{
	static struct isns_out scn;
	struct isns_header header;

	isns_begin(&scn, ISNS_SCN, ISNS_FROM_SERVER, 42);
	isns_add_string(&scn, ISNS_NAME, "iqn.me");
	isns_add(&scn, ISNS_TIMESTAMP, "12345678", 8);
	isns_add_string(&scn, ISNS_NAME, "iqn.other");
	isns_finish(&scn);
	assert_int_equal(isns_parse_header(scn.pdu, &header), 0);
	assert_int_equal(isns_answer(&header, scn.pdu + 12, &out), 0);
	assert_int_equal(out.len, 12 + 4 + 16);
	assert_int_equal(isns_parse_header(out.pdu, &header), 0);
	assert_int_equal(header.function, ISNS_SCN | ISNS_RESPONSE);
	assert_int_equal(header.xid, 42);
	assert_memory_equal(out.pdu + 16, scn.pdu + 12, 16);
}

static void esi_is_answered_with_all_of_it(void **state)
{
	static struct isns_out esi;
	struct isns_header header;

	isns_begin(&esi, ISNS_ESI, ISNS_FROM_SERVER, 43);
	isns_add(&esi, ISNS_TIMESTAMP, "12345678", 8);
	isns_add_string(&esi, ISNS_ENTITY, "host");
	isns_finish(&esi);
	isns_parse_header(esi.pdu, &header);
	assert_int_equal(isns_answer(&header, esi.pdu + 12, &out), 0);
	assert_int_equal(out.len, esi.len + 4);
	assert_memory_equal(out.pdu + 16, esi.pdu + 12, esi.len - 12);
}

static void other_requests_get_no_answer(void **state)
{
	struct isns_header header = { .function = ISNS_QUERY };

	assert_int_equal(isns_answer(&header, NULL, &out), -EOPNOTSUPP);
	header = (struct isns_header){ .function = ISNS_SCN, .body_len = 4 };
	assert_int_equal(isns_answer(&header, (const uint8_t *)"xxxx", &out), -EPROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(message_looks_like_the_rfcs),
		cmocka_unit_test(addresses_are_ipv6),
		cmocka_unit_test(what_does_not_fit_is_an_error),
		cmocka_unit_test(header_is_checked),
		cmocka_unit_test(cut_attributes_are_errors),
		cmocka_unit_test(initiators_are_found),
		cmocka_unit_test(names_that_are_none_are_left_out),
		cmocka_unit_test(message_in_pieces_is_put_together),
		cmocka_unit_test(pieces_that_do_not_fit_are_errors),
		cmocka_unit_test(pieces_have_an_end),
		cmocka_unit_test(status_comes_first),
		cmocka_unit_test(period_is_found),
		cmocka_unit_test(scn_is_answered_with_its_destination),
		cmocka_unit_test(esi_is_answered_with_all_of_it),
		cmocka_unit_test(other_requests_get_no_answer),
	};

	return cmocka_run_group_tests_name("isns_msg", tests, NULL, NULL);
}
