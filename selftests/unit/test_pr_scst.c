// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file in which SCST keeps persistent reservations, of a host of either byte order, and by what
 * names it knows initiator ports.
 */
#include "pr_fixture.h"

/* ISID 00023d000001, of which SCST prints the number that its eight bytes of a session make. */
static const u8 iscsi_little[24] = "\x45\0\0\x14" "a,i,0x100003d0200",
		iscsi_big[24] = "\x45\0\0\x14" "a,i,0x23d0000010000";

/* As SCST writes it: two registrants, FC through port 2 which holds, iSCSI through port 1. */
static size_t scst_file(u8 *f, bool little)
{
	static const u8 fc[24] = { 0x00, [8] = 0x50, 1, 2, 3, 4, 5, 6, 7 };
	const u8 *iscsi = little ? iscsi_little : iscsi_big;
	static const u8 key[8] = { 0, 0, 0, 0, 0, 0, 0xab, 0xcd };
	size_t at = 20;

	if (little) {
		put_unaligned_le64(0xbbeeeeaaeebbdd77, f);
		put_unaligned_le64(1, f + 8);
	} else {
		put_unaligned_be64(0xbbeeeeaaeebbdd77, f);
		put_unaligned_be64(1, f + 8);
	}
	f[16] = 1;
	f[17] = 1;
	f[18] = SCST_PR_EXCLUSIVE_ACCESS_RO;
	f[19] = 0;
	for (int i = 0; i < 2; i++) {
		f[at++] = !i;
		memcpy(f + at, i ? iscsi : fc, 24);
		at += 24;
		memcpy(f + at, key, 8);
		at += 8;
		f[at] = little ? 2 - i : 0;
		f[at + 1] = little ? 0 : 2 - i;
		at += 2;
	}
	return at;
}

static void scst_file_is_read_in_both_byte_orders(void **state)
{
	u8 f[256];

	for (int little = 0; little < 2; little++) {
		struct pr_storage back = { .pr.room = 2 };
		size_t len = scst_file(f, little);

		assert_true(scst_pr_is_scst_file(f, len));
		assert_int_equal(scst_pr_scst_room(len), 2);
		assert_true(scst_pr_read_scst_file(f, len, &back.pr));
		assert_true(back.pr.aptpl);
		assert_int_equal(back.pr.type, SCST_PR_EXCLUSIVE_ACCESS_RO);
		assert_int_equal(back.pr.nr, 2);
		assert_int_equal(back.pr.reg[0].key, 0xabcd);
		assert_int_equal(back.pr.reg[0].port, 2);
		assert_true(back.pr.reg[0].holder);
		assert_int_equal(back.pr.reg[1].port, 1);
		assert_int_equal(back.pr.reg[1].tid.bytes[0], 0x45);
	}
}

/* ... as kernel/targets/iscsi names it, so that who comes is who was registered. */
static void iscsi_port_of_scst_is_ours(void **state)
{
	struct scst_tid ours;
	u8 f[256];

	scst_tid_make(5, "a,i,0x00023d000001", &ours);
	for (int little = 0; little < 2; little++) {
		const struct scst_pr_nexus nexus = { .tid = &ours, .port = 1 };
		struct pr_storage back = { .pr.room = 2 };
		size_t len = scst_file(f, little);

		assert_true(scst_pr_read_scst_file(f, len, &back.pr));
		assert_int_equal(scst_pr_find(&back.pr, &nexus), 1);
	}
}

static void iscsi_port_that_no_session_of_scst_has_is_refused(void **state)
{
	static const struct { const char *name; bool little; } bad[] = {
		{ "iqn.x,i,0x1000000000000", true },	/* the TSIH is 0 there */
		{ "iqn.x,i,0x1", false },
		{ "iqn.x,i,0x00000100003d02001", true },
		{ "iqn.x,i,0x", true },
		{ "iqn.x,i,0xg", true },
		{ "iqn.example:xyz", true },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		u8 bytes[4 + 36] = { 0x45, 0, 0, 36 };
		struct scst_tid tid;

		strcpy((char *)bytes + 4, bad[i].name);
		if (scst_tid_parse_scst(bytes, sizeof(bytes), bad[i].little, &tid))
			fail_msg("%s is taken", bad[i].name);
	}
}

/* With all of its digits the name of the longest port would not fit. */
static void iscsi_port_of_scst_grows_no_longer_than_there_is_room(void **state)
{
	u8 bytes[SCST_TID_MAX];
	struct scst_tid tid;

	for (unsigned int len = 220; len < 244 - 6; len++) {
		memset(bytes, 0, sizeof(bytes));
		bytes[0] = 0x45;
		bytes[3] = 244;
		memset(bytes + 4, 'a', len);
		memcpy(bytes + 4 + len, ",i,0x1", 6);
		assert_int_equal(scst_tid_parse_scst(bytes, sizeof(bytes), true, &tid),
				 len + 5 + 12 < 244 ? 248 : 0);
	}
}

static void scst_file_that_is_damaged_is_refused(void **state)
{
	struct pr_storage back = { .pr.room = 2 };
	u8 f[256], good[256];
	size_t len = scst_file(good, true);

	for (size_t n = 0; n < len; n++) {
		u8 *exact = malloc(n ? n : 1);

		memcpy(exact, good, n);
		/* cut behind the first registrant it is a whole file */
		assert_int_equal(scst_pr_read_scst_file(exact, n, &back.pr), n == 20 + 35);
		free(exact);
	}
	memcpy(f, good, len);
	f[8] = 2;
	assert_false(scst_pr_read_scst_file(f, len, &back.pr));
	memcpy(f, good, len);
	f[18] = 2;
	assert_false(scst_pr_read_scst_file(f, len, &back.pr));
	memcpy(f, good, len);
	f[20] = 0;			/* nobody holds */
	assert_false(scst_pr_read_scst_file(f, len, &back.pr));
	back.pr.room = 1;
	assert_false(scst_pr_read_scst_file(good, len, &back.pr));
	assert_false(scst_pr_is_scst_file((const u8 *)"version 1\n", 10));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scst_file_is_read_in_both_byte_orders),
		cmocka_unit_test(iscsi_port_of_scst_is_ours),
		cmocka_unit_test(iscsi_port_that_no_session_of_scst_has_is_refused),
		cmocka_unit_test(iscsi_port_of_scst_grows_no_longer_than_there_is_room),
		cmocka_unit_test(scst_file_that_is_damaged_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
