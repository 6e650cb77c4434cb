// SPDX-License-Identifier: GPL-2.0-only
/*
 * Persistent reservations as bytes and as text: parameter lists, TransportIDs, what PERSISTENT
 * RESERVE IN answers, and pr_state. The state file of SCST is in test_pr_scst.c.
 */
#include "pr_fixture.h"

/* ---- parameter lists ---- */

static bool parse(const u8 *cdb, const u8 *list, u32 len, struct scst_pr_request *req,
		  struct scst_sense *sense)
{
	u8 *exact = malloc(len ? len : 1);
	bool ok;

	assert_non_null(exact);
	memcpy(exact, list, len);
	ok = scst_pr_parse(cdb, exact, len, req, sense);
	free(exact);
	return ok;
}

static void list_of_wrong_length_is_refused(void **state)
{
	struct say says[] = {
		{ .action = SCST_PR_REGISTER },
		{ .action = SCST_PR_REGISTER, .flags = SPEC_I_PT, .to_hosts = BIT(A) | BIT(B) },
		{ .action = SCST_PR_REGISTER_AND_MOVE, .to = A },
	};
	struct scst_pr_request req;
	struct scst_sense sense;
	struct world w[1];
	u8 list[1024] = { 0 };

	world_init(w);
	for (unsigned int i = 0; i < ARRAY_SIZE(says); i++) {
		u32 right = say_list(w, &says[i], list);

		for (u32 len = 0; len < right + 8; len++) {
			bool ok = parse(CDB(0x5f, says[i].action), list, len, &req, &sense);

			assert_int_equal(ok, len == right);
			if (!ok)
				assert_int_equal(sense.id, SCST_SENSE_PARAM_LIST_LENGTH);
		}
	}
}

static void list_with_bad_tid_names_the_byte(void **state)
{
	struct scst_pr_request req;
	struct scst_sense sense;
	struct world w[1];
	u8 list[1024] = { 0 };
	u32 len;

	world_init(w);
	len = say_list(w, &(struct say){ .action = SCST_PR_REGISTER, .flags = SPEC_I_PT,
					 .to_hosts = BIT(B) | BIT(C) }, list);
	list[28 + 24] = 0x0f;		/* the second one's protocol */
	assert_false(parse(CDB(0x5f, 0), list, len, &req, &sense));
	assert_int_equal(sense.id, SCST_SENSE_INVALID_FIELD_PARAM);
	assert_int_equal(sense.byte, 28 + 24);
	assert_false(sense.in_cdb);
}

static void scope_has_to_be_the_logical_unit(void **state)
{
	static const u8 with_scope[] = { 1, 2, 4, 5, 8 }, without[] = { 0, 3, 6 };
	struct scst_pr_request req;
	struct scst_sense sense;
	u8 list[24] = { 0 };

	for (unsigned int i = 0; i < ARRAY_SIZE(with_scope); i++) {
		assert_false(parse(CDB(0x5f, with_scope[i], 0x11), list, 24, &req, &sense));
		assert_int_equal(sense.id, SCST_SENSE_INVALID_FIELD_CDB);
		assert_int_equal(sense.byte, 2);
		assert_int_equal(sense.bit, 7);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(without); i++)
		assert_true(parse(CDB(0x5f, without[i], 0x11), list, 24, &req, &sense));
}

static void flags_that_mean_nothing_are_ignored(void **state)
{
	struct scst_pr_request req;
	struct scst_sense sense;
	u8 list[24] = { [20] = ALL_TG_PT | APTPL };

	assert_true(parse(CDB(0x5f, SCST_PR_RESERVE, 1), list, 24, &req, &sense));
	assert_false(req.all_tg_pt || req.aptpl);
	assert_true(parse(CDB(0x5f, SCST_PR_REGISTER_AND_IGNORE), list, 24, &req, &sense));
	assert_true(req.all_tg_pt && req.aptpl);
}

/* ---- TransportIDs ---- */

