/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One program at a time changes the configuration, or writes it to a file: scstadmin, scstctl and
 * iscsi-scst-adm take this lock first. The kernel needs none; it is for what was read to be still
 * true. Who has it finishes what another one was cut off in, before anything else: scst_recover().
 */
#ifndef SCST_LIB_LOCK_H
#define SCST_LIB_LOCK_H

#include "error.h"

#define SCST_LOCK_PATH	"/run/lock/scst.lock"

/*
 * Waits up to @seconds for whoever has it. Return: a descriptor that holds the lock until it is
 * closed, -EBUSY, or another -errno.
 */
int scst_lock(const char *path, unsigned int seconds, struct scst_error *err);

#endif
