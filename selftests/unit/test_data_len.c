// SPDX-License-Identifier: GPL-2.0-only
/*
 * How much memory a length in a CDB is worth, if it does not count blocks: what there is to tell,
 * or to take, is the most. That no answer is longer than that is test_overrun's and fuzz_cdb's.
 */
#include "fixture.h"
#include "pr.h"

struct verdict {
	bool ok;
	u32 len;
	struct scst_sense sense;
};

static struct verdict data_len(const u8 *cdb)
{
	const struct scst_op *op;
	struct scst_cdb params;
	struct verdict v = { 0 };
	bool unknown_sa;

	op = scst_op_find(cdb, &unknown_sa);
	assert_non_null(op);
	scst_cdb_parse(op, cdb, &params);
	v.ok = scst_cdb_data_len(op, &params, &v.len, &v.sense);
	return v;
}

static void assert_len(const u8 *cdb, u32 len)
{
	struct verdict v = data_len(cdb);

	assert_true(v.ok);
	assert_int_equal(v.len, len);
}

static void allocation_length_counts_as_far_as_there_is_an_answer(void **state)
{
	assert_len(CDB(0xa0, [6] = 0xff, 0xff, 0xff, 0xff), 8 + 8 * 16384);	/* REPORT LUNS */
	assert_len(CDB(0x9e, 0x10, [10] = 0xff, 0xff, 0xff, 0xff), SCST_REPLY_MAX);
	assert_len(CDB(0x9e, 0x12, [10] = 0xff, 0xff, 0xff, 0xff), 8 + 16 * SCST_EXTENTS_MAX);
	assert_len(CDB(0x7f, [7] = 0x18, 0, 0x12, [28] = 0xff, 0xff, 0xff, 0xff),
		   8 + 16 * SCST_EXTENTS_MAX);
	assert_len(CDB(0x9b, 0x02, [10] = 0xff, 0xff, 0xff, 0xff), SCST_BUFFER_SIZE);
	assert_len(CDB(0x3c, 0x02, [6] = 0xff, 0xff, 0xff), SCST_BUFFER_SIZE);
	assert_len(CDB(0xa3, 0x05, [6] = 0xff, 0xff, 0xff, 0xff), SCST_REPLY_MAX);
	assert_in_range(data_len(CDB(0xa3, 0x0c, [6] = 0xff, 0xff, 0xff, 0xff)).len,
			4 + 20 * scst_ops_nr, 8192);
	assert_len(CDB(0x12, [3] = 0xff, 0xff), SCST_REPLY_MAX);
}

static void shorter_allocation_length_is_what_it_says(void **state)
{
	assert_len(CDB(0xa0, [9] = 16), 16);
	assert_len(CDB(0x9e, 0x12, [13] = 24), 24);
	assert_len(CDB(0x12, [4] = 36), 36);
	assert_len(CDB(0x12), 0);
	assert_len(CDB(0x25), 8);
	assert_len(CDB(0x00), 0);
}

static void assert_too_long(const u8 *cdb)
{
	struct verdict v = data_len(cdb);

	assert_false(v.ok);
	assert_int_equal(v.sense.id, SCST_SENSE_PARAM_LIST_LENGTH);
}

/* Before there is memory for it, and before it is sent. */
static void longer_list_than_any_is_refused(void **state)
{
	assert_len(CDB(0xa4, 0x06, [8] = 0x10, 0x00), SCST_LIST_MAX);
	assert_too_long(CDB(0xa4, 0x06, [8] = 0x10, 0x01));
	assert_too_long(CDB(0xa4, 0x06, [6] = 0xff, 0xff, 0xff, 0xff));
	assert_len(CDB(0x5f, 0x00, [6] = 1, 0, 0), SCST_PR_LIST_MAX);
	assert_too_long(CDB(0x5f, 0x00, [6] = 1, 0, 1));
	assert_too_long(CDB(0x3b, 0x02, [6] = 0xff, 0xff, 0xff));
	assert_too_long(CDB(0x55, 0x10, [7] = 0x10, 0x01));
	assert_len(CDB(0x42, [7] = 0xff, 0xff), 0xffff);		/* UNMAP */
}

static void no_length_is_worth_more_than_a_few_pages(void **state)
{
	for (unsigned int i = 0; i < scst_ops_nr; i++) {
		const struct scst_op *op = &scst_ops[i];

		if (op->fmt == SCST_FMT_NONE || op->flags & (SCST_OP_RANGE | SCST_OP_MEDIUM_DATA))
			continue;
		assert_in_range(scst_data_max(op), 8, 132 << 10);
	}
}

/* To point at, where a transport takes less. */
static void length_field_is_where_the_format_has_it(void **state)
{
	bool unknown_sa;

	assert_int_equal(scst_op_length_field(scst_op_find(CDB(0x28), &unknown_sa)).byte, 7);
	assert_int_equal(scst_op_length_field(scst_op_find(CDB(0x88), &unknown_sa)).byte, 10);
	assert_int_equal(scst_op_length_field(scst_op_find(CDB(0x89), &unknown_sa)).byte, 13);
	assert_int_equal(scst_op_length_field(scst_op_find(CDB(0xa0), &unknown_sa)).byte, 6);
	assert_int_equal(scst_op_length_field(scst_op_find(CDB(0x12), &unknown_sa)).byte, 3);
	assert_int_equal(scst_op_length_field(scst_op_find(CDB(0x12), &unknown_sa)).bit, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allocation_length_counts_as_far_as_there_is_an_answer),
		cmocka_unit_test(shorter_allocation_length_is_what_it_says),
		cmocka_unit_test(longer_list_than_any_is_refused),
		cmocka_unit_test(no_length_is_worth_more_than_a_few_pages),
		cmocka_unit_test(length_field_is_where_the_format_has_it),
	};

	return cmocka_run_group_tests_name("data_len", tests, NULL, NULL);
}
