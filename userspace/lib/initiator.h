/* SPDX-License-Identifier: GPL-2.0-only */
/* Patterns of initiators' names, as the kernel reads them (core/objects/group.c). */
#ifndef SCST_LIB_INITIATOR_H
#define SCST_LIB_INITIATOR_H

#include "util.h"

/* '*' is any run of characters, '?' any one, '!' before it inverts; case does not matter. */
bool scst_initiator_matches(const char *pattern, const char *name);

/* Can it stand for others than the one that is called so? */
static inline bool scst_initiator_is_pattern(const char *name)
{
	return *name == '!' || strpbrk(name, "*?");
}

#endif
