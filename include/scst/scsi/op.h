/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The opcode table: one row per (opcode, service action). Everything the target knows of a command
 * follows from its row: parsing, reserved bits, direction, write protect, ALUA filter, reservation
 * conflicts, ordering, who executes it, and what REPORT SUPPORTED OPERATION CODES says of it.
 */
#ifndef _SCST_SCSI_OP_H
#define _SCST_SCSI_OP_H

#include <linux/bits.h>
#include <linux/types.h>
#include <scst/scsi/sense.h>

/* Done by the device handler. */
enum scst_verb {
	SCST_VERB_NONE,
	SCST_VERB_READ,
	SCST_VERB_WRITE,
	SCST_VERB_VERIFY,
	SCST_VERB_FLUSH,
	SCST_VERB_UNMAP,
	SCST_VERB_WRITE_SAME,
	SCST_VERB_COMPARE_WRITE,
	SCST_VERB_LBA_STATUS,
	SCST_VERB_FORMAT,
	SCST_VERB_START_STOP,
	SCST_VERB_PREFETCH,
	SCST_VERB_WRITE_VERIFY,
	SCST_VERB_WRITE_ATOMIC,
	SCST_VERB_OR_WRITE,
	SCST_VERB_PREVENT,		/* prevent allow medium removal */
	SCST_VERB_CDB,			/* of an opaque device: the command as it came */
	SCST_VERB_MAX,
};

/* Done by the core: command/execute.c, or select.c if the initiator sends parameters. */
enum scst_exec {
	SCST_EXEC_NONE,
	SCST_EXEC_TEST_UNIT_READY,
	SCST_EXEC_REQUEST_SENSE,
	SCST_EXEC_INQUIRY,
	SCST_EXEC_LOG_SENSE,
	SCST_EXEC_MODE_SENSE,
	SCST_EXEC_MODE_SELECT,
	SCST_EXEC_READ_CAPACITY,	/* both lengths */
	SCST_EXEC_REPORT_LUNS,
	SCST_EXEC_RSOC,			/* report supported operation codes */
	SCST_EXEC_RSTMF,		/* ... and task management functions */
	SCST_EXEC_RESERVE,		/* SPC-2, both lengths */
	SCST_EXEC_RELEASE,
	SCST_EXEC_READ_TOC,
	SCST_EXEC_GET_CONFIGURATION,
	SCST_EXEC_EVENT_STATUS,		/* get event status notification */
	SCST_EXEC_PR_IN,
	SCST_EXEC_PR_OUT,
	SCST_EXEC_REPORT_INFO,		/* identifying information */
	SCST_EXEC_SET_INFO,
	SCST_EXEC_REPORT_TIMESTAMP,
	SCST_EXEC_SET_TIMESTAMP,
	SCST_EXEC_READ_BUFFER,		/* both lengths */
	SCST_EXEC_WRITE_BUFFER,
	SCST_EXEC_SEND_DIAGNOSTIC,
	SCST_EXEC_RECEIVE_DIAGNOSTIC,
	SCST_EXEC_LOG_SELECT,
	SCST_EXEC_MAX,
};

/* Where LBA and length are in the CDB, and what the length counts. */
enum scst_cdb_fmt {
	SCST_FMT_NONE,			/* no data			*/
	SCST_FMT_ALLOC1_AT4,		/* allocation or list length	*/
	SCST_FMT_ALLOC2_AT3,
	SCST_FMT_ALLOC2_AT7,
	SCST_FMT_ALLOC4_AT5,		/* PERSISTENT RESERVE OUT	*/
	SCST_FMT_ALLOC3_AT6,
	SCST_FMT_ALLOC4_AT6,
	SCST_FMT_ALLOC4_AT10,
	SCST_FMT_FIXED8,		/* READ CAPACITY(10)		*/
	SCST_FMT_LBA3_LEN1,		/* READ(6): length 0 means 256	*/
	SCST_FMT_LBA4_LEN2,
	SCST_FMT_LBA4_LEN4,
	SCST_FMT_LBA8_LEN4,
	SCST_FMT_LBA8_LEN1,		/* COMPARE AND WRITE		*/
	SCST_FMT_LBA8_LEN2,		/* WRITE ATOMIC(16)		*/
	SCST_FMT_LBA8_ALLOC4,		/* GET LBA STATUS: LBA and allocation length */
	SCST_FMT_LONG,			/* variable length, 32 bytes: LBA and length	*/
	/* Of opaque devices only: opaque_rows.h. */
	SCST_FMT_ALLOC3_AT2,
	SCST_FMT_ALLOC3_AT7,
	SCST_FMT_ALLOC2_AT8,
	SCST_FMT_ALLOC2_AT9,
	SCST_FMT_FIXED6,
	SCST_FMT_FIXED20,
	SCST_FMT_FIXED32,
	SCST_FMT_TAPE,			/* blocks or bytes, as FIXED says		*/
	SCST_FMT_TAPE16,
	SCST_FMT_EXPECTED,		/* as long as what the initiator moves		*/
	SCST_FMT_MAX,
};

