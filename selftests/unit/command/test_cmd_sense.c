// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a command fails with the bytes of a device: what is sent then, what the core makes of it, and
 * what becomes of it without memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <linux/kernel.h>
#include <scst/handler.h>

#include "command/sense.h"

static bool no_memory;
static unsigned int blocks;		/* that are allocated */

mempool_t *mempool_create_kmalloc_pool(int min_nr, size_t size)
{
	mempool_t *pool = no_memory ? NULL : malloc(sizeof(*pool));

	if (pool)
		pool->size = size;
	return pool;
}

void mempool_destroy(mempool_t *pool)
{
	free(pool);
}

void *mempool_alloc(mempool_t *pool, int gfp)
{
	if (no_memory)
		return NULL;
	blocks++;
	return malloc(pool->size);
}

void mempool_free(void *element, mempool_t *pool)
{
	blocks -= element != NULL;
	free(element);
}

static const u8 tape[] = {
	0x71, 0, 0x60, 0, 0, 0, 0, 20, 0, 0, 0, 9, 0x5d, 0x10, 0, 0, 0, 0,
	's', 'e', 'r', 'v', 'i', 'c', 'e', '!', 1, 2,
};

static const u8 vendors[] = { 0x7f, 1, 2, 3 };

static struct scst_device dev;
static struct scst_cmd cmd;

static int setup(void **state)
{
	no_memory = false;
	dev.lu.d_sense = false;
	memset(&cmd, 0, sizeof(cmd));
	cmd.dev = &dev;
	assert_int_equal(scst_sense_init(), 0);
	return 0;
}

static int teardown(void **state)
{
	scst_cmd_forget_sense(&cmd);
	assert_int_equal(blocks, 0);
	scst_sense_exit();
	return 0;
}

static void assert_codes(u8 key, u8 asc, u8 ascq)
{
	struct scst_sense_codes codes = scst_cmd_codes(&cmd);

	assert_int_equal(cmd.status, SAM_STAT_CHECK_CONDITION);
	assert_int_equal(codes.key << 16 | codes.asc << 8 | codes.ascq,
			 key << 16 | asc << 8 | ascq);
}

static void assert_sent(const u8 *want, unsigned int len)
{
	u8 buf[SCST_SENSE_LEN];

	assert_int_equal(scst_cmd_sense(&cmd, buf, sizeof(buf)), len);
	assert_memory_equal(buf, want, len);
}

static void unit_attention_is_one_of_now(void **state)
{
	u8 bytes[18] = { 0x70, 0, 0x46, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x5d, 0x10 };

	assert_int_equal(scst_cmd_ua(&cmd), 0);
	scst_cmd_fail_raw(&cmd, bytes, sizeof(bytes));
	assert_int_equal(scst_cmd_ua(&cmd), 0x5d10);
	cmd.status = SAM_STAT_GOOD;
	assert_int_equal(scst_cmd_ua(&cmd), 0);
	scst_cmd_forget_sense(&cmd);
	bytes[0] = 0x71;
	scst_cmd_fail_raw(&cmd, bytes, sizeof(bytes));
	assert_codes(0x6, 0x5d, 0x10);
	assert_int_equal(scst_cmd_ua(&cmd), 0);
}

/* Whatever the format: deferred, with bits and bytes that we know nothing of. */
static void bytes_are_sent_as_they_are(void **state)
{
	dev.lu.d_sense = true;
	scst_cmd_fail_raw(&cmd, tape, sizeof(tape));
	assert_codes(0x0, 0x5d, 0x10);
	assert_int_equal(cmd.sense.id, SCST_SENSE_OTHER);
	assert_true(cmd.sense.deferred);
	assert_sent(tape, sizeof(tape));
}

