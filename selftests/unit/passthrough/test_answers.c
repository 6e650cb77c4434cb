// SPDX-License-Identifier: GPL-2.0-only
/*
 * What devices answer, as it is told on; also by devices whose lengths lie.
 */
#include <scst/scsi/opaque.h>

#include "fixture.h"


static struct scst_lu unit(u8 type)
{
	return (struct scst_lu){
		.type = type, .opaque = true, .block_size = 512, .max_trans_len = 1 << 20,
		.verbs = ALL_VERBS,
	};
}

static u8 buf[SCST_OPAQUE_ANSWER + SCST_OPAQUE_MORE];

/* What becomes of the @len bytes at @data, in buf. */
static u32 patch(const struct scst_lu *lu, bool read_only, const u8 *cdb, const u8 *data, u32 len)
{
	struct scst_view view = { .lu = lu, .port = &fixture_port, .read_only = read_only };
	const struct scst_op *op = scst_opaque_find(cdb, lu->type, SCST_DIR_IN);

	memset(buf, 0xee, sizeof(buf));
	memcpy(buf, data, len);
	return scst_opaque_patch(scst_opaque_answer(op, cdb), &view, cdb, buf, len);
}

static void inquiry_says_what_is_ours(void **state)
{
	const struct scst_lu lu = unit(0);
	u8 data[36] = { 0x00, 0x80, 0x06, 0x02, 31, 0xbd, 0x00, 0x00, 'V', [35] = 'R' };

	assert_int_equal(patch(&lu, false, CDB(0x12, [4] = 36), data, 36), 36);
	assert_int_equal(buf[3], 0x22);
	assert_int_equal(buf[5], 0x80);		/* no TPGS, 3PC, PROTECT */
	assert_int_equal(buf[6], 0x10);
	assert_int_equal(buf[7], 0x02);
	assert_memory_equal(buf + 8, data + 8, 28);
	assert_memory_equal(buf, data, 3);
	assert_int_equal(patch(&lu, false, CDB(0x12, [4] = 5), data, 5), 5);
	assert_int_equal(buf[5], 0xee);
}

static void identity_stays_and_ports_are_ours(void **state)
{
	const struct scst_lu lu = unit(0);
	const u8 data[] = {
		0x00, 0x83, 0x00, 32,
		0x01, 0x03, 0x00, 8, 0x50, 1, 2, 3, 4, 5, 6, 7,		/* NAA of the unit */
		0x61, 0x93, 0x00, 8, 0x50, 9, 9, 9, 9, 9, 9, 9,		/* of its port */
		0x61, 0xa4, 0x00, 4, 0, 0, 0, 1,
	};
	u32 len = patch(&lu, false, CDB(0x12, 1, 0x83), data, sizeof(data)), at;
	bool port = false;

	assert_memory_equal(buf + 4, data + 4, 12);
	assert_int_equal(get_unaligned_be16(buf + 2), len - 4);
	for (at = 16; at < len; at += 4 + buf[at + 3]) {
		assert_true(buf[at + 1] & 0x30);
		port |= (buf[at + 1] & 0x3f) == 0x14;	/* relative target port */
	}
	assert_int_equal(at, len);
	assert_true(port);
}

static void pages_that_we_have_not_are_not_listed(void **state)
{
	const struct scst_lu lu = unit(0);
	const u8 data[] = { 0x00, 0x00, 0x00, 7, 0x00, 0x80, 0x83, 0x86, 0x88, 0x8f, 0xb0 };
	const u8 want[] = { 0x00, 0x00, 0x00, 5, 0x00, 0x80, 0x83, 0x86, 0xb0 };

	assert_int_equal(patch(&lu, false, CDB(0x12, 1, 0x00), data, sizeof(data)), sizeof(want));
	assert_memory_equal(buf, want, sizeof(want));
}

static void protection_is_not_promised(void **state)
{
	const struct scst_lu lu = unit(0);
	u8 extended[64] = { 0x00, 0x86, 0x00, 60, 0xff, 0x07 }, capacity[32] = { [12] = 0x13 };

	assert_int_equal(patch(&lu, false, CDB(0x12, 1, 0x86), extended, 64), 64);
	assert_int_equal(buf[4], 0xc0);
	assert_int_equal(buf[7], 0x01);
	assert_int_equal(patch(&lu, false, CDB(0x9e, 0x10), capacity, 32), 32);
	assert_int_equal(buf[12], 0x10);
}

