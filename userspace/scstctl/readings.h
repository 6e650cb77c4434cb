/* SPDX-License-Identifier: GPL-2.0-only */
/* One reading of a counting tracer, and its rows as JSON: for counts.c and top.c. */
#ifndef SCSTCTL_READINGS_H
#define SCSTCTL_READINGS_H

#include "cli.h"
#include "counts.h"

struct cli_counts {
	struct scst_count_row *rows;
	size_t nr;
};

int cli_counts_take(struct cli *cli, struct scst_counts *counts, struct cli_counts *reading);
void cli_counts_clear(struct cli_counts *reading);

/* Initiator, target, device and LUN of a row. */
struct json_object *cli_json_nexus(const struct scst_count_row *row);
void cli_json_add(struct json_object *obj, const char *key, uint64_t value);

#endif
