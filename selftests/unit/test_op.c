// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows, reserved bits, LBA and length. Not here: what a row does to a command (steps of the core).
 */
#include "fixture.h"
#include "op_table.h"

static void table_is_consistent(void **state)
{
	const char *wrong = scst_ops_check();

	if (wrong)
		fail_msg("%s", wrong);
}

/* A CDB of @op without any field set. */
static void own_cdb(const struct scst_op *op, u8 cdb[32])
{
	memset(cdb, 0, 32);
	cdb[0] = op->opcode;
	if (op->flags & SCST_OP_LONG) {
		cdb[7] = 0x18;
		put_unaligned_be16(op->sa, cdb + 8);
	} else if (op->sa != SCST_SA_NONE) {
		cdb[1] = op->sa;
	}
}

static void each_row_is_found_by_its_own_cdb(void **state)
{
	for (unsigned int i = 0; i < scst_ops_nr; i++) {
		const struct scst_op *op = &scst_ops[i];
		bool unknown_sa = true;
		u8 cdb[32];

		own_cdb(op, cdb);
		assert_ptr_equal(scst_op_find(cdb, &unknown_sa), op);
		assert_false(unknown_sa);
	}
}

static void rows_are_unique_and_named(void **state)
{
	for (unsigned int i = 0; i < scst_ops_nr; i++) {
		assert_non_null(scst_ops_cold[i].name);
		assert_true(scst_ops_cold[i].recommended_s >= scst_ops_cold[i].nominal_s);
		for (unsigned int j = 0; j < i; j++) {
			assert_string_not_equal(scst_ops_cold[i].name, scst_ops_cold[j].name);
			assert_false(scst_ops[i].opcode == scst_ops[j].opcode &&
				     scst_ops[i].sa == scst_ops[j].sa);
		}
	}
}

/* An opcode is unknown exactly if no row has it. */
static void unknown_opcode_has_no_row(void **state)
{
	for (unsigned int opcode = 0; opcode < 256; opcode++) {
		bool known = false, unknown_sa;
		const struct scst_op *op;

		for (unsigned int i = 0; i < scst_ops_nr; i++)
			known |= scst_ops[i].opcode == opcode;
		op = scst_op_find(CDB(opcode), &unknown_sa);
		if (!known) {
			assert_null(op);
			assert_false(unknown_sa);
		} else {
			assert_true(op || unknown_sa);
		}
	}
}

static void unknown_service_action_is_told_apart(void **state)
{
	bool unknown_sa = false;

	assert_null(scst_op_find(CDB(0x9e, 0x1f), &unknown_sa));
	assert_true(unknown_sa);
	assert_null(scst_op_find(CDB(0xa3, 0x1f), &unknown_sa));
	assert_true(unknown_sa);
	assert_null(scst_op_find(CDB(0x7f, [7] = 0x18, [8] = 1, 0x09), &unknown_sa));
	assert_true(unknown_sa);
	assert_null(scst_op_find(CDB(0xff), &unknown_sa));
	assert_false(unknown_sa);
	assert_int_equal(scst_op_sa_field(0x9e).byte, 1);
	assert_int_equal(scst_op_sa_field(0x9e).bit, 4);
	assert_int_equal(scst_op_sa_field(0x7f).byte, 8);
}

/* Byte 1 of READ(16) has no service action: DPO and FUA must not look like one. */
static void plain_opcode_ignores_service_action_bits(void **state)
{
	bool unknown_sa;

	assert_non_null(scst_op_find(CDB(0x88, 0x18), &unknown_sa));
}

/* Bits that are neither free nor reserved: they have tests of their own. */
static bool is_special(const struct scst_op *op, unsigned int byte, unsigned int bit)
{
	if (op->flags & SCST_OP_LONG && byte == 7)
		return true;
	return op->flags & SCST_OP_BYTCHK && byte == scst_op_bits_at(op) && bit == 2 &&
	       op->usage[byte] & 0x04;
}

static bool is_forgiven(const struct scst_op *op, unsigned int byte, unsigned int bit)
{
	return op->flags & SCST_OP_OLD_LUN && byte == 1 && bit >= 5;
}

