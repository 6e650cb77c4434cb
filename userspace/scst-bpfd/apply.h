/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a configuration to what is loaded.
 *
 *			not pinned	pinned, the same	pinned, different
 *	start		load		adopt			adopt and say so
 *	reload		load		leave			update
 *
 * So neither a restart nor a crash nor an upgrade ever changes a policy; a reload does. A policy
 * that is pinned and that no configuration of this process ever named is somebody else's.
 */
#ifndef BPFD_APPLY_H
#define BPFD_APPLY_H

#include "config.h"
#include "paths.h"

/*
 * All of them do all they can: one entry that is wrong takes no other along. What failed is logged,
 * and added to @faults as a line of text each. Return: 0 or the first error.
 */

/* Looks, and changes nothing. */
int bpfd_apply_check(const struct scst_paths *paths, const struct bpfd_config *config,
		     struct scst_names *faults);
int bpfd_apply_start(const struct scst_paths *paths, const struct bpfd_config *config,
		     struct scst_names *faults);
int bpfd_apply_reload(const struct scst_paths *paths, const struct bpfd_config *old,
		      const struct bpfd_config *new, struct scst_names *faults);

#endif
