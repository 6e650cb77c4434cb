// SPDX-License-Identifier: GPL-2.0-only
/*
 * What devices say of themselves: who they are, how large their blocks are, what their control page
 * says; also by devices whose lengths lie.
 */
#include "facts.h"
#include "fixture.h"

static void an_address_has_one_name(void **state)
{
	static const char *const wrong[] = {
		"", "1", "1:2:3", "1:2:3:", "1:2:3:4:5", "01:2:3:4", "1:2:3:04", " 1:2:3:4",
		"1:2:3:4 ",
		"-1:2:3:4", "+1:2:3:4", "0x1:2:3:4", "1:2:3:x", "1::3:4", "4294967296:0:0:0",
		"0:0:0:18446744073709551616", "a", "1:2:3:4\n",
	};
	struct pass_address at;

	assert_true(pass_parse_address("3:0:12:7", &at));
	assert_int_equal(at.host, 3);
	assert_int_equal(at.channel, 0);
	assert_int_equal(at.id, 12);
	assert_int_equal(at.lun, 7);
	assert_true(pass_parse_address("4294967295:0:0:18446744073709551615", &at));
	assert_true(at.lun == ~0ull);
	for (unsigned int i = 0; i < ARRAY_SIZE(wrong); i++)
		if (pass_parse_address(wrong[i], &at))
			fail_msg("\"%s\" is an address", wrong[i]);
}

static const u8 inquiry[36] = "\0\0\0\0\0\0\0\0VENDOR  PRODUCT         R1";
static const u8 serial[] = { 0, 0x80, 0, 8, ' ', ' ', 'S', 'N', '1', ' ', ' ', 0 };

static const char *identity(const u8 *page, u32 len)
{
	static char out[PASS_IDENTITY_LEN];

	pass_identity(inquiry, sizeof(inquiry), page, len, serial, sizeof(serial), out);
	return out;
}

static void the_best_designator_of_the_unit_counts(void **state)
{
	const u8 page[] = {
		0, 0x83, 0, 44,
		0x02, 0x01, 0, 4, 'T', '1', '0', '!',
		0x01, 0x13, 0, 8, 9, 9, 9, 9, 9, 9, 9, 9,	/* of the port */
		0x01, 0x02, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8,
		0x01, 0x03, 0, 8, 0x50, 2, 3, 4, 5, 6, 7, 0xff,
	};

	assert_string_equal(identity(page, sizeof(page)), "naa.50020304050607ff");
	assert_string_equal(identity(page, sizeof(page) - 1), "eui.0102030405060708");
	assert_string_equal(identity(page, 12), "t10.54313021");
}

static void without_one_it_is_the_serial_number(void **state)
{
	char out[PASS_IDENTITY_LEN];

	assert_string_equal(identity(NULL, 0),
			    "serial.56454e444f52202050524f44554354202020202020202020534e31");
	pass_identity(inquiry, sizeof(inquiry), NULL, 0, NULL, 0, out);
	assert_string_equal(out, "");
	pass_identity(inquiry, 20, NULL, 0, serial, sizeof(serial), out);
	assert_string_equal(out, "");
	pass_identity(inquiry, sizeof(inquiry), NULL, 0, CDB(0, 0x80, 0, 4, ' ', ' ', ' ', ' '), 8,
		      out);
	assert_string_equal(out, "");
}

static void what_does_not_fit_is_no_identity(void **state)
{
	u8 page[300] = { 0, 0x83, 1, 4, 0x02, 0x01, 0, 255 };
	char out[PASS_IDENTITY_LEN];

	pass_identity(inquiry, sizeof(inquiry), page, sizeof(page), NULL, 0, out);
	assert_string_equal(out, "");
	page[7] = 96;
	pass_identity(inquiry, sizeof(inquiry), page, sizeof(page), NULL, 0, out);
	assert_int_equal(strlen(out), 4 + 2 * 96);
}