/* Every bit of every row: allowed by the mask, or refused with a pointer to just that bit. */
static void each_reserved_bit_is_refused_and_named(void **state)
{
	for (unsigned int i = 0; i < scst_ops_nr; i++) {
		const struct scst_op *op = &scst_ops[i];

		for (unsigned int n = 8; n < 8 * (op->flags & SCST_OP_LONG ? 32 : 16); n++) {
			struct scst_field bad = { .byte = 99, .bit = 99 };
			unsigned int byte = n / 8, bit = n % 8;
			u8 cdb[32];
			bool ok;

			if (is_special(op, byte, bit))
				continue;
			own_cdb(op, cdb);
			cdb[byte] |= BIT(bit);
			ok = scst_cdb_check(op, cdb, &bad);
			if (scst_op_usage(op, byte) & BIT(bit) || is_forgiven(op, byte, bit)) {
				assert_true(ok);
				continue;
			}
			assert_false(ok);
			assert_int_equal(bad.byte, byte);
			assert_int_equal(bad.bit, bit);
		}
	}
}

static void all_used_bits_together_are_accepted(void **state)
{
	for (unsigned int i = 0; i < scst_ops_nr; i++) {
		const struct scst_op *op = &scst_ops[i];
		struct scst_field bad;
		u8 cdb[32] = { 0 };

		for (unsigned int at = 0; at < op->len; at++)
			cdb[at] = scst_op_usage(op, at);
		assert_true(scst_cdb_check(op, cdb, &bad));
	}
}

static void assert_bad(const u8 *cdb, unsigned int byte, int bit)
{
	struct scst_field bad = { 0 };
	bool unknown_sa;

	assert_false(scst_cdb_check(scst_op_find(cdb, &unknown_sa), cdb, &bad));
	assert_int_equal(bad.byte, byte);
	assert_int_equal(bad.bit, bit);
}

static void field_pointer_names_the_first_byte_and_leftmost_bit(void **state)
{
	assert_bad(CDB(0x28, 0xe7, [6] = 0x1f, [9] = 0x07), 1, 7);
	assert_bad(CDB(0x28, 0x1f, [6] = 0x1f, [9] = 0x07), 1, 2);
	assert_bad(CDB(0x28, 0x18, [6] = 0x1f, [9] = 0x07), 6, 4);
	assert_bad(CDB(0x28, 0x18, [9] = 0x07), 9, 1);
}

static void link_is_refused(void **state)
{
	assert_bad(CDB(0x00, [5] = 0x01), 5, 0);
	assert_bad(CDB(0x88, [15] = 0x01), 15, 0);
}

/* In the last byte of the CDB, whatever its length; in byte 1 of a variable length one. */
static void naca_is_found_in_control(void **state)
{
	for (unsigned int i = 0; i < scst_ops_nr; i++) {
		const struct scst_op *op = &scst_ops[i];
		struct scst_field bad;
		u8 cdb[32];

		own_cdb(op, cdb);
		assert_false(scst_cdb_naca(op, cdb));
		cdb[op->flags & SCST_OP_LONG ? 1 : op->len - 1] |= 0x04;
		assert_true(scst_cdb_naca(op, cdb));
		assert_true(scst_cdb_check(op, cdb, &bad));
	}
}

static void protection_and_group_fields_are_refused(void **state)
{
	assert_bad(CDB(0x28, 0x20), 1, 5);
	assert_bad(CDB(0x2a, 0xe0), 1, 7);
	assert_bad(CDB(0x88, [14] = 0x01), 14, 0);
	assert_bad(CDB(0x8a, [14] = 0x3f), 14, 5);
}

static void obsolete_lun_bits_pass_only_in_inquiry(void **state)
{
	struct scst_field bad;
	bool unknown_sa;
	const u8 *inquiry = CDB(0x12, 0xe0, 0, 0, 36);

	assert_true(scst_cdb_check(scst_op_find(inquiry, &unknown_sa), inquiry, &bad));
	assert_bad(CDB(0x12, 0xe2, 0, 0, 36), 1, 1);
	assert_bad(CDB(0x00, 0x20), 1, 5);
	assert_bad(CDB(0x03, 0x20), 1, 5);
	assert_bad(CDB(0x08, 0x20), 1, 5);
}

static void reserved_bytchk_value_is_refused(void **state)
{
	assert_bad(CDB(0x2f, 0x04), 1, 2);
	assert_bad(CDB(0x8f, 0x04), 1, 2);
	assert_bad(CDB(0xaf, 0x04), 1, 2);
	assert_bad(CDB(0x2e, 0x04), 1, 2);
	assert_bad(CDB(0x2e, 0x06), 1, 2);
}

