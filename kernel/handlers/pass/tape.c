// SPDX-License-Identifier: GPL-2.0
/*
 * scst_tape: dev_tape; and dev_tape_perf, which does not read or write, to measure everything else.
 */
#include "pass.h"

#define TIMEOUTS	{ 30, 900, 14000 }

PASS_KIND(dev_tape, "dev_tape", TYPE_TAPE, .timeouts = TIMEOUTS, .in_order = true)
PASS_KIND(dev_tape_perf, "dev_tape_perf", TYPE_TAPE, .timeouts = TIMEOUTS, .in_order = true,
	  .perf = true)
PASS_MODULE("SCSI target pass-through: tapes", &dev_tape, &dev_tape_perf);
