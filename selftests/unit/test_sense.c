// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sense data in both formats, at every buffer size; and what is found in that of others.
 */
#include "fixture.h"

static const struct scst_sense bad_field = {
	.id = SCST_SENSE_INVALID_FIELD_CDB, .has_field = 1, .in_cdb = 1, .byte = 0x0102, .bit = 5,
};

static const struct scst_sense miscompare = {
	.id = SCST_SENSE_MISCOMPARE, .has_info = 1, .info = 0x12345678,
};

static const struct scst_sense everything = {
	.id = SCST_SENSE_INVALID_FIELD_PARAM, .has_field = 1, .byte = 9, .bit = -1,
	.has_info = 1, .info = 0x8877665544332211ull,
};

static void assert_encodes(const struct scst_sense *sense, bool desc, const u8 *want,
			   unsigned int len)
{
	u8 buf[64];

	memset(buf, 0xaa, sizeof(buf));
	assert_int_equal(scst_sense_encode(sense, desc, buf, sizeof(buf)), len);
	assert_memory_equal(buf, want, len);
	assert_int_equal(buf[len], 0xaa);
}

#define assert_sense(sense, desc, ...)						\
	assert_encodes(sense, desc, (const u8[]) { __VA_ARGS__ },		\
		       sizeof((const u8[]) { __VA_ARGS__ }))

static void fixed_format_points_at_the_bit(void **state)
{
	assert_sense(&bad_field, false, 0x70, 0, 0x05, 0, 0, 0, 0, 10, 0, 0, 0, 0,
		     0x24, 0x00, 0, 0xcd, 0x01, 0x02);
}

static void fixed_format_has_information(void **state)
{
	assert_sense(&miscompare, false, 0xf0, 0, 0x0e, 0x12, 0x34, 0x56, 0x78, 10, 0, 0, 0, 0,
		     0x1d, 0x00, 0, 0, 0, 0);
}

/* 64 bits do not fit: saying nothing is right, saying the low half would be a lie. */
static void fixed_format_drops_information_that_does_not_fit(void **state)
{
	assert_sense(&everything, false, 0x70, 0, 0x05, 0, 0, 0, 0, 10, 0, 0, 0, 0,
		     0x26, 0x00, 0, 0x80, 0x00, 0x09);
}

static void fixed_format_information_ends_at_32_bits(void **state)
{
	struct scst_sense sense = { .id = SCST_SENSE_MISCOMPARE, .has_info = 1 };
	u8 buf[18];

	sense.info = 0xffffffff;
	scst_sense_encode(&sense, false, buf, sizeof(buf));
	assert_int_equal(buf[0], 0xf0);
	assert_int_equal(get_unaligned_be32(buf + 3), 0xffffffff);
	sense.info = 0x100000000ull;
	scst_sense_encode(&sense, false, buf, sizeof(buf));
	assert_int_equal(buf[0], 0x70);
	assert_int_equal(get_unaligned_be32(buf + 3), 0);
}

static void descriptor_format_points_at_the_bit(void **state)
{
	assert_sense(&bad_field, true, 0x72, 0x05, 0x24, 0x00, 0, 0, 0, 8,
		     0x02, 0x06, 0, 0, 0xcd, 0x01, 0x02, 0);
}

static void descriptor_format_has_information_and_field(void **state)
{
	assert_sense(&everything, true, 0x72, 0x05, 0x26, 0x00, 0, 0, 0, 20,
		     0x00, 0x0a, 0x80, 0, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11,
		     0x02, 0x06, 0, 0, 0x80, 0x00, 0x09, 0);
}

/* SD: byte 9 of the segment descriptor, whose number COMMAND-SPECIFIC INFORMATION has. */
static const struct scst_sense copy_aborted = {
	.id = SCST_SENSE_COPY_DEVICE_FAILED, .has_field = 1, .in_segment = 1, .byte = 9, .bit = 3,
	.has_cmd_info = 1, .cmd_info = 0x0102, .has_info = 1, .info = 0x30,
};

