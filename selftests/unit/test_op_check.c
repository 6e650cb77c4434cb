// SPDX-License-Identifier: GPL-2.0-only
/*
 * The self-check of the opcode table finds what it is there to find. This program brings its own
 * table, of four good rows which a test spoils one at a time.
 */
#include "fixture.h"
#include "op_table.h"

enum { READ_10, READ_32, CAPACITY, LBA_STATUS };

static struct scst_op ops[4];
static struct scst_op_cold cold[4];
static u8 first[256];
static const struct scst_op_table table = { ops, cold, first, ARRAY_SIZE(ops) };

static int good_table(void **state)
{
	const struct scst_op rows[] = {
		{ .opcode = 0x28, .len = 10, .sa = SCST_SA_NONE, .dir = SCST_DIR_IN,
		  .fmt = SCST_FMT_LBA4_LEN2, .types = SCST_T_DISK, .pr = SCST_PR_READ,
		  .verb = SCST_VERB_READ, .alua = SCST_ALUA_ACTIVE,
		  .flags = SCST_OP_RANGE | SCST_OP_MEDIUM_DATA | SCST_OP_PROTECT |
			   SCST_OP_IDEMPOTENT,
		  .usage = { 0x28, 0, 0xff, 0xff, 0xff, 0xff, 0, 0xff, 0xff, } },
		{ .opcode = 0x7f, .len = 32, .sa = 0x09, .dir = SCST_DIR_IN,
		  .fmt = SCST_FMT_LONG, .types = SCST_T_DISK, .pr = SCST_PR_READ,
		  .verb = SCST_VERB_READ, .alua = SCST_ALUA_ACTIVE,
		  .flags = SCST_OP_LONG | SCST_OP_RANGE | SCST_OP_MEDIUM_DATA | SCST_OP_PROTECT,
		  .usage = { 0x7f, [7] = 0x18, 0, 0x09, [12] = 0xff, 0xff, 0xff, 0xff, } },
		{ .opcode = 0x9e, .len = 16, .sa = 0x10, .dir = SCST_DIR_IN,
		  .fmt = SCST_FMT_ALLOC4_AT10, .types = SCST_T_DISK, .pr = SCST_PR_ALWAYS,
		  .exec = SCST_EXEC_READ_CAPACITY, .alua = SCST_ALUA_ALL,
		  .usage = { 0x9e, 0x10, [10] = 0xff, 0xff, 0xff, 0xff, } },
		{ .opcode = 0x9e, .len = 16, .sa = 0x12, .dir = SCST_DIR_IN,
		  .fmt = SCST_FMT_ALLOC4_AT10, .types = SCST_T_DISK, .pr = SCST_PR_READ,
		  .verb = SCST_VERB_LBA_STATUS, .alua = SCST_ALUA_ACTIVE,
		  .usage = { 0x9e, 0x12, [10] = 0xff, 0xff, 0xff, 0xff, } },
	};

	memcpy(ops, rows, sizeof(rows));
	for (unsigned int i = 0; i < 4; i++)
		cold[i] = (struct scst_op_cold) { .name = "row" };
	memset(first, 0, sizeof(first));
	first[0x28] = 1;
	first[0x7f] = 2;
	first[0x9e] = 3;
	return 0;
}

static void good_rows_pass(void **state)
{
	assert_null(scst_op_table_check(&table));
}

#define SPOIL(name, change)						\
static void name(void **state)						\
{									\
	assert_null(scst_op_table_check(&table));					\
	change;								\
	assert_non_null(scst_op_table_check(&table));				\
}

