/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The daemon's device, /dev/iscsi-scst-ctl.
 */
#ifndef _ISCSI_SCST_CTL_H
#define _ISCSI_SCST_CTL_H

int iscsi_ctl_init(void);
void iscsi_ctl_exit(void);

#endif
