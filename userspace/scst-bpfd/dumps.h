/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Dumps of persistent reservations, which the policy pr_dump leaves in its ring piece by piece: put
 * together, and written to DIRECTORY/SERIAL, whole or not at all.
 */
#ifndef BPFD_DUMPS_H
#define BPFD_DUMPS_H

#include <json-c/json.h>

#include "util.h"

struct bpfd_dumps;

/* @directory: it is made when it is needed. NULL: no memory. */
struct bpfd_dumps *bpfd_dumps_new(const char *directory);
void bpfd_dumps_free(struct bpfd_dumps *dumps);

/* Keeps @piece. Return: with the last one of a dump an event about what became of it, or NULL. */
struct json_object *bpfd_dumps_take(struct bpfd_dumps *dumps, struct json_object *piece);

#endif
