/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A policy as the core knows it: attached, counted, perhaps ejected.
 *
 *	                 attach                 eject (any hook, sysfs, watchdog)
 *	(struct_ops map) -----> in force -----------------------------> ejected
 *	                           |                                        |
 *	                           +------ detach, update ---> gone <-------+
 *
 * An update puts another policy on the seat of the one that was there: what the old one still has
 * on the way, a call or a held command, is its own fault and not its successor's.
 *
 *	attach.c	which policies there are: attach, update, detach, scope
 *	chains.c	where commands find policies
 *	hooks.c	the hooks: a row and a function for each
 *	call.c	one call of one policy: counting, checking
 *	required.c	those without which nobody gets in
 *	watchdog.c	calls that do not return
 *	exit.c	ejection and exit records
 *	bpf.c	the struct_ops type, kfuncs.c what programs may call
 *	sysfs/policy.c	policies/
 *
 * scst_policy_attach_lock serializes attach, update, detach, the flips of static keys and changes
 * of what is required; it is outermost, and no store below policies/<name> takes it.
 * scst_policy_lock covers the list, and nobody calls a policy under it: who calls a hook that is
 * asked rarely is a reader of that policy's own SRCU, so that one which does not return keeps
 * nobody waiting but its callers and who unloads it [stuck_hook_keeps_nobody_else_waiting]. Hooks
 * of the command path find their policies in a chain, under RCU. scst_policy_exits_lock is a leaf.
 */
#ifndef _SCST_CORE_POLICY_H
#define _SCST_CORE_POLICY_H

#include <linux/jump_label.h>
#include <linux/percpu.h>
#include <linux/rwsem.h>
#include <linux/srcu.h>
#include <linux/time64.h>
#include <scst/policy.h>

#include "core.h"
#include "policy/required_list.h"

struct btf;

#define SCST_POLICY_MAX_VERDICTS	5

/* One row for each hook of struct scst_policy_ops. */
struct scst_policy_hook_desc {
	const char *name;
	size_t offset;				/* of the function pointer */
	bool may_sleep;				/* its programs may */
	bool per_command;			/* its policies are found in a chain */
	int closed;				/* verdict of one that is ejected and closed */
	const char *verdicts[SCST_POLICY_MAX_VERDICTS];
};

extern const struct scst_policy_hook_desc scst_policy_hooks[SCST_HOOK_MAX];
extern const char *const scst_policy_scopes[SCST_SCOPE_MAX];
extern const char *const scst_policy_exit_kinds[SCST_EXIT_MAX];

/* Is there a policy, anywhere, that has this hook and holds? */
extern struct static_key_false scst_policy_keys[SCST_HOOK_MAX];

struct scst_policy_stats {
	u64 ignored;				/* calls whose answer does not count */
	u64 verdicts[SCST_HOOK_MAX][SCST_POLICY_MAX_VERDICTS];
};

/* Why and when a policy left, and what it had done until then. */
struct scst_policy_exit {
	enum scst_policy_exit_kind kind;
	int code;				/* BAD_VERDICT: the verdict; ERROR: the program's */
	char text[SCST_POLICY_TEXT_LEN];	/* printable */
	time64_t time;
	char name[SCST_POLICY_NAME_LEN];
	u32 hooks;				/* a bit for each that it had */
	struct scst_policy_stats stats;
};

/* What outlasts an update: the name, its directory and its counters. */
struct scst_policy_seat {
	struct scst_policy __rcu *policy;	/* scst_policy_attach_lock; who has it */
	struct scst_policy_stats __percpu *stats;
	struct scst_dir dir;			/* policies/<name> */
	char name[SCST_POLICY_NAME_LEN];
};

struct scst_policy {
	const struct scst_policy_ops *ops;
	struct scst_policy_seat *seat;
	struct scst_policy_stats __percpu *stats;	/* of the seat */
	struct list_head entry;			/* scst_policy_lock; by priority; empty: gone */
	unsigned int slot;			/* scst_policy_attach_lock; its bit in nexuses */
	u32 tenancy;				/* of the slot: another one, other storage */
	u32 id;					/* no other has it: by it commands are held */
	u32 deadline_ms, hooks;			/* of @ops; hooks: a bit for each that it has */
	struct scst_policy_exit exit;		/* scst_policy_exits_lock; kind is read without */
	bool replaced;				/* scst_policy_exits_lock; leaves no record */
	bool in_force;				/* scst_policy_lock; whoever is new meets it */
	unsigned long keys;			/* scst_policy_attach_lock: by hook */
	struct work_struct ejected_work;	/* keys, and asking everybody again */
	struct srcu_struct srcu;		/* who is inside a hook that is asked rarely */
};

