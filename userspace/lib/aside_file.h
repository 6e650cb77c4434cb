/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file of what was put aside (aside.h). It lives as long as the running configuration does, of
 * which it is a part: below /run, and for one life of scst.ko. It is written and removed by who
 * holds the lock (lock.h).
 */
#ifndef SCST_LIB_ASIDE_FILE_H
#define SCST_LIB_ASIDE_FILE_H

#include "live.h"

#define SCST_ASIDE_PATH	"/run/scst.aside"

/*
 * Return: 0, and NULL in *@aside if nothing was; -ESTALE: it is of another life; another -errno: it
 * cannot be made out.
 */
int scst_aside_read(const char *path, const struct scst_live *live, struct scst_conf **aside);

/*
 * It is on the disk behind this; of nothing there is no file. What the grammar has no way to say is
 * told in @log, and goes without. Return: 0 or -errno, which is told.
 */
int scst_aside_write(const char *path, const struct scst_live *live, const struct scst_conf *aside,
		     FILE *log);

#endif