/* How a command meets a reservation it does not hold: SPC-5 table 43 ff. */
enum scst_pr_class {
	SCST_PR_ALWAYS,			/* allowed to everybody				*/
	SCST_PR_READ,			/* conflicts with exclusive access		*/
	SCST_PR_WRITE,			/* conflicts with any reservation		*/
	SCST_PR_SELF,			/* is about reservations, and has its own rules	*/
	SCST_PR_MAX,
};

enum scst_op_flags {
	SCST_OP_WRITES		= BIT(0),	/* changes the medium			*/
	SCST_OP_RANGE		= BIT(1),	/* lba + nblocks must lie in the LU	*/
	SCST_OP_SKIP_UA		= BIT(2),	/* a pending unit attention stays	*/
	SCST_OP_NO_LUN		= BIT(3),	/* answered for an absent LUN too	*/
	SCST_OP_NO_MEDIUM	= BIT(4),	/* needs no medium			*/
	SCST_OP_MEDIUM_DATA	= BIT(5),	/* length counts blocks of the medium	*/
	SCST_OP_HEAD_OF_QUEUE	= BIT(6),	/* implicit head of queue		*/
	SCST_OP_FUA		= BIT(7),	/* byte 1 bit 3 is FUA			*/
	SCST_OP_FLUSH_ONLY	= BIT(8),	/* LBA range is advice: no data moves	*/
	/*
	 * Bits 7-5 of byte 1, the LUN of SCSI-2, are ignored. Linux sets them in the first INQUIRY
	 * to a logical unit (sdev->lun_in_cdb), as it cannot know yet that the unit is newer than
	 * that.
	 */
	SCST_OP_OLD_LUN		= BIT(9),
	/* The data phase is not nblocks long: see struct scst_cdb.data_blocks. */
	SCST_OP_BYTCHK		= BIT(10),	/* byte 1 bits 2-1: none, all, -, one	*/
	SCST_OP_ONE_BLOCK	= BIT(11),	/* WRITE SAME: one, or none with NDOB	*/
	SCST_OP_TWO_BUFFERS	= BIT(12),	/* COMPARE AND WRITE: compare, write	*/
	SCST_OP_UNMAP_BIT	= BIT(13),	/* byte 1 bit 3 is UNMAP		*/
	/* A CDB of more than 16 bytes; byte 10 has what these flags say of byte 1. */
	SCST_OP_LONG		= BIT(14),
	SCST_OP_ATOMIC		= BIT(15),	/* lu->atomic_* limit it		*/
	SCST_OP_PROTECT		= BIT(16),	/* byte 1 bits 7-5 are RDPROTECT, or WR, VR, OR */
	SCST_OP_CALLS_VERB	= BIT(17),	/* the core's, yet it may call a verb: FLUSH */
	/*
	 * Twice is as good as once, whatever its fields say: it may be given again to a back end
	 * that died with it. Not what takes away what it tells (REQUEST SENSE, events, TapeAlert of
	 * LOG SENSE), what compares, counts or moves a mechanism, and not WRITE BUFFER (microcode).
	 */
	SCST_OP_IDEMPOTENT	= BIT(18),
	/* FORMAT UNIT: no length, its list is as long as what the initiator sends. */
	SCST_OP_LIST_AS_SENT	= BIT(19),
};

/* What becomes of a command to a device whose answers are its own: one that is passed through. */
enum scst_opaque {
	SCST_OPAQUE_PASS,		/* the device carries it out			*/
	SCST_OPAQUE_CORE,		/* is about nexuses and LUNs, of which it knows one */
	SCST_OPAQUE_REFUSE,		/* would act in our name: past masks, reservations */
	SCST_OPAQUE_MAX,
};

