/* SPDX-License-Identifier: GPL-2.0-only */
/* What lio.c and lio_targets.c share. */
#ifndef SCST_LIB_LIO_INSIDE_H
#define SCST_LIB_LIO_INSIDE_H

#include <inttypes.h>
#include <json-c/json.h>

#include "conf.h"
#include "printable.h"

struct lio {
	const char *file;
	struct scst_names *told;
	struct scst_conf *root;
	struct scst_conf *paths;		/* by /backstores/...: the device of each */
	struct scst_set devices;		/* their names */
	bool open;				/* a target is enabled */
};

/* A line for the administrator. Return: 0 or -ENOMEM. */
int lio_tell(struct lio *lio, const char *fmt, ...) _printf_(2, 3);

/* A member of this type, or NULL; a text, or ""; a number in whatever form. */
struct json_object *lio_get(struct json_object *obj, const char *key, enum json_type type);
const char *lio_text(struct json_object *obj, const char *key);
int64_t lio_number(struct json_object *obj, const char *key, int64_t otherwise);

int lio_each(struct lio *lio, struct json_object *obj, const char *key,
	     int (*each)(struct lio *lio, struct json_object *element, void *arg), void *arg);

/* NULL: it was left out. */
const char *lio_device(const struct lio *lio, const char *path);

int lio_discovery(struct lio *lio, struct json_object *fabric, void *arg);
int lio_target(struct lio *lio, struct json_object *target, void *arg);

#endif
