/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What other rooms may call of store/: files that are whole after a crash at any moment. Paths are
 * those of the caller's task. All of it sleeps for as long as the file system likes: it is called
 * with no lock of the core that a command or a configuration file waits for.
 *
 *	file.c		whole files
 *	slots.c		small state in two slots, written in turn (slots_format.c)
 */
#ifndef _SCST_STORE_H
#define _SCST_STORE_H

#include <linux/types.h>

struct file;

/* Where the core keeps state unless told otherwise; directories below it are made when needed. */
#define SCST_STATE_DIR "/var/lib/scst"

/* SCST reads no file of reservations that is longer, and its others are smaller. */
#define SCST_FOREIGN_MAX (15u << 20)

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

/*
 * Copies the file at @path to @path@suffix, durably, over what is there: for files of others that
 * ours are to take the place of. A suffix ends with a sign that no name of a device has.
 * Return: 0, -ENOENT, -EFBIG: longer than any of those, -errno.
 */
int scst_file_keep(const char *path, const char *suffix);

/*
 * For ours, which takes the place of SCST's file at @path next: that one is kept as @path.scst~.
 * @copy, in the same directory, is what SCST copied it to before it wrote it last, or NULL. It does
 * not stay: it would count again when ours is damaged, years later. If it is what counts now it
 * takes the place of what is at @path, which is kept as @path.lost~. Whenever this ends, what
 * counts is where it would be looked for again. Return: 0 or -errno.
 */
int scst_file_keep_scst(const char *path, const char *copy, bool copy_counts);

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
