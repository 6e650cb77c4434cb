// SPDX-License-Identifier: GPL-2.0
/*
 * What the back end's errors are called towards the initiator.
 */
#include <linux/blkdev.h>

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

/* Everything else is the medium's fault; a failed flush has lost what was written. */
static enum scst_sense_id sense_of(const struct scst_cmd *cmd, blk_status_t status)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].status == status)
			return rows[i].id;
	return cmd->op->verb == SCST_VERB_READ ? SCST_SENSE_READ_ERROR : SCST_SENSE_WRITE_ERROR;
}

void vdisk_fail(struct scst_cmd *cmd, blk_status_t status)
{
	if (status == BLK_STS_RESOURCE || status == BLK_STS_AGAIN)
		cmd->status = SAM_STAT_BUSY;
	else
		scst_cmd_fail(cmd, sense_of(cmd, status));
}

void vdisk_fail_errno(struct scst_cmd *cmd, int err)
{
	vdisk_fail(cmd, errno_to_blk_status(err == -EDQUOT ? -ENOSPC : err));
}