/* What policies are offered. */
struct scst_pr_dump {
	u64 id;
	u32 reasons, attempt;
	u32 len;
	char *text;				/* zeros up to a multiple of SCST_PR_DUMP_CHUNK */
};

extern struct mutex scst_policy_attach_lock;
extern struct rw_semaphore scst_policy_lock;
extern struct list_head scst_policies;		/* scst_policy_lock */

/* The policies that have one hook of the command path, in the order of calls. */
struct scst_policy_chain {
	struct scst_policy_link {
		struct scst_policy *policy;	/* NULL: the end */
		const struct scst_policy_ops *ops;
		unsigned int slot;
	} links[SCST_POLICY_MAX + 2];		/* the gate, all, the end */
};

/* Every nexus with a device is in scope of the gate: a bit beyond those of slots. */
#define SCST_POLICY_GATE_SLOT	(BITS_PER_LONG - 1)

extern struct scst_policy_chain __rcu *scst_policy_chains[SCST_HOOK_MAX];

/* Is this hook filled in @ops? */
static inline bool scst_policy_has(const struct scst_policy_ops *ops, enum scst_policy_hook hook)
{
	return *(void *const *)((const char *)ops + scst_policy_hooks[hook].offset);
}

static inline bool scst_policy_ejected(const struct scst_policy *policy)
{
	return READ_ONCE(policy->exit.kind) != SCST_EXIT_NONE;
}

/* attach.c */
int scst_policy_check(const struct scst_policy_ops *ops);
/*
 * @ops are checked, and stay until detached [module_stays_while_a_policy_is_loaded]. May sleep.
 */
int scst_policy_attach(const struct scst_policy_ops *ops);
/* Nobody is inside @ops any more when this returns. */
void scst_policy_detach(const struct scst_policy_ops *ops);
/* @ops takes the place of @old in one step, and is in force even if @old was ejected. */
int scst_policy_update(const struct scst_policy_ops *ops, const struct scst_policy_ops *old);
/* Does a policy act here? @group, @dev: NULL if the hook has none. */
bool scst_policy_in_scope(const struct scst_policy_ops *ops, const struct scst_target *tgt,
			  const struct scst_group *group, const struct scst_device *dev);
/* The policy with @id, or NULL if it is gone. RCU. */
struct scst_policy *scst_policy_find(u32 id);
/* By its name, or NULL. scst_policy_lock or scst_policy_attach_lock held. */
struct scst_policy *scst_policy_named(const char *name);
/* Follows up an ejection: keys, chains, held commands, verdicts that are kept. */
void scst_policy_ejected_work(struct work_struct *work);

/*
 * chains.c, after the list has changed. scst_policy_attach_lock held. Nobody is inside a policy
 * that the list no longer has when the first returns; the second is for one that came, went or
 * changed.
 */
void scst_policy_chains_sync(void);
void scst_policy_keys_sync(struct scst_policy *policy);
/* Both, since what is required has changed. */
void scst_policy_gate_sync(void);

/* exit.c */
/*
 * Takes the policy out of force at once; any text is good. Return: -EALREADY if it was, or if it
 * has a successor.
 */
int scst_policy_eject(struct scst_policy *policy, enum scst_policy_exit_kind kind, int code,
		      const char *text);
/* Return: true for the first caller; a policy leaves once, and without a record if replaced. */
bool scst_policy_record_exit(struct scst_policy *policy, enum scst_policy_exit_kind kind,
			     int code, const char *text);
/* From now on, whatever @policy does wrong is told nobody: another one has its name. */
void scst_policy_replaced(struct scst_policy *policy);
void scst_policy_sum_stats(const struct scst_policy_seat *seat, struct scst_policy_stats *sum);
u64 scst_policy_calls(const struct scst_policy_stats *stats);
/* Copies the newest @nr exit records, newest first. Return: how many there were. */
unsigned int scst_policy_copy_exits(struct scst_policy_exit *exits, unsigned int nr);

/* The watchdog's own, of a call. */
struct scst_policy_pulse {
	u64 ran;				/* what whoever is inside had run by then */
	unsigned int still;			/* ticks in which it did not */
	unsigned int ticks;			/* that count */
};

/*
 * call.c: one call of one policy, on the caller's stack. What a program says by kfuncs, and
 * not by its verdict, is kept here.
 */
