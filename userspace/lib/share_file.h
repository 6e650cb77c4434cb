/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /etc/scst/share.json: the disks that this host and its initiators share, by identity (scsi.h),
 * for the next boot. Programs write it.
 *
 *	{ "disks": [ { "identity": "naa.5000c500a1b2c3d4", "lun": 0, "device": "2:0:0:0" } ] }
 *
 * Its device is what it was called when it was shared: LUNs of other targets go by that. It may be
 * missing.
 */
#ifndef SCST_LIB_SHARE_FILE_H
#define SCST_LIB_SHARE_FILE_H

#include "error.h"
#include "scsi.h"

#define SCST_SHARE_PATH	"/etc/scst/share.json"
#define SCST_SHARE_LUNS	256		/* disks at most: one LUN each */

struct scst_shared {
	char id[SCST_SCSI_ID_LEN];
	unsigned int lun;		/* of the target that is this host's */
	char device[SCST_SCSI_ADDRESS_LEN];	/* "": it is missing */
};

struct scst_shares {
	struct scst_shared *list;
	size_t nr;
};

/* A file that is not there is an empty list. Return: 0, or -errno with a message. */
int scst_shares_read(const char *path, struct scst_shares *shares, struct scst_error *err);
/* Durably; an empty list is no file. Return: 0, or -errno with a message. */
int scst_shares_write(const char *path, const struct scst_shares *shares, struct scst_error *err);
/* Of what is in the file now, all but that one. Return: 0, or -errno with a message. */
int scst_shares_forget(const char *path, const char *id, struct scst_error *err);
void scst_shares_clear(struct scst_shares *shares);

/* NULL: it is not in the list. */
const struct scst_shared *scst_shares_find(const struct scst_shares *shares, const char *id);
/* The one that is called so. NULL: none is. */
const struct scst_shared *scst_shares_of_device(const struct scst_shares *shares,
						const char *device);
/* With LUN @wish, or the lowest that nobody has. Return: 0; -ENOSPC; -ENOMEM. */
int scst_shares_add(struct scst_shares *shares, const char *id, const char *device,
		    unsigned int wish);
void scst_shares_remove(struct scst_shares *shares, const char *id);

#endif
