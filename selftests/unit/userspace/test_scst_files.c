// SPDX-License-Identifier: GPL-2.0-only
/* Files for SCST, byte for byte as SCST describes them; and the slots they are made from. */
#include <endian.h>

#include "unit.h"

#include "scst_files.h"
#include "slots.h"

/* ---- reservations --------------------------------------------------------------------------- */

#define SAS	"060000005feede4a0000000000000000000000000000000"
/* iqn.x,i,0x00023d000001, and just iqn.x */
#define PORT	"45000018" "69716e2e782c692c30783030303233643030303030310000"
#define NODE	"05000014" "69716e2e78000000000000000000000000000000"

static struct scst_bytes made(const char *text)
{
	struct scst_bytes out = {};
	struct scst_error err = {};

	if (scst_files_pr(text, &out, &err))
		fail_msg("%s", err.text);
	return out;
}

static void reservations_are_in_the_order_of_scst(void **state)
{
	_cleanup_bytes_ struct scst_bytes out = made(
		"version 1\ngeneration 7\nreservation 05 00\n"
		"registrant 1 00000000000000ab 0 24 " SAS "0\n"
		"registrant 258 0123456789abcdef 1 24 " NODE "\n");
	const uint64_t head[2] = { 0xbbeeeeaaeebbdd77ull, 1 };
	const uint16_t port = 258;
	static const uint8_t key[] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };
	const uint8_t *at = out.bytes;

	assert_int_equal(out.len, 16 + 4 + 2 * (1 + 24 + 8 + 2));
	assert_memory_equal(at, head, 16);
	assert_memory_equal(at + 16, "\1\1\5\0", 4);	/* APTPL, reserved, type, scope */
	assert_memory_equal(at + 20, "\0\6\0\0\0\x5f\xee", 7);
	at += 20 + 35;
	assert_memory_equal(at, "\1\5\0\0\x14iqn.x", 10);
	assert_memory_equal(at + 25, key, 8);
	assert_memory_equal(at + 33, &port, 2);
}

/* The ISID is 00 02 3d 00 00 01, and two zero bytes come behind it: as a number of this host. */
static void iscsi_port_is_called_as_scst_calls_it(void **state)
{
	_cleanup_bytes_ struct scst_bytes out = made("version 1\ngeneration 7\n"
		"registrant 1 0000000000000001 0 28 " PORT "\n");
	static const char little[] = "E\0\0\x18iqn.x,i,0x100003d0200\0\0\0\0\0\0\0\0\0\0\1",
			  big[] = "E\0\0\x18iqn.x,i,0x23d0000010000\0\0\0\0\0\0\0\0\1";

	assert_int_equal(out.len, 20 + 1 + 28 + 8 + 2);
	assert_memory_equal(out.bytes + 21, htobe64(1) == 1 ? big : little, 28 + 8);
}

static void iscsi_port_may_need_more_digits(void **state)
{
	char text[1024] = "version 1\ngeneration 7\nregistrant 1 1 0 256 450000fc";
	struct scst_bytes out;

	for (int i = 0; i < 256 - 4 - 7; i++)
		strcat(text, "61");
	out = made(strcat(text, "2c692c30783100\n"));
	assert_int_equal(out.len, 20 + 1 + (htobe64(1) == 1 ? 260 : 268) + 8 + 2);
	scst_bytes_clear(&out);
}

static void all_registrants_have_no_holder(void **state)
{
	_cleanup_bytes_ struct scst_bytes out = made("version 1\ngeneration 1\nreservation 07 00\n"
		"registrant 1 0000000000000001 1 24 " SAS "0\n");

	assert_memory_equal(out.bytes + 16, "\1\1\7\0\0", 5);
}

static void registrations_alone_are_no_reservation(void **state)
{
	_cleanup_bytes_ struct scst_bytes out = made("version 1\ngeneration 1\n"
		"registrant 1 0000000000000001 0 24 " SAS "0\n");

	assert_memory_equal(out.bytes + 16, "\1\0\0\0", 4);
}

static void nothing_to_keep_is_no_file(void **state)
{
	_cleanup_bytes_ struct scst_bytes none = made("version 1\ngeneration 9\n");
	_cleanup_bytes_ struct scst_bytes empty = made("");

	assert_int_equal(none.len, 0);
	assert_int_equal(empty.len, 0);
}

