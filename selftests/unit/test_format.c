// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parameter list of FORMAT UNIT, and what REQUEST SENSE and other commands say meanwhile.
 */
#include "fixture.h"

struct result {
	bool ok;
	struct scst_format want;
	struct scst_sense sense;
};

static struct result check(u32 how, const u8 *list, u32 len)
{
	static u8 data[SCST_FORMAT_LIST_MAX];
	struct scst_lu lu = fixture_disk();
	u8 *exact = malloc(len ? len : 1);
	struct result r = { 0 };

	assert_non_null(exact);
	assert_true(len <= sizeof(data));
	memcpy(exact, list, len);
	r.ok = scst_format_check(&lu, how, exact, len, &r.want, &r.sense);
	if (r.ok && r.want.pattern_len) {
		memcpy(data, r.want.pattern, r.want.pattern_len);
		r.want.pattern = data;
	}
	free(exact);
	return r;
}

#define SHORT(...)	check(SCST_HOW_LIST, (const u8[]){ __VA_ARGS__ },		\
			      sizeof((const u8[]){ __VA_ARGS__ }))
#define LONG(...)	check(SCST_HOW_LIST | SCST_HOW_LONG_LIST, (const u8[]){ __VA_ARGS__ }, \
			      sizeof((const u8[]){ __VA_ARGS__ }))

static void assert_zeros(struct result r, bool immed)
{
	assert_true(r.ok);
	assert_int_equal(r.want.pattern_len, 0);
	assert_int_equal(r.want.immed, immed);
}

static void assert_field(struct result r, unsigned int byte, int bit)
{
	assert_false(r.ok);
	assert_int_equal(r.sense.id, SCST_SENSE_INVALID_FIELD_PARAM);
	assert_true(r.sense.has_field);
	assert_int_equal(r.sense.byte, byte);
	assert_int_equal(r.sense.bit, bit);
}

static void assert_length(struct result r)
{
	assert_false(r.ok);
	assert_int_equal(r.sense.id, SCST_SENSE_PARAM_LIST_LENGTH);
}

static void without_a_list_it_is_zeros(void **state)
{
	assert_zeros(check(0, (const u8 *)"", 0), false);
	assert_zeros(check(SCST_HOW_LONG_LIST, (const u8 *)"", 0), false);
}

static void headers_are_read(void **state)
{
	assert_zeros(SHORT(0, 0, 0, 0), false);
	assert_zeros(SHORT(0, 0x02, 0, 0), true);
	assert_zeros(LONG(0, 0x02, 0, 0, 0, 0, 0, 0), true);
	assert_zeros(SHORT(0, 0xf2, 0, 0), true);	/* FOV, DPRY, DCRT, STPF */
}

static void list_is_as_long_as_it_says(void **state)
{
	assert_length(SHORT(0, 0, 0));
	assert_length(SHORT(0, 0, 0, 0, 0));
	assert_length(LONG(0, 0, 0, 0));
	assert_length(LONG(0, 0, 0, 0, 0, 0, 0, 0, 0));
	assert_length(check(SCST_HOW_LIST, (const u8 *)"", 0));
	assert_length(SHORT(0, 0x88, 0, 0, 0, 1, 0));
	assert_length(SHORT(0, 0x88, 0, 0, 0, 1, 0, 2, 'a'));
	assert_length(SHORT(0, 0x88, 0, 0, 0, 1, 0, 2, 'a', 'b', 'c'));
}

static void what_cannot_be_is_refused(void **state)
{
	assert_field(SHORT(0x01, 0, 0, 0), 0, 2);		/* PROTECTION FIELD USAGE */
	assert_field(SHORT(0x10, 0, 0, 0), 0, 4);
	assert_field(SHORT(0, 0x04, 0, 0), 1, 2);		/* DSP, obsolete */
	assert_field(SHORT(0, 0x01, 0, 0), 1, 0);
	assert_field(SHORT(0, 0x20, 0, 0), 1, 5);		/* DCRT without FOV */
	assert_field(SHORT(0, 0, 0, 8), 2, -1);			/* a list of defects */
	assert_field(LONG(0, 0, 1, 0, 0, 0, 0, 0), 2, -1);
	assert_field(LONG(0, 0, 0, 0x10, 0, 0, 0, 0), 3, 7);	/* P_I_INFORMATION */
	assert_field(LONG(0, 0, 0, 0x01, 0, 0, 0, 0), 3, 3);	/* INTERVAL EXPONENT */
	assert_field(LONG(0, 0, 0, 0, 0, 0, 0, 8), 4, -1);
}

