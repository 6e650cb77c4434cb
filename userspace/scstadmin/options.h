/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command line as Perl's Getopt::Long reads it: names in any case, cut short as long as one
 * name fits, behind one dash or two (or a plus), with the value behind a '=' or in the next word.
 * What is no option is passed over.
 */
#ifndef SCSTADMIN_OPTIONS_H
#define SCSTADMIN_OPTIONS_H

#include "util.h"

enum option {
	/* what is to be done: in the order in which they are looked at */
	OPT_CONFIG, OPT_CHECK_CONFIG, OPT_WRITE_CONFIG, OPT_CLEAR_CONFIG,
	OPT_LIST_HANDLER, OPT_LIST_DEVICE, OPT_LIST_DGRP, OPT_LIST_TGRP, OPT_LIST_DRIVER,
	OPT_LIST_TARGET, OPT_LIST_GROUP, OPT_LIST_SESSIONS,
	OPT_LIST_SCST_ATTR, OPT_LIST_HND_ATTR, OPT_LIST_DEV_ATTR, OPT_LIST_DRV_ATTR,
	OPT_LIST_TGT_ATTR, OPT_LIST_GRP_ATTR, OPT_LIST_LUN_ATTR, OPT_LIST_INIT_ATTR,
	OPT_LIST_DGRP_ATTR, OPT_LIST_TGRP_ATTR, OPT_LIST_TTGT_ATTR,
	OPT_SET_SCST_ATTR, OPT_SET_HND_ATTR, OPT_SET_DEV_ATTR, OPT_SET_DRV_ATTR, OPT_SET_TGT_ATTR,
	OPT_SET_GRP_ATTR, OPT_SET_LUN_ATTR, OPT_SET_INIT_ATTR, OPT_SET_DGRP_ATTR,
	OPT_SET_TGRP_ATTR, OPT_SET_TTGT_ATTR,
	OPT_ADD_DRV_ATTR, OPT_ADD_TGT_ATTR, OPT_REM_DRV_ATTR, OPT_REM_TGT_ATTR,
	OPT_OPEN_DEV, OPT_CLOSE_DEV, OPT_RESYNC_DEV,
	OPT_ADD_DGRP, OPT_REM_DGRP, OPT_ADD_DGRP_DEV, OPT_REM_DGRP_DEV,
	OPT_ADD_TGRP, OPT_REM_TGRP, OPT_ADD_TGRP_TGT, OPT_REM_TGRP_TGT,
	OPT_ADD_TARGET, OPT_REM_TARGET, OPT_ADD_GROUP, OPT_REM_GROUP,
	OPT_ADD_INIT, OPT_REM_INIT, OPT_MOVE_INIT, OPT_CLEAR_INITS,
	OPT_ADD_LUN, OPT_REM_LUN, OPT_REPLACE_LUN, OPT_CLEAR_LUNS,
	OPT_ENABLE_TARGET, OPT_DISABLE_TARGET, OPT_ISSUE_LIP, OPT_DUMP_ATTRS,
	OPT_VERBS,		/* how many there are */

	/* to what, and how */
	OPT_HANDLER = OPT_VERBS, OPT_ATTRIBUTES, OPT_DRIVER, OPT_TARGET, OPT_GROUP, OPT_TO,
	OPT_DEVICE, OPT_DEV_GROUP, OPT_TGT_GROUP,
	OPT_LIP, OPT_NO_LIP, OPT_NONKEY, OPT_NOPROMPT, OPT_CONT_ON_ERR, OPT_FORCE, OPT_DEBUG,
	OPT_H, OPT_HELP,
	/* other programs of this name have them */
	OPT_PRESERVE_CLUSTER_MODE, OPT_SUSPEND, OPT_TIMEOUT, OPT_LOG_LEVEL, OPT_VERSION,
	OPT_NR,
};

struct options {
	const char *value[OPT_NR];	/* NULL: not given; "" of a flag */
};

/* false: something was wrong, and said on @err. */
bool options_read(struct options *options, int argc, char **argv, FILE *err);

/* "add_lun": the name as it is told. */
const char *options_name(enum option option);

/* What is missing of what a verb needs, or what does not go together; NULL if all is there. */
const char *options_complaint(const struct options *options);

#endif
