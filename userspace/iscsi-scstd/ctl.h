/* SPDX-License-Identifier: GPL-2.0-only */
/* /dev/iscsi-scst-ctl: the kernel's side of the bargain (include/uapi/scst/iscsi.h). */
#ifndef ISCSID_CTL_H
#define ISCSID_CTL_H

#include "env.h"
#include "error.h"

/* Return: the descriptor, or -errno. */
int ctl_open(struct scst_error *err);

/* Which configuration is this? The descriptor is readable when there is another. */
int ctl_generation(int fd, uint64_t *generation);

/* The ioctls: 0 (access: 1 or 0) or -errno. */
int ctl_driver(int fd, struct scst_iscsi_driver *driver);
int ctl_target(int fd, struct scst_iscsi_target *target);
int ctl_attr(int fd, struct scst_iscsi_attr_get *attr);
int ctl_access(int fd, const struct scst_iscsi_access *access);
int ctl_conn(int fd, const struct scst_iscsi_conn *conn);

#endif
