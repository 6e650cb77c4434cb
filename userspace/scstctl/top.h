/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scstctl top: who does how much. top.c makes rates of two readings, sums them up as asked, and
 * prints them as text or JSON; top_screen.c shows them on a terminal and takes keys.
 */
#ifndef SCSTCTL_TOP_H
#define SCSTCTL_TOP_H

#include "readings.h"

enum top_sort { TOP_COMMANDS, TOP_BYTES, TOP_LATENCY, TOP_FAILED, TOP_NAME, TOP_SORTS };
enum top_by { TOP_BY_NEXUS, TOP_BY_INITIATOR, TOP_BY_DEVICE, TOP_BYS };

struct top_view {
	enum top_sort sort;
	enum top_by by;
	bool reverse;
};

extern const char *const top_sorts[TOP_SORTS];
extern const char *const top_bys[TOP_BYS];

/* What happened between two readings, in the view's order; seconds apart. */
struct top_rates {
	struct cli_counts busy;
	double seconds;
};

void top_rates_make(const struct cli_counts *now, const struct cli_counts *before,
		    const struct top_view *view, struct top_rates *rates);

#define TOP_HEAD	"INITIATOR                        LUN   DEVICE           DIR   " \
			"COMMANDS/s       MB/s    MEAN us   FAILED"
#define TOP_LINE	160

/* One row as text, without a newline. */
void top_format(const struct scst_count_row *row, const struct top_view *view, double seconds,
		char line[TOP_LINE]);

/* Until q. Return: 0 or -errno. */
int top_screen(struct cli *cli, struct scst_counts *counts, struct top_view *view);

#endif
