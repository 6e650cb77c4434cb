/* SPDX-License-Identifier: GPL-2.0-only */
/* What libgcrypt does for CHAP: hashes, randomness. */
#ifndef ISCSID_HASH_H
#define ISCSID_HASH_H

#include "util.h"

#define HASH_MAX	32

enum hash_id {
	HASH_MD5,
	HASH_SHA1,
	HASH_SHA256,
	HASH_SHA3_256,
	HASH_IDS,
};

/* Before anything else. Return: 0, or -ENOSYS: the library is not the one we were built for. */
int hash_init(void);

/* False where policy forbids it: MD5 in FIPS mode. */
bool hash_is_available(enum hash_id id);

size_t hash_len(enum hash_id id);

struct hash_part {
	const void *data;
	size_t len;
};

#define HASH_PARTS_MAX	4

/* Of @nr parts in a row. */
int hash_parts(enum hash_id id, const struct hash_part *parts, size_t nr, uint8_t *out);

void random_bytes(void *out, size_t len);

/* Takes as long for unequal bytes as for equal ones. */
bool is_equal_in_constant_time(const uint8_t *a, const uint8_t *b, size_t len);

#endif
