/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Maps of counting tracers without a kernel: as many rows as a test says, of the nexuses 1, 2, ...;
 * each has counted one.
 */
#ifndef FAKE_MAPS_H
#define FAKE_MAPS_H

#include <stddef.h>

struct fake_map {
	const char *file;
	size_t key_size, value_size;
	size_t rows;
};

extern struct fake_map fake_latency, fake_totals, fake_errors;

/* So many nexuses have the same names: logins of one initiator. */
extern size_t fake_logins;
/* The name of nexus 1 instead of "initiator1", if not NULL. */
extern const char *fake_name;
/* So often a nexus goes while the maps are read. */
extern size_t fake_folds;
/* Of one bucket: what does not fit into a batch is asked for again. */
extern size_t fake_bucket;

#endif
