/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Work: the basic blocks of userspace/ that have run, as the compiler has each of them count
 * itself, and the bytes that were moved to a larger place. Unlike a time it is the same on
 * each machine, whatever else that does.
 */
#ifndef UNIT_WORK_H
#define UNIT_WORK_H

/* Since the program began. */
unsigned long work_done(void);

#endif
