// SPDX-License-Identifier: GPL-2.0
/*
 * What came of a command: status, sense and data as the device says, or the mid-layer in its stead;
 * and what follows from it for other initiators.
 */
#include "pass.h"

/*
 * What the mid-layer says when no device has answered. What is not here is a failure of ours or of
 * the host adapter.
 */
static const struct {
	u8 host_byte;
	u8 id;				/* enum scst_sense_id; NONE: it is BUSY */
	struct scst_sense_codes other;
} rows[] = {
	{ DID_NO_CONNECT,		SCST_SENSE_LU_NOT_READY },
	{ DID_BAD_TARGET,		SCST_SENSE_LU_NOT_READY },
	{ DID_TRANSPORT_FAILFAST,	SCST_SENSE_LU_NOT_READY },
	{ DID_TIME_OUT,			SCST_SENSE_OTHER, { ABORTED_COMMAND, 0x2e, 0x02 } },
	{ DID_ABORT,			SCST_SENSE_ABORTED },
	{ DID_RESET,			SCST_SENSE_RESET },
	{ DID_PARITY,			SCST_SENSE_OTHER, { ABORTED_COMMAND, 0x47, 0x00 } },
	{ DID_BUS_BUSY,			SCST_SENSE_NONE },
	{ DID_SOFT_ERROR,		SCST_SENSE_NONE },
	{ DID_REQUEUE,			SCST_SENSE_NONE },
	{ DID_IMM_RETRY,		SCST_SENSE_NONE },
	{ DID_TRANSPORT_DISRUPTED,	SCST_SENSE_NONE },
	{ DID_TRANSPORT_MARGINAL,	SCST_SENSE_NONE },
};

static void fail_host(struct scst_cmd *cmd, u8 host)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].host_byte != host)
			continue;
		if (rows[i].id == SCST_SENSE_NONE)
			cmd->status = SAM_STAT_BUSY;
		else
			scst_cmd_fail_with(cmd, &(struct scst_sense){
				.id = rows[i].id, .other = rows[i].other,
			});
		return;
	}
	scst_cmd_fail(cmd, SCST_SENSE_INTERNAL_FAILURE);
}

/*
 * To the mid-layer a device that is going is there until it has gone, and what it sends nobody any
 * more is an error of the adapter's [disk_that_is_going_is_not_broken].
 */
int pass_result_of(const struct scsi_cmnd *scmd, blk_status_t status)
{
	if (unlikely(status == BLK_STS_OFFLINE))
		return DID_NO_CONNECT << 16;
	return scmd->result ?: (status ? DID_ERROR << 16 : 0);
}

bool pass_judge(struct scst_cmd *cmd, const struct pass_result *r)
{
	u8 status = r->result & 0xff;

	if (unlikely(host_byte(r->result) != DID_OK)) {
		fail_host(cmd, host_byte(r->result));
		return false;
	}
	if (status == SAM_STAT_CHECK_CONDITION)
		scst_cmd_fail_raw(cmd, r->sense, r->sense_len);
	else
		cmd->status = status;
	return true;
}

void pass_take(struct scst_cmd *cmd, const struct pass_result *r)
{
	struct pass_cmd *pc = pass_cmd(cmd);
	const u8 *sense;

	if (!pass_judge(cmd, r))
		return;
	sense = cmd->status == SAM_STAT_CHECK_CONDITION ? r->sense : NULL;
	pc->done += scst_opaque_moved(cmd->op, scst_cmd_cdb(cmd), cmd->dev->lu.block_size,
				      pc->piece, r->resid, sense, r->sense_len);
}

void pass_tell_all(struct pass_dev *pd, u16 ua)
{
	scst_device_tell_of(&pd->dev, ua);
	if (scst_opaque_ua_refreshes(ua))
		queue_work(pass_slow_wq, &pd->refresh);
}

/*
 * What ends in the error handler's thread because its time was up could not be aborted: the unit
 * was reset instead, or more than that. The unit attention has been told to the error handler
 * [disk_that_cannot_abort_is_reset].
 */
void pass_hear_of_reset(struct pass_dev *pd, const struct scsi_cmnd *scmd)
{
	if (unlikely(host_byte(scmd->result) == DID_TIME_OUT) &&
	    current == scmd->device->host->ehandler)
		pass_tell_all(pd, 0x2900);
}

/* The device tells one initiator, us: others hear from us what it told this one, or that did. */
static void tell(struct scst_cmd *cmd, u16 ua)
{
	scst_cmd_tell_others_of(cmd, ua);
	if (scst_opaque_ua_refreshes(ua))
		queue_work(pass_slow_wq, &to_pass(cmd->dev)->refresh);
}

static void tell_what_it_did(struct scst_cmd *cmd)
{
	u16 tells[SCST_TELLS_MAX];
	unsigned int i;

	scst_opaque_tells(cmd->cdb, cmd->dev->lu.type, tells);
	for (i = 0; i < SCST_TELLS_MAX && tells[i]; i++) {
		WRITE_ONCE(to_pass(cmd->dev)->own_ua, tells[i]);
		tell(cmd, tells[i]);
	}
}

/* Whoever was reset meanwhile wants nothing any more: then the device is told so. */
static void note_prevention(struct scst_cmd *cmd)
{
	struct pass_dev *pd = to_pass(cmd->dev);
	bool prevents = cmd->params.how & SCST_HOW_PREVENT;

	WRITE_ONCE(pd->prevented, prevents);
	if (prevents && !scst_cmd_aborted(cmd))
		scst_cmd_prevent_removal(cmd, true);
	queue_work(pass_slow_wq, &pd->prevent);
}

void pass_finish(struct scst_cmd *cmd)
{
	const struct pass_cmd *pc = pass_cmd(cmd);
	u16 ua;

	cmd->data_len = pc->done;
	cmd->xfer_len = min(cmd->xfer_len, pc->done);
	if (likely(cmd->status == SAM_STAT_GOOD)) {
		if (!(cmd->op->flags & SCST_OP_MEDIUM_DATA))
			tell_what_it_did(cmd);
		if (unlikely(cmd->op->verb == SCST_VERB_PREVENT))
			note_prevention(cmd);
		return;
	}
	cmd->keeps_data = cmd->status == SAM_STAT_CHECK_CONDITION;
	ua = scst_cmd_ua(cmd);
	if (ua)
		tell(cmd, ua);
}
