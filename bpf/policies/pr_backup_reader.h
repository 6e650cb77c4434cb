/* SPDX-License-Identifier: GPL-2.0 */
/* The rules of bpf/policies/pr_backup_reader.bpf.c, for the program and for whoever fills them. */
#ifndef _SCST_PR_BACKUP_READER_H
#define _SCST_PR_BACKUP_READER_H

#include "match.h"

/* A value of pr_backup_reader_list: who matches may read. */
struct pr_backup_reader_rule {
	SCST_MATCH_MEMBERS;
};

#endif
