/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A configuration as JSON, scst.json(5): an object for each object, with the keys of conf_keys.h
 * and the lists of what is below it. What conf_keys.h has not stands in "attributes", as text.
 */
#ifndef SCST_LIB_CONF_JSON_H
#define SCST_LIB_CONF_JSON_H

#include <json-c/json.h>

#include "conf.h"
#include "error.h"

/*
 * Return: 0, with what is wrong in @faults ("FILE:LINE: where: key: why") and left out of *@conf;
 * -EINVAL: it is no JSON object, and @err says why; -ENOMEM.
 */
int scst_conf_from_json(const char *text, const char *file, struct scst_conf **conf,
			struct scst_names *faults, struct scst_error *err);

/*
 * @secrets: those as well; else of users there are only names, which no reader takes. NULL without
 * memory.
 */
struct json_object *scst_conf_to_json(const struct scst_conf *conf, bool secrets);

/* The JSON schema of such files. NULL without memory. */
struct json_object *scst_conf_schema(void);

#endif