static void copy_aborted_points_into_the_segment(void **state)
{
	assert_sense(&copy_aborted, false, 0xf0, 0, 0x0a, 0, 0, 0, 0x30, 10, 0, 0, 0x01, 0x02,
		     0x0d, 0x01, 0, 0xab, 0x00, 0x09);
	assert_sense(&copy_aborted, true, 0x72, 0x0a, 0x0d, 0x01, 0, 0, 0, 32,
		     0x00, 0x0a, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0x30,
		     0x01, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x02,
		     0x02, 0x06, 0, 0, 0xab, 0x00, 0x09, 0);
}

static void fixed_format_drops_command_information_that_does_not_fit(void **state)
{
	struct scst_sense sense = copy_aborted;
	u8 buf[18];

	sense.cmd_info = 0xffffffff;
	scst_sense_encode(&sense, false, buf, sizeof(buf));
	assert_int_equal(get_unaligned_be32(buf + 8), 0xffffffff);
	sense.cmd_info = 0x100000000ull;
	scst_sense_encode(&sense, false, buf, sizeof(buf));
	assert_int_equal(get_unaligned_be32(buf + 8), 0);
}

static const u8 medium_error[] = { 0x70, 0, 0x03, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0x11, 0x04 };

/* Two ends of a copy; the bytes of COMMAND-SPECIFIC INFORMATION that point at the area. */
static void fixed_format_forwards_behind_itself(void **state)
{
	for (unsigned int source = 1; source <= 2; source++) {
		const struct scst_sense_forward forward = {
			.source = source, .status = 0x02, .bytes = medium_error,
			.len = sizeof(medium_error),
		};
		u8 buf[SCST_SENSE_LEN];

		assert_int_equal(scst_sense_encode_forward(&copy_aborted, &forward, false, buf,
							   sizeof(buf)), 18 + 1 + 14);
		assert_int_equal(buf[7], 18 + 1 + 14 - 8);
		assert_int_equal(buf[7 + source], 18);
		assert_int_equal(buf[7 + 3 - source], 0);
		assert_int_equal(get_unaligned_be16(buf + 10), 0x0102);
		assert_int_equal(buf[18], 0x02);
		assert_memory_equal(buf + 19, medium_error, sizeof(medium_error));
	}
}

static void descriptor_format_forwards_in_a_descriptor(void **state)
{
	const struct scst_sense_forward forward = {
		.source = SCST_FORWARD_FROM_DESTINATION, .status = 0x02, .bytes = medium_error,
		.len = sizeof(medium_error),
	};
	u8 buf[SCST_SENSE_LEN];

	assert_int_equal(scst_sense_encode_forward(&copy_aborted, &forward, true, buf, sizeof(buf)),
			 40 + 4 + 14);
	assert_int_equal(buf[7], 32 + 4 + 14);
	assert_memory_equal(buf + 40, ((const u8[]) { 0x0c, 16, 0x02, 0x02 }), 4);
	assert_memory_equal(buf + 44, medium_error, sizeof(medium_error));
}

/* 252 bytes are all that a response has room for: the end of what is forwarded is lost. */
static void forwarded_sense_is_cut_to_the_room(void **state)
{
	u8 said[255], buf[300];

	memset(said, 0x5a, sizeof(said));
	for (unsigned int len = 0; len <= sizeof(said); len++) {
		const struct scst_sense_forward forward = {
			.source = 1, .status = 2, .bytes = said, .len = len,
		};
		unsigned int got = len < 233 ? 18 + 1 + len : SCST_SENSE_LEN;

		memset(buf, 0xaa, sizeof(buf));
		assert_int_equal(scst_sense_encode_forward(&copy_aborted, &forward, false, buf,
							   sizeof(buf)), got);
		assert_int_equal(buf[7], got - 8);
		assert_int_equal(buf[got], 0xaa);

		got = len < 208 ? 40 + 4 + len : SCST_SENSE_LEN;
		memset(buf, 0xaa, sizeof(buf));
		assert_int_equal(scst_sense_encode_forward(&copy_aborted, &forward, true, buf,
							   sizeof(buf)), got);
		assert_int_equal(buf[7], got - 8);
		assert_int_equal(buf[41], got - 42);
		assert_int_equal(buf[42], len > 208 ? 0x81 : 0x01);
		assert_int_equal(buf[got], 0xaa);
	}
}

