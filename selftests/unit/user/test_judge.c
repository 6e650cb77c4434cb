// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a program may say to make a device, take one over, and answer a command. Each bound is tried
 * on both sides.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>
#include <errno.h>

#include "judge.h"

#define ALL_OPS		((1u << SCST_USER_OP_MAX) - 1)

static struct scst_user_add good(void)
{
	return (struct scst_user_add){
		.size = sizeof(struct scst_user_add), .name = "disk", .block_size = 512,
		.max_bytes = 1 << 20, .nblocks = 1000, .ops = ALL_OPS, .nr_queues = 2, .depth = 32,
		.recover_s = 30,
	};
}

static void assert_wrong(struct scst_user_add add, const char *field)
{
	const char *wrong = user_add_wrong(&add);

	if (!field) {
		assert_null(wrong);
		return;
	}
	assert_non_null(wrong);
	assert_string_equal(wrong, field);
}

/* One field of a good one has this value: @field is what is wrong then, or NULL. */
#define WITH(_member, _value, field)		\
do {						\
	struct scst_user_add add = good();	\
						\
	add._member = (_value);			\
	assert_wrong(add, field);		\
} while (0)

static void add_fields_have_bounds(void **state)
{
	assert_wrong(good(), NULL);
	WITH(size, 0, "size");
	WITH(size, sizeof(struct scst_user_add) + 8, "size");
	WITH(reserved[0], 1, "reserved");
	WITH(reserved[2], 1, "reserved");
	WITH(type, 1, "type");
	WITH(token[15], 1, "token");
	WITH(flags, 1u << 31, "flags");
	WITH(recover_s, SCST_USER_RECOVER_MAX, NULL);
	WITH(recover_s, SCST_USER_RECOVER_MAX + 1, "recover_s");
	WITH(recover_s, 0, NULL);
	WITH(nr_queues, 0, "nr_queues");
	WITH(nr_queues, SCST_USER_QUEUES_MAX + 1, "nr_queues");
	WITH(depth, 0, "depth");
	WITH(depth, SCST_USER_DEPTH_MAX + 1, "depth");
	WITH(depth, 65535, "depth");
}

static void name_has_to_end(void **state)
{
	struct scst_user_add add = good();

	memset(add.name, 'a', sizeof(add.name));
	assert_wrong(add, "name");
	add.name[sizeof(add.name) - 1] = '\0';
	assert_wrong(add, NULL);
}

static void sizes_have_bounds(void **state)
{
	WITH(block_size, 0, "block_size");
	WITH(block_size, 256, "block_size");
	WITH(block_size, 513, "block_size");
	WITH(block_size, 4096, NULL);
	WITH(block_size, 8192, "block_size");
	WITH(nblocks, 0, "nblocks");
	WITH(nblocks, ~0ull, "nblocks");
	WITH(nblocks, (~0ull >> 1) / 512, NULL);
	WITH(nblocks, (~0ull >> 1) / 512 + 1, "nblocks");
}

static void memory_has_bounds(void **state)
{
	struct scst_user_add add = good();

	WITH(max_bytes, 0, "max_bytes");
	WITH(max_bytes, SCST_USER_BYTES_MIN / 2, "max_bytes");
	WITH(max_bytes, SCST_USER_BYTES_MIN + 4096, "max_bytes");
	WITH(max_bytes, SCST_USER_BYTES_MAX * 2, "max_bytes");
	WITH(max_bytes, SCST_USER_BYTES_MAX, "depth");
	add.max_bytes = SCST_USER_BYTES_MAX;
	add.nr_queues = 1;
	add.depth = SCST_USER_ARENA_MAX / SCST_USER_BYTES_MAX;
	assert_wrong(add, NULL);
	assert_int_equal(user_arena_size(&add, 4096), SCST_USER_ARENA_MAX);
	add.depth++;
	assert_wrong(add, "depth");
	add = good();
	add.max_bytes = SCST_USER_BYTES_MIN;
	add.nr_queues = SCST_USER_QUEUES_MAX;
	add.depth = SCST_USER_TAGS_MAX / SCST_USER_QUEUES_MAX;
	assert_wrong(add, NULL);
	add.depth++;
	assert_wrong(add, "depth");
}

