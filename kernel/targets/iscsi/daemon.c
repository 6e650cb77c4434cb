// SPDX-License-Identifier: GPL-2.0
/*
 * The daemon, as the rest of the module sees it: it is there or not, and it has to look at the
 * configuration again (what it reads and asks then: ctl.c).
 */
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/wait.h>

#include "config.h"

DECLARE_WAIT_QUEUE_HEAD(iscsi_daemon_wait);

static atomic64_t generation = ATOMIC64_INIT(1);
static unsigned long is_open;

bool iscsi_daemon_open(void)
{
	return !test_and_set_bit(0, &is_open);
}

void iscsi_daemon_close(void)
{
	clear_bit(0, &is_open);
}

bool iscsi_daemon_is_there(void)
{
	return test_bit(0, &is_open);
}

u64 iscsi_config_generation(void)
{
	return atomic64_read(&generation);
}

void iscsi_config_changed(void)
{
	atomic64_inc(&generation);
	wake_up_interruptible(&iscsi_daemon_wait);
}
