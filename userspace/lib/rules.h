/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mask rules in a BPF map, written and read through the map's own BTF: a map of rules is one whose
 * key is a struct with the members `initiator` (a string) and `lun`, and whose value is an
 * enum scst_access as a number, alone or as the member `access` of a struct. Everything else of key
 * and value is left zero.
 */
#ifndef SCST_LIB_RULES_H
#define SCST_LIB_RULES_H

#include <bpf/btf.h>

#include "rule.h"

/* Is it a map of rules? */
bool scst_rules_fit(int map_fd);
/* Would one of these types be? */
bool scst_rules_fit_types(const struct btf *btf, uint32_t key_id, uint32_t value_id);

int scst_rules_read(int map_fd, struct scst_rules *rules, struct scst_error *err);

/*
 * The map holds exactly @rules afterwards. New ones go in first, then old ones out: what is hidden
 * before and after is hidden all the time.
 */
int scst_rules_write(int map_fd, const struct scst_rules *rules, struct scst_error *err);

#endif
