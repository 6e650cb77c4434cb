/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rows of the opcode table (scst/scsi/op.h), and what they say of a CDB.
 *
 * A row is cut in two: struct scst_op is what every command reads; names, usage masks and time-outs
 * stand in struct scst_op_cold under the same index.
 */
#ifndef _SCST_SCSI_CDB_H
#define _SCST_SCSI_CDB_H

#include <scst/scsi/op.h>

struct scst_op_cold {
	const char *name;
	u16 nominal_s;		/* command timeouts descriptor	*/
	u16 recommended_s;
};

extern const struct scst_op scst_ops[];
extern const struct scst_op_cold scst_ops_cold[];
extern const unsigned int scst_ops_nr;

/*
 * NULL: no such command. *@unknown_sa tells an unknown service action from an unknown opcode. The
 * first 16 bytes of any CDB, zero padded, are enough; the functions below want op->len of them.
 */
const struct scst_op *scst_op_find(const u8 *cdb, bool *unknown_sa);

/* Where the SERVICE ACTION of such an opcode is, to point at. */
struct scst_field scst_op_sa_field(u8 opcode);

/* The length, in blocks or bytes, likewise. */
struct scst_field scst_op_length_field(const struct scst_op *op);

/* Byte @i of the usage mask, @i below op->len: that of the row, and NACA for every command. */
u8 scst_op_usage(const struct scst_op *op, unsigned int i);

/* True if @cdb, at least 16 bytes, zero padded, sets no reserved bit; else *@bad is the first. */
bool scst_cdb_check(const struct scst_op *op, const u8 *cdb, struct scst_field *bad);

/* Is NACA set in the CONTROL byte? Not where nobody knows which byte that is (op->len is 0). */
bool scst_cdb_naca(const struct scst_op *op, const u8 *cdb);
void scst_cdb_clear_naca(const struct scst_op *op, u8 *cdb);

void scst_cdb_parse(const struct scst_op *op, const u8 *cdb, struct scst_cdb *out);

/* The same command for other blocks; @cdb has 32 bytes. What a field cannot hold is cut. */
void scst_cdb_set_range(const struct scst_op *op, u8 *cdb, u64 lba, u32 count);

/* Consistency of the whole table, at module init and as a unit test: NULL, or what is wrong. */
const char *scst_ops_check(void);

#endif
