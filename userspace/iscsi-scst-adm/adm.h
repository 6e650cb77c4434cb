/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * iscsi-scst-adm: SCST's old tool for iSCSI targets, by numbers instead of names, on what sysfs
 * has. Scripts that were written for it go on working; whoever writes a new one takes scstadmin.
 */
#ifndef ISCSI_SCST_ADM_H
#define ISCSI_SCST_ADM_H

#include "live_attrs.h"

enum adm_op { ADM_NONE, ADM_NEW, ADM_DELETE, ADM_UPDATE, ADM_SHOW };

struct adm {
	/* given */
	struct scst_live live;
	FILE *out;
	struct scst_error err;

	/* the command line */
	enum adm_op op;
	bool has_tid, has_sid, has_cid, user;
	uint64_t tid, sid, cid;
	char *params;			/* taken apart; or NULL */
};

/* Return: 0; 1: an option that tells something and ends; -EINVAL with adm->err. */
int adm_options(struct adm *adm, int argc, char **argv);

/* Return: 0 or -errno with adm->err. */
int adm_run(struct adm *adm);

#endif
