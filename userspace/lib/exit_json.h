/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel writes of policies in a line, as JSON. */
#ifndef SCST_LIB_EXIT_JSON_H
#define SCST_LIB_EXIT_JSON_H

#include <json-c/json.h>

#include "util.h"

/* A number, if it is one, or a string. */
struct json_object *scst_json_value(const char *text);

/*
 * "key=value key=value": members of @obj. After "hook:" they are members of a member of that name,
 * and "text=" takes the rest of the line. @text is cut to pieces.
 */
void scst_json_pairs(struct json_object *obj, char *text);

/*
 * policies/exits below @sysfs, oldest first: the kernel has it the other way round, so that what a
 * page has no room for is the oldest. Return: 0 or -errno, *@exits untouched.
 */
int scst_read_exits(const char *sysfs, char **exits);

/*
 * The line @line begins with, of policies/exits: "NAME kind=... code=... time=... calls=... hook:
 * verdict=count... text=...".
 */
struct json_object *scst_json_exit(const char *line);

#endif
