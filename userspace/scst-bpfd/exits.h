/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Policies that left: the kernel's exit records, looked at once a second. So an ejection reaches
 * the journal without the tracer sessions, which tells of it at once where it is loaded.
 */
#ifndef BPFD_EXITS_H
#define BPFD_EXITS_H

#include <json-c/json.h>

struct bpfd_exits {
	const char *sysfs;
	char *seen;			/* NULL: not looked yet; what was there then is old */
};

/* @fn gets an event for each record that is new, to keep; NULL: only look. */
void bpfd_exits_tick(struct bpfd_exits *exits, void (*fn)(struct json_object *event, void *arg),
		     void *arg);

#endif
