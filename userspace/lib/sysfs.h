/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One sysfs attribute: read without the mark that is meant for scstadmin, or as it is, or written.
 * And the names in a directory. Who compares ten thousand objects allocates nothing for either.
 */
#ifndef SCST_LIB_SYSFS_H
#define SCST_LIB_SYSFS_H

#include "util.h"

/*
 * The text of @path without trailing blanks and without the last line "[key]", which says that the
 * value is not the default: *@key, if @key. What no terminal and no JSON should meet is a '?' in it
 * (printable.h): names of initiators are in many of them. Return: 0 or -errno, *@text untouched.
 */
int scst_sysfs_read(const char *path, char **text, bool *key);

int scst_sysfs_write(const char *path, const char *text);

/* Room for any attribute, which is a page at most, of 64 KiB on some machines, and a NUL. */
#define SCST_ATTR_ROOM	(64 * 1024 + 1)

/* All of an attribute that is open, as it is: the kernel gives it at once. Return: 0 or -errno. */
int scst_sysfs_read_fd(int fd, char text[SCST_ATTR_ROOM]);

/*
 * Calls @each with what the directory @fd has, besides itself and the one above, until it returns
 * other than 0. Return: that, 0 or -errno.
 */
int scst_sysfs_each(int fd, int (*each)(void *arg, const struct dirent64 *found), void *arg);

#endif
