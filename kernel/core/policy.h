/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A policy as the core knows it: attached, counted, perhaps ejected. The hooks themselves are
 * called from policy.c only; policy_bpf.c brings the ops, sysfs_policy.c shows what there is.
 *
 *	                 attach                 eject (any hook, sysfs)
 *	(struct_ops map) -----> in force -----------------------------> ejected
 *	                           |  ^                                  |  |
 *	                           |  +-------------- update ------------+  |
 *	                           +----------- detach -----> gone <--------+
 *
 * scst_policy_attach_lock serializes attach, update, detach and the flips of static keys; it is
 * outermost, and no sysfs store takes it. scst_policy_lock is read around every call of a hook, so
 * writing it waits until no caller is inside. scst_policy_exits_lock is a leaf.
 */
#ifndef _SCST_CORE_POLICY_H
#define _SCST_CORE_POLICY_H

#include <linux/atomic.h>
#include <linux/rwsem.h>
#include <linux/time64.h>
#include <scst/policy.h>

#include "core.h"

#define SCST_POLICY_MAX_VERDICTS	3

/* One row for each hook of struct scst_policy_ops. */
struct scst_policy_hook_desc {
	const char *name;
	size_t offset;				/* of the function pointer */
	const char *verdicts[SCST_POLICY_MAX_VERDICTS];
};

extern const struct scst_policy_hook_desc scst_policy_hooks[SCST_HOOK_MAX];
extern const char *const scst_policy_scopes[SCST_SCOPE_MAX];
extern const char *const scst_policy_exit_kinds[SCST_EXIT_MAX];

/* Why and when a policy left, and what it had done until then. */
struct scst_policy_exit {
	enum scst_policy_exit_kind kind;
	int code;				/* BAD_VERDICT: the verdict; ERROR: the program's */
	char text[SCST_POLICY_TEXT_LEN];	/* printable */
	time64_t time;
	char name[SCST_POLICY_NAME_LEN];
	u64 calls;
	u64 verdicts[SCST_HOOK_MAX][SCST_POLICY_MAX_VERDICTS];
};

struct scst_policy {
	const struct scst_policy_ops *ops;	/* scst_policy_lock; NULL: gone */
	struct list_head entry;			/* scst_policy_lock; by priority */
	struct scst_policy_exit exit;		/* scst_policy_exits_lock; kind is read without */
	unsigned long keys;			/* attach_lock: the hooks whose key counts us */
	struct work_struct ejected_work;	/* keys, and asking everybody again */
	atomic64_t calls;
	atomic64_t verdicts[SCST_HOOK_MAX][SCST_POLICY_MAX_VERDICTS];
	struct scst_dir dir;			/* policies/<name> */
	char name[SCST_POLICY_NAME_LEN];
};

extern struct rw_semaphore scst_policy_lock;

/* Is this hook filled in @ops? */
static inline bool scst_policy_has(const struct scst_policy_ops *ops, enum scst_policy_hook hook)
{
	return *(void *const *)((const char *)ops + scst_policy_hooks[hook].offset);
}

/* policy.c. @ops are valid data (scst_policy_check()) and stay until detached. May sleep. */
int scst_policy_check(const struct scst_policy_ops *ops);
int scst_policy_attach(const struct scst_policy_ops *ops);
/* Nobody is inside @ops any more when this returns. */
void scst_policy_detach(const struct scst_policy_ops *ops);
/* @ops takes the place of @old in one step, and is in force even if @old was ejected. */
int scst_policy_update(const struct scst_policy_ops *ops, const struct scst_policy_ops *old);
/* Takes the policy out of force at once; any text is good. Return: -EALREADY if it was. */
int scst_policy_eject(struct scst_policy *policy, enum scst_policy_exit_kind kind, int code,
		      const char *text);
/* The policy that is inside a hook in this task, or NULL. */
struct scst_policy *scst_policy_current(void);
/* Copies the newest @nr exit records, oldest first. Return: how many there were. */
unsigned int scst_policy_copy_exits(struct scst_policy_exit *exits, unsigned int nr);

/* policy_bpf.c. Return: NULL, or why no policy can be attached. */
#if IS_ENABLED(CONFIG_BPF_JIT) && IS_ENABLED(CONFIG_DEBUG_INFO_BTF_MODULES)
const char *scst_policy_bpf_init(void);
#else
static inline const char *scst_policy_bpf_init(void)
{
	return "this kernel has no CONFIG_BPF_JIT or no CONFIG_DEBUG_INFO_BTF_MODULES";
}
#endif

/* sysfs_policy.c */
int scst_sysfs_policies_add(struct scst_dir *root);
void scst_sysfs_policies_del(void);
int scst_sysfs_policy_add(struct scst_policy *policy);
void scst_sysfs_policy_del(struct scst_policy *policy);
/* The root's attribute policy_available: "1", or "0" and why not. */
ssize_t scst_policy_available_show(void *obj, char *buf);

#endif
