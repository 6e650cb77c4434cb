/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long commands of a session take, by direction, size and stage: `measure_latency`.
 */
#ifndef _SCST_CORE_LATENCY_H
#define _SCST_CORE_LATENCY_H

#include "core.h"

enum scst_latency_stage {
	SCST_LATENCY_PREPARE,	/* until it is executed: data-out, its turn */
	SCST_LATENCY_EXECUTE,
	SCST_LATENCY_TOTAL,
	SCST_LATENCY_STAGES,
};

#define SCST_LATENCY_SIZES	11	/* up to 512 bytes, 1024, ... 256 KiB, more */

/* In tenths of a microsecond. */
struct scst_latency_row {
	u64 count, min, max, sum, squares;
};

struct scst_latency {
	spinlock_t lock;
	struct scst_latency_row row[SCST_DIR_BIDI + 1][SCST_LATENCY_SIZES][SCST_LATENCY_STAGES];
};

/* From here on commands of sessions that have a table count in it. Return: 0 or -errno. */
int scst_latency_listen(void);
/* No command counts any more when this returns. */
void scst_latency_stop(void);
void scst_latency_clear(struct scst_latency *latency);

#endif
