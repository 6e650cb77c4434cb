// SPDX-License-Identifier: GPL-2.0
/*
 * START STOP UNIT (SBC-4 5.25) and PREVENT ALLOW MEDIUM REMOVAL (5.17). Nothing of ours turns:
 * stopping is flushing. A removable disk is ejected and loaded: its back end is flushed and closed,
 * and opened, as by `active`.
 */
#include "vdisk.h"

/* An initiator does not end a format by it, as little as it takes the medium from another one. */
static void eject(struct scst_cmd *cmd)
{
	int err;

	if (scst_device_removal_prevented(cmd->dev)) {
		scst_cmd_fail(cmd, SCST_SENSE_REMOVAL_PREVENTED);
		return;
	}
	err = vdisk_eject(to_vdisk(cmd->dev));
	if (err == -EINPROGRESS)
		scst_cmd_fail(cmd, vdisk_not_ready(cmd));
	else if (err)
		scst_cmd_fail(cmd, SCST_SENSE_WRITE_FAULT);
}

static void load_or_eject(struct scst_cmd *cmd)
{
	if (!(cmd->params.how & SCST_HOW_START))
		eject(cmd);
	else if (vdisk_activate(to_vdisk(cmd->dev)))
		scst_cmd_fail(cmd, SCST_SENSE_NO_MEDIUM);
}

/*
 * Waits for other commands, so not in a thread that they may wait for; and a disk takes one thread,
 * however many of its initiators load and eject.
 */
void vdisk_load_work(struct work_struct *work)
{
	struct vdisk *vd = container_of(work, struct vdisk, load_work);

	vdisk_carry_out(vd, &vd->loads, load_or_eject);
}

static enum scst_exec_result load_later(struct scst_cmd *cmd)
{
	struct vdisk *vd = to_vdisk(cmd->dev);

	if (!vdisk_add_last(vd, &vd->loads, cmd))
		return SCST_EXEC_DONE;
	queue_work(vdisk_load_wq, &vd->load_work);
	return SCST_EXEC_PENDING;
}

enum scst_exec_result vdisk_start_stop(struct scst_cmd *cmd)
{
	struct vdisk *vd = to_vdisk(cmd->dev);
	enum scst_exec_result result;
	int err;

	if (cmd->params.how & SCST_HOW_LOAD_EJECT) {
		if (vd->dev.lu.removable && vd->kind->close)
			return load_later(cmd);
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

/* Only removable disks have it: see vdisk_open(). */
enum scst_exec_result vdisk_prevent(struct scst_cmd *cmd)
{
	scst_cmd_prevent_removal(cmd, cmd->params.how & SCST_HOW_PREVENT);
	return SCST_EXEC_DONE;
}
