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

/* Stops at the first error; what is loaded until then stays. */
int bpfd_apply_start(const struct scst_paths *paths, const struct bpfd_config *config,
		     struct scst_error *err);

/* Does all it can and logs what fails. Return: 0 or the first error. */
int bpfd_apply_reload(const struct scst_paths *paths, const struct bpfd_config *old,
		      const struct bpfd_config *new);

#endif
