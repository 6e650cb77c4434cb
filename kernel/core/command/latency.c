// SPDX-License-Identifier: GPL-2.0
/*
 * Latency statistics: latency.h. Measuring is listening to the tracepoints that commands pass in
 * any case, so what is not measured costs what a tracepoint costs that nobody listens to.
 *
 * A session gets its table when measuring is switched on or when it comes later, and keeps it until
 * it ends: a command may be adding to it. So the last figures can be read after measuring too.
 */
#include <linux/cleanup.h>
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/slab.h>

#include "sysfs/sysfs.h"
#include "command.h"
#include "scst_trace.h"

static bool measured;		/* scst_registry_lock */

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

static int listen(void)
{
	int err = register_trace_scst_cmd_execute(on_execute, NULL);

	if (err)
		return err;
	err = register_trace_scst_cmd_done(on_done, NULL);
	if (err)
		unregister_trace_scst_cmd_execute(on_execute, NULL);
	return err;
}

static void stop_listening(void)
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

static int session_add(struct scst_session *sess)
{
	struct scst_latency *latency;
	int err;

	if (sess->latency) {
		scst_latency_clear(sess->latency);
		return 0;
	}
	latency = kvzalloc(sizeof(*latency), GFP_KERNEL);
	if (!latency)
		return -ENOMEM;
	spin_lock_init(&latency->lock);
	err = scst_sysfs_latency_add(sess, latency);
	if (err) {
		kvfree(latency);
		return err;
	}
	smp_store_release(&sess->latency, latency);
	return 0;
}

int scst_latency_session_add(struct scst_session *sess)
{
	lockdep_assert_held(&sess->tgt->lock);
	return READ_ONCE(measured) ? session_add(sess) : 0;
}

static int target_add(struct scst_target *tgt)
{
	struct scst_session *sess;
	int err = 0;

	guard(mutex)(&tgt->lock);
	list_for_each_entry(sess, &tgt->sessions, entry) {
		err = session_add(sess);
		if (err)
			break;
	}
	return err;
}

static int add_all(void)
{
	struct scst_driver *drv;
	struct scst_target *tgt;
	int err;

	list_for_each_entry(drv, &scst_drivers, entry) {
		list_for_each_entry(tgt, &drv->targets, entry) {
			err = target_add(tgt);
			if (err)
				return err;
		}
	}
	return 0;
}

bool scst_latency_measured(void)
{
	return READ_ONCE(measured);
}

/* The flag goes first: a session that comes now brings its table itself. */
int scst_latency_measure(bool on)
{
	int err;

	guard(mutex)(&scst_registry_lock);
	if (on == measured)
		return 0;
	WRITE_ONCE(measured, on);
	if (!on) {
		stop_listening();
		return 0;
	}
	err = add_all() ?: listen();
	if (err)
		WRITE_ONCE(measured, false);
	return err;
}

void scst_latency_exit(void)
{
	if (measured)
		stop_listening();
}