SPOIL(opcode_not_in_mask, ops[READ_10].usage[0] = 0x2a)
SPOIL(service_action_not_in_mask, ops[CAPACITY].usage[1] = 0x12)
SPOIL(mask_allows_control, ops[READ_10].usage[9] = 0x04)
SPOIL(mask_goes_on_after_cdb, ops[READ_10].usage[12] = 0x01)
SPOIL(lba_not_in_mask, ops[READ_10].usage[2] = 0x7f)
SPOIL(length_not_in_mask, ops[CAPACITY].usage[13] = 0xfe)
SPOIL(length_of_another_group, ops[READ_10].len = 12)
SPOIL(long_without_its_opcode, (ops[READ_10].flags |= SCST_OP_LONG, ops[READ_10].len = 32))
SPOIL(long_with_the_wrong_length, ops[READ_32].len = 30)
SPOIL(long_with_the_wrong_additional_length, ops[READ_32].usage[7] = 0x10)
SPOIL(long_without_its_flag, ops[READ_32].flags &= ~SCST_OP_LONG)
SPOIL(long_without_its_format, ops[READ_32].fmt = SCST_FMT_LBA8_LEN4)
SPOIL(long_allows_control, ops[READ_32].usage[1] = 0x04)
SPOIL(long_service_action_not_in_mask, ops[READ_32].usage[9] = 0x0b)
SPOIL(long_lba_not_in_mask, ops[READ_32].usage[12] = 0x7f)
SPOIL(exec_and_verb, ops[READ_10].exec = SCST_EXEC_INQUIRY)
SPOIL(neither_exec_nor_verb, ops[READ_10].verb = SCST_VERB_NONE)
SPOIL(no_device_type, ops[READ_10].types = 0)
SPOIL(no_name, cold[LBA_STATUS].name = NULL)
SPOIL(writer_passes_reservation, ops[READ_10].flags |= SCST_OP_WRITES)
SPOIL(range_without_lba, ops[CAPACITY].flags = SCST_OP_RANGE)
SPOIL(blocks_in_no_direction, ops[READ_10].dir = SCST_DIR_NONE)
SPOIL(odd_data_without_range, ops[CAPACITY].flags = SCST_OP_ONE_BLOCK)
SPOIL(handler_for_absent_lun, ops[READ_10].flags |= SCST_OP_NO_LUN)
SPOIL(same_service_action_twice, (ops[LBA_STATUS].sa = 0x10, ops[LBA_STATUS].usage[1] = 0x10))
SPOIL(service_actions_descend, (ops[LBA_STATUS].sa = 0x0f, ops[LBA_STATUS].usage[1] = 0x0f))
SPOIL(plain_row_among_service_actions, ops[LBA_STATUS].sa = SCST_SA_NONE)
SPOIL(first_row_wrong, first[0x9e] = 4)
SPOIL(first_row_missing, first[0x28] = 0)
SPOIL(verb_of_the_core_is_a_handlers, ops[READ_10].flags |= SCST_OP_CALLS_VERB)
SPOIL(no_such_opaque, ops[CAPACITY].opaque = SCST_OPAQUE_MAX)
SPOIL(core_answers_for_a_verb, (ops[READ_32].opaque = SCST_OPAQUE_CORE))
SPOIL(core_gives_it_again, (ops[CAPACITY].opaque = SCST_OPAQUE_CORE,
			   ops[CAPACITY].flags |= SCST_OP_IDEMPOTENT))
SPOIL(refused_and_given_again, ops[READ_10].opaque = SCST_OPAQUE_REFUSE)
SPOIL(compares_twice, (ops[READ_10].dir = SCST_DIR_OUT,
		      ops[READ_10].flags |= SCST_OP_TWO_BUFFERS))
SPOIL(not_in_active_state, ops[CAPACITY].alua &= ~SCST_ALUA_ACTIVE)
SPOIL(no_such_state, ops[CAPACITY].alua |= SCST_ALUA_ALL + 1)
SPOIL(unavailable_but_not_standby, ops[CAPACITY].alua &= ~SCST_ALUA_STANDBY)
SPOIL(verb_in_standby, ops[READ_10].alua |= SCST_ALUA_STANDBY)
SPOIL(blocks_without_protect, ops[READ_10].flags &= ~SCST_OP_PROTECT)
SPOIL(protect_without_blocks, ops[CAPACITY].flags |= SCST_OP_PROTECT)
SPOIL(mask_allows_protect, ops[READ_10].usage[1] = 0x20)
SPOIL(long_mask_allows_protect, ops[READ_32].usage[10] = 0x80)
SPOIL(atomic_without_its_limits, ops[READ_32].verb = SCST_VERB_WRITE_ATOMIC)

#define SPOILED(name) cmocka_unit_test_setup(name, good_table)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SPOILED(good_rows_pass),
		SPOILED(opcode_not_in_mask),
		SPOILED(service_action_not_in_mask),
		SPOILED(mask_allows_control),
		SPOILED(mask_goes_on_after_cdb),
		SPOILED(lba_not_in_mask),
		SPOILED(length_not_in_mask),
		SPOILED(length_of_another_group),
		SPOILED(long_without_its_opcode),
		SPOILED(long_with_the_wrong_length),
		SPOILED(long_with_the_wrong_additional_length),
		SPOILED(long_without_its_flag),
		SPOILED(long_without_its_format),
		SPOILED(long_allows_control),
		SPOILED(long_service_action_not_in_mask),
		SPOILED(long_lba_not_in_mask),
		SPOILED(exec_and_verb),
		SPOILED(neither_exec_nor_verb),
		SPOILED(no_device_type),
		SPOILED(no_name),
		SPOILED(writer_passes_reservation),
		SPOILED(range_without_lba),
		SPOILED(blocks_in_no_direction),
		SPOILED(odd_data_without_range),
		SPOILED(handler_for_absent_lun),
		SPOILED(same_service_action_twice),
		SPOILED(service_actions_descend),
		SPOILED(plain_row_among_service_actions),
		SPOILED(first_row_wrong),
		SPOILED(first_row_missing),
		SPOILED(verb_of_the_core_is_a_handlers),
		SPOILED(no_such_opaque),
		SPOILED(core_answers_for_a_verb),
		SPOILED(core_gives_it_again),
		SPOILED(refused_and_given_again),
		SPOILED(compares_twice),
		SPOILED(not_in_active_state),
		SPOILED(no_such_state),
		SPOILED(unavailable_but_not_standby),
		SPOILED(verb_in_standby),
		SPOILED(blocks_without_protect),
		SPOILED(protect_without_blocks),
		SPOILED(mask_allows_protect),
		SPOILED(long_mask_allows_protect),
		SPOILED(atomic_without_its_limits),
	};

	return cmocka_run_group_tests_name("op_check", tests, NULL, NULL);
}
