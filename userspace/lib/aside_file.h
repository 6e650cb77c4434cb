/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file of what was put aside (aside.h). It lives as long as the running configuration does, of
 * which it is a part: below /run, and for one life of scst.ko. Who finds one of an earlier life
 * finds nothing.
 */
#ifndef SCST_LIB_ASIDE_FILE_H
#define SCST_LIB_ASIDE_FILE_H

#include "error.h"
#include "live.h"

#define SCST_ASIDE_PATH	"/run/scst.aside"

/* Return: 0, and NULL in *@aside if nothing was; -errno: it cannot be made out. */
int scst_aside_read(const char *path, const struct scst_live *live, struct scst_conf **aside,
		    struct scst_error *err);

/* It is on the disk behind this; of nothing there is no file. Return: 0 or -errno. */
int scst_aside_write(const char *path, const struct scst_live *live, const struct scst_conf *aside,
		     struct scst_error *err);

#endif
