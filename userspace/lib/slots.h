/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files in which scst.ko keeps what has to survive: two slots, of which the newer one that is whole
 * counts. The module's own slots_format.h has the format; here they are only read.
 */
#ifndef SCST_LIB_SLOTS_H
#define SCST_LIB_SLOTS_H

#include "util.h"

#define SCST_SLOTS_PR	0x52505343u	/* persistent reservations */
#define SCST_SLOTS_MODE	0x4d4f4445u	/* saved parameters */

#define SCST_SLOTS_FILE_MAX	(2 * ((1 << 20) + 4096))

/*
 * What is in force of the @size bytes of a file. *@data has a NUL behind its *@len bytes.
 * Return: 0; -EBADMSG: no slot of this kind is whole; -ENOMEM.
 */
int scst_slots_read(const void *file, size_t size, uint32_t magic, void **data, size_t *len);

#endif