static void no_sense_is_all_zero_codes(void **state)
{
	const struct scst_sense none = { .id = SCST_SENSE_NONE };

	assert_sense(&none, false, 0x70, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	assert_sense(&none, true, 0x72, 0, 0, 0, 0, 0, 0, 0);
}

/* Heap blocks of just the size: ASan sees one byte too many. */
static void every_buffer_size_gets_a_prefix_and_no_more(void **state)
{
	const struct scst_sense *senses[] = { &bad_field, &miscompare, &everything, &copy_aborted };

	for (unsigned int n = 0; n < ARRAY_SIZE(senses) * 2; n++) {
		u8 whole[SCST_SENSE_ENCODED_MAX];
		unsigned int len;

		len = scst_sense_encode(senses[n / 2], n & 1, whole, sizeof(whole));
		for (unsigned int size = 0; size <= SCST_SENSE_LEN; size++) {
			unsigned int want = size < len ? size : len;
			u8 *buf = malloc(size ? size : 1);

			assert_int_equal(scst_sense_encode(senses[n / 2], n & 1, buf, size), want);
			assert_memory_equal(buf, whole, want);
			free(buf);
		}
	}
}

static void every_id_has_its_codes(void **state)
{
	for (unsigned int id = 0; id < SCST_SENSE_MAX; id++) {
		const struct scst_sense sense = { .id = id };
		const struct scst_sense_row *row = scst_sense_row(id);
		u8 buf[18];

		assert_non_null(row->name);
		assert_int_equal(scst_sense_encode(&sense, false, buf, sizeof(buf)), 18);
		assert_int_equal(buf[2], row->key);
		assert_int_equal(buf[12], row->asc);
		assert_int_equal(buf[13], row->ascq);
		assert_int_equal(scst_sense_encode(&sense, true, buf, sizeof(buf)), 8);
		assert_int_equal(buf[1], row->key);
		assert_int_equal(buf[2], row->asc);
		assert_int_equal(buf[3], row->ascq);
	}
}

static void no_two_ids_say_the_same(void **state)
{
	for (unsigned int a = 0; a < SCST_SENSE_MAX; a++)
		for (unsigned int b = 0; b < a; b++) {
			const struct scst_sense_row *x = scst_sense_row(a), *y = scst_sense_row(b);

			assert_false(x->key == y->key && x->asc == y->asc && x->ascq == y->ascq);
		}
}

static void impossible_id_is_an_internal_failure(void **state)
{
	assert_ptr_equal(scst_sense_row(SCST_SENSE_MAX),
			 scst_sense_row(SCST_SENSE_INTERNAL_FAILURE));
}

static void codes_find_their_id(void **state)
{
	for (unsigned int id = 0; id < SCST_SENSE_MAX; id++) {
		const struct scst_sense sense = { .id = id };

		assert_int_equal(scst_sense_find(scst_sense_codes(&sense)), id);
	}
	assert_int_equal(scst_sense_find((struct scst_sense_codes){ 0x6, 0x5d, 0x00 }),
			 SCST_SENSE_OTHER);
}

/* A heap block of just the size: ASan sees a read past the end. */
static struct scst_sense parsed(const u8 *bytes, unsigned int len)
{
	struct scst_sense sense = { 0 };
	u8 *copy = malloc(len ? len : 1);

	memcpy(copy, bytes, len);
	assert_true(scst_sense_parse(copy, len, &sense));
	free(copy);
	return sense;
}

#define parse(...)	parsed((const u8[]) { __VA_ARGS__ }, sizeof((const u8[]) { __VA_ARGS__ }))

static void assert_codes(const struct scst_sense *sense, u8 key, u8 asc, u8 ascq)
{
	struct scst_sense_codes codes = scst_sense_codes(sense);

	assert_int_equal(codes.key << 16 | codes.asc << 8 | codes.ascq,
			 key << 16 | asc << 8 | ascq);
}

static void what_we_encode_is_found_again(void **state)
{
	for (unsigned int n = 0; n < SCST_SENSE_MAX * 4; n++) {
		struct scst_sense sense = {
			.id = n / 4, .deferred = n & 1, .has_info = 1, .info = 0xfffffffe,
			.has_cmd_info = 1, .cmd_info = 7,
		};
		u8 buf[SCST_SENSE_ENCODED_MAX];
		unsigned int len = scst_sense_encode(&sense, n & 2, buf, sizeof(buf));
		struct scst_sense found = parsed(buf, len);

		assert_int_equal(found.id, sense.id);
		assert_int_equal(found.deferred, sense.deferred);
		assert_true(found.has_info);
		assert_int_equal(found.info, sense.info);
	}
}

static void codes_of_others_are_kept(void **state)
{
	struct scst_sense sense = parse(0x70, 0, 0x66, 0, 0, 0, 0, 10, 0, 0, 0, 0,
					0x5d, 0x10, 0, 0, 0, 0);
	u8 buf[18];

	assert_int_equal(sense.id, SCST_SENSE_OTHER);
	assert_codes(&sense, 0x6, 0x5d, 0x10);
	assert_int_equal(scst_sense_encode(&sense, false, buf, sizeof(buf)), 18);
	assert_int_equal(buf[2], 0x06);
	assert_int_equal(buf[12], 0x5d);
	assert_int_equal(buf[13], 0x10);
}

static void information_behind_other_descriptors_is_found(void **state)
{
	struct scst_sense sense = parse(0x72, 0x03, 0x11, 0x00, 0, 0, 0, 20,
					0x05, 0x02, 0, 0x20,
					0x80, 0x02, 1, 2,
					0x00, 0x0a, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 2);

	assert_int_equal(sense.id, SCST_SENSE_READ_ERROR);
	assert_true(sense.has_info);
	assert_int_equal(sense.info, 0x100000002ull);
	/* not valid; too short to have it; cut off */
	assert_false(parse(0x72, 3, 0x11, 0, 0, 0, 0, 12,
			   0x00, 0x0a, 0x00, 0, 0, 0, 0, 1, 0, 0, 0, 2).has_info);
	assert_false(parse(0x72, 3, 0x11, 0, 0, 0, 0, 12,
			   0x00, 0x06, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 2).has_info);
	assert_false(parse(0x72, 3, 0x11, 0, 0, 0, 0, 12,
			   0x00, 0x0a, 0x80, 0, 0, 0, 0, 1, 0, 0, 0).has_info);
}

/* The bytes that the additional length leaves out are no sense data. */
static void additional_length_ends_the_sense(void **state)
{
	struct scst_sense sense;

	sense = parse(0x70, 0, 0x05, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0x24, 0x00);
	assert_codes(&sense, 0x5, 0x00, 0x00);
	sense = parse(0x70, 0, 0x06, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0x29, 0x04);
	assert_codes(&sense, 0x6, 0x29, 0x00);
	sense = parse(0x70, 0, 0x06, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0x29, 0x04);
	assert_codes(&sense, 0x6, 0x29, 0x04);
	assert_false(parse(0x72, 3, 0x11, 0, 0, 0, 0, 11,
			   0x00, 0x0a, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 2).has_info);
}

static void short_sense_has_the_codes_that_came(void **state)
{
	struct scst_sense sense;

	sense = parse(0xf0, 0, 0x03);
	assert_codes(&sense, 0x3, 0, 0);
	assert_false(sense.has_info);
	assert_true(parse(0xf0, 0, 0x03, 1, 2, 3, 4).has_info);
	sense = parse(0x72, 0x06, 0x29);
	assert_codes(&sense, 0x6, 0x29, 0);
}

static void what_is_no_sense_is_refused(void **state)
{
	static const u8 responses[] = { 0x00, 0x02, 0x6f, 0x74, 0x7e, 0x80 };
	struct scst_sense sense = { .id = SCST_SENSE_RESET }, was = sense;
	u8 bytes[18] = { 0x70, 0, 0x05, 0, 0, 0, 0, 10 };

	for (unsigned int len = 0; len < 3; len++)
		assert_false(scst_sense_parse(bytes, len, &sense));
	for (unsigned int i = 0; i < sizeof(responses); i++) {
		bytes[0] = responses[i];
		assert_false(scst_sense_parse(bytes, sizeof(bytes), &sense));
	}
	assert_memory_equal(&sense, &was, sizeof(sense));
}

/* It may mean anything: nothing that we know. */
static void vendors_format_has_no_codes(void **state)
{
	struct scst_sense sense = parse(0x7f, 6, 6, 0x29, 0, 0, 0, 10, 0, 0, 0, 0, 0x29, 0x00);

	assert_codes(&sense, 0, 0, 0);
}

static void request_sense_reports_what_is_pending(void **state)
{
	const struct scst_sense ua = { .id = SCST_SENSE_LUNS_CHANGED };
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);
	struct answer a;

	view.ua = &ua;
	a = ask(&view, CDB(0x03, 0, 0, 0, 252));
	assert_true(a.ok);
	assert_int_equal(a.len, 18);
	assert_int_equal(a.data[0], 0x70);
	assert_int_equal(a.data[2], 0x06);
	assert_int_equal(a.data[12], 0x3f);
	assert_int_equal(a.data[13], 0x0e);
}

