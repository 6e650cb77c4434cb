// SPDX-License-Identifier: GPL-2.0
/*
 * Which blocks may be asked for: range checks, and the limits that VPD page B0h announces.
 * vpd_block.c says them, this file keeps them.
 */
#include <linux/kernel.h>
#include <linux/compiler.h>

#include "op_table.h"
#include "respond.h"

static u16 length_byte(const struct scst_op *op)
{
	const struct scst_cdb_layout *at = &scst_cdb_layouts[op->fmt];

	if (at->len_mask <= 0xff && !at->len_shift)
		return at->len_at + 3;
	return at->len_at;
}

struct scst_field scst_op_length_field(const struct scst_op *op)
{
	return (struct scst_field) { .byte = length_byte(op), .bit = -1 };
}

/* INFORMATION of LBA OUT OF RANGE: the first block that does not exist (SBC-4 4.18.1). */
static bool refuse_lba(struct scst_sense *sense, u64 lba)
{
	*sense = (struct scst_sense) {
		.id = SCST_SENSE_LBA_OUT_OF_RANGE,
		.has_info = 1,
		.info = lba,
	};
	return false;
}

/* SBC-4 5.50: WSNZ and MAXIMUM WRITE SAME LENGTH; UNMAP needs a unit that can. */
static bool check_write_same(const struct scst_op *op, const struct scst_lu *lu,
			     const struct scst_cdb *params, struct scst_sense *sense)
{
	bool can_unmap = lu->thin && lu->verbs & BIT(SCST_VERB_UNMAP);

	if (params->how & SCST_HOW_UNMAP && !can_unmap)
		return refuse_cdb(sense, scst_op_bits_at(op), 3);
	if (!params->nblocks)
		return refuse_cdb(sense, length_byte(op), -1);
	if (lu->max_write_same && params->nblocks > lu->max_write_same)
		return refuse_cdb(sense, length_byte(op), -1);
	return true;
}

/* SBC-4 5.47: the limits of page B0h; whole atomic blocks where they can be. */
static bool check_atomic(const struct scst_op *op, const struct scst_lu *lu,
			 const struct scst_cdb *params, struct scst_sense *sense)
{
	if (params->nblocks > lu->atomic_max)
		return refuse_cdb(sense, length_byte(op), -1);
	if (!lu->atomic_align)
		return true;
	if (params->lba & (lu->atomic_align - 1))
		return refuse_cdb(sense, scst_cdb_layouts[op->fmt].lba_at, -1);
	if (params->nblocks & (lu->atomic_align - 1))
		return refuse_cdb(sense, length_byte(op), -1);
	return true;
}

/* Lengths in bytes have 32 bits, whatever the limit. */
static u32 max_bytes(const struct scst_lu *lu)
{
	u32 max = READ_ONCE(lu->max_trans_len);

	return max ? max : 0xffffffff;
}

bool scst_cdb_check_range(const struct scst_op *op, const struct scst_lu *lu, u64 nblocks,
			  const struct scst_cdb *params, struct scst_sense *sense)
{
	u64 bytes = (u64)params->data_blocks << lu->block_shift;

	/* GET LBA STATUS names a first block only, and that block has to exist. */
	if (params->lba > nblocks || (!(op->flags & SCST_OP_RANGE) && params->lba == nblocks))
		return refuse_lba(sense, params->lba);
	if (params->nblocks > nblocks - params->lba)
		return refuse_lba(sense, nblocks);
	if (bytes > max_bytes(lu))
		return refuse_cdb(sense, length_byte(op), -1);
	if (unlikely(op->flags & (SCST_OP_ONE_BLOCK | SCST_OP_ATOMIC)))
		return op->flags & SCST_OP_ATOMIC ? check_atomic(op, lu, params, sense) :
						    check_write_same(op, lu, params, sense);
	return true;
}
