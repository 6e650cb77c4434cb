/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Is a configuration one that could be done? It is looked at as a whole, by conf_keys.h, before
 * anything is.
 */
#ifndef SCST_LIB_CONF_CHECK_H
#define SCST_LIB_CONF_CHECK_H

#include "conf.h"

/*
 * Each thing that is wrong is a line of @faults: "FILE:LINE: where: key: why". What is not in
 * conf_keys.h may be an attribute of a kernel that knows more, and is let through. A LUN may name a
 * device that is not in the file: whether it is there shows later. Without @file, which is for what
 * no file says, lines have no such beginning, and objects need not be whole. Return: 0 or -ENOMEM.
 */
int scst_conf_check(const struct scst_conf *conf, const char *file, struct scst_names *faults);

/* A place in a configuration, as people read it: "iscsi / iqn.x / group hosts / LUN 3". */
struct scst_conf_place {
	const struct scst_conf_place *in;	/* or NULL */
	const struct scst_conf *conf;
};

/* Adds "FILE:LINE: where: key: why"; @key may be NULL. Return: 0 or -ENOMEM. */
int scst_conf_fault(struct scst_names *faults, const char *file, unsigned int line,
		    const struct scst_conf_place *place, const char *key, const char *why);

#endif