/*
 * Target port group states in which a command runs; all have the first. More than SPC-5 asks for:
 * READ CAPACITY in all of them and RESERVE and RELEASE in standby, as in SCST; in all of them what
 * REPORT SUPPORTED ... tells, as hosts ask when they first see a path, whatever its state.
 */
enum scst_alua {
	SCST_ALUA_ACTIVE	= BIT(0),	/* optimized or not			*/
	SCST_ALUA_STANDBY	= BIT(1),
	SCST_ALUA_UNAVAILABLE	= BIT(2),
	SCST_ALUA_OFFLINE	= BIT(3),
	SCST_ALUA_TRANSITION	= BIT(4),
	SCST_ALUA_ALL		= BIT(5) - 1,
};

#define SCST_SA_NONE	0xffff

/* Device types as bits, SPC-5 table 119. */
#define SCST_T_DISK	BIT(0x00)
#define SCST_T_TAPE	BIT(0x01)
#define SCST_T_PROCESSOR BIT(0x03)
#define SCST_T_CDROM	BIT(0x05)
#define SCST_T_MO	BIT(0x07)
#define SCST_T_CHANGER	BIT(0x08)
#define SCST_T_RAID	BIT(0x0c)
#define SCST_T_BLOCK	(SCST_T_DISK | SCST_T_CDROM | SCST_T_MO)
#define SCST_T_ALL	0xffffffffu

struct scst_op {
	u8 opcode;
	u8 len;
	u16 sa;			/* service action, or SCST_SA_NONE	*/
	u8 dir;			/* enum scst_data_dir			*/
	u8 fmt;			/* enum scst_cdb_fmt			*/
	u8 pr;			/* enum scst_pr_class			*/
	u8 verb;		/* enum scst_verb, or ...		*/
	u8 exec;		/* ... enum scst_exec: exactly one	*/
	u8 opaque;		/* enum scst_opaque			*/
	u8 alua;		/* enum scst_alua			*/
	u32 flags;		/* enum scst_op_flags			*/
	u32 types;
	/* A bit that is 0 must be 0. scst_op_usage() has all bytes of a SCST_OP_LONG. */
	u8 usage[16] __attribute__((aligned(8)));
};

/* Does it reach the handler, by a verb of its own or by one that the core calls for it? */
static inline bool scst_op_calls_verb(const struct scst_op *op)
{
	return op->verb || op->flags & SCST_OP_CALLS_VERB;
}

/* What a verb has to know besides LBA and length. */
enum scst_cdb_how {
	SCST_HOW_FUA		= BIT(0),
	SCST_HOW_UNMAP		= BIT(1),	/* WRITE SAME: may deallocate		*/
	SCST_HOW_COMPARE	= BIT(2),	/* VERIFY: with the data-out buffer	*/
	SCST_HOW_SAME		= BIT(3),	/* ... of one block, against each	*/
	SCST_HOW_START		= BIT(4),	/* START STOP UNIT: start, else stop	*/
	SCST_HOW_LOAD_EJECT	= BIT(5),	/* ... and load or eject the medium	*/
	SCST_HOW_PREVENT	= BIT(6),	/* the medium must stay			*/
	SCST_HOW_FLUSH		= BIT(7),	/* MODE SELECT: it is done but for that	*/
	SCST_HOW_LIST		= BIT(8),	/* FORMAT UNIT: there is a list ...	*/
	SCST_HOW_LONG_LIST	= BIT(9),	/* ... with the long header		*/
	SCST_HOW_HANDLER	= 0xffff0000,	/* notes of the handler			*/
};

struct scst_cdb {
	u64 lba;
	u32 nblocks;		/* with SCST_OP_MEDIUM_DATA or SCST_OP_RANGE	*/
	u32 data_blocks;	/* ... of which, or other than which, data moves */
	u32 len;		/* else: bytes of the data-in or data-out buffer	*/
	u32 how;		/* enum scst_cdb_how				*/
};

struct scst_lu;

/*
 * May @lu, which now has @nblocks, be asked for the blocks that @params names? Range, transfer
 * length, and the limits of VPD page B0h. Return: true, or false with @sense filled.
 */
bool scst_cdb_check_range(const struct scst_op *op, const struct scst_lu *lu, u64 nblocks,
			  const struct scst_cdb *params, struct scst_sense *sense);

#endif
