// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rows of the opcode table against the CDBs of the standards (standard_cdb.h): length,
 * direction, which bits a device may look at, and where LBA and length are.
 */
#include "fixture.h"
#include "standard_fields.h"

static void set_bit(u8 *cdb, unsigned int bit)
{
	cdb[bit / 8] |= 0x80 >> bit % 8;
}

/* OPERATION CODE and what says the service action, as the standards have them. */
static void fixed_bits(const struct standard_cdb *standard, u8 *cdb)
{
	memset(cdb, 0, 32);
	cdb[0] = standard->opcode;
	if (standard->opcode == 0x7f) {
		cdb[7] = 0x18;
		put_unaligned_be16(standard->sa, cdb + 8);
	} else if (standard->sa != PLAIN) {
		cdb[1] = standard->sa;
	}
}

/* All that a device may look at: with NACA, as standard INQUIRY data say NORMACA. */
static void defined_bits(const struct standard_cdb *standard, u8 *cdb)
{
	const char *text = standard->fields;
	struct field field;

	fixed_bits(standard, cdb);
	cdb[standard->opcode == 0x7f ? 1 : standard->len - 1] |= 0x04;
	while (next_field(&text, &field))
		for (unsigned int bit = field.first; bit <= field.last; bit++) {
			assert_true(bit < 8u * standard->len);
			assert_false(get_bit(cdb, bit));	/* no two fields in one place */
			set_bit(cdb, bit);
		}
}

static const struct scst_op *row_of(const struct standard_cdb *standard)
{
	const struct scst_op *op;
	bool unknown_sa;
	u8 cdb[32];

	fixed_bits(standard, cdb);
	op = scst_op_find(cdb, &unknown_sa);
	if (!op)
		fail_msg("%s: there is no such row", standard->name);
	return op;
}

#define for_each_standard(standard)						\
	for (const struct standard_cdb *standard = standard_cdbs;		\
	     standard < standard_cdbs + ARRAY_SIZE(standard_cdbs); standard++)

/* Both tables have the same commands under the same names. */
static void every_row_is_in_the_standards(void **state)
{
	bool seen[256] = { false };

	for_each_standard(standard) {
		unsigned int row = row_of(standard) - scst_ops;

		assert_string_equal(scst_ops_cold[row].name, standard->name);
		assert_false(seen[row]);
		seen[row] = true;
	}
	for (unsigned int row = 0; row < scst_ops_nr; row++)
		if (!seen[row])
			fail_msg("%s is not in standard_cdb.h", scst_ops_cold[row].name);
}

static void length_and_direction_are_those_of_the_standards(void **state)
{
	for_each_standard(standard) {
		const struct scst_op *op = row_of(standard);

		if (op->len != standard->len || op->dir != standard->dir)
			fail_msg("%s: %u bytes, direction %u", standard->name, op->len, op->dir);
	}
}

static void no_mask_has_a_bit_that_means_nothing(void **state)
{
	for_each_standard(standard) {
		const struct scst_op *op = row_of(standard);
		u8 defined[32];

		defined_bits(standard, defined);
		for (unsigned int i = 0; i < op->len; i++)
			if (scst_op_usage(op, i) & ~defined[i])
				fail_msg("%s: byte %u has %02xh, the standard defines %02xh",
					 standard->name, i, scst_op_usage(op, i), defined[i]);
	}
}

static void every_mask_has_all_of_what_is_needed(void **state)
{
	for_each_standard(standard) {
		const struct scst_op *op = row_of(standard);
		const char *text = standard->fields;
		struct field field;
		u8 usage[32] = { 0 };

		for (unsigned int i = 0; i < op->len; i++)
			usage[i] = scst_op_usage(op, i);
		while (next_field(&text, &field))
			for (uint b = field.first; field.needed && b <= field.last; b++)
				if (!get_bit(usage, b))
					fail_msg("%s: bit %u of byte %u is not used: %s",
						 standard->name, 7 - b % 8, b / 8, field.name);
	}
}

/* One bit of a field in an otherwise empty CDB is that power of two, and nothing else. */
static void check_bit(const struct standard_cdb *standard, const struct field *field,
		      unsigned int bit)
{
	const struct scst_op *op = row_of(standard);
	u64 want = 1ull << (field->last - bit);
	struct scst_cdb out;
	u8 cdb[32];

	fixed_bits(standard, cdb);
	set_bit(cdb, bit);
	scst_cdb_parse(op, cdb, &out);
	if (is_lba(field) ? out.lba != want : (u64)out.nblocks + out.len != want)
		fail_msg("%s: bit %u of byte %u is not %llxh of %s", standard->name, 7 - bit % 8,
			 bit / 8, (unsigned long long)want, field->name);
	if (!is_lba(field) && out.lba)
		fail_msg("%s: a length is taken for an LBA", standard->name);
}

static void lba_and_length_are_where_the_standards_have_them(void **state)
{
	unsigned int bits = 0;

	for_each_standard(standard) {
		const char *text = standard->fields;
		struct field field;

		while (next_field(&text, &field))
			for (uint b = field.first; field.needed && b <= field.last; b++) {
				check_bit(standard, &field, b);
				bits++;
			}
	}
	assert_true(bits > 1500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_in_the_standards),
		cmocka_unit_test(length_and_direction_are_those_of_the_standards),
		cmocka_unit_test(no_mask_has_a_bit_that_means_nothing),
		cmocka_unit_test(every_mask_has_all_of_what_is_needed),
		cmocka_unit_test(lba_and_length_are_where_the_standards_have_them),
	};

	return cmocka_run_group_tests_name("tables_cdb", tests, NULL, NULL);
}
