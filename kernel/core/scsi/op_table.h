/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of this folder share about the opcode table.
 */
#ifndef _SCST_SCSI_OP_TABLE_H
#define _SCST_SCSI_OP_TABLE_H

#include "cdb.h"

#define SCST_OPS_MAX	255	/* rows: one more than each is told in a byte */

extern const u8 scst_ops_first[256];

/* scst_ops_check() of any table: NULL, or what is wrong. */
struct scst_op_table {
	const struct scst_op *ops;
	const struct scst_op_cold *cold;
	const u8 *first;
	unsigned int nr;
};

const char *scst_op_table_check(const struct scst_op_table *table);

/* A command of any length (SPC-5, 4.2.3): what follows byte 7 is counted there. */
enum {
	OPCODE_LONG	= 0x7f,
	LONG_MORE_AT	= 7,		/* ADDITIONAL CDB LENGTH	*/
	LONG_SA_AT	= 8,
	LONG_CONTROL_AT	= 1,

	NACA		= 0x04,		/* in CONTROL, wherever that is */
};

/* Where a format keeps LBA and length: big endian fields, read eight and four bytes wide. */
struct scst_cdb_layout {
	u8 lba_at;
	u8 lba_shift;
	u8 len_at;
	u8 len_shift;
	u32 len_mask;
	u32 len_if_zero;	/* READ(6): 256, READ CAPACITY(10): no field, always 8 */
	u64 lba_mask;
};

extern const struct scst_cdb_layout scst_cdb_layouts[SCST_FMT_MAX];

/* The SERVICE ACTION field, where the opcode has one. */
u16 scst_cdb_service_action(const u8 *cdb);

/* The byte with FUA, BYTCHK and the like. */
u16 scst_op_bits_at(const struct scst_op *op);

#endif