/* Not by pages of this size or that: the kernel rounds it. */
static void each_tag_has_a_desc(void **state)
{
	struct scst_user_add add = good();

	add.nr_queues = 1;
	add.depth = 1;
	assert_int_equal(user_descs_size(&add), 64);
	add.nr_queues = 5;
	add.depth = 13;
	assert_int_equal(user_descs_size(&add), 65 * 64);
}

static void ops_go_with_flags(void **state)
{
	struct scst_user_add add = good();

	WITH(ops, 0, "ops");
	WITH(ops, 1u << SCST_USER_READ, "ops");
	WITH(ops, 1u << SCST_USER_WRITE, "ops");
	WITH(ops, 1u << SCST_USER_READ | 1u << SCST_USER_WRITE, NULL);
	WITH(ops, ALL_OPS + 1, "ops");
	add.flags = SCST_USER_READ_ONLY;
	assert_wrong(add, "ops");
	add.ops = 1u << SCST_USER_READ | 1u << SCST_USER_VERIFY;
	assert_wrong(add, NULL);
	add = good();
	add.flags = SCST_USER_WRITE_CACHE;
	assert_wrong(add, NULL);
	add.ops &= ~(1u << SCST_USER_FLUSH);
	assert_wrong(add, "ops");
}

static void assert_attach(struct scst_user_add add, const char *field)
{
	struct scst_user_add first = good();
	const char *wrong = user_attach_wrong(&add, &first, 2000);

	if (!field)
		assert_null(wrong);
	else
		assert_string_equal(wrong ?: "", field);
}

#define ATTACH_WITH(_member, _value, field)	\
do {						\
	struct scst_user_add add = good();	\
						\
	add.nblocks = 2000;			\
	add._member = (_value);			\
	assert_attach(add, field);		\
} while (0)

/* It was resized meanwhile: 2000 blocks is what it has. */
static void next_program_keeps_geometry(void **state)
{
	ATTACH_WITH(nblocks, 2000, NULL);
	ATTACH_WITH(nblocks, 0, NULL);
	ATTACH_WITH(nblocks, 1000, "nblocks");
	ATTACH_WITH(block_size, 4096, "block_size");
	ATTACH_WITH(flags, SCST_USER_READ_ONLY, "flags");
	ATTACH_WITH(ops, ALL_OPS - 1, "ops");
	ATTACH_WITH(recover_s, 31, "recover_s");
	ATTACH_WITH(size, 4, "size");
	ATTACH_WITH(max_bytes, 2 << 20, NULL);
	ATTACH_WITH(max_bytes, SCST_USER_BYTES_MIN, "max_bytes");
	ATTACH_WITH(nr_queues, 1, NULL);
	ATTACH_WITH(depth, 1, NULL);
	ATTACH_WITH(token[3], 77, NULL);
}

static void names_are_of_their_users(void **state)
{
	assert_true(user_name_is_of("u1000.disk", 1000));
	assert_false(user_name_is_of("u1000.", 1000));
	assert_false(user_name_is_of("u1000", 1000));
	assert_false(user_name_is_of("u10001.disk", 1000));
	assert_false(user_name_is_of("u100.disk", 1000));
	assert_false(user_name_is_of("disk", 1000));
	assert_false(user_name_is_of("", 0));
	assert_true(user_name_is_of("u4294967295.a", 4294967295u));
}

static void users_have_limits(void **state)
{
	const struct user_amount limit = { .devices = 2, .mib = 100, .tags = 50 };
	struct user_amount has = { 0 };

	assert_true(user_amount_is_zero(&has));
	assert_true(user_amount_add(&has, &(struct user_amount){ 1, 60, 20 }, &limit));
	assert_false(user_amount_add(&has, &(struct user_amount){ 0, 41, 1 }, &limit));
	assert_false(user_amount_add(&has, &(struct user_amount){ 0, 1, 31 }, &limit));
	assert_false(user_amount_add(&has, &(struct user_amount){ 2, 0, 0 }, &limit));
	assert_false(user_amount_add(&has, &(struct user_amount){ ~0u, 0, 0 }, &limit));
	assert_int_equal(has.mib, 60);
	assert_true(user_amount_add(&has, &(struct user_amount){ 1, 40, 30 }, &limit));
	user_amount_sub(&has, &(struct user_amount){ 1, 60, 20 });
	assert_false(user_amount_is_zero(&has));
	user_amount_sub(&has, &(struct user_amount){ 1, 40, 30 });
	assert_true(user_amount_is_zero(&has));
}