static void limits_are_the_lesser_ones(void **state)
{
	const struct scst_lu lu = unit(0);
	u8 data[64] = { 0x00, 0xb0, 0x00, 60 };

	patch(&lu, false, CDB(0x12, 1, 0xb0), data, 64);
	assert_in_range(get_unaligned_be32(buf + 8), 1, 2048);
	assert_int_equal(get_unaligned_be32(buf + 12), 0);
	put_unaligned_be32(100, data + 8);
	put_unaligned_be32(1 << 20, data + 12);
	patch(&lu, false, CDB(0x12, 1, 0xb0), data, 64);
	assert_int_equal(get_unaligned_be32(buf + 8), 100);
	assert_in_range(get_unaligned_be32(buf + 12), 1, 2048);
}

static void a_read_only_lun_is_write_protected(void **state)
{
	static const u8 types[] = { 0, 1, 4, 5, 7 };
	u8 data[8] = { 7 };

	for (unsigned int i = 0; i < ARRAY_SIZE(types); i++) {
		struct scst_lu lu = unit(types[i]);

		patch(&lu, true, CDB(0x1a), data, 8);
		assert_int_equal(buf[2], 0x80);
		patch(&lu, true, CDB(0x5a), data, 8);
		assert_int_equal(buf[3], 0x80);
		patch(&lu, false, CDB(0x1a), data, 8);
		assert_int_equal(buf[2], 0x00);
	}
	struct scst_lu changer = unit(8);

	patch(&changer, true, CDB(0x1a), data, 8);
	assert_int_equal(buf[2], 0x00);
	assert_int_equal(patch(&changer, true, CDB(0x1a), data, 0), 0);
}

static bool is_listed(u32 len, u8 opcode, u8 sa)
{
	u32 at;

	for (at = 4; at + 8 <= len; at += buf[at + 5] & 2 ? 20 : 8)
		if (buf[at] == opcode && (!(buf[at + 5] & 1) || buf[at + 3] == sa))
			return true;
	return false;
}

static void the_list_of_commands_is_what_can_be_done(void **state)
{
	const struct scst_lu lu = unit(0);
	u8 data[4 + 4 * 8] = { 0, 0, 0, 32,
		0x28, [4 + 7] = 10,
		0x83, 0, 0, 0x01, 0, 1, 0, 16,
		0x5e, 0, 0, 0x00, 0, 1, 0, 10,
		0xa3, 0, 0, 0x0a, 0, 1, 0, 12,
	};
	u32 len = patch(&lu, false, CDB(0xa3, 0x0c), data, sizeof(data));

	assert_int_equal(get_unaligned_be32(buf), len - 4);
	assert_true(is_listed(len, 0x28, 0));
	assert_false(is_listed(len, 0x83, 0x01));
	assert_false(is_listed(len, 0xa3, 0x0a));
	assert_true(is_listed(len, 0x5e, 0x03));
	assert_true(is_listed(len, 0x5f, 0x07));
	assert_true(is_listed(len, 0xa0, 0));
}

static void one_command_is_answered_by_who_does_it(void **state)
{
	const struct scst_lu lu = unit(0);
	u8 data[14] = { 0, 0x03, 0, 10, 0x28, 0xff };

	assert_int_equal(patch(&lu, false, CDB(0xa3, 0x0c, 0x01, 0x28), data, 14), 14);
	assert_memory_equal(buf, data, 14);
	data[1] = 0x01;
	patch(&lu, false, CDB(0xa3, 0x0c, 0x02, 0x5e, 0, 0), data, 4);
	assert_int_equal(buf[1] & 7, 3);
	data[1] = 0x03;
	assert_int_equal(patch(&lu, false, CDB(0xa3, 0x0c, 0x01, 0x83), data, 14), 4);
	assert_int_equal(buf[1] & 7, 1);
}

