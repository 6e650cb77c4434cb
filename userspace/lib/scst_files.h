/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The files in which SCST keeps what a device remembers, made of what scst.ko keeps: for who goes
 * back, or moves a disk to a host with SCST.
 *
 *	/var/lib/scst/pr/DEVICE			persistent reservations
 *	/var/lib/scst/vdev_mode_pages/DEVICE	mode parameters that were saved
 */
#ifndef SCST_LIB_SCST_FILES_H
#define SCST_LIB_SCST_FILES_H

#include "error.h"

/* Bytes of a file, until scst_bytes_clear(). */
struct scst_bytes {
	uint8_t *bytes;
	size_t len;
};

void scst_bytes_clear(struct scst_bytes *bytes);
#define _cleanup_bytes_ _cleanup_(scst_bytes_clear)

/*
 * @text is that of pr_state. Numbers are in the byte order of this host, as SCST has them.
 * Return: 0; -EINVAL: no such text; -ENOMEM.
 */
int scst_files_pr(const char *text, struct scst_bytes *out, struct scst_error *err);

struct scst_files_device {
	const char *name;
	bool no_cache;			/* it never has one: that it is off says nothing */
};

/*
 * @record is what scst.ko saves of @device. Nothing is put out if all of it has SCST's defaults, as
 * SCST has no file then. *@left_out: how many things it has no place for.
 */
int scst_files_mode(const struct scst_files_device *device, const uint8_t *record, size_t len,
		    struct scst_bytes *out, unsigned int *left_out, struct scst_error *err);

#endif
