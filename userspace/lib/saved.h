/* SPDX-License-Identifier: GPL-2.0-only */
/* What of the running target a configuration file keeps. */
#ifndef SCST_LIB_SAVED_H
#define SCST_LIB_SAVED_H

#include "live_attrs.h"

/*
 * All objects, with the attributes that somebody set, and `enabled`; of attributes that cannot be
 * written only those an object can be created with. @nonkey: the other attributes too, marked.
 * Return: 0 or -errno.
 */
int scst_saved_read(const struct scst_live *live, bool nonkey, struct scst_conf **conf,
		    struct scst_error *err);

#endif
