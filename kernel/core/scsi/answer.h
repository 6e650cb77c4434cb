/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the core answers itself, and the parameters it takes: functions that see no device, no lock
 * and no command, but a description (scst/scsi/lu.h), a CDB and a buffer.
 */
#ifndef _SCST_SCSI_ANSWER_H
#define _SCST_SCSI_ANSWER_H

#include <linux/types.h>
#include <scst/scsi/lu.h>
#include <scst/scsi/op.h>

/* What READ BUFFER and WRITE BUFFER reach: for each nexus its own, so that none sees another's. */
#define SCST_BUFFER_SIZE	4096

struct scst_buffer {
	u16 echo_len;			/* of the last write; 0: none yet */
	u8 echo[SCST_BUFFER_SIZE];
	u8 data[SCST_BUFFER_SIZE];
};

/* What LOG SENSE tells of a logical unit. */
struct scst_log {
	u64 reads, writes;		/* commands					*/
	u64 blocks_read, blocks_written;
	u64 read_ns, write_ns;		/* time spent in them				*/
	u32 starts;			/* START STOP UNIT with START			*/
};

struct scst_pr;

/* What an answer is made from. @lu is NULL for a LUN that does not exist. */
struct scst_view {
	const struct scst_lu *lu;
	const struct scst_port *port;
	const u16 *luns;		/* REPORT LUNS: ascending			*/
	unsigned int nr_luns;
	u8 addr_method;			/* enum scst_addr_method			*/
	const struct scst_sense *ua;	/* REQUEST SENSE: what is pending, or NULL	*/
	const struct scst_log *log;	/* LOG SENSE, or NULL				*/
	bool has_medium;		/* CD-ROM					*/
	bool formats;			/* REQUEST SENSE: a format is under way		*/
	bool read_only;			/* MODE SENSE: for this initiator		*/
	const struct scst_pr *pr;	/* PERSISTENT RESERVE IN; NULL: nothing there	*/
	bool no_aptpl;			/* ... reservations go with the power		*/
	const struct scst_buffer *buffer; /* READ BUFFER; NULL: nothing was written	*/
	u64 timestamp;			/* REPORT TIMESTAMP: ms since 1970, or as set	*/
	bool timestamp_set;		/* ... by SET TIMESTAMP				*/
};

enum scst_addr_method {
	SCST_ADDR_PERIPHERAL,
	SCST_ADDR_FLAT,
	SCST_ADDR_LUN,
};

/* Room for most answers: the longest of them is page 83h with two SCSI names. */
#define SCST_REPLY_MAX	768

/* Bytes of a parameter list that the core takes; PERSISTENT RESERVE OUT has its own. */
#define SCST_LIST_MAX	4096

/*
 * Of a command whose length is not in blocks: how long its answer, or its list, is at most
 * [no_length_is_worth_more_than_a_few_pages].
 */
u32 scst_data_max(const struct scst_op *op);

/*
 * The bytes that such a command moves: an allocation length counts as far as there is an answer to
 * fill it. Return: true; or false with @sense filled, if it announces a longer list than we take.
 */
bool scst_cdb_data_len(const struct scst_op *op, const struct scst_cdb *params, u32 *len,
		       struct scst_sense *sense);

/*
 * Writes the answer to @cdb, whose row has @op->exec, into @reply, not cut to the allocation
 * length. Return: true, or false with @sense filled.
 */
bool scst_respond(const struct scst_op *op, const struct scst_view *view, const u8 *cdb,
		  struct scst_reply *reply, struct scst_sense *sense);

/*
 * Judges the parameter list of MODE SELECT, the @len bytes at @data, and gives the values which the
 * logical unit is to have then; @out is written only on success. SP, to save them, is the caller's.
 * Return: true, or false with @sense filled.
 */
bool scst_mode_select(const struct scst_lu *lu, const u8 *cdb, const u8 *data, u32 len,
		      struct scst_mode *out, struct scst_sense *sense);

/* The values of now; the other way round. */
struct scst_mode scst_mode_current(const struct scst_lu *lu);
void scst_mode_apply(struct scst_lu *lu, const struct scst_mode *values);

/*
 * The other commands that bring parameters, the @len bytes at @list. Each changes its last argument
 * but one, or returns false with @sense filled.
 */
bool scst_set_info(const u8 *cdb, const u8 *list, u32 len, struct scst_info info[SCST_INFO_NR],
		   struct scst_sense *sense);
bool scst_set_timestamp(const u8 *list, u32 len, u64 *ms, struct scst_sense *sense);
bool scst_write_buffer(const u8 *cdb, const u8 *list, u32 len, struct scst_buffer *buffer,
		       struct scst_sense *sense);
/* *@self_test: has to be done now. */
bool scst_send_diagnostic(const u8 *cdb, bool *self_test, struct scst_sense *sense);
/* *@reset: the statistics begin anew. */
bool scst_log_select(const struct scst_view *view, const u8 *cdb, u32 len, bool *reset,
		     struct scst_sense *sense);

/* Is @op carried out on @lu? The one answer, for execution and for the list of opcodes. */
bool scst_op_supported(const struct scst_op *op, const struct scst_lu *lu);

/* The row for (@opcode, @sa) that @lu carries out; SCST_SA_NONE takes the first of the opcode. */
const struct scst_op *scst_op_find_supported(const struct scst_lu *lu, u8 opcode, u16 sa);

/* The 8-byte LUN field of SAM-6 4.7. Decoding returns -1 for an address that cannot be ours. */
int scst_lun_decode(const u8 *lun);
void scst_lun_encode(u16 lun, enum scst_addr_method method, u8 *out);

#endif
