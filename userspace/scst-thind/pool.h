/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pool of a thin disk of device-mapper, asked of /dev/mapper/control: two tables say which it
 * is and what its blocks are, two status lines how many are used. None of them makes it commit.
 */
#ifndef SCST_THIND_POOL_H
#define SCST_THIND_POOL_H

#include <sys/types.h>

#include "util.h"

#define POOL_UNKNOWN	UINT64_MAX

/* In bytes, as the attribute thin_pool has them. */
struct pool {
	uint64_t available;
	uint64_t total;
	uint64_t used;			/* by this disk; POOL_UNKNOWN: it does not say */
};

/*
 * Return: 0; -ENOENT: the block device @dev is no thin disk of device-mapper; -ENODATA: it is, but
 * its pool does not say (it has failed, or is being made); -EACCES and others: device-mapper does
 * not answer.
 */
int pool_read(int control, dev_t dev, struct pool *out);

/*
 * Of an error of that, or of writing thin_pool: it says no more than that there is nothing to tell.
 * The disk may have gone or become another between two looks at it, which sysfs says as -ENODEV and
 * -EOPNOTSUPP.
 */
bool pool_is_none(int err);

/* Of lines as dmsetup shows them. Return: 0 or -ENOENT. */
int pool_parse_table(const char *line, uint64_t *block_size);
int pool_parse_status(const char *line, uint64_t block_size, struct pool *out);
/* ... of the disk: where its pool is, and how much of it is mapped. */
int pool_parse_thin_table(const char *line, dev_t *pool);
uint64_t pool_parse_thin_status(const char *line);

#endif
