// SPDX-License-Identifier: GPL-2.0
/*
 * Is the opcode table consistent? Asked at module init and by a unit test, so that a row which
 * contradicts itself cannot ship.
 */
#include <linux/kernel.h>

#include <scst/scst.h>

#include "op_table.h"

/* Groups 0-7 of SPC-5 table 24; 0: variable or vendor specific. */
static unsigned int group_len(u8 opcode)
{
	static const u8 len[8] = { 6, 10, 10, 0, 16, 12, 0, 0 };

	return len[opcode >> 5];
}

static const char *check_order(const struct scst_op_table *table, unsigned int i)
{
	const struct scst_op *op = &table->ops[i], *before = op - 1;

	if (!i || op->opcode > before->opcode) {
		if (table->first[op->opcode] != i + 1)
			return "first row of the opcode is not where scst_ops_first says";
		return NULL;
	}
	if (op->opcode < before->opcode)
		return "opcodes do not ascend";
	if (op->sa == SCST_SA_NONE || before->sa == SCST_SA_NONE)
		return "an opcode has rows with and without service action";
	if (op->sa <= before->sa)
		return "service actions do not ascend";
	return NULL;
}

static const char *check_usage(const struct scst_op *op)
{
	bool is_long = op->flags & SCST_OP_LONG;
	unsigned int i;

	if (op->usage[0] != op->opcode)
		return "usage mask does not start with the opcode";
	if (op->sa != SCST_SA_NONE && scst_cdb_service_action(op->usage) != op->sa)
		return "usage mask does not have the service action";
	if (is_long)
		return op->usage[1] ? "usage mask allows bits in CONTROL" : NULL;
	for (i = op->len - 1; i < sizeof(op->usage); i++)
		if (op->usage[i])
			return "usage mask allows bits in or after CONTROL";
	return NULL;
}

/* 32 bytes, and that is what byte 7 says; or one of the lengths that fit the mask. */
static const char *check_len(const struct scst_op *op)
{
	bool is_long = op->flags & SCST_OP_LONG;

	if (is_long != (op->opcode == 0x7f) || is_long != (op->fmt == SCST_FMT_LONG))
		return "variable length: opcode, flag and format do not agree";
	if (is_long)
		return op->len == 32 && op->usage[7] == 32 - 8 ? NULL : "variable length is not 32";
	if (op->len > sizeof(op->usage) || op->len < 6)
		return "length out of range";
	if (group_len(op->opcode) && group_len(op->opcode) != op->len)
		return "length is not that of the opcode's group";
	return NULL;
}

/* The @n bytes at @at must be free for the initiator to use, from the first bit of @mask on. */
static bool is_usable(const struct scst_op *op, unsigned int at, unsigned int n, u64 mask)
{
	for (; n; n--, at++) {
		u8 bits = mask >> (8 * (n - 1));

		if (at >= op->len || (scst_op_usage(op, at) & bits) != bits)
			return false;
	}
	return true;
}

static const char *check_fields(const struct scst_op *op)
{
	const struct scst_cdb_layout *fmt = &scst_cdb_layouts[op->fmt];

	if (fmt->lba_mask && !is_usable(op, fmt->lba_at, 8 - fmt->lba_shift / 8, fmt->lba_mask))
		return "LBA is not inside length and usage mask";
	if (fmt->len_mask && !is_usable(op, fmt->len_at, 4 - fmt->len_shift / 8, fmt->len_mask))
		return "length is not inside CDB length and usage mask";
	if (!fmt->lba_mask && op->flags & SCST_OP_RANGE)
		return "a range without LBA";
	return NULL;
}

