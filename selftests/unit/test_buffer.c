// SPDX-License-Identifier: GPL-2.0-only
/*
 * READ and WRITE BUFFER, SEND and RECEIVE DIAGNOSTIC. Not here: that each nexus has its own buffer,
 * and what the self-test does (core).
 */
#include "fixture.h"

#define WRITE_BUFFER(mode, id, offset)	CDB(0x3b, mode, id, 0, (offset) >> 8, (offset) & 0xff)
#define READ_BUFFER(mode, id, offset)	CDB(0x3c, mode, id, 0, (offset) >> 8, (offset) & 0xff, \
					    0xff, 0xff, 0xff)

static struct scst_buffer buffer;

static int no_buffer(void **state)
{
	memset(&buffer, 0, sizeof(buffer));
	return 0;
}

static struct answer read_buffer(const u8 *cdb, const struct scst_buffer *from)
{
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);

	view.buffer = from;
	return ask(&view, cdb);
}

/* From a heap block of just the size. */
static bool write_buffer(const u8 *cdb, u8 fill, u32 len, struct scst_sense *sense)
{
	u8 *list = malloc(len ? len : 1);
	bool ok;

	assert_non_null(list);
	memset(list, fill, len);
	ok = scst_write_buffer(cdb, list, len, &buffer, sense);
	free(list);
	return ok;
}

static void echo_returns_what_was_written_last(void **state)
{
	struct scst_sense sense;
	struct answer a;

	assert_true(write_buffer(WRITE_BUFFER(0x0a, 0, 0), 0xaa, 4096, &sense));
	a = read_buffer(READ_BUFFER(0x0a, 0, 0), &buffer);
	assert_int_equal(a.len, 4096);
	assert_int_equal(a.data[4095], 0xaa);
	assert_true(write_buffer(WRITE_BUFFER(0x0a, 0, 0), 0x55, 3, &sense));
	a = read_buffer(READ_BUFFER(0x0a, 0, 0), &buffer);
	assert_int_equal(a.len, 3);
	assert_int_equal(a.data[2], 0x55);
}

static void echo_before_a_write_is_out_of_sequence(void **state)
{
	assert_int_equal(read_buffer(READ_BUFFER(0x0a, 0, 0), NULL).sense.id,
			 SCST_SENSE_COMMAND_SEQUENCE);
	assert_int_equal(read_buffer(READ_BUFFER(0x0a, 0, 0), &buffer).sense.id,
			 SCST_SENSE_COMMAND_SEQUENCE);
}

static void data_buffer_is_read_where_it_was_written(void **state)
{
	struct scst_sense sense;
	struct answer a;

	a = read_buffer(READ_BUFFER(0x02, 0, 0), NULL);
	assert_int_equal(a.len, 4096);
	assert_int_equal(a.data[100], 0);
	assert_true(write_buffer(WRITE_BUFFER(0x02, 0, 100), 0xaa, 10, &sense));
	a = read_buffer(READ_BUFFER(0x02, 0, 99), &buffer);
	assert_int_equal(a.len, 4096 - 99);
	assert_int_equal(a.data[0], 0);
	assert_int_equal(a.data[1], 0xaa);
	assert_int_equal(a.data[11], 0);
	a = read_buffer(CDB(0x9b, 0x02, [9] = 109, [12] = 0xff, 0xff), &buffer);
	assert_int_equal(a.len, 4096 - 109);
	assert_int_equal(a.data[0], 0xaa);
	assert_int_equal(a.data[1], 0);
}

static void descriptors_give_the_capacity(void **state)
{
	struct answer a = read_buffer(READ_BUFFER(0x03, 0, 0), NULL);

	assert_int_equal(a.len, 4);
	assert_int_equal(get_unaligned_be32(a.data), 4096);
	assert_int_equal(get_unaligned_be32(read_buffer(READ_BUFFER(0x03, 1, 0), NULL).data), 0);
	a = read_buffer(READ_BUFFER(0x0b, 0, 0), NULL);
	assert_int_equal(get_unaligned_be32(a.data), 0x01001000);
}