/* It was made less meanwhile: what a user has stays, and nothing is added to it. */
static void limits_may_become_less(void **state)
{
	const struct user_amount limit = { .devices = 1, .mib = 0, .tags = 50 };
	struct user_amount has = { .devices = 3, .mib = 10, .tags = 1 };

	assert_false(user_amount_add(&has, &(struct user_amount){ 1, 0, 0 }, &limit));
	assert_false(user_amount_add(&has, &(struct user_amount){ 0, 1, 1 }, &limit));
	assert_true(user_amount_add(&has, &(struct user_amount){ 0, 0, 49 }, &limit));
}

static struct scst_user_add good_cdb(void)
{
	struct scst_user_add add = good();

	add.flags = SCST_USER_CDB_MODE;
	add.type = 1;
	add.block_size = 0;
	add.nblocks = 0;
	add.ops = 0;
	return add;
}

#define CDB_WITH(_member, _value, field)	\
do {						\
	struct scst_user_add add = good_cdb();	\
						\
	add._member = (_value);			\
	assert_wrong(add, field);		\
} while (0)

static void cdb_mode_has_its_own_fields(void **state)
{
	assert_wrong(good_cdb(), NULL);
	CDB_WITH(flags, SCST_USER_CDB_FLAGS, NULL);
	CDB_WITH(flags, SCST_USER_CDB_MODE | SCST_USER_READ_ONLY, "flags");
	CDB_WITH(flags, SCST_USER_CDB_MODE | 1u << 31, "flags");
	CDB_WITH(flags, SCST_USER_CDB_MODE | SCST_USER_TAKES_AGAIN, "flags");
	CDB_WITH(flags, SCST_USER_CDB_MODE | SCST_USER_KEEPS_STATE, NULL);
	WITH(flags, SCST_USER_TAKES_AGAIN, "flags");
	CDB_WITH(type, 0, NULL);
	CDB_WITH(type, 0x1e, NULL);
	CDB_WITH(type, 0x1f, "type");
	CDB_WITH(type, 0x21, "type");
	CDB_WITH(block_size, 513, NULL);
	CDB_WITH(block_size, SCST_USER_BYTES_MAX, NULL);
	CDB_WITH(block_size, SCST_USER_BYTES_MAX + 1, "block_size");
	CDB_WITH(nblocks, 1, "nblocks");
	CDB_WITH(ops, 1, "ops");
	CDB_WITH(recover_s, SCST_USER_RECOVER_MAX + 1, "recover_s");
	CDB_WITH(depth, 0, "depth");
}

/* Another block size may have been set meanwhile. */
static void next_program_is_of_the_same_type(void **state)
{
	struct scst_user_add first = good_cdb(), add = good_cdb();

	add.block_size = 512;
	assert_null(user_attach_wrong(&add, &first, 0));
	add.type = 8;
	assert_string_equal(user_attach_wrong(&add, &first, 0), "type");
	add = good_cdb();
	add.flags |= SCST_USER_KEEPS_STATE;
	assert_string_equal(user_attach_wrong(&add, &first, 0), "flags");
}

static void sense_has_room_behind_the_data(void **state)
{
	struct scst_user_add add = good_cdb();

	add.nr_queues = 1;
	add.depth = 1;
	assert_int_equal(user_sense_at(&add), add.max_bytes);
	assert_int_equal(user_arena_size(&add, 4096), add.max_bytes + 4096);
	add.depth = 17;
	assert_int_equal(user_arena_size(&add, 4096), 17 * add.max_bytes + 8192);
	assert_int_equal(user_arena_size(&add, 16384), 17 * add.max_bytes + 16384);
	assert_int_equal(user_arena_size(&add, 65536), 17 * add.max_bytes + 65536);
	add.flags = 0;
	assert_int_equal(user_arena_size(&add, 4096), 17 * add.max_bytes);
	assert_int_equal(user_arena_size(&add, 65536), 17 * add.max_bytes);
}

static bool fits(enum scst_user_op op, u16 flags, s32 result, u32 moved)
{
	struct scst_user_desc desc = { .seq = 5, .op = op, .flags = flags, .len = 8192 };
	struct scst_user_io io = { .seq = 5, .result = result, .moved = moved };

	return user_answer_fits(&io, &desc, NULL);
}

