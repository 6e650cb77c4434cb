/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whole files, read and written by the core. Paths are those of the caller's task. Context of all:
 * may sleep; no lock of the core that a command or a configuration file waits for.
 */
#ifndef _SCST_CORE_FILE_H
#define _SCST_CORE_FILE_H

#include <linux/types.h>

struct file;

/* Where the core keeps state unless told otherwise; directories below it are made when needed. */
#define SCST_STATE_DIR "/var/lib/scst"

/*
 * @data is allocated, kvfree() it; NULL if @len is 0. Return: 0, -ENOENT, -EFBIG: longer than @max,
 * -EINVAL: not a regular file, -errno.
 */
int scst_file_read(const char *path, size_t max, void **data, size_t *len);

/* All or -errno, at @pos. */
int scst_file_write_at(struct file *file, const void *data, size_t len, loff_t pos);

/*
 * @path has these bytes, durably, or what it had before: written to a file beside it, which is then
 * renamed. Missing directories below SCST_STATE_DIR are made. Return: 0 or -errno.
 */
int scst_file_replace(const char *path, const void *data, size_t len);

#endif