static const char *check_meaning(const struct scst_op *op)
{
	if (!op->exec == !op->verb)
		return "needs exactly one of exec and verb";
	if (op->exec >= SCST_EXEC_MAX || op->verb >= SCST_VERB_MAX || op->pr >= SCST_PR_MAX)
		return "id out of range";
	if (!op->types)
		return "fits no device type";
	if (op->flags & SCST_OP_WRITES && op->pr != SCST_PR_WRITE)
		return "writes the medium, yet passes a write exclusive reservation";
	if (op->flags & SCST_OP_MEDIUM_DATA && op->dir == SCST_DIR_NONE)
		return "moves blocks in no direction";
	if (op->flags & (SCST_OP_BYTCHK | SCST_OP_ONE_BLOCK | SCST_OP_TWO_BUFFERS) &&
	    (op->dir != SCST_DIR_OUT || !(op->flags & SCST_OP_RANGE)))
		return "a data-out buffer of odd size, yet no range or no data-out";
	if (!!(op->flags & SCST_OP_ATOMIC) != (op->verb == SCST_VERB_WRITE_ATOMIC))
		return "the limits of an atomic write go with its verb";
	if (op->flags & SCST_OP_NO_LUN && !op->exec)
		return "a handler cannot answer for an absent LUN";
	if (op->flags & SCST_OP_CALLS_VERB && !op->exec)
		return "the core calls no verb for a command that is the handler's";
	return NULL;
}

static const char *check_opaque(const struct scst_op *op)
{
	if (op->opaque >= SCST_OPAQUE_MAX)
		return "nothing that an opaque device could do with it";
	if (op->opaque == SCST_OPAQUE_CORE && !op->exec)
		return "the core cannot answer what a handler carries out";
	if (op->opaque != SCST_OPAQUE_PASS && op->flags & SCST_OP_IDEMPOTENT)
		return "never reaches a back end, and yet may be given again to one";
	if (op->flags & SCST_OP_IDEMPOTENT && op->flags & SCST_OP_TWO_BUFFERS)
		return "compares with what it changes, so twice is not once";
	return NULL;
}

static const char *check_states(const struct scst_op *op)
{
	const u8 lesser = SCST_ALUA_UNAVAILABLE | SCST_ALUA_OFFLINE | SCST_ALUA_TRANSITION;

	if (!(op->alua & SCST_ALUA_ACTIVE) || op->alua & ~SCST_ALUA_ALL)
		return "does not run in an active state, or in one that there is not";
	if (op->alua & lesser && !(op->alua & SCST_ALUA_STANDBY))
		return "runs where less is possible than in standby, but not there";
	if (op->verb && op->alua != SCST_ALUA_ACTIVE)
		return "needs the handler where its back end may be another node's";
	return NULL;
}

/* All that move blocks of a disk have the field, but for the shortest. */
static const char *check_protect(const struct scst_op *op)
{
	bool blocks = op->flags & SCST_OP_RANGE && op->dir != SCST_DIR_NONE && op->len > 6;

	if (!!(op->flags & SCST_OP_PROTECT) != blocks)
		return "PROTECT does not go with blocks that move";
	if (blocks && scst_op_usage(op, scst_op_bits_at(op)) & 0xe0)
		return "usage mask allows protection information";
	return NULL;
}

static const char *check_row(const struct scst_op_table *table, unsigned int i)
{
	const struct scst_op *op = &table->ops[i];
	const char *wrong;

	if (op->fmt >= SCST_FMT_MAX)
		return "format out of range";
	if (!table->cold[i].name)
		return "has no name";

	wrong = check_order(table, i);
	if (!wrong)
		wrong = check_len(op);
	if (!wrong)
		wrong = check_usage(op);
	if (!wrong)
		wrong = check_fields(op);
	if (!wrong)
		wrong = check_meaning(op);
	if (!wrong)
		wrong = check_opaque(op);
	if (!wrong)
		wrong = check_states(op);
	if (!wrong)
		wrong = check_protect(op);
	return wrong;
}

const char *scst_op_table_check(const struct scst_op_table *table)
{
	unsigned int i;

	for (i = 0; i < table->nr; i++) {
		const char *wrong = check_row(table, i);

		if (wrong)
			return wrong;
	}
	return NULL;
}

const char *scst_ops_check(void)
{
	const struct scst_op_table table = {
		.ops	= scst_ops,
		.cold	= scst_ops_cold,
		.first	= scst_ops_first,
		.nr	= scst_ops_nr,
	};

	return scst_op_table_check(&table);
}
