// SPDX-License-Identifier: GPL-2.0
/*
 * A session of scst_local: a SCSI host whose commands go straight to the target core, in the
 * context of whoever submits them, and whose data buffers are the initiator's own.
 *
 * The block layer's tag names the command slot, so nothing is allocated or looked up. A slot is
 * free before the SCSI command completes, since completion may hand the tag out again at once.
 */
#include <linux/delay.h>
#include <linux/idr.h>
#include <linux/slab.h>
#include <scsi/scsi.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_eh.h>
#include <scsi/scsi_host.h>
#include <scsi/scsi_tcq.h>
#include <scst/handles.h>

#include "../../compat.h"
#include "local.h"

#define LOCAL_QUEUE_DEPTH	256
#define LOCAL_MAX_QUEUES	16

static struct local_session *host_session(struct Scsi_Host *shost)
{
	return *(struct local_session **)shost_priv(shost);
}

static u32 slot_index(struct scsi_cmnd *scmnd)
{
	u32 tag = blk_mq_unique_tag(scsi_cmd_to_rq(scmnd));

	return blk_mq_unique_tag_to_hwq(tag) * LOCAL_QUEUE_DEPTH + blk_mq_unique_tag_to_tag(tag);
}

static struct scst_cmd *slot_of(struct scsi_cmnd *scmnd)
{
	return scst_cmd_at(host_session(scmnd->device->host)->sess, slot_index(scmnd));
}

/* The mid-layer has the 8-byte LUN as a number; below 256 both are the same. */
static u16 sdev_lun(const struct scsi_device *sdev)
{
	struct scsi_lun lun;
	int decoded;

	if (likely(sdev->lun < 256))
		return sdev->lun;
	int_to_scsilun(sdev->lun, &lun);
	decoded = scst_lun_decode(lun.scsi_lun);
	return decoded < 0 ? SCST_MAX_LUN + 1 : decoded;
}

static const u8 dirs[] = {
	[DMA_BIDIRECTIONAL]	= SCST_DIR_BIDI,
	[DMA_TO_DEVICE]		= SCST_DIR_OUT,
	[DMA_FROM_DEVICE]	= SCST_DIR_IN,
	[DMA_NONE]		= SCST_DIR_NONE,
};

static scst_queuecommand_t local_queuecommand(struct Scsi_Host *shost, struct scsi_cmnd *scmnd)
{
	struct local_session *ls = host_session(shost);
	u32 index = slot_index(scmnd);
	struct scst_cmd *cmd = scst_cmd_at(ls->sess, index);

	if (WARN_ON_ONCE(scst_cmd_live(cmd)))
		return SCSI_MLQUEUE_HOST_BUSY;
	*(struct scsi_cmnd **)scst_cmd_priv(cmd) = scmnd;
	BUILD_BUG_ON(sizeof(scmnd->cmnd) < sizeof(cmd->cdb));
	memcpy(cmd->cdb, scmnd->cmnd, sizeof(cmd->cdb));	/* the mid-layer zeroes the rest */
	cmd->long_cdb = scmnd->cmnd;
	cmd->cdb_len = scmnd->cmd_len;
	cmd->tag = index;
	cmd->lun = sdev_lun(scmnd->device);
	cmd->attr = SCST_TASK_SIMPLE;
	cmd->sg = scsi_sglist(scmnd);
	cmd->sg_cnt = scsi_sg_count(scmnd);
	cmd->expected_len = scsi_bufflen(scmnd);
	cmd->expected_dir = dirs[scmnd->sc_data_direction];
	cmd->may_sleep = false;
	scst_cmd_submit(cmd);
	return 0;
}

/*
 * An aborted command is finished by the error handler if that asked for it (then scsi_done() does
 * nothing); if another initiator's reset did, the mid-layer shall send it again. The error handlers
 * wait for a grace period, so that scsi_done() never meets a command which they have given back.
 */
void local_send_response(struct scst_cmd *cmd)
{
	struct scsi_cmnd *scmnd = *(struct scsi_cmnd **)scst_cmd_priv(cmd);

	rcu_read_lock();
	SCST_SOMETIMES_IF(scst_cmd_unanswered(cmd), local_reset);
	if (unlikely(scst_cmd_unanswered(cmd)))
		set_host_byte(scmnd, DID_RESET);
	else
		scmnd->result = cmd->status;
	if (unlikely(cmd->status == SAM_STAT_CHECK_CONDITION))
		scst_cmd_sense(cmd, scmnd->sense_buffer, SCSI_SENSE_BUFFERSIZE);
	scsi_set_resid(scmnd, cmd->expected_len - cmd->xfer_len);
	scst_cmd_done(cmd);
	scst_tag(local_respond);
	scsi_done(scmnd);
	rcu_read_unlock();
}

