/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Dumps of persistent reservations, which the policy pr_dump leaves in its ring piece by piece: put
 * together, and written to DIRECTORY/SERIAL, whole or not at all.
 *
 * What was handed over counts as done for the kernel. So a dump of which the beginning is missing,
 * since a daemon before this one took it and was killed, is asked for again, and one that cannot be
 * written is kept and tried again, until there is a newer one of that device.
 */
#ifndef BPFD_DUMPS_H
#define BPFD_DUMPS_H

#include <json-c/json.h>

#include "util.h"

struct bpfd_dumps;

/* @sysfs: where the devices are. @directory: it is made when it is needed. NULL: no memory. */
struct bpfd_dumps *bpfd_dumps_new(const char *sysfs, const char *directory);
void bpfd_dumps_free(struct bpfd_dumps *dumps);
int bpfd_dumps_set_directory(struct bpfd_dumps *dumps, const char *directory);

/* Keeps @piece. Return: with the last one of a dump an event about what became of it, or NULL. */
struct json_object *bpfd_dumps_take(struct bpfd_dumps *dumps, struct json_object *piece);

/* Once a second: tries again, every few of them, what could not be written. */
void bpfd_dumps_tick(struct bpfd_dumps *dumps);

#endif
