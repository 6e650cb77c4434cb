/* SPDX-License-Identifier: GPL-2.0-only */
/* A configuration becomes the running one. */
#ifndef SCST_LIB_APPLY_H
#define SCST_LIB_APPLY_H

#include "diff.h"

/*
 * All phases of the differ, in their order, of what is there, which is read unless @d->have has it;
 * with force what is too much goes first. Each step is d->ops->step()'s to do (scst_apply_step()).
 * Return: 0, or what ended it.
 */
int scst_apply(struct scst_diff *d, struct scst_error *err);

/*
 * Does one step. A target goes after its sessions: it is disabled, they are closed and waited for,
 * up to @patience seconds. Return: 0; -ETIMEDOUT: sessions that did not end; another -errno.
 */
int scst_apply_step(const struct scst_live *live, const struct scst_step *step,
		    unsigned int patience);

#endif
