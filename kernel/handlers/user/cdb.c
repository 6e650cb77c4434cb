// SPDX-License-Identifier: GPL-2.0
/*
 * CDB mode: devices whose program carries out whole CDBs and answers them as it likes. To the core
 * they are opaque, as real ones are (scst/scsi/opaque.h): what never reaches them, what of their
 * answers is told otherwise, and who else hears of a command is the same for both.
 */
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/unaligned.h>

#include "user.h"

enum {
	VPD_SERIAL	= 0x80,
	VPD_ID		= 0x83,
	VPD_HEADER_LEN	= 4,
	NAA_LEN		= 4 + 8,	/* a designation descriptor */
};

static_assert(SCST_USER_CDB_MAX == SCST_OPAQUE_CDB);
static_assert(SCST_USER_SENSE_MAX == SCST_SENSE_LEN);
static_assert(SCST_USER_BYTES_MIN >= SCST_OPAQUE_ANSWER, "all of an answer fits");

/* What is only an allocation length may be more than there is room for. */
static bool has_room(const struct scst_cmd *cmd)
{
	if (cmd->data_len <= to_user_device(cmd->dev)->first.max_bytes)
		return true;
	return cmd->op->dir == SCST_DIR_IN && !(cmd->op->flags & SCST_OP_MEDIUM_DATA);
}

static bool is_ours_to_fail(struct scst_cmd *cmd, unsigned int len)
{
	if (!len || len > max_t(unsigned int, cmd->cdb_len, sizeof(cmd->cdb)))
		scst_cmd_fail(cmd, SCST_SENSE_INVALID_OPCODE);
	else if (!has_room(cmd))
		scst_cmd_fail_cdb(cmd, scst_opaque_length_field(cmd->op));
	return cmd->status != SAM_STAT_GOOD;
}

enum scst_exec_result user_cdb(struct scst_cmd *cmd)
{
	unsigned int len = scst_opaque_cdb_len(cmd->op, scst_cmd_cdb(cmd), cmd->cdb_len);

	if (is_ours_to_fail(cmd, len))
		return SCST_EXEC_DONE;
	user_note_init(cmd);
	user_note(cmd)->cdb_len = len;
	return user_cmd_submit(cmd);
}

static u16 flags_of(struct scst_cmd *cmd)
{
	u16 flags = user_note(cmd)->seen ? SCST_USER_AGAIN : 0;

	if (cmd->op->dir == SCST_DIR_IN)
		flags |= SCST_USER_IN;
	else if (cmd->op->dir == SCST_DIR_OUT)
		flags |= SCST_USER_OUT;
	if (!(cmd->op->flags & SCST_OP_MEDIUM_DATA) && scst_device_removal_prevented(cmd->dev))
		flags |= SCST_USER_LOCKED;
	return flags;
}

/* Of an answer that is told otherwise, and so gets shorter or longer, the program gives us all. */
static u32 room_of(const struct scst_cmd *cmd, u8 *cdb)
{
	u32 whole = scst_opaque_ask_whole(scst_opaque_answer(cmd->op, cdb), cdb,
					  SCST_OPAQUE_ANSWER);

	return whole ?: min(cmd->data_len, to_user_device(cmd->dev)->first.max_bytes);
}

void user_cdb_describe(struct scst_cmd *cmd, struct scst_user_desc *desc, void *data)
{
	desc->op = SCST_USER_CDB;
	desc->flags = flags_of(cmd);
	desc->lba = 0;
	desc->expected = cmd->expected_len;
	desc->cdb_len = user_note(cmd)->cdb_len;
	memset(desc->cdb, 0, sizeof(desc->cdb));
	memcpy(desc->cdb, scst_cmd_cdb(cmd), desc->cdb_len);
	scst_opaque_cdb(cmd->op, desc->cdb);
	desc->len = desc->flags & SCST_USER_IN ? room_of(cmd, desc->cdb) : cmd->data_len;
	if (desc->flags & SCST_USER_OUT && cmd->xfer_len)
		sg_copy_to_buffer(cmd->sg, cmd->sg_cnt, data, cmd->xfer_len);
}

static void take_status(struct scst_cmd *cmd, const struct scst_user_io *io, const u8 *sense)
{
	if (io->result < 0)
		user_cmd_take_error(cmd, io, SCST_USER_CDB);
	else if (user_status(io) == SAM_STAT_CHECK_CONDITION)
		scst_cmd_fail_raw(cmd, sense, user_sense_len(io));
	else
		cmd->status = user_status(io);
	cmd->keeps_data = cmd->status == SAM_STAT_CHECK_CONDITION;
}

