// SPDX-License-Identifier: GPL-2.0
/*
 * START STOP UNIT (SBC-4 5.25). There is nothing that turns: stopping is flushing.
 */
#include "vdisk.h"

enum scst_exec_result vdisk_start_stop(struct scst_cmd *cmd)
{
	struct vdisk *vd = to_vdisk(cmd->dev);
	enum scst_exec_result result;
	int err;

	if (cmd->params.how & SCST_HOW_LOAD_EJECT) {
		scst_cmd_fail_cdb(cmd, (struct scst_field){ .byte = 4, .bit = 1 });
		return SCST_EXEC_DONE;
	}
	if (cmd->params.how & SCST_HOW_START || !vd->kind->sync)
		return SCST_EXEC_DONE;
	if (!vdisk_begin_in_thread(cmd, &result))
		return result;
	err = vd->kind->sync(vd, 0, READ_ONCE(vd->dev.lu.nblocks) << vd->dev.lu.block_shift);
	if (err)
		vdisk_fail_errno(cmd, err);
	return SCST_EXEC_DONE;
}