static void a_serial_number_is_as_long_as_it_is(void **state)
{
	u8 page[300] = { 0, 0x80, 0, 252 };
	char out[PASS_SERIAL_LEN];

	pass_serial(serial, sizeof(serial), out);
	assert_string_equal(out, "SN1");
	memset(page + 4, 'x', sizeof(page) - 4);
	pass_serial(page, sizeof(page), out);
	assert_int_equal(strlen(out), 252);
	page[2] = 0xff;
	pass_serial(page, sizeof(page), out);
	assert_int_equal(strlen(out), 252);
	pass_serial(page, 3, out);
	assert_string_equal(out, "");
}

static void capacity_is_of_either_length(void **state)
{
	u64 nblocks;

	assert_int_equal(pass_capacity(CDB(0, 0, 0xff, 0xff, 0, 0, 2, 0), 8, false, &nblocks), 512);
	assert_int_equal(nblocks, 0x10000);
	assert_int_equal(pass_capacity(CDB([5] = 1, [10] = 0x10), 32, true, &nblocks), 4096);
	assert_int_equal(nblocks, 0x10001);
	assert_int_equal(pass_capacity(CDB(0), 7, false, &nblocks), 0);
	assert_int_equal(pass_capacity(CDB(0), 11, true, &nblocks), 0);
}

static void mode_parameters_have_two_headers(void **state)
{
	const u8 six[] = { 23, 0, 0, 8, 0, 0, 0, 0, 0, 0, 4, 0,
		0x0a, 10, 0x24, 0x12, 0, 0x40, 0, 0, 0, 0, 0, 0 };
	const u8 ten[] = { 0, 34, 0, 0, 1, 0, 0, 16, [8 + 14] = 0x10, 0x00,
		0x0a, 10, 0x04, 0x10, 0, 0, 0, 0, 0, 0, 0, 0 };
	struct scst_mode mode;
	u32 size;

	assert_true(pass_mode(six, sizeof(six), false, &size, &mode));
	assert_int_equal(size, 1024);
	assert_int_equal(mode.tst, 1);
	assert_int_equal(mode.d_sense, 1);
	assert_int_equal(mode.queue_alg, 1);
	assert_int_equal(mode.qerr, 1);
	assert_int_equal(mode.tas, 1);
	assert_true(pass_mode(ten, sizeof(ten), true, &size, &mode));
	assert_int_equal(size, 4096);
	assert_int_equal(mode.tas, 0);
}

/* Any bytes: what is said is inside what came (the sanitizer sees to that), or nothing is. */
static void lengths_that_lie_lead_nowhere(void **state)
{
	unsigned int seed = 1, round;

	for (round = 0; round < 50000; round++) {
		u32 len = rand_r(&seed) % 64, size;
		u8 *data = malloc(len ? len : 1);
		char out[PASS_IDENTITY_LEN], text[PASS_SERIAL_LEN];
		struct scst_mode mode;
		u64 nblocks;

		for (u32 i = 0; i < len; i++)
			data[i] = rand_r(&seed) % 2 ? rand_r(&seed) % 12 : rand_r(&seed);
		pass_identity(inquiry, sizeof(inquiry), data, len, data, len, out);
		assert_in_range(strlen(out), 0, PASS_IDENTITY_LEN - 1);
		pass_serial(data, len, text);
		pass_capacity(data, len, round & 1, &nblocks);
		pass_mode(data, len, round & 1, &size, &mode);
		free(data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_has_one_name),
		cmocka_unit_test(the_best_designator_of_the_unit_counts),
		cmocka_unit_test(without_one_it_is_the_serial_number),
		cmocka_unit_test(what_does_not_fit_is_no_identity),
		cmocka_unit_test(a_serial_number_is_as_long_as_it_is),
		cmocka_unit_test(capacity_is_of_either_length),
		cmocka_unit_test(mode_parameters_have_two_headers),
		cmocka_unit_test(lengths_that_lie_lead_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
