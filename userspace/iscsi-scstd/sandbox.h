/* SPDX-License-Identifier: GPL-2.0-only */
/* What whoever takes over this process by what it reads could still ask of the kernel: little. */
#ifndef ISCSID_SANDBOX_H
#define ISCSID_SANDBOX_H

#include "error.h"

/*
 * From now on every other system call than those of serving fails with EPERM, in this thread and
 * what it starts. PR_SET_NO_NEW_PRIVS is set if it was not.
 */
int sandbox_enter(struct scst_error *err);

#endif
