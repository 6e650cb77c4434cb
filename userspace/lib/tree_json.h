/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tree as JSON: each object has "name" and, where there is any, "attributes" and "links", and a
 * list for each kind of children. Attribute values are strings, letter by letter what sysfs says:
 * a serial number that happens to be digits stays one.
 */
#ifndef SCST_LIB_TREE_JSON_H
#define SCST_LIB_TREE_JSON_H

#include <json-c/json.h>

#include "tree.h"

/* NULL: out of memory. */
struct json_object *scst_tree_json(const struct scst_node *node);

#endif