static const struct {
	const char *what;
	u8 bytes[48];
	unsigned int len, taken;
} tids[] = {
	{ "FC",		{ 0x00, [8] = 0x50, 1, 2, 3, 4, 5, 6, 7 }, 24, 24 },
	{ "SPI",	{ 0x01, [3] = 7, [7] = 1 }, 24, 24 },
	{ "SBP",	{ 0x03, [8] = 1 }, 24, 24 },
	{ "SRP",	{ 0x04, [8] = 1, [23] = 2 }, 24, 24 },
	{ "SAS",	{ 0x06, [4] = 0x50 }, 24, 24 },
	{ "SOP",	{ 0x0a, [2] = 1 }, 24, 24 },
	{ "SSA",	{ 0x02 }, 24, 0 },
	{ "ADT",	{ 0x07 }, 24, 0 },
	{ "none",	{ 0x0f }, 24, 0 },
	{ "format",	{ 0x46 }, 24, 0 },
	{ "short",	{ 0x06 }, 23, 0 },
	{ "iSCSI name",	{ 0x05, 0, 0, 20, 'i', 'q', 'n', '.', 'a' }, 24, 24 },
	{ "iSCSI port",	{ 0x45, 0, 0, 20, 'a', ',', 'i', ',', '0', 'x', '1', 'F' }, 24, 24 },
	{ "iSCSI, separator in its name", { 0x45, 0, 0, 20, 'A', ',', 'I', ',', '0', 'X', 'z',
					    ',', 'i', ',', '0', 'x', '1' }, 24, 24 },
	{ "iSCSI, more behind it", { 0x05, 0, 0, 20, 'a' }, 48, 24 },
	{ "iSCSI format", { 0x85, 0, 0, 20, 'a' }, 24, 0 },
	{ "iSCSI, no ISID", { 0x45, 0, 0, 20, 'a', ',', 'i', ',', '0', 'x' }, 24, 0 },
	{ "iSCSI, ISID of no digit", { 0x45, 0, 0, 20, 'a', ',', 'i', ',', '0', 'x', 'g' }, 24, 0 },
	{ "iSCSI, port in a name", { 0x05, 0, 0, 20, 'a', ',', 'i', ',', '0', 'x', '1' }, 24, 0 },
	{ "iSCSI, empty", { 0x05, 0, 0, 20 }, 24, 0 },
	{ "iSCSI, blank", { 0x05, 0, 0, 20, 'a', ' ', 'b' }, 24, 0 },
	{ "iSCSI, no end", { 0x05, 0, 0, 20, 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a',
			     'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a' }, 24, 0 },
	{ "iSCSI, short", { 0x05, 0, 0, 16, 'a' }, 24, 0 },
	{ "iSCSI, no multiple of 4", { 0x05, 0, 0, 21, 'a' }, 25, 0 },
	{ "iSCSI, cut", { 0x05, 0, 0, 24, 'a' }, 24, 0 },
	{ "iSCSI, huge", { 0x05, 0, 0xff, 0xfc, 'a' }, 48, 0 },
};

static void tids_of_all_protocols_are_judged(void **state)
{
	struct scst_tid tid;

	for (unsigned int i = 0; i < ARRAY_SIZE(tids); i++) {
		u8 *exact = malloc(tids[i].len);

		memcpy(exact, tids[i].bytes, tids[i].len);
		if (scst_tid_parse(exact, tids[i].len, &tid) != tids[i].taken)
			fail_msg("%s", tids[i].what);
		if (tids[i].taken)
			assert_int_equal(tid.len, tids[i].taken);
		free(exact);
	}
	assert_int_equal(scst_tid_parse(NULL, 0, &tid), 0);
}

static void tid_ignores_what_means_nothing(void **state)
{
	const u8 noise[24] = { 0x06, 0xff, 0xff, 0xff, 1, 2, 3, 4, 5, 6, 7, 8, 0xee, [23] = 0xff };
	const u8 clean[24] = { 0x06, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8 };
	const u8 upper[28] = { 0x05, 0, 0, 24, 'I', 'Q', 'N', '.', 'A', 0, 'x' };
	struct scst_tid a, b;

	assert_int_equal(scst_tid_parse(noise, 24, &a), 24);
	assert_int_equal(scst_tid_parse(clean, 24, &b), 24);
	assert_true(scst_tid_equal(&a, &b));
	/* a longer padding, letters of the other case, bytes behind the end: the same name */
	assert_int_equal(scst_tid_parse(upper, 28, &a), 28);
	scst_tid_make(5, "iqn.a", &b);
	assert_true(scst_tid_equal(&a, &b));
}