/* What the program has put there; and no more of it than it says is looked at. */
static bool cdb_fits(s32 result, u32 moved, u8 first_byte, unsigned int len)
{
	struct scst_user_desc desc = { .seq = 5, .op = SCST_USER_CDB, .len = 8192 };
	struct scst_user_io io = { .seq = 5, .result = result, .moved = moved };
	u8 *sense = malloc(len ?: 1);
	bool fits;

	memset(sense, 0xff, len);
	sense[0] = first_byte;
	fits = user_answer_fits(&io, &desc, sense);
	free(sense);
	return fits;
}

static void cdb_moves_what_there_is_room_for(void **state)
{
	assert_true(cdb_fits(0, 0, 0, 0));
	assert_true(cdb_fits(0, 8191, 0, 0));
	assert_true(cdb_fits(0, 8192, 0, 0));
	assert_false(cdb_fits(0, 8193, 0, 0));
	assert_false(cdb_fits(0, ~0u, 0, 0));
	assert_true(cdb_fits(0x04, 0, 0, 0));
	assert_false(cdb_fits(0x04, 1, 0, 0));
	assert_true(cdb_fits(SCST_USER_STATUS(0x02, 18), 8192, 0x70, 18));
	assert_false(cdb_fits(SCST_USER_STATUS(0x02, 18), 8193, 0x70, 18));
	assert_true(cdb_fits(0x08, 0, 0, 0));
	assert_false(cdb_fits(0x08, 1, 0, 0));
	assert_false(cdb_fits(0x18, 1, 0, 0));
	assert_true(cdb_fits(-EIO, 0, 0, 0));
	assert_false(cdb_fits(-EIO, 1, 0, 0));
	assert_false(cdb_fits(-4096, 0, 0, 0));
}

static void only_statuses_of_a_device_are_told(void **state)
{
	static const u8 good[] = { 0x00, 0x04, 0x08, 0x18, 0x28 };
	unsigned int status, i;
	bool is_good;

	for (status = 0; status < 256; status++) {
		is_good = false;
		for (i = 0; i < sizeof(good); i++)
			is_good |= good[i] == status;
		assert_int_equal(cdb_fits(status, 0, 0, 0), is_good);
		assert_false(status != 0x02 && cdb_fits(SCST_USER_STATUS(status, 18), 0, 0x70, 18));
	}
}

static void a_failure_has_sense_data(void **state)
{
	assert_false(cdb_fits(0x02, 0, 0x70, 1));
	assert_false(cdb_fits(SCST_USER_STATUS(0x02, 2), 0, 0x70, 2));
	assert_true(cdb_fits(SCST_USER_STATUS(0x02, 3), 0, 0x70, 3));
	assert_true(cdb_fits(SCST_USER_STATUS(0x02, 252), 0, 0x72, 252));
	assert_false(cdb_fits(SCST_USER_STATUS(0x02, 253), 0, 0x70, 252));
	assert_false(cdb_fits(INT32_MAX & ~0xfd, 0, 0x70, 252));
	assert_false(cdb_fits(SCST_USER_STATUS(0x02, 18), 0, 0x00, 18));
	assert_false(cdb_fits(SCST_USER_STATUS(0x02, 18), 0, 0x74, 18));
	assert_true(cdb_fits(SCST_USER_STATUS(0x02, 18), 0, 0xf1, 18));
}

static void read_brings_all_or_fails(void **state)
{
	assert_true(fits(SCST_USER_READ, 0, 0, 8192));
	assert_false(fits(SCST_USER_READ, 0, 0, 8191));
	assert_false(fits(SCST_USER_READ, 0, 0, 8193));
	assert_false(fits(SCST_USER_READ, 0, 0, ~0u));
	assert_false(fits(SCST_USER_READ, 0, 0, 0));
	assert_true(fits(SCST_USER_READ, 0, -EIO, 0));
	assert_false(fits(SCST_USER_READ, 0, -EIO, 1));
}

static void others_bring_nothing(void **state)
{
	assert_true(fits(SCST_USER_WRITE, 0, 0, 0));
	assert_false(fits(SCST_USER_WRITE, 0, 0, 8192));
	assert_true(fits(SCST_USER_FLUSH, 0, 0, 0));
	assert_true(fits(SCST_USER_UNMAP, 0, -ENOSPC, 0));
}

static void results_are_errors(void **state)
{
	assert_false(fits(SCST_USER_WRITE, 0, 1, 0));
	assert_false(fits(SCST_USER_WRITE, 0, INT32_MAX, 0));
	assert_true(fits(SCST_USER_WRITE, 0, -4095, 0));
	assert_false(fits(SCST_USER_WRITE, 0, -4096, 0));
	assert_false(fits(SCST_USER_WRITE, 0, INT32_MIN, 0));
}