static void long_cdb_is_checked_to_its_end(void **state)
{
	assert_bad(CDB(0x7f, [7] = 0x18, [9] = 0x0a, 0x04), 10, 2);	/* reserved BYTCHK */
	assert_bad(CDB(0x7f, [7] = 0x18, [9] = 0x09, 0x20), 10, 5);	/* RDPROTECT */
	assert_bad(CDB(0x7f, [7] = 0x18, [9] = 0x0e, [20] = 0x80), 20, 7);
	assert_bad(CDB(0x7f, [7] = 0x18, [9] = 0x12, [27] = 0x01), 27, 0);
	assert_bad(CDB(0x7f, 0x01, [7] = 0x18, [9] = 0x09), 1, 0);	/* LINK */
	assert_bad(CDB(0x7f, [9] = 0x09), 7, -1);
	assert_bad(CDB(0x7f, [7] = 0x08, [9] = 0x09), 7, -1);
}

static void assert_range(const u8 *cdb, u64 lba, u32 nblocks)
{
	struct scst_cdb out = { .len = 99 };
	bool unknown_sa;

	scst_cdb_parse(scst_op_find(cdb, &unknown_sa), cdb, &out);
	assert_true(out.lba == lba);
	assert_int_equal(out.nblocks, nblocks);
	assert_int_equal(out.len, 0);
}

static void blocks_are_read_from_each_format(void **state)
{
	assert_range(CDB(0x08, 0x1f, 0x22, 0x33, 0x44), 0x1f2233, 0x44);
	assert_range(CDB(0x28, 0x18, 0x81, 0x22, 0x33, 0x44, 0, 0xfe, 0xdc), 0x81223344, 0xfedc);
	assert_range(CDB(0xa8, 0, 0x81, 0x22, 0x33, 0x44, 0xfe, 0xdc, 0xba, 0x98), 0x81223344,
		     0xfedcba98);
	assert_range(CDB(0x88, 0, 0x81, 2, 3, 4, 5, 6, 7, 8, 0xfe, 0xdc, 0xba, 0x98),
		     0x8102030405060708ull, 0xfedcba98);
	assert_range(CDB(0x9c, 0, [9] = 9, [12] = 0xfe, 0xdc), 9, 0xfedc);
	assert_range(CDB(0x35, 0, 0, 0, 0, 9, 0, 0, 1), 9, 1);
	assert_range(CDB(0x91, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1), 9, 1);
	assert_range(CDB(0x7f, [7] = 0x18, 0, 9, [12] = 0x81, 2, 3, 4, 5, 6, 7, 8,
			 [28] = 0xfe, 0xdc, 0xba, 0x98), 0x8102030405060708ull, 0xfedcba98);
}

static struct scst_cdb parse(const u8 *cdb)
{
	struct scst_field bad;
	struct scst_cdb out;
	const struct scst_op *op;
	bool unknown_sa;

	op = scst_op_find(cdb, &unknown_sa);
	assert_non_null(op);
	assert_true(scst_cdb_check(op, cdb, &bad));
	memset(&out, 0xaa, sizeof(out));
	scst_cdb_parse(op, cdb, &out);
	return out;
}

static void reads_and_writes_move_what_they_name(void **state)
{
	assert_int_equal(parse(CDB(0x28, [8] = 9)).data_blocks, 9);
	assert_int_equal(parse(CDB(0x28, [8] = 9)).how, 0);
	assert_int_equal(parse(CDB(0x2a, 0x08, [8] = 9)).how, SCST_HOW_FUA);
	assert_int_equal(parse(CDB(0x08, 0x08, 0, 0, 9)).how, 0);
	assert_int_equal(parse(CDB(0x35, 0x02, [8] = 9)).data_blocks, 0);
}

static void verify_moves_what_bytchk_says(void **state)
{
	const u8 opcodes[] = { 0x2f, 0xaf, 0x8f };
	const unsigned int last[] = { 8, 9, 13 };

	for (unsigned int i = 0; i < 3; i++) {
		u8 cdb[32] = { opcodes[i] };

		cdb[last[i]] = 9;
		assert_int_equal(parse(cdb).data_blocks, 0);
		assert_int_equal(parse(cdb).how, 0);
		cdb[1] = 0x02;
		assert_int_equal(parse(cdb).data_blocks, 9);
		assert_int_equal(parse(cdb).how, SCST_HOW_COMPARE);
		cdb[1] = 0x06;
		assert_int_equal(parse(cdb).data_blocks, 1);
		assert_int_equal(parse(cdb).how, SCST_HOW_COMPARE | SCST_HOW_SAME);
		cdb[last[i]] = 0;
		assert_int_equal(parse(cdb).data_blocks, 0);
	}
}

