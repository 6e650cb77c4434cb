// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that the device itself carries out and answers (lu.opaque): what the core adds to what
 * scst/scsi/opaque.h knows of them.
 */
#include <linux/export.h>

#include "execute.h"

const struct scst_op *scst_cmd_op(const struct scst_cmd *cmd)
{
	bool unknown_sa;

	if (cmd->dev && cmd->dev->lu.opaque)
		return scst_opaque_find(cmd->cdb, cmd->dev->lu.type, cmd->expected_dir);
	return scst_op_find(cmd->cdb, &unknown_sa);
}

/* It is the device that knows what is reserved, and where its last block is. */
bool scst_parse_opaque(struct scst_cmd *cmd)
{
	const struct scst_lu *lu = &cmd->dev->lu;
	struct scst_sense sense;

	cmd->op = scst_opaque_find(cmd->cdb, lu->type, cmd->expected_dir);
	if (!cmd->op) {
		scst_cmd_fail(cmd, SCST_SENSE_INVALID_OPCODE);
		return false;
	}
	if (cmd->cdb_len < cmd->op->len) {
		scst_cmd_fail_cdb(cmd, (struct scst_field){ .byte = cmd->cdb_len, .bit = -1 });
		return false;
	}
	if (scst_opaque_parse(cmd->op, lu, scst_cmd_cdb(cmd), cmd->expected_len, &cmd->params,
			      &cmd->data_len, &sense))
		return true;
	scst_cmd_fail_with(cmd, &sense);
	return false;
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
u16 scst_cmd_told(struct scst_cmd *cmd, const u8 *bytes, unsigned int len)
{
	struct scst_sense sense;
	struct scst_sense_codes codes;
	u16 ua;

	if (!scst_sense_parse(bytes, len, &sense) || sense.deferred)
		return 0;
	codes = scst_sense_codes(&sense);
	if (codes.key != UNIT_ATTENTION)
		return 0;
	ua = codes.asc << 8 | codes.ascq;
	cmd->sense = sense;
	cmd->keeps_data = true;
	scst_cmd_tell_others_of(cmd, ua);
	return ua;
}
EXPORT_SYMBOL_GPL(scst_cmd_told);