static void foreign_sense_is_kept_from_who_asks(void **state)
{
	const struct scst_lu lu = unit(0);
	u8 data[18] = { 0x70, 0, 0x05, [7] = 10, [12] = 0x24 };

	patch(&lu, false, CDB(0x03, [4] = 18), data, 18);
	assert_int_equal(buf[2], 0);
	assert_int_equal(buf[12], 0);
	patch(&lu, false, CDB(0x03, 1, [4] = 18), data, 18);
	assert_int_equal(buf[0], 0x72);
	data[2] = 0x02;
	data[12] = 0x04;
	assert_int_equal(patch(&lu, false, CDB(0x03, [4] = 18), data, 18), 18);
	assert_memory_equal(buf, data, 18);
}

static void the_whole_is_asked_for(void **state)
{
	u8 cdb[16] = { 0x12, 0x01, 0x83, 0, 4 };

	assert_int_equal(scst_opaque_ask_whole(SCST_ANSWER_VPD, cdb, 252), 252);
	assert_int_equal(get_unaligned_be16(cdb + 3), 252);
	assert_int_equal(scst_opaque_ask_whole(SCST_ANSWER_INQUIRY, cdb, 252), 0);
	assert_int_equal(scst_opaque_whole(SCST_ANSWER_VPD, CDB(0, 0x83, 2, 0), 32), 0x204);
	assert_int_equal(scst_opaque_whole(SCST_ANSWER_RSOC_ALL, CDB(0xff, 0xff, 0xff, 0xff), 32),
			 SCST_OPAQUE_ANSWER);
	assert_int_equal(scst_opaque_whole(SCST_ANSWER_VPD, CDB(0), 3), 3);
}

/* Any bytes of any length, with lengths that lie, for each kind of answer. */
static void no_answer_leads_out_of_its_buffer(void **state)
{
	static const u8 cdbs[][8] = {
		{ 0x03 }, { 0x12 }, { 0x12, 1, 0x00 }, { 0x12, 1, 0x83 }, { 0x12, 1, 0xb0 },
		{ 0x12, 1, 0x86 }, { 0x1a }, { 0x5a }, { 0x9e, 0x10 }, { 0xa3, 0x0c },
		{ 0xa3, 0x0c, 0x80 }, { 0xa3, 0x0c, 0x01, 0x28 },
	};
	const struct scst_lu lu = unit(0);
	unsigned int seed = 1, round;
	u8 data[512];

	for (round = 0; round < 40000; round++) {
		u8 cdb[32] = { 0 };
		u32 len = rand_r(&seed) % sizeof(data);

		for (u32 i = 0; i < len; i++)
			data[i] = rand_r(&seed) % 3 ? rand_r(&seed) % 8 : rand_r(&seed);
		memcpy(cdb, cdbs[round % ARRAY_SIZE(cdbs)], 8);
		if (cdb[0] == 0x12 && cdb[1] && len > 2)
			data[1] = cdb[2];
		assert_in_range(patch(&lu, round & 1, cdb, data, len), 0, sizeof(buf));
	}
}

static void the_longest_identity_has_room(void **state)
{
	static u8 data[SCST_OPAQUE_ANSWER];
	const struct scst_lu lu = unit(0);
	u32 at, len;

	put_unaligned_be16(0xffff - 4, data + 2);
	data[1] = 0x83;
	for (at = 4; at + 256 <= sizeof(data); at += 256) {
		data[at] = 2;
		data[at + 1] = 1;
		data[at + 3] = 252;
	}
	len = patch(&lu, false, CDB(0x12, 1, 0x83), data, sizeof(data));
	assert_in_range(len, at - 256, sizeof(buf));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inquiry_says_what_is_ours),
		cmocka_unit_test(identity_stays_and_ports_are_ours),
		cmocka_unit_test(pages_that_we_have_not_are_not_listed),
		cmocka_unit_test(protection_is_not_promised),
		cmocka_unit_test(limits_are_the_lesser_ones),
		cmocka_unit_test(a_read_only_lun_is_write_protected),
		cmocka_unit_test(the_list_of_commands_is_what_can_be_done),
		cmocka_unit_test(one_command_is_answered_by_who_does_it),
		cmocka_unit_test(foreign_sense_is_kept_from_who_asks),
		cmocka_unit_test(the_whole_is_asked_for),
		cmocka_unit_test(no_answer_leads_out_of_its_buffer),
		cmocka_unit_test(the_longest_identity_has_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