static void tid_is_made_from_a_name(void **state)
{
	static const u8 wwn[] = { 0x50, 0x01, 0x40, 0x5f, 0, 0, 0, 0x0b };
	struct scst_tid a, b;

	scst_tid_make(6, "50:01:40:5f:00:00:00:0b", &a);
	assert_memory_equal(a.bytes + 4, wwn, 8);
	scst_tid_make(6, "naa.5001405f0000000b", &b);
	assert_true(scst_tid_equal(&a, &b));
	scst_tid_make(0, "0x5001405f0000000b", &b);
	assert_int_equal(b.bytes[0], 0);
	assert_memory_equal(b.bytes + 8, wwn, 8);
	/* other names: the same number each time, of the locally assigned kind */
	scst_tid_make(6, "scst_local_host", &a);
	scst_tid_make(6, "scst_local_host", &b);
	assert_true(scst_tid_equal(&a, &b));
	assert_int_equal(a.bytes[4] >> 4, 3);
	scst_tid_make(6, "scst_local_host2", &b);
	assert_false(scst_tid_equal(&a, &b));
	/* every one that is made can be sent back to us */
	for (u8 protocol = 0; protocol < 16; protocol++) {
		scst_tid_make(protocol, "host", &a);
		assert_int_equal(scst_tid_parse(a.bytes, a.len, &b), a.len);
		assert_true(scst_tid_equal(&a, &b));
	}
}

/* What is kept is read again: what is taken must be taken twice, whatever case, whatever name. */
static void tid_that_is_taken_is_kept(void **state)
{
	static const char *const names[] = {
		"a,I,0xzz,i,0x1", "a,i,0x1,i,0x2", "a,i,0xzz", "a,I,0XFF", ",i,0x1", "a,i,0x",
		"a,i,0x0123456789abc",
	};
	struct scst_tid a, b;

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		scst_tid_make(5, names[i], &a);
		if (scst_tid_parse(a.bytes, a.len, &b) != a.len || !scst_tid_equal(&a, &b))
			fail_msg("%s", names[i]);
	}
	scst_tid_make(5, names[0], &a);
	assert_int_equal(a.bytes[0], 0x45);
	scst_tid_make(5, names[2], &a);
	assert_int_equal(a.bytes[0], 0x05);
}

static void tid_of_a_long_name_fits(void **state)
{
	struct scst_tid a, b;
	char name[300];

	memset(name, 'a', sizeof(name));
	name[223] = 0;
	strcat(name, ",i,0x00023d000001");
	scst_tid_make(5, name, &a);
	assert_int_equal(a.len, 248);
	assert_int_equal(scst_tid_parse(a.bytes, a.len, &b), 248);
	memset(name, 'a', sizeof(name));
	name[299] = 0;
	scst_tid_make(5, name, &a);
	assert_int_equal(scst_tid_parse(a.bytes, a.len, &b), a.len);
}

/* ---- PERSISTENT RESERVE IN ---- */

static struct answer pr_in(const struct scst_pr *pr, u8 action)
{
	struct scst_lu disk = fixture_disk();
	struct scst_view view = fixture_view(&disk);

	view.pr = pr;
	return ask(&view, CDB(0x5e, action, 0, 0, 0, 0, 0, 0x20, 0));
}

static void world_with_holder(struct world *w, u8 type)
{
	world_init(w);
	SAY(w, B, 1, .action = SCST_PR_REGISTER, .sa_key = 0x1122334455667788, .flags = APTPL);
	SAY(w, C, 2, .action = SCST_PR_REGISTER, .sa_key = 0xc, .flags = APTPL);
	SAY(w, B, 1, .action = SCST_PR_RESERVE, .key = 0x1122334455667788, .type = type);
}

static void pr_in_answers_when_there_is_nothing(void **state)
{
	static const u8 zeros[8];
	struct answer a;

	for (u8 action = 0; action < 4; action++) {
		a = pr_in(NULL, action);
		assert_true(a.ok);
		assert_int_equal(a.len, 8);
		if (action != SCST_PR_REPORT_CAPABILITIES)
			assert_memory_equal(a.data, zeros, 8);
	}
}

static void pr_in_reads_keys(void **state)
{
	static const u8 expect[] = {
		0, 0, 0, 2, 0, 0, 0, 16,
		0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0, 0, 0, 0, 0, 0, 0, 0xc,
	};
	struct world w[1];
	struct answer a;

	world_with_holder(w, 5);
	a = pr_in(w->pr, SCST_PR_READ_KEYS);
	assert_int_equal(a.len, sizeof(expect));
	assert_memory_equal(a.data, expect, sizeof(expect));
}

