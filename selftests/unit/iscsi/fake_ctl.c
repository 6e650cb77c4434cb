// SPDX-License-Identifier: GPL-2.0-only
#include "fake_ctl.h"

#include "ctl.h"

struct fake_ctl fake_ctl;

int ctl_conn(int fd, const struct scst_iscsi_conn *conn)
{
	if (fake_ctl.ret)
		return fake_ctl.ret;
	fake_ctl.nr_conns++;
	fake_ctl.last = *conn;
	return 0;
}
