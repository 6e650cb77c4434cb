/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of initiators and targets, RFC 7143 4.2.7. Of what RFC 3722 allows in them we take what is
 * ASCII: letters, digits, '.', '-' and ':', and capitals mean the same as small letters.
 */
#ifndef ISCSID_NAME_H
#define ISCSID_NAME_H

#include "env.h"

/* @name in small letters. Return: 0, or -EINVAL: it is none, and @out is as it was. */
int name_fold(const char *name, char out[SCST_ISCSI_NAME_LEN]);

bool name_is_same(const char *a, const char *b);

/* The target that an initiator calls @name. Return: 0, -ENOENT or another -errno. */
int name_find_target(const struct env *env, const char *name, struct scst_iscsi_target *target);

#endif