static void pr_in_reads_the_reservation(void **state)
{
	u8 expect[24] = {
		0, 0, 0, 2, 0, 0, 0, 16,
		0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, [21] = 5,
	};
	struct world w[1];
	struct answer a;

	world_with_holder(w, 5);
	a = pr_in(w->pr, SCST_PR_READ_RESERVATION);
	assert_int_equal(a.len, 24);
	assert_memory_equal(a.data, expect, 24);
	/* nobody's key, as all hold it */
	world_with_holder(w, 7);
	a = pr_in(w->pr, SCST_PR_READ_RESERVATION);
	memset(expect + 8, 0, 8);
	expect[21] = 7;
	assert_memory_equal(a.data, expect, 24);
}

static void pr_in_reports_capabilities(void **state)
{
	static const u8 expect[] = { 0, 8, 0x9d, 0xb1, 0xea, 0x01, 0, 0 };
	struct world w[1];
	struct answer a;

	world_with_holder(w, 1);
	a = pr_in(w->pr, SCST_PR_REPORT_CAPABILITIES);
	assert_int_equal(a.len, 8);
	assert_memory_equal(a.data, expect, 8);
}

static void pr_in_reads_full_status(void **state)
{
	struct world w[1];
	struct answer a;

	world_with_holder(w, 1);
	a = pr_in(w->pr, SCST_PR_READ_FULL_STATUS);
	assert_int_equal(a.len, 8 + 2 * (24 + 24));
	assert_int_equal(get_unaligned_be32(a.data + 4), a.len - 8);
	assert_int_equal(a.data[8 + 12], 1);
	assert_int_equal(a.data[8 + 13], 1);
	assert_int_equal(get_unaligned_be16(a.data + 8 + 18), 1);
	assert_int_equal(get_unaligned_be32(a.data + 8 + 20), 24);
	assert_memory_equal(a.data + 8 + 24, w->tid[B].bytes, 24);
	assert_int_equal(a.data[8 + 48 + 12], 0);
	assert_int_equal(get_unaligned_be16(a.data + 8 + 48 + 18), 2);
}

static void pr_in_says_that_it_is_lost(void **state)
{
	const struct scst_pr lost = { .lost = true };

	for (u8 action = 0; action < 4; action++) {
		struct answer a = pr_in(&lost, action);

		assert_int_equal(a.ok, action == SCST_PR_REPORT_CAPABILITIES);
		if (!a.ok)
			assert_int_equal(a.sense.id, SCST_SENSE_RESERVATION_LOST);
	}
}

/* ---- text ---- */

static const char text[] =
	"version 1\n"
	"generation 2\n"
	"reservation 05 00\n"
	"registrant 1 1122334455667788 1 24 06000000500140500000000b000000000000000000000000\n"
	"registrant 2 000000000000000c 0 24 ";

static void text_is_that_of_scst(void **state)
{
	char got[1024];
	struct world w[1];
	size_t len;

	world_with_holder(w, 5);
	len = scst_pr_print(w->pr, got, sizeof(got));
	assert_in_range(len, sizeof(text), sizeof(got));
	assert_memory_equal(got, text, sizeof(text) - 1);
	assert_int_equal(got[len - 1], '\n');
	/* too little room is counted, and nothing written behind it */
	got[10] = '#';
	assert_int_equal(scst_pr_print(w->pr, got, 10), len);
	assert_int_equal(got[10], '#');
}

#define V	"version 1\n"
#define G	V "generation 7\n"
#define REG	"registrant 1 00000000000000aa "
#define TID	" 24 000000000000000050000000000000010000000000000000\n"
#define TID2	" 24 000000000000000050000000000000020000000000000000\n"

