// SPDX-License-Identifier: GPL-2.0
/*
 * scst_modisk: dev_modisk; and dev_modisk_perf, which does not read or write, to measure everything
 * else.
 */
#include "pass.h"

#define TIMEOUTS	{ 30, 900, 14000 }

PASS_KIND(dev_modisk, "dev_modisk", TYPE_MOD, .block_size = 1024, .timeouts = TIMEOUTS)
PASS_KIND(dev_modisk_perf, "dev_modisk_perf", TYPE_MOD, .block_size = 1024, .timeouts = TIMEOUTS,
	  .perf = true)
PASS_MODULE("SCSI target pass-through: magneto-optical disks", &dev_modisk, &dev_modisk_perf);
