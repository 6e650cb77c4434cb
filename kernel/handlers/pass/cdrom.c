// SPDX-License-Identifier: GPL-2.0
/*
 * scst_cdrom: dev_cdrom, for CD, DVD and BD drives.
 */
#include "pass.h"

PASS_KIND(dev_cdrom, "dev_cdrom", TYPE_ROM, .block_size = 2048, .timeouts = { 30, 900, 14000 })
PASS_MODULE("SCSI target pass-through: CD-ROM drives", &dev_cdrom);