/* A task management request that somebody waits for. */
struct local_tmf {
	struct scst_tmf tmf;
	struct completion done;
};

void local_tmf_done(struct scst_tmf *tmf)
{
	complete(&container_of(tmf, struct local_tmf, tmf)->done);
}

/* In the error handler: memory must not come from writing to the very disk that waits for us. */
static enum scst_tmf_result local_tmf(struct scsi_cmnd *scmnd, enum scst_tmf_fn fn)
{
	struct local_tmf *req = kzalloc(sizeof(*req), GFP_NOIO);
	enum scst_tmf_result result;

	if (!req)
		return SCST_TMF_FAILED;
	req->tmf.sess = host_session(scmnd->device->host)->sess;
	req->tmf.fn = fn;
	req->tmf.lun = sdev_lun(scmnd->device);
	if (fn == SCST_TMF_ABORT_TASK)
		req->tmf.tag = slot_index(scmnd);
	init_completion(&req->done);
	scst_tmf_submit(&req->tmf);
	wait_for_completion(&req->done);
	synchronize_rcu();	/* see local_send_response() */
	result = req->tmf.result;
	kfree(req);
	return result;
}

/*
 * The error handler gives the request and its memory back whatever we answer. So none is given
 * before the command has left: a back end that still has the memory is waited for, here, where the
 * error handler of this host is the only one to wait.
 */
static int local_eh(struct scsi_cmnd *scmnd, enum scst_tmf_fn fn)
{
	bool complete = local_tmf(scmnd, fn) == SCST_TMF_COMPLETE;

	SCST_SOMETIMES_IF(!complete && fn == SCST_TMF_ABORT_TASK, local_eh_too_late);
	scst_tag(local_eh);
	/* A reset by ioctl comes with a request that is in no queue, and so has no slot. */
	while (scsi_cmd_to_rq(scmnd)->mq_hctx && scst_cmd_live(slot_of(scmnd)))
		msleep(20);
	synchronize_rcu();	/* see local_send_response() */
	/* No such task: it was answered a moment ago, which is as good. */
	return complete || fn == SCST_TMF_ABORT_TASK ? SUCCESS : FAILED;
}

atomic_t local_nr_aborts, local_nr_lun_resets, local_nr_target_resets;

static int local_eh_abort(struct scsi_cmnd *scmnd)
{
	atomic_inc(&local_nr_aborts);
	return local_eh(scmnd, SCST_TMF_ABORT_TASK);
}

static int local_eh_device_reset(struct scsi_cmnd *scmnd)
{
	atomic_inc(&local_nr_lun_resets);
	return local_eh(scmnd, SCST_TMF_LUN_RESET);
}

static int local_eh_target_reset(struct scsi_cmnd *scmnd)
{
	atomic_inc(&local_nr_target_resets);
	return local_eh(scmnd, SCST_TMF_TARGET_RESET);
}

/* The core relies on that: see lun_depth. */
static int local_change_queue_depth(struct scsi_device *sdev, int depth)
{
	return scsi_change_queue_depth(sdev, min(depth, LOCAL_LUN_DEPTH));
}

static const struct scsi_host_template local_template = {
	.module			= THIS_MODULE,
	.name			= "SCST local target adapter",
	.proc_name		= "scst_local",
	.queuecommand		= local_queuecommand,
	.eh_abort_handler	= local_eh_abort,
	.eh_device_reset_handler = local_eh_device_reset,
	.eh_target_reset_handler = local_eh_target_reset,
	.can_queue		= LOCAL_QUEUE_DEPTH,
	.cmd_per_lun		= LOCAL_LUN_DEPTH,
	.change_queue_depth	= local_change_queue_depth,
	.this_id		= -1,
	.sg_tablesize		= 1024,
	.max_sectors		= LOCAL_MAX_SECTORS,
	.dma_alignment		= 511,	/* what back ends past the page cache need */
	.skip_settle_delay	= 1,
};

