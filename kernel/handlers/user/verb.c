// SPDX-License-Identifier: GPL-2.0
/*
 * Commands as a program is told of them, and its answers as an initiator is.
 */
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "user.h"

/* clang-format off */
static const struct {
	u8 op;			/* enum scst_user_op */
	bool lacking;		/* without it: the verb is not there */
} rows[SCST_VERB_MAX] = {
	[SCST_VERB_READ]		= { SCST_USER_READ,		true	},
	[SCST_VERB_WRITE]		= { SCST_USER_WRITE,		true	},
	[SCST_VERB_FLUSH]		= { SCST_USER_FLUSH,		false	},
	[SCST_VERB_UNMAP]		= { SCST_USER_UNMAP,		true	},
	[SCST_VERB_WRITE_SAME]		= { SCST_USER_WRITE_SAME,	true	},
	[SCST_VERB_COMPARE_WRITE]	= { SCST_USER_COMPARE_WRITE,	true	},
	[SCST_VERB_VERIFY]		= { SCST_USER_VERIFY,		true	},
};
/* clang-format on */

u32 user_verb_lacks(u32 ops)
{
	u32 lacks = 0;
	int verb;

	for (verb = 0; verb < SCST_VERB_MAX; verb++)
		if (rows[verb].lacking && !(ops & BIT(rows[verb].op)))
			lacks |= BIT(verb);
	return lacks;
}

static u8 verb_of(const struct scst_cmd *cmd)
{
	return cmd->op->verb ?: SCST_VERB_FLUSH;	/* of MODE SELECT */
}

enum scst_exec_result user_cmd_submit(struct scst_cmd *cmd)
{
	if (likely(user_submit(to_user_device(cmd->dev), cmd)))
		return SCST_EXEC_PENDING;
	kfree(user_note(cmd)->extents);
	return SCST_EXEC_DONE;
}

void user_note_init(struct scst_cmd *cmd)
{
	struct user_note *note = user_note(cmd);

	note->cmd = cmd;
	note->extents = NULL;
	note->abandoned = 0;
	note->seen = false;
}

/* Without a program it would be a failure all the same: the disk is not ready. */
static enum scst_exec_result nothing_to_do(struct scst_cmd *cmd)
{
	enum scst_sense_id not_ready = READ_ONCE(cmd->dev->not_ready);

	if (unlikely(not_ready != SCST_SENSE_NONE))
		scst_cmd_fail(cmd, not_ready);
	return SCST_EXEC_DONE;
}

/* COMPARE AND WRITE brings twice what its length says. */
enum scst_exec_result user_verb(struct scst_cmd *cmd)
{
	if (!cmd->params.nblocks)
		return nothing_to_do(cmd);
	if (unlikely(cmd->data_len > to_user_device(cmd->dev)->first.max_bytes)) {
		scst_cmd_fail(cmd, SCST_SENSE_INVALID_FIELD_CDB);
		return SCST_EXEC_DONE;
	}
	user_note_init(cmd);
	return user_cmd_submit(cmd);
}

/* Of a disk without a cache, what was written is durable. */
enum scst_exec_result user_verb_flush(struct scst_cmd *cmd)
{
	if (!(to_user_device(cmd->dev)->first.ops & BIT(SCST_USER_FLUSH)))
		return nothing_to_do(cmd);
	user_note_init(cmd);
	return user_cmd_submit(cmd);
}

/* The list as the program reads it. Return: false, it is refused. */
static bool list_extents(struct scst_cmd *cmd, const u8 *list)
{
	const struct scst_lu *lu = &cmd->dev->lu;
	struct user_note *note = user_note(cmd);
	struct scst_user_extent *extents;
	struct scst_sense sense;
	unsigned int i, nr;

	if (!scst_unmap_check(lu, READ_ONCE(lu->nblocks), list, cmd->xfer_len, &nr, &sense)) {
		scst_cmd_fail_with(cmd, &sense);
		return false;
	}
	extents = kcalloc(nr, sizeof(*extents), GFP_NOIO);
	if (!extents) {
		cmd->status = SAM_STAT_BUSY;
		return false;
	}
	for (i = 0; i < nr; i++) {
		struct scst_extent extent = scst_unmap_extent(list, i);

		extents[i] = (struct scst_user_extent){ extent.lba, extent.nblocks };
	}
	note->extents = extents;
	note->extents_len = nr * sizeof(*extents);
	return true;
}

/* The list is judged before a program sees it. lu.max_unmap_descs: it fits into the arena. */
enum scst_exec_result user_verb_unmap(struct scst_cmd *cmd)
{
	bool ok;
	u8 *list;

