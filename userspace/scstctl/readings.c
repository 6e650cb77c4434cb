// SPDX-License-Identifier: GPL-2.0-only
/* Readings of counting tracers. */
#include "readings.h"

#define MAX_ROWS	65536

void cli_counts_clear(struct cli_counts *reading)
{
	free(reading->rows);
	*reading = (struct cli_counts){};
}

int cli_counts_take(struct cli *cli, struct scst_counts *counts, struct cli_counts *reading)
{
	size_t left_out;
	int ret = scst_counts_read(counts, MAX_ROWS, &reading->rows, &reading->nr, &left_out);

	return ret ? scst_fail(&cli->err, ret, "cannot read the counters: %s", strerror(-ret)) : 0;
}

struct json_object *cli_json_nexus(const struct scst_count_row *row)
{
	struct json_object *obj = json_object_new_object();

	json_object_object_add(obj, "initiator", json_object_new_string(row->name.initiator));
	json_object_object_add(obj, "target", json_object_new_string(row->name.target));
	json_object_object_add(obj, "device", json_object_new_string(row->name.device));
	json_object_object_add(obj, "lun", json_object_new_int64(row->name.lun));
	return obj;
}

void cli_json_add(struct json_object *obj, const char *key, uint64_t value)
{
	json_object_object_add(obj, key, json_object_new_uint64(value));
}