/* It moved @len bytes. */
static void take_data(struct scst_cmd *cmd, const void *data, u32 len)
{
	cmd->data_len = min(cmd->data_len, len);
	cmd->xfer_len = min(cmd->xfer_len, cmd->data_len);
	if (cmd->op->dir == SCST_DIR_IN && cmd->xfer_len)
		sg_copy_from_buffer(cmd->sg, cmd->sg_cnt, data, cmd->xfer_len);
}

/* Of the logical unit: binary, NAA. */
static u32 put_naa(const struct scst_lu *lu, u8 *desc)
{
	static const u8 header[] = { 0x01, 0x03, 0x00, 0x08 };

	memcpy(desc, header, sizeof(header));
	memcpy(desc + sizeof(header), lu->naa_id, sizeof(u64));
	return NAA_LEN;
}

static u32 put_serial(const struct scst_lu *lu, u8 *to)
{
	size_t len = strlen(lu->usn);

	memcpy(to, lu->usn, len);
	return len;
}

/*
 * By these two hosts know a disk: the program of a user could say that it is any other, and be
 * given what is written to that. So they are what the core says of disks of users.
 */
static u32 identify(struct scst_cmd *cmd, u8 *buf, u32 len)
{
	const struct scst_lu *lu = &cmd->dev->lu;
	u8 page = cmd->cdb[2];

	if (len < VPD_HEADER_LEN || (page != VPD_SERIAL && page != VPD_ID))
		return len;
	len = page == VPD_ID ? put_naa(lu, buf + VPD_HEADER_LEN) :
			       put_serial(lu, buf + VPD_HEADER_LEN);
	buf[1] = page;
	put_unaligned_be16(len, buf + 2);
	return VPD_HEADER_LEN + len;
}

/* The program may write @data while it is copied, and what is judged here is the copy. */
static void take_answer(struct scst_cmd *cmd, enum scst_opaque_answer answer, const void *data,
			u32 len)
{
	u8 *buf = kvzalloc(SCST_OPAQUE_ANSWER + SCST_OPAQUE_MORE, GFP_KERNEL);

	if (!buf) {
		cmd->status = SAM_STAT_BUSY;
		take_data(cmd, NULL, 0);
		return;
	}
	len = min(len, SCST_OPAQUE_ANSWER);
	memcpy(buf, data, len);
	if (answer == SCST_ANSWER_SENSE)
		scst_cmd_told(cmd, buf, len);
	if (answer == SCST_ANSWER_VPD && to_user_device(cmd->dev)->limited)
		len = identify(cmd, buf, len);
	take_data(cmd, buf, scst_cmd_patch(cmd, answer, buf, len));
	kvfree(buf);
}

/* What was aborted does not count: what aborted it has made an end of the prevention, too. */
static void count_prevention(struct scst_cmd *cmd)
{
	bool prevents = cmd->params.how & SCST_HOW_PREVENT;

	if (!prevents || !scst_cmd_aborted(cmd))
		scst_cmd_prevent_removal(cmd, prevents);
}

/* The program is one device to all initiators, and does not tell that of what it did itself. */
static void tell_others(struct scst_cmd *cmd)
{
	u16 tells[SCST_TELLS_MAX];
	unsigned int i;

	scst_cmd_tell_others(cmd);
	if (cmd->status != SAM_STAT_GOOD || cmd->op->flags & SCST_OP_MEDIUM_DATA)
		return;
	scst_opaque_tells(cmd->cdb, cmd->dev->lu.type, tells);
	for (i = 0; i < SCST_TELLS_MAX && tells[i]; i++)
		scst_cmd_tell_others_of(cmd, tells[i]);
	if (cmd->op->verb == SCST_VERB_PREVENT)
		count_prevention(cmd);
}

void user_cdb_answer(struct scst_cmd *cmd, const struct scst_user_io *io, const u8 *sense,
		     const void *data)
{
	enum scst_opaque_answer answer = scst_opaque_answer(cmd->op, cmd->cdb);

	take_status(cmd, io, sense);
	if (likely(answer == SCST_ANSWER_AS_IT_IS) || cmd->status != SAM_STAT_GOOD)
		take_data(cmd, data, io->moved);
	else
		take_answer(cmd, answer, data, io->moved);
	tell_others(cmd);
	user_cmd_end(cmd);
}
