/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an apply that was cut off had put aside (aside.h) is made again, as that would have gone on:
 * by every program that takes the lock (lock.h), before it looks at anything. So nobody ever finds
 * half of it: who saves has the whole, and who removes a LUN removes one that is there.
 *
 * It only ever adds. A device that is there and would have to be closed to be as it was put aside
 * is somebody else's by now, with all that leads to it; a LUN or a place in a device group that is
 * there stays, and what was in a target or group that is gone has no place any more.
 *
 * It is tried once: an hour later the same name may be another disk. What could not be done is
 * told, and kept in a file that nobody but a person reads, PATH.lost.1 or the next number.
 */
#ifndef SCST_LIB_RECOVER_H
#define SCST_LIB_RECOVER_H

#include "live.h"

/* @path: of the file that was put aside. Nothing depends on what comes of it. */
void scst_recover(const struct scst_live *live, const char *path, FILE *log);

#endif