static void only_what_compares_differs(void **state)
{
	assert_true(fits(SCST_USER_COMPARE_WRITE, 0, -EILSEQ, 4095));
	assert_false(fits(SCST_USER_COMPARE_WRITE, 0, -EILSEQ, 4096));
	assert_false(fits(SCST_USER_WRITE, 0, -EILSEQ, 0));
	assert_false(fits(SCST_USER_VERIFY, 0, -EILSEQ, 0));
	assert_true(fits(SCST_USER_VERIFY, SCST_USER_COMPARE, -EILSEQ, 8191));
	assert_false(fits(SCST_USER_VERIFY, SCST_USER_COMPARE, -EILSEQ, 8192));
	assert_true(fits(SCST_USER_VERIFY, SCST_USER_COMPARE | SCST_USER_SAME, -EILSEQ, 1 << 20));
}

static void another_command_is_not_answered(void **state)
{
	struct scst_user_desc desc = { .seq = 5, .op = SCST_USER_WRITE };
	struct scst_user_io io = { .seq = 4 };

	assert_false(user_answer_fits(&io, &desc, NULL));
	io.seq = 6;
	assert_false(user_answer_fits(&io, &desc, NULL));
	io.seq = 5;
	assert_true(user_answer_fits(&io, &desc, NULL));
	desc.op = SCST_USER_CDB;
	assert_true(user_answer_fits(&io, &desc, NULL));
	io.seq = 4;
	assert_false(user_answer_fits(&io, &desc, NULL));
}

static void errors_become_sense(void **state)
{
	assert_int_equal(user_sense_of(-EIO, SCST_USER_READ), SCST_SENSE_READ_ERROR);
	assert_int_equal(user_sense_of(-EIO, SCST_USER_VERIFY), SCST_SENSE_READ_ERROR);
	assert_int_equal(user_sense_of(-EIO, SCST_USER_WRITE), SCST_SENSE_WRITE_FAULT);
	assert_int_equal(user_sense_of(-EIO, SCST_USER_FLUSH), SCST_SENSE_WRITE_FAULT);
	assert_int_equal(user_sense_of(-4095, SCST_USER_WRITE), SCST_SENSE_WRITE_FAULT);
	assert_int_equal(user_sense_of(-ENOSPC, SCST_USER_WRITE), SCST_SENSE_SPACE_ALLOCATION);
	assert_int_equal(user_sense_of(-EAGAIN, SCST_USER_WRITE), SCST_SENSE_NONE);
	assert_int_equal(user_sense_of(-EILSEQ, SCST_USER_VERIFY), SCST_SENSE_MISCOMPARE);
	assert_int_equal(user_sense_of(-ENODEV, SCST_USER_READ), SCST_SENSE_LU_NOT_READY);
	assert_int_equal(user_sense_of(-EIO, SCST_USER_CDB), SCST_SENSE_INTERNAL_FAILURE);
	assert_int_equal(user_sense_of(-EAGAIN, SCST_USER_CDB), SCST_SENSE_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(add_fields_have_bounds),
		cmocka_unit_test(name_has_to_end),
		cmocka_unit_test(sizes_have_bounds),
		cmocka_unit_test(memory_has_bounds),
		cmocka_unit_test(each_tag_has_a_desc),
		cmocka_unit_test(ops_go_with_flags),
		cmocka_unit_test(next_program_keeps_geometry),
		cmocka_unit_test(cdb_mode_has_its_own_fields),
		cmocka_unit_test(next_program_is_of_the_same_type),
		cmocka_unit_test(sense_has_room_behind_the_data),
		cmocka_unit_test(names_are_of_their_users),
		cmocka_unit_test(users_have_limits),
		cmocka_unit_test(limits_may_become_less),
		cmocka_unit_test(read_brings_all_or_fails),
		cmocka_unit_test(others_bring_nothing),
		cmocka_unit_test(results_are_errors),
		cmocka_unit_test(only_what_compares_differs),
		cmocka_unit_test(another_command_is_not_answered),
		cmocka_unit_test(cdb_moves_what_there_is_room_for),
		cmocka_unit_test(only_statuses_of_a_device_are_told),
		cmocka_unit_test(a_failure_has_sense_data),
		cmocka_unit_test(errors_become_sense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