static void start_stop_says_what_to_do(void **state)
{
	assert_int_equal(parse(CDB(0x1b)).how, 0);
	assert_int_equal(parse(CDB(0x1b, [4] = 1)).how, SCST_HOW_START);
	assert_int_equal(parse(CDB(0x1b, [4] = 2)).how, SCST_HOW_LOAD_EJECT);
	assert_int_equal(parse(CDB(0x1b, [4] = 3)).how, SCST_HOW_START | SCST_HOW_LOAD_EJECT);
}

static void write_and_verify_moves_all_blocks(void **state)
{
	assert_int_equal(parse(CDB(0x2e, 0x00, [8] = 9)).data_blocks, 9);
	assert_int_equal(parse(CDB(0x2e, 0x02, [8] = 9)).data_blocks, 9);
	assert_int_equal(parse(CDB(0x2e, 0x02, [8] = 9)).how, SCST_HOW_COMPARE);
}

static void write_same_moves_one_block_or_none(void **state)
{
	assert_int_equal(parse(CDB(0x41, [8] = 9)).data_blocks, 1);
	assert_int_equal(parse(CDB(0x41, [8] = 9)).nblocks, 9);
	assert_int_equal(parse(CDB(0x93, 0x08, [13] = 9)).how, SCST_HOW_UNMAP);
	assert_int_equal(parse(CDB(0x93, 0x08, [13] = 9)).data_blocks, 1);
	assert_int_equal(parse(CDB(0x93, 0x01, [13] = 9)).data_blocks, 0);
}

static void compare_and_write_moves_two_buffers(void **state)
{
	struct scst_cdb out = parse(CDB(0x89, 0x08, [9] = 5, [13] = 9));

	assert_true(out.lba == 5);
	assert_int_equal(out.nblocks, 9);
	assert_int_equal(out.data_blocks, 18);
	assert_int_equal(out.how, SCST_HOW_FUA);
}

static void lba_status_has_lba_and_allocation_length(void **state)
{
	struct scst_cdb out = parse(CDB(0x9e, 0x12, [9] = 5, [12] = 2, 0));

	assert_true(out.lba == 5);
	assert_int_equal(out.nblocks, 0);
	assert_int_equal(out.len, 512);
}

/* Byte 10 says what byte 1 says elsewhere. */
static void long_commands_move_what_they_name(void **state)
{
	struct scst_cdb out = parse(CDB(0x7f, [7] = 0x18, 0, 0x0b, 0x08, [31] = 9));

	assert_int_equal(out.data_blocks, 9);
	assert_int_equal(out.how, SCST_HOW_FUA);
	assert_int_equal(parse(CDB(0x7f, [7] = 0x18, 0, 0x0b, 0x10, [31] = 9)).how, 0);
	out = parse(CDB(0x7f, [7] = 0x18, 0, 0x0a, 0x06, [31] = 9));
	assert_int_equal(out.data_blocks, 1);
	assert_int_equal(out.how, SCST_HOW_COMPARE | SCST_HOW_SAME);
	assert_int_equal(parse(CDB(0x7f, [7] = 0x18, 0, 0x0d, 0x00, [31] = 9)).data_blocks, 1);
	assert_int_equal(parse(CDB(0x7f, [7] = 0x18, 0, 0x0d, 0x01, [31] = 9)).data_blocks, 0);
	assert_int_equal(parse(CDB(0x7f, [7] = 0x18, 0, 0x0d, 0x08, [31] = 9)).how, SCST_HOW_UNMAP);
	out = parse(CDB(0x7f, [7] = 0x18, 0, 0x12, [19] = 5, [30] = 2, 0));
	assert_true(out.lba == 5);
	assert_int_equal(out.len, 512);
}

static void length_zero_means_256_only_in_six_byte_commands(void **state)
{
	assert_range(CDB(0x08), 0, 256);
	assert_range(CDB(0x0a), 0, 256);
	assert_range(CDB(0x28), 0, 0);
	assert_range(CDB(0x2a), 0, 0);
	assert_range(CDB(0x88), 0, 0);
	assert_range(CDB(0xaa), 0, 0);
}

static void assert_alloc(const u8 *cdb, u32 len)
{
	struct scst_cdb out = { .lba = 99, .nblocks = 99 };
	bool unknown_sa;

	scst_cdb_parse(scst_op_find(cdb, &unknown_sa), cdb, &out);
	assert_true(out.lba == 0);
	assert_int_equal(out.nblocks, 0);
	assert_int_equal(out.len, len);
}