	if (!cmd->xfer_len)
		return nothing_to_do(cmd);
	if (!cmd->in_thread)
		return SCST_EXEC_THREAD;
	user_note_init(cmd);
	list = kmalloc(cmd->xfer_len, GFP_NOIO);
	if (!list) {
		cmd->status = SAM_STAT_BUSY;
		return SCST_EXEC_DONE;
	}
	sg_copy_to_buffer(cmd->sg, cmd->sg_cnt, list, cmd->xfer_len);
	ok = list_extents(cmd, list);
	kfree(list);
	if (!ok)
		return SCST_EXEC_DONE;
	if (user_note(cmd)->extents_len)
		return user_cmd_submit(cmd);
	kfree(user_note(cmd)->extents);
	return nothing_to_do(cmd);
}

static bool are_on_disk(const struct scst_device *dev, u64 lba, u64 nblocks)
{
	u64 size = READ_ONCE(dev->lu.nblocks);

	return lba <= size && nblocks <= size - lba;
}

static bool extents_are_on_disk(const struct scst_device *dev, const struct user_note *note)
{
	const struct scst_user_extent *extents = note->extents;
	size_t i;

	for (i = 0; i < note->extents_len / sizeof(*extents); i++)
		if (!are_on_disk(dev, extents[i].lba, extents[i].nblocks))
			return false;
	return true;
}

/* FLUSH is of all that was written; in CDB mode it is the program that knows. */
bool user_cmd_is_on_disk(struct scst_cmd *cmd)
{
	if (user_is_cdb_mode(to_user_device(cmd->dev)))
		return true;
	if (user_note(cmd)->extents)
		return extents_are_on_disk(cmd->dev, user_note(cmd));
	return verb_of(cmd) == SCST_VERB_FLUSH ||
	       are_on_disk(cmd->dev, cmd->params.lba, cmd->params.nblocks);
}

static u16 flags_of(struct scst_cmd *cmd, u8 op)
{
	static const struct {
		u32 how;
		u16 flag;
	} flags[] = {
		{ SCST_HOW_FUA,		SCST_USER_FUA		},
		{ SCST_HOW_UNMAP,	SCST_USER_MAY_UNMAP	},
		{ SCST_HOW_COMPARE,	SCST_USER_COMPARE	},
		{ SCST_HOW_SAME,	SCST_USER_SAME		},
	};
	u16 all = user_note(cmd)->seen ? SCST_USER_AGAIN : 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++)
		if (cmd->params.how & flags[i].how)
			all |= flags[i].flag;
	if (op == SCST_USER_WRITE_SAME && !cmd->xfer_len)
		all |= SCST_USER_ZERO;
	return all;
}

/* A read brings whole blocks, also to an initiator that takes less. */
static u32 bring_data(struct scst_cmd *cmd, u8 op, void *data)
{
	struct user_note *note = user_note(cmd);

	if (op == SCST_USER_FLUSH)		/* the data of MODE SELECT are no matter of it */
		return 0;
	if (note->extents) {
		memcpy(data, note->extents, note->extents_len);
		return note->extents_len;
	}
	if (cmd->op->dir == SCST_DIR_OUT && cmd->xfer_len)
		sg_copy_to_buffer(cmd->sg, cmd->sg_cnt, data, cmd->xfer_len);
	return cmd->data_len;
}

void user_cmd_describe(struct scst_cmd *cmd, struct scst_user_desc *desc, void *data)
{
	if (user_is_cdb_mode(to_user_device(cmd->dev))) {
		user_cdb_describe(cmd, desc, data);
		return;
	}
	desc->op = rows[verb_of(cmd)].op;
	desc->flags = flags_of(cmd, desc->op);
	desc->lba = cmd->params.lba;
	desc->nblocks = cmd->params.nblocks;
	desc->len = bring_data(cmd, desc->op, data);
}

void user_cmd_take_error(struct scst_cmd *cmd, const struct scst_user_io *io, u8 op)
{
	enum scst_sense_id id = user_sense_of(io->result, op);

	if (id == SCST_SENSE_NONE) {
		cmd->status = SAM_STAT_BUSY;
		return;
	}
	scst_cmd_fail_with(cmd, &(struct scst_sense){
		.id = id,
		.has_info = id == SCST_SENSE_MISCOMPARE,
		.info = io->moved,
	});
}

void user_cmd_answer(struct scst_cmd *cmd, const struct scst_user_desc *desc,
		     const struct scst_user_io *io, const u8 *sense, const void *data)
{
	if (desc->op == SCST_USER_CDB) {
		user_cdb_answer(cmd, io, sense, data);
		return;
	}
	if (unlikely(io->result))
		user_cmd_take_error(cmd, io, desc->op);
	else if (desc->op == SCST_USER_READ && cmd->xfer_len)
		sg_copy_from_buffer(cmd->sg, cmd->sg_cnt, data, cmd->xfer_len);
	user_cmd_end(cmd);
}

void user_cmd_end(struct scst_cmd *cmd)
{
	kfree(user_note(cmd)->extents);
	scst_cmd_exec_done(cmd);
}

void user_cmd_fail(struct scst_cmd *cmd, enum scst_sense_id id)
{
	scst_cmd_fail(cmd, id);
	user_cmd_end(cmd);
}
