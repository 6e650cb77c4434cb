// SPDX-License-Identifier: GPL-2.0
/*
 * scst_processor: dev_processor.
 */
#include "pass.h"

PASS_KIND(dev_processor, "dev_processor", TYPE_PROCESSOR, .timeouts = { 300, 300, 14000 },
	  .in_order = true)
PASS_MODULE("SCSI target pass-through: processor devices", &dev_processor);
