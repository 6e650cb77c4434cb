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

extern struct fake_map fake_latency, fake_errors;

#endif
