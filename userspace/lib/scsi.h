/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SCSI devices of this host as sysfs has them, by address (H:C:I:L), and what they say of
 * themselves: by that a disk is known again when its address is another one. The text is that of
 * the kernel's handlers for real devices (kernel/handlers/pass/facts.c), which keep their state
 * under it.
 */
#ifndef SCST_LIB_SCSI_H
#define SCST_LIB_SCSI_H

#include <limits.h>

#include "names.h"

#define SCST_SCSI_ROOT		"/sys/bus/scsi/devices"
#define SCST_SCSI_ADDRESS_LEN	64
#define SCST_SCSI_ID_LEN	256

/* H:C:I:L in digits, without zeros before them? */
bool scst_scsi_is_address(const char *text);

/* A page as the device has sent it; of none @len is 0. */
struct scst_scsi_page {
	const uint8_t *data;
	size_t len;
};

/* "naa.5000...": of VPD page 83h, else of what INQUIRY and page 80h say; "" if they say nothing. */
void scst_scsi_identify(const struct scst_scsi_page *inquiry, const struct scst_scsi_page *page_83,
			const struct scst_scsi_page *page_80, char id[SCST_SCSI_ID_LEN]);

/* The same of the device at @address below @root. Return: 0; -ENOENT: no device; or -errno. */
int scst_scsi_identity(const char *root, const char *address, char id[SCST_SCSI_ID_LEN]);

/* Is it a LUN of this target, a disk of scst_local? */
bool scst_scsi_is_ours(const char *root, const char *address);

/* The first line of one of its files. Return: 0 or -errno. */
int scst_scsi_attr(const char *root, const char *address, const char *name, char *out,
		   size_t size);

/* Its node of @class ("block", "scsi_generic", "bsg"). Return: false: it has none. */
bool scst_scsi_node(const char *root, const char *address, const char *class,
		    char name[NAME_MAX + 1]);

/* Addresses of all disks with that identity that are no LUNs of this target. */
int scst_scsi_find(const char *root, const char *id, struct scst_names *addresses);

/* The address in the path of something that belongs to a device: ".../2:0:0:0/block/sdb/sdb1". */
bool scst_scsi_address_in(const char *path, char address[SCST_SCSI_ADDRESS_LEN]);

#endif
