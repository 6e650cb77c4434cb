// SPDX-License-Identifier: GPL-2.0-only
/*
 * REPORT SUPPORTED OPERATION CODES agrees with what is carried out; TASK MANAGEMENT FUNCTIONS.
 */
#include "fixture.h"

static struct answer rsoc(const struct scst_lu *lu, u8 options, u8 opcode, u16 sa)
{
	struct scst_view view = fixture_view(lu);

	return ask(&view, CDB(0xa3, 0x0c, options, opcode, sa >> 8, sa, 0, 0, 0xff, 0xff));
}

static void assert_lists_what_is_supported(const struct scst_lu *lu, u8 rctd)
{
	struct answer a = rsoc(lu, rctd, 0, 0);
	unsigned int at = 4;

	assert_int_equal(get_unaligned_be32(a.data), a.len - 4);
	for (unsigned int i = 0; i < scst_ops_nr; i++) {
		const struct scst_op *op = &scst_ops[i];
		const u8 *d = a.data + at;
		bool has_sa = op->sa != SCST_SA_NONE;

		if (!scst_op_supported(op, lu))
			continue;
		assert_int_equal(d[0], op->opcode);
		assert_int_equal(get_unaligned_be16(d + 2), has_sa ? op->sa : 0);
		assert_int_equal(d[5], (has_sa ? 1 : 0) | (rctd ? 2 : 0));
		assert_int_equal(get_unaligned_be16(d + 6), op->len);
		at += 8;
		if (!rctd)
			continue;
		assert_int_equal(get_unaligned_be16(d + 8), 10);
		assert_int_equal(get_unaligned_be32(d + 12), scst_ops_cold[i].nominal_s);
		assert_int_equal(get_unaligned_be32(d + 16), scst_ops_cold[i].recommended_s);
		at += 12;
	}
	assert_int_equal(at, a.len);
}

static void list_is_what_execution_supports(void **state)
{
	struct scst_lu disk = fixture_disk(), cd = fixture_cdrom();

	assert_lists_what_is_supported(&disk, 0);
	assert_lists_what_is_supported(&disk, 0x80);
	assert_lists_what_is_supported(&cd, 0);
	disk.verbs = BIT(SCST_VERB_READ);
	assert_lists_what_is_supported(&disk, 0x80);
	disk.dummy = true;
	assert_lists_what_is_supported(&disk, 0);
}

static void each_command_returns_its_usage_mask(void **state)
{
	struct scst_lu lu = fixture_disk();

	for (unsigned int i = 0; i < scst_ops_nr; i++) {
		const struct scst_op *op = &scst_ops[i];
		bool has_sa = op->sa != SCST_SA_NONE;
		struct answer a;

		if (!scst_op_supported(op, &lu))
			continue;
		for (unsigned int either = 0; either < 2; either++) {
			u8 options = either ? 3 : has_sa ? 2 : 1;

			a = rsoc(&lu, options, op->opcode, has_sa ? op->sa : 0);
			assert_true(a.ok);
			assert_int_equal(a.len, 4 + op->len);
			assert_int_equal(a.data[1], 3);
			assert_int_equal(get_unaligned_be16(a.data + 2), op->len);
			for (unsigned int at = 0; at < op->len; at++)
				assert_int_equal(a.data[4 + at], scst_op_usage(op, at));
		}
		a = rsoc(&lu, 0x83, op->opcode, has_sa ? op->sa : 0);
		assert_int_equal(a.len, 4 + op->len + 12);
		assert_int_equal(a.data[1], 0x83);
		assert_int_equal(get_unaligned_be32(a.data + 4 + op->len + 8),
				 scst_ops_cold[i].recommended_s);
	}
}

static void assert_unsupported(struct answer a)
{
	assert_true(a.ok);
	assert_int_equal(a.len, 4);
	assert_int_equal(a.data[1], 1);
	assert_int_equal(get_unaligned_be16(a.data + 2), 0);
}

static void unknown_commands_are_answered_not_refused(void **state)
{
	struct scst_lu lu = fixture_disk();

	assert_unsupported(rsoc(&lu, 1, 0xff, 0));
	assert_unsupported(rsoc(&lu, 2, 0xff, 1));
	assert_unsupported(rsoc(&lu, 3, 0xff, 0));
	assert_unsupported(rsoc(&lu, 0x81, 0xff, 0));
	assert_unsupported(rsoc(&lu, 2, 0x9e, 0x1f));
	assert_unsupported(rsoc(&lu, 3, 0x9e, 0x1f));
	assert_unsupported(rsoc(&lu, 3, 0x28, 1));
	lu.verbs = 0;
	assert_unsupported(rsoc(&lu, 1, 0x28, 0));
}

/* SPC-5 table 262: option 1 is for opcodes without service actions, 2 for those with. */
static void option_of_the_wrong_kind_is_refused(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct answer a;

	a = rsoc(&lu, 1, 0x9e, 0x10);
	assert_refused_field(a, 2, 2);
	a = rsoc(&lu, 2, 0x28, 0);
	assert_refused_field(a, 2, 2);
	for (u8 options = 4; options < 8; options++) {
		a = rsoc(&lu, options, 0x28, 0);
		assert_refused_field(a, 2, 2);
	}
}

static void task_management_functions_short_and_long(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);
	struct answer a = ask(&view, CDB(0xa3, 0x0d, [9] = 16));

	assert_true(a.ok);
	assert_int_equal(a.len, 4);
	assert_int_equal(a.data[0], 0xfc);
	assert_int_equal(a.data[1], 0x07);
	assert_int_equal(a.data[3], 0);
	a = ask(&view, CDB(0xa3, 0x0d, 0x80, [9] = 16));
	assert_int_equal(a.len, 16);
	assert_int_equal(a.data[0], 0xfc);
	assert_int_equal(a.data[1], 0x07);
	assert_int_equal(a.data[3], 12);
	assert_int_equal(a.data[4] & 1, 1);
	assert_true(get_unaligned_be32(a.data + 8) > get_unaligned_be32(a.data + 12));
}

/* CLEAR ACA would be a lie while NACA is refused. */
static void clear_aca_agrees_with_normaca(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);
	bool normaca = ask(&view, CDB(0x12, 0, 0, 0, 96)).data[3] & 0x20;
	bool clear_aca = ask(&view, CDB(0xa3, 0x0d, [9] = 16)).data[0] & 0x20;

	assert_int_equal(normaca, clear_aca);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_is_what_execution_supports),
		cmocka_unit_test(each_command_returns_its_usage_mask),
		cmocka_unit_test(unknown_commands_are_answered_not_refused),
		cmocka_unit_test(option_of_the_wrong_kind_is_refused),
		cmocka_unit_test(task_management_functions_short_and_long),
		cmocka_unit_test(clear_aca_agrees_with_normaca),
	};

	return cmocka_run_group_tests_name("rsoc", tests, NULL, NULL);
}
