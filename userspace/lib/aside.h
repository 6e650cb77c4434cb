/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What goes for a while and comes back: a device that is made again, with its LUNs and its places
 * in device groups, and a LUN that is assigned again behind a change of groups. What was set of
 * them and is listed nowhere stands in no file: so it is put aside in one (aside_file.h) before the
 * first of it goes. Who was cut off in between has it done by the next one.
 *
 * It is a configuration: devices as they are to be made, what leads to them as it was. Of a LUN
 * whose device is not in it only the attributes count: it has been listed, and what it leads to is
 * said by who lists it.
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

/* What is there again is dropped; a device, when all that leads to it is. */
void scst_aside_settle(struct scst_conf *aside, const struct scst_live *live);

/*
 * @want, with what @aside has of the devices and LUNs in it and @want does not list. Unless @prune,
 * with the devices, too, that are not listed, have no handler of another name by now, and have one.
 * NULL without memory.
 */
struct scst_conf *scst_aside_complete(const struct scst_conf *aside, const struct scst_conf *want,
				      const struct scst_conf *have, bool prune);

#endif