static const struct { const char *text; unsigned int line; } texts[] = {
	{ G, 0 },
	{ G REG "0" TID, 0 },
	{ G "reservation 01 00\n" REG "1" TID, 0 },
	{ G "reservation 07 00\n" REG "1" TID, 0 },
	{ G "reservation 07 00\n" REG "0" TID, 0 },
	{ G "reservation 01 00\n" REG "0" TID "registrant 2 00000000000000aa 1" TID, 0 },
	{ "", 1 },
	{ "version 2\n", 1 },
	{ "version 1", 1 },
	{ V, 2 },
	{ V "generation\n", 2 },
	{ V "generation 4294967296\n", 2 },
	{ V "generation 1x\n", 2 },
	{ G "\n", 3 },
	{ G "something 1\n", 3 },
	{ G "reservation 02 00\n" REG "1" TID, 3 },
	{ G "reservation 01 01\n" REG "1" TID, 3 },
	{ G "reservation 1 0\n" REG "1" TID, 3 },
	{ G "reservation 00 00\n", 3 },
	{ G "reservation 01 00\nreservation 01 00\n", 4 },
	{ G REG "0" TID "reservation 01 00\n", 4 },
	{ G "reservation 01 00\n", 3 },				/* nobody holds it */
	{ G "reservation 01 00\n" REG "0" TID, 4 },
	{ G "reservation 01 00\n" REG "1" TID REG "1" TID2, 5 },	/* two do */
	{ G "reservation 07 00\n", 3 },
	{ G REG "1" TID, 3 },					/* of what? */
	{ G REG "0" TID REG "0" TID, 4 },			/* twice the same */
	{ G REG "2" TID, 3 },
	{ G "registrant 65536 00000000000000aa 0" TID, 3 },
	{ G "registrant 1 0000000000000000 0" TID, 3 },
	{ G "registrant 1 0x000000000000aa 0" TID, 3 },
	{ G "registrant 1 aa 0" TID, 3 },
	{ G REG "0 24 00\n", 3 },
	{ G REG "0 23 0000000000000000500000000000000100000000000000\n", 3 },
	{ G REG "0 25 00000000000000005000000000000001000000000000000000\n", 3 },
	{ G REG "0 24 0f0000000000000050000000000000010000000000000000\n", 3 },
	{ G REG "0 0 \n", 3 },
	{ G REG "0 249 00\n", 3 },
	{ G REG "0 24 0000000000000000500000000000000100000000000000000\n", 3 },
};

static void text_is_judged_line_by_line(void **state)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(texts); i++) {
		struct pr_storage back = { .pr.room = 4 };
		size_t len = strlen(texts[i].text);
		char *exact = malloc(len ? len : 1);
		unsigned int line;

		memcpy(exact, texts[i].text, len);
		line = scst_pr_scan(exact, len, &back.pr);
		if (line != texts[i].line)
			fail_msg("line %u, not %u, of:\n%s", line, texts[i].line, texts[i].text);
		free(exact);
	}
}

static void text_room_is_counted(void **state)
{
	struct scst_pr tiny = { .room = 0 };
	char *many = malloc(SCST_PR_REGS_MAX + 4);

	assert_int_equal(scst_pr_scan_room(G, strlen(G)), 0);
	assert_int_equal(scst_pr_scan_room(texts[1].text, strlen(texts[1].text)), 1);
	assert_int_equal(scst_pr_scan(texts[1].text, strlen(texts[1].text), &tiny), 3);
	memset(many, '\n', SCST_PR_REGS_MAX + 4);
	assert_int_equal(scst_pr_scan_room(many, SCST_PR_REGS_MAX + 3), SCST_PR_REGS_MAX);
	assert_int_equal(scst_pr_scan_room(many, SCST_PR_REGS_MAX + 4), -1);
	free(many);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_of_wrong_length_is_refused),
		cmocka_unit_test(list_with_bad_tid_names_the_byte),
		cmocka_unit_test(scope_has_to_be_the_logical_unit),
		cmocka_unit_test(flags_that_mean_nothing_are_ignored),
		cmocka_unit_test(tids_of_all_protocols_are_judged),
		cmocka_unit_test(tid_ignores_what_means_nothing),
		cmocka_unit_test(tid_is_made_from_a_name),
		cmocka_unit_test(tid_that_is_taken_is_kept),
		cmocka_unit_test(tid_of_a_long_name_fits),
		cmocka_unit_test(pr_in_answers_when_there_is_nothing),
		cmocka_unit_test(pr_in_reads_keys),
		cmocka_unit_test(pr_in_reads_the_reservation),
		cmocka_unit_test(pr_in_reports_capabilities),
		cmocka_unit_test(pr_in_reads_full_status),
		cmocka_unit_test(pr_in_says_that_it_is_lost),
		cmocka_unit_test(text_is_that_of_scst),
		cmocka_unit_test(text_is_judged_line_by_line),
		cmocka_unit_test(text_room_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
