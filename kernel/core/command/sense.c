// SPDX-License-Identifier: GPL-2.0
/*
 * How a command fails: the sense that it gets, and the bytes that a transport sends of it.
 */
#include <linux/export.h>

#include "command.h"

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
	scst_cmd_fail_with(cmd, &(struct scst_sense){ .id = id });
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

unsigned int scst_cmd_sense(const struct scst_cmd *cmd, u8 *buf, unsigned int size)
{
	bool descriptor_format = cmd->dev && cmd->dev->lu.d_sense;

	return scst_sense_encode(&cmd->sense, descriptor_format, buf, size);
}
EXPORT_SYMBOL_GPL(scst_cmd_sense);