static void what_is_no_text_is_refused(void **state)
{
	static const char *const bad[] = {
		"version 2\n", "colour red\n", "registrant 1 1 0 24\n",
		"registrant 1 1 0 23 " SAS "0\n", "registrant 65536 1 0 24 " SAS "0\n",
		"registrant 1 1 0 24 " SAS "0\nreservation 05 00\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct scst_bytes out = {};
		struct scst_error err = {};

		if (scst_files_pr(bad[i], &out, &err) != -EINVAL || out.bytes)
			fail_msg("%s is taken", bad[i]);
	}
}

/* ---- mode parameters ------------------------------------------------------------------------ */

#define ENTRY(page, byte, bit, value)	1, 0, 5, page, 0, byte, bit, value

static const struct scst_files_device disk1 = { "disk1", .no_cache = false },
				      null1 = { "null1", .no_cache = true };

static void mode_parameters_are_lines_behind_the_name(void **state)
{
	static const uint8_t record[] = {
		1, ENTRY(0x0a, 2, 5, 0), ENTRY(0x0a, 2, 2, 1), ENTRY(0x0a, 3, 4, 0),
		ENTRY(0x0a, 3, 1, 3), ENTRY(0x0a, 5, 6, 1), ENTRY(0x08, 2, 2, 0),
	};
	static const char expected[] = "disk1\nTAS=1\nQERR=3\nD_SENSE=1\nQUEUE_ALG=0\n"
				       "WRITE_THROUGH=1\n";
	_cleanup_bytes_ struct scst_bytes out = {};
	struct scst_error err = {};
	unsigned int left_out;

	assert_int_equal(scst_files_mode(&disk1, record, sizeof(record), &out, &left_out, &err),
			 0);
	assert_int_equal(out.len, sizeof(expected) - 1);
	assert_memory_equal(out.bytes, expected, out.len);
	assert_int_equal(left_out, 0);
}

static void defaults_are_no_file(void **state)
{
	static const uint8_t record[] = {
		1, ENTRY(0x0a, 2, 5, 0), ENTRY(0x0a, 3, 4, 1), ENTRY(0x08, 2, 2, 1),
		ENTRY(0x01, 2, 7, 1), 2, 0, 2, 0, 'x',
	};
	_cleanup_bytes_ struct scst_bytes out = {};
	struct scst_error err = {};
	unsigned int left_out;

	assert_int_equal(scst_files_mode(&disk1, record, sizeof(record), &out, &left_out, &err),
			 0);
	assert_int_equal(out.len, 0);
	assert_int_equal(left_out, 2);	/* AWRE, and identifying information */
}

static void a_cache_that_there_never_is_is_not_off(void **state)
{
	static const uint8_t record[] = { 1, ENTRY(0x08, 2, 2, 0) };
	_cleanup_bytes_ struct scst_bytes out = {};
	struct scst_error err = {};
	unsigned int left_out;

	assert_int_equal(scst_files_mode(&null1, record, sizeof(record), &out, &left_out, &err),
			 0);
	assert_int_equal(out.len, 0);
	assert_int_equal(left_out, 0);
}

