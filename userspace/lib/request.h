/* SPDX-License-Identifier: GPL-2.0-only */
/* One request to scst-bpfd's control socket, and its answer: a JSON object in a line each. */
#ifndef SCST_LIB_REQUEST_H
#define SCST_LIB_REQUEST_H

#include <json-c/json.h>

#include "error.h"

/* -EOPNOTSUPP: nobody serves @socket. Waits up to a minute. */
int scst_request(const char *socket, const char *cmd, struct json_object **answer,
		 struct scst_error *err);

#endif