static void what_does_not_fit_is_cut_off(void **state)
{
	u8 bytes[300] = { 0x72, 0x06, 0x29, 0x00, 0, 0, 0, 255 }, buf[20];

	memset(bytes + 8, 0x5a, sizeof(bytes) - 8);
	scst_cmd_fail_raw(&cmd, bytes, sizeof(bytes));
	assert_codes(0x6, 0x29, 0x00);
	assert_int_equal(cmd.sense.id, SCST_SENSE_RESET);
	assert_sent(bytes, SCST_SENSE_LEN);
	assert_int_equal(scst_cmd_sense(&cmd, buf, sizeof(buf)), sizeof(buf));
	assert_memory_equal(buf, bytes, sizeof(buf));
}

static void vendors_format_goes_through(void **state)
{
	scst_cmd_fail_raw(&cmd, vendors, sizeof(vendors));
	assert_codes(0, 0, 0);
	assert_sent(vendors, sizeof(vendors));
}

/* What the core found in them is what it can still say. */
static void without_memory_codes_remain(void **state)
{
	static const u8 want[18] = { 0x71, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x5d, 0x10 };

	no_memory = true;
	scst_cmd_fail_raw(&cmd, tape, sizeof(tape));
	assert_codes(0x0, 0x5d, 0x10);
	assert_sent(want, sizeof(want));
}

static void without_memory_and_codes_it_is_a_failure_still(void **state)
{
	no_memory = true;
	scst_cmd_fail_raw(&cmd, vendors, sizeof(vendors));
	assert_codes(0x4, 0x44, 0x00);
}

static void no_sense_data_is_an_internal_failure(void **state)
{
	static const u8 want[18] = { 0x70, 0, 4, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x44 };

	scst_cmd_fail_raw(&cmd, NULL, 0);
	assert_codes(0x4, 0x44, 0x00);
	assert_sent(want, sizeof(want));
	assert_int_equal(blocks, 0);
}

static void first_failure_stays(void **state)
{
	scst_cmd_fail(&cmd, SCST_SENSE_READ_ERROR);
	scst_cmd_fail_raw(&cmd, tape, sizeof(tape));
	assert_codes(0x3, 0x11, 0x00);
	assert_int_equal(blocks, 0);
}

static void bytes_outlast_a_second_failure(void **state)
{
	scst_cmd_fail_raw(&cmd, tape, sizeof(tape));
	scst_cmd_fail_raw(&cmd, vendors, sizeof(vendors));
	scst_cmd_fail(&cmd, SCST_SENSE_READ_ERROR);
	assert_codes(0x0, 0x5d, 0x10);
	assert_sent(tape, sizeof(tape));
	assert_int_equal(blocks, 1);
}

/* The slot lives again: what an earlier command left does not count. */
static void only_check_condition_has_codes(void **state)
{
	scst_cmd_fail(&cmd, SCST_SENSE_RESET);
	cmd.status = SAM_STAT_BUSY;
	assert_int_equal(scst_cmd_codes(&cmd).key, 0);
	cmd.status = SAM_STAT_GOOD;
	assert_int_equal(scst_cmd_codes(&cmd).asc, 0);
}

static void our_sense_has_the_format_of_the_unit(void **state)
{
	static const u8 want[] = { 0x72, 0x03, 0x11, 0, 0, 0, 0, 0 };

	dev.lu.d_sense = true;
	scst_cmd_fail(&cmd, SCST_SENSE_READ_ERROR);
	assert_sent(want, sizeof(want));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(bytes_are_sent_as_they_are),
		TEST(what_does_not_fit_is_cut_off),
		TEST(vendors_format_goes_through),
		TEST(without_memory_codes_remain),
		TEST(without_memory_and_codes_it_is_a_failure_still),
		TEST(no_sense_data_is_an_internal_failure),
		TEST(first_failure_stays),
		TEST(bytes_outlast_a_second_failure),
		TEST(only_check_condition_has_codes),
		TEST(our_sense_has_the_format_of_the_unit),
		TEST(unit_attention_is_one_of_now),
	};

	return cmocka_run_group_tests_name("cmd_sense", tests, NULL, NULL);
}
