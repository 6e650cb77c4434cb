/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a configuration to what is loaded.
 *
 *			not pinned	pinned, the same	pinned, another		unlisted
 *	start		load		adopt			adopt and say so	say so
 *	reload		load		leave			update			unload
 *
 * So neither a restart nor a crash nor an upgrade ever changes a policy; a reload does. What a
 * daemon has loaded or adopted has a note that says so (SCST_PIN_OWNER), and the last column is
 * about that alone: what is pinned and was never configured is somebody else's. No policy is
 * unloaded by a reload that could not put all others in force: it may be called otherwise now.
 */
#ifndef BPFD_APPLY_H
#define BPFD_APPLY_H

#include "config.h"
#include "paths.h"

/*
 * All of them do all they can: one entry that is wrong takes no other along. What failed is logged,
 * and added to @faults as a line of text each. Return: 0 or the first error.
 */

/*
 * What is required (required.h): at a start what is configured comes on top of what the module
 * parameter says, unless somebody has written the list since the module was loaded, which is no
 * fault of a daemon that comes again; then what differs is told. A reload makes it what is
 * configured, after policies were loaded and updated, and before any is unloaded: so it is never
 * for the sake of a reload that somebody waits. Without the key in the configuration nothing is
 * touched.
 */
int bpfd_apply_required(const struct scst_paths *paths, const struct bpfd_config *config,
			struct scst_names *faults);

/* Looks, and changes nothing. */
int bpfd_apply_check(const struct scst_paths *paths, const struct bpfd_config *config,
		     struct scst_names *faults);
/* What is required comes first, by the call above: then nobody gets in before all of this. */
int bpfd_apply_start(const struct scst_paths *paths, const struct bpfd_config *config,
		     struct scst_names *faults);
int bpfd_apply_reload(const struct scst_paths *paths, const struct bpfd_config *config,
		      struct scst_names *faults);

#endif