struct scst_policy_call {
	enum scst_policy_hook hook;
	const void *subject;			/* what the hook is about: the kfuncs compare it */
	struct scst_policy *policy;
	unsigned int slot;			/* of the policy, by which its storage is found */
	union {
		struct {			/* cmd_admit */
			u64 delay_ns;
			u8 sense;		/* enum scst_sense_id */
		};
		char *group;			/* session_admit: SCST_DEV_NAME_LEN bytes */
	};
	union {
		struct {			/* of a hook of a task */
			struct list_head entry;
			struct task_struct *task;
			struct scst_policy_pulse pulse;
			bool is_late;		/* the watchdog found that */
		};
		struct {			/* of one of a CPU */
			struct scst_policy_call *outer;	/* that an interrupt found running */
			unsigned long since;	/* jiffies */
			unsigned int level;	/* irq_count(): task, softirq, hardirq or NMI */
		};
	};
};

/*
 * All policies with @hook, one after the other. One that comes while another one is asked has its
 * say, too: so there is always somebody who is asked if a policy is updated meanwhile.
 */
struct scst_policy_round {
	enum scst_policy_hook hook;
	struct scst_policy *policy;		/* whose turn it is: it stays */
	int srcu_index;
	unsigned int nr;
	u32 asked[2 * SCST_POLICY_MAX];		/* the last ones: ids */
};

/* Return: the next one, or NULL. */
struct scst_policy *scst_policy_next(struct scst_policy_round *round);
/* For who stops before. */
void scst_policy_round_end(struct scst_policy_round *round);

/* Does the watchdog wait for a call of @policy in vain? */
bool scst_policy_is_stuck(struct scst_policy *policy);

/* The call that this code is inside of, or NULL. */
struct scst_policy_call *scst_policy_current(void);
void scst_policy_enter(struct scst_policy_call *call, struct scst_policy *policy);
void scst_policy_leave(struct scst_policy_call *call);

/* The innermost call of a hook that may not sleep, on one CPU. */
struct scst_policy_cpu {
	struct scst_policy_call *call;		/* or NULL; this CPU alone looks into it */
	struct scst_policy *policy;		/* its policy or NULL, for the watchdog */
	unsigned long since;			/* when it began */
	unsigned long seen;			/* by the watchdog */
	struct scst_policy_pulse pulse;
};

DECLARE_PER_CPU(struct scst_policy_cpu, scst_policy_cpu);

/*
 * The call is entered first and left first: an interrupt that comes in between and has calls of its
 * own puts back what belongs to it.
 */
static inline void scst_policy_cpu_set(struct scst_policy_call *call)
{
	__this_cpu_write(scst_policy_cpu.call, call);
	__this_cpu_write(scst_policy_cpu.since, call->since);
	smp_wmb();	/* pairs with watch_cpu() */
	__this_cpu_write(scst_policy_cpu.policy, call->policy);
}

/* Preemption is disabled from here until the call is left. */
static inline void scst_policy_enter_atomic(struct scst_policy_call *call,
					    const struct scst_policy_link *link)
{
	lockdep_assert_preemption_disabled();
	call->policy = link->policy;
	call->slot = link->slot;
	call->since = jiffies;
	call->level = irq_count();
	call->outer = __this_cpu_read(scst_policy_cpu.call);
	scst_policy_cpu_set(call);
}

static inline void scst_policy_leave_atomic(struct scst_policy_call *call)
{
	if (unlikely(call->outer)) {
		scst_policy_cpu_set(call->outer);
		return;
	}
	__this_cpu_write(scst_policy_cpu.call, NULL);
	__this_cpu_write(scst_policy_cpu.policy, NULL);
}

/* What counts instead of the answer of a policy that is ejected. 0 is the default of each hook. */
int scst_policy_fallback(const struct scst_policy *policy, enum scst_policy_hook hook);
/* No verdict: ejects the policy, for the reason @text. Return: what counts instead. */
int scst_policy_no_verdict(struct scst_policy *policy, enum scst_policy_hook hook, int verdict,
			   const char *text);
/* The same for an answer that does not count, maybe since it is ejected; counted. */
int scst_policy_ignore(struct scst_policy *policy, enum scst_policy_hook hook, int verdict);

/* Return: @verdict, which is below @max, counted; or what counts instead. */
static inline int scst_policy_accept(struct scst_policy *policy, enum scst_policy_hook hook,
				     int verdict, unsigned int max)
{
	if (unlikely((unsigned int)verdict >= max || scst_policy_ejected(policy)))
		return scst_policy_ignore(policy, hook, verdict);
	this_cpu_inc(policy->stats->verdicts[hook][verdict]);
	return verdict;
}

