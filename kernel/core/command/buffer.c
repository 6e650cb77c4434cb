// SPDX-License-Identifier: GPL-2.0
/*
 * Memory for the data of a command whose transport has none (sgv.c), and whose share it is.
 */
#include <linux/export.h>
#include <linux/sizes.h>
#include <scst/handles.h>

#include "tasks/tasks.h"
#include "execute.h"

#define SCST_SHARE_MIN	(1l << 20)	/* nobody is asked about less: bytes */

/*
 * What a session has of the memory for data. When half of all is in use, nobody gets more than a
 * quarter of it: one that asks for much and takes its answers slowly leaves the rest to others.
 */
bool scst_session_charge(struct scst_session *sess, u32 bytes)
{
	unsigned long mem = atomic_long_add_return(bytes, &sess->mem);

	if (mem <= SCST_SHARE_MIN || !scst_sg_is_short() || mem <= scst_sg_share())
		return true;
	SCST_SOMETIMES(session_has_its_share);
	atomic_long_sub(bytes, &sess->mem);
	return false;
}
EXPORT_SYMBOL_GPL(scst_session_charge);

void scst_session_uncharge(struct scst_session *sess, u32 bytes)
{
	atomic_long_sub(bytes, &sess->mem);
}
EXPORT_SYMBOL_GPL(scst_session_uncharge);

#define DEV_BATCH	((s64)SZ_1M)	/* that a CPU may have charged and the sum does not say */

static void device_add(struct scst_device *dev, s64 bytes)
{
	percpu_counter_add_batch(&dev->mem, bytes, DEV_BATCH);
}

/*
 * Likewise for what the commands of one device have, of all initiators (scst_max_dev_cmd_mem): a
 * back end that hangs leaves the rest to others. Only near the limit are the CPUs asked. What is
 * longer than the limit gets its memory when it is alone, or it would be BUSY for ever.
 */
static bool device_charge(struct scst_device *dev, u32 bytes)
{
	s64 max = scst_sg_device_max();

	device_add(dev, bytes);
	if (likely(percpu_counter_read(&dev->mem) + num_online_cpus() * DEV_BATCH <= max) ||
	    percpu_counter_sum(&dev->mem) <= max_t(s64, max, bytes))
		return true;
	SCST_SOMETIMES(device_has_its_share);
	device_add(dev, -(s64)bytes);
	scst_sg_count_failure();
	return false;
}

/* Prepared data are the session's since before anybody knew which device they are for. */
static void session_give_back(struct scst_cmd *cmd, u32 bytes)
{
	if (!cmd->prepared)
		scst_session_uncharge(cmd->sess, bytes);
}

/* What a command without a device brings is small, and soon gone. */
bool scst_cmd_charge(struct scst_cmd *cmd)
{
	u32 bytes = cmd->xfer_len;

	cmd->charged = 0;
	if (!cmd->prepared && !scst_session_charge(cmd->sess, bytes))
		return false;
	if (cmd->dev && unlikely(!device_charge(cmd->dev, bytes))) {
		session_give_back(cmd, bytes);
		return false;
	}
	cmd->charged = bytes;
	return true;
}
EXPORT_SYMBOL_GPL(scst_cmd_charge);

void scst_cmd_uncharge(struct scst_cmd *cmd)
{
	session_give_back(cmd, cmd->charged);
	if (cmd->dev)
		device_add(cmd->dev, -(s64)cmd->charged);
	cmd->charged = 0;
}
EXPORT_SYMBOL_GPL(scst_cmd_uncharge);

/* Its LUN leads to @to now, which has room for it or not: it is under way. */
void scst_buffer_follow(struct scst_cmd *cmd, struct scst_device *to)
{
	device_add(cmd->dev, -(s64)cmd->charged);
	device_add(to, cmd->charged);
}

void scst_buffer_free(struct scst_cmd *cmd)
{
	scst_sg_free(cmd->sg);
	cmd->sg = NULL;
	cmd->sg_ours = false;
	if (cmd->charged)		/* not what was lent and is short */
		scst_cmd_uncharge(cmd);
}

bool scst_buffer_alloc(struct scst_cmd *cmd)
{
	gfp_t gfp = cmd->may_sleep ? GFP_NOIO : GFP_ATOMIC;

	if (likely(scst_cmd_charge(cmd)) && !scst_tag_fails(buffer_alloc))
		cmd->sg = scst_sg_alloc_within(&cmd->sess->tgt->limits, cmd->xfer_len,
					       &cmd->sg_cnt, gfp);
	cmd->sg_ours = cmd->sg;
	if (unlikely(!cmd->sg))
		scst_cmd_uncharge(cmd);
	SCST_SOMETIMES_IF(!cmd->sg && !cmd->may_sleep, buffer_in_thread);
	if (unlikely(!cmd->sg) && cmd->may_sleep)
		scst_cmd_set_busy(cmd);
	return cmd->sg;
}

bool scst_buffer_charge(struct scst_cmd *cmd)
{
	if (likely(scst_cmd_charge(cmd)))
		return true;
	scst_cmd_set_busy(cmd);
	return false;
}

bool scst_cmd_buffer(struct scst_cmd *cmd, enum scst_exec_result *result)
{
	if (cmd->sg || scst_buffer_alloc(cmd))
		return true;
	*result = cmd->may_sleep ? SCST_EXEC_DONE : SCST_EXEC_THREAD;
	return false;
}
EXPORT_SYMBOL_GPL(scst_cmd_buffer);
