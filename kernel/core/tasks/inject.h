/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an administrator injects: inject.c. Who writes the rules is sysfs/inject.c.
 */
#ifndef _SCST_TASKS_INJECT_H
#define _SCST_TASKS_INJECT_H

#include "core.h"

enum scst_inject_kind {
	SCST_INJECT_MEDIUM,		/* MEDIUM ERROR, with the LBA */
	SCST_INJECT_DELAY,		/* later by rule->ms */
	SCST_INJECT_HANG,		/* until the rule is deleted, or somebody aborts it */
};

#define SCST_INJECT_ALWAYS	U32_MAX
#define SCST_INJECT_MAX_MS	600000

struct scst_inject {
	struct list_head entry;
	u32 id;
	enum scst_inject_kind kind;
	char target[SCST_NAME_LEN];	/* "": any */
	char group[SCST_DEV_NAME_LEN];	/* "": any */
	u16 lun;			/* or SCST_ANY_LUN */
	u64 lba, nblocks;		/* 0 blocks: all, and commands without blocks too */
	u32 ms;
	u32 left;			/* how often it is still to happen, or ALWAYS */
	u64 done;
};

/* Return: its id, or 0: no memory. Context: may sleep. */
u32 scst_inject_add(const struct scst_inject *what);
/* 0: all of them. Who hangs by one goes on. Return: false, there was none. Context: may sleep. */
bool scst_inject_del(u32 id);
/* Calls @fn, which must not sleep, for each. */
void scst_inject_walk(void (*fn)(const struct scst_inject *rule, void *arg), void *arg);
void scst_inject_exit(void);

/* Says in nexus->injected whether rules are about it. dev->lock held; or takes it. */
void scst_inject_update(struct scst_nexus *nexus);
void scst_inject_moved(struct scst_nexus *nexus);
/* A command of such a nexus, which nothing refuses. NEXT, FAIL, or WAIT: parked at admit. */
enum scst_step_result scst_inject(struct scst_cmd *cmd);
struct scst_inject_holder {
	char text[sizeof(" inject=4294967295")];
};

/* For logs and traces: " inject=ID" of a command that is late or hangs by that rule, or "". */
struct scst_inject_holder scst_inject_holder(const struct scst_cmd *cmd);

#endif
