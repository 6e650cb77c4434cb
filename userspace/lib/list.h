/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lists of rules in BPF maps (bpf/match.h), written by the names which the map's BTF has: a rule
 * is "member=value,member=value...", and what it does not name is "any" or zero. Such a map is an
 * array called NAME_list, whose value is a struct with a member `used`.
 */
#ifndef SCST_LIB_LIST_H
#define SCST_LIB_LIST_H

#include <bpf/btf.h>

#include "error.h"

/* Is it a list of rules? */
bool scst_list_fits(int map_fd);

/* One rule as a value of type @value_id. Return: 0; -ENOENT if that is no type of a list; ... */
int scst_list_encode(const struct btf *btf, uint32_t value_id, const char *rule, void *value,
		     struct scst_error *err);

/*
 * Would a list of at most @max values of type @value_id hold these? Return: 0, -ENOENT if that is
 * no type of a list, or what is wrong with the first rule that is.
 */
int scst_list_check(const struct btf *btf, uint32_t value_id, uint32_t max, char *const *rules,
		    size_t nr, struct scst_error *err);

/* The list holds exactly these, in this order. Not for a list that somebody reads meanwhile. */
int scst_list_write(int map_fd, char *const *rules, size_t nr, struct scst_error *err);

/* Does it hold exactly these? */
int scst_list_compare(int map_fd, char *const *rules, size_t nr, bool *same,
		      struct scst_error *err);

/* Calls @each with the text of every rule, until it returns non-zero. */
int scst_list_each(int map_fd, int (*each)(const char *rule, void *arg), void *arg,
		   struct scst_error *err);

#endif
