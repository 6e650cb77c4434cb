// SPDX-License-Identifier: GPL-2.0
/*
 * Latency statistics: latency.h. Measuring is listening to the tracepoints that commands pass in
 * any case, so what is not measured costs what a tracepoint costs that nobody listens to. The end
 * of the response has none: a command that is measured gets a flag, which scst_cmd_done() looks for
 * together with others.
 */
#include <linux/cleanup.h>
#include <linux/ktime.h>
#include <linux/log2.h>

#include "command.h"
#include "scst_trace.h"

static unsigned int size_index(u32 len)
{
	return len <= 512 ? 0 : min_t(unsigned int, ilog2(len - 1) - 8, SCST_LATENCY_SIZES - 1);
}

static void count(struct scst_latency_row *row, u64 ns)
{
	u64 tenths = div_u64(ns, 100);

	row->min = row->count ? min(row->min, tenths) : tenths;
	row->max = max(row->max, tenths);
	row->count++;
	row->sum += tenths;
	row->squares += tenths * tenths;
}

/* Its slot in the session's table; NULL: there is none. */
static struct scst_latency_cmd *slot_of(const struct scst_cmd *cmd)
{
	struct scst_latency *latency = smp_load_acquire(&cmd->sess->latency);

	return latency ? &latency->cmd[cmd->index] : NULL;
}

/* ... if it is measured. */
static struct scst_latency_cmd *measured_slot(const struct scst_cmd *cmd)
{
	struct scst_latency_cmd *slot = slot_of(cmd);

	return slot && READ_ONCE(slot->submit_ns) ? slot : NULL;
}

/* What has passed since the last tracepoint was @state. */
static void pass(struct scst_latency_cmd *slot, enum scst_latency_state state)
{
	u64 now = ktime_get_ns();

	slot->ns[state] += now - slot->since_ns;
	slot->seen |= BIT(state);
	slot->since_ns = now;
}

static void on_submit(void *unused, struct scst_cmd *cmd)
{
	struct scst_latency_cmd *slot = slot_of(cmd);
	u64 now = ktime_get_ns();

	if (slot)
		*slot = (struct scst_latency_cmd){ .submit_ns = now, .since_ns = now };
}

static void on_waited(void *unused, struct scst_cmd *cmd, enum scst_wait_for what)
{
	static const enum scst_latency_state states[SCST_WAIT_FOR_MAX] = {
		[SCST_WAIT_FOR_unblock]		= SCST_LATENCY_unblock_wait,
		[SCST_WAIT_FOR_policy]		= SCST_LATENCY_policy_wait,
		[SCST_WAIT_FOR_data]		= SCST_LATENCY_data_wait,
		[SCST_WAIT_FOR_turn]		= SCST_LATENCY_turn_wait,
		[SCST_WAIT_FOR_execution]	= SCST_LATENCY_exec_wait,
		[SCST_WAIT_FOR_thread]		= SCST_LATENCY_thread_wait,
	};
	struct scst_latency_cmd *slot = measured_slot(cmd);

	if (slot)
		pass(slot, states[what]);
}

static void on_execute(void *unused, struct scst_cmd *cmd)
{
	struct scst_latency_cmd *slot = measured_slot(cmd);

	if (!slot)
		return;
	pass(slot, SCST_LATENCY_prepare);
	slot->executed = true;
}

/* One whose opcode is not known has no direction. */
static void on_done(void *unused, struct scst_cmd *cmd)
{
	struct scst_latency_cmd *slot = measured_slot(cmd);
	u32 state = READ_ONCE(cmd->state);

	if (!slot || !cmd->op)
		return;
	pass(slot, slot->executed ? SCST_LATENCY_execute : SCST_LATENCY_prepare);
	while (!scst_cmd_mark(cmd, &state, SCST_CMD_TIMED, 0))
		;
}

void scst_latency_end(struct scst_cmd *cmd)
{
	struct scst_latency_cmd *slot = measured_slot(cmd);
	struct scst_latency *latency = cmd->sess->latency;
	struct scst_latency_row *row;
	unsigned int i;

	if (!slot)
		return;
	pass(slot, SCST_LATENCY_xmit_wait);
	slot->ns[SCST_LATENCY_total] = slot->since_ns - slot->submit_ns;
	slot->seen |= BIT(SCST_LATENCY_total);
	row = latency->row[cmd->op->dir][size_index(cmd->xfer_len)];
	scoped_guard(spinlock_irqsave, &latency->lock)
		for (i = 0; i < SCST_LATENCY_MAX; i++)
			if (slot->seen & BIT(i))
				count(&row[i], slot->ns[i]);
	WRITE_ONCE(slot->submit_ns, 0);
}

int scst_latency_listen(void)
{
	int err = register_trace_scst_cmd_submit(on_submit, NULL);

	if (err)
		return err;
	err = register_trace_scst_cmd_waited(on_waited, NULL);
	if (err)
		goto out_submit;
	err = register_trace_scst_cmd_execute(on_execute, NULL);
	if (err)
		goto out_waited;
	err = register_trace_scst_cmd_done(on_done, NULL);
	if (!err)
		return 0;
	unregister_trace_scst_cmd_execute(on_execute, NULL);
out_waited:
	unregister_trace_scst_cmd_waited(on_waited, NULL);
out_submit:
	unregister_trace_scst_cmd_submit(on_submit, NULL);
	return err;
}

void scst_latency_stop(void)
{
	unregister_trace_scst_cmd_done(on_done, NULL);
	unregister_trace_scst_cmd_execute(on_execute, NULL);
	unregister_trace_scst_cmd_waited(on_waited, NULL);
	unregister_trace_scst_cmd_submit(on_submit, NULL);
	tracepoint_synchronize_unregister();
}

void scst_latency_forget(struct scst_latency *latency)
{
	unsigned int i;

	for (i = 0; i < latency->nr_cmds; i++)
		WRITE_ONCE(latency->cmd[i].submit_ns, 0);
}

void scst_latency_clear(struct scst_latency *latency)
{
	guard(spinlock_irq)(&latency->lock);
	memset(latency->row, 0, sizeof(latency->row));
}