/* DESC chooses, not D_SENSE of the control mode page. */
static void request_sense_format_follows_desc(void **state)
{
	struct scst_lu lu = fixture_disk();
	struct scst_view view = fixture_view(&lu);

	assert_int_equal(ask(&view, CDB(0x03, 1, 0, 0, 252)).data[0], 0x72);
	lu.d_sense = true;
	assert_int_equal(ask(&view, CDB(0x03, 0, 0, 0, 252)).data[0], 0x70);
}

static void request_sense_for_absent_lun_is_data_with_good_status(void **state)
{
	struct scst_view view = fixture_view(NULL);
	struct answer a = ask(&view, CDB(0x03, 0, 0, 0, 252));

	assert_true(a.ok);
	assert_int_equal(a.data[2], 0x05);
	assert_int_equal(a.data[12], 0x25);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fixed_format_points_at_the_bit),
		cmocka_unit_test(fixed_format_has_information),
		cmocka_unit_test(fixed_format_drops_information_that_does_not_fit),
		cmocka_unit_test(fixed_format_information_ends_at_32_bits),
		cmocka_unit_test(descriptor_format_points_at_the_bit),
		cmocka_unit_test(descriptor_format_has_information_and_field),
		cmocka_unit_test(copy_aborted_points_into_the_segment),
		cmocka_unit_test(fixed_format_drops_command_information_that_does_not_fit),
		cmocka_unit_test(fixed_format_forwards_behind_itself),
		cmocka_unit_test(descriptor_format_forwards_in_a_descriptor),
		cmocka_unit_test(forwarded_sense_is_cut_to_the_room),
		cmocka_unit_test(no_sense_is_all_zero_codes),
		cmocka_unit_test(every_buffer_size_gets_a_prefix_and_no_more),
		cmocka_unit_test(every_id_has_its_codes),
		cmocka_unit_test(no_two_ids_say_the_same),
		cmocka_unit_test(impossible_id_is_an_internal_failure),
		cmocka_unit_test(codes_find_their_id),
		cmocka_unit_test(what_we_encode_is_found_again),
		cmocka_unit_test(codes_of_others_are_kept),
		cmocka_unit_test(information_behind_other_descriptors_is_found),
		cmocka_unit_test(additional_length_ends_the_sense),
		cmocka_unit_test(short_sense_has_the_codes_that_came),
		cmocka_unit_test(what_is_no_sense_is_refused),
		cmocka_unit_test(vendors_format_has_no_codes),
		cmocka_unit_test(request_sense_reports_what_is_pending),
		cmocka_unit_test(request_sense_format_follows_desc),
		cmocka_unit_test(request_sense_for_absent_lun_is_data_with_good_status),
	};

	return cmocka_run_group_tests_name("sense", tests, NULL, NULL);
}
