// SPDX-License-Identifier: GPL-2.0
/*
 * Latency statistics: latency.h. Measuring is listening to the tracepoints that commands pass in
 * any case, so what is not measured costs what a tracepoint costs that nobody listens to.
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

static void on_execute(void *unused, struct scst_cmd *cmd)
{
	cmd->exec_ns = ktime_get_ns();
}

/* One that was refused before it was executed, or came before somebody listened, has no stages. */
static void on_done(void *unused, struct scst_cmd *cmd)
{
	struct scst_latency *latency = smp_load_acquire(&cmd->sess->latency);
	struct scst_latency_row *row;
	u64 now = ktime_get_ns();

	if (!latency || !cmd->op || !cmd->submit_ns || cmd->exec_ns < cmd->submit_ns)
		return;
	row = latency->row[cmd->op->dir][size_index(cmd->xfer_len)];
	guard(spinlock_irqsave)(&latency->lock);
	count(&row[SCST_LATENCY_PREPARE], cmd->exec_ns - cmd->submit_ns);
	count(&row[SCST_LATENCY_EXECUTE], now - cmd->exec_ns);
	count(&row[SCST_LATENCY_TOTAL], now - cmd->submit_ns);
}

int scst_latency_listen(void)
{
	int err = register_trace_scst_cmd_execute(on_execute, NULL);

	if (err)
		return err;
	err = register_trace_scst_cmd_done(on_done, NULL);
	if (err)
		unregister_trace_scst_cmd_execute(on_execute, NULL);
	return err;
}

void scst_latency_stop(void)
{
	unregister_trace_scst_cmd_done(on_done, NULL);
	unregister_trace_scst_cmd_execute(on_execute, NULL);
	tracepoint_synchronize_unregister();
}

void scst_latency_clear(struct scst_latency *latency)
{
	guard(spinlock_irq)(&latency->lock);
	memset(latency->row, 0, sizeof(latency->row));
}
