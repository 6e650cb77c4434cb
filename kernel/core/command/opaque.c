// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that the device itself carries out and answers (lu.opaque): what the core adds to what
 * scst/scsi/opaque.h knows of them.
 */
#include <linux/export.h>

#include "command.h"

const struct scst_op *scst_cmd_op(const struct scst_cmd *cmd)
{
	bool unknown_sa;

	if (cmd->dev && cmd->dev->lu.opaque)
		return scst_opaque_find(cmd->cdb, cmd->dev->lu.type, cmd->expected_dir);
	return scst_op_find(cmd->cdb, &unknown_sa);
}

const u8 *scst_cmd_cdb(const struct scst_cmd *cmd)
{
	return cmd->cdb_len > sizeof(cmd->cdb) ? cmd->long_cdb : cmd->cdb;
}
EXPORT_SYMBOL_GPL(scst_cmd_cdb);

u32 scst_cmd_patch(struct scst_cmd *cmd, enum scst_opaque_answer answer, u8 *buf, u32 len)
{
	const struct scst_view view = {
		.lu = &cmd->dev->lu,
		.port = &cmd->sess->tgt->port,
		.read_only = READ_ONCE(cmd->nexus->read_only),
	};

	return scst_opaque_patch(answer, &view, cmd->cdb, buf, len);
}
EXPORT_SYMBOL_GPL(scst_cmd_patch);

/* As if the core had told one: should nobody hear the answer, the next command brings it. */
void scst_cmd_told(struct scst_cmd *cmd, const u8 *bytes, unsigned int len)
{
	struct scst_sense sense;
	struct scst_sense_codes codes;

	if (!scst_sense_parse(bytes, len, &sense) || sense.deferred)
		return;
	codes = scst_sense_codes(&sense);
	if (codes.key != UNIT_ATTENTION)
		return;
	cmd->sense = sense;
	cmd->keeps_data = true;
	scst_cmd_tell_others_of(cmd, codes.asc << 8 | codes.ascq);
}
EXPORT_SYMBOL_GPL(scst_cmd_told);
