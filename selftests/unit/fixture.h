/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of kernel/core/scsi share: two logical units, a port, and a way to ask.
 */
#ifndef _SCST_UNIT_FIXTURE_H
#define _SCST_UNIT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/kernel.h>
#include <linux/unaligned.h>
#include <scst/scst.h>

#include "answer.h"
#include "cdb.h"

#define CDB(...)	((const u8[32]) { __VA_ARGS__ })
#define ALL_VERBS	(~0u)

struct scst_lu fixture_disk(void);	/* 1 GiB, 512-byte blocks, thin, everything configured	*/
struct scst_lu fixture_cdrom(void);

extern const struct scst_port fixture_port;

/* A view of @lu through fixture_port, with LUNs 0, 5 and 300. */
struct scst_view fixture_view(const struct scst_lu *lu);

struct answer {
	bool ok;
	u32 len;
	u8 data[8192];
	struct scst_sense sense;
};

/* find, check, respond; fails the test if the command is unknown or malformed. */
struct answer ask(const struct scst_view *view, const u8 *cdb);

/* The same with room for @size bytes in a heap block of just that size. */
struct answer ask_sized(const struct scst_view *view, const u8 *cdb, u32 size);

#define assert_refused_field(a, at, b)					\
	do {								\
		assert_false((a).ok);					\
		assert_int_equal((a).sense.id, SCST_SENSE_INVALID_FIELD_CDB); \
		assert_true((a).sense.has_field);			\
		assert_true((a).sense.in_cdb);				\
		assert_int_equal((a).sense.byte, at);			\
		assert_int_equal((a).sense.bit, b);			\
	} while (0)

#endif
