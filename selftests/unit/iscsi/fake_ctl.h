/* SPDX-License-Identifier: GPL-2.0-only */
/* /dev/iscsi-scst-ctl, as far as connections go there: they are counted. */
#ifndef FAKE_CTL_H
#define FAKE_CTL_H

#include <scst/iscsi.h>

struct fake_ctl {
	int ret;			/* what the kernel says */
	unsigned int nr_conns;
	struct scst_iscsi_conn last;
};

extern struct fake_ctl fake_ctl;

#endif
