/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the core and a handler have to know of commands to an opaque logical unit: one of a real
 * device, say, which carries out and answers whatever it understands. How long the data are, which
 * commands are none of its business, what of its answers is to be told otherwise, and what others
 * are to hear of a command that went well.
 *
 * All pure: kernel/core/scsi/opaque*.c.
 */
#ifndef _SCST_SCSI_OPAQUE_H
#define _SCST_SCSI_OPAQUE_H

#include <linux/types.h>
#include <scst/scsi/lu.h>
#include <scst/scsi/op.h>

/* The data of one command are no longer. */
#define SCST_OPAQUE_MAX		(16u << 20)
/* Bytes of the longest CDB that is passed. */
#define SCST_OPAQUE_CDB		32
/* An answer that has to be changed is not longer. */
#define SCST_OPAQUE_ANSWER	(64u << 10)
/* ... before it is changed; then it may be so much longer. */
#define SCST_OPAQUE_MORE	4096

/* How long such a command may take: the handler says what that is for its type. */
enum scst_opaque_time {
	SCST_TIME_SHORT,
	SCST_TIME_REGULAR,
	SCST_TIME_LONG,
	SCST_TIME_MAX,
};

/*
 * The row of a command to a unit of @type. One that nobody knows has a row too, by @dir: it may
 * write, and is as long as what the initiator moves. NULL: there is none, it moves data both ways.
 * As scst_op_find(), it looks at 16 bytes of @cdb.
 */
const struct scst_op *scst_opaque_find(const u8 *cdb, u8 type, u8 dir);

enum scst_opaque_time scst_opaque_time(const struct scst_op *op);

/*
 * LBA and length. @len: what the device may move, which may be more than the @expected bytes of the
 * initiator. Return: true, or false with @sense filled.
 */
bool scst_opaque_parse(const struct scst_op *op, const struct scst_lu *lu, const u8 *cdb,
		       u32 expected, struct scst_cdb *params, u32 *len, struct scst_sense *sense);

/* The field that says how long the data are, to point at. */
struct scst_field scst_opaque_length_field(const struct scst_op *op);

/* Bytes of the CDB as it goes to the device, of the @len that came. 0: too long. */
unsigned int scst_opaque_cdb_len(const struct scst_op *op, const u8 *cdb, unsigned int len);

/* @cdb as the device is to see it: whoever asked for an ACA condition gets it from us. */
void scst_opaque_cdb(const struct scst_op *op, u8 *cdb);

/*
 * May it be carried out in pieces, one after the other? Then the CDB for @nblocks at @lba is made
 * of the whole one by the second function; @cdb has SCST_OPAQUE_CDB bytes.
 */
bool scst_opaque_splits(const struct scst_op *op, const struct scst_cdb *params);
void scst_opaque_piece(const struct scst_op *op, u8 *cdb, u64 lba, u32 nblocks);

/* Unit attentions (ASC << 8 | ASCQ) that others get when @cdb was GOOD. 0: none, or no more. */
#define SCST_TELLS_MAX	2
void scst_opaque_tells(const u8 *cdb, u8 type, u16 tells[SCST_TELLS_MAX]);

/* Does that unit attention mean that block size, capacity or mode pages have to be read anew? */
bool scst_opaque_ua_refreshes(u16 ua);

/*
 * How many of @len bytes a command moved, of which @resid are said to be left; @sense, of
 * @sense_len bytes, if it was CHECK CONDITION, else NULL. A tape which says there how many blocks
 * or bytes it was short of, and nothing else, is believed. Of data-in that failed with nothing said
 * to be left, nothing has come: most adapters say that of whatever fails, and in the memory there
 * may be another initiator's data.
 */
u32 scst_opaque_moved(const struct scst_op *op, const u8 *cdb, u32 block_size, u32 len, u32 resid,
		      const u8 *sense, unsigned int sense_len);

/*
 * REQUEST SENSE: is what the device tells about the unit as it is now, a deferred error or a unit
 * attention? The rest belongs to a command before, of whomever, and is nobody else's business.
 */
bool scst_opaque_sense_is_of_unit(const u8 *sense, unsigned int len);

/* An answer of the device that is to be told otherwise. */
enum scst_opaque_answer {
	SCST_ANSWER_AS_IT_IS,
	SCST_ANSWER_SENSE,
	SCST_ANSWER_INQUIRY,
	SCST_ANSWER_VPD,
	SCST_ANSWER_MODE_6,
	SCST_ANSWER_MODE_10,
	SCST_ANSWER_CAPACITY_16,
	SCST_ANSWER_RSOC_ALL,
	SCST_ANSWER_RSOC_ONE,
};

enum scst_opaque_answer scst_opaque_answer(const struct scst_op *op, const u8 *cdb);

/*
 * Of those which are longer or shorter when they are told otherwise, the device is asked for all:
 * sets the allocation length in @cdb. Return: it, or 0: as it came.
 */
u32 scst_opaque_ask_whole(enum scst_opaque_answer answer, u8 *cdb, u32 size);
/* How long the answer is that begins with those @len bytes: more than @len, ask again. */
u32 scst_opaque_whole(enum scst_opaque_answer answer, const u8 *buf, u32 len);

struct scst_view;

/*
 * Changes the @len bytes at @buf, which has room for SCST_OPAQUE_ANSWER and SCST_OPAQUE_MORE, to
 * what @view is to see. Return: the new length.
 */
u32 scst_opaque_patch(enum scst_opaque_answer answer, const struct scst_view *view, const u8 *cdb,
		      u8 *buf, u32 len);

#endif