static void what_is_outside_the_buffer_is_refused(void **state)
{
	struct scst_sense sense;
	struct answer a;

	a = read_buffer(READ_BUFFER(0x02, 1, 0), NULL);
	assert_refused_field(a, 2, -1);
	a = read_buffer(READ_BUFFER(0x02, 0, 4096), NULL);
	assert_refused_field(a, 3, -1);
	assert_int_equal(read_buffer(READ_BUFFER(0x02, 0, 4095), NULL).len, 1);
	a = read_buffer(CDB(0x9b, 0x02, [14] = 1), NULL);
	assert_refused_field(a, 14, -1);
	a = read_buffer(CDB(0x9b, 0x02, 0x80), NULL);
	assert_refused_field(a, 2, -1);
	assert_true(write_buffer(WRITE_BUFFER(0x02, 0, 4000), 1, 96, &sense));
	assert_false(write_buffer(WRITE_BUFFER(0x02, 0, 4000), 2, 97, &sense));
	assert_int_equal(sense.byte, 6);
	assert_false(write_buffer(WRITE_BUFFER(0x02, 0, 4096), 2, 0, &sense));
	assert_int_equal(sense.byte, 3);
	assert_false(write_buffer(WRITE_BUFFER(0x0a, 0, 0), 2, 4097, &sense));
	assert_int_equal(sense.byte, 6);
	assert_int_equal(buffer.data[4095], 1);
	assert_int_equal(buffer.echo_len, 0);
}

/* Microcode above all. */
static void other_modes_are_refused(void **state)
{
	for (unsigned int mode = 0; mode < 32; mode++) {
		bool is_write = mode == 0x02 || mode == 0x0a;
		bool is_read = is_write || mode == 0x03 || mode == 0x0b;
		struct scst_sense sense = { 0 };

		assert_int_equal(write_buffer(WRITE_BUFFER(mode, 0, 0), 1, 1, &sense), is_write);
		if (!is_write) {
			assert_int_equal(sense.byte, 1);
			assert_int_equal(sense.bit, 4);
		}
		assert_int_equal(read_buffer(READ_BUFFER(mode, 0, 0), &buffer).ok,
				 is_read && (mode != 0x0a || buffer.echo_len));
	}
}

static bool send_diagnostic(u8 byte1, bool *self_test)
{
	struct scst_sense sense;

	*self_test = false;
	if (scst_send_diagnostic(CDB(0x1d, byte1, 0, 0, 4), self_test, &sense))
		return true;
	assert_int_equal(sense.id, SCST_SENSE_INVALID_FIELD_CDB);
	assert_int_equal(sense.byte, 1);
	assert_int_equal(sense.bit, 7);
	return false;
}

static void self_test_is_asked_for_by_its_bit(void **state)
{
	bool self_test;

	assert_true(send_diagnostic(0x04, &self_test));
	assert_true(self_test);
	assert_true(send_diagnostic(0x14, &self_test));
	assert_true(self_test);
	assert_true(send_diagnostic(0x10, &self_test));
	assert_false(self_test);
	assert_true(send_diagnostic(0x00, &self_test));
	assert_false(self_test);
}

static void self_tests_have_codes(void **state)
{
	static const u8 codes[] = { 1, 2, 5, 6 };
	bool self_test;

	for (unsigned int i = 0; i < ARRAY_SIZE(codes); i++) {
		assert_true(send_diagnostic(codes[i] << 5, &self_test));
		assert_true(self_test);
	}
	assert_true(send_diagnostic(4 << 5, &self_test));	/* none to abort */
	assert_false(self_test);
	assert_false(send_diagnostic(3 << 5, &self_test));	/* reserved */
	assert_false(send_diagnostic(7 << 5, &self_test));
}

static void diagnostic_page_lists_itself(void **state)
{
	static const u8 want[] = { 0, 0, 0, 1, 0 };
	struct answer a = read_buffer(CDB(0x1c, 1, 0, 0, 0xff), NULL);

	assert_int_equal(a.len, sizeof(want));
	assert_memory_equal(a.data, want, sizeof(want));
	assert_true(read_buffer(CDB(0x1c, 0, 0x40, 0, 0xff), NULL).ok);
	a = read_buffer(CDB(0x1c, 1, 0x40, 0, 0xff), NULL);
	assert_refused_field(a, 2, -1);
}

#define FRESH(test) cmocka_unit_test_setup(test, no_buffer)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FRESH(echo_returns_what_was_written_last),
		FRESH(echo_before_a_write_is_out_of_sequence),
		FRESH(data_buffer_is_read_where_it_was_written),
		FRESH(descriptors_give_the_capacity),
		FRESH(what_is_outside_the_buffer_is_refused),
		FRESH(other_modes_are_refused),
		FRESH(self_test_is_asked_for_by_its_bit),
		FRESH(self_tests_have_codes),
		FRESH(diagnostic_page_lists_itself),
	};

	return cmocka_run_group_tests_name("buffer", tests, NULL, NULL);
}
