// SPDX-License-Identifier: GPL-2.0
/*
 * scst_changer: dev_changer.
 */
#include "pass.h"

PASS_KIND(dev_changer, "dev_changer", TYPE_MEDIUM_CHANGER, .timeouts = { 300, 300, 14000 },
	  .in_order = true)
PASS_MODULE("SCSI target pass-through: medium changers", &dev_changer);