/* Devices whose LUN went away go; REPORT LUNS finds the new ones; the rest look at their size. */
static void local_rescan(struct work_struct *work)
{
	struct local_session *ls = container_of(work, struct local_session, rescan);
	struct Scsi_Host *shost = ls->shost;
	struct scsi_device *sdev;

	shost_for_each_device(sdev, shost) {
		if (scst_session_has_lun(ls->sess, sdev_lun(sdev)))
			scsi_rescan_device(sdev);
		else
			scsi_remove_device(sdev);
	}
	scsi_scan_target(&shost->shost_gendev, 0, 0, SCAN_WILD_CARD, SCSI_SCAN_MANUAL);
}

bool local_report_aen(struct scst_session *sess, enum scst_aen event, u16 lun)
{
	struct local_session *ls = scst_session_priv(sess);

	if (READ_ONCE(ls->shost))
		queue_work(system_long_wq, &ls->rescan);
	return true;
}

static struct Scsi_Host *host_alloc(struct local_session *ls)
{
	struct Scsi_Host *shost = scsi_host_alloc(&local_template, sizeof(ls));

	if (!shost)
		return NULL;
	*(struct local_session **)shost_priv(shost) = ls;
	shost->nr_hw_queues = min_t(unsigned int, num_possible_cpus(), LOCAL_MAX_QUEUES);
	shost->max_id = 1;
	shost->max_lun = ~0ULL;
	shost->max_channel = 0;
	shost->max_cmd_len = sizeof_field(struct scsi_cmnd, cmnd);
	return shost;
}

static int session_start(struct local_session *ls, struct scst_target *tgt, const char *name)
{
	struct Scsi_Host *shost = host_alloc(ls);
	int err;

	if (!shost)
		return -ENOMEM;
	ls->sess = scst_session_register(tgt, name, shost->nr_hw_queues * LOCAL_QUEUE_DEPTH, ls);
	if (IS_ERR(ls->sess)) {
		err = PTR_ERR(ls->sess);
		goto out_host;
	}
	err = scsi_add_host(shost, local_parent);
	if (err)
		goto out_session;
	err = sysfs_create_link(&scst_session_dir(ls->sess)->kobj, &shost->shost_dev.kobj, "host");
	if (err)
		goto out_remove;
	WRITE_ONCE(ls->shost, shost);
	scsi_scan_host(shost);
	return 0;

out_remove:
	scsi_remove_host(shost);
out_session:
	scst_session_unregister(ls->sess);
out_host:
	scsi_host_put(shost);
	return err;
}

/* The address has room for a byte of it. A session that finds none left goes by its name. */
static DEFINE_IDA(numbers);

static int number_take(void)
{
	int number = ida_alloc_range(&numbers, 1, U8_MAX, GFP_KERNEL);

	return max(number, 0);
}

static void number_put(int number)
{
	if (number)
		ida_free(&numbers, number);
}

/* SCST's own SAS addresses: reservations that it saved are of the same initiator port. */
unsigned int local_transport_id(struct scst_session *sess, u8 *buf)
{
	const struct local_session *ls = scst_session_priv(sess);
	u8 tid[24] = { 0x06, 0, 0, 0, 0x5f, 0xee, 0xde, 0x40, 0x0f, 0xad, 0xe0, 0x50 };

	if (!ls->number)
		return 0;
	tid[7] |= ls->number >> 4;
	tid[8] |= ls->number << 4;
	memcpy(buf, tid, sizeof(tid));
	return sizeof(tid);
}

struct local_session *local_session_create(struct scst_target *tgt, const char *name)
{
	struct local_session *ls = kzalloc(sizeof(*ls), GFP_KERNEL);
	int err;

	if (!ls)
		return ERR_PTR(-ENOMEM);
	INIT_WORK(&ls->rescan, local_rescan);
	ls->number = number_take();
	err = session_start(ls, tgt, name);
	if (err) {
		number_put(ls->number);
		kfree(ls);
		return ERR_PTR(err);
	}
	return ls;
}

/* The host first: it lets its commands finish. Then nothing reports an AEN any more. */
void local_session_destroy(struct local_session *ls)
{
	scst_session_hurry(ls->sess);
	scsi_remove_host(ls->shost);
	cancel_work_sync(&ls->rescan);
	scst_session_unregister(ls->sess);
	cancel_work_sync(&ls->rescan);
	scsi_host_put(ls->shost);
	number_put(ls->number);
	kfree(ls);
}
