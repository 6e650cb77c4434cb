// SPDX-License-Identifier: GPL-2.0
/*
 * scst_disk: dev_disk; and dev_disk_perf, which does not read or write, to measure everything else.
 */
#include "pass.h"

#define TIMEOUTS	{ 30, 60, 3600 }

PASS_KIND(dev_disk, "dev_disk", TYPE_DISK, .block_size = 512, .timeouts = TIMEOUTS,
	  .local = PASS_LOCAL_CLAIM)
PASS_KIND(dev_disk_perf, "dev_disk_perf", TYPE_DISK, .block_size = 512, .timeouts = TIMEOUTS,
	  .local = PASS_LOCAL_CLAIM, .perf = true)
PASS_MODULE("SCSI target pass-through: disks", &dev_disk, &dev_disk_perf);
