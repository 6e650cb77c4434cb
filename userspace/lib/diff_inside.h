/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the differ share about one target. `have` and `want` may be NULL. */
#ifndef SCST_LIB_DIFF_INSIDE_H
#define SCST_LIB_DIFF_INSIDE_H

#include "diff.h"

/* The node of @in that is called like @node. */
static inline struct scst_conf *same(const struct scst_conf *in, const struct scst_conf *node)
{
	return scst_conf_find(in, node->kind, node->name);
}

/* LUNs of a target or, where @of names one, a group: those too much, or otherwise; the others. */
int scst_diff_check_luns(struct scst_diff *d, const struct scst_conf *have,
			 const struct scst_conf *want, const struct scst_where *of);
int scst_diff_add_luns(struct scst_diff *d, const struct scst_conf *want,
		       const struct scst_conf *have, const struct scst_where *of);

/* Those that get another device, or are made otherwise, are chosen; and go, until the above. */
int scst_diff_choose_luns(struct scst_diff *d, const struct scst_conf *want,
			  const struct scst_conf *have, const struct scst_where *of);
int scst_diff_drop_luns(struct scst_diff *d, const struct scst_conf *want,
			const struct scst_conf *have, const struct scst_where *of);

/* Groups, with their LUNs, that are too much. */
int scst_diff_check_groups(struct scst_diff *d, const struct scst_conf *have,
			   const struct scst_conf *want, struct scst_where at);

/* LUNs, groups and initiators of a target. */
int scst_diff_access(struct scst_diff *d, const struct scst_conf *want,
		     const struct scst_conf *have, const struct scst_where *at);

#endif