/* Under the calls' own lock, hard interrupts off. */
void scst_policy_each_call(void (*look)(struct scst_policy_call *call));

/* watchdog.c. Runs while there are policies. */
void scst_policy_watchdog_init(void);
void scst_policy_watchdog_start(void);
void scst_policy_watchdog_stop(void);

/* bpf.c. Return: NULL, or why no policy can be attached. */
#if IS_ENABLED(CONFIG_BPF_JIT) && IS_ENABLED(CONFIG_DEBUG_INFO_BTF_MODULES)
const char *scst_policy_bpf_init(void);
/* kfuncs.c. @btf: scst.ko's own types. */
int scst_policy_kfuncs_register(const struct btf *btf);
#else
static inline const char *scst_policy_bpf_init(void)
{
	return "this kernel has no CONFIG_BPF_JIT or no CONFIG_DEBUG_INFO_BTF_MODULES";
}
#endif

/* attach.c */
/* How an attached policy is shown: the directory of its seat. Context: may sleep. */
struct scst_policy_face {
	int (*add)(struct scst_policy_seat *seat);	/* Return: 0 or -errno */
	void (*del)(struct scst_policy_seat *seat);
};

int scst_policy_init(const struct scst_policy_face *face);
void scst_policy_exit(void);
const char *scst_policy_unavailable(void);		/* NULL: hooks can be attached */
void scst_policy_scope_nexus(struct scst_nexus *nexus);

/* required.c */
/* Return: 0, or -errno: the module parameter is none. */
int scst_required_init(void);
/* As scst_required_edit(); it is so when this returns. Context: may sleep; no lock held. */
int scst_required_write(char *text);
/* With the state that each has now, or NULL: no memory. @written: not by the module parameter. */
struct scst_required_list *scst_required_copy(bool *written);
/* Before policies are asked about who is new; and afterwards: does what they said count? */
u32 scst_required_since(void);
bool scst_required_hold(u32 since);
/* Is there one that is not attached? scst_policy_lock or scst_policy_attach_lock held. */
bool scst_required_absent(void);
/* A policy of this name is in force and was not. scst_policy_lock held for writing. */
void scst_required_came(const char *name);
/* Logs what is other since the last time. scst_policy_attach_lock held. */
void scst_required_tell(void);

/* hooks.c: what the policies say. */
enum scst_access scst_policy_lun_access(struct scst_session *sess, struct scst_device *dev,
					u16 lun, bool read_only);
/* What is known of a session that is not one of its target yet. */
struct scst_admission {
	char group[SCST_DEV_NAME_LEN];		/* its name, if that is the verdict; else "" */
	u32 tenancy[SCST_POLICY_MAX];		/* by slot: who may have written there, or 0 */
};

/* @admission: zeros. */
enum scst_session_admit scst_policy_session_admit(struct scst_session *sess,
						  struct scst_admission *admission);
/* What policies wrote that are gone since is not for who has their slots now. tgt->lock held. */
void scst_policy_settle_storage(struct scst_session *sess, const struct scst_admission *admission);
void scst_policy_tmf(struct scst_tmf *tmf, const struct scst_nexus *nexus);
/* There is a reservation. Return: does @cmd conflict? @conflict: what SPC says. */
bool scst_policy_pr_conflict(struct scst_cmd *cmd, bool conflict);
enum scst_pr_verdict scst_policy_pr_out(const struct scst_nexus *nexus,
					struct scst_pr_request *req);
enum scst_pr_dump_verdict scst_policy_pr_dump(struct scst_device *dev, struct scst_pr_dump *dump);

/*
 * admit.c: the step, and the commands it holds. Releasing makes them go on now; a command that is
 * about to be held is not, if what calls for its release was so a grace period ago.
 */
enum scst_step_result scst_admit(struct scst_cmd *cmd);
void scst_admit_init(struct scst_cmd *cmd);
/* What is aborted goes on, a grace period later. Context: any [hang_ends_with_its_task_set]. */
void scst_admit_kick(struct scst_device *dev);
void scst_admit_device_init(struct scst_device *dev);
void scst_admit_device_exit(struct scst_device *dev);	/* it has no nexus any more */
void scst_admit_release_dying(struct list_head *dead);	/* nexuses, by sess_entry */
void scst_admit_release_held_by(u32 id);	/* cmd->held_by */
/* For so long; in the RCU section in which the caller said by whom. Return: WAIT, or it may not. */
enum scst_step_result scst_admit_hold(struct scst_cmd *cmd, u64 ns);
/* How many administrators' rules there are by which commands may be held (tasks/inject.c). */
extern unsigned int scst_admit_rules;

#endif
