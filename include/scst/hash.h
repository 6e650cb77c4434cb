/* SPDX-License-Identifier: GPL-2.0 */
/* Tables in which objects are found by their names. */
#ifndef _SCST_HASH_H
#define _SCST_HASH_H

#include <linux/stringhash.h>
#include <linux/string.h>

/* Chains of ten when there are ten thousand, which costs 8 KiB each. */
#define SCST_HASH_BITS	10

static inline u32 scst_name_hash(const char *name)
{
	return full_name_hash(NULL, name, strlen(name));
}

#endif
