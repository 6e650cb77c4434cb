// SPDX-License-Identifier: GPL-2.0
/*
 * What a logical unit forgets when it is reset (SAM-6 6.3.3, SPC-5 5.11), besides its commands:
 * those are aborted by whoever resets it (tasks/tmf.c).
 */
#include <linux/cleanup.h>

#include "reserve/reserve.h"
#include "tasks/tasks.h"
#include "command.h"

/* Everybody is told, whoever asked for the reset too. */
void scst_lu_reset(struct scst_device *dev)
{
	struct scst_nexus *nexus;

	scst_reserve_reset(dev);
	guard(spinlock_irq)(&dev->lock);
	list_for_each_entry(nexus, &dev->nexuses, dev_entry) {
		WRITE_ONCE(nexus->prevents_removal, false);
		scst_ua_queue(nexus, SCST_SENSE_RESET);
	}
}

/* The saved values hold again. What is in the cache stays there, so WCE does too. */
void scst_lu_restore_mode(struct scst_device *dev)
{
	struct scst_mode mode;

	scoped_guard(mutex, &dev->param_lock) {
		mode = dev->lu.mode_saved;
		mode.wce = scst_mode_current(&dev->lu).wce;
		scst_mode_apply(&dev->lu, &mode);
	}
	scst_gate_update_device(dev);
}
