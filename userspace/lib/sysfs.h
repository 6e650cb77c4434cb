/* SPDX-License-Identifier: GPL-2.0-only */
/* One sysfs attribute: read without the mark that is meant for scstadmin, or written. */
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

#endif