static void allocation_length_is_read_from_each_format(void **state)
{
	assert_alloc(CDB(0x00), 0);
	assert_alloc(CDB(0x03, 1, 0, 0, 0xfe), 0xfe);
	assert_alloc(CDB(0x12, 1, 0x83, 0xfe, 0xdc), 0xfedc);
	assert_alloc(CDB(0x5a, 8, 0x3f, [7] = 0xfe, 0xdc), 0xfedc);
	assert_alloc(CDB(0xa0, [6] = 0xfe, 0xdc, 0xba, 0x98), 0xfedcba98);
	assert_alloc(CDB(0x9e, 0x10, [10] = 0xfe, 0xdc, 0xba, 0x98), 0xfedcba98);
	assert_alloc(CDB(0x25), 8);
	assert_alloc(CDB(0x12), 0);
}

static bool supported(const u8 *cdb, const struct scst_lu *lu)
{
	bool unknown_sa;

	return scst_op_supported(scst_op_find(cdb, &unknown_sa), lu);
}

static void command_without_its_verb_is_not_supported(void **state)
{
	struct scst_lu lu = fixture_disk();

	lu.verbs = BIT(SCST_VERB_READ);
	assert_true(supported(CDB(0x28), &lu));
	assert_false(supported(CDB(0x2a), &lu));
	assert_false(supported(CDB(0x35), &lu));
	assert_true(supported(CDB(0x12), &lu));
}

static void command_of_another_device_type_is_not_supported(void **state)
{
	struct scst_lu lu = fixture_cdrom();

	lu.verbs = ALL_VERBS;
	assert_true(supported(CDB(0x28), &lu));
	assert_true(supported(CDB(0x25), &lu));
	assert_false(supported(CDB(0x2a), &lu));
	assert_false(supported(CDB(0x88), &lu));
	assert_false(supported(CDB(0x9e, 0x10), &lu));
}

static void absent_lun_supports_only_what_sam_asks(void **state)
{
	for (unsigned int i = 0; i < scst_ops_nr; i++) {
		u8 opcode = scst_ops[i].opcode;
		bool asked = opcode == 0x03 || opcode == 0x12 || opcode == 0xa0;

		assert_int_equal(scst_op_supported(&scst_ops[i], NULL), asked);
	}
}

static void dummy_has_no_medium_commands(void **state)
{
	struct scst_lu lu = fixture_disk();

	lu.dummy = true;
	assert_true(supported(CDB(0x12), &lu));
	assert_true(supported(CDB(0xa0), &lu));
	assert_false(supported(CDB(0x28), &lu));
	assert_false(supported(CDB(0x25), &lu));
	assert_false(supported(CDB(0x1a), &lu));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_is_consistent),
		cmocka_unit_test(each_row_is_found_by_its_own_cdb),
		cmocka_unit_test(rows_are_unique_and_named),
		cmocka_unit_test(unknown_opcode_has_no_row),
		cmocka_unit_test(unknown_service_action_is_told_apart),
		cmocka_unit_test(plain_opcode_ignores_service_action_bits),
		cmocka_unit_test(each_reserved_bit_is_refused_and_named),
		cmocka_unit_test(all_used_bits_together_are_accepted),
		cmocka_unit_test(field_pointer_names_the_first_byte_and_leftmost_bit),
		cmocka_unit_test(link_is_refused),
		cmocka_unit_test(naca_is_found_in_control),
		cmocka_unit_test(protection_and_group_fields_are_refused),
		cmocka_unit_test(obsolete_lun_bits_pass_only_in_inquiry),
		cmocka_unit_test(reserved_bytchk_value_is_refused),
		cmocka_unit_test(long_cdb_is_checked_to_its_end),
		cmocka_unit_test(blocks_are_read_from_each_format),
		cmocka_unit_test(reads_and_writes_move_what_they_name),
		cmocka_unit_test(verify_moves_what_bytchk_says),
		cmocka_unit_test(write_and_verify_moves_all_blocks),
		cmocka_unit_test(start_stop_says_what_to_do),
		cmocka_unit_test(write_same_moves_one_block_or_none),
		cmocka_unit_test(compare_and_write_moves_two_buffers),
		cmocka_unit_test(lba_status_has_lba_and_allocation_length),
		cmocka_unit_test(long_commands_move_what_they_name),
		cmocka_unit_test(length_zero_means_256_only_in_six_byte_commands),
		cmocka_unit_test(allocation_length_is_read_from_each_format),
		cmocka_unit_test(command_without_its_verb_is_not_supported),
		cmocka_unit_test(command_of_another_device_type_is_not_supported),
		cmocka_unit_test(absent_lun_supports_only_what_sam_asks),
		cmocka_unit_test(dummy_has_no_medium_commands),
	};

	return cmocka_run_group_tests_name("op", tests, NULL, NULL);
}