static void pattern_is_found(void **state)
{
	struct result r = SHORT(0, 0x8a, 0, 0, 0, 1, 0, 2, 'a', 'b');

	assert_true(r.ok);
	assert_true(r.want.immed);
	assert_int_equal(r.want.pattern_len, 2);
	assert_memory_equal(r.want.pattern, "ab", 2);
	r = LONG(0, 0x88, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 'x');
	assert_true(r.ok);
	assert_int_equal(r.want.pattern_len, 1);
	assert_memory_equal(r.want.pattern, "x", 1);
	assert_zeros(SHORT(0, 0x88, 0, 0, 0, 0, 0, 0), false);	/* the default one */
}

static void pattern_is_refused(void **state)
{
	static const u8 block[8 + 513] = { 0, 0x88, 0, 0, 0, 1, 2, 1 };

	assert_field(SHORT(0, 0x08, 0, 0, 0, 1, 0, 1, 'a'), 1, 3);	/* without FOV */
	assert_field(SHORT(0, 0x88, 0, 0, 0x40, 1, 0, 1, 'a'), 4, 6);	/* MODIFIER */
	assert_field(SHORT(0, 0x88, 0, 0, 0x20, 1, 0, 1, 'a'), 4, 5);	/* SI */
	assert_field(SHORT(0, 0x88, 0, 0, 0, 2, 0, 1, 'a'), 5, -1);	/* TYPE */
	assert_field(SHORT(0, 0x88, 0, 0, 0, 0, 0, 1, 'a'), 6, -1);	/* default has none */
	assert_field(SHORT(0, 0x88, 0, 0, 0, 1, 0, 0), 6, -1);
	assert_field(check(SCST_HOW_LIST, block, sizeof(block)), 6, -1); /* beyond a block */
}

static void cdb_says_whether_there_is_a_list(void **state)
{
	const struct scst_op *op;
	struct scst_cdb params;
	bool unknown_sa;

	op = scst_op_find(CDB(0x04), &unknown_sa);
	scst_cdb_parse(op, CDB(0x04), &params);
	assert_int_equal(params.how, 0);
	scst_cdb_parse(op, CDB(0x04, 0x18), &params);
	assert_int_equal(params.how, SCST_HOW_LIST);
	scst_cdb_parse(op, CDB(0x04, 0x38), &params);
	assert_int_equal(params.how, SCST_HOW_LIST | SCST_HOW_LONG_LIST);
}

/* What is sent counts; more than any list has room for is not received. */
static void longest_list_has_a_block_of_pattern(void **state)
{
	struct scst_cdb params = { .how = SCST_HOW_LIST, .len = SCST_FORMAT_LIST_MAX };
	struct scst_sense sense;
	bool unknown_sa;
	u32 len;

	assert_true(scst_cdb_data_len(scst_op_find(CDB(0x04), &unknown_sa), &params, &len, &sense));
	assert_int_equal(len, 8 + 4 + 4096);
	params.len++;
	assert_false(scst_cdb_data_len(scst_op_find(CDB(0x04), &unknown_sa), &params, &len,
				       &sense));
	assert_int_equal(sense.id, SCST_SENSE_PARAM_LIST_LENGTH);
}

static void request_sense_tells_progress(void **state)
{
	static const u8 fixed[18] = { 0x70, [2] = 0x02, [7] = 10, [12] = 0x04, 0x04, 0,
				      0x80, 0xab, 0xcd };
	static const u8 desc[16] = { 0x72, 0x02, 0x04, 0x04, [7] = 8, 0x02, 0x06, 0, 0,
				     0x80, 0xab, 0xcd };
	static const struct scst_sense ua = { .id = SCST_SENSE_RESET };
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);
	struct answer a;

	lu.progress = 0xabcd;
	a = ask(&view, CDB(0x03, 0, 0, 0, 0xff));
	assert_int_equal(a.data[2], 0);
	view.formats = true;
	a = ask(&view, CDB(0x03, 0, 0, 0, 0xff));
	assert_int_equal(a.len, sizeof(fixed));
	assert_memory_equal(a.data, fixed, sizeof(fixed));
	a = ask(&view, CDB(0x03, 1, 0, 0, 0xff));
	assert_int_equal(a.len, sizeof(desc));
	assert_memory_equal(a.data, desc, sizeof(desc));
	view.ua = &ua;
	a = ask(&view, CDB(0x03, 0, 0, 0, 0xff));
	assert_int_equal(a.data[12], 0x29);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_list_it_is_zeros),
		cmocka_unit_test(headers_are_read),
		cmocka_unit_test(list_is_as_long_as_it_says),
		cmocka_unit_test(what_cannot_be_is_refused),
		cmocka_unit_test(pattern_is_found),
		cmocka_unit_test(pattern_is_refused),
		cmocka_unit_test(cdb_says_whether_there_is_a_list),
		cmocka_unit_test(longest_list_has_a_block_of_pattern),
		cmocka_unit_test(request_sense_tells_progress),
	};

	return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
