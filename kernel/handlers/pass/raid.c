// SPDX-License-Identifier: GPL-2.0
/*
 * scst_raid: dev_raid, for controllers of storage arrays.
 */
#include "pass.h"

PASS_KIND(dev_raid, "dev_raid", TYPE_RAID, .timeouts = { 300, 300, 14000 })
PASS_MODULE("SCSI target pass-through: storage array controllers", &dev_raid);
