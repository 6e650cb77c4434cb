/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What goes for a while and comes back: a device that is made again, with its LUNs and its places
 * in device groups. What was set of them and is listed nowhere stands in no file: so it is put
 * aside in one (aside_file.h) before the first of it goes. Where that was cut off, whoever changes
 * something next finishes it first (recover.h).
 *
 * It is a configuration: devices as they are to be made, what leads to them as it was.
 */
#ifndef SCST_LIB_ASIDE_H
#define SCST_LIB_ASIDE_H

#include "live.h"

/* Each: return 0 or -ENOMEM. */
int scst_aside_device(struct scst_conf *aside, const struct scst_where *at,
		      const struct scst_conf *device);
int scst_aside_lun(struct scst_conf *aside, const struct scst_where *at,
		   const struct scst_conf *lun);
int scst_aside_group_device(struct scst_conf *aside, const struct scst_where *at);

/* The device that a LUN, or a place in a device group, leads to; of anything else NULL. */
const char *scst_aside_leads_to(const struct scst_conf *conf);

/* What is there again is dropped; a device, when all that leads to it is. */
void scst_aside_settle(struct scst_conf *aside, const struct scst_live *live);

#endif
