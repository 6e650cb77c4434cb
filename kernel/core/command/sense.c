// SPDX-License-Identifier: GPL-2.0
/*
 * How a command fails: the sense that it gets, and the bytes that a transport sends of it.
 *
 * What we say ourselves is struct scst_sense, which becomes bytes when it is sent. What a device or
 * a program said is bytes, and stays so; beside it the struct has what was found in them, for
 * whoever counts, traces and judges. The bytes are a block of memory which only a command that
 * fails so has, from here until it is done.
 */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/mempool.h>
#include <linux/string.h>
#include <scst/handler.h>

#include "sense.h"

/* Blocks that there are without the allocator: a failed command is not answered later for it. */
#define RAW_RESERVE	32

struct scst_raw_sense {
	u8 len;
	u8 bytes[SCST_SENSE_LEN];
};

static mempool_t *raw_pool;

int scst_sense_init(void)
{
	raw_pool = mempool_create_kmalloc_pool(RAW_RESERVE, sizeof(struct scst_raw_sense));
	return raw_pool ? 0 : -ENOMEM;
}

void scst_sense_exit(void)
{
	mempool_destroy(raw_pool);
}

void scst_cmd_fail_with(struct scst_cmd *cmd, const struct scst_sense *sense)
{
	if (cmd->status != SAM_STAT_GOOD)
		return;
	cmd->status = SAM_STAT_CHECK_CONDITION;
	cmd->sense = *sense;
}
EXPORT_SYMBOL_GPL(scst_cmd_fail_with);

void scst_cmd_fail(struct scst_cmd *cmd, enum scst_sense_id id)
{
	struct scst_sense sense = { .id = id };

	if (id == SCST_SENSE_FORMAT_IN_PROGRESS && cmd->dev) {
		sense.has_progress = 1;
		sense.byte = READ_ONCE(cmd->dev->lu.progress);
	}
	scst_cmd_fail_with(cmd, &sense);
}
EXPORT_SYMBOL_GPL(scst_cmd_fail);

void scst_cmd_fail_cdb(struct scst_cmd *cmd, struct scst_field field)
{
	scst_cmd_fail_with(cmd, &(struct scst_sense){
		.id = SCST_SENSE_INVALID_FIELD_CDB,
		.has_field = 1,
		.in_cdb = 1,
		.byte = field.byte,
		.bit = field.bit,
	});
}
EXPORT_SYMBOL_GPL(scst_cmd_fail_cdb);

static bool keep_bytes(struct scst_cmd *cmd, const u8 *bytes, unsigned int len)
{
	struct scst_raw_sense *raw = mempool_alloc(raw_pool, GFP_NOWAIT | __GFP_NOWARN);

	if (!raw)
		return false;
	raw->len = min_t(unsigned int, len, SCST_SENSE_LEN);
	memcpy(raw->bytes, bytes, raw->len);
	cmd->raw_sense = raw;
	return true;
}

/* A failure is never told as if there were none: what has no codes without its bytes gets some. */
void scst_cmd_fail_raw(struct scst_cmd *cmd, const u8 *bytes, unsigned int len)
{
	struct scst_sense sense = { .id = SCST_SENSE_NONE };

	if (cmd->status != SAM_STAT_GOOD)
		return;
	if ((!scst_sense_parse(bytes, len, &sense) || !keep_bytes(cmd, bytes, len)) &&
	    sense.id == SCST_SENSE_NONE)
		sense.id = SCST_SENSE_INTERNAL_FAILURE;
	scst_cmd_fail_with(cmd, &sense);
}
EXPORT_SYMBOL_GPL(scst_cmd_fail_raw);

struct scst_sense_codes scst_cmd_codes(const struct scst_cmd *cmd)
{
	if (cmd->status != SAM_STAT_CHECK_CONDITION)
		return (struct scst_sense_codes){ 0 };
	return scst_sense_codes(&cmd->sense);
}

/* A deferred error is one that was, whatever its key. */
u16 scst_cmd_ua(const struct scst_cmd *cmd)
{
	struct scst_sense_codes codes = scst_cmd_codes(cmd);

	if (codes.key != UNIT_ATTENTION || cmd->sense.deferred)
		return 0;
	return codes.asc << 8 | codes.ascq;
}
EXPORT_SYMBOL_GPL(scst_cmd_ua);

/* keeps_data: it is no failure, and yet its sense is of this command. */
u16 scst_cmd_told_ua(const struct scst_cmd *cmd)
{
	struct scst_sense_codes codes;

	if (cmd->status != SAM_STAT_GOOD || !cmd->keeps_data || !cmd->op ||
	    cmd->op->exec != SCST_EXEC_REQUEST_SENSE)
		return scst_cmd_ua(cmd);
	codes = scst_sense_codes(&cmd->sense);
	return codes.asc << 8 | codes.ascq;
}

void scst_cmd_forget_sense(struct scst_cmd *cmd)
{
	mempool_free(cmd->raw_sense, raw_pool);
	cmd->raw_sense = NULL;
}

unsigned int scst_cmd_sense(const struct scst_cmd *cmd, u8 *buf, unsigned int size)
{
	const struct scst_raw_sense *raw = cmd->raw_sense;
	bool descriptor_format = cmd->dev && cmd->dev->lu.d_sense;

	if (!raw)
		return scst_sense_encode(&cmd->sense, descriptor_format, buf, size);
	size = min_t(unsigned int, raw->len, size);
	memcpy(buf, raw->bytes, size);
	return size;
}
EXPORT_SYMBOL_GPL(scst_cmd_sense);