static void what_is_no_record_is_refused(void **state)
{
	static const struct {
		uint8_t bytes[8];
		size_t len;
	} bad[] = {
		{ { 0 }, 0 }, { { 2 }, 1 }, { { 1, 1, 0 }, 3 }, { { 1, 1, 0, 5, 0 }, 5 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct scst_bytes out = {};
		struct scst_error err = {};
		unsigned int left_out;

		assert_int_equal(scst_files_mode(&disk1, bad[i].bytes, bad[i].len, &out, &left_out,
						 &err), -EINVAL);
	}
}

/* ---- slots ---------------------------------------------------------------------------------- */

/* Its CRC-32C, of what follows byte 16, was made with another program. */
static const uint8_t slot[] = {
	'S', 'C', 'S', 'T', 'S', 'L', 'O', 'T', 0x43, 0x53, 0x50, 0x52,
	0xbd, 0x8b, 0xc0, 0xbe,
	1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 'h', 'i',
};

static int read_slots(const uint8_t *file, size_t size, char out[16])
{
	void *data;
	size_t len;
	int err = scst_slots_read(file, size, SCST_SLOTS_PR, &data, &len);

	if (err)
		return err;
	assert_true(len < 16);
	memcpy(out, data, len + 1);
	free(data);
	return 0;
}

static void a_whole_slot_is_read(void **state)
{
	uint8_t file[4096 + sizeof(slot)] = {};
	char text[16];

	assert_int_equal(read_slots(slot, sizeof(slot), text), 0);
	assert_string_equal(text, "hi");
	memcpy(file + 4096, slot, sizeof(slot));
	assert_int_equal(read_slots(file, sizeof(file), text), 0);	/* the second one */
	assert_string_equal(text, "hi");
}

static void what_is_not_whole_is_none(void **state)
{
	uint8_t file[sizeof(slot)];
	char text[16];

	for (size_t i = 0; i < sizeof(slot); i++) {
		memcpy(file, slot, sizeof(slot));
		file[i] ^= 1;
		if (read_slots(file, sizeof(file), text) != -EBADMSG)
			fail_msg("byte %zu does not matter", i);
		if (read_slots(slot, i, text) != -EBADMSG)
			fail_msg("%zu bytes are enough", i);
	}
}

/* A file with two slots, block by block in turns; each has @len times its letter. */
static void put_slot(uint8_t *file, unsigned int nr, uint8_t generation, char letter, size_t len)
{
	uint8_t image[3 * 4096] = "SCSTSLOT";
	uint32_t crc = ~0u, magic = SCST_SLOTS_PR;

	memcpy(image + 8, &magic, 4);
	image[16] = generation;
	image[24] = len;
	image[25] = len >> 8;
	image[28] = 1;
	memset(image + 32, letter, len);
	for (size_t i = 16; i < 32 + len; i++)
		for (int bit = (crc ^= image[i], 0); bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
	crc = ~crc;
	memcpy(image + 12, &crc, 4);
	for (size_t block = 0; block < 3; block++)
		memcpy(file + (2 * block + nr) * 4096, image + block * 4096, 4096);
}

static void reads_letter(const uint8_t *file, char letter, size_t expected)
{
	uint8_t *data;
	size_t len;

	assert_int_equal(scst_slots_read(file, 6 * 4096, SCST_SLOTS_PR, (void **)&data, &len), 0);
	assert_int_equal(len, expected);
	assert_int_equal(data[0], letter);
	assert_int_equal(data[len - 1], letter);
	free(data);
}

static void the_newer_slot_that_is_whole_counts(void **state)
{
	uint8_t file[6 * 4096] = {};

	put_slot(file, 0, 7, 'a', 9000);
	put_slot(file, 1, 8, 'b', 5000);
	reads_letter(file, 'b', 5000);
	put_slot(file, 0, 9, 'c', 3);
	reads_letter(file, 'c', 3);
	file[40] ^= 1;			/* behind what it has */
	reads_letter(file, 'c', 3);
	file[33] ^= 1;
	reads_letter(file, 'b', 5000);
	file[3 * 4096 + 100] ^= 1;	/* in its second block */
	put_slot(file, 0, 6, 'd', 9000);
	reads_letter(file, 'd', 9000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reservations_are_in_the_order_of_scst),
		cmocka_unit_test(iscsi_port_is_called_as_scst_calls_it),
		cmocka_unit_test(iscsi_port_may_need_more_digits),
		cmocka_unit_test(all_registrants_have_no_holder),
		cmocka_unit_test(registrations_alone_are_no_reservation),
		cmocka_unit_test(nothing_to_keep_is_no_file),
		cmocka_unit_test(what_is_no_text_is_refused),
		cmocka_unit_test(mode_parameters_are_lines_behind_the_name),
		cmocka_unit_test(defaults_are_no_file),
		cmocka_unit_test(a_cache_that_there_never_is_is_not_off),
		cmocka_unit_test(what_is_no_record_is_refused),
		cmocka_unit_test(a_whole_slot_is_read),
		cmocka_unit_test(what_is_not_whole_is_none),
		cmocka_unit_test(the_newer_slot_that_is_whole_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
