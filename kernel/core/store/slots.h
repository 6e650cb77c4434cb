/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Small state that has to survive a crash at any moment: a file with two slots, written in turn
 * (slots_format.h). Context of both: may sleep, for as long as the file system likes.
 */
#ifndef _SCST_CORE_SLOTS_H
#define _SCST_CORE_SLOTS_H

#include <linux/types.h>

/*
 * @data is allocated, kvfree() it; NULL if @len is 0.
 * Return: 0; -ENOENT: no such file; -EBADMSG: damaged in both slots, or not a file of ours with
 * @magic; -errno: it cannot be read.
 */
int scst_slots_load(const char *path, u32 magic, void **data, size_t *len);

/*
 * Return: 0: it is on stable storage; else what scst_slots_load() gives has not changed. -EBADMSG:
 * there is a file, and it is not ours: it stays as it is; -EMSGSIZE: more than SCST_SLOT_DATA_MAX.
 * Directories below /var/lib/scst are made, others have to be there.
 */
int scst_slots_save(const char *path, u32 magic, const void *data, size_t len);

/* The same, but a new file takes the place of whatever is there. */
int scst_slots_create(const char *path, u32 magic, const void *data, size_t len);

#endif
