// SPDX-License-Identifier: GPL-2.0
/*
 * What the back end's errors are called towards the initiator.
 */
#include <linux/blkdev.h>
#include <scst/sometimes.h>

#include "vdisk.h"

static const struct {
	blk_status_t status;
	enum scst_sense_id id;
} rows[] = {
	{ BLK_STS_NOSPC,	SCST_SENSE_SPACE_ALLOCATION	},
	{ BLK_STS_OFFLINE,	SCST_SENSE_LU_NOT_READY		},
	{ BLK_STS_TRANSPORT,	SCST_SENSE_LU_NOT_READY		},
	{ BLK_STS_TARGET,	SCST_SENSE_INTERNAL_FAILURE	},
	{ BLK_STS_NOTSUPP,	SCST_SENSE_INTERNAL_FAILURE	},
};

static enum scst_sense_id sense_of(blk_status_t status, enum scst_sense_id medium_error)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].status == status)
			return rows[i].id;
	return medium_error;
}

static void fail(struct scst_cmd *cmd, blk_status_t status, enum scst_sense_id medium_error)
{
	SCST_SOMETIMES(back_end_fails);
	SCST_SOMETIMES_IF(status == BLK_STS_NOSPC, back_end_full);
	/* What fails while the device dies says so. */
	if (READ_ONCE(to_vdisk(cmd->dev)->gate) & VDISK_CLOSED)
		scst_cmd_fail(cmd, vdisk_not_ready(cmd));
	else if (status == BLK_STS_RESOURCE || status == BLK_STS_AGAIN)
		cmd->status = SAM_STAT_BUSY;
	else
		scst_cmd_fail(cmd, sense_of(status, medium_error));
}

static blk_status_t status_of(int err)
{
	return errno_to_blk_status(err == -EDQUOT ? -ENOSPC : err);
}

/*
 * Everything else is the medium's fault, said as SCST says it: initiators may know that. A failed
 * flush has lost what was written.
 */
void vdisk_fail(struct scst_cmd *cmd, blk_status_t status)
{
	fail(cmd, status, cmd->op->verb == SCST_VERB_READ ? SCST_SENSE_READ_ERROR :
							    SCST_SENSE_WRITE_FAULT);
}

void vdisk_fail_errno(struct scst_cmd *cmd, int err)
{
	vdisk_fail(cmd, status_of(err));
}

void vdisk_fail_read(struct scst_cmd *cmd, int err)
{
	fail(cmd, status_of(err), SCST_SENSE_READ_ERROR);
}
