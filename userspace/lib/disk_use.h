/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who of this host uses a SCSI disk: mounted file systems, swap, volumes above it, loop devices,
 * virtual disks for initiators, and whoever has one of its nodes open. The kernel refuses a disk
 * that is claimed by somebody; this says who it is, and sees those that claim nothing.
 */
#ifndef SCST_LIB_DISK_USE_H
#define SCST_LIB_DISK_USE_H

#include <sys/types.h>

#include "error.h"
#include "scsi.h"

/* "sdb", "sdb1", "sg2", "bsg/2:0:0:0": names below /dev. */
struct scst_disk_node {
	char name[NAME_MAX + 1];
	dev_t dev;
	bool block;
};

struct scst_disk_nodes {
	struct scst_disk_node *list;
	size_t nr;
};

/* All that the device at @address has at the moment. Return: 0 or -ENOMEM. */
int scst_disk_nodes(const char *address, struct scst_disk_nodes *nodes);
void scst_disk_nodes_clear(struct scst_disk_nodes *nodes);

/* Nobody uses it, but for this process? Return: 0; -EBUSY, which says who; or another -errno. */
int scst_disk_check_use(const struct scst_disk_nodes *nodes, struct scst_error *err);
/*
 * ... of those who have it open only, also if a node has vanished. Some seconds are given to them:
 * udev looks at disks as well.
 */
int scst_disk_check_open(const struct scst_disk_nodes *nodes, struct scst_error *err);

/* Is none of it what fstab has for booting? Return: 0, -EBUSY or another -errno. */
int scst_disk_check_boot(const struct scst_disk_nodes *nodes, struct scst_error *err);

/* Of the text of a mountinfo: the node that is mounted, and in @place where. NULL: none is. */
const struct scst_disk_node *scst_disk_mounted(const struct scst_disk_nodes *nodes,
					       const char *mountinfo, char place[PATH_MAX]);
/* Of the text of /proc/swaps: the node that is swapped to, or NULL. */
const struct scst_disk_node *scst_disk_swaps(const struct scst_disk_nodes *nodes,
					     const char *swaps);

#endif
